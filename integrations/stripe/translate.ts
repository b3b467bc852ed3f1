// Stripe's events into facts: pure, payload in, facts and open questions out.

import type { Translation } from '../../src/app/ports.ts'
import type { Fact, Lookup, PaymentParts } from '../../src/core/facts.ts'
import { type EventSubject, handledEvent } from './handled-events.ts'
import { idOf, isJson, type Json, Odd, paymentId, timeOrNull } from './json.ts'
import type { Reading } from './payment-parts.ts'
import { rankOf, readCustomer, readSubscription } from './read-customer.ts'
import { readPromotionCode } from './read-discounts.ts'
import { readDispute } from './read-dispute.ts'
import { readInvoice, readInvoiceFailure, readInvoicePayment } from './read-invoice.ts'
import { readCharge, readIntent } from './read-payment.ts'
import { readRefundEvent } from './read-refund.ts'
import { readSession } from './read-session.ts'

/** A snapshot event (`event`), or a thin one (`v2.core.event`) that only names its object. Fields not checked are unknown. */
export interface StripeEventEnvelope {
  id: string
  object: 'event' | 'v2.core.event'
  type: string
  livemode: boolean
  /** Seconds in a snapshot event, ISO 8601 in a thin one. */
  created?: unknown
  api_version?: unknown
  /** The connected account. */
  account?: unknown
  /** The same in thin events. */
  context?: unknown
  data?: unknown
  related_object?: unknown
}

const IGNORED: Translation = { kind: 'ignored' }
const VERSION = /^\d{4}-\d{2}-\d{2}/
const THIN_PREFIX = 'v1.'

type Reader = (object: Json, reading: Reading, type: string) => Translation

const facts = (fact: Fact, lookups: Lookup[] = []): Translation => ({ kind: 'facts', facts: [fact], lookups })
const payment = (parts: PaymentParts, lookups?: Lookup[]): Translation => facts({ kind: 'payment', parts }, lookups)

const readers: Record<EventSubject, Reader> = {
  charge: (object, reading) => payment(readCharge(object, reading)),
  payment_intent: (object, reading) => payment(readIntent(object, reading)),
  session: (object, reading) => {
    const session = readSession(object, reading)
    return session === null ? IGNORED : payment(session.parts, session.lookups)
  },
  invoice: (object, reading) => {
    const invoice = readInvoice(object, reading)
    return payment(invoice.parts, invoice.lookups)
  },
  invoice_failure: (object, reading) => facts(readInvoiceFailure(object, reading)),
  invoice_payment: (object, reading) => payment(readInvoicePayment(object, reading)),
  refund: (object, reading) => {
    const parts = readRefundEvent(object, reading)
    return parts === null ? IGNORED : payment(parts)
  },
  dispute: (object, reading, type) => payment(readDispute(object, reading, type)),
  customer: (object, reading, type) => facts(readCustomer(object, reading, rankOf(type))),
  subscription: (object, reading, type) => facts(readSubscription(object, reading, rankOf(type))),
  // Connected accounts have codes of their own; none of them is a reward of ours.
  promotion_code: (object, reading) => (reading.account === null ? facts(readPromotionCode(object, reading)) : IGNORED),
}

/** An account that is no id must not pass for the merchant's own. */
function accountOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const account = paymentId(value)
  if (account === null) throw new Odd('event.account is no id of an account')
  return account
}

/** Thin events name the account by a path such as `org_…/acct_…`. */
function accountOfContext(context: unknown): string | null {
  if (typeof context !== 'string') return accountOf(context)
  return accountOf(context.split('/').find((segment) => segment.startsWith('acct_')))
}

export const versionOf = (version: unknown): string | null =>
  typeof version === 'string' && VERSION.test(version) ? version.slice(0, 10) : null

function translateSnapshot(event: StripeEventEnvelope): Translation {
  const handled = handledEvent(event.type)
  if (handled === undefined) return IGNORED
  const object = isJson(event.data) ? event.data.object : undefined
  if (!isJson(object)) throw new Odd('event.data.object is missing')
  const at = timeOrNull(event.created)
  if (at === null) throw new Odd('event.created is missing or not a time in seconds')
  const account = accountOf(event.account)
  const reading: Reading = { at, account, version: versionOf(event.api_version), success: handled.success === true }
  return readers[handled.subject](object, reading, event.type)
}

/** A thin event says what happened to which object; the object is fetched later. */
function translateThin(event: StripeEventEnvelope): Translation {
  const type = event.type.startsWith(THIN_PREFIX) ? event.type.slice(THIN_PREFIX.length) : ''
  if (handledEvent(type) === undefined) return IGNORED
  const related = isJson(event.related_object) ? event.related_object : {}
  const id = idOf(related.id)
  const { type: object } = related
  if (id === null || typeof object !== 'string') throw new Odd('event.related_object is missing its id or type')
  const eventAt = thinTime(event.created)
  if (eventAt === null) throw new Odd('event.created is missing or not a time')
  const lookup: Lookup = { kind: 'stripe.event', id, account: accountOfContext(event.context), type, object, eventAt }
  return { kind: 'facts', facts: [], lookups: [lookup] }
}

function thinTime(created: unknown): number | null {
  const at = typeof created === 'string' ? Date.parse(created) : Number.NaN
  return Number.isSafeInteger(at) && at >= 0 ? at : null
}

/** When the event happened, in milliseconds; null when it does not say. */
export const eventTime = (event: StripeEventEnvelope): number | null =>
  event.object === 'event' ? timeOrNull(event.created) : thinTime(event.created)

/**
 * What an event tells. Types we do not handle are ignored; a handled one in which a field that matters is missing or
 * odd is `odd`, with a reason that holds nothing of the payload's values. Throws only on a bug.
 */
export function translateEvent(event: StripeEventEnvelope): Translation {
  try {
    return event.object === 'event' ? translateSnapshot(event) : translateThin(event)
  } catch (error) {
    if (error instanceof Odd) return { kind: 'odd', reason: error.message }
    throw error
  }
}
