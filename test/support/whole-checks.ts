// What must hold of the books of a whole town at any time, told by the journal and by what the app shows, and reckoned here
// anew.

import { Temporal } from 'temporal-polyfill'
import { expect } from 'vitest'
import type { LiabilityReport } from '../../src/app/reports/shapes.ts'
import type { LedgerRow } from '../../src/app/store-port.ts'
import { isLapse } from '../../src/core/alert-state.ts'
import { BY_ITSELF } from '../../src/core/redemptions.ts'
import type { Grant, Redemption } from '../../src/core/reward-state.ts'
import type { Lot, Member } from '../../src/core/state.ts'
import type { Period } from '../../src/program/awards.ts'
import type { Program } from '../../src/program/schema.ts'
import { naiveTier } from './naive-tiers.ts'
import type { World } from './world.ts'

const PAGE = 500
const ENDED: ReadonlySet<string> = new Set(['reward_cancelled', 'reward_refused'])

export interface Looking {
  world: World
  /** Of all programs that were in force: their partners and causes have accounts. */
  programs: readonly Program[]
}

/** The cheap and strict part: what is kept is what the journal says, and nobody has more than the program allows. */
export async function expectSound(looking: Looking): Promise<void> {
  const { world } = looking
  const report = await world.app.verify()
  expect(report.discrepancies).toEqual([])
  expect(report.restless).toBe(0)
  const members = await world.store.membersAfter('', PAGE)
  const rows = await world.store.entriesOf(members.map(({ id }) => id))
  expectConserved(looking, members, rows)
  const all = await world.store.redemptionsAfter('', PAGE)
  // What was used at Stripe before we could end it was had, however much others had meanwhile.
  const ended = new Set(rows.filter(({ code }) => ENDED.has(code)).map(({ about }) => about))
  const regular = all.filter(({ id, state }) => state !== 'cancelled' && !ended.has(id))
  expectStock(looking, regular)
  for (const member of members) await expectLimits(looking, member, regular)
  if (looking.programs.length === 1) await expectTiers(looking, members)
  await expectAlerts(world, members)
}

/** Of whoever is with us, each once, with figures that are numbers; what is open is watched, what is watched is theirs. */
async function expectAlerts({ store }: World, members: readonly Member[]): Promise<void> {
  const alerts = await store.alertsAfter('', PAGE)
  const byId = new Map(members.map((member) => [member.id, member]))
  const running = alerts.filter(({ state, outcome }) => state !== 'resolved' && outcome === null)
  // Whatever became of the day of their last purchase, somebody stays away once.
  const about = running.map(({ member, kind, occasion }) => `${member} ${isLapse(kind) ? 'lapse' : kind + occasion}`)
  expect(new Set(about).size, about.join()).toBe(about.length)
  for (const alert of alerts) {
    const member = byId.get(alert.member)
    expect(member?.status, alert.id).not.toBe('merged')
    expect(Number.isSafeInteger(alert.valueMinor) && !Object.is(alert.valueMinor, -0), alert.id).toBe(true)
    expect(alert.valueMinor, alert.id).toBeGreaterThanOrEqual(0)
    expect(`${alert.reason} ${JSON.stringify(alert.facts)}`, alert.id).not.toMatch(/NaN|Infinity|undefined|null %/)
    const isRunning = alert.state !== 'resolved' && alert.outcome === null
    if (isRunning) expect(member, alert.id).toMatchObject({ status: 'active' })
    if (isRunning) expect(member?.alerts, alert.id).toContain(alert.id)
    expect((alert.state === 'resolved') === (alert.outcome !== null) || alert.state === 'held_out', alert.id).toBe(true)
    expect(alert.actedAt === null && alert.cameBack !== null, alert.id).toBe(false)
  }
  for (const { id, alerts: watched } of members)
    for (const one of watched) expect(alerts.find((alert) => alert.id === one)?.member, one).toBe(id)
  for (const { member } of await store.feedbackAfter('', PAGE)) expect(byId.get(member)?.status).not.toBe('merged')
}

