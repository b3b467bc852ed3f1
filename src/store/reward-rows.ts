/** Rows of grants and redemptions, and what they stand for. What no query needs is one JSON text. */
import type { Grant, Redemption } from '../core/reward-state.ts'
import type { SqlValue } from './driver.ts'

export interface GrantRow {
  id: string
  version: number
  member: string
  occasion: Grant['occasion']
  rule: string
  subject: string
  at: number
  recorded_at: number
  points: number
  state: Grant['state']
  payment: string | null
  body: string
}

export const grantFrom = (row: GrantRow): Grant => ({
  id: row.id,
  version: row.version,
  member: row.member,
  occasion: row.occasion,
  rule: row.rule,
  subject: row.subject,
  at: row.at,
  recordedAt: row.recorded_at,
  points: row.points,
  state: row.state,
  payment: row.payment,
  ...(JSON.parse(row.body) as Pick<Grant, 'program' | 'award' | 'chosen'>),
})

export const GRANT_COLUMNS = [
  'member',
  'occasion',
  'rule',
  'subject',
  'at',
  'recorded_at',
  'points',
  'state',
  'payment',
  'body',
] as const

/** In the order of `GRANT_COLUMNS`, the id last. */
export const grantValues = (grant: Grant): SqlValue[] => [
  grant.member,
  grant.occasion,
  grant.rule,
  grant.subject,
  grant.at,
  grant.recordedAt,
  grant.points,
  grant.state,
  grant.payment,
  JSON.stringify({ program: grant.program, award: grant.award, chosen: grant.chosen }),
  grant.id,
]

export interface RedemptionRow {
  id: string
  version: number
  member: string
  reward: string
  state: Redemption['state']
  charge: Redemption['charge']
  cost: number
  created_at: number
  issued_at: number | null
  expires_at: number | null
  ended_at: number | null
  used_by: string | null
  grant_id: string | null
  note: string | null
  body: string
}

type RedemptionBody = Pick<
  Redemption,
  | 'program'
  | 'value'
  | 'taken'
  | 'partner'
  | 'code'
  | 'vendor'
  | 'cancelling'
  | 'reason'
  | 'again'
  | 'requestedBy'
  | 'decidedBy'
> & { decision?: Redemption['decision']; isRefused?: true; why?: string }

export const redemptionFrom = (row: RedemptionRow): Redemption => ({
  id: row.id,
  version: row.version,
  member: row.member,
  reward: row.reward,
  state: row.state,
  charge: row.charge,
  cost: row.cost,
  createdAt: row.created_at,
  issuedAt: row.issued_at,
  expiresAt: row.expires_at,
  endedAt: row.ended_at,
  usedBy: row.used_by,
  grant: row.grant_id,
  note: row.note,
  decision: null,
  isRefused: false,
  ...(JSON.parse(row.body) as RedemptionBody),
})

export const REDEMPTION_COLUMNS = [
  'member',
  'reward',
  'state',
  'charge',
  'cost',
  'created_at',
  'issued_at',
  'expires_at',
  'ended_at',
  'used_by',
  'grant_id',
  'note',
  'body',
] as const

/** In the order of `REDEMPTION_COLUMNS`, the id last. */
export function redemptionValues(redemption: Redemption): SqlValue[] {
  const {
    program,
    value,
    taken,
    partner,
    code,
    vendor,
    cancelling,
    reason,
    again,
    requestedBy,
    decidedBy,
    decision,
    isRefused,
    why,
  } = redemption
  const body: RedemptionBody = {
    program,
    value,
    taken,
    partner,
    code,
    vendor,
    cancelling,
    reason,
    again,
    requestedBy,
    decidedBy,
    // Nobody decides on most of them.
    ...(decision !== null && { decision }),
    ...(isRefused && { isRefused }),
    ...(why !== undefined && { why }),
  }
  return [
    redemption.member,
    redemption.reward,
    redemption.state,
    redemption.charge,
    redemption.cost,
    redemption.createdAt,
    redemption.issuedAt,
    redemption.expiresAt,
    redemption.endedAt,
    redemption.usedBy,
    redemption.grant,
    redemption.note,
    JSON.stringify(body),
    redemption.id,
  ]
}
