/** Stripe's API over an account: what Regulars asks, and what a shop's own programs would. */
import { type Account, find, KINDS, type Kind, newId, put, type StripeObject } from './account.ts'
import { type ApiCall, listed, missing, noSuch, refusal } from './answers.ts'
import { bare, expanded } from './expand.ts'
import { changeCode, makeBalanceTransaction, makeCode, makeCoupon } from './rewards.ts'
import type { Shop } from './shop.ts'

export interface ApiScene {
  account: Account
  shop: Shop
  /** Seconds. */
  now: () => number
}

const DEFAULT_LIMIT = 10
const LIMIT = 100

/** `checkout/sessions` is one kind; the others are one word. */
function kindOf(path: readonly string[]): { kind: Kind; rest: readonly string[] } | null {
  const [first = '', second = ''] = path
  const isDeep = first === 'checkout'
  const name = isDeep ? `${first}.${second}` : first
  const kind = KINDS.find((one) => one === name)
  return kind === undefined || kind === 'balance_transactions' ? null : { kind, rest: path.slice(isDeep ? 2 : 1) }
}

/** The answer as JSON. @throws StripeRefusal as Stripe refuses */
export function answer(scene: ApiScene, call: ApiCall): unknown {
  const { method, path, params } = call
  const [first] = path
  if (method === 'GET' && first === 'balance') return { object: 'balance', livemode: false, available: [], pending: [] }
  if (method === 'GET' && first === 'account') return { id: scene.account.id, object: 'account', livemode: false }
  if (first === 'events') return events(scene, call)
  const found = kindOf(path)
  if (found === null) throw refusal({ message: `Unrecognized request URL (${method}: /v1/${path.join('/')}).` }, 404)
  const { kind, rest } = found
  const [id, sub] = rest
  if (sub === 'balance_transactions' && kind === 'customers' && id !== undefined)
    return balance(scene, call, existing(scene.account, 'customers', id))
  const expand = listed(params, 'expand')
  if (method === 'GET' && id === undefined) return list(scene, kind, params, expand)
  if (method === 'GET' && id !== undefined)
    return expanded(scene.account, bare(existing(scene.account, kind, id)), expand)
  if (method === 'POST') return id === undefined ? make(scene, kind, params) : change(scene, kind, id, params)
  if (method === 'DELETE' && id !== undefined) return remove(scene, kind, id)
  throw refusal({ message: `Unrecognized request method (${method}: /v1/${path.join('/')}).` }, 404)
}

function existing(account: Account, kind: Kind, id: string): StripeObject {
  const found = find(account, kind, id)
  if (found === null) throw noSuch(kind.replace(/s$/, ''), id)
  return found
}

/** Filters that lists take, each by the field of that name. */
const FILTERS = [
  'customer',
  'status',
  'charge',
  'payment_intent',
  'invoice',
  'subscription',
  'active',
  'product',
] as const

function list({ account }: ApiScene, kind: Kind, params: Record<string, string>, expand: readonly string[]): unknown {
  const all = Object.values(account.objects[kind]).filter((object) => isListed(object, kind, params))
  const page = pageOf(all.sort(newestFirst), params)
  return expanded(account, { ...page, data: page.data.map(bare), url: `/v1/${kind.replace('.', '/')}` }, expand)
}

const newestFirst = (a: StripeObject, b: StripeObject): number =>
  Number(b.created) - Number(a.created) || (a.id < b.id ? 1 : -1)

function isListed(object: StripeObject, kind: Kind, params: Record<string, string>): boolean {
  for (const filter of FILTERS) {
    const wanted = params[filter]
    if (wanted === undefined || (filter === 'status' && wanted === 'all')) continue
    if (String(object[filter]) !== wanted) return false
  }
  // Whoever asks for subscriptions without more does not mean those that have ended.
  if (kind === 'subscriptions' && params.status === undefined && object.status === 'canceled') return false
  const { code, coupon } = params
  if (code !== undefined && String(object.code).toUpperCase() !== code.toUpperCase()) return false
  if (coupon !== undefined && (object.promotion as { coupon?: string } | undefined)?.coupon !== coupon) return false
  const payment = params['payment[payment_intent]']
  if (payment !== undefined && (object.payment as { payment_intent?: string }).payment_intent !== payment) return false
  return isWithin(Number(object.created), params)
}

