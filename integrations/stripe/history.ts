// Reads the past from Stripe's lists, for backfill and reconcile: day by day, oldest first, so that history comes out
// as it would have been.
import type Stripe from 'stripe'
import type { Clock } from '../../src/app/ports.ts'
import { derivePayment } from '../../src/core/derive-payment.ts'
import type { CustomerFact, PaymentFact, PaymentParts, SubscriptionFact } from '../../src/core/facts.ts'
import { joinParts } from '../../src/core/merge-payment.ts'
import { fetchedReading } from './fetched.ts'
import { createStripeLists, type Span, type StripeLists } from './history-lists.ts'
import { joinPayments } from './join-payments.ts'
import { isJson, type Json, Odd, timeOrNull } from './json.ts'
import { countingPacer, createPacer, type Pacer, type Sleep } from './pacer.ts'
import type { Reading } from './payment-parts.ts'
import { readCustomer, readSubscription, STATE_RANK } from './read-customer.ts'
import { readDispute } from './read-dispute.ts'
import { readInvoice } from './read-invoice.ts'
import { readCharge } from './read-payment.ts'
import { readRefundEvent } from './read-refund.ts'
import { readSession } from './read-session.ts'

export interface StripeHistoryOptions {
  stripe: Stripe
  clock: Clock
  /** Stripe allows 100 in live mode and 25 in a sandbox; the questions of webhooks want some of it. Default 20. */
  requestsPerSecond?: number
  /** Also reads the lines of checkout sessions: for programs whose rules look at products. Default false. */
  withItems?: boolean
  sleep?: Sleep
}

/** A span of time; `sinceMs` is where the whole history begins. */
export interface HistoryWindow extends Span {
  sinceMs: number
}

export type HistoryFact = PaymentFact | CustomerFact | SubscriptionFact

/** An object that could not be understood: set aside and told, so that it does not end a long read. */
export interface OddObject {
  id: string
  reason: string
}

export interface WindowFacts {
  /** Customers and subscriptions, then what moved money, oldest first. */
  facts: HistoryFact[]
  requests: number
  /** Null when the window is empty. */
  livemode: boolean | null
  odd: OddObject[]
}

/** A payment as Stripe has it, for comparing with ours; `fact` is all of it, to learn it where it is missing. */
export interface StripePayment {
  names: string[]
  amountMinor: number
  /** Refunds, and what disputes have withdrawn. */
  refundedMinor: number
  currency: string | null
  at: number
  customer: string | null
  livemode: boolean | null
  fact: PaymentFact
}

export interface StripeHistory {
  windows(sinceMs: number, untilMs: number): HistoryWindow[]
  factsOf(window: HistoryWindow, onRequest?: () => void): Promise<WindowFacts>
  /** Succeeded charges, and invoices paid outside Stripe, whose money came in the span; a day at a time, oldest first. */
  payments(fromMs: number, toMs: number, onRequest?: () => void): AsyncIterable<StripePayment>
  /** The same, a day of charges or a month of invoices to a slice. */
  slices(fromMs: number, toMs: number): PaymentSlice[]
}

export interface PaymentSlice {
  payments(): AsyncIterable<StripePayment>
}

const DAY_MS = 86_400_000
/** An invoice may be paid outside Stripe long after it was made: so far back we look for it. */
const INVOICE_LOOKBACK_MS = 92 * DAY_MS
/** Invoices are few: a month of them at once. */
const INVOICE_WINDOW_MS = 31 * DAY_MS

/** Cuts the time from `sinceMs` to `untilMs` into days (or another length), oldest first. */
export function historyWindows(sinceMs: number, untilMs: number, lengthMs = DAY_MS): HistoryWindow[] {
  const windows: HistoryWindow[] = []
  for (let fromMs = sinceMs; fromMs < untilMs; fromMs += lengthMs) {
    windows.push({ fromMs, toMs: Math.min(fromMs + lengthMs, untilMs), sinceMs })
  }
  return windows
}

