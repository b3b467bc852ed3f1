/** What staff may not give away alone, and who says yes or no to it: presents (redemptions) and points (adjustments). */
import type { EntryView, Idempotency, Origin, Page, RedemptionView, Result } from '../ports.ts'

export interface DecisionView {
  verdict: 'approved' | 'rejected'
  at: string
  /** What they typed; erased with the member. */
  why: string | null
}

export type ApprovalState = 'waiting' | 'approved' | 'rejected' | 'cancelled'

export interface AdjustmentRequestView {
  id: string
  member: string
  points: number
  state: ApprovalState
  createdAt: string
  /** When it was decided or cancelled. */
  endedAt: string | null
  requestedBy: string
  decidedBy: string | null
  decision: DecisionView | null
  /** Why the points are to be given, as it was typed. */
  note: string | null
  /** Why it was cancelled. */
  reason: string | null
}

/** One question to the approvers, whatever it is about. */
export interface ApprovalView {
  /** A redemption's id, or an adjustment request's. */
  id: string
  kind: 'reward' | 'points'
  state: ApprovalState
  member: { id: string; name: string | null; email: string | null }
  /** What it is worth in points. */
  points: number
  /** The reward's name; null where it is points alone. */
  reward: string | null
  /** Why, as whoever asked typed it. */
  why: string | null
  requestedBy: string
  askedAt: string
  endedAt: string | null
  decidedBy: string | null
  decision: DecisionView | null
  /** Why it was cancelled. */
  reason: string | null
  /** Of a reward: what became of it. */
  redemption: RedemptionView | null
}

export interface Approvals {
  /** At once where they may give so much alone; else it waits for an approver. What is taken needs nobody's leave. */
  askForAdjustment(
    ref: string,
    input: { points: number; reason: string },
    origin: Origin,
    idempotency: Idempotency | null,
  ): Promise<Result<{ done: EntryView } | { waits: AdjustmentRequestView }>>
  decideAdjustment(
    id: string,
    step: 'approve' | 'reject',
    input: { reason?: string | null },
    origin: Origin,
    idempotency: Idempotency | null,
  ): Promise<Result<AdjustmentRequestView>>
  /** Newest first. */
  listAdjustmentRequests(query: {
    state?: ApprovalState
    limit: number
    cursor?: string
  }): Promise<Result<Page<AdjustmentRequestView>>>
  /** Of a redemption that never waited for anybody: `not_found`. */
  getApproval(id: string): Promise<Result<ApprovalView>>
  /** What waits now, the newest first; at most so many. */
  listApprovals(limit: number): Promise<{ items: ApprovalView[]; hasMore: boolean }>
  /** What somebody of staff gave away today in points, what waits included, and what they may in a day. */
  givenToday(actor: string): Promise<{ points: number; limit: number }>
}
