// People by number: always the same person for the same number, and no two with one address.
export interface Person {
  name: string
  email: string
}

const LATIN_GIVEN =
  'Ada Alexander Amélie Björn Carlos Chiamaka Constantin Dilnoza Elena Fatima Giulia Hannah Ilham Ines'
const LATIN_MORE =
  'Jamal Katarzyna Léa Mateo Montgomery Nadia Olamide Priya Quentin Rosa Søren Tariq Ugo Valentina Wei Yusuf Zoë'
const LATIN_FAMILY =
  'Abdulkadir Andersson Bauer Castillo Diallo Eriksen Fernandez Gonzalez Haddad Ibrahimović Jankowski Kowalski'
const LATIN_FAMILIES =
  'Lindqvist Moreau Núñez Okafor Papadopoulos Qureshi Richardson Santos Tanaka Underwood Vasquez Williams Yılmaz'
const AMHARIC_GIVEN = 'አበበ አልማዝ በቀለ ደራርቱ ኃይሌ ቢቂላ ጥሩነሽ መሠረት ሰላማዊት ገብረእግዚአብሔር ወልደጊዮርጊስ ተስፋዬ ብርሃኔ ሙሉጌታ'
const AMHARIC_FAMILY = 'ቢቂላ ዲባባ ቱሉ ገብረሥላሴ ወልደገብርኤል ደፋር በቀለ ከበደ ተክለሃይማኖት አለሙ መንግሥቱ ዘለቀ'

const words = (...lists: string[]): string[] => lists.flatMap((list) => list.split(' '))
const LATIN = { given: words(LATIN_GIVEN, LATIN_MORE), family: words(LATIN_FAMILY, LATIN_FAMILIES) }
const AMHARIC = { given: words(AMHARIC_GIVEN), family: words(AMHARIC_FAMILY) }
/** One in so many writes their name in Amharic. */
const AMHARIC_SHARE = 5

/** Spreads numbers that follow one another over 32 bits. */
export function mix(number: number): number {
  let mixed = Math.imul(number ^ (number >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** `domain` keeps people of one run apart from those of another. */
export function person(number: number, domain: string): Person {
  const { given, family } = number % AMHARIC_SHARE === 0 ? AMHARIC : LATIN
  const chance = mix(number)
  const first = given[chance % given.length] ?? ''
  const last = family[(chance >>> 8) % family.length] ?? ''
  const plain = first
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
  return { name: `${first} ${last}`, email: `${plain || 'guest'}${number}@${domain}` }
}

/** What somebody at a desk types, of so many letters, in the script. */
export function searchTerms(script: 'latin' | 'amharic', letters: number): string[] {
  const { given, family } = script === 'latin' ? LATIN : AMHARIC
  const long = [...given, ...family].filter((word) => [...word].length >= letters)
  return [...new Set(long.map((word) => [...word].slice(0, letters).join('').toLowerCase()))]
}
