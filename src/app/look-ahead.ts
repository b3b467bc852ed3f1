/**
 * The night's look: learns from the whole shop, judges every member, opens alerts. A series of slices that can be broken
 * off anywhere; done twice on what has not changed, it changes nothing more.
 */
import { localDay } from '../core/calendar.ts'
import type { Fit } from '../retention/types.ts'
import type { Context } from './context.ts'
import { judgeSlice } from './look-ahead-judge.ts'
import { isFitDue, learnModels, learnQuintiles, learnRenewalCurves } from './look-ahead-learn.ts'
import { type Claim, claimLook, keepLook, type Look, type Phase, releaseLook } from './look-ahead-run.ts'
import type { App, LookAheadModel, LookAheadOptions, LookAheadProgress } from './ports.ts'

/** More customers make models slower, not better. */
const SAMPLE = 100_000

/** Fewer alerts in the past say nothing of how often they are right. */
const FEW_ALERTS = 30

const DOING = {
  quintiles: 'Comparing customers',
  models: 'Learning how customers buy',
  renewals: 'Learning how long subscriptions last',
  members: 'Judging members',
} as const satisfies Record<Phase, string>
const ELSEWHERE = 'Another process is at it'

type Ours = Extract<Claim, { state: 'ours' }>

export function createLookAhead(context: Context): Pick<App, 'lookAhead'> {
  let holder: string | null = null
  let held: Ours | null = null
  /** The look for whose sake the knowledge was read. */
  let readFor: number | null = null
  // Two calls at once in one process hold it under one name: they take turns here.
  let turn: Promise<unknown> = Promise.resolve()

  async function lookOnce(options: LookAheadOptions): Promise<LookAheadProgress> {
    holder ??= context.newId('look')
    if (options.release === true) return release(holder)
    const claim = held !== null && isFresh(held, options) ? held : await claimAnew(holder, options)
    held = null
    if (claim.state !== 'ours') return tell(context, claim)
    if (readFor !== claim.look.startedAt) await context.retention.read()
    readFor = claim.look.startedAt
    const next = await step(context, claim.look, options)
    const kept = await keepLook(context, holder, next)
    if (kept.state === 'ours') held = kept
    return tell(context, kept)
  }

  async function release(mine: string): Promise<LookAheadProgress> {
    held = null
    return tell(context, await releaseLook(context, mine))
  }

  /** What was kept last is as good as read again for a while: nobody else may take it over. */
  const isFresh = ({ goodUntil, look }: Ours, { begin, refit }: LookAheadOptions): boolean =>
    begin !== true && refit !== true && look.startedAt <= context.clock.now() && context.clock.now() < goodUntil

  const claimAnew = async (mine: string, { begin = false, refit = false }: LookAheadOptions): Promise<Claim> => {
    const { clock, programs, store } = context
    const day = localDay(clock.now(), programs.current.timezone)
    return claimLook(context, mine, begin || refit ? { day, refit, upTo: await store.newestMember() } : null)
  }

  return {
    lookAhead: (options) => {
      const next = turn.then(() => lookOnce(options))
      turn = next.catch(() => {})
      return next
    },
  }
}

/** One slice; answers where that leaves the look. */
async function step(context: Context, look: Look, { limit, sample = SAMPLE }: LookAheadOptions): Promise<Look> {
  if (look.phase === 'quintiles') {
    await learnQuintiles(context)
    return { ...look, phase: 'models' }
  }
  if (look.phase === 'models') {
    if (look.refit || (await isFitDue(context))) await learnModels(context, sample)
    return { ...look, phase: 'renewals' }
  }
  if (look.phase === 'renewals') {
    await learnRenewalCurves(context)
    await context.retention.read()
    return { ...look, phase: 'members' }
  }
  const { after, isLast, judged, opened, closed, failed } = await judgeSlice(context, look, Math.max(1, limit))
  return {
    ...look,
    after,
    isDone: isLast,
    judged: look.judged + judged,
    opened: look.opened + opened,
    closed: look.closed + closed,
    failed: look.failed + failed,
  }
}

async function tell(context: Context, { state, look, last }: Claim): Promise<LookAheadProgress> {
  // Whoever asks how it ended may be another process than the one that learnt.
  const { fit } = state === 'ours' ? context.retention.current() : await context.retention.read()
  const { judged = 0, opened = 0, closed = 0, failed = 0 } = look ?? last ?? {}
  return {
    isDone: state === 'idle',
    isElsewhere: state === 'held',
    phase: state === 'held' ? ELSEWHERE : look === null ? 'Done' : DOING[look.phase],
    done: judged,
    total: Math.max(look?.upTo ?? 0, judged),
    finishedAt: last === null ? null : new Date(last.finishedAt).toISOString(),
    judged,
    opened,
    closed,
    failed,
    model: fit === null ? null : describe(fit),
  }
}

function describe({ at, customers, sampled, bgNbd, mbgNbd, chosen, backtest }: Fit): LookAheadModel {
  const { raised = 0, right = 0 } = backtest?.alerts ?? {}
  return {
    name: bgNbd === null && mbgNbd === null ? 'estimate' : chosen,
    learntAt: new Date(at).toISOString(),
    customers,
    sampled,
    rightOfTen: raised < FEW_ALERTS ? null : Math.round((right / raised) * 10),
  }
}
