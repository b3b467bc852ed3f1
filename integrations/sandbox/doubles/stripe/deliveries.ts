/**
 * Webhooks on their way: signed, sent, and sent again until they are taken. Switches make them come twice, late or in any order,
 * as Stripe's do now and then.
 * Source: https://docs.stripe.com/webhooks#behaviors
 */
import { createHmac } from 'node:crypto'
import { type Account, type Delivery, EVENTS_LIMIT, type StripeEvent } from './account.ts'

export interface DeliveryHabits {
  /** Each event comes twice. */
  twice: boolean
  /** What one doing makes comes in another order than it was made. */
  shuffled: boolean
  /** So many ms after it was made. */
  lateMs: number
}

export interface DeliveriesOptions {
  account: () => Account
  now: () => number
  /** Asked for at each delivery: it may become known late. */
  secret: string | (() => string)
  /** Answers what the endpoint answered. @throws where nobody answers */
  send: (request: Request, event: StripeEvent) => Promise<Response>
  url: string
  habits: DeliveryHabits
  /** 0 to 1, for the order of the shuffled; the same each time, so that what happened can happen again. */
  chance: () => number
  onDelivered?: (event: StripeEvent, delivery: Delivery) => void
}

/** Stripe goes on for three days in live mode, ever more seldom. */
const RETRIES_MS = [60_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000]
const ANSWER_CHARACTERS = 500

export function createDeliveries(options: DeliveriesOptions) {
  const { account, now, habits } = options

  function plan(event: StripeEvent): void {
    const { deliveries } = account()
    const once = (lateMs: number): Delivery => ({
      event: event.id,
      dueAt: now() + lateMs,
      tries: 0,
      status: null,
      answer: '',
      tookMs: null,
    })
    deliveries.push(once(habits.lateMs))
    if (habits.twice) deliveries.push(once(habits.lateMs))
    if (deliveries.length > EVENTS_LIMIT * 2) deliveries.splice(0, deliveries.length - EVENTS_LIMIT * 2)
  }

  /** What is due by now. */
  const due = (): Delivery[] => {
    const waiting = account().deliveries.filter(({ dueAt }) => dueAt !== null && dueAt <= now())
    return habits.shuffled ? shuffle(waiting, options.chance) : waiting
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const event = account().events.find(({ id }) => id === delivery.event)
    if (event === undefined) {
      delivery.dueAt = null
      return
    }
    const startedAt = performance.now()
    const { status, answer } = await sendOnce(options, event)
    delivery.tookMs = performance.now() - startedAt
    Object.assign(delivery, { status, answer: answer.slice(0, ANSWER_CHARACTERS) })
    const wait = status >= 200 && status < 300 ? undefined : RETRIES_MS[delivery.tries]
    delivery.tries++
    delivery.dueAt = wait === undefined ? null : now() + wait
    options.onDelivered?.(event, delivery)
  }

  return {
    plan,
    /** Sends what is due, one after the other; answers how many. */
    async flush(): Promise<number> {
      const waiting = due()
      for (const delivery of waiting) await deliver(delivery)
      return waiting.length
    },
    /** When the next is due; null while none is. */
    nextAt: (): number | null => {
      const times = account().deliveries.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]))
      return times.length === 0 ? null : Math.min(...times)
    },
    /** Once more, as the button in Stripe's dashboard does. */
    async again(eventId: string): Promise<Delivery | null> {
      const event = account().events.find(({ id }) => id === eventId)
      if (event === undefined) return null
      const delivery: Delivery = { event: eventId, dueAt: null, tries: 0, status: null, answer: '', tookMs: null }
      account().deliveries.push(delivery)
      await deliver(delivery)
      return delivery
    },
  }
}

async function sendOnce(
  { secret, send, url, now }: DeliveriesOptions,
  event: StripeEvent,
): Promise<{ status: number; answer: string }> {
  const body = JSON.stringify(event)
  const t = Math.floor(now() / 1_000)
  const key = typeof secret === 'string' ? secret : secret()
  const signature = createHmac('sha256', key).update(`${t}.${body}`).digest('hex')
  const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${t},v1=${signature}` }
  try {
    const response = await send(new Request(url, { method: 'POST', headers, body }), event)
    return { status: response.status, answer: await response.text() }
  } catch (error) {
    return { status: 0, answer: error instanceof Error ? error.message : 'no answer' }
  }
}

/** Fisher and Yates. */
function shuffle<One>(given: readonly One[], chance: () => number): One[] {
  const list = [...given]
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(chance() * (last + 1))
    const [a, b] = [list[last], list[other]]
    if (a !== undefined && b !== undefined) [list[last], list[other]] = [b, a]
  }
  return list
}
