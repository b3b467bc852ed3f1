/** What there is to say of a member, in phrases for cards and lists. Foreign text is escaped here. */
import type { MemberRewardsView, MemberView } from '../../../src/app/ports.ts'
import { localDay } from '../../../src/core/calendar.ts'
import { currencyExponent } from '../../../src/core/currency.ts'
import { SEGMENTS, type Segment } from '../../../src/program/earning.ts'
import type { Program } from '../../../src/program/schema.ts'
import type { Words } from '../../../src/words/words.ts'
import { bar, bold, esc, plain } from '../blocks.ts'

const NAME_LIMIT = 80
const EMAIL_LIMIT = 100
const PHONE_LIMIT = 40
const TIER_LIMIT = 60
const TIER_ENDS_WITHIN_MS = 90 * 86_400_000

/** Letters that are blank: a name of them alone cannot be seen. */
const BLANK = /[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/gu

type Named = Pick<MemberView, 'name' | 'email'>

const hasName = ({ name }: Named): boolean => (name ?? '').replace(BLANK, '') !== ''

/** In mrkdwn. Whoever cannot be read by their name is called by their address. */
export const memberName = ({ name, email }: Named, words: Words): string =>
  (hasName({ name, email }) ? esc(name ?? '', NAME_LIMIT) : esc(email ?? '', EMAIL_LIMIT)) ||
  words.say('staff.card.nameless')

/** The same where nothing is markup. */
export const plainName = ({ name, email }: Named, words: Words): string =>
  (hasName({ name, email }) ? plain(name ?? '', NAME_LIMIT) : plain(email ?? '', EMAIL_LIMIT)) ||
  words.say('staff.card.nameless')

/** Null where the name is the address already. */
export const emailOf = (named: Named): string | null =>
  named.email === null || !hasName(named) ? null : esc(named.email, EMAIL_LIMIT)

export const phoneOf = ({ phone }: MemberView): string | null => esc(phone ?? '', PHONE_LIMIT) || null

export const tierName = ({ tier }: Pick<MemberView, 'tier'>): string | null =>
  tier === null ? null : esc(tier.name, TIER_LIMIT)

/** From the lowest up. */
const MEDALS = ['🥉', '🥈', '🥇', '💎', '👑'] as const
const NO_TIER = '👤'

export function medalOf({ tier, status }: Pick<MemberView, 'tier' | 'status'>, { tiers }: Program): string {
  const rank = status === 'active' && tier !== null ? (tiers?.levels.findIndex(({ id }) => id === tier.id) ?? -1) : -1
  return rank < 0 ? NO_TIER : (MEDALS[rank] ?? MEDALS[MEDALS.length - 1] ?? NO_TIER)
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
const LINE_RUNS_RIGHT = '\u200e'

/** "🥇 *Ada Lovelace*": a name that runs the other way must not turn the line around it. */
export function medalAndName(
  member: Pick<MemberView, 'name' | 'email' | 'tier' | 'status'>,
  words: Words,
  program: Program,
): string {
  const name = memberName(member, words)
  return `${RIGHT_TO_LEFT.test(name) ? LINE_RUNS_RIGHT : ''}${medalOf(member, program)} ${bold(name)}`
}

/** An end that is the first moment of the next day, as the day before. */
export const lastDay = (at: string): number => Date.parse(at) - 1

// -------------------------------------------------------------------------------------------------------- their habits

const WEEKS_FROM_DAYS = 21
const MONTHS_FROM_DAYS = 120
const YEARS_FROM_DAYS = 730
const MONTH_DAYS = 30.44

type Unit = 'day' | 'week' | 'month' | 'year'

function durationOf(days: number): { unit: Unit; count: number } {
  if (days < WEEKS_FROM_DAYS) return { unit: 'day', count: Math.max(1, Math.round(days)) }
  if (days < MONTHS_FROM_DAYS) return { unit: 'week', count: Math.round(days / 7) }
  if (days < YEARS_FROM_DAYS) return { unit: 'month', count: Math.round(days / MONTH_DAYS) }
  return { unit: 'year', count: Math.round(days / (MONTH_DAYS * 12)) }
}

/** "champions" is a word of ours, not of staff's. */
export function segmentOf({ segment }: MemberView, words: Words): string | null {
  return segment === null || !isSegment(segment) ? null : words.say(`staff.card.segment.${segment}`)
}

const isSegment = (segment: string): segment is Segment => SEGMENTS.some((one) => one === segment)

/** "at risk: usually buys every 3 weeks, last purchase 9 weeks ago" */
export function riskOf(member: MemberView, words: Words, { timezone }: Program, now: number): string | null {
  const { retention, lastPurchaseAt } = member
  if (lastPurchaseAt === null) return retention === null ? words.say('staff.card.neverBought') : null
  const habit = habitOf(member, words, localDay(now, timezone) - localDay(Date.parse(lastPurchaseAt), timezone))
  const risk = retention?.risk ?? 'low'
  return risk === 'low' ? habit : words.say(`staff.card.risk.${risk}`, { habit })
}

function habitOf({ retention, lastPurchaseAt, purchases }: MemberView, words: Words, since: number): string {
  const ago = words.ago(lastPurchaseAt ?? 0)
  const usual = retention?.usualDays ?? null
  if (usual === null)
    return purchases === 1 ? words.say('staff.card.boughtOnce', { ago }) : words.say('staff.card.lastBought', { ago })
  const [own, gone] = [durationOf(usual), durationOf(since)]
  // Rounding must not make a late customer look punctual.
  const isBlurred = since > usual && own.unit === gone.unit && gone.count <= own.count
  const every = isBlurred ? { unit: 'day' as const, count: Math.round(usual) } : own
  return words.say('staff.card.rhythm', {
    every: words.say(`staff.card.every.${every.unit}`, { count: every.count }),
    ago: isBlurred ? words.say('staff.card.daysAgo', { count: since }) : ago,
  })
}

// -------------------------------------------------------------------------------------------------------- their points

/** "*1,240 points* (worth $12.40) · 100 pending until 2 Dec · 300 expire on 31 Dec" */
export function pointsParts(
  { points, tier }: Pick<MemberView, 'points' | 'tier'>,
  nextAvailable: { points: number; at: string } | null,
  words: Words,
  program: Program,
  now: number,
): string[] {
  const { available, pending, reserved, nextExpiry } = points
  return [
    balanceOf(available, words, program),
    pending > 0 ? pendingOf(pending, nextAvailable, words) : null,
    reserved > 0 ? words.say('staff.card.reserved', { points: words.number(reserved) }) : null,
    nextExpiry !== null && nextExpiry.points > 0
      ? words.say('staff.card.expire', { count: nextExpiry.points, date: words.date(lastDay(nextExpiry.at)) })
      : null,
    tierEnd(tier, words, now),
  ].filter((part) => part !== null)
}

/** Only where it is near: most tiers end some day. */
function tierEnd(tier: MemberView['tier'], words: Words, now: number): string | null {
  if (!tier?.until || Date.parse(tier.until) - now > TIER_ENDS_WITHIN_MS) return null
  return words.say('staff.card.tierUntil', { tier: esc(tier.name, TIER_LIMIT), date: words.date(lastDay(tier.until)) })
}

function balanceOf(available: number, words: Words, { points: { value }, currency }: Program): string {
  const points = `*${esc(words.points(Math.abs(available)))}*`
  if (available < 0) return words.say('staff.card.owes', { points })
  const worth = Math.floor(available * value * 10 ** currencyExponent(currency) + 1e-6)
  return worth <= 0 ? points : words.say('staff.card.worth', { points, money: words.money(worth, currency) })
}

function pendingOf(pending: number, next: { points: number; at: string } | null, words: Words): string {
  if (next === null) return words.say('staff.card.pending', { points: words.number(pending) })
  const values = { points: words.number(pending), date: words.date(next.at), some: words.number(next.points) }
  return words.say(next.points >= pending ? 'staff.card.pendingUntil' : 'staff.card.pendingPartly', values)
}

/** "Platinum: $760 more by 31 Dec  ▰▰▰▰▰▰▱▱▱▱ 62%"; null at the top, or without tiers. */
export function nextTierLine({ tier }: Pick<MemberView, 'tier'>, words: Words, program: Program): string | null {
  const next = tier?.next
  if (!next) return null
  const values = {
    tier: esc(next.name, TIER_LIMIT),
    missing: missingOf(next.remaining, words, program),
    date: next.by === null ? '' : words.date(lastDay(next.by)),
  }
  const line = words.say(next.by === null ? 'staff.card.nextTier' : 'staff.card.nextTierBy', values)
  const threshold = program.tiers?.levels.find(({ id }) => id === next.id)?.threshold ?? 0
  if (threshold <= 0) return line
  const share = Math.min(1, Math.max(0, 1 - majorUnits(next.remaining, program) / threshold))
  // Nearly there is not there.
  return `${line}  ${bar(share)} ${words.percent(next.remaining > 0 ? Math.min(0.99, share) : share)}`
}

const majorUnits = (remaining: number, { tiers, currency }: Program): number =>
  tiers?.metric === 'spend' ? remaining / 10 ** currencyExponent(currency) : remaining

function missingOf(remaining: number, words: Words, { tiers, currency }: Program): string {
  if (tiers?.metric === 'spend') return words.price(remaining, currency)
  if (tiers?.metric === 'purchases') return words.say('staff.card.purchases', { count: remaining })
  return esc(words.points(remaining))
}

// ------------------------------------------------------------------------------------------------------- their rewards

const REWARDS_SHOWN = 5
const REWARD_LIMIT = 60

/** "Can have now: $10 off (1,000) · Free tote (600)", or what is nearest; null where there is nothing to have. */
export function rewardsLine({ available, rewards }: MemberRewardsView, words: Words): string | null {
  const now = rewards.filter((reward) => reward.available)
  if (now.length > 0) {
    const shown = now.slice(0, REWARDS_SHOWN).map(({ name, cost }) => {
      const price = cost === 0 ? words.say('staff.card.free') : words.number(cost)
      return `${esc(name, REWARD_LIMIT)} (${price})`
    })
    const more = now.length - shown.length
    const rest = more > 0 ? [words.say('staff.card.moreRewards', { count: more })] : []
    return words.say('staff.card.canHave', { rewards: [...shown, ...rest].join(' · ') })
  }
  const [nearest] = rewards
    .filter(({ refusal }) => refusal?.code === 'insufficient_points')
    .toSorted((a, b) => a.cost - b.cost)
  if (nearest === undefined) return rewards.length === 0 ? null : words.say('staff.card.nothingNow')
  const points = esc(words.points(nearest.cost - available))
  return words.say('staff.card.nearest', { points, reward: esc(nearest.name, REWARD_LIMIT) })
}
