// Answers the questions that a webhook could not: the outbox asks, Stripe's API answers, the app learns. A question
// about something that Stripe does not know is refused, so that a person sees it.
import type Stripe from 'stripe'
import { z } from 'zod'
import type { Clock, Deliverer, DeliveryOutcome, OutboxRow, Translation } from '../../src/app/ports.ts'
import { emptyParts, type Fact, type Lookup } from '../../src/core/facts.ts'
import { STRIPE_API_VERSION } from './api-version.ts'
import { outcomeOfFailure } from './failures.ts'
import { asJson, fetchedReading, fetchInvoice, fetchSession, forAccount } from './fetched.ts'
import { type Json, Odd, paymentId } from './json.ts'
import { readCustomer, STATE_RANK } from './read-customer.ts'
import { readInvoice } from './read-invoice.ts'
import { readCharge, readIntent } from './read-payment.ts'
import { readSession } from './read-session.ts'
import { translateEvent } from './translate.ts'

const asked = { id: z.string().min(1), account: z.string().nullable() }
const lookupSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stripe.invoice'), ...asked }),
  z.object({ kind: z.literal('stripe.session'), ...asked }),
  z.object({ kind: z.literal('stripe.items'), ...asked }),
  z.object({ kind: z.literal('stripe.customer'), ...asked }),
  z.object({ kind: z.literal('stripe.charge'), ...asked }),
  z.object({ kind: z.literal('stripe.event'), ...asked, type: z.string(), object: z.string(), eventAt: z.int() }),
]) satisfies z.ZodType<Lookup>

export const LOOKUP_KINDS: readonly Lookup['kind'][] = [
  'stripe.invoice',
  'stripe.session',
  'stripe.items',
  'stripe.customer',
  'stripe.charge',
  'stripe.event',
]

/** The permission that a restricted key needs, by the name in Stripe's dashboard. */
const PERMISSIONS: Record<string, string> = {
  'stripe.invoice': 'Invoices',
  'stripe.session': 'Checkout Sessions',
  'stripe.items': 'Checkout Sessions',
  'stripe.customer': 'Customers',
  'stripe.charge': 'Charges and Refunds',
  charge: 'Charges and Refunds',
  payment_intent: 'PaymentIntents',
  'checkout.session': 'Checkout Sessions',
  invoice: 'Invoices',
  invoice_payment: 'Invoices',
  refund: 'Charges and Refunds',
  dispute: 'Disputes',
  customer: 'Customers',
  subscription: 'Subscriptions',
  promotion_code: 'Promotion Codes',
}

export interface StripeLookupsOptions {
  stripe: Stripe
  clock: Clock
}

interface Learnt {
  object: Json
  facts: Fact[]
  lookups: Lookup[]
}

async function learnInvoice({ stripe, clock }: StripeLookupsOptions, { id, account }: Lookup): Promise<Learnt> {
  const reading = fetchedReading(clock, account)
  const object = await fetchInvoice(stripe, id, account)
  // With its payments at hand it has no question left.
  return { object, facts: [{ kind: 'payment', parts: readInvoice(object, reading).parts }], lookups: [] }
}

async function learnSession({ stripe, clock }: StripeLookupsOptions, { id, account }: Lookup): Promise<Learnt> {
  const reading = fetchedReading(clock, account)
  const object = await fetchSession(stripe, id, account)
  const session = readSession(object, reading)
  return { object, facts: session ? [{ kind: 'payment', parts: session.parts }] : [], lookups: session?.lookups ?? [] }
}

/** The session or invoice that the payment intent belongs to, with its lines; or that it belongs to none. */
async function learnItems(options: StripeLookupsOptions, { id, account }: Lookup): Promise<Learnt> {
  const { stripe } = options
  const request = forAccount(account)
  const sessions = await stripe.checkout.sessions.list({ payment_intent: id, limit: 1 }, request)
  const [session] = sessions.data
  if (session !== undefined) return learnSession(options, { kind: 'stripe.session', id: session.id, account })
  const payment = { type: 'payment_intent', payment_intent: id }
  const payments = await stripe.invoicePayments.list({ payment, limit: 1 }, request)
  const invoice = paymentId(payments.data[0]?.invoice)
  if (invoice !== null) return learnInvoice(options, { kind: 'stripe.invoice', id: invoice, account })
  const parts = { ...emptyParts(), names: [id], account, items: { rank: 0, list: [] } }
  return { object: {}, facts: [{ kind: 'payment', parts }], lookups: [] }
}

async function learnCustomer({ stripe, clock }: StripeLookupsOptions, { id, account }: Lookup): Promise<Learnt> {
  const reading = fetchedReading(clock, account)
  const object = asJson(await stripe.customers.retrieve(id, {}, forAccount(account)))
  return { object, facts: [readCustomer(object, reading, STATE_RANK.fetched)], lookups: [] }
}

