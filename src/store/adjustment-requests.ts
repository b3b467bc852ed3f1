/** Points that wait for an approver. What no query needs is one JSON text; what staff typed stands apart, to be erased. */
import type { Store } from '../app/store-port.ts'
import type { AdjustmentRequest } from '../core/adjustment-request.ts'
import type { Driver, SqlValue } from './driver.ts'

export interface AdjustmentRequestRow {
  id: string
  version: number
  member: string
  points: number
  state: AdjustmentRequest['state']
  created_at: number
  note: string | null
  why: string | null
  body: string
}

type Body = Pick<AdjustmentRequest, 'endedAt' | 'requestedBy' | 'decidedBy' | 'reason' | 'adjustment'> & {
  decision: Omit<NonNullable<AdjustmentRequest['decision']>, 'why'> | null
}

export function adjustmentRequestFrom(row: AdjustmentRequestRow): AdjustmentRequest {
  const { decision, ...body } = JSON.parse(row.body) as Body
  return {
    id: row.id,
    version: row.version,
    member: row.member,
    points: row.points,
    state: row.state,
    createdAt: row.created_at,
    note: row.note,
    ...body,
    decision: decision && { ...decision, why: row.why },
  }
}

export const ADJUSTMENT_REQUEST_COLUMNS = ['member', 'points', 'state', 'created_at', 'note', 'why', 'body'] as const

/** In the order of `ADJUSTMENT_REQUEST_COLUMNS`, the id last. */
export function adjustmentRequestValues(request: AdjustmentRequest): SqlValue[] {
  const { member, points, state, createdAt, note, decision, endedAt, requestedBy, decidedBy, reason } = request
  const { adjustment, id } = request
  const said = decision && { verdict: decision.verdict, at: decision.at }
  const body: Body = { endedAt, requestedBy, decidedBy, reason, adjustment, decision: said }
  return [member, points, state, createdAt, note, decision?.why ?? null, JSON.stringify(body), id]
}

// Two statements, for each is answered by an index of its own.
const NEWEST_FIRST = 'ORDER BY created_at DESC, id DESC LIMIT ?'
const PAGE = `SELECT * FROM adjustment_request WHERE (created_at, id) < (?, ?) ${NEWEST_FIRST}`
const PAGE_OF_STATE = `SELECT * FROM adjustment_request WHERE state = ? AND (created_at, id) < (?, ?) ${NEWEST_FIRST}`

export const createAdjustmentRequestPages = (driver: Driver): Pick<Store, 'adjustmentRequestsPage'> => ({
  adjustmentRequestsPage: async ({ state, limit, before }) => {
    const from = before ?? [Number.MAX_SAFE_INTEGER, '']
    const rows =
      state === null
        ? await driver.all<AdjustmentRequestRow>(PAGE, [...from, limit])
        : await driver.all<AdjustmentRequestRow>(PAGE_OF_STATE, [state, ...from, limit])
    return rows.map(adjustmentRequestFrom)
  },
})
