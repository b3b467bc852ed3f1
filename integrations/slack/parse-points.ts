/** Points as people write them: signs, thousands and digits of any script. Points are whole. */

export type ParsedPoints =
  | { ok: true; points: number }
  | { ok: false; because: 'notANumber' | 'fraction' | 'zero' | 'tooMany' }

/** As the API has it. */
const POINTS_LIMIT = 1e9
/** Nobody writes a longer number. */
const LENGTH_LIMIT = 60
const MINUS = /^[-\u2212\u2013\u2014\u2010\u2011]/u
const PLUS = /^\+/u
/** Groups of three, parted as one does anywhere: 1,000 · 1.000 · 1 000 · 1’000 · ١٬٠٠٠. */
const GROUPED = /^\d{1,3}(?:([,.'\u2019_\u066c\u1361 ])\d{3})(?:\1\d{3})*$/u
const RAISED = /[\u00b2\u00b3\u00b9\u2070-\u209f]/u
const FRACTION = /^\d*[.,\u066b]\d+$/u

export function parsePoints(written: string, names: readonly string[] = []): ParsedPoints {
  // "10²" is no 102.
  if (RAISED.test(written)) return { ok: false, because: 'notANumber' }
  const text = written.slice(0, LENGTH_LIMIT).normalize('NFKC').replace(/\s+/gu, ' ').trim()
  const isLess = MINUS.test(text)
  const amount = withoutName(text.replace(isLess ? MINUS : PLUS, '').trim(), names)
  const digits = asciiDigits(amount)
  const whole = GROUPED.test(digits) ? digits.replace(/\D/gu, '') : digits
  if (/^\d+$/.test(whole)) return inRange(Number(whole), isLess)
  const ethiopic = ethiopicNumber(amount)
  if (ethiopic !== null) return inRange(ethiopic, isLess)
  return { ok: false, because: FRACTION.test(digits) ? 'fraction' : 'notANumber' }
}

function inRange(size: number, isLess: boolean): ParsedPoints {
  if (size === 0) return { ok: false, because: 'zero' }
  if (size > POINTS_LIMIT) return { ok: false, because: 'tooMany' }
  return { ok: true, points: isLess ? -size : size }
}

/** "100 points": what they are called may stand behind. */
function withoutName(text: string, names: readonly string[]): string {
  const [, amount, name = ''] = /^(.*?)\s*(\p{L}[\p{L}\p{M}]*\.?)?$/u.exec(text) ?? []
  const known = ['p', 'pt', 'pts', 'point', 'points', ...names.map((one) => one.toLowerCase())]
  return amount !== undefined && known.includes(name.toLowerCase().replace(/\.$/, '')) ? amount : text
}

/** Every script has its ten digits in a row. */
const asciiDigits = (text: string): string =>
  text.replace(/\p{Nd}/gu, (digit) => {
    let zero = digit.codePointAt(0) ?? 0
    const at = zero
    while (at - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
    return String(at - zero)
  })

const ETHIOPIC = /^[\u1369-\u137c]+$/u

/** ፩ to ፱, ፲ to ፺, and ፻ and ፼ which multiply what stands before them. Null where it is no such number. */
function ethiopicNumber(text: string): number | null {
  if (!ETHIOPIC.test(text)) return null
  let [total, group, rest] = [0, 0, 0]
  for (const sign of text) {
    const at = (sign.codePointAt(0) ?? 0) - 0x1369
    if (at < 9) rest += at + 1
    else if (at < 18) rest += (at - 8) * 10
    else if (at === 18) [group, rest] = [group + (rest || 1) * 100, 0]
    else [total, group, rest] = [(total + (group + rest || 1)) * 10_000, 0, 0]
  }
  return total + group + rest
}

/** Where points stand in what was typed after a command: with what is before and behind them. */
export function splitAtPoints(typed: string): { before: string; points: string; after: string } | null {
  const tokens = [...typed.matchAll(/\S+/gu)]
  const isPoints = (word: string): boolean => {
    const parsed = parsePoints(word)
    return parsed.ok || parsed.because !== 'notANumber'
  }
  const signed = tokens.findIndex(([word]) => /^[+\-\u2212\u2013\u2014]/u.test(word) && isPoints(word))
  // Without a sign the first word may as well be somebody's number.
  const at = signed >= 0 ? signed : tokens.findIndex(([word], n) => n > 0 && isPoints(word))
  const token = tokens[at]
  if (token === undefined) return null
  const end = token.index + token[0].length
  return { before: typed.slice(0, token.index).trim(), points: token[0], after: typed.slice(end).trim() }
}
