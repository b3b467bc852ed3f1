// Payments for tests that break things. Each has an e-mail address of its own, so that whatever was acknowledged can be
// looked for afterwards, and the same share of each goes to one member whom all writers contend for.
import type { Chance, Client } from './load.ts'
import { type StripeEvent, stripePayment } from './stripe-events.ts'

const DAY_MS = 86_400_000
/** Whole points, whichever part is refunded. */
const STEP_MINOR = 1_000

export interface Purchase {
  email: string
  /** Points while nothing is refunded, and what its refund takes. */
  points: number
  refundPoints: number
  events: StripeEvent[]
  refunds: StripeEvent[]
}

export interface Delivery {
  event: StripeEvent
  purchase: Purchase
}

/** What became of each event that was sent: `true` once it was acknowledged. */
export type Acknowledged = Map<string, boolean>

let made = 0

/** One point a unit of money; a third of them is refunded in part. */
export function makePurchase(chance: Chance, email = `buyer-${made++}@example.org`, now = Date.now()): Purchase {
  const amount = STEP_MINOR * (1 + chance.below(20))
  const payment = stripePayment({ at: now - chance.below(30) * DAY_MS - DAY_MS, amount, email })
  const refunded = chance.below(3) === 0 ? Math.floor(amount / 2 / 100) * 100 : 0
  const all = [payment.charge(), payment.intent(), payment.session()]
  return {
    email,
    points: amount / 100,
    refundPoints: refunded / 100,
    events: all.slice(0, 1 + chance.below(3)),
    refunds: refunded === 0 ? [] : [payment.refund(refunded), payment.refunded(refunded)],
  }
}

/** All that Stripe would send for them, in any order. */
export const deliveriesOf = (purchases: readonly Purchase[], chance: Chance): Delivery[] =>
  chance.shuffled(
    purchases.flatMap((purchase) => [...purchase.events, ...purchase.refunds].map((event) => ({ event, purchase }))),
  )

/**
 * The points that may be in the books: what was acknowledged is there, what was sent without an answer may be.
 */
export function possiblePoints(
  { points, refundPoints, events, refunds }: Purchase,
  acknowledged: Acknowledged,
): number[] {
  const isThere = (event: StripeEvent) => acknowledged.get(event.id) === true
  const wasSent = (event: StripeEvent) => acknowledged.has(event.id)
  // A refund's `charge.refunded` tells the payment too.
  const tellsPayment = [...events, ...refunds.filter(({ type }) => type === 'charge.refunded')]
  const paid = tellsPayment.some(isThere) ? [true] : tellsPayment.some(wasSent) ? [true, false] : [false]
  const refunded = refunds.some(isThere) ? [true] : refunds.some(wasSent) ? [true, false] : [false]
  const possible = paid.flatMap((isPaid) =>
    refunded.map((isRefunded) => (isPaid ? points - (isRefunded ? refundPoints : 0) : 0)),
  )
  return [...new Set(possible)]
}

/** The member's points; 0 for somebody not known. */
export async function pointsOf(client: Client, email: string): Promise<number> {
  const { status, json } = await client.api(`/members/${encodeURIComponent(`email:${email}`)}`)
  if (status === 404) return 0
  if (status !== 200) throw new Error(`${email}: ${status}`)
  return (json.points as { available: number }).available
}
