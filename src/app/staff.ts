/** What the staff policy says of whoever asks this unit, with what they gave away today. */
import { count, pointsWord } from '../core/sentences.ts'
import { type Judgement, judgeGiving, mayDo, type StaffTask, staffDay, standingOf } from '../core/staff-policy.ts'
import type { Program } from '../program/schema.ts'
import { refuse } from './context.ts'
import type { Desk } from './desk.ts'
import type { Refusal } from './ports.ts'

const TASKS: Record<StaffTask, string> = {
  view: 'look members up',
  issue: 'change members or what they have',
  approve: 'approve what others ask for',
  administer: 'merge or erase members',
}

/** Null when they may. */
export const forbids = ({ programs, origin }: Desk, task: StaffTask): Refusal | null =>
  mayDo(programs.current.staff, origin, task) ? null : refuse('forbidden', `You may not ${TASKS[task]}`)

/** Whether they may give so much away. `canWait`: somebody else can be asked for it. */
export function judge(desk: Desk, points: number, canWait: boolean): Judgement {
  const { staff, timezone } = desk.programs.current
  // Nobody's day is read whom it does not hold.
  if (standingOf(staff, desk.origin) === 'free') return { verdict: 'free' }
  const givenToday = desk.given.counter(staffDay(desk.origin.actor, desk.now, timezone))
  return judgeGiving(staff, desk.origin, { points, givenToday, canWait })
}

/** Counts in their day what was given away. */
export function countGiven(desk: Desk, judgement: Judgement, points: number): void {
  if (judgement.verdict === 'free' || judgement.verdict === 'refused') return
  const { timezone } = desk.programs.current
  desk.given.addToCounter(staffDay(desk.origin.actor, desk.now, timezone), points)
}

/** Nobody gave away what did not come about: it no longer counts in the day of whoever asked for it. */
export function uncountGiven(desk: Desk, asked: { by: string; at: number; points: number }): void {
  const { staff, timezone } = desk.programs.current
  if (standingOf(staff, { actor: asked.by }) === 'free') return
  const day = staffDay(asked.by, asked.at, timezone)
  desk.given.addToCounter(day, -Math.min(asked.points, desk.given.counter(day)))
}

/** In words; null when nothing is refused. */
export function staffRefusal(judgement: Judgement, program: Program): string | null {
  if (judgement.verdict !== 'refused') return null
  const points = judgement.because === 'day' ? judgement.left : judgement.most
  const amount = `${count(points, program.locale)} ${pointsWord(points, program)}`
  if (judgement.because === 'amount') return `Above ${amount}, this is not yours to give alone`
  return points === 0 ? 'You can give away nothing more today' : `You can give away ${amount} more today`
}
