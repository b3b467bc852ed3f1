// What an error of the SDK means for whoever asked: wait, come back when Stripe is up, or give this one up.
import type Stripe from 'stripe'
import type { DeliveryOutcome } from '../../src/app/ports.ts'

const DEFAULT_WAIT_MS = 2000
const MAX_WAIT_MS = 60_000

export type StripeFailure = InstanceType<typeof Stripe.errors.StripeError>

/** Whether the SDK made this error. Told by its type's name, as `instanceof` would load the SDK (90 ms) at start. */
export const isStripeFailure = (error: unknown): error is StripeFailure =>
  error instanceof Error && 'type' in error && typeof error.type === 'string' && error.type.startsWith('Stripe')

/** How long Stripe asks us to wait: `Retry-After` in seconds, else two seconds. */
export function retryAfterMs(error: unknown): number {
  const headers = isStripeFailure(error) ? error.headers : undefined
  const seconds = Number(headers?.['retry-after'])
  return seconds > 0 ? Math.min(seconds * 1000, MAX_WAIT_MS) : DEFAULT_WAIT_MS
}

export const isRateLimit = (error: unknown): boolean => isStripeFailure(error) && error.statusCode === 429

/**
 * The outcome of a call that failed. `what` names what was asked for, as `invoice in_…`; `permission` is the name of
 * the permission in Stripe's dashboard. Errors that are none of the SDK's are bugs and thrown on.
 */
export function outcomeOfFailure(error: unknown, what: string, permission: string): DeliveryOutcome {
  if (!isStripeFailure(error)) throw error
  if (isRateLimit(error)) return { kind: 'wait', forMs: retryAfterMs(error) }
  const { statusCode } = error
  if (statusCode === 401) return { kind: 'down', reason: 'Stripe does not accept the key: check STRIPE_SECRET_KEY.' }
  if (statusCode === 403) {
    return { kind: 'down', reason: `The Stripe key may not read this: give it the permission “${permission}: Read”.` }
  }
  if (statusCode === 404 || error.code === 'resource_missing') {
    return { kind: 'refused', reason: `Stripe knows no ${what}.` }
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { kind: 'refused', reason: `Stripe refused to answer for ${what} (${statusCode}).` }
  }
  return {
    kind: 'down',
    reason: statusCode === undefined ? 'Stripe does not answer.' : `Stripe answers ${statusCode}.`,
  }
}
