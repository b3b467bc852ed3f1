/**
 * What members do beside buying, as the merchant's own systems report it: a review, a check-in. Rules give awards for it
 * and challenges count it. It is kept as a grant, also where nothing but a challenge wants to know. What they say of the shop
 * (`feedback`) every program takes, whatever it gives for it: no limit keeps anybody from saying so again.
 */
import { type Offers, offersOf } from '../core/award-rules.ts'
import type { Books } from '../core/books.ts'
import { FEEDBACK, parseFeedback, type Said } from '../core/feedback.ts'
import { asHeading, dayAt, inWords, lookBack } from '../core/limits.ts'
import { settleMember, wasActive } from '../core/member-progress.ts'
import type { Grant } from '../core/reward-state.ts'
import { day } from '../core/sentences.ts'
import { usedPoints } from '../core/shared-limits.ts'
import { NO_AWARD } from '../program/awards.ts'
import type { EarningRule } from '../program/earning.ts'
import type { Program } from '../program/schema.ts'
import { answering, type Context, done, findMember, noMember, refuse } from './context.ts'
import type { Desk } from './desk.ts'
import { viewEntry } from './entry-view.ts'
import { noteFeedback } from './feedback.ts'
import { giveAward } from './give-award.ts'
import type { Action, App, EntryView, Idempotency, Origin, Refusal, Result } from './ports.ts'
import { forbids } from './staff.ts'

type ActionRule = Extract<EarningRule, { on: 'action' }>

/** Clocks of other systems may be ahead of ours by so much. */
const TOLERANCE_MS = 5 * 60_000

export function createActions(context: Context): Pick<App, 'recordAction'> {
  return { recordAction: (ref, input, origin, key) => recordAction(context, ref, input, origin, key) }
}

async function recordAction(
  context: Context,
  ref: string,
  input: Action,
  origin: Origin,
  key: Idempotency | null,
): Promise<Result<EntryView>> {
  const recorded = await context.onDesk(origin, (desk) => answering(desk, key, () => record(desk, ref, input)))
  if (!recorded.ok) return recorded
  const { member, about } = recorded.value
  const row = await context.read((tx) => tx.entryAbout(member, about))
  return row === null ? noMember() : done(viewEntry(row))
}

type Recorded = { result: Result<{ member: string; about: string }>; member: string | null }

const refused = (refusal: Refusal, member: string | null = null): Recorded => ({ result: refusal, member })

function record(desk: Desk, ref: string, { action, at = desk.now, data }: Action): Recorded {
  const { current: program } = desk.programs
  const said = action === FEEDBACK ? parseFeedback(data) : null
  const wrong = unknownAction(program, action) ?? futureTime(at, desk.now) ?? badFeedback(said)
  if (wrong !== null) return refused(wrong)
  const member = findMember(desk.tx, ref)
  if (member === null) return refused(noMember())
  if (member.status !== 'active') return refused(refuse('member_inactive', 'This member is not active'), member.id)
  if (member.enrolledAt !== null && dayAt(at, program.timezone) < dayAt(member.enrolledAt, program.timezone))
    return refused(beforeJoining(member.enrolledAt, program), member.id)
  const forbidden = forbids(desk, 'issue')
  if (forbidden !== null) return refused(forbidden, member.id)
  const given = give(desk, member.id, action, Math.min(at, desk.now), typeof said === 'string' ? null : said)
  return 'ok' in given
    ? refused(given, member.id)
    : { result: done({ member: given.member, about: given.id }), member: member.id }
}

const actionRules = (program: Program): ActionRule[] => program.earning.filter((rule) => rule.on === 'action')

/** Challenges count an action whether or not it earns. */
const isCounted = (program: Program, action: string): boolean =>
  program.challenges.some(
    ({ goal: { of, actions } }) => of === 'action' && (actions.length === 0 || actions.includes(action)),
  )

const badFeedback = (said: Said | string | null): Refusal | null =>
  typeof said === 'string' ? refuse('invalid_request', said) : null

function unknownAction(program: Program, action: string): Refusal | null {
  if (action === FEEDBACK || isCounted(program, action) || actionRules(program).some((rule) => rule.action === action))
    return null
  const counted = program.challenges.flatMap(({ goal }) => (goal.of === 'action' ? goal.actions : []))
  const known = [...new Set([...actionRules(program).map((rule) => rule.action), ...counted, FEEDBACK])]
  return refuse('invalid_request', `action must be ${known.length === 1 ? '' : 'one of '}${known.join(', ')}`)
}

const futureTime = (at: number, now: number): Refusal | null =>
  at <= now + TOLERANCE_MS ? null : refuse('invalid_request', 'at must not lie in the future')

const beforeJoining = (enrolledAt: number, program: Program): Refusal =>
  refuse('invalid_request', `at must not be before the day of joining, ${day(enrolledAt, program)}`)

/** What the rules on this action give the member for it. */
function offersFor(desk: Desk, books: Books, action: string, at: number): Offers {
  const { current: program } = desk.programs
  const { member } = books
  const rules = actionRules(program).filter((rule) => rule.action === action)
  const limits = rules.map(({ limit }) => limit)
  const ids = rules.map(({ id }) => id)
  const since = lookBack(limits, at, program.timezone)
  const given = desk.given.grantsOf(member.id, { occasion: 'action', since })
  return offersOf(program, rules, { member, at, given, used: usedPoints(program, books, ids, at) })
}

/** Gives what the rules give; the first of the grants, or why there is none. */
function give(desk: Desk, id: string, action: string, at: number, said: Said | null): Grant | Refusal {
  const books = desk.books(id)
  const history = desk.history(id)
  settleMember(books, desk.programs, history, at)
  const { list, full, isFor } = offersFor(desk, books, action, at)
  if (list.length === 0 && said === null && !isCounted(desk.programs.current, action))
    return isFor ? refuse('limit_reached', full ?? NO_MORE) : notForThem()
  wasActive(books, desk.programs, history, at)
  const doing = desk.newId('act')
  const act = `${id}/${doing}`
  const due = { occasion: 'action', subject: action, at, payment: null, code: 'action' } as const
  const grants = list.map(({ rule: { id: rule }, award, cutBecause }) =>
    giveAward(desk, id, { ...due, id: `${act}/${rule}`, rule, award, cutBecause, reason: reasonOf(action, rule) }),
  )
  const noted = grants[0] ?? giveAward(desk, id, { ...due, id: act, rule: '', award: NO_AWARD, reason: '' })
  const gaveNothing = said !== null && list.length === 0 && full !== null ? `. ${full}` : ''
  sayAnything(books, noted, `${reasonOf(action, noted.rule || action)}${gaveNothing}`)
  if (said !== null) noteFeedback(desk, id, { ...said, id: doing, at })
  settleMember(books, desk.programs, history, desk.now)
  return noted
}

const NO_MORE = 'This does not count any more'
const notForThem = (): Refusal => refuse('not_eligible', 'This is for members of another tier or segment')

/** "Donate shoes", and by which rule where that is called otherwise. */
function reasonOf(action: string, rule: string): string {
  return rule === action ? asHeading(action) : `${asHeading(action)} (${inWords(rule)})`
}

/** Each action has an entry, also one that moves no points. */
function sayAnything(books: Books, { id, at }: Grant, reason: string): void {
  if (books.entries.some((entry) => entry.about === id)) return
  books.note({ at, kind: 'note', code: 'action', about: id, reason })
}
