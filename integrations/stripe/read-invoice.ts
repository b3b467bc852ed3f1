// Invoices and their payments. Until basil an invoice named its payment intent and charge; since then only its
// `payments` do, which webhooks leave out, so the link has to be asked for.
import { emptyParts, type InvoiceFailureFact, type Lookup, type PaymentParts } from '../../src/core/facts.ts'
import { cleanEmail, cleanName, cleanPhone } from './identity.ts'
import {
  addUp,
  amountOrNull,
  child,
  countOf,
  currencyOf,
  idOf,
  isAmount,
  type Json,
  list,
  Odd,
  ownId,
  paymentId,
  timeOrNull,
} from './json.ts'
import {
  addName,
  finishParts,
  metadataOf,
  RANK,
  type Reading,
  shippingWithoutTax,
  startParts,
} from './payment-parts.ts'
import { promotionCodesOf } from './read-discounts.ts'
import { readInvoiceItems } from './read-items.ts'

/** Billing reasons of a subscription's later invoices; `subscription_create` is the first one. */
const RENEWALS: ReadonlySet<unknown> = new Set([
  'subscription',
  'subscription_cycle',
  'subscription_update',
  'subscription_threshold',
])

const amountsOf = (invoice: Json, key: string): number | null => {
  const entries = list(invoice, key)
  if (entries === null) return null
  const sum = addUp(entries.items.map(({ amount }) => (Number.isSafeInteger(amount) ? (amount as number) : Number.NaN)))
  if (!Number.isSafeInteger(sum)) throw new Odd(`invoice.${key} has an amount that is none`)
  // Tax on a credit is negative; a credit is no purchase.
  return Math.max(0, sum)
}

/** `total_taxes` since basil; `tax` or `total_tax_amounts` before; else what the totals tell. */
function taxMinor(invoice: Json): number | null {
  const told =
    amountsOf(invoice, 'total_taxes') ??
    amountOrNull(invoice, 'tax', 'invoice') ??
    amountsOf(invoice, 'total_tax_amounts')
  if (told !== null) return told
  const { total, total_excluding_tax: net } = invoice
  return isAmount(total) && isAmount(net) && net <= total ? total - net : null
}

/** The subscription: under `parent` since basil, on the invoice itself before. */
function subscriptionOf(invoice: Json): { id: string | null; metadata: Record<string, string> } {
  const parent = child(invoice, 'parent')
  const details = parent === null ? null : child(parent, 'subscription_details')
  const metadata =
    parent === null ? metadataOf(invoice, 'subscription_details') : metadataOf(parent, 'subscription_details')
  return { id: idOf(details?.subscription) ?? idOf(invoice.subscription), metadata }
}

interface Links {
  names: string[]
  /** True when what came along proves that no payment at Stripe belongs to it; null when it does not tell. */
  alone: boolean | null
}

/** The payment behind one entry of `payments`, and the entry itself; those that were given up link nothing. */
function linksOfPayment(payment: Json): { entry: string | null; money: string | null } {
  const target = payment.status === 'canceled' ? null : child(payment, 'payment')
  const money = paymentId(target?.payment_intent) ?? paymentId(target?.charge)
  return { entry: payment.status === 'canceled' ? null : paymentId(payment.id), money }
}

/** Names of the payments that this invoice is known to belong to. */
function linksOf(invoice: Json): Links {
  const payments = list(invoice, 'payments')
  const entries = (payments?.items ?? []).map(linksOfPayment)
  const money = [paymentId(invoice.payment_intent), paymentId(invoice.charge), ...entries.map((entry) => entry.money)]
  const names = [...money, ...entries.map(({ entry }) => entry)].filter((name) => name !== null)
  if (money.some((name) => name !== null)) return { names, alone: false }
  const isOldShape = 'payment_intent' in invoice || 'charge' in invoice
  return { names, alone: invoice.paid_out_of_band === true || isOldShape || payments?.complete === true || null }
}

/** What was paid: after credits from the customer's balance. Paid outside Stripe, some versions say only what was due. */
function paidMinor(invoice: Json): number {
  const paid = amountOrNull(invoice, 'amount_paid', 'invoice')
  const due = amountOrNull(invoice, 'amount_due', 'invoice')
  if (paid === null && due === null) throw new Odd('invoice.amount_paid is missing')
  return paid !== null && paid > 0 ? paid : invoice.total === 0 ? 0 : (due ?? 0)
}