/** A refund or dispute may name only a payment intent, so either is answered. */
async function learnCharge({ stripe, clock }: StripeLookupsOptions, { id, account }: Lookup): Promise<Learnt> {
  const reading = fetchedReading(clock, account)
  const options = forAccount(account)
  if (id.startsWith('pi_')) {
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge.refunds'] }, options)
    const object = asJson(intent)
    return { object, facts: [{ kind: 'payment', parts: readIntent(object, reading) }], lookups: [] }
  }
  const object = asJson(await stripe.charges.retrieve(id, { expand: ['payment_intent', 'refunds'] }, options))
  return { object, facts: [{ kind: 'payment', parts: readCharge(object, reading) }], lookups: [] }
}

type EventLookup = Extract<Lookup, { kind: 'stripe.event' }>

/** Fetches the object that a thin event is about, by the type that the event gave it. */
async function fetchObject(stripe: Stripe, { id, object, account }: EventLookup): Promise<Json> {
  const options = forAccount(account)
  switch (object) {
    case 'charge':
      return asJson(await stripe.charges.retrieve(id, { expand: ['refunds'] }, options))
    case 'payment_intent':
      return asJson(await stripe.paymentIntents.retrieve(id, {}, options))
    case 'checkout.session':
      return asJson(await stripe.checkout.sessions.retrieve(id, {}, options))
    case 'invoice':
      return fetchInvoice(stripe, id, account)
    case 'invoice_payment':
      return asJson(await stripe.invoicePayments.retrieve(id, {}, options))
    case 'refund':
      return asJson(await stripe.refunds.retrieve(id, {}, options))
    case 'dispute':
      return asJson(await stripe.disputes.retrieve(id, {}, options))
    case 'customer':
      return asJson(await stripe.customers.retrieve(id, {}, options))
    case 'subscription':
      return asJson(await stripe.subscriptions.retrieve(id, {}, options))
    case 'promotion_code':
      return asJson(await stripe.promotionCodes.retrieve(id, {}, options))
    default:
      throw new Odd('a thin event is about a kind of object that we do not know')
  }
}

async function learnEvent({ stripe }: StripeLookupsOptions, lookup: EventLookup): Promise<Learnt> {
  const object = await fetchObject(stripe, lookup)
  const translation: Translation = translateEvent({
    id: lookup.id,
    object: 'event',
    type: lookup.type,
    livemode: object.livemode === true,
    created: Math.floor(lookup.eventAt / 1000),
    api_version: STRIPE_API_VERSION,
    account: lookup.account,
    data: { object },
  })
  if (translation.kind === 'odd') throw new Odd(translation.reason)
  if (translation.kind === 'ignored') return { object, facts: [], lookups: [] }
  // An invoice was fetched with its payments: asking again would tell no more.
  const lookups = translation.lookups.filter(({ id }) => id !== lookup.id)
  return { object, facts: translation.facts, lookups }
}

function learn(options: StripeLookupsOptions, lookup: Lookup): Promise<Learnt> {
  switch (lookup.kind) {
    case 'stripe.invoice':
      return learnInvoice(options, lookup)
    case 'stripe.session':
      return learnSession(options, lookup)
    case 'stripe.items':
      return learnItems(options, lookup)
    case 'stripe.customer':
      return learnCustomer(options, lookup)
    case 'stripe.charge':
      return learnCharge(options, lookup)
    case 'stripe.event':
      return learnEvent(options, lookup)
    default: {
      const unknown: never = lookup
      return unknown
    }
  }
}

/** What was asked for, in words: `invoice in_…`. */
function wordsFor(lookup: Lookup): { what: string; permission: string } {
  const object = lookup.kind === 'stripe.event' ? lookup.object : lookup.kind.slice('stripe.'.length)
  const permission = PERMISSIONS[lookup.kind] ?? PERMISSIONS[object] ?? object
  return { what: `${object.replaceAll(/[._]/g, ' ')} ${lookup.id}`, permission }
}

/** Delivers the outbox's questions to Stripe. A row's payload is the Lookup. */
export function createStripeLookups(options: StripeLookupsOptions): Deliverer {
  return {
    vendor: 'stripe',
    kinds: LOOKUP_KINDS,
    async deliver(row: OutboxRow): Promise<DeliveryOutcome> {
      const parsed = lookupSchema.safeParse(row.payload)
      if (!parsed.success) return { kind: 'refused', reason: 'This is no question that can be put to Stripe.' }
      const lookup: Lookup = parsed.data
      const { what, permission } = wordsFor(lookup)
      try {
        const { object, facts, lookups } = await learn(options, lookup)
        const livemode = typeof object.livemode === 'boolean' ? object.livemode : null
        return { kind: 'learnt', learnt: { source: `stripe:${lookup.id}`, livemode, facts, lookups } }
      } catch (error) {
        if (error instanceof Odd) return { kind: 'refused', reason: `Stripe's ${what} is odd: ${error.message}.` }
        return outcomeOfFailure(error, what, permission)
      }
    },
  }
}