class Collector {
  readonly odd: OddObject[] = []
  livemode: boolean | null = null

  read<Value>(objects: readonly Json[], read: (object: Json) => Value | null): Value[] {
    return objects.flatMap((object) => {
      if (typeof object.livemode === 'boolean') this.livemode = object.livemode
      try {
        const value = read(object)
        return value === null ? [] : [value]
      } catch (error) {
        if (!(error instanceof Odd)) throw error
        this.odd.push({ id: String(object.id), reason: error.message })
        return []
      }
    })
  }
}

interface Dated {
  at: number
  parts: PaymentParts
}

const dated = (object: Json, parts: PaymentParts): Dated => ({ at: timeOrNull(object.created) ?? 0, parts })

const hasMoney = (parts: PaymentParts): boolean =>
  Object.values(parts.charges).some(({ amountMinor }) => amountMinor > 0)

/** A charge without what was refunded of it: refunds come as facts of their own, each at its time. */
function readPurchase(charge: Json, reading: Reading): PaymentParts | null {
  const parts = readCharge(charge, reading)
  for (const part of Object.values(parts.charges)) part.snapshot = null
  return hasMoney(parts) ? { ...parts, refunds: {} } : null
}

/** The money's time; for what has none, the earliest of its objects. */
function timeOf(parts: PaymentParts, pieces: readonly Dated[]): number {
  const told = derivePayment(parts).at
  if (told !== null) return told
  const own = pieces.filter((piece) => piece.parts.names.some((name) => parts.names.includes(name)))
  return Math.min(...own.map(({ at }) => at))
}

/** Payments with all their objects joined. */
async function readPaid(lists: StripeLists, span: Span, withItems: boolean, reading: Reading, collector: Collector) {
  const charges = collector.read(await lists.charges(span), (charge) => {
    const parts = readPurchase(charge, reading)
    return parts && dated(charge, parts)
  })
  const sessions = collector.read(await lists.sessions(span, withItems), (session) => {
    const read = readSession(session, reading)
    return read && dated(session, read.parts)
  })
  const invoices = collector.read(await lists.invoices(span), (invoice) =>
    dated(invoice, readInvoice(invoice, reading).parts),
  )
  const pieces = [...charges, ...sessions, ...invoices]
  return joinPayments(pieces.map(({ parts }) => parts)).map((parts) => ({ at: timeOf(parts, pieces), parts }))
}

/** What was given back or taken away, of charges within the history: none may bring an older charge in. */
async function readReturned(lists: StripeLists, window: HistoryWindow, reading: Reading, collector: Collector) {
  const isWithin = ({ charge }: Json): boolean => {
    const created = isJson(charge) ? timeOrNull(charge.created) : null
    return created === null || created >= window.sinceMs
  }
  const refunds = collector.read((await lists.refunds(window)).filter(isWithin), (refund) => {
    const parts = readRefundEvent(refund, reading)
    return parts && dated(refund, parts)
  })
  const disputes = collector.read((await lists.disputes(window)).filter(isWithin), (dispute) =>
    dated(dispute, readDispute(dispute, reading, '')),
  )
  return [...refunds, ...disputes]
}

async function readWindow(
  lists: StripeLists,
  window: HistoryWindow,
  withItems: boolean,
  reading: Reading,
): Promise<Omit<WindowFacts, 'requests'>> {
  const collector = new Collector()
  const rank = STATE_RANK.fetched
  const customers = collector.read(await lists.customers(window), (object) => readCustomer(object, reading, rank))
  const subscriptions = collector.read(await lists.subscriptions(window), (object) =>
    readSubscription(object, reading, rank),
  )
  const paid = await readPaid(lists, window, withItems, reading, collector)
  const returned = await readReturned(lists, window, reading, collector)
  const money = [...paid, ...returned].sort((one, other) => one.at - other.at)
  const payments: PaymentFact[] = money.map(({ parts }) => ({ kind: 'payment', parts }))
  return { facts: [...customers, ...subscriptions, ...payments], livemode: collector.livemode, odd: collector.odd }
}

