/** What staff and the API do with members: enrol, look up, correct, merge, erase. */

import type { Feedback } from '../core/alert-state.ts'
import { DAY_MS, localDate } from '../core/calendar.ts'
import { decidePayment } from '../core/decide-payment.ts'
import { settleMember } from '../core/member-progress.ts'
import type { Member } from '../core/state.ts'
import { startTiers } from '../core/tiers.ts'
import { adjustPoints } from './adjust-points.ts'
import { cancelRequestsOf } from './adjustment-requests.ts'
import { exportAlert } from './alerts/alert-views.ts'
import { endAlertsOf } from './alerts/follow-alerts.ts'
import { viewAward } from './choices.ts'
import { answering, type Context, done, findMember, noMember, normalEmail, refuse } from './context.ts'
import type { Desk } from './desk.ts'
import { viewEntry } from './entry-view.ts'
import { emailName, identify } from './identify.ts'
import { welcome } from './joining.ts'
import { iso, viewMember } from './member-view.ts'
import { mergeInto } from './merge.ts'
import { reviewAll } from './note-codes.ts'
import type { App, Enrolment, Idempotency, MemberPatch, MemberView, Result } from './ports.ts'
import { eachOf } from './reading.ts'
import { redemptionsFor } from './redemption-views.ts'
import { endAllOf, isAutomatic } from './redemptions.ts'
import { referrerFor } from './referrals.ts'
import { viewRequest } from './request-view.ts'
import { settleBeforeShowing } from './settle.ts'
import { forbids } from './staff.ts'

type Members = Pick<
  App,
  | 'getMember'
  | 'enrolMember'
  | 'updateMember'
  | 'adjustPoints'
  | 'mergeMembers'
  | 'eraseMember'
  | 'exportMember'
  | 'ledger'
  | 'listMembers'
>

/** Lists of former times must not bring back who asked to be forgotten; joining again oneself may. */
const IMPORT = 'cli:import'
const ENTRIES_LIMIT = 100_000
const FEEDBACK_LIMIT = 10_000

export function createMembers(context: Context): Members {
  return {
    getMember: (ref, asOf) => getMember(context, ref, asOf),
    listMembers: (query) => listMembers(context, query),
    ledger: (ref, page) => ledger(context, ref, page),
    exportMember: (ref) => exportMember(context, ref),
    enrolMember: (input, origin, key) => context.onDesk(origin, (desk) => enrol(desk, input, key)),
    updateMember: (ref, patch, origin) => context.onDesk(origin, (desk) => update(desk, ref, patch)),
    adjustPoints: (ref, input, origin, key) => adjustPoints(context, ref, input, origin, key),
    mergeMembers: (ref, into, origin, key) => context.onDesk(origin, (desk) => merge(desk, ref, into, key)),
    eraseMember: (ref, origin) => context.onDesk(origin, (desk) => erase(desk, ref)),
  }
}

// ---------------------------------------------------------------------------------------------------------- looking up

async function getMember(context: Context, ref: string, asOf?: number): Promise<Result<MemberView>> {
  const now = context.clock.now()
  const knowledge = await context.retention.freshen()
  return context.read((tx) => {
    const member = findMember(tx, ref)
    const programs = context.programsIn(tx)
    return member === null ? noMember() : done(viewMember({ tx, programs, member, now, knowledge, asOf }))
  })
}

async function listMembers(context: Context, query: Parameters<App['listMembers']>[0]): ReturnType<App['listMembers']> {
  const now = context.clock.now()
  if (query.cursor !== undefined && !Number.isSafeInteger(Number(query.cursor)))
    return refuse('invalid_request', 'The cursor is not one of ours')
  const page = await context.store.searchMembers({
    text: query.query ?? '',
    status: query.status ?? null,
    limit: query.limit,
    cursor: query.cursor ?? null,
  })
  const knowledge = await context.retention.freshen()
  const items = await context.read((tx) => {
    const programs = context.programsIn(tx)
    return eachOf(page.items, (member) => viewMember({ tx, programs, member, now, knowledge }))
  })
  return done({ items, next: page.next })
}

async function ledger(
  context: Context,
  ref: string,
  page: { limit: number; cursor?: string },
): ReturnType<App['ledger']> {
  const member = await context.read((tx) => findMember(tx, ref))
  if (member === null) return noMember()
  const before = page.cursor === undefined ? null : Number(page.cursor)
  if (before !== null && !Number.isSafeInteger(before))
    return refuse('invalid_request', 'The cursor is not one of ours')
  await settleBeforeShowing(context, member)
  const rows = await context.store.ledgerOf([member.id, ...member.absorbed], { limit: page.limit + 1, before })
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return done({ items: shown.map(viewEntry), next: rows.length > page.limit && last ? String(last.seq) : null })
}

