// Delivers signed events as Stripe would, many at a time over connections that are kept alive, and asks the API.
import { Agent, request } from 'node:http'
import { signPayload } from '../../integrations/stripe/test-event.ts'
import type { StripeEvent } from './stripe-events.ts'

export interface Answer {
  /** 0: no answer came; the connection was refused or cut. */
  status: number
  type: string
  text: string
  // Tests look into whatever came back.
  json: Record<string, unknown>
}

export interface Client {
  deliver(event: StripeEvent, options?: { atMs?: number }): Promise<Answer>
  /** A body of any kind, rightly signed. */
  deliverRaw(body: string | Uint8Array, options?: { atMs?: number }): Promise<Answer>
  api(path: string, options?: { method?: string; body?: unknown; idempotencyKey?: string }): Promise<Answer>
  get(path: string): Promise<Answer>
  close(): void
}

export interface ClientOptions {
  url: string
  secret: string
  apiKey: string
}

const NO_ANSWER: Answer = { status: 0, type: '', text: '', json: {} }
const ANSWER_WITHIN_MS = 30_000
let calls = 0

export function createClient({ url, secret, apiKey }: ClientOptions): Client {
  const agent = new Agent({ keepAlive: true })
  const send = (path: string, method: string, headers: Record<string, string>, body?: string | Uint8Array) =>
    new Promise<Answer>((resolve) => {
      const call = request(`${url}${path}`, { method, headers, agent, timeout: ANSWER_WITHIN_MS }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', () => resolve(NO_ANSWER))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const type = response.headers['content-type'] ?? ''
          resolve({ status: response.statusCode ?? 0, type, text, json: type.includes('json') ? JSON.parse(text) : {} })
        })
      })
      call.on('timeout', () => call.destroy())
      call.on('error', () => resolve(NO_ANSWER))
      call.end(body)
    })
  const deliverRaw: Client['deliverRaw'] = (body, { atMs = Date.now() } = {}) => {
    const signature = signPayload(body, secret, Math.floor(atMs / 1000))
    const length = String(Buffer.byteLength(body))
    const headers = { 'content-type': 'application/json', 'content-length': length, 'stripe-signature': signature }
    return send('/stripe/webhook', 'POST', headers, body)
  }
  return {
    deliverRaw,
    deliver: (event, options) => deliverRaw(JSON.stringify(event), options),
    api: (path, { method = 'GET', body, idempotencyKey = `call-${calls++}` } = {}) => {
      const headers: Record<string, string> = { authorization: `Bearer ${apiKey}` }
      if (method === 'POST') headers['idempotency-key'] = idempotencyKey
      if (body !== undefined) headers['content-type'] = 'application/json'
      return send(`/api/v1${path}`, method, headers, body === undefined ? undefined : JSON.stringify(body))
    },
    get: (path) => send(path, 'GET', {}),
    close: () => agent.destroy(),
  }
}

/** Runs the work over the items, so many at a time; stops taking new ones when told to. */
export async function pump<Item>(
  items: Iterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<void>,
  isOver: () => boolean = () => false,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    while (!isOver()) {
      const next = iterator.next()
      if (next.done === true) return
      await work(next.value)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

/** Chance that can be had again: the same seed draws the same. */
export interface Chance {
  readonly seed: number
  /** A whole number from 0 up to, not including, `below`. */
  below(limit: number): number
  pick<Item>(items: readonly Item[]): Item
  shuffled<Item>(items: readonly Item[]): Item[]
}

/** mulberry32; https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    seed,
    below,
    pick: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item,
    shuffled: <Item>(items: readonly Item[]): Item[] =>
      items
        .map((item) => ({ item, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item),
  }
}
