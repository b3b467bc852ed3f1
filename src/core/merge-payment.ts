/**
 * The join of two pieces of knowledge about one payment. Each field has its own least upper bound, so the whole is
 * commutative, associative and idempotent: any order and any number of deliveries ends in the same state
 * (DESIGN.md §3, "A payment converges"; property-tested).
 */
import type { ChargePart, DisputePart, PaymentParts, Ranked, RefundPart, RefundState } from './facts.ts'

const REFUND_ORDER: Record<RefundState, number> = { pending: 0, succeeded: 1, failed: 2 }

/** One of the two that both sides agree on whichever comes first. */
const least = (a: string | null, b: string | null): string | null => (a === null ? b : b === null ? a : a <= b ? a : b)
const earliest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)

function joinRecords<Value>(
  a: Record<string, Value>,
  b: Record<string, Value>,
  join: (a: Value, b: Value) => Value,
): Record<string, Value> {
  const keys = Object.keys(b)
  if (keys.length === 0) return a
  if (Object.keys(a).length === 0) return b
  const joined = { ...a }
  for (const key of keys) {
    const [mine, theirs] = [a[key], b[key] as Value]
    joined[key] = mine === undefined ? theirs : join(mine, theirs)
  }
  return joined
}

/** The newest; of the same second the one that `wins` the other. */
function newest<Value extends { at: number }>(
  a: Value | null,
  b: Value | null,
  wins: (a: Value, b: Value) => boolean,
): Value | null {
  if (a === null || b === null) return a ?? b
  if (a.at !== b.at) return a.at > b.at ? a : b
  return wins(b, a) ? b : a
}

const joinCharge = (a: ChargePart, b: ChargePart): ChargePart => ({
  intent: least(a.intent, b.intent),
  amountMinor: Math.max(a.amountMinor, b.amountMinor),
  at: earliest(a.at, b.at),
  snapshot: newest(a.snapshot, b.snapshot, (x, y) => x.refundedMinor > y.refundedMinor),
})

const joinRefund = (a: RefundPart, b: RefundPart): RefundPart => ({
  charge: least(a.charge, b.charge),
  intent: least(a.intent, b.intent),
  amountMinor: Math.max(a.amountMinor, b.amountMinor),
  state: REFUND_ORDER[a.state] >= REFUND_ORDER[b.state] ? a.state : b.state,
  at: Math.min(a.at, b.at),
  failedAt: earliest(a.failedAt, b.failedAt),
})

/** Money that moves both ways within one second ends with the merchant: that is the last step of a dispute. */
const joinDispute = (a: DisputePart, b: DisputePart): DisputePart => ({
  charge: least(a.charge, b.charge),
  amountMinor: Math.max(a.amountMinor, b.amountMinor),
  at: Math.min(a.at, b.at),
  moved: newest(a.moved, b.moved, (x) => !x.withdrawn),
})

function joinRanked(a: Ranked | null, b: Ranked | null): Ranked | null {
  if (a === null || b === null) return a ?? b
  if (a.rank !== b.rank) return a.rank > b.rank ? a : b
  return a.value >= b.value ? a : b
}

function joinItems(a: PaymentParts['items'], b: PaymentParts['items']): PaymentParts['items'] {
  if (a === null || b === null) return a ?? b
  if (a.rank !== b.rank) return a.rank > b.rank ? a : b
  // The same object listed twice is the same list; should it differ, the longer text is the fuller one.
  const [x, y] = [JSON.stringify(a.list), JSON.stringify(b.list)]
  return x.length > y.length || (x.length === y.length && x >= y) ? a : b
}

function joinNames(a: readonly string[], b: readonly string[]): string[] {
  if (b.every((name) => a.includes(name))) return a as string[]
  return [...new Set([...a, ...b])].sort()
}

/** What both know together. */
export function joinParts(a: PaymentParts, b: PaymentParts): PaymentParts {
  return {
    names: joinNames(a.names, b.names),
    account: least(a.account, b.account),
    currency: least(a.currency, b.currency),
    charges: joinRecords(a.charges, b.charges, joinCharge),
    intents: joinRecords(a.intents, b.intents, (x, y) => ({ amountMinor: Math.max(x.amountMinor, y.amountMinor) })),
    sessions: joinRecords(a.sessions, b.sessions, (x, y) => ({
      amountMinor: Math.max(x.amountMinor, y.amountMinor),
      pendingLink: x.pendingLink && y.pendingLink,
    })),
    invoices: joinRecords(a.invoices, b.invoices, (x, y) => ({
      amountMinor: Math.max(x.amountMinor, y.amountMinor),
      paidAt: earliest(x.paidAt, y.paidAt),
      standsAlone: x.standsAlone || y.standsAlone,
    })),
    refunds: joinRecords(a.refunds, b.refunds, joinRefund),
    disputes: joinRecords(a.disputes, b.disputes, joinDispute),
    tax: joinRanked(a.tax, b.tax),
    shipping: joinRanked(a.shipping, b.shipping),
    tip: joinRanked(a.tip, b.tip),
    items: joinItems(a.items, b.items),
    itemsFrom: least(a.itemsFrom, b.itemsFrom),
    customer: least(a.customer, b.customer),
    emails: {
      session: least(a.emails.session, b.emails.session),
      billing: least(a.emails.billing, b.emails.billing),
      receipt: least(a.emails.receipt, b.emails.receipt),
    },
    name: least(a.name, b.name),
    phone: least(a.phone, b.phone),
    language: least(a.language, b.language),
    subscription: least(a.subscription, b.subscription),
    renewal: a.renewal || b.renewal,
    metadata: joinRecords(a.metadata, b.metadata, (x, y) => (x <= y ? x : y)),
    promotionCodes: joinNames(a.promotionCodes, b.promotionCodes),
    succeededAt: earliest(a.succeededAt, b.succeededAt),
  }
}
