/** Months and days as people read them, by their names in a report: `2026-11`, `2026-11-22`. */
import { isKnownToIntl } from '../../../src/words/formats.ts'
import type { Words } from '../../../src/words/words.ts'

/** Staff are answered in English where this host's Intl does not know their language. */
const localeOf = ({ locale }: Words): string => (isKnownToIntl(locale) ? locale : 'en')

/** "Nov 2026", "November 2026". */
export function monthName(month: string, words: Words, style: 'short' | 'long'): string {
  const at = Date.parse(`${month}-01T00:00:00Z`)
  if (!Number.isFinite(at)) return month
  return new Intl.DateTimeFormat(localeOf(words), { timeZone: 'UTC', month: style, year: 'numeric' }).format(at)
}

/** "16 Nov". */
export function dayName(date: string, words: Words): string {
  const at = Date.parse(`${date}T00:00:00Z`)
  if (!Number.isFinite(at)) return date
  return new Intl.DateTimeFormat(localeOf(words), { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(at)
}
