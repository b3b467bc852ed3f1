/** What waits for a second pair of eyes (ports/approvals.ts): presents and points in one list. */
import type { AdjustmentRequest } from '../core/adjustment-request.ts'
import type { Redemption } from '../core/reward-state.ts'
import { staffDay } from '../core/staff-policy.ts'
import { askForAdjustment } from './adjust-points.ts'
import { decideAdjustment } from './adjustment-requests.ts'
import { type Context, done, refuse } from './context.ts'
import type { ApprovalState, Approvals, ApprovalView } from './ports/approvals.ts'
import type { RedemptionView, Result } from './ports.ts'
import { eachOf } from './reading.ts'
import { readCursor, viewStored } from './redemption-views.ts'
import { viewRequest } from './request-view.ts'
import type { Tx } from './store-port.ts'

export function createApprovals(context: Context): Approvals {
  const { store, clock } = context
  return {
    askForAdjustment: (ref, input, origin, key) => askForAdjustment(context, ref, input, origin, key),
    decideAdjustment: (id, step, { reason }, origin, key) =>
      context.onDesk(origin, (desk) => decideAdjustment(desk, id, step, reason ?? null, key)),
    listAdjustmentRequests: (query) => listRequests(context, query),
    getApproval: (id) => context.read((tx) => approvalOf(context, tx, id)),
    listApprovals: (limit) => listApprovals(context, limit),
    givenToday: async (actor) => {
      const { staff, timezone } = context.programs.current
      const day = staffDay(actor, clock.now(), timezone)
      const counters = await store.read((tx) => tx.counters([day]))
      return { points: counters.get(day)?.value ?? 0, limit: staff.dailyLimitPoints }
    },
  }
}

async function listRequests(
  { store }: Context,
  { state, limit, cursor }: Parameters<Approvals['listAdjustmentRequests']>[0],
): ReturnType<Approvals['listAdjustmentRequests']> {
  const before = readCursor(cursor)
  if (before === undefined) return refuse('invalid_request', 'The cursor is not one of ours')
  const rows = await store.adjustmentRequestsPage({ state: state ?? null, limit: limit + 1, before })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? `${last.createdAt}.${last.id}` : null
  return done({ items: shown.map(viewRequest), next })
}

async function listApprovals(context: Context, limit: number): ReturnType<Approvals['listApprovals']> {
  const page = { limit: limit + 1, before: null }
  const [redemptions, requests] = await Promise.all([
    context.store.redemptionsPage({ ...page, state: 'awaiting_approval' }),
    context.store.adjustmentRequestsPage({ ...page, state: 'waiting' }),
  ])
  const newestFirst = [...redemptions, ...requests].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
  const shown = newestFirst.slice(0, limit)
  const items = await context.read((tx) =>
    eachOf(shown, (one) =>
      'points' in one ? ofRequest(tx, one) : ofRedemption(tx, viewStored(context, tx, one), 'waiting'),
    ),
  )
  return { items, hasMore: newestFirst.length > limit }
}

function approvalOf(context: Context, tx: Tx, id: string): Result<ApprovalView> {
  const request = tx.adjustmentRequests([id]).get(id)
  if (request !== undefined) return done(ofRequest(tx, request))
  const redemption = tx.redemptions([id]).get(id)
  if (redemption === undefined) return refuse('not_found', 'There is no such request')
  const state = stateOf(redemption)
  if (state === null) return refuse('not_found', 'This never waited for an approval')
  return done(ofRedemption(tx, viewStored(context, tx, redemption), state))
}

/** Null where nobody had to be asked. One that was cancelled while it waited was never ordered or issued. */
function stateOf({ state, decision, issuedAt, charge, isRefused }: Redemption): ApprovalState | null {
  if (state === 'awaiting_approval') return 'waiting'
  if (decision !== null) return decision.verdict
  return state === 'cancelled' && issuedAt === null && charge === 'house' && !isRefused ? 'cancelled' : null
}

function ofRedemption(tx: Tx, redemption: RedemptionView, state: ApprovalState): ApprovalView {
  return {
    id: redemption.id,
    kind: 'reward',
    state,
    member: personOf(tx, redemption.member),
    points: redemption.value,
    reward: redemption.name,
    why: redemption.why ?? null,
    requestedBy: redemption.requestedBy,
    askedAt: redemption.createdAt,
    endedAt: redemption.decision?.at ?? redemption.endedAt,
    decidedBy: redemption.decidedBy,
    decision: redemption.decision,
    reason: redemption.reason,
    redemption,
  }
}

function ofRequest(tx: Tx, request: AdjustmentRequest): ApprovalView {
  const { createdAt: askedAt, note: why, ...view } = viewRequest(request)
  const { id, state, points, requestedBy, endedAt, decidedBy, decision, reason } = view
  const member = personOf(tx, request.member)
  const asked = { id, kind: 'points', state, member, points, reward: null, why, requestedBy, askedAt } as const
  return { ...asked, endedAt, decidedBy, decision, reason, redemption: null }
}

function personOf(tx: Tx, id: string): ApprovalView['member'] {
  const member = tx.members([id]).get(id)
  if (member?.mergedInto) return personOf(tx, member.mergedInto)
  return { id: member?.id ?? id, name: member?.profile.name ?? null, email: member?.profile.email ?? null }
}
