/** The shop at a glance, and a period of it in figures: what staff look at every day, kept so that looking costs nothing. */
import type { NetPromoter } from '../../retention/nps.ts'
import type { GoalLine } from '../reports/shapes.ts'

/** Whole days up to yesterday; `before`: as many, right before them. */
export interface WeekFigure {
  yesterday: number
  week: number
  before: number
}

export interface MonthRetention {
  /** `2026-11`. */
  month: string
  /** False for the month that is not over yet. */
  complete: boolean
  customers: number
  customersBefore: number
  retained: number
  /** Of those who bought in the month before, the share who bought in this one again; null: nobody had. */
  retention: number | null
}

/** `spend`: of the last twelve months, minor units. `points`: available. `recent`: when they last bought, ms. `at_risk`: of those, `spend`. */
export type TopKind = 'spend' | 'points' | 'recent' | 'at_risk'
export const TOP_KINDS: readonly TopKind[] = ['spend', 'points', 'recent', 'at_risk']
/** So many of each are kept, the first first. */
export const TOP_LIMIT = 60

export interface TopLine {
  member: string
  value: number
}

export interface Glance {
  at: string
  /** The local day on which it was made. */
  day: string
  /** Of the program it was made by. */
  version: string
  members: {
    active: number
    candidates: number
    newThisMonth: number
    newLastMonth: number
    /** Active members with a purchase in the last 90 days. */
    buying: number
  }
  /** What members hold, less what they owe. `value`: minor units. */
  points: { outstanding: number; value: number }
  /** Of all points ever earned, net of reversals, the share spent on rewards and causes; null while none was earned. */
  redemptionRate: number | null
  week: {
    /** Points, net of what came back. */
    earned: WeekFigure
    redeemed: WeekFigure
    /** Active members who bought. */
    buying: WeekFigure
    /** Who joined. */
    joined: WeekFigure
  }
  /** Thirteen, the present one last. */
  months: MonthRetention[]
  goals: GoalLine[]
  top: Record<TopKind, TopLine[]>
}

/** Local days, both included. */
export interface FigurePeriod {
  from: string
  to: string
}

export interface PeriodFigures extends FigurePeriod {
  at: string
  currency: string
  /** Whether all of it is over. */
  complete: boolean
  /** As many days right before, or the month before where it is one. */
  before: FigurePeriod
  /** Recorded in it, each net of what came back. A reward that ended unused was redeemed all the same. */
  points: { earned: number; redeemed: number; expired: number }
  /** As it ended, or now. `value`: minor units, at the value of a point in the program in force. */
  liability: { points: number; value: number }
  members: {
    joined: number
    /** Members now who bought in it. */
    buying: number
  }
  /** What members bought and kept, minor units. */
  spend: number
  /** The same of the period before; where this one is not over, of as much of it as has passed of this one. */
  spendBefore: number
  /** Of all customers who bought in the period before, the share who bought in this one again. */
  retention: number | null
  /** Of who bought in it, the share who had bought at least twice by its end. */
  repeatRate: number | null
  /** By part: days of a week, weeks of a month; whole parts of it that have begun. */
  parts: { from: string; to: string; spend: number; purchases: number }[]
  goals: GoalLine[]
  nps: NetPromoter
}

export interface Figures {
  /**
   * The shop at a glance, as last made where that is not longer ago than so many ms. `null`: whatever is kept, and nothing
   * is made; answers null where nothing is.
   */
  glance(maxAgeMs: null): Promise<Glance | null>
  glance(maxAgeMs: number | null): Promise<Glance | null>
  periodFigures(period: FigurePeriod): Promise<PeriodFigures>
}