/** Everything we hold about a person, for them to have. */
async function exportMember(context: Context, ref: string): Promise<Result<unknown>> {
  const now = context.clock.now()
  const knowledge = await context.retention.freshen()
  const found = await context.read((tx) => {
    const member = findMember(tx, ref)
    if (member === null) return null
    return {
      view: viewMember({ tx, programs: context.programsIn(tx), member, now, knowledge }),
      ids: [member.id, ...member.absorbed],
      payments: tx.paymentsOf(member.id),
      redemptions: redemptionsFor(context, tx, member.id),
      adjustmentRequests: tx.adjustmentRequestsOf(member.id).map(viewRequest),
      awards: tx.grantsOf(member.id).map(viewAward),
      alerts: tx.alertsOf(member.id).map(exportAlert),
      feedback: tx.feedbackOf(member.id, FEEDBACK_LIMIT).map(exportFeedback),
    }
  })
  if (found === null) return noMember()
  const entries = await context.store.ledgerOf(found.ids, { limit: ENTRIES_LIMIT, before: null })
  const payments = found.payments.map(({ id, parts, counted, seenAt }) => ({
    id,
    seenAt: iso(seenAt),
    ...counted,
    at: counted.at === null ? null : iso(counted.at),
    parts,
  }))
  const { view, awards, redemptions, adjustmentRequests, alerts, feedback } = found
  const given = { awards, redemptions, adjustmentRequests }
  const whole = { member: view, payments, ...given, alerts, feedback, entries: entries.map(viewEntry) }
  return done({ exportedAt: iso(now), ...whole })
}

const exportFeedback = (one: Feedback) => ({ ...one, at: iso(one.at), recordedAt: iso(one.recordedAt) })

// ---------------------------------------------------------------------------------------------------------- enrolling

function enrol(desk: Desk, input: Enrolment, key: Idempotency | null): Result<MemberView> {
  return answering(desk, key, () => {
    const forbidden = forbids(desk, 'issue')
    if (forbidden !== null) return { result: forbidden, member: null }
    const email = normalEmail(input.email)
    const known = desk.name(emailName(email))
    if (known !== null && desk.member(known).status !== 'candidate')
      return { result: refuse('conflict', 'Somebody with this e-mail address is a member already'), member: null }
    const erased = known === null && desk.isErased([emailName(email)])
    if (erased && desk.origin.source === IMPORT)
      return { result: refuse('conflict', 'Whoever had this e-mail address asked to be forgotten'), member: null }
    if (isAhead(desk, input.birthday)) return { result: aheadOfTime(), member: null }
    const referrer = input.referredBy ? referrerFor(desk, input.referredBy, known) : null
    if (referrer !== null && 'ok' in referrer) return { result: referrer, member: null }
    const profile = { name: input.name ?? null, phone: input.phone ?? null, language: input.language ?? null }
    const member = identify(desk, { customer: null, email, ...profile }) ?? returning(desk, email, profile)
    const enrolled = desk.change(member.id)
    if (input.birthday) enrolled.profile.birthday = input.birthday
    if (referrer !== null) enrolled.referredBy = referrer.id
    join(desk, enrolled, Math.min(input.enrolledAt ?? desk.now, desk.now))
    return { result: done(viewInDesk(desk, enrolled)), member: enrolled.id }
  })
}

/** Whether a date of birth is still to come; one without its year never is. */
const isAhead = ({ programs, now }: Desk, birthday: string | null | undefined): boolean =>
  !!birthday && !birthday.startsWith('-') && birthday > localDate(now, programs.current.timezone)

const aheadOfTime = () => refuse('invalid_request', 'birthday must not lie in the future')

/** Whoever asked to be forgotten and joins again of their own will is somebody new to us. */
function returning(
  desk: Desk,
  email: string,
  profile: { name: string | null; phone: string | null; language: string | null },
): Member {
  const member = desk.addCandidate()
  Object.assign(member.profile, { email, ...profile })
  desk.unlink(desk.hashed(emailName(email)))
  desk.link(emailName(email), member.id)
  return member
}

/** A candidate becomes a member; purchases of the last `creditPastDays` are credited, oldest first. */
function join(desk: Desk, member: Member, at: number): void {
  const { current, version } = desk.programs
  const days = current.enrolment.creditPastDays
  const past = member.version === 0 ? [] : desk.tx.uncreditedPayments(member.id, at - days * DAY_MS)
  member.status = 'active'
  member.joinedAt = at
  // What is credited counts as if they had been a member by then.
  member.enrolledAt = Math.min(at, past[0]?.counted.at ?? at)
  member.tiers = startTiers(current, version, member.enrolledAt)
  welcome(desk, member)
  const books = desk.books(member.id)
  const history = desk.history(member.id)
  for (const payment of past) {
    payment.eligible = true
    desk.putPayment(payment)
    decidePayment({
      payment,
      before: null,
      books,
      history,
      isNewlyEligible: true,
      programs: desk.programs,
      now: desk.now,
      occasion: { code: 'credited_on_enrolment', prefix: 'Credited on joining' },
    })
  }
}

