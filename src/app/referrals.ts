/**
 * Awards for members who bring others, and for those who are brought: for the friend's first purchase that counts, pending
 * for thirty days, and falling with it. Both follow from what stands, so they come out the same whichever facts come first.
 *
 * Every friend whose purchase counts is kept with who brought them (`<referrer>/referrer/<friend>`), also beyond the limit:
 * withdrawn, with its payment. So it is given when one before it falls.
 */
import { codeOf, normalCode, qualifies, referralAvailableAt, withinLimit } from '../core/referrals.ts'
import type { Grant } from '../core/reward-state.ts'
import type { Member, Payment } from '../core/state.ts'
import type { Award } from '../program/awards.ts'
import { giveOn, moveTo, stands } from './award-series.ts'
import { refuse } from './context.ts'
import type { Desk } from './desk.ts'
import { withdrawAward } from './give-award.ts'
import type { Refusal } from './ports.ts'
import type { PaymentChange } from './unconcluded.ts'

/** The member with this code; null when nobody has it. A member who became another one leads there. */
export function memberWithCode(desk: Desk, written: string): Member | null {
  const code = normalCode(written)
  const id = code === null ? null : desk.tx.memberWithCode(code)
  if (id === null) return null
  const member = desk.member(id)
  return member.status === 'candidate' ? null : member
}

/** Who brought somebody about to join, by the code they give. `known`: what we have of them already. */
export function referrerFor(desk: Desk, code: string, known: string | null): Member | Refusal {
  const referrer = memberWithCode(desk, code)
  if (referrer === null) return refuse('invalid_request', 'referredBy is not the code of a member')
  if (known !== null && desk.member(known).id === referrer.id)
    return refuse('invalid_request', 'referredBy is their own code: nobody brings themselves')
  return referrer
}

export function concludeReferrals(desk: Desk, id: string): void {
  const member = desk.member(id)
  if (desk.programs.current.referral === null && member.referredBy === null) return
  const merged = desk.changes.handOver?.to === id
  if (merged) settleMerged(desk, member)
  const changes = desk.paymentChanges(id)
  if (!merged && changes.length === 0) return
  const wasBrought = member.referredBy !== null
  if (merged || mayTellWhoBrought(desk, member, changes)) learnWhoBrought(desk, member)
  if (!wasBrought && member.referredBy === null && !merged) return
  judge(desk, member, changes, merged)
}

// ---------------------------------------------------------------------------------------------------------- who brought them

const hasCode = ({ before, after }: PaymentChange): boolean =>
  codeOf(after) !== null || (before !== null && codeOf(before) !== null)

/**
 * Whoever joined by buying was brought by the code of their first purchase at the merchant's own; whoever asked to join said
 * so then. One who joined at a partner's or by a subscription still has that purchase before them.
 */
function mayTellWhoBrought({ programs }: Desk, member: Member, changes: readonly PaymentChange[]): boolean {
  const { enrolledAt, joinedAt, status, referredBy, id } = member
  if (status === 'erased' || joinedAt !== null || enrolledAt === null) return false
  const left = changes.some(({ before, after }) => before?.member === id && after.member !== id)
  if (referredBy === null && !left && !changes.some(hasCode)) return false
  if (programs.current.partners.length > 0 || Object.keys(member.subscriptions).length > 0) return true
  return changes.some(({ before, after }) =>
    [before?.counted.at, after.counted.at].some((at) => typeof at === 'number' && at <= enrolledAt),
  )
}

function learnWhoBrought(desk: Desk, member: Member): void {
  if (member.status === 'erased') return
  const own = [member.id, ...member.absorbed]
  if (member.joinedAt !== null) {
    // Who turns out to be the same person brought nobody.
    if (member.referredBy !== null && own.includes(desk.member(member.referredBy).id))
      desk.change(member.id).referredBy = null
    return
  }
  const [first] = desk.paymentsOf(member.id).filter(isEarning).sort(oldestFirst)
  const code = first === undefined ? null : codeOf(first)
  const referrer = code === null ? null : memberWithCode(desk, code)
  const referredBy = referrer === null || own.includes(referrer.id) ? null : referrer.id
  if (member.referredBy === null && referredBy === null) return
  const same = member.referredBy !== null && desk.member(member.referredBy).id === referredBy
  if (!same) desk.change(member.id).referredBy = referredBy
}

