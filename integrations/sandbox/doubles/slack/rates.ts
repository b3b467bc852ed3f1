/**
 * Slack's rate limits: https://docs.slack.dev/apis/web-api/rate-limits (tiers a minute and method; one post a second and
 * channel). Answers 429 with Retry-After.
 */

/** `posts`: one a second and channel; `all`: the tiers too. */
export type RateLimits = 'none' | 'posts' | 'all'

const PER_MINUTE = { 2: 20, 3: 50, 4: 100 } as const

const TIERS: Record<string, keyof typeof PER_MINUTE> = {
  'chat.postEphemeral': 4,
  'chat.update': 3,
  'chat.delete': 3,
  'conversations.info': 3,
  'conversations.members': 4,
  'conversations.list': 2,
  'conversations.open': 3,
  'conversations.join': 3,
  'users.info': 4,
  'users.lookupByEmail': 3,
  'usergroups.list': 2,
  'usergroups.users.list': 2,
  'views.open': 4,
  'views.push': 4,
  'views.update': 4,
  'views.publish': 4,
}

export interface Rates {
  /** Seconds to wait; null where it may be answered, and is counted. */
  take(method: string, channel: string, now: number): number | null
}

export function createRates(limits: RateLimits): Rates {
  const taken = new Map<string, number[]>()
  function within(key: string, most: number, windowMs: number, now: number): number | null {
    const recent = (taken.get(key) ?? []).filter((at) => now - at < windowMs)
    taken.set(key, recent)
    const [oldest] = recent
    if (oldest !== undefined && recent.length >= most) return Math.max(1, Math.ceil((oldest + windowMs - now) / 1000))
    recent.push(now)
    return null
  }
  return {
    take(method, channel, now) {
      if (limits === 'none') return null
      if (method === 'chat.postMessage') return within(`${method} ${channel}`, 1, 1_000, now)
      const tier = TIERS[method]
      return limits === 'all' && tier !== undefined ? within(method, PER_MINUTE[tier], 60_000, now) : null
    },
  }
}
