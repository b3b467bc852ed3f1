/** What becomes of points that wait for an approver: somebody else says yes or no, or their member goes. */
import type { AdjustmentRequest } from '../core/adjustment-request.ts'
import { mayApprove } from '../core/staff-policy.ts'
import { add } from './adjust-points.ts'
import { answering, done, refuse } from './context.ts'
import type { Desk } from './desk.ts'
import type { AdjustmentRequestView } from './ports/approvals.ts'
import type { Idempotency, Refusal, Result } from './ports.ts'
import { viewRequest } from './request-view.ts'
import { forbids, uncountGiven } from './staff.ts'
import { tellOfRequest } from './staff-news.ts'

type Outcome = { result: Result<AdjustmentRequestView>; member: string | null }

export function decideAdjustment(
  desk: Desk,
  id: string,
  step: 'approve' | 'reject',
  why: string | null,
  key: Idempotency | null,
): Result<AdjustmentRequestView> {
  return answering(desk, key, (): Outcome => {
    const forbidden = forbids(desk, 'approve')
    if (forbidden !== null) return { result: forbidden, member: null }
    const request = desk.requests.request(id)
    if (request === null) return { result: refuse('not_found', 'There is no such request'), member: null }
    const { member } = request
    if (request.state !== 'waiting') return { result: refuse('conflict', 'This does not wait for an approval'), member }
    const refusal = step === 'approve' ? approve(desk, request) : null
    if (refusal !== null) return { result: refusal, member }
    end(desk, request, step === 'approve' ? 'approved' : 'rejected')
    request.decidedBy = desk.origin.actor
    request.decision = {
      verdict: step === 'approve' ? 'approved' : 'rejected',
      at: desk.now,
      why: why === '' ? null : why,
    }
    return { result: done(viewRequest(request)), member }
  })
}

function approve(desk: Desk, request: AdjustmentRequest): Refusal | null {
  if (!mayApprove(desk.programs.current.staff, desk.origin, request.requestedBy))
    return refuse('forbidden', 'Nobody approves what they asked for themselves')
  if (desk.member(request.member).status !== 'active') return refuse('member_inactive', 'This member is not active')
  const { points, note, requestedBy: askedBy } = request
  request.adjustment = add(desk, request.member, points, { note, askedBy })
  return null
}

function end(desk: Desk, request: AdjustmentRequest, state: 'approved' | 'rejected' | 'cancelled'): void {
  const { requestedBy: by, createdAt: at, points } = request
  if (state !== 'approved') uncountGiven(desk, { by, at, points })
  Object.assign(request, { state, endedAt: desk.now })
  desk.requests.put(request)
  tellOfRequest(desk, request)
}

/** Whoever is forgotten is given nothing any more, and what was typed about them goes. */
export function cancelRequestsOf(desk: Desk, member: string): void {
  if (desk.member(member).version === 0) return
  for (const request of desk.requests.of(member)) {
    const isWaiting = request.state === 'waiting'
    if (isWaiting) end(desk, request, 'cancelled')
    request.note = null
    if (request.decision !== null) request.decision.why = null
    if (isWaiting) request.reason = 'The member was erased'
    desk.requests.put(request)
    // What was told of them in Slack is to forget them too.
    tellOfRequest(desk, request)
  }
}