// ----------------------------------------------------------------------------------------------------- conservation

type Sums = Map<string, number>
const add = (sums: Sums, name: string, points: number): void => {
  sums.set(name, (sums.get(name) ?? 0) + points)
}
const OWN = ['available', 'pending', 'reserved'] as const

/** The sum over all accounts is zero; each member's are what they have; what was spent, expired or given is somewhere. */
function expectConserved({ programs }: Looking, members: readonly Member[], rows: readonly LedgerRow[]): void {
  const [shared, own]: [Sums, Sums] = [new Map(), new Map()]
  for (const { member, postings } of rows)
    for (const [from, to, points] of postings) {
      expect(Number.isSafeInteger(points) && points > 0, `${points} from ${from} to ${to}`).toBe(true)
      for (const [account, change] of [
        [from, -points],
        [to, points],
      ] as const) {
        if ((OWN as readonly string[]).includes(account)) add(own, `${member}/${account}`, change)
        else add(shared, account, change)
      }
    }
  const known = new Set([
    ...['program', 'redeemed', 'expired', 'forgiven', 'forfeited'],
    ...programs.flatMap(({ partners, causes }) => [
      ...partners.map(({ id }) => `partner/${id}`),
      ...causes.map(({ id }) => `cause/${id}`),
    ]),
  ])
  for (const account of shared.keys()) expect(known).toContain(account)
  const of = (name: string): number => shared.get(name) ?? 0
  const total = (names: Iterable<string>): number => [...names].reduce((sum, name) => sum + of(name), 0)
  const kept = (part: 'available' | 'pending' | 'reserved' | 'redeemed' | 'expired'): number =>
    members.reduce((sum, one) => sum + one[part], 0)

  for (const member of members)
    for (const account of OWN) expect(own.get(`${member.id}/${account}`) ?? 0, account).toBe(member[account])
  for (const member of members) expect(Math.min(member.reserved, member.pending), member.id).toBeGreaterThanOrEqual(0)
  const spent = ['redeemed', 'forfeited', ...[...known].filter((name) => name.startsWith('cause/'))]
  expect(total(spent)).toBe(kept('redeemed'))
  expect(of('expired')).toBe(kept('expired'))
  const sources = total([...known].filter((name) => name.startsWith('partner/') || name === 'program')) + of('forgiven')
  expect(kept('available') + kept('pending') + kept('reserved') + kept('redeemed') + kept('expired')).toBe(0 - sources)
  // What came from somewhere may go back there, and no more.
  for (const name of known)
    if (name.startsWith('partner/') || name === 'forgiven') expect(of(name), name).toBeLessThanOrEqual(0)
    else if (name !== 'program') expect(of(name), name).toBeGreaterThanOrEqual(0)
}

// ----------------------------------------------------------------------------------------------------------- limits

function expectStock({ programs }: Looking, all: readonly Redemption[]): void {
  for (const { id } of programs.flatMap(({ rewards }) => rewards)) {
    const stock = Math.max(...programs.map((one) => stockOf(one, id)))
    const had = all.filter((one) => one.reward === id && one.again === null)
    expect(had.length, `${id} of a stock of ${stock}`).toBeLessThanOrEqual(stock)
  }
}

const stockOf = ({ rewards }: Program, id: string): number => {
  const reward = rewards.find((one) => one.id === id)
  return reward === undefined ? 0 : (reward.stock ?? Number.POSITIVE_INFINITY)
}

/** The period an instant lies in, by its name. */
function periodOf(at: number, per: Period, zone: string): string {
  if (per === 'lifetime') return ''
  const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
  if (per === 'week') return date.subtract({ days: date.dayOfWeek - 1 }).toString()
  return date.toString().slice(0, { day: 10, month: 7, year: 4 }[per])
}

/** The most of anything that falls into one period. */
function most<One>(list: readonly One[], period: (one: One) => string, amount: (one: One) => number): number {
  const sums: Sums = new Map()
  for (const one of list) add(sums, period(one), amount(one))
  return Math.max(0, ...sums.values())
}

