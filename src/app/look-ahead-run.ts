/**
 * Where the night's look stands, kept as one setting: it goes on after an interruption, in whatever process, and two that
 * are at it at once take turns. Whoever works holds it for a while; one that was killed loses it by the clock.
 */
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'

/** In their order: bounds of quintiles, models of buying, lives of subscriptions, every member. */
export type Phase = 'quintiles' | 'models' | 'renewals' | 'members'

export interface LookResults {
  judged: number
  opened: number
  closed: number
  /** Members who could not be judged: a bug each. */
  failed: number
}

export interface Look extends LookResults {
  startedAt: number
  /** The local day on which it began, and that of the look before: what changed since then is news. */
  day: number
  sinceDay: number
  /** When the look before began, 0 where there was none: who came since is looked at for the first time. */
  sinceAt: number
  phase: Phase
  isDone: boolean
  /** The number of the last member who was judged. */
  after: number
  /** The number of the newest member as it began; those who came since are judged too. */
  upTo: number
  /** Models are to be fitted though it is not time yet. */
  refit: boolean
}

export interface FinishedLook extends LookResults {
  startedAt: number
  finishedAt: number
  day: number
}

export interface LookStanding {
  look: Look | null
  /** Who is at it, since when it was last heard of, and until when nobody else may be. */
  holder: string | null
  heardAt: number
  heldUntil: number
  last: FinishedLook | null
}

export const RETENTION_RUN = 'retention_run'
export const CLOCK_ORIGIN = { source: 'clock', actor: 'clock' }
/** Longer than a slice takes by far, and short enough that a restart need not wait long. */
const HELD_MS = 30_000
/** Fitting is one slice. Should it take longer still, another does the same once more: no harm. */
const HELD_LONG_MS = 300_000
/** The first look tells what is so now, not all that ever happened. */
export const FIRST_LOOK_DAYS = 30

const NONE: LookStanding = { look: null, holder: null, heardAt: 0, heldUntil: 0, last: null }

/** `held`: somebody else is at it. `idle`: nobody, and nothing is left to do. */
export type Claim =
  | { state: 'ours'; look: Look; last: FinishedLook | null; goodUntil: number }
  | { state: 'held'; look: Look; last: FinishedLook | null }
  | { state: 'idle'; look: null; last: FinishedLook | null }

export interface Beginning {
  day: number
  upTo: number
  refit: boolean
}

/** Takes the look up where it stands, or begins one. */
export function claimLook(context: Context, holder: string, begin: Beginning | null): Promise<Claim> {
  return context.onDesk(CLOCK_ORIGIN, (desk): Claim => {
    const { look, last, ...by } = standing(desk)
    // A clock that was set back must not keep it held.
    const isHeld = by.holder !== null && by.holder !== holder && by.heldUntil > desk.now && by.heardAt <= desk.now
    if (look !== null && isHeld) return { state: 'held', look, last }
    const isToBegin = begin !== null && (look === null || (begin.refit && !look.refit))
    const taken = isToBegin ? newLook(begin, last, desk.now) : look
    return taken === null ? { state: 'idle', look: null, last } : hold(desk, taken, holder, last)
  })
}

function newLook({ day, upTo, refit }: Beginning, last: FinishedLook | null, startedAt: number): Look {
  // After a clock that was ahead, what is news is judged as if it had never been.
  const sinceDay = Math.min(day, last?.day ?? day - FIRST_LOOK_DAYS)
  const none: LookResults = { judged: 0, opened: 0, closed: 0, failed: 0 }
  const sinceAt = Math.min(startedAt, last?.startedAt ?? 0)
  return { startedAt, day, sinceDay, sinceAt, phase: 'quintiles', isDone: false, after: 0, upTo, refit, ...none }
}

/** Notes how far it came, unless somebody else took it over meanwhile. */
export function keepLook(context: Context, holder: string, look: Look): Promise<Claim> {
  return context.onDesk(CLOCK_ORIGIN, (desk): Claim => {
    const stored = standing(desk)
    const { last } = stored
    if (stored.look === null) return { state: 'idle', look: null, last }
    if (stored.holder !== holder || stored.look.startedAt !== look.startedAt)
      return { state: 'held', look: stored.look, last }
    if (!look.isDone) return hold(desk, look, holder, last)
    const finished = finishedOf(look, desk.now)
    write(desk, { ...NONE, last: finished })
    return { state: 'idle', look: null, last: finished }
  })
}

/** Gives it up unfinished: whoever comes next need not wait. */
export function releaseLook(context: Context, holder: string): Promise<Claim> {
  return context.onDesk(CLOCK_ORIGIN, (desk): Claim => {
    const stored = standing(desk)
    const { look, last } = stored
    if (stored.holder === holder) write(desk, { ...NONE, look, last })
    return look === null ? { state: 'idle', look, last } : { state: 'held', look, last }
  })
}

/** Of the setting's text. */
export const readStanding = (setting: string | null): LookStanding =>
  setting === null ? NONE : (JSON.parse(setting) as LookStanding)

const standing = (desk: Desk): LookStanding => readStanding(desk.tx.setting(RETENTION_RUN))

function hold(desk: Desk, look: Look, holder: string, last: FinishedLook | null): Claim {
  const forMs = look.phase === 'models' ? HELD_LONG_MS : HELD_MS
  write(desk, { look, holder, heardAt: desk.now, heldUntil: desk.now + forMs, last })
  return { state: 'ours', look, last, goodUntil: desk.now + forMs / 2 }
}

function finishedOf(look: Look, finishedAt: number): FinishedLook {
  const { startedAt, day, judged, opened, closed, failed } = look
  return { startedAt, finishedAt, day, judged, opened, closed, failed }
}

function write(desk: Desk, next: LookStanding): void {
  desk.changes.settings = [[RETENTION_RUN, JSON.stringify(next)]]
}
