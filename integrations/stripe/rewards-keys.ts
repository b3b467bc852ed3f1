// Idempotency keys of what is made: the same for the same redemption, so that two who try at once make one thing.
import type Stripe from 'stripe'
import { isStripeFailure } from './failures.ts'

const GENERATIONS = 4

/**
 * Stripe repeats the answer to a key for a day, also when it was a failure of its own, and refuses a key that came with
 * other content. Neither first try made anything (callers looked), so such a key is given up for the next.
 */
function isSpent(error: unknown): boolean {
  if (!isStripeFailure(error)) return false
  const isRepeated = error.headers?.['idempotent-replayed'] === 'true'
  return (isRepeated && (error.statusCode ?? 0) >= 500) || error.type === 'StripeIdempotencyError'
}

/** Makes something under `regulars-<what>`. Call it only after looking that it is not there. */
export async function makeOnce<Made>(
  what: string,
  create: (options: Stripe.RequestOptions) => Promise<Made>,
): Promise<Made> {
  for (let generation = 1; ; generation++) {
    const idempotencyKey = generation === 1 ? `regulars-${what}` : `regulars-${what}-${generation}`
    try {
      return await create({ idempotencyKey })
    } catch (error) {
      if (generation === GENERATIONS || !isSpent(error)) throw error
    }
  }
}
