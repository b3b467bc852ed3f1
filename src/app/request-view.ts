/** Points that wait for an approver, as the outside sees them. */
import type { AdjustmentRequest } from '../core/adjustment-request.ts'
import { iso } from './member-view.ts'
import type { AdjustmentRequestView } from './ports/approvals.ts'

export const viewRequest = (request: AdjustmentRequest): AdjustmentRequestView => ({
  id: request.id,
  member: request.member,
  points: request.points,
  state: request.state,
  createdAt: iso(request.createdAt),
  endedAt: request.endedAt === null ? null : iso(request.endedAt),
  requestedBy: request.requestedBy,
  decidedBy: request.decidedBy,
  decision: request.decision && { ...request.decision, at: iso(request.decision.at) },
  note: request.note,
  reason: request.reason,
})
