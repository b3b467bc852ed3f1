// Objects that we asked Stripe for, with the pages that an expansion leaves out.
import type Stripe from 'stripe'
import type { Clock } from '../../src/app/ports.ts'
import { STRIPE_API_VERSION } from './api-version.ts'
import { isJson, type Json, list } from './json.ts'
import type { Reading } from './payment-parts.ts'

export const PAGE_SIZE = 100
/** Lines of one order that we read: ten pages. More is no order of a person. */
export const MAX_ORDER_LINES = 1000
/** Payments of one invoice that we read. */
const MAX_INVOICE_PAYMENTS = 100

/** Options of a call for a connected account, or for our own. */
export const forAccount = (account: string | null): Stripe.RequestOptions =>
  account === null ? {} : { stripeAccount: account }

/**
 * The circumstances of an object fetched now. Whole seconds, as events count: an event of this second may be newer.
 */
export function fetchedReading(clock: Clock, account: string | null): Reading {
  const at = Math.floor(clock.now() / 1000) * 1000
  return { at, account, version: STRIPE_API_VERSION.slice(0, 10), success: false }
}

/** The SDK's typed object as the readers take it: they believe no type, only what they check. */
export function asJson(object: unknown): Json {
  if (!isJson(object)) throw new TypeError('Stripe answered with something that is no object')
  return object
}

const completeList = (data: readonly unknown[], isComplete: boolean) => ({ data, has_more: !isComplete })

/** The invoice with its payments, all its lines, and the discounts that say which codes were used. */
export async function fetchInvoice(stripe: Stripe, id: string, account: string | null): Promise<Json> {
  const options = forAccount(account)
  return completeInvoice(
    stripe,
    asJson(await stripe.invoices.retrieve(id, { expand: ['payments', 'discounts'] }, options)),
    account,
  )
}

/** Whether the invoice came with all its lines and its payments. */
export const isInvoiceComplete = (invoice: Json): boolean =>
  list(invoice, 'lines')?.complete !== false && list(invoice, 'payments')?.complete === true

export const isSessionComplete = (session: Json): boolean => list(session, 'line_items')?.complete === true

/** Fills in what the invoice's lists leave out. */
export async function completeInvoice(stripe: Stripe, invoice: Json, account: string | null): Promise<Json> {
  const options = forAccount(account)
  const id = String(invoice.id)
  const completed = { ...invoice }
  if (list(invoice, 'lines')?.complete === false) {
    const lines = await stripe.invoices
      .listLineItems(id, { limit: PAGE_SIZE }, options)
      .autoPagingToArray({ limit: MAX_ORDER_LINES })
    completed.lines = completeList(lines, lines.length < MAX_ORDER_LINES)
  }
  if (list(invoice, 'payments')?.complete !== true) {
    const payments = await stripe.invoicePayments
      .list({ invoice: id, limit: PAGE_SIZE }, options)
      .autoPagingToArray({ limit: MAX_INVOICE_PAYMENTS })
    completed.payments = completeList(payments, true)
  }
  return completed
}

/** The checkout session with all its lines. */
export async function fetchSession(stripe: Stripe, id: string, account: string | null): Promise<Json> {
  const session = asJson(await stripe.checkout.sessions.retrieve(id, { expand: ['line_items'] }, forAccount(account)))
  return completeSession(stripe, session, account)
}

export async function completeSession(stripe: Stripe, session: Json, account: string | null): Promise<Json> {
  if (isSessionComplete(session)) return session
  const lines = await stripe.checkout.sessions
    .listLineItems(String(session.id), { limit: PAGE_SIZE }, forAccount(account))
    .autoPagingToArray({ limit: MAX_ORDER_LINES })
  return { ...session, line_items: completeList(lines, lines.length < MAX_ORDER_LINES) }
}
