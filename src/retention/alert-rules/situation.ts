/** What the rules of alerts are told of the shop and of a member. Days are local day numbers in the program's zone. */
import type { Alert, AlertDraft, AlertOutcome } from '../../core/alert-state.ts'
import type { Member } from '../../core/state.ts'
import type { Program } from '../../program/schema.ts'
import type { Rhythm } from '../rhythm.ts'
import type { BuyingHistory, Outlook } from '../types.ts'

/** The same for everybody of one look. */
export interface Look {
  program: Program
  now: number
  /** The local day of `now`. */
  today: number
  /** The day up to which members were judged before; null: never. */
  lastCheckDay: number | null
  /** The shop's, of the fit that is in force; null without one. */
  rhythm: Rhythm | null
}

/** Available points of one lot, or of several that end together. */
export interface EndingPoints {
  /** The instant at which they end. */
  at: number
  points: number
  /** They end because nothing is done: a purchase before keeps them. */
  byInactivity: boolean
}

export interface Situation {
  member: Pick<Member, 'status' | 'tiers' | 'subscriptions'>
  /** A subscription of theirs is running: how they buy follows no habit, and says nothing of leaving. */
  isSubscriber: boolean
  history: BuyingHistory
  /** What they spent in the last 365 days, renewals included: net, minor units. */
  spentLastYearMinor: number
  /**
   * The outlook on a day, always by the same fit: what was known to the night before and what is known now differ by time
   * alone. Null where they had bought nothing by then.
   */
  outlookAt(day: number): Outlook | null
  /** Points that end within the program's `expiringDays`, soonest first; null: nobody looked. */
  pointsEnding: readonly EndingPoints[] | null
  /** Their alerts: those still watched at least. Of `points_expiring` those that are over too, so that they come seldom. */
  alerts: readonly KnownAlert[]
}

export type KnownAlert = Pick<Alert, 'id' | 'kind' | 'occasion' | 'state' | 'outcome' | 'reason' | 'facts'>

/** Whether it still tells of something; one that is held out may too. */
export const isRunning = ({ state, outcome }: KnownAlert): boolean => state !== 'resolved' && outcome === null

export type JudgeInput = Look & Situation

/** An alert that still ran, and whose occasion has passed. */
export interface Over {
  alert: string
  outcome: Extract<AlertOutcome, 'passed' | 'member_left'>
}

export interface Judgement {
  /** The most at stake first. Also of alerts that run already, where they now say something else. */
  drafts: AlertDraft[]
  over: Over[]
}

/** How far back a look goes: the first one ever, and one that comes after a long rest. */
const LOOK_BACK_DAYS = 30

/** The day since which something must have happened to be told today; today itself where the clock was set back. */
export const lookedAtOn = ({ today, lastCheckDay }: Pick<Look, 'today' | 'lastCheckDay'>): number =>
  Math.min(today, Math.max(lastCheckDay ?? Number.NEGATIVE_INFINITY, today - LOOK_BACK_DAYS))