/** Purchases of the merchant's own: what partners sell brings nobody. */
const isEarning = ({ eligible, counted, parts }: Payment): boolean =>
  eligible === true && counted.at !== null && parts.account === null
const oldestFirst = (a: Payment, b: Payment): number =>
  (a.counted.at ?? 0) - (b.counted.at ?? 0) || (a.id < b.id ? -1 : 1)

// ---------------------------------------------------------------------------------------------------------- the friend

/** A friend's purchase that counts, and by which terms. */
interface Qualified {
  id: string
  at: number
  program: string
  referrer: Member
}

/** Brings the awards of both in line with the friend's first purchase that counts. */
function judge(desk: Desk, friend: Member, changes: readonly PaymentChange[], merged: boolean): void {
  const anchors = desk.given.grantsOf(friend.id, { occasion: 'friend' }).filter(stands)
  const [anchor] = anchors
  if (!merged && anchors.length === 1 && anchor !== undefined && isUntouched(desk, friend, anchor, changes)) return
  const first = firstQualified(desk, friend)
  const isActive = friend.status === 'active'
  const isKept = (grant: Grant): boolean =>
    first !== null && grant.payment === first.id && desk.member(grant.subject).id === first.referrer.id
  const kept = anchors.find(isKept)
  for (const grant of anchors) {
    if (grant === kept) continue
    withdrawAward(desk, grant, 'the first purchase does not count any more')
    release(desk, grant.subject, friend, first?.referrer.id ?? null)
  }
  if (first === null || (!isActive && kept === undefined)) {
    if (first === null && friend.referredBy !== null) release(desk, friend.referredBy, friend, null)
    return
  }
  const terms = desk.programs.byVersion(first.program).referral
  if (terms === null) return
  if (kept === undefined) giveFriend(desk, friend, first, terms.friend)
  else moveTo(desk, kept, first.at)
  hold(desk, friend, first, terms.referrer)
}

/** Whether the purchase that counted, and who brought them, are as they were, and nothing came before it. */
function isUntouched(desk: Desk, friend: Member, anchor: Grant, changes: readonly PaymentChange[]): boolean {
  const referrer = friend.referredBy === null ? null : desk.member(friend.referredBy).id
  return (
    referrer === desk.member(anchor.subject).id &&
    changes.every(({ before, after }) =>
      [before?.counted.at ?? null, after.counted.at].every((at) => at === null || at > anchor.at),
    )
  )
}

function firstQualified(desk: Desk, friend: Member): Qualified | null {
  if (friend.referredBy === null) return null
  const referrer = desk.member(friend.referredBy)
  if (referrer.id === friend.id) return null
  const fitting = desk
    .paymentsOf(friend.id)
    .filter(
      (payment) =>
        payment.frozen !== null && qualifies(payment, desk.programs.byVersion(payment.frozen.program), friend.joinedAt),
    )
  const [first] = fitting.sort(oldestFirst)
  if (first?.frozen == null || first.counted.at === null) return null
  return { id: first.id, at: first.counted.at, program: first.frozen.program, referrer }
}

/** Also where the friend gets nothing it is kept what their award would rest on. */
function giveFriend(desk: Desk, friend: Member, { id, at, program, referrer }: Qualified, award: Award): void {
  const due = {
    id: `${friend.id}/friend`,
    occasion: 'friend',
    rule: '',
    subject: referrer.id,
    at,
    award,
    payment: id,
    code: 'referral',
    reason: 'First purchase after a friend’s recommendation',
    availableAt: referralAvailableAt(at),
  } as const
  giveOn(desk, friend.id, due, program)
}

// ---------------------------------------------------------------------------------------------------------- the referrer

/** Awards of the referrer for this friend, under whatever ids both had. */
function rowsFor(desk: Desk, referrer: Member, friend: Member): Grant[] {
  const friends = new Set([friend.id, ...friend.absorbed])
  return desk.given.grantsOf(referrer.id, { occasion: 'referrer' }).filter(({ subject }) => friends.has(subject))
}

