/** Rewards as members and staff ask for them: redeem, approve, hand over, cancel. */
import { settleMember } from '../core/member-progress.ts'
import { whyNot } from '../core/redemption-checks.ts'
import { holdsReserved, isLapsed, isUsable, stockCounter } from '../core/redemptions.ts'
import type { Decision, Redemption } from '../core/reward-state.ts'
import { findReward } from '../core/reward-terms.ts'
import { type Judgement, mayApprove } from '../core/staff-policy.ts'
import { noteReward } from './alerts/follow-alerts.ts'
import { answering, type Context, done, findMember, noMember, refuse } from './context.ts'
import type { Desk } from './desk.ts'
import { expireRewards } from './expire-rewards.ts'
import { givenFor } from './given-for-alert.ts'
import { beginRedemption, cancel, endCode, issue, lapse, proceed, termsOf, use, withdraw } from './move-redemption.ts'
import type { App, Idempotency, RedemptionRequest, RedemptionStep, RedemptionView, Result } from './ports.ts'
import { getRedemption, listRedemptions, memberRedemptions, viewRedemption } from './redemption-views.ts'
import { listRewards, memberRewards } from './reward-views.ts'
import { countGiven, forbids, judge, staffRefusal } from './staff.ts'
import { tellOfRedemption } from './staff-news.ts'

type Redemptions = Pick<
  App,
  | 'redeem'
  | 'getRedemption'
  | 'listRedemptions'
  | 'memberRedemptions'
  | 'moveRedemption'
  | 'listRewards'
  | 'memberRewards'
>

export function createRedemptions(context: Context): Redemptions {
  return {
    redeem: (ref, request, origin, key) => context.onDesk(origin, (desk) => redeem(desk, ref, request, key)),
    moveRedemption: (id, step, { reason }, origin, key) =>
      context.onDesk(origin, (desk) => move(desk, id, step, reason ?? null, key)),
    getRedemption: (id) => getRedemption(context, id),
    listRedemptions: (query) => listRedemptions(context, query),
    memberRedemptions: (ref, page) => memberRedemptions(context, ref, page),
    listRewards: () => listRewards(context),
    memberRewards: (ref) => memberRewards(context, ref),
  }
}

type Outcome = { result: Result<RedemptionView>; member: string | null }

function redeem(desk: Desk, ref: string, request: RedemptionRequest, key: Idempotency | null): Result<RedemptionView> {
  return answering(desk, key, (): Outcome => {
    const forbidden = forbids(desk, 'issue')
    if (forbidden !== null) return { result: forbidden, member: null }
    const found = findMember(desk.tx, ref)
    if (found === null) return { result: noMember(), member: null }
    return { result: askFor(desk, found.id, request), member: found.id }
  })
}

function askFor(desk: Desk, id: string, request: RedemptionRequest): Result<RedemptionView> {
  const { current: program, version } = desk.programs
  const { reward, charge = 'member', partner = null } = request
  const member = desk.change(id)
  settleMember(desk.books(id), desk.programs, desk.history(id), desk.now)
  expireRewards(desk, id)
  if (request.alert && givenFor(desk, request.alert, reward, member) !== null)
    return refuse('conflict', 'A reward was issued for this already')
  const judged: { judgement: Judgement } = { judgement: { verdict: 'free' } }
  const refusal = whyNot({
    program,
    member,
    reward,
    charge,
    partner,
    now: desk.now,
    redemptions: () => desk.given.redemptionsOf(id),
    gone: () => desk.given.counter(stockCounter(reward)),
    staff: (worth) => {
      // Members spend what is theirs: that is nobody's to allow.
      if (charge === 'house') judged.judgement = judge(desk, worth, true)
      return staffRefusal(judged.judgement, program)
    },
  })
  if (refusal !== null) return refuse(refusal.code, refusal.message)
  const redemption = beginRedemption(desk, {
    member: id,
    version,
    reward,
    charge,
    partner,
    again: null,
    grant: null,
    requestedBy: desk.origin.actor,
    note: noteOf(request),
  })
  if (request.reason) redemption.why = request.reason
  countGiven(desk, judged.judgement, redemption.value)
  if (judged.judgement.verdict === 'approval') {
    redemption.state = 'awaiting_approval'
    tellOfRedemption(desk, redemption)
  } else {
    proceed(desk, redemption)
    noteReward(desk, redemption)
  }
  return done(viewRedemption(redemption, termsOf(desk, redemption), desk.now))
}

/** All that staff typed is kept apart, where it can be erased. */
function noteOf({ note, reason }: RedemptionRequest): string | null {
  const typed = [reason, note].filter((text) => text !== undefined && text !== null && text !== '')
  return typed.length > 0 ? typed.join('\n') : null
}

// ------------------------------------------------------------------------------------------------------------- steps

/** Does the step, or says why it cannot be done. */
type Step = (desk: Desk, redemption: Redemption, reason: string | null) => ReturnType<typeof refuse> | null

const STEPS: Record<RedemptionStep, Step> = { approve, reject, fulfil, cancel: cancelByStaff }

