/** Birthdays as people write them, to how they are kept: 1990-12-10, or --12-10 without the year. */
import { isBirthday } from '../../src/core/person-fields.ts'

const WHOLE = /^(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})$/
const WITHOUT_YEAR = /^(?:--)?(\d{1,2})[-/ ](\d{1,2})$/
/** Nobody writes the month first with dots. */
const DAY_FIRST = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?$/

/** Null where it is no day, or might be either of two: 10/12/1990. */
export function parseBirthday(written: string): string | null {
  const text = written.normalize('NFKC').replace(/\s+/gu, ' ').trim()
  const parts = wholeOf(text) ?? dayFirst(text) ?? withoutYear(text)
  if (parts === null) return null
  const [year, month, day] = parts
  const date = `${year ?? '-'}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isBirthday(date) ? date : null
}

type Parts = [year: string | null, month: string, day: string]

function wholeOf(text: string): Parts | null {
  const [, year, month, day] = WHOLE.exec(text) ?? []
  return year === undefined || month === undefined || day === undefined ? null : [year, month, day]
}

function withoutYear(text: string): Parts | null {
  const [, month, day] = WITHOUT_YEAR.exec(text) ?? []
  return month === undefined || day === undefined ? null : [null, month, day]
}

function dayFirst(text: string): Parts | null {
  const [, day, month, year] = DAY_FIRST.exec(text) ?? []
  return month === undefined || day === undefined ? null : [year ?? null, month, day]
}
