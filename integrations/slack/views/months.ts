/** Months and days as people read them, by their names in a report: `2026-11`, `2026-11-22`. */
import type { Words } from '../../../src/words/words.ts'

/** "Nov 2026", "November 2026". */
export const monthName = (month: string, words: Words, style: 'short' | 'long'): string =>
  Number.isFinite(Date.parse(month)) ? words.month(month, style) : month

/** "16 Nov". */
export const dayName = (date: string, words: Words): string =>
  Number.isFinite(Date.parse(date)) ? words.day(date) : date
