/**
 * Stripe as far as Regulars knows it: an account that sells, takes money and gives it back, tells of it by signed webhooks, and
 * answers the official client. For the sandbox and for tests of the whole.
 */
import { type Account, createAccount, type StripeEvent } from './account.ts'
import { type Answer, type ApiCall, readCall, refusal, StripeRefusal, toAnswer } from './answers.ts'
import { answer } from './api.ts'
import { createDeliveries, type DeliveriesOptions, type DeliveryHabits } from './deliveries.ts'
import { Shop } from './shop.ts'

export interface StripeDoubleOptions {
  /** ms */
  now: () => number
  apiKey: string
  webhook: Pick<DeliveriesOptions, 'secret' | 'send' | 'url'>
  account?: Account
  /** 0 to 1. Default: always the same row of numbers. */
  chance?: () => number
  onEvent?: (event: StripeEvent) => void
  onDelivered?: DeliveriesOptions['onDelivered']
  /** Something changed: whoever keeps the account may write it down. */
  onChange?: () => void
}

/** What Stripe is asked and how it answered, the newest last. */
export interface StripeCall {
  method: string
  path: string
  status: number
}

const CALLS_LIMIT = 500
const KEYS_LIMIT = 1_000
const OTHER_CONTENT =
  'Keys for idempotent requests can only be used with the same parameters they were first used with.'

export function createStripeDouble(options: StripeDoubleOptions) {
  let account = options.account ?? createAccount()
  const calls: StripeCall[] = []
  const keys = new Map<string, { content: string; answer: Answer }>()
  let requests = 0
  const habits: DeliveryHabits = { twice: false, shuffled: false, lateMs: 0 }
  const trouble = { isDown: false, isLimited: false, latencyMs: 0 }

  const deliveries = createDeliveries({
    ...options.webhook,
    account: () => account,
    now: options.now,
    habits,
    chance: options.chance ?? createChance(1),
    ...(options.onDelivered !== undefined && { onDelivered: options.onDelivered }),
  })
  const makeShop = () =>
    new Shop({
      account,
      now: options.now,
      onEvent: (event) => {
        options.onEvent?.(event)
        deliveries.plan(event)
      },
    })
  let shop = makeShop()

  async function fetch(request: Request): Promise<Response> {
    const call = await readCall(request)
    if (trouble.latencyMs > 0) await new Promise((done) => setTimeout(done, trouble.latencyMs))
    if (trouble.isDown) throw new TypeError('fetch failed')
    const { status, body, isRepeated } = repeated(call, () => answered(request, call))
    calls.push({ method: call.method, path: `/v1/${call.path.join('/')}`, status })
    if (calls.length > CALLS_LIMIT) calls.shift()
    if (call.method !== 'GET') options.onChange?.()
    const headers = { 'content-type': 'application/json', 'request-id': `req_${++requests}` }
    return new Response(body, { status, headers: { ...headers, ...(isRepeated && { 'idempotent-replayed': 'true' }) } })
  }

  function answered(request: Request, call: ApiCall): Answer {
    try {
      if (!isAuthorized(request, options.apiKey))
        throw refusal({ message: 'Invalid API Key provided', type: 'invalid_request_error' }, 401)
      if (trouble.isLimited) throw refusal({ code: 'rate_limit', type: 'api_error', message: 'Too many requests' }, 429)
      const now = () => Math.floor(options.now() / 1_000)
      return { status: 200, body: JSON.stringify(answer({ account, shop, now }, call)) }
    } catch (error) {
      if (error instanceof StripeRefusal) return toAnswer(error)
      throw error
    }
  }

  /** The same key with the same content is answered as it was the first time. */
  function repeated(call: ApiCall, work: () => Answer): Answer & { isRepeated: boolean } {
    const key = call.method === 'POST' ? call.idempotencyKey : null
    const content = JSON.stringify([call.path, call.params])
    const known = key === null ? undefined : keys.get(key)
    if (known?.content === content) return { ...known.answer, isRepeated: true }
    if (known !== undefined)
      return { ...toAnswer(refusal({ type: 'idempotency_error', message: OTHER_CONTENT })), isRepeated: false }
    const given = work()
    // A rate limit comes before a key is even looked at.
    if (key !== null && given.status !== 429) {
      if (keys.size >= KEYS_LIMIT) keys.clear()
      keys.set(key, { content, answer: given })
    }
    return { ...given, isRepeated: false }
  }

  return {
    fetch,
    calls,
    /** How webhooks come from now on. */
    habits,
    /** What is wrong with Stripe now. */
    trouble,
    deliveries,
    get shop(): Shop {
      return shop
    },
    get account(): Account {
      return account
    },
    /** All of it, to be kept as JSON. */
    exportState: (): Account => structuredClone(account),
    importState(state: Account): void {
      account = structuredClone(state)
      shop = makeShop()
    },
  }
}

export type StripeDouble = ReturnType<typeof createStripeDouble>

function isAuthorized(request: Request, apiKey: string): boolean {
  const given = request.headers.get('authorization') ?? ''
  return given === `Bearer ${apiKey}` || given === `Basic ${btoa(`${apiKey}:`)}`
}

/** Mulberry32: the same numbers in every run. */
export function createChance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
