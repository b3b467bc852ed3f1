/** The shop at a glance: one pass over members in small slices, and the newest entries of the journal. */
import { addMonths, DAY_MS, localDate, localDay, startOfDay } from '../../core/calendar.ts'
import { judgeGoals, type Measured } from '../../core/report-goals.ts'
import { addToMonth, monthOf, monthsFrom, startOfMonth } from '../../core/report-months.ts'
import { pointsValue } from '../../core/report-value.ts'
import type { Program } from '../../program/schema.ts'
import { iso } from '../member-view.ts'
import { type Glance, type MonthRetention, TOP_LIMIT, type TopKind, type WeekFigure } from '../ports/figures.ts'
import { breathe } from '../reports/slices.ts'
import type { MemberBrief, Store } from '../store-port.ts'
import { earned, readRecentFlows, redeemed, type Stretch } from './flows.ts'
import { MonthRetentionTally } from './month-retention.ts'
import { Top } from './top.ts'

export interface Moment {
  store: Pick<Store, 'memberBriefsAfter' | 'movements' | 'stats'>
  program: Program
  version: string
  now: number
}

const MEMBERS_IN_SLICE = 100
const BUYING_DAYS = 90
const MONTHS_SHOWN = 13

/** Everybody but those who became part of others. */
export async function* briefsInSlices(
  store: Pick<Store, 'memberBriefsAfter'>,
  since: number,
): AsyncGenerator<MemberBrief[]> {
  for (let after = 0; ; ) {
    const slice = await store.memberBriefsAfter({ after, limit: MEMBERS_IN_SLICE, since })
    yield slice.filter(({ status }) => status !== 'merged')
    const last = slice.at(-1)
    if (last === undefined || slice.length < MEMBERS_IN_SLICE) return
    after = last.n
    await breathe()
  }
}

/** Yesterday, the seven days up to it, and the seven before those. */
function weeksUpTo(today: number, zone: string): [yesterday: Stretch, week: Stretch, before: Stretch] {
  const days = (from: number, to: number): Stretch => ({ fromMs: startOfDay(from, zone), toMs: startOfDay(to, zone) })
  return [days(today - 1, today), days(today - 7, today), days(today - 14, today - 7)]
}

const isIn = ({ fromMs, toMs }: Stretch, at: number): boolean => at >= fromMs && at < toMs

export async function makeGlance({ store, program, version, now }: Moment): Promise<Glance> {
  const zone = program.timezone
  const present = monthOf(now, zone)
  const stretches = weeksUpTo(localDay(now, zone), zone)
  const tally = new GlanceTally(program, now, stretches)
  const since = Math.min(startOfMonth(addToMonth(present, -MONTHS_SHOWN), zone), tally.yearSince)
  for await (const briefs of briefsInSlices(store, since)) for (const brief of briefs) tally.add(brief)
  const flows = await readRecentFlows(store, stretches)
  const weekOf = (figures: readonly number[]): WeekFigure => {
    const [yesterday = 0, week = 0, before = 0] = figures
    return { yesterday, week, before }
  }
  const { measured, outstanding } = tally
  return {
    at: iso(now),
    day: localDate(now, zone),
    version,
    members: tally.members,
    points: { outstanding, value: pointsValue(outstanding, program.points.value, program.currency) },
    redemptionRate: measured.earned <= 0 ? null : measured.redeemed / measured.earned,
    week: {
      earned: weekOf(flows.map(earned)),
      redeemed: weekOf(flows.map(redeemed)),
      buying: weekOf(tally.buyers),
      joined: weekOf(tally.joined),
    },
    months: tally.months,
    goals: judgeGoals(program, measured, now),
    top: tally.top,
  }
}

/** Adds members up. */
class GlanceTally {
  readonly members = { active: 0, candidates: 0, newThisMonth: 0, newLastMonth: 0, buying: 0 }
  outstanding = 0
  readonly buyers = [0, 0, 0]
  readonly joined = [0, 0, 0]
  /** From the day a year ago on. */
  readonly yearSince: number
  readonly #measured = { joinedLast90Days: 0, bought: 0, boughtAgain: 0, earned: 0, redeemed: 0, spendLastYear: 0 }
  readonly #months: MonthRetentionTally
  readonly #top: Record<TopKind, Top>
  readonly #zone: string
  readonly #now: number
  readonly #stretches: readonly Stretch[]
  readonly #present: string

  constructor({ timezone: zone }: Program, now: number, stretches: readonly Stretch[]) {
    this.#zone = zone
    this.#now = now
    this.#stretches = stretches
    this.#present = monthOf(now, zone)
    this.yearSince = startOfDay(addMonths(localDay(now, zone), -12), zone)
    const first = addToMonth(this.#present, 1 - MONTHS_SHOWN)
    this.#months = new MonthRetentionTally(addToMonth(first, -1), monthsFrom(first, this.#present), zone)
    const top = () => new Top(TOP_LIMIT)
    this.#top = { spend: top(), points: top(), recent: top(), at_risk: top() }
  }

  add(brief: MemberBrief): void {
    const { status, available, pending, reserved, recent } = brief
    const held = available + pending + reserved
    this.outstanding += held
    this.#measured.earned += held + brief.redeemed + brief.expired
    this.#measured.redeemed += brief.redeemed
    // Retention is of all customers, joined or not.
    this.#months.add(recent)
    const yearly = recent.reduce((sum, { at, spendMinor }) => (at >= this.yearSince ? sum + spendMinor : sum), 0)
    this.#measured.spendLastYear += yearly
    if (status === 'candidate') this.members.candidates++
    if (status === 'active') this.#addActive(brief, yearly)
  }

  #addActive(brief: MemberBrief, spend: number): void {
    const { members } = this
    const { joinedAt, lastPurchaseAt } = brief
    members.active++
    const month = monthOf(joinedAt, this.#zone)
    if (month === this.#present) members.newThisMonth++
    if (month === addToMonth(this.#present, -1)) members.newLastMonth++
    const lately = this.#now - BUYING_DAYS * DAY_MS
    if (joinedAt > lately) this.#measured.joinedLast90Days++
    if (lastPurchaseAt !== null && lastPurchaseAt > lately) members.buying++
    if (brief.purchases >= 1) this.#measured.bought++
    if (brief.purchases >= 2) this.#measured.boughtAgain++
    this.#stretches.forEach((stretch, n) => {
      if (isIn(stretch, joinedAt)) this.joined[n] = (this.joined[n] ?? 0) + 1
      if (brief.recent.some(({ at }) => isIn(stretch, at))) this.buyers[n] = (this.buyers[n] ?? 0) + 1
    })
    if (spend > 0) this.#top.spend.add(brief.id, spend)
    if (brief.available > 0) this.#top.points.add(brief.id, brief.available)
    if (lastPurchaseAt !== null) this.#top.recent.add(brief.id, lastPurchaseAt)
    if (brief.risk === 'high' && spend > 0) this.#top.at_risk.add(brief.id, spend)
  }

  get measured(): Measured {
    return { ...this.#measured, members: this.members.active, buying: this.members.buying }
  }

  get months(): MonthRetention[] {
    return this.#months.figures(this.#present)
  }

  get top(): Glance['top'] {
    const { spend, points, recent, at_risk } = this.#top
    return { spend: spend.list(), points: points.list(), recent: recent.list(), at_risk: at_risk.list() }
  }
}
