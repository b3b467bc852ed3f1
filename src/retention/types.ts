/**
 * What the retention maths takes and gives. Days are local day numbers (days since 1970 in the program's zone), time in the
 * models is in weeks as in the papers, money is in minor units of the program's currency. Nothing here is ever NaN.
 */
import type { Segment } from '../program/earning.ts'
import type { Feature } from './ranking-features.ts'

export type { Segment }

/** What one customer bought and kept: one-off purchases by day, ascending, those of a day as one; spend is net, 0 or less where all of it was given back. */
export interface BuyingHistory {
  days: readonly number[]
  spend: readonly number[]
}

/** What the models need of a history, as of a day: recency, frequency, age (Fader, Hardie & Lee 2005). */
export interface Summary {
  /** Repeat purchases: days with a purchase after the first. */
  repeats: number
  /** Weeks from the first purchase to the last; 0 without a repeat. */
  recency: number
  /** Weeks from the first purchase to the day asked about. */
  age: number
  /** Mean spend of a repeat purchase, 0 without one. */
  meanSpend: number
}

/** BG/NBD: purchases at rates of Gamma(r, alpha), leaving after a purchase with a chance of Beta(a, b). */
export interface BgNbd {
  r: number
  alpha: number
  a: number
  b: number
}

/** Gamma-Gamma: what a purchase brings (Fader & Hardie 2013). `v` is in the unit of spend. */
export interface GammaGamma {
  p: number
  q: number
  v: number
}

/** Parameters found by maximum likelihood, with what they were found on. */
export type Fitted<Parameters> = Parameters & { logLikelihood: number; customers: number }

export type ModelName = 'bg_nbd' | 'mbg_nbd'

/** How good a forecast from the past would have been; shares from 0 to 1. */
export interface Backtest {
  /** Days on which the past was cut off, ascending. */
  origins: number[]
  horizonDays: number
  /** Customers judged, over all origins. */
  customers: number
  /** Purchases foretold and come, over all origins, for each model. */
  models: Record<ModelName, { expected: number; actual: number; auc: number | null; meanAbsoluteError: number }>
  chosen: ModelName
  /** Alerts that would have been opened, and those after which the customer indeed stayed away. */
  alerts: { raised: number; right: number; stayedAway: number }
}

/**
 * How to rank customers by whether they will buy again, learnt from the shop's own past; only where it ranked better on days
 * in that past than the purchases expected by MBG/NBD did.
 */
export interface Ranking {
  /** What it looks at: see ranking-features.ts. */
  features: Feature[]
  /** Of each feature; the logarithm of the odds is their weighed sum. */
  weights: number[]
  intercept: number
  /** What a purchase of a usual customer brings, in the unit of spend. */
  typicalSpend: number
  horizonDays: number
  /** Days in the past that it was learnt from. */
  origins: number[]
  /** The test: learnt from what lay before each of these days, and held against what came after it. */
  validation: {
    origins: number[]
    /** Customers judged, over all origins. */
    customers: number
    /** Means over the origins. */
    auc: { expected: number; ranking: number }
    /** Of the gain. */
    standardError: number
  }
}

/** What is known about how this shop's customers buy: made weekly, stored whole, used until the next. */
export interface Fit {
  /** When it was made (ms), and the last day that it knows. */
  at: number
  untilDay: number
  /** Customers who had bought, and how many of them it is made from (all, or a sample by chance). */
  customers: number
  sampled: number
  /** Purchases known then, of all customers. */
  purchases?: number
  /** Null while there are too few customers: then a plain rule answers, and says that it is an estimate. */
  bgNbd: Fitted<BgNbd> | null
  mbgNbd: Fitted<BgNbd> | null
  gammaGamma: Fitted<GammaGamma> | null
  chosen: ModelName
  backtest: Backtest | null
  /** How to rank by who will buy again; null (or missing, in what was stored before) where nothing beats the model. */
  ranking?: Ranking | null
  /** How customers' own intervals vary: median days between purchases, and the spread of their logarithms. */
  rhythm: { medianDays: number; logSpread: number } | null
  /** What a purchase brings on average, for those whose own purchases say too little; minor units. */
  meanSpend: number
}

/** Upper bounds of the first four quintiles, ascending; a value up to the first bound scores 1 (recency: 5). */
export type Quintiles = [number, number, number, number]

/** Made nightly over everybody who ever bought. */
export interface RfmCuts {
  at: number
  customers: number
  /** Purchases of all of them; absent in what was learnt before they were counted. */
  purchases?: number
  /** Days since the last purchase. */
  recency: Quintiles
  /** Purchases kept. */
  frequency: Quintiles
  /** Net spend, minor units. */
  monetary: Quintiles
}

export type Risk = 'low' | 'medium' | 'high'

/** Share of subscriptions still running by whole periods (months) since they began, of one band of price. */
export interface RenewalCurve {
  /** Monthly price up to which the curve holds, minor units; null: any above the others. */
  upToMinor: number | null
  subscriptions: number
  /** `survival[k]`: share that reached k months; starts with 1. */
  survival: number[]
}

/** Everything that was learnt from the whole shop: members are judged by it. */
export interface Knowledge {
  fit: Fit | null
  cuts: RfmCuts | null
  renewals: RenewalCurve[]
}

/** What can be said of one customer today. */
export interface Outlook {
  /** Three digits, recency first: `543`. Null while there are no quintiles yet. */
  rfm: string | null
  segment: Segment | null
  /** By a plain rule, as there are too few customers to fit a model. */
  isEstimate: boolean
  /** From 0 to 1: that they are still a customer. */
  probabilityAlive: number
  expectedPurchases: { days30: number; days90: number; days365: number }
  /** What is still to come from them, discounted; minor units, whole. */
  lifetimeValueMinor: number
  /** What a purchase of theirs is expected to bring; minor units, whole. */
  spendPerPurchaseMinor: number
  risk: Risk
  /** Their usual days between purchases; null where they have bought too seldom to have a habit. */
  usualDays: number | null
  daysSinceLast: number
  /** The year's purchases expected right after the last purchase, under the same parameters. */
  expectedYearThen: number
}
