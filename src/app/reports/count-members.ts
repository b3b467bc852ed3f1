/** One pass over the members: how many there are of each kind, and what they hold. For the summary and for program changes. */

import { PARTNER_RULE } from '../../core/books.ts'
import { DAY_MS } from '../../core/calendar.ts'
import { addFlow, noFlows } from '../../core/report-flows.ts'
import { addToMonth, monthOf } from '../../core/report-months.ts'
import type { Member } from '../../core/state.ts'
import { heldSegments } from '../../core/tiers.ts'
import type { Program } from '../../program/schema.ts'
import type { Store } from '../store-port.ts'
import type { Held } from './shapes.ts'
import { type OnProgress, slicesById } from './slices.ts'

const MEMBERS_IN_SLICE = 250
const LOTS_IN_SLICE = 1_000
const BUYING_DAYS = 90

export interface MemberCounts {
  active: number
  candidates: number
  left: number
  suspended: number
  newThisMonth: number
  newLastMonth: number
  /** Enrolled in the last 90 days. */
  joinedLately: number
  buying: number
  /** Of active members: who ever bought, and who did so twice. */
  bought: number
  boughtAgain: number
  /** Points of everybody: ever earned (net), and of these spent. */
  earned: number
  redeemed: number
  tiers: Map<string | null, number>
  badges: Map<string, number>
  challenges: Map<string, number>
  /** Who chose a reward to be issued by itself. */
  chosen: Map<string, number>
}

const raise = <Key>(counts: Map<Key, number>, key: Key, by = 1): Map<Key, number> =>
  counts.set(key, (counts.get(key) ?? 0) + by)

const noCounts = (): MemberCounts => ({
  active: 0,
  candidates: 0,
  left: 0,
  suspended: 0,
  newThisMonth: 0,
  newLastMonth: 0,
  joinedLately: 0,
  buying: 0,
  bought: 0,
  boughtAgain: 0,
  earned: 0,
  redeemed: 0,
  tiers: new Map(),
  badges: new Map(),
  challenges: new Map(),
  chosen: new Map(),
})

export interface Moment {
  now: number
  zone: string
}

export async function countMembers(
  store: Pick<Store, 'membersAfter' | 'stats'>,
  moment: Moment,
  onProgress?: OnProgress,
): Promise<MemberCounts> {
  const counts = noCounts()
  const total = (await store.stats()).members
  let done = 0
  for await (const members of slicesById(store.membersAfter, MEMBERS_IN_SLICE)) {
    for (const member of members) countMember(counts, member, moment)
    done += members.length
    onProgress?.(done, Math.max(done, total))
  }
  return counts
}

function countMember(counts: MemberCounts, member: Member, { now, zone }: Moment): void {
  counts.redeemed += member.redeemed
  counts.earned += member.available + member.pending + member.reserved + member.redeemed + member.expired
  if (member.status === 'candidate') counts.candidates++
  if (member.status === 'left') counts.left++
  if (member.status === 'suspended') counts.suspended++
  // Who is suspended or has left still holds what they hold.
  if (['active', 'left', 'suspended'].includes(member.status)) countHeld(counts, member, now)
  if (member.status !== 'active') return
  counts.active++
  const joined = member.enrolledAt ?? member.createdAt
  const month = monthOf(now, zone)
  if (monthOf(joined, zone) === month) counts.newThisMonth++
  if (monthOf(joined, zone) === addToMonth(month, -1)) counts.newLastMonth++
  if (joined > now - BUYING_DAYS * DAY_MS) counts.joinedLately++
  if (member.lastPurchaseAt !== null && member.lastPurchaseAt > now - BUYING_DAYS * DAY_MS) counts.buying++
  if (member.purchases >= 1) counts.bought++
  if (member.purchases >= 2) counts.boughtAgain++
}

function countHeld(counts: MemberCounts, member: Member, now: number): void {
  const held = heldSegments(member).findLast(({ since }) => since <= now)
  raise(counts.tiers, held?.id ?? null)
  for (const { id } of member.badges) raise(counts.badges, id)
  for (const [id, { met, open }] of Object.entries(member.challenges))
    if (met > 0 || open.length > 0) raise(counts.challenges, id)
  if (member.autoRedeem !== null) raise(counts.chosen, member.autoRedeem)
}

type HeldReads = Pick<Store, 'openRedemptions' | 'lotsAfter' | 'movements' | 'stats'>

/** Open points of partners' lots, and points given to causes: by id. */
export interface HeldPoints {
  partners: Map<string, number>
  causes: Map<string, number>
}

export async function partnerPoints(store: Pick<HeldReads, 'lotsAfter'>): Promise<Map<string, number>> {
  const partners = new Map<string, number>()
  for await (const lots of slicesById(store.lotsAfter, LOTS_IN_SLICE))
    for (const { rule, remaining } of lots)
      if (rule.startsWith(PARTNER_RULE)) raise(partners, rule.slice(PARTNER_RULE.length), remaining)
  return partners
}

/** Adds what one movement gave to a cause. */
export function addToCauses(causes: Map<string, number>, source: string, target: string, points: number): void {
  const flows = noFlows()
  for (const account of [source, target]) {
    if (!account.startsWith('cause/')) continue
    flows.donated = 0
    addFlow(flows, source, target, points)
    raise(causes, account.slice('cause/'.length), flows.donated)
  }
}

/** Everything that members hold of what a program names, each with the program's name for it. */
export async function describeHeld(
  store: Pick<Store, 'openRedemptions'>,
  program: Program,
  counts: MemberCounts,
  { partners, causes }: HeldPoints,
): Promise<Held> {
  const open = new Map((await store.openRedemptions()).map((row) => [row.reward, row.open]))
  const nameIn = (list: readonly { id: string; name: string }[], id: string): string =>
    list.find((one) => one.id === id)?.name ?? id
  const levels = program.tiers?.levels ?? []
  const listed = <Line>(
    list: readonly { id: string; name: string }[],
    held: Iterable<string>,
    line: (id: string, name: string) => Line,
  ) => [...new Set([...list.map(({ id }) => id), ...held])].map((id) => line(id, nameIn(list, id)))
  const tiers = listed(
    levels,
    [...counts.tiers.keys()].filter((id) => id !== null),
    (id, name) => ({
      id: id as string | null,
      name,
      members: counts.tiers.get(id) ?? 0,
    }),
  )
  const without = counts.tiers.get(null) ?? 0
  return {
    tiers: without > 0 ? [...tiers, { id: null, name: 'none', members: without }] : tiers,
    rewards: listed(program.rewards, [...open.keys(), ...counts.chosen.keys()], (id, name) => ({
      id,
      name,
      open: open.get(id) ?? 0,
      chosen: counts.chosen.get(id) ?? 0,
    })),
    badges: listed(program.badges, counts.badges.keys(), (id, name) => ({
      id,
      name,
      members: counts.badges.get(id) ?? 0,
    })),
    challenges: listed(program.challenges, counts.challenges.keys(), (id, name) => ({
      id,
      name,
      members: counts.challenges.get(id) ?? 0,
    })),
    partners: listed(program.partners, partners.keys(), (id, name) => ({ id, name, points: partners.get(id) ?? 0 })),
    causes: listed(program.causes, causes.keys(), (id, name) => ({ id, name, points: causes.get(id) ?? 0 })),
  }
}