/** The member as this unit leaves them. */
function viewInDesk(desk: Desk, member: Member): MemberView {
  const { tx, programs, now } = desk
  const books = desk.books(member.id)
  settleMember(books, programs, desk.history(member.id), now)
  desk.conclude(member.id)
  const { knowledge } = desk
  return viewMember({ tx, programs, member, now, knowledge, books, joining: desk.changes.handOver?.from ?? null })
}

// ---------------------------------------------------------------------------------------------------------- changing

function update(desk: Desk, ref: string, patch: MemberPatch): Result<MemberView> {
  const forbidden = forbids(desk, 'issue')
  if (forbidden !== null) return forbidden
  const found = findMember(desk.tx, ref)
  if (found === null || found.status === 'erased') return noMember()
  if (patch.autoRedeem && !isAutomatic(desk, patch.autoRedeem))
    return refuse('invalid_request', 'autoRedeem must be one of the rewards that the program issues by itself')
  if (isAhead(desk, patch.birthday)) return aheadOfTime()
  if (patch.status !== undefined && found.status === 'candidate')
    return refuse('conflict', 'This person is not a member yet: enrol them first')
  const member = desk.change(found.id)
  for (const field of ['name', 'phone', 'birthday', 'language'] as const) {
    const value = patch[field]
    if (value !== undefined) member.profile[field] = value
  }
  const isBack = patch.status === 'active' && member.status !== 'active'
  if (patch.status !== undefined) member.status = patch.status
  if (isBack) reviewAll(desk, member.id)
  if (patch.autoRedeem !== undefined) member.autoRedeem = patch.autoRedeem
  desk.reindex(member.id)
  return done(viewInDesk(desk, member))
}

function merge(desk: Desk, ref: string, into: string, key: Idempotency | null): Result<MemberView> {
  return answering(desk, key, () => {
    const forbidden = forbids(desk, 'administer')
    if (forbidden !== null) return { result: forbidden, member: null }
    const [from, to] = [findMember(desk.tx, ref), findMember(desk.tx, into)]
    if (from === null || to === null) return { result: noMember(), member: null }
    if (from.id === to.id) return { result: refuse('conflict', 'These are the same member already'), member: to.id }
    if (from.status === 'erased' || to.status === 'erased') return { result: noMember(), member: null }
    mergeInto(desk, from.id, to.id)
    return { result: done(viewInDesk(desk, desk.member(to.id))), member: to.id }
  })
}

/**
 * Forgets the person and keeps the books: name, addresses, vendor ids, notes and stored payloads go; entries, points and
 * a keyed hash stay, so that a redelivery or a backfill does not bring them back.
 */
function erase(desk: Desk, ref: string): Result<{ id: string }> {
  const forbidden = forbids(desk, 'administer')
  if (forbidden !== null) return forbidden
  const found = findMember(desk.tx, ref)
  if (found === null || found.status === 'erased') return noMember()
  eraseFound(desk, found)
  return done({ id: found.id })
}

/** Whoever asks for it: staff, or the person at another vendor. */
export function eraseFound(desk: Desk, found: Member): void {
  const member = desk.change(found.id)
  endAllOf(desk, member.id)
  cancelRequestsOf(desk, member.id)
  endAlertsOf(desk, member.id)
  const addresses = [...member.formerEmails, ...(member.profile.email === null ? [] : [member.profile.email])]
  const customers = Object.keys(member.customers)
  const names = [...customers, ...addresses.map(emailName)]
  const payments = member.version === 0 ? [] : desk.tx.paymentsOf(member.id)
  const formerly = payments.flatMap(({ parts }) => [
    parts.customer,
    ...Object.values(parts.emails).map((email) => email && emailName(email)),
  ])
  for (const name of new Set([...names, ...formerly.filter((name) => typeof name === 'string')])) {
    const target = desk.memberNamed(name)
    if (target !== null && desk.member(target).id === member.id) desk.erase(name, member.id)
  }
  for (const payment of payments) {
    const { parts } = payment
    payment.parts = {
      ...parts,
      customer: null,
      emails: { session: null, billing: null, receipt: null },
      name: null,
      phone: null,
      metadata: {},
    }
    desk.putPayment(payment)
  }
  member.status = 'erased'
  member.profile = { email: null, name: null, phone: null, birthday: null, language: null }
  member.customers = {}
  member.subscriptions = {}
  member.formerEmails = []
  desk.reindex(member.id)
  const known = [...names, ...formerly].filter((name) => typeof name === 'string')
  const emails = known.filter((name) => name.startsWith('email:')).map((name) => name.slice('email:'.length))
  desk.changes.forget = {
    members: [member.id, ...member.absorbed],
    customers: known.filter((name) => !name.startsWith('email:')),
    emails,
  }
  const questions = customers.map((key) => ({ kind: 'stripe.customer', key }))
  desk.changes.dropEffects = [...(desk.changes.dropEffects ?? []), ...questions]
}
