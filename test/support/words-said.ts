// All that Intl has a part in, said in a language: the same on every host.
import { CATALOGUES, type Catalogue } from '../../src/words/catalogues.ts'
import { isKnownToIntl, languageNameIn } from '../../src/words/formats.ts'
import { LANGUAGES, languageOf } from '../../src/words/languages.ts'
import { createWords } from '../../src/words/words.ts'

const NOW = Date.parse('2026-11-22T20:30:00Z')
const DAY_MS = 86_400_000
const program = {
  locale: 'en',
  timezone: 'Asia/Yerevan',
  points: {
    name: { one: 'point', other: 'points' },
    value: 0.01,
    rounding: 'floor',
    holdDays: 0,
    shortfall: 'owe',
    expiry: { kind: 'never' },
  },
} as const

export const known = (language: string): boolean => isKnownToIntl(language)

export function sayEverything(tag: string): string[] {
  const language = languageOf(tag)
  if (language === null) throw new Error(`no language ${tag}`)
  const words = createWords({ language, program, now: NOW })
  const { format }: Catalogue = CATALOGUES[language]
  const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2025, month + 6, 3, 21))
  return [
    ...[0, 1, 2, 21, 1_000, 1_240, 12_400, -3].map((count) => words.points(count)),
    ...[0, 1, 5, 1_240].map((count) => words.say('member.balance.purchases', { count })),
    ...[0.005, 1_234.5, -1_000_000].map((value) => words.number(value)),
    ...['usd', 'eur', 'etb', 'amd', 'azn', 'kes', 'jpy', 'kwd'].flatMap((currency) => [
      words.money(-123_450, currency),
      words.price(1_000, currency),
    ]),
    words.percent(0.62),
    ...months.flatMap((at) => [words.date(at), words.longDate(at), words.month(at), words.month(at, 'short')]),
    ...[-900, -200, -60, -20, -2, -1, 0, 1, 2, 5, 40, 300].map((days) => words.ago(NOW + days * DAY_MS)),
    ...LANGUAGES.map((other) => String(languageNameIn(language, format ?? null, other))),
    words.list(['a', 'b', 'c']),
    words.either(['a', 'b']),
    ...['hy-AM', 'azj', 'swh', 'hyw', 'amh', 'en_US.UTF-8', 'xx'].map((other) => String(languageOf(other))),
  ]
}
