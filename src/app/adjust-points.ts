/** Points that staff add or take back by hand; those that one may not give away alone wait for an approver. */
import type { AdjustmentRequest } from '../core/adjustment-request.ts'
import { openAwardLot } from '../core/award-lot.ts'
import { settleMember } from '../core/member-progress.ts'
import { count, pointsWord } from '../core/sentences.ts'
import type { Member } from '../core/state.ts'
import { answering, type Context, done, findMember, noMember, refuse } from './context.ts'
import type { Desk } from './desk.ts'
import { viewEntry } from './entry-view.ts'
import type { AdjustmentRequestView } from './ports/approvals.ts'
import type { EntryView, Idempotency, Origin, Refusal, Result } from './ports.ts'
import { viewRequest } from './request-view.ts'
import { countGiven, forbids, judge, staffRefusal } from './staff.ts'
import { tellOfRequest } from './staff-news.ts'

export interface Adjustment {
  /** Signed. */
  points: number
  /** As it was typed. */
  reason: string
}

/** What came of it, by ids: the member's entry about an adjustment, or a request. */
type Adjusted = { member: string; about: string } | { request: string }

type Outcome = { result: Result<Adjusted>; member: string | null }

export async function adjustPoints(
  context: Context,
  ref: string,
  input: Adjustment,
  origin: Origin,
  key: Idempotency | null,
): Promise<Result<EntryView>> {
  const adjusted = await context.onDesk(origin, (desk) => answering(desk, key, () => adjust(desk, ref, input, false)))
  if (!adjusted.ok) return adjusted
  return 'about' in adjusted.value ? entryOf(context, adjusted.value) : noMember()
}

export async function askForAdjustment(
  context: Context,
  ref: string,
  input: Adjustment,
  origin: Origin,
  key: Idempotency | null,
): Promise<Result<{ done: EntryView } | { waits: AdjustmentRequestView }>> {
  const asked = await context.onDesk(origin, (desk) => answering(desk, key, () => adjust(desk, ref, input, true)))
  if (!asked.ok) return asked
  const { value } = asked
  if ('request' in value) {
    const request = await context.read((tx) => tx.adjustmentRequests([value.request]).get(value.request))
    return request === undefined ? noMember() : done({ waits: viewRequest(request) })
  }
  const entry = await entryOf(context, value)
  return entry.ok ? done({ done: entry.value }) : entry
}

async function entryOf(context: Context, { member, about }: { member: string; about: string }) {
  const row = await context.read((tx) => tx.entryAbout(member, about))
  return row === null ? noMember() : done(viewEntry(row))
}

/** `canWait`: what they may not give alone is asked for instead of refused. */
function adjust(desk: Desk, ref: string, { points, reason }: Adjustment, canWait: boolean): Outcome {
  const forbidden = forbids(desk, 'issue')
  if (forbidden !== null) return { result: forbidden, member: null }
  const found = findMember(desk.tx, ref)
  if (found === null) return { result: noMember(), member: null }
  const member = found.id
  if (found.status !== 'active') return { result: inactive(), member }
  // What is taken is nobody's to give away.
  const judgement = judge(desk, Math.max(0, points), canWait)
  const limited = staffRefusal(judgement, desk.programs.current)
  if (limited !== null) return { result: refuse('staff_limit', limited), member }
  countGiven(desk, judgement, Math.max(0, points))
  if (judgement.verdict === 'approval') return { result: done({ request: ask(desk, found, points, reason) }), member }
  const written = write(desk, member, points, reason)
  return { result: typeof written === 'string' ? done({ member, about: written }) : written, member }
}

const inactive = (): Refusal => refuse('member_inactive', 'This member is not active')

function ask(desk: Desk, { id: member }: Member, points: number, note: string): string {
  const request: AdjustmentRequest = {
    id: desk.newId('adr'),
    version: 0,
    member,
    points,
    state: 'waiting',
    createdAt: desk.now,
    endedAt: null,
    requestedBy: desk.origin.actor,
    decidedBy: null,
    decision: null,
    note,
    reason: null,
    adjustment: null,
  }
  desk.requests.put(request)
  tellOfRequest(desk, request)
  return request.id
}

/** Answers the adjustment's id. */
function write(desk: Desk, member: string, points: number, note: string): string | Refusal {
  if (points > 0) return add(desk, member, points, { note })
  const books = desk.books(member)
  settleMember(books, desk.programs, desk.history(member), desk.now)
  const about = desk.newId('adj')
  const why = { at: desk.now, kind: 'adjust', code: 'adjustment', about, note } as const
  if (books.deduct(-points, { ...why, reason: `${sizeOf(desk, points)} taken back by staff` })) return about
  return refuse('insufficient_points', tooFew(books.member.available, desk.programs.current.locale))
}

/** Answers the adjustment's id. `askedBy`: who wanted them, where somebody else said yes. */
export function add(
  desk: Desk,
  member: string,
  points: number,
  { note, askedBy }: { note: string | null; askedBy?: string },
): string {
  const books = desk.books(member)
  settleMember(books, desk.programs, desk.history(member), desk.now)
  const about = desk.newId('adj')
  const times = { earnedAt: desk.now, availableAt: desk.now, now: desk.now }
  const lot = openAwardLot(books, desk.programs, { id: about, rule: 'adjustment', ...times }, false)
  const approved = askedBy === undefined ? '' : ' and approved'
  books.award(lot, points, {
    at: desk.now,
    kind: 'adjust',
    code: 'adjustment',
    about,
    note,
    reason: `${sizeOf(desk, points)} added by staff${approved}`,
    ...(askedBy !== undefined && { actor: askedBy }),
  })
  return about
}

function sizeOf({ programs: { current } }: Desk, points: number): string {
  return `${count(Math.abs(points), current.locale)} ${pointsWord(points, current)}`
}

const tooFew = (available: number, locale: string): string =>
  available > 0
    ? `Only ${count(available, locale)} are available`
    : available < 0
      ? `None are available: ${count(-available, locale)} are owed`
      : 'None are available'
