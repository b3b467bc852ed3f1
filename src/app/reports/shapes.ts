/** What reports look like. Money is in minor units of the program's currency, and its fields bear the names in `MONEY_FIELDS`. */
import type { Flows, LiabilityMonth } from '../../core/report-flows.ts'
import type { CohortsParts, RetentionParts } from './retention-shapes.ts'

export const REPORT_NAMES = [
  'summary',
  'liability',
  'retention',
  'cohorts',
  'campaigns',
  'partners',
  'causes',
  'products',
] as const
export type ReportName = (typeof REPORT_NAMES)[number]

/**
 * Fields that hold money, wherever they stand in a report: what turns minor units into major ones goes by these. It is in the
 * program's currency, or in that of the nearest `currency` around it.
 */
export const MONEY_FIELDS: ReadonlySet<string> = new Set([
  'value',
  'spend',
  'cost',
  'amount',
  'spendPerMember',
  'difference',
  'low',
  'high',
  'owedByPartner',
  'owedToPartner',
  'net',
  'known',
  'averageOrder',
  'lifetimeValue',
  'expectedValue',
  'spendPerCustomer',
  'spendBefore',
  'spendAfter',
  'upTo',
])

/** Days (`2026-11-22`) or months (`2026-11`) of the program's zone, both included; left out: the report's own. */
export interface ReportPeriod {
  from?: string
  to?: string
  /** In which currency; for the cohorts alone. Left out: the program's. */
  currency?: string
}

interface ReportBase<Name extends ReportName> {
  report: Name
  /** When it was made. */
  at: string
  currency: string
  timezone: string
  /** The first and the last day; null: from the beginning, or until now. */
  from: string | null
  to: string | null
  /** Whether there is anything to report. */
  empty: boolean
  /** How the figures come about, in sentences. */
  how: string[]
}

export type PointFlows = Flows

export interface LiabilityReport extends ReportBase<'liability'> {
  months: (LiabilityMonth & {
    /** Of what was owed at its end. */
    value: number
    /** False for the month that is not over yet. */
    complete: boolean
  })[]
  /** Now. `points` is what is available, pending and reserved, less what members owe. */
  outstanding: {
    points: number
    available: number
    pending: number
    reserved: number
    /** Of that, what members owe: it is taken off already. */
    owed: number
    value: number
  }
  /** Open points by whole months since they were earned; `to` null: and older. */
  ages: { from: number; to: number | null; points: number; value: number }[]
  /** Open points by the month in which they end, unless they are used. */
  expiring: { month: string; points: number; value: number }[]
  withoutEnd: { points: number; value: number }
  breakage: {
    points: number | null
    value: number | null
    /** The share of points that ended unused in the months looked at. */
    rate: number | null
    from: string | null
    to: string | null
    months: number
    estimate: string
  }
}

export type GoalState = 'reached' | 'on_track' | 'behind' | 'missed'

export interface GoalLine {
  metric: string
  /** `share` 0..1, `members`, or `money`: then target and actual are minor units. */
  unit: 'share' | 'members' | 'money'
  target: number
  /** Null while it cannot be said. */
  actual: number | null
  by: string
  state: GoalState
  /** What is measured, in words. */
  measure: string
}

export interface Held {
  /** Members by the tier they hold; `id` null: none. */
  tiers: { id: string | null; name: string; members: number }[]
  /** Rewards on their way or waiting to be used. */
  rewards: { id: string; name: string; open: number; chosen: number }[]
  badges: { id: string; name: string; members: number }[]
  /** Members who are on the way, or met it. */
  challenges: { id: string; name: string; members: number }[]
  /** Open points that came from there. */
  partners: { id: string; name: string; points: number }[]
  /** Points that were given to it. */
  causes: { id: string; name: string; points: number }[]
}

export interface SummaryReport extends ReportBase<'summary'> {
  members: {
    active: number
    candidates: number
    left: number
    suspended: number
    newThisMonth: number
    newLastMonth: number
    /** With a purchase in the last 90 days. */
    buying: number
  }
  points: { outstanding: number; value: number; thisMonth: PointFlows; lastMonth: PointFlows }
  /** Of members, in the last twelve months. */
  lastYear: { purchases: number; spend: number }
  openRewards: number
  goals: GoalLine[]
  held: Held
}

export interface CampaignLine {
  id: string
  name: string
  on: 'purchase' | 'enrolment'
  from: string | null
  to: string | null
  state: 'ahead' | 'running' | 'over'
  announced: boolean
  holdout: number
  /** Members whom it brought points. */
  members: number
  purchases: number
  /** On those purchases. */
  spend: number
  points: number
  /** What these points are worth. */
  cost: number
  /** Null where nobody was held out. */
  comparison: CampaignComparison | null
  /** What can be said of what it brought, and what cannot. */
  says: string
}

export interface CampaignComparison {
  treated: { members: number; spendPerMember: number }
  heldOut: { members: number; spendPerMember: number }
  /** Spend per member; null: too few to say. */
  uplift: { difference: number; low: number; high: number; confidence: number; method: string } | null
}

export interface CampaignsReport extends ReportBase<'campaigns'> {
  campaigns: CampaignLine[]
}

export interface PartnerMonth {
  month: string
  purchases: number
  spend: number
  /** Net of what went back. */
  issued: number
  redeemed: number
  /** What the partner pays for points issued, and is paid for points redeemed. Null: the program has no price any more. */
  owedByPartner: number | null
  owedToPartner: number | null
  /** What the partner pays in the end; below 0: is paid. */
  net: number | null
}

export interface PartnerLine {
  id: string
  name: string
  /** Whether the program in force has it. */
  listed: boolean
  /** Points issued there that cannot be used yet, now. */
  pending: number
  months: PartnerMonth[]
  total: Omit<PartnerMonth, 'month'>
}

export interface PartnersReport extends ReportBase<'partners'> {
  partners: PartnerLine[]
}

export interface CauseLine {
  id: string
  name: string
  listed: boolean
  /** Given by purchases: pieces, and a share of spend. */
  purchases: number
  items: number
  amount: number
  /** Points that members gave, and what they are worth. */
  points: number
  value: number
  /** Given in members’ names, as an award. */
  gifts: number
  /** Rewards that are donations. */
  donations: { rewards: number; amount: number }
}

export interface CausesReport extends ReportBase<'causes'> {
  causes: CauseLine[]
  totals: Omit<CauseLine, 'id' | 'name' | 'listed'>
}

export interface ProductPart {
  purchases: number
  pieces: number
  amount: number
}

export interface ProductLine extends ProductPart {
  /** Null: lines without a product. */
  product: string | null
  byTier: (ProductPart & { tier: string | null; name: string })[]
  bySegment: (ProductPart & { segment: string | null })[]
}

export interface ProductsReport extends ReportBase<'products'> {
  /** The most bought first. */
  products: ProductLine[]
  /** Those beyond the list’s length, together; null: none. */
  others: (ProductPart & { products: number }) | null
  /** How much of the spend has known items. */
  coverage: { purchases: number; spend: number; knownPurchases: number; known: number; share: number | null }
}

export type RetentionReport = ReportBase<'retention'> & RetentionParts
/** Money is in `currency`, which may be another than the program's. */
export type CohortsReport = ReportBase<'cohorts'> & CohortsParts

export interface Reports {
  summary: SummaryReport
  liability: LiabilityReport
  retention: RetentionReport
  cohorts: CohortsReport
  campaigns: CampaignsReport
  partners: PartnersReport
  causes: CausesReport
  products: ProductsReport
}
export type Report = Reports[ReportName]
