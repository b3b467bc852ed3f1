/** The program's goals: what each metric is, where it stands, and whether it is on track. */
import type { Program } from '../program/schema.ts'
import { DAY_MS, startOfDay } from './calendar.ts'
import { currencyExponent } from './currency.ts'

/** What the metrics are reckoned from. */
export interface Measured {
  /** Active members. */
  members: number
  joinedLast90Days: number
  /** Active members with a purchase in the last 90 days. */
  buying: number
  /** Active members who ever bought something that was not refunded, and those who did so at least twice. */
  bought: number
  boughtAgain: number
  /** Points of all members, net of reversals: ever earned, and of these spent on rewards and causes. */
  earned: number
  redeemed: number
  /** Net spend of all members in the last twelve months, minor units. */
  spendLastYear: number
}

type Metric = Program['goals'][number]['metric']
export type GoalUnit = 'share' | 'members' | 'money'
export type GoalState = 'reached' | 'on_track' | 'behind' | 'missed'

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/**
 * - `repeat_rate`: of the active members who ever bought, the share who did so at least twice.
 * - `active_rate`: the share of active members with a purchase in the last 90 days.
 * - `redemption_rate`: of all points ever earned, net of reversals, the share spent on rewards and causes.
 * - `members`: active members.
 * - `spend_per_member`: net spend of the last twelve months by active member, minor units.
 */
const METRICS: Record<Metric, { unit: GoalUnit; measure: string; actual: (measured: Measured) => number | null }> = {
  repeat_rate: {
    unit: 'share',
    measure: 'Of the active members who ever bought, the share who bought at least twice',
    actual: ({ bought, boughtAgain }) => ratio(boughtAgain, bought),
  },
  active_rate: {
    unit: 'share',
    measure: 'The share of active members who bought in the last 90 days',
    actual: ({ buying, members }) => ratio(buying, members),
  },
  redemption_rate: {
    unit: 'share',
    measure: 'Of all points ever earned, net of reversals, the share spent on rewards and causes',
    actual: ({ earned, redeemed }) => (earned <= 0 ? null : redeemed / earned),
  },
  members: { unit: 'members', measure: 'Active members', actual: ({ members }) => members },
  spend_per_member: {
    unit: 'money',
    measure: 'Net spend of the last twelve months, by active member',
    actual: ({ members, spendLastYear }) => (members === 0 ? null : Math.round(spendLastYear / members)),
  },
}

export interface Goal {
  metric: Metric
  unit: GoalUnit
  target: number
  actual: number | null
  by: string
  state: GoalState
  measure: string
}

/** How a state is come to, for whoever reads it. */
export const GOALS_EXPLAINED =
  'A goal is reached when the target is met, and missed when its day has passed. Until then, members are on track when the pace at which they joined in the last 90 days leads there in time; a rate or an average that is below its target is behind.'

export function judgeGoals(program: Program, measured: Measured, now: number): Goal[] {
  return program.goals.map(({ metric, target: written, by }) => {
    const { unit, measure, actual: measureOf } = METRICS[metric]
    const actual = measureOf(measured)
    const target = unit === 'money' ? Math.round(written * 10 ** currencyExponent(program.currency)) : written
    // The day itself still counts.
    const end = startOfDay(Date.parse(`${by}T00:00:00Z`) / DAY_MS + 1, program.timezone)
    return { metric, unit, target, actual, by, measure, state: stateOf(metric, actual, target, measured, end - now) }
  })
}

function stateOf(
  metric: Metric,
  actual: number | null,
  target: number,
  { joinedLast90Days }: Measured,
  leftMs: number,
): GoalState {
  if (actual !== null && actual >= target) return 'reached'
  if (leftMs <= 0) return 'missed'
  if (metric !== 'members' || actual === null) return 'behind'
  return actual + (joinedLast90Days * leftMs) / (90 * DAY_MS) >= target ? 'on_track' : 'behind'
}
