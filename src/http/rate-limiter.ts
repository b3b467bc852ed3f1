// Slows down whoever asks too often: guessers of API keys and, where each costs something, readers of public pages. Here in
// memory, as a token bucket per address; a host with a counter that its processes share brings that (shared-limiter.ts).
import type { Clock } from '../app/ports.ts'

/** Counts one more of an address; answers how long it must wait, in ms: 0 while it may go on. Never rejects. */
export type RateLimiter = (address: string) => Promise<number>

export interface RateLimits {
  /** What an address may do at once. */
  burst: number
  /** One more is forgiven each time this has passed. */
  refillMs: number
  /** Addresses remembered; the one that was counted longest ago is forgotten first. */
  addresses: number
}

interface Bucket {
  tokens: number
  at: number
}

export function createMemoryLimiter(clock: Clock, limits: RateLimits): RateLimiter {
  const buckets = new Map<string, Bucket>()
  return async (address) => {
    const name = networkOf(address)
    const now = clock.now()
    const { tokens, at } = buckets.get(name) ?? { tokens: limits.burst, at: now }
    // A clock set back must not take tokens away.
    const refilled = Math.min(limits.burst, tokens + Math.max(0, now - at) / limits.refillMs)
    const left = refilled >= 1 ? refilled - 1 : refilled
    // Deleting first moves it to the end: the map's order is then the order of the last one counted.
    buckets.delete(name)
    buckets.set(name, { tokens: left, at: now })
    forgetOldest(buckets, limits.addresses)
    return refilled >= 1 ? 0 : Math.ceil((1 - refilled) * limits.refillMs)
  }
}

function forgetOldest(buckets: Map<string, Bucket>, limit: number): void {
  for (const name of buckets.keys()) {
    if (buckets.size <= limit) return
    buckets.delete(name)
  }
}

/** An IPv6 customer is usually given a whole /64, so addresses of one count as one. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const front = head.split(':').filter(Boolean)
  const back = tail?.split(':').filter(Boolean) ?? []
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0')
  return [...front, ...zeros, ...back].slice(0, 4).join(':')
}
