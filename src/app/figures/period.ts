/** A week or a month in figures, beside the one before it. */
import { DAY_MS, localDay, startOfDay } from '../../core/calendar.ts'
import { addToMonth } from '../../core/report-months.ts'
import { pointsValue } from '../../core/report-value.ts'
import { ratio } from '../../retention/metrics.ts'
import { iso } from '../member-view.ts'
import type { FigurePeriod, Glance, PeriodFigures } from '../ports/figures.ts'
import { lastDayOf } from '../reports/period.ts'
import { readFeedback } from '../reports/retention-feedback.ts'
import type { MemberBrief, Store } from '../store-port.ts'
import { earned, readFlows, redeemed, type Stretch } from './flows.ts'
import { briefsInSlices, type Moment } from './glance.ts'

const MONTH_PARTS_FROM = 10
const DAYS_IN_PART = 7

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** Whole months are held against the month before, anything else against as many days right before. */
export function periodBefore({ from, to }: FigurePeriod): FigurePeriod {
  const month = from.slice(0, 7)
  if (from.endsWith('-01') && to === lastDayOf(month)) {
    const before = addToMonth(month, -1)
    return { from: `${before}-01`, to: lastDayOf(before) }
  }
  const days = dayOf(to) - dayOf(from) + 1
  return { from: dateOf(dayOf(from) - days), to: dateOf(dayOf(from) - 1) }
}

/** Days of a week; of longer periods sevens of days. Only those that have begun. */
function partsOf({ from, to }: FigurePeriod, today: number): FigurePeriod[] {
  const [first, last] = [dayOf(from), Math.min(dayOf(to), today)]
  const size = last - first >= MONTH_PARTS_FROM ? DAYS_IN_PART : 1
  const parts: FigurePeriod[] = []
  for (let day = first; day <= last; day += size)
    parts.push({ from: dateOf(day), to: dateOf(Math.min(last, day + size - 1)) })
  return parts
}

const stretchOf = ({ from, to }: FigurePeriod, zone: string): Stretch => ({
  fromMs: startOfDay(dayOf(from), zone),
  toMs: startOfDay(dayOf(to) + 1, zone),
})

export interface PeriodMoment extends Omit<Moment, 'store'> {
  store: Moment['store'] & Pick<Store, 'feedbackAfter'>
  /** Goals are as of now, whatever the period. */
  goals: Glance['goals']
}

export async function makePeriodFigures(
  { store, program, now, goals }: PeriodMoment,
  period: FigurePeriod,
): Promise<PeriodFigures> {
  const zone = program.timezone
  const before = periodBefore(period)
  const parts = partsOf(period, localDay(now, zone))
  const [stretch, wholeBefore] = [stretchOf(period, zone), stretchOf(before, zone)]
  // What is not over yet is held against as much of the time before.
  const comparedTo = Math.min(wholeBefore.toMs, wholeBefore.fromMs + Math.max(0, now - stretch.fromMs))
  const tally = new PeriodTally(
    stretch,
    wholeBefore,
    comparedTo,
    parts.map((part) => stretchOf(part, zone)),
  )
  // Whether somebody bought for the second time is a question of all they ever bought.
  for await (const briefs of briefsInSlices(store, 0)) for (const brief of briefs) tally.add(brief)
  const { flows, outstanding } = await readFlows(store, stretch)
  const { nps } = await readFeedback({ store, zone }, [], stretch)
  return {
    ...period,
    at: iso(now),
    currency: program.currency,
    complete: stretch.toMs <= now,
    before,
    points: { earned: earned(flows), redeemed: redeemed(flows), expired: flows.expired },
    liability: { points: outstanding, value: pointsValue(outstanding, program.points.value, program.currency) },
    members: tally.members,
    spend: tally.spend,
    spendBefore: tally.spendBefore,
    retention: ratio(tally.retained, tally.customersBefore),
    repeatRate: ratio(tally.repeated, tally.customers),
    parts: parts.map((part, n) => ({ ...part, ...(tally.parts[n] ?? { spend: 0, purchases: 0 }) })),
    goals,
    nps,
  }
}

const isIn = ({ fromMs, toMs }: Stretch, at: number): boolean => at >= fromMs && at < toMs

class PeriodTally {
  readonly members = { joined: 0, buying: 0 }
  spend = 0
  spendBefore = 0
  customers = 0
  customersBefore = 0
  retained = 0
  repeated = 0
  readonly parts: { spend: number; purchases: number }[]
  readonly #period: Stretch
  readonly #before: Stretch
  readonly #comparedTo: number
  readonly #parts: readonly Stretch[]

  constructor(period: Stretch, before: Stretch, comparedTo: number, parts: readonly Stretch[]) {
    this.#period = period
    this.#before = before
    this.#comparedTo = comparedTo
    this.#parts = parts
    this.parts = parts.map(() => ({ spend: 0, purchases: 0 }))
  }

  add({ status, joinedAt, recent }: MemberBrief): void {
    const isMember = status === 'active' || status === 'suspended' || status === 'left'
    if (isMember && isIn(this.#period, joinedAt)) this.members.joined++
    const within = recent.filter(({ at }) => isIn(this.#period, at))
    const isBefore = recent.some(({ at }) => isIn(this.#before, at))
    if (isBefore) this.customersBefore++
    if (isBefore && within.length > 0) this.retained++
    if (within.length > 0) {
      this.customers++
      if (recent.filter(({ at }) => at < this.#period.toMs).length > 1) this.repeated++
    }
    if (!isMember) return
    if (within.length > 0) this.members.buying++
    for (const { at, spendMinor } of recent) {
      if (isIn(this.#before, at) && at < this.#comparedTo) this.spendBefore += spendMinor
      if (!isIn(this.#period, at)) continue
      this.spend += spendMinor
      const part = this.parts[this.#parts.findIndex((stretch) => isIn(stretch, at))]
      if (part === undefined) continue
      part.spend += spendMinor
      part.purchases++
    }
  }
}
