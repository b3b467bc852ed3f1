// Ids that sort by time, so that new rows land beside each other, and codes that people read out.

export interface IdSource {
  /** Milliseconds. */
  now: () => number
  /** So many random bytes. */
  random: (count: number) => Uint8Array
}

// Crockford's base 32 keeps the order of what it writes; https://www.crockford.com/base32.html
const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_CHARACTERS = 9
const CHANCE_CHARACTERS = 13

/** Makes `pay_` and 22 characters: 45 bits of time, 65 of chance. */
export function createNewId({ now, random }: IdSource): (prefix: string) => string {
  return (prefix) => {
    let time = ''
    for (let rest = now(), left = TIME_CHARACTERS; left > 0; left--) {
      time = BASE32.charAt(rest % 32) + time
      rest = Math.floor(rest / 32)
    }
    let chance = ''
    for (const byte of random(CHANCE_CHARACTERS)) chance += BASE32.charAt(byte & 31)
    return `${prefix}_${time}${chance}`
  }
}

/** No vowels, so that no code is a word; none of 0, 1, I, L and O, which are misheard or misread. */
const READABLE = '23456789BCDFGHJKMNPQRSTVWXYZ'
const CODE_CHARACTERS = 10

/** Makes codes such as `K7QXM-2HT9R`: with a million of them, two alike are a chance of one in six hundred. */
export function createNewCode(random: IdSource['random']): () => string {
  return () => {
    let code = ''
    // 252 is the largest multiple of 28 in a byte: beyond it some letters would be more frequent.
    while (code.length < CODE_CHARACTERS) {
      for (const byte of random(CODE_CHARACTERS)) {
        if (byte < 252 && code.length < CODE_CHARACTERS) code += READABLE.charAt(byte % READABLE.length)
      }
    }
    return `${code.slice(0, CODE_CHARACTERS / 2)}-${code.slice(CODE_CHARACTERS / 2)}`
  }
}
