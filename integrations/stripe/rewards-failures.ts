// What it means that Stripe did not make or end a reward: come back later, or never. What staff read says nothing of
// the person, so Stripe's own messages, which may, are not passed on.
import type { DeliveryOutcome } from '../../src/app/ports.ts'
import type { RewardOrder } from '../../src/core/facts.ts'
import { isRateLimit, isStripeFailure, outcomeOfFailure, retryAfterMs, type StripeFailure } from './failures.ts'

/** Whatever is tried, this will not be made; the message is for staff. A value in disguise, caught in `rewards.ts`. */
export class RewardRefused extends Error {
  override name = 'RewardRefused'
}

/** The words for staff. */
export const STRIPE_DENIES = {
  notAnOrder: 'This is no reward that can be ordered at Stripe.',
  noCustomer: 'Stripe does not know this customer any more.',
  needsCustomer: 'A credit needs a customer at Stripe, and this member has none.',
  currency: (currency: string): string =>
    `Stripe keeps this customer’s credit in another currency than ${currency.toUpperCase()}.`,
  tooLate: 'Its time was over before Stripe could make it.',
  codesTaken: 'Stripe has other codes of this name already.',
  otherwise: (why: string): string => `Stripe refused to make it (${why}).`,
} as const

/** Another request of ours about the same thing is under way, or Stripe holds a lock: neither is a refusal. */
const CONFLICT = 409
const TOO_SOON = new Set(['lock_timeout', 'rate_limit', 'idempotency_key_in_use'])
/** Codes and fields of Stripe's API look so; anything else is not repeated. */
const PLAIN = /^[a-z][a-z0-9_[\]]{0,79}$/

/** Failures that say something about whoever asks, or about now, and not about the reward. */
function isTransient(error: StripeFailure): boolean {
  const { statusCode } = error
  if (statusCode === undefined || statusCode >= 500) return true
  return statusCode === 401 || statusCode === 403
}

const mustWait = (error: StripeFailure): boolean =>
  isRateLimit(error) || error.statusCode === CONFLICT || TOO_SOON.has(error.code ?? '')

function transient(error: StripeFailure, what: string, permission: string): DeliveryOutcome {
  if (error.statusCode !== 403) return outcomeOfFailure(error, what, permission)
  return { kind: 'down', reason: `The Stripe key may not do this: give it the permission “${permission}: Write”.` }
}

const permissionFor = ({ do: what, ...order }: RewardOrder): string =>
  what === 'make' && 'fulfil' in order && order.fulfil.kind === 'credit' ? 'Customers' : 'Coupons and Promotion Codes'

function wordsFor({ code, param, statusCode }: StripeFailure, order: Extract<RewardOrder, { do: 'make' }>): string {
  const { fulfil } = order
  const isAboutCustomer = param === 'customer' || (fulfil.kind === 'credit' && param === 'id')
  if (code === 'resource_missing' && (isAboutCustomer || fulfil.kind === 'credit')) return STRIPE_DENIES.noCustomer
  if (fulfil.kind === 'credit' && param === 'currency') return STRIPE_DENIES.currency(fulfil.currency)
  const why = [code, param].filter((word) => word !== undefined && PLAIN.test(word)).join(', ')
  return STRIPE_DENIES.otherwise(why === '' ? String(statusCode) : why)
}

/** Why a reward was not made: an outcome where it may be made later, a refusal where it never will. Bugs are thrown on. */
export function failedMake(
  error: unknown,
  order: Extract<RewardOrder, { do: 'make' }>,
): DeliveryOutcome | RewardRefused {
  if (!isStripeFailure(error)) throw error
  if (mustWait(error)) return { kind: 'wait', forMs: retryAfterMs(error) }
  if (isTransient(error)) return transient(error, 'reward', permissionFor(order))
  return new RewardRefused(wordsFor(error, order))
}

/** Why a code was not ended. One that Stripe does not know is shown to people: it may be another account's, and usable. */
export function failedEnd(error: unknown, promotionCode: string): DeliveryOutcome {
  if (!isStripeFailure(error)) throw error
  if (mustWait(error)) return { kind: 'wait', forMs: retryAfterMs(error) }
  const what = `promotion code ${promotionCode}`
  return isTransient(error)
    ? transient(error, what, 'Promotion Codes')
    : outcomeOfFailure(error, what, 'Promotion Codes')
}

export const isMissing = (error: unknown): boolean =>
  isStripeFailure(error) && (error.statusCode === 404 || error.code === 'resource_missing')