function isWithin(created: number, params: Record<string, string>): boolean {
  const bound = (name: string, none: number): number => Number(params[`created[${name}]`] ?? none)
  return (
    created >= bound('gte', 0) &&
    created > bound('gt', -1) &&
    created < bound('lt', Number.MAX_SAFE_INTEGER) &&
    created <= bound('lte', Number.MAX_SAFE_INTEGER)
  )
}

function pageOf<One extends { id: string }>(all: readonly One[], params: Record<string, string>) {
  const { limit: given, starting_after: after } = params
  const limit = given === undefined ? DEFAULT_LIMIT : Number(given)
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT)
    throw refusal({ param: 'limit', message: `This value must be between 1 and ${LIMIT}` })
  const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1
  if (after !== undefined && start === 0) throw noSuch('object', after, 'starting_after', 400)
  const data = all.slice(start, start + limit)
  return { object: 'list', data, has_more: start + limit < all.length }
}

function events({ account }: ApiScene, { method, path, params }: ApiCall): unknown {
  if (method !== 'GET') throw refusal({ message: 'Events are only read' }, 404)
  const [, id] = path
  if (id === undefined) {
    const { type } = params
    const wanted = account.events.filter(
      (event) => (type === undefined || event.type === type) && isWithin(event.created, params),
    )
    return pageOf(wanted.toReversed(), params)
  }
  const found = account.events.find((event) => event.id === id)
  if (found === undefined) throw noSuch('event', id)
  return found
}

function balance({ account, now }: ApiScene, { method, params }: ApiCall, customer: StripeObject): unknown {
  if (method === 'POST') return makeBalanceTransaction(account, customer, params, now())
  const all = Object.values(account.objects.balance_transactions).filter((one) => one.customer === customer.id)
  return pageOf(all.toReversed(), params)
}

function make({ account, now }: ApiScene, kind: Kind, params: Record<string, string>): StripeObject {
  switch (kind) {
    case 'coupons':
      return makeCoupon(account, params, now())
    case 'promotion_codes':
      return makeCode(account, params, now())
    case 'webhook_endpoints':
      return makeEndpoint(account, params, now())
    default:
      throw refusal({ message: `The sandbox’s Stripe makes no ${kind}: use the shop.` })
  }
}

function makeEndpoint(account: Account, params: Record<string, string>, created: number): StripeObject {
  const { url } = params
  if (url === undefined) throw missing('url')
  const id = newId(account, 'webhook_endpoints')
  const made = put(account, 'webhook_endpoints', {
    id,
    object: 'webhook_endpoint',
    api_version: params.api_version ?? null,
    created,
    description: params.description ?? null,
    enabled_events: listed(params, 'enabled_events'),
    livemode: false,
    metadata: {},
    status: 'enabled',
    url,
  })
  // Only the answer to its making holds the secret.
  return { ...made, secret: `whsec_${id}` }
}

function change({ account, shop }: ApiScene, kind: Kind, id: string, params: Record<string, string>): StripeObject {
  const found = existing(account, kind, id)
  if (kind === 'promotion_codes') {
    const wasActive = found.active
    changeCode(found, params)
    if (found.active !== wasActive) shop.tell('promotion_code.updated', found)
    return found
  }
  if (kind !== 'webhook_endpoints') throw refusal({ message: `The sandbox’s Stripe changes no ${kind}: use the shop.` })
  const enabled = listed(params, 'enabled_events')
  if (enabled.length > 0) found.enabled_events = enabled
  if (params.disabled !== undefined) found.status = params.disabled === 'true' ? 'disabled' : 'enabled'
  return found
}

function remove({ account, shop }: ApiScene, kind: Kind, id: string): unknown {
  const { object } = existing(account, kind, id)
  if (kind === 'customers') shop.deleteCustomer(id)
  else delete account.objects[kind][id]
  return { id, object, deleted: true }
}
