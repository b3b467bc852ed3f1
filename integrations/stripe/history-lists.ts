// Stripe's lists, a window of time at once: paced, page by page, oldest first.
import type Stripe from 'stripe'
import { asJson, completeInvoice, completeSession, isInvoiceComplete, isSessionComplete, PAGE_SIZE } from './fetched.ts'
import type { Json } from './json.ts'
import type { Pacer } from './pacer.ts'

export interface Span {
  /** Inclusive. */
  fromMs: number
  /** Exclusive. */
  toMs: number
}

/** A million objects in one window: beyond that, something is wrong. */
const MAX_PAGES = 10_000

interface Listed {
  data: { id: string }[]
  has_more: boolean
}
interface PageQuery {
  limit: number
  starting_after?: string
  created: { gte: number; lt: number }
}
type ListPage = (page: PageQuery) => Promise<Listed>

/** All objects of a list that were created in the span, oldest first: Stripe lists newest first. */
async function listAll(pacer: Pacer, span: Span, listPage: ListPage): Promise<Json[]> {
  const created = { gte: Math.ceil(span.fromMs / 1000), lt: Math.ceil(span.toMs / 1000) }
  const objects: Json[] = []
  let after: string | undefined
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = { limit: PAGE_SIZE, created, ...(after === undefined ? {} : { starting_after: after }) }
    const { data, has_more: hasMore } = await pacer.run(() => listPage(page))
    objects.push(...data.map(asJson))
    after = data.at(-1)?.id
    if (!hasMore || after === undefined) return objects.reverse()
  }
  throw new Error(`more than ${MAX_PAGES} pages in one window of Stripe's lists`)
}

export interface StripeLists {
  customers(span: Span): Promise<Json[]>
  subscriptions(span: Span): Promise<Json[]>
  /** With their payment intents, and the refunds of each. */
  charges(span: Span): Promise<Json[]>
  /** Paid ones, with lines and payments. */
  invoices(span: Span): Promise<Json[]>
  /** Complete ones, with lines where wanted. */
  sessions(span: Span, withItems: boolean): Promise<Json[]>
  /** With their charge, to know its age. */
  refunds(span: Span): Promise<Json[]>
  disputes(span: Span): Promise<Json[]>
  disputesOf(charge: string): Promise<Json[]>
}

/** More disputes than a charge can have. */
const MAX_DISPUTES = 100

export function createStripeLists(stripe: Stripe, pacer: Pacer): StripeLists {
  const invoices = async (span: Span) => {
    const expand = ['data.payments']
    const listed = await listAll(pacer, span, (page) => stripe.invoices.list({ ...page, status: 'paid', expand }))
    const complete: Json[] = []
    for (const invoice of listed) {
      const isWhole = isInvoiceComplete(invoice)
      complete.push(isWhole ? invoice : await pacer.run(() => completeInvoice(stripe, invoice, null)))
    }
    return complete
  }
  const sessions = async (span: Span, withItems: boolean) => {
    const expand = withItems ? { expand: ['data.line_items'] } : {}
    const list: ListPage = (page) => stripe.checkout.sessions.list({ ...page, status: 'complete', ...expand })
    const listed = await listAll(pacer, span, list)
    const complete: Json[] = []
    for (const session of listed) {
      const isWhole = !withItems || isSessionComplete(session)
      complete.push(isWhole ? session : await pacer.run(() => completeSession(stripe, session, null)))
    }
    return complete
  }
  const withCharge = { expand: ['data.charge'] }
  return {
    customers: (span) => listAll(pacer, span, (page) => stripe.customers.list(page)),
    subscriptions: (span) => listAll(pacer, span, (page) => stripe.subscriptions.list({ ...page, status: 'all' })),
    charges: (span) =>
      listAll(pacer, span, (page) => stripe.charges.list({ ...page, expand: ['data.payment_intent', 'data.refunds'] })),
    invoices,
    sessions,
    refunds: (span) => listAll(pacer, span, (page) => stripe.refunds.list({ ...page, ...withCharge })),
    disputes: (span) => listAll(pacer, span, (page) => stripe.disputes.list({ ...page, ...withCharge })),
    async disputesOf(charge) {
      const { data } = await pacer.run(() => stripe.disputes.list({ charge, limit: MAX_DISPUTES }))
      return data.map(asJson)
    },
  }
}
