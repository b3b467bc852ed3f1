/**
 * The value at stake, in minor units of the program's currency:
 *
 * | alert             | value                                                                                            |
 * |-------------------|--------------------------------------------------------------------------------------------------|
 * | at_risk, overdue  | what the coming year lost since right after the last purchase, under the same parameters: the     |
 * |                   | fall of its expected purchases × what a purchase is expected to bring                             |
 * | … without a fit   | their own yearly rate × their own mean spend × (1 − the probability that they are a customer)     |
 * | tier_at_risk      | what they are expected to spend in the coming year; subscribers: what they spent in the last one  |
 * | … without a fit   | their own yearly rate × their own mean spend × the probability that they are a customer           |
 * | points_expiring   | what the points are worth by the program's `points.value`                                         |
 */
import { currencyExponent } from '../../core/currency.ts'
import type { Program } from '../../program/schema.ts'
import type { BuyingHistory, Outlook } from '../types.ts'

const YEAR_DAYS = 365
/** Purchases on a few days in a row are no habit of a year. */
const LEAST_SPAN_DAYS = 30

/** Whole, from 0 to what can be counted. */
export const wholeMoney = (minor: number): number =>
  Number.isNaN(minor) ? 0 : Math.min(Math.max(Math.round(minor), 0), Number.MAX_SAFE_INTEGER)

/** What is lost of a year by a customer who stays away. */
export function lapseValue(history: BuyingHistory, outlook: Outlook): number {
  if (outlook.isEstimate) return wholeMoney(ownYear(history) * (1 - outlook.probabilityAlive))
  const fallen = outlook.expectedYearThen - outlook.expectedPurchases.days365
  return wholeMoney(fallen * outlook.spendPerPurchaseMinor)
}

/** What the coming year is expected to bring. */
export function yearValue(history: BuyingHistory, outlook: Outlook | null): number {
  if (outlook === null) return 0
  if (outlook.isEstimate) return wholeMoney(ownYear(history) * outlook.probabilityAlive)
  return wholeMoney(outlook.expectedPurchases.days365 * outlook.spendPerPurchaseMinor)
}

/** What they spend in a year by their own pace; nothing is known of the pace of somebody who bought on one day. */
function ownYear({ days, spend }: BuyingHistory): number {
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined || days.length < 2) return 0
  const mean = spend.reduce((sum, one) => sum + one, 0) / days.length
  return (((days.length - 1) * YEAR_DAYS) / Math.max(LEAST_SPAN_DAYS, last - first)) * Math.max(0, mean)
}

export const pointsValue = (points: number, { points: { value }, currency }: Program): number =>
  wholeMoney(points * value * 10 ** currencyExponent(currency))

/** Less than this is not told: the program's `minimumValue`, and never nothing. */
export const isWorthTelling = (valueMinor: number, { retention, currency }: Program): boolean =>
  valueMinor > 0 && valueMinor >= Math.round(retention.minimumValue * 10 ** currencyExponent(currency))