function move(
  desk: Desk,
  id: string,
  step: RedemptionStep,
  reason: string | null,
  key: Idempotency | null,
): Result<RedemptionView> {
  return answering(desk, key, (): Outcome => {
    const forbidden = forbids(desk, step === 'approve' || step === 'reject' ? 'approve' : 'issue')
    if (forbidden !== null) return { result: forbidden, member: null }
    const redemption = desk.given.redemption(id)
    if (redemption === null) return { result: refuse('not_found', 'There is no such redemption'), member: null }
    // Their books may be at any time: what lapsed meanwhile can neither be used nor cancelled.
    const member = desk.change(redemption.member)
    settleMember(desk.books(member.id), desk.programs, desk.history(member.id), desk.now)
    expireRewards(desk, member.id)
    if (isLapsed(redemption, desk.now)) lapse(desk, redemption)
    const refusal = STEPS[step](desk, redemption, reason)
    // Said again it is no news: a code that is ending may be cancelled as often as one likes.
    if (refusal === null && reason !== null && !`\n${redemption.note ?? ''}`.endsWith(`\n${reason}`)) {
      redemption.note = noteOf({ reward: '', reason: redemption.note, note: reason })
      desk.given.putRedemption(redemption)
    }
    const result = refusal ?? done(viewRedemption(redemption, termsOf(desk, redemption), desk.now))
    return { result, member: member.id }
  })
}

const notWaiting = () => refuse('conflict', 'This does not wait for an approval')

function approve(desk: Desk, redemption: Redemption, reason: string | null) {
  if (redemption.state !== 'awaiting_approval') return notWaiting()
  const { staff } = desk.programs.current
  if (!mayApprove(staff, desk.origin, redemption.requestedBy))
    return refuse('forbidden', 'Nobody approves what they asked for themselves')
  if (desk.member(redemption.member).status !== 'active') return refuse('member_inactive', 'This member is not active')
  decide(desk, redemption, 'approved', reason)
  tellOfRedemption(desk, redemption)
  proceed(desk, redemption)
  noteReward(desk, redemption)
  return null
}

function reject(desk: Desk, redemption: Redemption, reason: string | null) {
  if (redemption.state !== 'awaiting_approval') return notWaiting()
  decide(desk, redemption, 'rejected', reason)
  withdraw(desk, redemption, 'Not approved')
  return null
}

function decide(desk: Desk, redemption: Redemption, verdict: Decision['verdict'], why: string | null): void {
  redemption.decidedBy = desk.origin.actor
  redemption.decision = { verdict, at: desk.now, why: why === '' ? null : why }
}

/** Handed over; or a code taken at the counter, which must not be used at checkout as well. */
function fulfil(desk: Desk, redemption: Redemption) {
  const { kind } = termsOf(desk, redemption).reward.fulfil
  if (redemption.state === 'reserved' && kind === 'manual') {
    issue(desk, redemption, 'handed over')
    return null
  }
  if (isUsable(redemption) && redemption.cancelling === null) {
    use(desk, redemption, null, desk.now)
    endCode(desk, redemption)
    return null
  }
  if (redemption.state === 'reserved') return refuse('conflict', 'This is still being made')
  if (redemption.state === 'awaiting_approval') return refuse('conflict', 'This waits for approval')
  if (redemption.cancelling !== null) return refuse('conflict', 'This is being cancelled')
  return refuse('conflict', redemption.state === 'issued' ? 'The member has this already' : 'This has ended already')
}

function cancelByStaff(desk: Desk, redemption: Redemption) {
  if (withdraw(desk, redemption, 'Cancelled by staff')) return null
  const { kind } = termsOf(desk, redemption).reward.fulfil
  if (redemption.state === 'reserved' && kind === 'credit')
    return refuse('conflict', 'A credit on its way to Stripe cannot be called back')
  return refuse('conflict', redemption.state === 'issued' ? 'The member has this already' : 'This has ended already')
}

// ------------------------------------------------------------------------------------------------- members who change

/** Whoever is forgotten keeps nothing open: codes are ended, and what was typed about them goes. */
export function endAllOf(desk: Desk, member: string): void {
  for (const redemption of desk.given.redemptionsOf(member)) {
    redemption.note = null
    forgetWhy(desk, redemption)
    // What was told of them in Slack is to forget them too.
    if (redemption.decision !== null || redemption.requestedBy.startsWith('slack:')) tellOfRedemption(desk, redemption)
    const why = 'The member was erased'
    // A credit too that is on its way: its order names their customer.
    if (holdsReserved(redemption)) cancel(desk, redemption, why)
    else withdraw(desk, redemption, why)
  }
}

/** What was typed when it was asked for, and when it was decided. */
function forgetWhy(desk: Desk, redemption: Redemption): void {
  const { decision, why } = redemption
  if (why === undefined && (decision === null || decision.why === null)) return
  delete redemption.why
  if (decision !== null) decision.why = null
  desk.given.putRedemption(redemption)
}

/** Whether the reward is one of those that a member may choose to be issued by itself. */
export const isAutomatic = (desk: Desk, reward: string): boolean =>
  findReward(desk.programs.current, reward) !== null &&
  desk.programs.current.autoRedeem.some((one) => one.reward === reward)
