/** What a Stripe account holds, as plain data in Stripe's own shapes: it can be kept as JSON and taken up again. */

export const API_VERSION = '2026-10-28.endive'

export type StripeObject = Record<string, unknown> & { id: string; object: string }

export interface StripeEvent {
  id: string
  object: 'event'
  api_version: string
  created: number
  livemode: false
  type: string
  data: { object: Record<string, unknown> }
}

/** Kinds of objects, by the names of their lists in the API. */
export const KINDS = [
  'customers',
  'products',
  'prices',
  'payment_intents',
  'charges',
  'refunds',
  'disputes',
  'checkout.sessions',
  'invoices',
  'invoice_payments',
  'subscriptions',
  'coupons',
  'promotion_codes',
  'balance_transactions',
  'webhook_endpoints',
] as const
export type Kind = (typeof KINDS)[number]

/** One delivery of one event, done or still to be done. */
export interface Delivery {
  event: string
  /** When it is tried next, ms; null once it is over. */
  dueAt: number | null
  tries: number
  /** The status of the last answer; null before any, 0 where there was none. */
  status: number | null
  /** What the endpoint answered, the beginning of it. */
  answer: string
  tookMs: number | null
}

export interface Account {
  id: string
  /** Numbers the ids. */
  next: number
  objects: Record<Kind, Record<string, StripeObject>>
  /** Oldest first; the oldest are dropped. */
  events: StripeEvent[]
  deliveries: Delivery[]
}

export function createAccount(): Account {
  const objects = Object.fromEntries(KINDS.map((kind) => [kind, {}])) as Account['objects']
  return { id: 'acct_sandbox', next: 1, objects, events: [], deliveries: [] }
}

/** So many events and deliveries are kept: Stripe keeps them for thirty days. */
export const EVENTS_LIMIT = 2_000

const PREFIXES: Record<Kind | 'event' | 'line' | 'item' | 'discount', string> = {
  customers: 'cus_',
  products: 'prod_',
  prices: 'price_',
  payment_intents: 'pi_',
  charges: 'ch_',
  refunds: 're_',
  disputes: 'dp_',
  'checkout.sessions': 'cs_test_',
  invoices: 'in_',
  invoice_payments: 'inpay_',
  subscriptions: 'sub_',
  coupons: 'co_',
  promotion_codes: 'promo_',
  balance_transactions: 'cbtxn_',
  webhook_endpoints: 'we_',
  event: 'evt_',
  line: 'li_',
  item: 'si_',
  discount: 'di_',
}

/** `ch_sandbox000042`: numbers in turn, so that the same doings make the same ids. */
export function newId(account: Account, kind: keyof typeof PREFIXES): string {
  return `${PREFIXES[kind]}sandbox${String(account.next++).padStart(6, '0')}`
}

export const find = (account: Account, kind: Kind, id: string): StripeObject | null =>
  Object.hasOwn(account.objects[kind], id) ? (account.objects[kind][id] ?? null) : null

export function put<Made extends StripeObject>(account: Account, kind: Kind, made: Made): Made {
  account.objects[kind][made.id] = made
  return made
}

export const listOf = (data: readonly unknown[], over: object = {}) => ({
  object: 'list',
  data: [...data],
  has_more: false,
  ...over,
})