function toPayment(parts: PaymentParts, livemode: boolean | null): StripePayment | null {
  const { paidMinor, refundedMinor, at, currency } = derivePayment(parts)
  if (paidMinor === 0 || at === null) return null
  const { names, customer } = parts
  const fact: PaymentFact = { kind: 'payment', parts }
  return { names, amountMinor: paidMinor, refundedMinor, currency, at, customer, livemode, fact }
}

const modeOf = (object: Json): boolean | null => (typeof object.livemode === 'boolean' ? object.livemode : null)

/** One charge with its refunds and disputes; null when no money came of it or it cannot be understood. */
async function readCharged(lists: StripeLists, charge: Json, reading: Reading): Promise<StripePayment | null> {
  const [payment] = new Collector().read([charge], (object) => readCharge(object, reading))
  if (payment === undefined || !hasMoney(payment)) return null
  const disputes = charge.disputed === true ? await lists.disputesOf(String(charge.id)) : []
  const read = new Collector().read(disputes, (dispute) => readDispute(dispute, reading, ''))
  return toPayment(read.reduce(joinParts, payment), modeOf(charge))
}

async function* readCharges(lists: StripeLists, window: Span, clock: Clock): AsyncGenerator<StripePayment> {
  const reading = fetchedReading(clock, null)
  for (const charge of await lists.charges(window)) {
    const payment = await readCharged(lists, charge, reading)
    if (payment !== null) yield payment
  }
}

/** Of the invoices made in a window, those that were paid outside Stripe in the span. */
async function* readInvoices(
  lists: StripeLists,
  window: Span,
  { fromMs, toMs }: Span,
  clock: Clock,
): AsyncGenerator<StripePayment> {
  const reading = fetchedReading(clock, null)
  for (const invoice of await lists.invoices(window)) {
    const [parts] = new Collector().read([invoice], (object) => readInvoice(object, reading).parts)
    const payment = parts && Object.values(parts.invoices)[0]?.standsAlone ? toPayment(parts, modeOf(invoice)) : null
    if (payment !== null && payment.at >= fromMs && payment.at < toMs) yield payment
  }
}

function slicesOf(lists: StripeLists, span: Span, clock: Clock): PaymentSlice[] {
  const days = historyWindows(span.fromMs, span.toMs)
  const months = historyWindows(span.fromMs - INVOICE_LOOKBACK_MS, span.toMs, INVOICE_WINDOW_MS)
  return [
    ...days.map((window) => ({ payments: () => readCharges(lists, window, clock) })),
    ...months.map((window) => ({ payments: () => readInvoices(lists, window, span, clock) })),
  ]
}

async function* readPayments(lists: StripeLists, span: Span, clock: Clock): AsyncGenerator<StripePayment> {
  for (const slice of slicesOf(lists, span, clock)) yield* slice.payments()
}

/** What Stripe's lists tell of the past. Requests are paced; a 429 is waited out. */
export function createStripeHistory(options: StripeHistoryOptions): StripeHistory {
  const { stripe, clock, requestsPerSecond = 20, withItems = false, sleep } = options
  const pacer = createPacer({ clock, requestsPerSecond, sleep })
  const listsWith = (counting: Pacer) => createStripeLists(stripe, counting)
  return {
    windows: (sinceMs, untilMs) => historyWindows(sinceMs, untilMs),
    async factsOf(window, onRequest) {
      let requests = 0
      const lists = listsWith(
        countingPacer(pacer, () => {
          requests++
          onRequest?.()
        }),
      )
      const read = await readWindow(lists, window, withItems, fetchedReading(clock, null))
      return { ...read, requests }
    },
    payments(fromMs, toMs, onRequest) {
      return readPayments(listsWith(countingPacer(pacer, () => onRequest?.())), { fromMs, toMs }, clock)
    },
    slices: (fromMs, toMs) => slicesOf(listsWith(pacer), { fromMs, toMs }, clock),
  }
}