/** Of those who are one from the beginning: two who prove to be one may have had twice as much. */
async function expectLimits({ world, programs }: Looking, member: Member, all: readonly Redemption[]): Promise<void> {
  const [program] = programs
  if (program === undefined || programs.length > 1 || member.absorbed.length > 0 || member.status === 'merged') return
  const own = all.filter((one) => one.member === member.id)
  for (const { id, limit } of program.rewards) {
    const asked = own.filter((one) => one.reward === id && !one.grant && !one.again)
    if (limit === null) continue
    const had = most(
      asked,
      ({ createdAt }) => periodOf(createdAt, limit.per, program.timezone),
      () => 1,
    )
    expect(had, `${id} of ${limit.times} a ${limit.per}`).toBeLessThanOrEqual(limit.times)
  }
  const { maximumOpen } = program.redeeming
  const open = own.filter((one) => isOpen(one, world.clock.at) && !one.grant && !one.again)
  if (maximumOpen !== null) expect(open.length, 'unused rewards').toBeLessThanOrEqual(maximumOpen)
  expectWindows(program, own)
  const grants = await world.store.read((tx) => tx.grantsOf(member.id))
  expectGrants(program, member, grants)
  expectSharedLimits(program, await world.store.lotsOf([member.id]))
}

const isOpen = ({ state, expiresAt, cancelling }: Redemption, now: number): boolean =>
  state === 'reserved' ||
  state === 'awaiting_approval' ||
  (state === 'issued' && cancelling === null && expiresAt !== null && expiresAt > now)

/** From one of an automatic reward's days to the next no more are issued than it allows. */
function expectWindows(program: Program, own: readonly Redemption[]): void {
  for (const { reward, windows, maximumPerWindow } of program.autoRedeem) {
    if (windows.length === 0 || maximumPerWindow === null) continue
    const byItself = own.filter((one) => one.reward === reward && one.requestedBy === BY_ITSELF)
    const day = ({ createdAt }: Redemption): string => periodOf(createdAt, 'day', program.timezone)
    const window = (one: Redemption): string => {
      const begun = windows.filter((first) => first <= day(one).slice(5)).toSorted()
      const year = Number(day(one).slice(0, 4))
      return begun.length > 0 ? `${year} ${begun.at(-1)}` : `${year - 1} ${windows.toSorted().at(-1)}`
    }
    expect(
      most(byItself, window, () => 1),
      `${reward} in a window`,
    ).toBeLessThanOrEqual(maximumPerWindow)
  }
}

function expectGrants(program: Program, member: Member, grants: readonly Grant[]): void {
  const standing = grants.filter(({ state }) => state !== 'withdrawn')
  for (const rule of program.earning) {
    if (rule.on !== 'action' || rule.limit === null) continue
    const { times, per } = rule.limit
    const did = standing.filter((one) => one.occasion === 'action' && one.rule === rule.id)
    const counted = most(
      did,
      ({ at }) => periodOf(at, per, program.timezone),
      () => 1,
    )
    expect(counted, `${rule.id} of ${times} a ${per}`).toBeLessThanOrEqual(times)
  }
  const limit = program.referral?.limit ?? null
  if (limit !== null) {
    const brought = standing.filter(({ occasion }) => occasion === 'referrer')
    const friends = most(
      brought,
      ({ at }) => periodOf(at, limit.per, program.timezone),
      () => 1,
    )
    expect(friends).toBeLessThanOrEqual(limit.times)
    for (const { subject } of brought) expect(subject).not.toBe(member.id)
  }
  for (const occasion of ['enrolment', 'friend'] as const)
    expect(standing.filter((one) => one.occasion === occasion).length, occasion).toBeLessThanOrEqual(1)
  for (const occasion of ['birthday', 'anniversary'] as const) {
    const years = standing.filter((one) => one.occasion === occasion).map(({ rule, subject }) => `${rule} ${subject}`)
    expect(new Set(years).size, occasion).toBe(years.length)
  }
}