/** The friend's purchase counts for who brought them, as far as their limit goes. */
function hold(desk: Desk, friend: Member, first: Qualified, award: Award): void {
  const { id, at, program, referrer } = first
  const [row, ...others] = rowsFor(desk, referrer, friend)
  for (const other of others) letGo(desk, other, 'the same person counts once')
  if (row === undefined) {
    // Whoever left or is suspended gets nothing new.
    if (referrer.status !== 'active') return
    desk.given.putGrant(newRow(desk, friend, first, award))
  } else {
    if (row.payment === id && row.at === at) return
    if (row.payment !== id) letGo(desk, row, FELL)
    moveTo(desk, row, at)
    Object.assign(row, { payment: id, ...(stands(row) ? {} : { program, award }) })
    desk.given.putGrant(row)
  }
  alignReferrer(desk, referrer.id)
}

/** Not given yet: that depends on the limit. */
const newRow = (desk: Desk, friend: Member, { id, at, program, referrer }: Qualified, award: Award): Grant => ({
  id: `${referrer.id}/referrer/${friend.id}`,
  version: 0,
  member: referrer.id,
  occasion: 'referrer',
  rule: '',
  subject: friend.id,
  at,
  recordedAt: desk.now,
  program,
  award,
  points: 0,
  state: 'withdrawn',
  chosen: null,
  payment: id,
})

const FELL = 'the friend’s purchase does not count any more'

/** The friend does not count any more for whom they were said to be brought by. `except`: who brought them after all. */
function release(desk: Desk, referrer: string, friend: Member, except: string | null): void {
  const member = desk.member(referrer)
  if (member.id === except) return
  const rows = rowsFor(desk, member, friend).filter(({ payment }) => payment !== null)
  if (rows.length === 0) return
  for (const row of rows) letGo(desk, row, FELL)
  alignReferrer(desk, member.id)
}

function letGo(desk: Desk, row: Grant, because: string): void {
  withdrawAward(desk, row, because)
  if (row.payment === null) return
  row.payment = null
  desk.given.putGrant(row)
}

/** Gives the awards that are within the limit, takes back those beyond it, and says so when one is. */
function alignReferrer(desk: Desk, referrer: string): void {
  const rows = desk.given.grantsOf(referrer, { occasion: 'referrer' }).flatMap((grant) => {
    const { payment, at } = grant
    return payment === null ? [] : [{ grant, payment, at, program: desk.programs.byVersion(grant.program) }]
  })
  const within = withinLimit(rows)
  for (const row of rows) if (!within.has(row)) beyond(desk, row.grant)
  if (desk.member(referrer).status !== 'active') return
  for (const { grant } of within) if (!stands(grant)) giveReferrer(desk, grant)
}

function giveReferrer(desk: Desk, grant: Grant): void {
  const { id, member, subject, at, award, payment, program } = grant
  const due = {
    id,
    occasion: 'referrer',
    rule: '',
    subject,
    at,
    award,
    payment,
    code: 'referral',
    reason: 'A friend’s first purchase',
    availableAt: referralAvailableAt(at),
  } as const
  giveOn(desk, member, due, program)
}

function beyond(desk: Desk, grant: Grant): void {
  const limit = desk.programs.byVersion(grant.program).referral?.limit ?? null
  if (limit === null) return
  if (stands(grant)) {
    withdrawAward(desk, grant, `${noMore(limit)}, and others came first`)
    return
  }
  if (grant.version > 0 || desk.books(grant.member).entries.some(({ about }) => about === grant.id)) return
  const { at, id } = grant
  const reason = `A friend’s first purchase brings nothing more: ${noMore(limit)}`
  desk.books(grant.member).note({ at, kind: 'note', code: 'referral', about: id, reason })
}

const noMore = ({ times, per }: { times: number; per: string }): string =>
  `${times === 1 ? 'one friend' : `${times} friends`} ${per === 'lifetime' ? 'for each member' : `a ${per}`} ${times === 1 ? 'counts' : 'count'}`

// ---------------------------------------------------------------------------------------------------------- two become one

/** Who brought themselves, as it turns out, brought nobody; and what both brought counts together. */
function settleMerged(desk: Desk, member: Member): void {
  const own = new Set([member.id, ...member.absorbed])
  const mine = [
    ...desk.given.grantsOf(member.id, { occasion: 'referrer' }),
    ...desk.given.grantsOf(member.id, { occasion: 'friend' }),
  ]
  for (const grant of mine) if (own.has(grant.subject)) letGo(desk, grant, 'both are the same person')
  if (mine.some(({ occasion }) => occasion === 'referrer')) alignReferrer(desk, member.id)
}
