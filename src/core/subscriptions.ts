/** What a subscription costs by the month and the year, and how staff call it. Amounts are those of Stripe's lines, before tax. */
import type { Program } from '../program/schema.ts'
import type { SubscriptionFact } from './facts.ts'
import { money } from './sentences.ts'
import { inProgramCurrency } from './spend.ts'

type Interval = Pick<SubscriptionFact['items'][number], 'interval' | 'intervalCount'>

const MONTHS_IN_YEAR = 12
/** The mean Gregorian year: 365.2425 days. */
const DAYS_IN_MONTH = 365.2425 / MONTHS_IN_YEAR
const MONTHS: Readonly<Record<string, number>> = {
  day: 1 / DAYS_IN_MONTH,
  week: 7 / DAYS_IN_MONTH,
  month: 1,
  year: MONTHS_IN_YEAR,
}

/** How many months one period of it lasts; null where it is none that we know. */
function monthsOf({ interval, intervalCount }: Interval): number | null {
  const one = interval === null ? undefined : MONTHS[interval]
  return one === undefined || !(intervalCount >= 1) ? null : one * intervalCount
}

/** What it costs a year in its own currency, minor units; null where a line has no price of its own, or currencies differ. */
export function yearlyPrice({ items }: Pick<SubscriptionFact, 'items'>): { minor: number; currency: string } | null {
  const [first] = items
  if (first?.currency == null) return null
  let minor = 0
  for (const item of items) {
    const months = monthsOf(item)
    if (item.amountMinor === null || months === null || item.currency !== first.currency) return null
    minor += (item.amountMinor * MONTHS_IN_YEAR) / months
  }
  return { minor: Math.min(Math.round(minor), Number.MAX_SAFE_INTEGER), currency: first.currency }
}

/** A year of it in the program's currency; null where that is not known, or the currency is not listed. */
export function yearlyMinor(program: Program, fact: Pick<SubscriptionFact, 'items'>): number | null {
  const price = yearlyPrice(fact)
  return price === null ? null : inProgramCurrency(program, price.minor, price.currency)
}

/** A month of it in the program's currency, not rounded; null as above. */
export function monthlyMinor(program: Program, fact: Pick<SubscriptionFact, 'items'>): number | null {
  const year = yearlyMinor(program, fact)
  return year === null ? null : year / MONTHS_IN_YEAR
}

const ADJECTIVES: Readonly<Record<string, string>> = {
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
  year: 'yearly',
}

/** `$19.00 monthly subscription`, `$57.00 subscription every 3 months`, `subscription`. */
export function subscriptionWords({ items }: Pick<SubscriptionFact, 'items'>, locale: string): string {
  const [first] = items
  const isOne = items.every(
    ({ interval, intervalCount, currency, amountMinor }) =>
      amountMinor !== null &&
      interval === first?.interval &&
      intervalCount === first.intervalCount &&
      currency === first.currency,
  )
  const sum = items.reduce((total, { amountMinor }) => total + (amountMinor ?? 0), 0)
  const often = first?.interval == null ? undefined : ADJECTIVES[first.interval]
  if (!isOne || first?.currency == null || often === undefined || sum === 0) return 'subscription'
  const price = money(sum, first.currency, locale)
  return first.intervalCount === 1
    ? `${price} ${often} subscription`
    : `${price} subscription every ${first.intervalCount} ${first.interval}s`
}

/** Whether it goes on as things are: paid for, on trial, or late with a payment. */
export const isRunning = ({ status, endedAt }: Pick<SubscriptionFact, 'status' | 'endedAt'>): boolean =>
  endedAt === null && (status === 'active' || status === 'trialing' || status === 'past_due')

/** When it ended; null while it has not. */
export const endOf = ({
  status,
  endedAt,
  canceledAt,
  at,
}: Pick<SubscriptionFact, 'status' | 'endedAt' | 'canceledAt' | 'at'>): number | null =>
  endedAt ?? (status === 'canceled' ? (canceledAt ?? at) : null)

/** When it is to end, as the subscriber wishes; null: it goes on. */
export const endsAt = ({
  cancelAt,
  cancelAtPeriodEnd,
  currentPeriodEnd,
}: Pick<SubscriptionFact, 'cancelAt' | 'cancelAtPeriodEnd' | 'currentPeriodEnd'>): number | null =>
  cancelAt ?? (cancelAtPeriodEnd ? currentPeriodEnd : null)
