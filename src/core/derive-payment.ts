/** What follows from a payment's merged parts: how much was paid, given back and kept, when, and by whom. */
import type { PaymentParts, RefundPart } from './facts.ts'

export interface DerivedPayment {
  /** False while an invoice or session may still turn out to belong to a payment not seen yet. */
  linked: boolean
  /** Minor units; 0 while nothing was paid. */
  paidMinor: number
  /** Refunds in force and money a dispute has taken; at most `paidMinor`. */
  refundedMinor: number
  /** `paidMinor` less tax, shipping and tip; at least 0. Refunds are not taken off here. */
  netMinor: number
  currency: string | null
  /** The money's time; null while nothing was paid. */
  at: number | null
  /** When the newest refund or dispute in force took money, and when one last gave money back. */
  refundedAt: number | null
  returnedAt: number | null
  kind: 'one_off' | 'renewal'
}

const NAMES_MONEY = /^(pi|ch|py)_/

const inForce = (refund: RefundPart): boolean => refund.state !== 'failed'
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/**
 * Charge before payment intent before session before invoice, the largest within a rank. An invoice may be paid by
 * several payment intents: then each brings its own amount.
 */
function paidMinor({ charges, intents, sessions, invoices }: PaymentParts): number {
  const charged: (string | null)[] = []
  let money = 0
  for (const id in charges) {
    const charge = charges[id]
    if (charge === undefined || charge.amountMinor <= 0) continue
    charged.push(charge.intent)
    money += charge.amountMinor
  }
  // A charge whose intent is not known may be of the one intent that is.
  const loose = charged.includes(null)
  let isKnown = charged.length > 0
  for (const id in intents) {
    isKnown = true
    if (!loose && !charged.includes(id)) money += intents[id]?.amountMinor ?? 0
  }
  if (isKnown) return money
  if (Object.keys(sessions).length > 0)
    return Math.max(...Object.values(sessions).map((session) => session.amountMinor))
  return Math.max(0, ...Object.values(invoices).map((invoice) => invoice.amountMinor))
}

function isLinked(parts: PaymentParts): boolean {
  if (parts.names.some((name) => NAMES_MONEY.test(name))) return true
  const invoices = Object.values(parts.invoices)
  if (invoices.some((invoice) => invoice.standsAlone || invoice.amountMinor === 0)) return true
  const sessions = Object.values(parts.sessions)
  return invoices.length === 0 && sessions.some((session) => !session.pendingLink)
}

/** Per charge the larger of its refunds by id and its newest snapshot, less what failed since that snapshot. */
function refundsMinor(parts: PaymentParts): number {
  if (isEmpty(parts.refunds)) {
    let told = 0
    for (const id in parts.charges) told += Math.max(0, parts.charges[id]?.snapshot?.refundedMinor ?? 0)
    return told
  }
  const ids = Object.keys(parts.charges)
  const only = ids.length === 1 ? ids[0] : undefined
  const chargeOf = (refund: RefundPart): string =>
    refund.charge ?? ids.find((id) => parts.charges[id]?.intent === refund.intent) ?? only ?? ''
  const byCharge = new Map<string, RefundPart[]>(ids.map((id) => [id, []]))
  for (const refund of Object.values(parts.refunds)) {
    const id = chargeOf(refund)
    byCharge.set(id, [...(byCharge.get(id) ?? []), refund])
  }
  let total = 0
  for (const [id, refunds] of byCharge) {
    const known = sum(refunds.filter(inForce).map((refund) => refund.amountMinor))
    const snapshot = parts.charges[id]?.snapshot ?? null
    const failedSince = snapshot === null ? [] : refunds.filter((r) => r.failedAt !== null && r.failedAt >= snapshot.at)
    const told = snapshot === null ? 0 : snapshot.refundedMinor - sum(failedSince.map((refund) => refund.amountMinor))
    total += Math.max(known, told)
  }
  return total
}

function paymentTime(parts: PaymentParts): number | null {
  let charged: number | null = null
  for (const id in parts.charges) {
    const charge = parts.charges[id]
    if (charge === undefined || charge.amountMinor <= 0 || charge.at === null) continue
    charged = charged === null ? charge.at : Math.min(charged, charge.at)
  }
  if (charged !== null) return charged
  const invoiced = Object.values(parts.invoices).flatMap((invoice) => (invoice.paidAt === null ? [] : [invoice.paidAt]))
  return invoiced.length > 0 ? Math.min(...invoiced) : parts.succeededAt
}

const latest = (times: readonly number[]): number | null => (times.length > 0 ? Math.max(...times) : null)

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  for (const _ in record) return false
  return true
}

/** What was given back, and when money last moved either way. */
type Returned = Pick<DerivedPayment, 'refundedMinor' | 'refundedAt' | 'returnedAt'>
const NOTHING_RETURNED: Returned = { refundedMinor: 0, refundedAt: null, returnedAt: null }

function returned(parts: PaymentParts, paid: number): Returned {
  const refunded = refundsMinor(parts)
  // As nearly all are.
  if (refunded === 0 && isEmpty(parts.refunds) && isEmpty(parts.disputes)) return NOTHING_RETURNED
  const disputes = Object.values(parts.disputes)
  const withdrawn = disputes.filter((dispute) => dispute.moved?.withdrawn === true)
  const refunds = Object.values(parts.refunds)
  const snapshots = Object.values(parts.charges).flatMap((c) =>
    c.snapshot && c.snapshot.refundedMinor > 0 ? [c.snapshot.at] : [],
  )
  const taken = [...refunds.filter(inForce).map((r) => r.at), ...withdrawn.map((d) => d.moved?.at ?? d.at)]
  const all = refunded + sum(withdrawn.map((dispute) => dispute.amountMinor))
  return {
    refundedMinor: Math.min(paid, Math.max(0, all)),
    refundedAt: latest(taken.length > 0 ? taken : snapshots),
    returnedAt: latest([
      ...refunds.flatMap((refund) => (refund.failedAt === null ? [] : [refund.failedAt])),
      ...disputes.flatMap((dispute) => (dispute.moved && !dispute.moved.withdrawn ? [dispute.moved.at] : [])),
    ]),
  }
}

export function derivePayment(parts: PaymentParts): DerivedPayment {
  const paid = paidMinor(parts)
  const aside = (parts.tax?.value ?? 0) + (parts.shipping?.value ?? 0) + (parts.tip?.value ?? 0)
  const { refundedMinor, refundedAt, returnedAt } = returned(parts, paid)
  return {
    linked: isLinked(parts),
    paidMinor: paid,
    refundedMinor,
    netMinor: Math.max(0, paid - aside),
    currency: parts.currency,
    at: paymentTime(parts),
    refundedAt,
    returnedAt,
    kind: parts.renewal ? 'renewal' : 'one_off',
  }
}
