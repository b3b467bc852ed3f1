// Stripe's part in the whole. Its SDK takes a tenth of a second to load, so only what calls Stripe loads it, and only
// when there is something to ask.

import { readIncomingEvent } from '../../integrations/stripe/incoming-event.ts'
import type { Clock, Deliverer, Translation } from '../app/ports.ts'
import type { Config } from '../config.ts'
import type { Lookup } from '../core/facts.ts'

const QUESTIONS = {
  'stripe.invoice': true,
  'stripe.session': true,
  'stripe.items': true,
  'stripe.customer': true,
  'stripe.charge': true,
  'stripe.event': true,
} satisfies Record<Lookup['kind'], true>

/** The questions to Stripe, by name: the module that answers them is loaded late. */
export const STRIPE_LOOKUP_KINDS: readonly string[] = Object.keys(QUESTIONS)

/** Orders of rewards (`RewardOrder`), by name likewise. */
export const STRIPE_REWARD_KIND = 'stripe.reward'

/** All that goes to Stripe. One deliverer takes it, as a Stripe that is down is down for all of it. */
export const STRIPE_KINDS: readonly string[] = [...STRIPE_LOOKUP_KINDS, STRIPE_REWARD_KIND]

/** Asks Stripe what webhooks left open, and has rewards made there; null without a key to ask with. */
export function createStripeDeliverer({ stripe }: Pick<Config, 'stripe'>, clock: Clock): Deliverer | null {
  const { secretKey, apiUrl } = stripe
  if (secretKey === null) return null
  let loaded: Promise<{ lookups: Deliverer; rewards: Deliverer }> | undefined
  const load = async () => {
    const [{ createStripeClient }, { createStripeLookups }, { createStripeRewards }] = await Promise.all([
      import('../../integrations/stripe/client.ts'),
      import('../../integrations/stripe/lookups.ts'),
      import('../../integrations/stripe/rewards.ts'),
    ])
    const options = { stripe: createStripeClient({ apiKey: secretKey, apiUrl }), clock }
    return { lookups: createStripeLookups(options), rewards: createStripeRewards(options) }
  }
  return {
    vendor: 'stripe',
    kinds: STRIPE_KINDS,
    async deliver(row) {
      loaded ??= load()
      const { lookups, rewards } = await loaded
      return (row.kind === STRIPE_REWARD_KIND ? rewards : lookups).deliver(row)
    },
  }
}

/** Reads an event again that was kept because it could not be understood. */
export const createRetranslate =
  (clock: Clock) =>
  (payload: string): Translation => {
    const read = readIncomingEvent(payload, clock.now())
    return read.ok ? read.event.translation : { kind: 'odd', reason: 'is no event of Stripe’s' }
  }
