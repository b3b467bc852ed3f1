/** What the reports on retention look like. Shares are from 0 to 1; null where there is nothing to take a share of. */
import type { AlertKind } from '../../core/alert-state.ts'
import type { Cohort, CohortAverage } from '../../retention/cohorts.ts'
import type { HoldoutEffect, JoiningFigures } from '../../retention/impact.ts'
import type { Figures } from '../../retention/metrics.ts'
import type { MonthFigures } from '../../retention/metrics-months.ts'
import type { NetPromoter, Stars } from '../../retention/nps.ts'
import type { SubscriptionMonth } from '../../retention/subscription-churn.ts'
import type { ModelName } from '../../retention/types.ts'

/** By what customers are told apart. */
export type GroupedBy = 'cohort' | 'tier' | 'segment' | 'membership'

export interface RetentionGroup extends Figures {
  by: GroupedBy
  /** A month, a tier, a segment, `members` or `others`. Null: earlier months, no tier, no segment. */
  id: string | null
  name: string
}

export interface AlertLine {
  kind: AlertKind
  /** Opened in the period; of these, somebody acted on, came back after that in time, and may still come back. */
  opened: number
  actedOn: number
  cameBack: number
  waiting: number
  /** Open now, whenever they were opened, and what is at stake. */
  open: number
  value: number
}

export interface HoldoutArm {
  customers: number
  returned: number
  share: number | null
}

export interface RetentionImpact {
  /** Null while nobody is held out. */
  holdout: {
    /** The share of customers held out, and the days between which alerts were opened under it; `to` null: until now. */
    holdout: number
    from: string
    to: string | null
    shown: HoldoutArm
    heldOut: HoldoutArm
    /** Null: too few to say. */
    effect: (HoldoutEffect & { confidence: number; method: string }) | null
    says: string
  } | null
  /** Before and after joining: not causal. */
  joining: JoiningFigures & { days: number; says: string }
  /** Who came back after somebody acted: no proof. */
  acting: { actedOn: number; cameBack: number; waiting: number; says: string }
}

export interface RetentionModelLine {
  at: string
  /** The last day that it knows. */
  until: string
  customers: number
  sampled: number
  /** Null: too few customers for a model; a plain rule answers. */
  chosen: ModelName | null
  logLikelihoods: { bgNbd: number | null; mbgNbd: number | null; gammaGamma: number | null }
  /** Null while there is too little history to try it on. */
  backtest: {
    origins: string[]
    horizonDays: number
    customers: number
    raised: number
    right: number
    stayedAway: number
    expectedPurchases: number
    actualPurchases: number
  } | null
  says: string
}

export interface RetentionParts {
  /** The days compared: the months of the span, as far as they are over, and as many days before. */
  period: { from: string; to: string; days: number; before: { from: string; to: string } }
  total: Figures
  /** The last one may not be over yet. */
  months: (MonthFigures & { complete: boolean })[]
  groups: RetentionGroup[]
  subscriptions: {
    running: number
    /** Of the whole span. */
    ended: number
    churn: number | null
    months: SubscriptionMonth[]
    /** Shares that reached each month, by monthly price; `upTo` null: above the others. */
    curves: { upTo: number | null; subscriptions: number; survival: number[] }[]
  }
  impact: RetentionImpact
  alerts: AlertLine[]
  /** Null: none was made yet. */
  model: RetentionModelLine | null
  /** When everybody was last looked at; null: never. */
  lookedAt: string | null
  feedback: {
    nps: NetPromoter
    stars: Stars
    months: { month: string; nps: NetPromoter; stars: Stars }[]
  }
}

export interface CohortsParts {
  /** Who ever bought in the currency; of these, whose first purchase was before or after the cohorts listed. */
  customers: number
  earlier: number
  later: number
  cohorts: Cohort[]
  averages: CohortAverage[]
  /** Currencies in which there are purchases. */
  currencies: string[]
}