function addAmounts(parts: PaymentParts, invoice: Json): void {
  const tax = taxMinor(invoice)
  const shipping =
    shippingWithoutTax(child(invoice, 'shipping_cost')) ?? amountOrNull(invoice, 'amount_shipping', 'invoice')
  parts.tax = tax === null ? null : { rank: RANK.invoice, value: tax }
  parts.shipping = shipping === null ? null : { rank: RANK.invoice, value: shipping }
}

/** Who and what the invoice is for, paid or not. */
function startInvoice(invoice: Json, reading: Reading): PaymentParts {
  const parts = startParts(invoice, reading)
  const subscription = subscriptionOf(invoice)
  addName(parts, ownId(invoice, 'invoice'))
  parts.currency = currencyOf(invoice, 'invoice')
  parts.metadata = { ...subscription.metadata, ...parts.metadata }
  parts.subscription = subscription.id
  parts.renewal = RENEWALS.has(invoice.billing_reason)
  // The customer's address when the invoice was made: the weakest of the three, as a receipt's is.
  parts.emails.receipt = cleanEmail(invoice.customer_email)
  parts.name = cleanName(invoice.customer_name)
  parts.phone = cleanPhone(invoice.customer_phone)
  parts.promotionCodes = promotionCodesOf(invoice)
  addAmounts(parts, invoice)
  const items = readInvoiceItems(invoice)
  parts.items = items === null ? null : { rank: RANK.invoice, list: items }
  parts.itemsFrom = items === null ? ownId(invoice, 'invoice') : null
  return parts
}

/** The parts of an invoice, and the question that links it where it cannot tell by itself. */
export function readInvoice(invoice: Json, reading: Reading): { parts: PaymentParts; lookups: Lookup[] } {
  const id = ownId(invoice, 'invoice')
  const parts = startInvoice(invoice, reading)
  const links = linksOf(invoice)
  for (const name of links.names) addName(parts, name)
  const isPaid = reading.success || invoice.status === 'paid' || invoice.paid === true
  if (!isPaid) return { parts: finishParts(parts), lookups: [] }
  const amountMinor = paidMinor(invoice)
  const standsAlone = links.alone !== false && (links.alone === true || amountMinor === 0)
  const paidAt = timeOrNull(child(invoice, 'status_transitions')?.paid_at)
  parts.invoices[id] = { amountMinor, paidAt, standsAlone }
  if (reading.success) parts.succeededAt = reading.at
  const mustAsk = links.alone === null && !standsAlone
  return {
    parts: finishParts(parts),
    lookups: mustAsk ? [{ kind: 'stripe.invoice', id, account: reading.account }] : [],
  }
}

/** `invoice_payment.paid`: no amounts, only which payment paid which invoice. */
export function readInvoicePayment(payment: Json, reading: Reading): PaymentParts {
  const invoice = paymentId(payment.invoice)
  if (invoice === null) throw new Odd('invoice_payment.invoice is missing')
  const target = child(payment, 'payment')
  const parts = emptyParts()
  parts.account = reading.account
  parts.currency = currencyOf(payment, 'invoice_payment')
  const linked = paymentId(target?.payment_intent) ?? paymentId(target?.charge)
  for (const name of [ownId(payment, 'invoice_payment'), invoice, linked]) addName(parts, name)
  parts.itemsFrom = invoice
  if (reading.success) parts.succeededAt = reading.at
  return finishParts(parts)
}

export function readInvoiceFailure(invoice: Json, reading: Reading): InvoiceFailureFact {
  const remaining =
    amountOrNull(invoice, 'amount_remaining', 'invoice') ?? amountOrNull(invoice, 'amount_due', 'invoice')
  if (remaining === null) throw new Odd('invoice.amount_remaining is missing')
  return {
    kind: 'invoice_failure',
    invoice: ownId(invoice, 'invoice'),
    account: reading.account,
    at: reading.at,
    customer: idOf(invoice.customer),
    email: cleanEmail(invoice.customer_email),
    subscription: subscriptionOf(invoice).id,
    currency: currencyOf(invoice, 'invoice'),
    amountMinor: remaining,
    attempt: countOf(invoice.attempt_count, 0),
    nextAttemptAt: timeOrNull(invoice.next_payment_attempt),
  }
}