function expectSharedLimits(program: Program, lots: readonly Lot[]): void {
  for (const limit of program.limits) {
    const sharing = lots.filter(({ rule }) => limit.rules.includes(rule))
    const brought = most(
      sharing,
      ({ earnedAt }) => periodOf(earnedAt, limit.per, program.timezone),
      ({ points }) => points,
    )
    expect(brought, `${limit.id} a ${limit.per}`).toBeLessThanOrEqual(limit.points)
  }
}

// ------------------------------------------------------------------------------------------------------------ tiers

/** Tiers that are earned; who pays for one is another matter. */
export async function expectTiers({ world, programs }: Looking, members: readonly Member[]): Promise<void> {
  const [program] = programs
  if (program === undefined || program.tiers === null) return
  for (const { id, tiers, status } of members) {
    if (tiers === null || tiers.paid !== undefined || status === 'merged' || status === 'erased') continue
    const payments = await world.store.read((tx) => tx.paymentsOf(id))
    const expected = naiveTier(program, payments, world.clock.at)
    const found = await world.app.getMember(id)
    if (!found.ok || expected === null) continue
    const { tier } = found.value
    expect([tier?.id ?? null, until(tier)], id).toEqual([expected.id, expected.until])
    if (expected.since !== null) expect(tier && Date.parse(tier.since), id).toBe(expected.since)
  }
}

const until = (tier: { until: string | null } | null): number | null => (tier?.until ? Date.parse(tier.until) : null)

// ---------------------------------------------------------------------------------------------------- what is shown

/** Everything that anybody may look at can be looked at, and says the same as the books. */
export async function expectShown({ world }: Looking): Promise<void> {
  const { app, store, clock } = world
  for (const { id, status } of await store.membersAfter('', PAGE)) {
    if (status === 'merged') continue
    const found = await app.getMember(id)
    if (!found.ok) throw new Error(`${status} ${id}: ${found.code}`)
    const { available, pending, reserved, earned, redeemed, expired } = found.value.points
    expect(earned, 'earned').toBe(available + pending + reserved + redeemed + expired)
    const asOf = await app.getMember(id, clock.at)
    if (asOf.ok) expect(asOf.value.points.available, 'as of now').toBe(available)
    const page = { limit: 100 }
    for (const shown of [
      await app.memberTiers(id),
      await app.listAwards(id, page),
      await app.memberRewards(id),
      await app.memberRedemptions(id, page),
    ])
      if (!shown.ok) expect([status, shown.code]).toEqual([status === 'erased' ? status : '', shown.code])
    await app.exportMember(id)
    const ledger = await app.ledger(id, page)
    if (status !== 'erased') expect(ledger.ok, `${status} ${id}`).toBe(true)
    // Of those who absorbed another record, what is newest may stand in that one, with its own balance.
    const [newest] = (await store.entriesOf([id])).toSorted((a, b) => b.seq - a.seq)
    expect(newest?.balance ?? 0, 'balance beside the newest entry').toBe(available)
  }
  for (const name of ['summary', 'campaigns', 'partners', 'causes', 'products'] as const) {
    const report = await app.report(name, {})
    expect(report.ok, name).toBe(true)
  }
}

/** opening + issued + forgiven − reversed − redeemed − donated − expired − forfeited = closing, which the next opens with. */
export async function expectLiability({ world }: Looking): Promise<void> {
  const report = await world.app.report('liability', { from: '2026-11' })
  if (!report.ok) throw new Error(report.message)
  const { months, outstanding }: LiabilityReport = report.value
  let last = 0
  for (const { opening, issued, forgiven, reversed, redeemed, donated, expired, forfeited, closing } of months) {
    expect(opening).toBe(last)
    expect(opening + issued + forgiven - reversed - redeemed - donated - expired - forfeited).toBe(closing)
    last = closing
  }
  expect(last).toBe(outstanding.points)
  const members = await world.store.membersAfter('', PAGE)
  const has = members.reduce((sum, one) => sum + one.available + one.pending + one.reserved, 0)
  expect(outstanding.points).toBe(has)
}
