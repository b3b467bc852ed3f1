/** How staff are told of time and likelihood: in round, everyday units, in the program's way of writing numbers. */
import { count, percent } from '../../core/sentences.ts'
import type { Program } from '../../program/schema.ts'
import type { Outlook } from '../types.ts'

type Unit = 'day' | 'week' | 'month' | 'year'

interface Duration {
  count: number
  unit: Unit
}

const WEEKS_FROM_DAYS = 21
const MONTHS_FROM_DAYS = 120
const YEARS_FROM_MONTHS = 24
const MONTH_DAYS = 30.44

const durationOf = (days: number, unit: Unit): Duration => {
  const length = { day: 1, week: 7, month: MONTH_DAYS, year: MONTH_DAYS * 12 }[unit]
  return { count: Math.max(unit === 'day' ? 0 : 1, Math.round(days / length)), unit }
}

/** Days below three weeks, weeks below four months, then months; twelve of them are a year, from two on years. */
function duration(days: number): Duration {
  if (days < WEEKS_FROM_DAYS) return durationOf(days, 'day')
  if (days < MONTHS_FROM_DAYS) return durationOf(days, 'week')
  const months = durationOf(days, 'month')
  if (months.count === 12) return { count: 1, unit: 'year' }
  return months.count < YEARS_FROM_MONTHS ? months : durationOf(days, 'year')
}

const ONE: Record<Unit, string> = { day: 'a day', week: 'a week', month: 'a month', year: 'a year' }

const written = ({ count: n, unit }: Duration, locale: string): string =>
  n === 1 ? ONE[unit] : `${count(n, locale)} ${unit}s`

/** "5 months", "a year", "17 days". */
export const daysInWords = (days: number, locale: string): string => written(duration(days), locale)

/** "Usually buys every 3 weeks; it has been 9." */
export function rhythmSentence(usualDays: number, daysSince: number, locale: string): string {
  let [usual, since] = [duration(Math.max(1, usualDays)), duration(daysSince)]
  // Rounding must not make a late customer look punctual.
  if (daysSince > usualDays && usual.unit === since.unit && since.count <= usual.count)
    [usual, since] = [durationOf(usualDays, 'day'), durationOf(daysSince, 'day')]
  const every = usual.count === 1 ? usual.unit : `${count(usual.count, locale)} ${usual.unit}s`
  const isSameUnit = usual.unit === since.unit && usual.count > 1
  return `Usually buys every ${every}; it has been ${isSameUnit ? count(since.count, locale) : written(since, locale)}.`
}

/** "Bought once, 5 months ago." */
export function seldomSentence(times: number, daysSince: number, locale: string): string {
  const ago = daysSince === 0 ? 'today' : `${daysInWords(daysSince, locale)} ago`
  if (times === 1) return `Bought once, ${ago}.`
  return `Bought ${times === 2 ? 'twice' : `${count(times, locale)} times`}, the last time ${ago}.`
}

/** Nothing is certain; an estimate is told in steps of five, as it knows no better. */
const STEP = 1
const ESTIMATE_STEP = 5

function hundredths(share: number, isEstimate: boolean): number {
  const step = isEstimate ? ESTIMATE_STEP : STEP
  return Math.min(100 - step, Math.max(step, Math.round((share * 100) / step) * step))
}

/** "Likely still a customer: 38% (81% a month ago)." */
export function likelihoodSentence(
  now: Pick<Outlook, 'isEstimate' | 'probabilityAlive'>,
  monthAgo: Pick<Outlook, 'probabilityAlive'> | null,
  { locale }: Pick<Program, 'locale'>,
): string {
  const { isEstimate, probabilityAlive } = now
  const likely = hundredths(probabilityAlive, isEstimate)
  const before = monthAgo === null ? null : hundredths(monthAgo.probabilityAlive, isEstimate)
  const aside = [
    ...(isEstimate ? ['an estimate'] : []),
    ...(before !== null && before > likely ? [`${percent(before, locale)} a month ago`] : []),
  ]
  const about = isEstimate ? 'about ' : ''
  return `Likely still a customer: ${about}${percent(likely, locale)}${aside.length === 0 ? '' : ` (${aside.join('; ')})`}.`
}
