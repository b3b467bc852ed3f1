/** Rows of alerts, feedback, purchases and outlooks, and what they stand for. What no query needs is one JSON text. */
import type { PaidPurchase, Purchase, StoredOutlook } from '../app/store-port.ts'
import type { Alert, Feedback } from '../core/alert-state.ts'
import type { SqlValue } from './driver.ts'

export interface AlertRow {
  id: string
  version: number
  member: string
  kind: Alert['kind']
  state: Alert['state']
  value_minor: number
  opened_at: number
  snoozed_until: number | null
  assignee: string | null
  outcome: Alert['outcome']
  note: string | null
  body: string
}

type AlertBody = Pick<
  Alert,
  | 'occasion'
  | 'reason'
  | 'facts'
  | 'suggestion'
  | 'resolvedAt'
  | 'actedAt'
  | 'windowDays'
  | 'lastPurchaseAt'
  | 'returned'
  | 'cameBack'
  | 'steps'
>

export const alertFrom = (row: AlertRow): Alert => ({
  id: row.id,
  version: row.version,
  member: row.member,
  kind: row.kind,
  state: row.state,
  valueMinor: row.value_minor,
  openedAt: row.opened_at,
  snoozedUntil: row.snoozed_until,
  assignee: row.assignee,
  outcome: row.outcome,
  note: row.note,
  ...(JSON.parse(row.body) as AlertBody),
})

export const ALERT_COLUMNS = [
  'member',
  'kind',
  'state',
  'value_minor',
  'opened_at',
  'snoozed_until',
  'assignee',
  'outcome',
  'note',
  'body',
] as const

/** In the order of `ALERT_COLUMNS`, the id last. */
export function alertValues(alert: Alert): SqlValue[] {
  const { occasion, reason, facts, suggestion, resolvedAt, actedAt, windowDays, lastPurchaseAt } = alert
  const { returned, cameBack, steps } = alert
  const body = {
    occasion,
    reason,
    facts,
    suggestion,
    resolvedAt,
    actedAt,
    windowDays,
    lastPurchaseAt,
    returned,
    cameBack,
    steps,
  } satisfies AlertBody
  return [
    alert.member,
    alert.kind,
    alert.state,
    alert.valueMinor,
    alert.openedAt,
    alert.snoozedUntil,
    alert.assignee,
    alert.outcome,
    alert.note,
    JSON.stringify(body),
    alert.id,
  ]
}

export interface FeedbackRow {
  id: string
  member: string
  at: number
  recorded_at: number
  scale: Feedback['scale']
  score: number
  text: string | null
  source: string
}

export const feedbackFrom = ({ recorded_at, ...row }: FeedbackRow): Feedback => ({ ...row, recordedAt: recorded_at })

export const FEEDBACK_COLUMNS = ['id', 'member', 'at', 'recorded_at', 'scale', 'score', 'text', 'source'] as const

/** In the order of `FEEDBACK_COLUMNS`. */
export const feedbackValues = ({ id, member, at, recordedAt, scale, score, text, source }: Feedback): SqlValue[] => [
  id,
  member,
  at,
  recordedAt,
  scale,
  score,
  text,
  source,
]

export interface PurchaseRow {
  at: number
  spend_minor: number
  renewal: 0 | 1
}

export const purchaseFrom = ({ at, spend_minor, renewal }: PurchaseRow): Purchase => ({
  at,
  spendMinor: spend_minor,
  isRenewal: renewal === 1,
})

export interface PaidRow {
  member: string
  at: number
  currency: string | null
  net_minor: number
  renewal: 0 | 1
}

export const paidFrom = ({ at, currency, net_minor, renewal }: PaidRow): PaidPurchase => ({
  at,
  currency,
  netMinor: net_minor,
  isRenewal: renewal === 1,
})

export interface OutlookRow {
  member: string
  at: number
  risk: StoredOutlook['risk']
  rfm: string | null
  probability_alive: number
  expected_90: number
  lifetime_value_minor: number
  last_purchase_at: number | null
}

export const outlookFrom = (row: OutlookRow): StoredOutlook => ({
  member: row.member,
  at: row.at,
  risk: row.risk,
  rfm: row.rfm,
  probabilityAlive: row.probability_alive,
  expected90: row.expected_90,
  lifetimeValueMinor: row.lifetime_value_minor,
  lastPurchaseAt: row.last_purchase_at,
})

export const OUTLOOK_COLUMNS = [
  'member',
  'at',
  'risk',
  'rfm',
  'probability_alive',
  'expected_90',
  'lifetime_value_minor',
  'last_purchase_at',
] as const

/** In the order of `OUTLOOK_COLUMNS`. */
export const outlookValues = (outlook: StoredOutlook): SqlValue[] => [
  outlook.member,
  outlook.at,
  outlook.risk,
  outlook.rfm,
  outlook.probabilityAlive,
  outlook.expected90,
  outlook.lifetimeValueMinor,
  outlook.lastPurchaseAt,
]
