/**
 * How far a member is in a challenge: a function of what they did and what of it stands, oldest first. The newest deed is
 * added in constant time; a late one, or one that fell, is counted anew from all of them.
 */
import type { Challenge } from '../program/engagement.ts'
import type { Program } from '../program/schema.ts'
import type { Item } from './facts.ts'
import { dayAt } from './limits.ts'
import type { ChallengeProgress } from './state.ts'

/** Something that counts: a purchase or an action counts 1, an order as many as it has pieces. */
export interface Deed {
  id: string
  at: number
  amount: number
}

/** What of a purchase a challenge may look at. */
export interface Bought {
  /** Whether something of it is kept: what is refunded in full does not count. */
  kept: boolean
  /** Null while the order's lines are not known. */
  items: readonly Item[] | null
}

/** One order meets a challenge so many times at the most. */
const TIMES_LIMIT = 100

/** How much of a challenge a purchase is. */
export function boughtAmount({ goal }: Challenge, { kept, items }: Bought): number {
  if (!kept || goal.of === 'action') return 0
  const counts = ({ product }: Item): boolean =>
    goal.products.length === 0 || (product !== null && goal.products.includes(product))
  if (goal.of === 'purchase') return goal.products.length === 0 || items?.some(counts) ? 1 : 0
  const pieces = (items ?? []).filter(counts).reduce((sum, { quantity }) => sum + Math.max(0, quantity), 0)
  return Math.min(pieces, goal.count * TIMES_LIMIT)
}

/** How much of a challenge an action is. */
export const actionAmount = ({ goal }: Challenge, action: string): number =>
  goal.of === 'action' && (goal.actions.length === 0 || goal.actions.includes(action)) ? 1 : 0

/** Whether orders only count once their lines are known. */
export const challengesNeedItems = ({ challenges }: Program): boolean =>
  challenges.some(({ goal }) => goal.of === 'item' || (goal.of === 'purchase' && goal.products.length > 0))

/** What must be done, and how often it counts: where that is another, everybody begins anew. */
export const sameGoal = (a: Challenge, b: Challenge): boolean =>
  a === b || JSON.stringify([a.goal, a.repeat]) === JSON.stringify([b.goal, b.repeat])

export const noProgress = (program: string, earlier = 0): ChallengeProgress => ({
  met: 0,
  open: [],
  newest: null,
  program,
  earlier,
})

/** Once for each member, whatever the goal was called by this name before. */
export const isDone = ({ repeat }: Challenge, { met, earlier }: ChallengeProgress): boolean =>
  repeat === 'once' && met + earlier > 0

/** Whether the deed is newer than all that was counted. */
export const isNewest = ({ newest }: ChallengeProgress, { id, at }: Deed): boolean =>
  newest === null || at > newest[1] || (at === newest[1] && id > newest[0])

export const oldestDeedFirst = (a: Deed, b: Deed): number => a.at - b.at || (a.id < b.id ? -1 : 1)

/** Where all of it leads, and when the challenge was met. `deeds` oldest first. */
export function meets(
  challenge: Challenge,
  zone: string,
  deeds: readonly Deed[],
  from: ChallengeProgress,
): { progress: ChallengeProgress; completions: number[] } {
  const progress = { ...from }
  const completions = deeds.flatMap((deed) => Array<number>(takeIn(challenge, zone, progress, deed)).fill(deed.at))
  return { progress, completions }
}

/** Counts one more deed, no older than any before. Answers how often the challenge is met by it. */
function takeIn(challenge: Challenge, zone: string, progress: ChallengeProgress, deed: Deed): number {
  const { count } = challenge.goal
  progress.newest = [deed.id, deed.at]
  if (isDone(challenge, progress)) return 0
  progress.open = withDeed(challenge, zone, stillOpen(challenge, zone, progress.open, deed.at), deed)
  const done = Math.floor(total(progress.open) / count)
  const times = challenge.repeat === 'once' ? Math.min(done, 1) : done
  progress.met += times
  if (times > 0) progress.open = challenge.repeat === 'once' ? [] : usedUp(progress.open, times * count)
  return times
}

type Open = ChallengeProgress['open']

const total = (open: Open): number => open.reduce((sum, [, , amount]) => sum + amount, 0)

/** What was done so many local days ago is over: the first of them is the first day. */
const stillOpen = ({ goal: { withinDays } }: Challenge, zone: string, open: Open, at: number): Open =>
  withinDays === null ? open : open.filter(([, since]) => dayAt(at, zone) - dayAt(since, zone) < withinDays)

/** Kept by the day, or in one where days do not matter: so it stays small however much must be done. */
function withDeed({ goal: { withinDays } }: Challenge, zone: string, open: Open, { id, at, amount }: Deed): Open {
  const last = open.at(-1)
  const together = last !== undefined && (withinDays === null || dayAt(last[1], zone) === dayAt(at, zone))
  return together ? [...open.slice(0, -1), [id, at, last[2] + amount]] : [...open, [id, at, amount]]
}

/** What a completion takes is gone, the oldest first. */
function usedUp(open: Open, amount: number): Open {
  let left = amount
  return open.flatMap(([id, at, part]): Open => {
    const taken = Math.min(part, left)
    left -= taken
    return part > taken ? [[id, at, part - taken]] : []
  })
}

/** What is shown: how far by now, and how often it was met. */
export function progressAt(
  challenge: Challenge,
  zone: string,
  progress: ChallengeProgress | null,
  now: number,
): { progress: number; met: number } {
  if (progress === null) return { progress: 0, met: 0 }
  const met = progress.met + progress.earlier
  if (isDone(challenge, progress)) return { progress: challenge.goal.count, met }
  return { progress: total(stillOpen(challenge, zone, progress.open, now)), met }
}
