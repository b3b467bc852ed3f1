// Brings Stripe's past in, a day at a time, oldest first. What is known already changes nothing, so it can be run
// again, and beside the running server.
import type { App } from '../app/ports.ts'
import type { HistoryWindow, StripeHistory, WindowFacts } from '../compose/stripe-tools.ts'
import { programNeedsItems } from '../core/earning.ts'
import { type Asked, type Context, defineCommand } from './command.ts'
import { readStripeMode } from './database-file.ts'
import { dayOf, endOfDay, MOMENT_RULE, parseMoment } from './dates.ts'
import { Failure, UsageError } from './failures.ts'
import { count, duration, plural, someOf } from './format.ts'
import { createProgress } from './progress.ts'
import { settingsOf, withApp } from './settings.ts'

type Option = 'since' | 'until' | 'restart'

const ODD_SHOWN = 20

export const command = defineCommand<Option>({
  name: 'backfill',
  summary: 'Brings the past in from Stripe, oldest first',
  about: [
    'Payments, refunds, disputes, customers and subscriptions, by Stripe’s lists. What is known already changes nothing.',
    'Interrupted, it goes on where it was when it is run again with the same --since.',
  ],
  options: {
    since: { value: 'DATE', about: 'where history begins: 2024-01-01' },
    until: { value: 'DATE', about: 'the last day (default: now)' },
    restart: { about: 'from the beginning, whatever was read already' },
  },
  examples: ['backfill --since 2024-01-01'],
  endsInOrder: true,
  async run(asked, context) {
    const settings = settingsOf(context)
    const stripe = await context.backend.stripe(settings)
    if (stripe === null) throw new Failure('STRIPE_SECRET_KEY is not set, so there is nobody to ask.')
    return withApp(context, settings, async (app) => {
      const { program } = app.program()
      const span = readSpan(asked, program.timezone, context.now())
      const history = stripe.history(programNeedsItems(program))
      const done = await bringIn({ context, app, history, databasePath: settings.databasePath }, span, asked)
      return done ? 0 : 1
    })
  },
})

interface Span {
  sinceMs: number
  untilMs: number
  /** Under which the resume point is kept. */
  setting: string
  zone: string
}

function readSpan(asked: Asked<Option>, zone: string, now: number): Span {
  const since = asked.text('since')
  if (since === undefined) throw new UsageError('--since is missing: the day on which history begins')
  const from = parseMoment(since, zone)
  if (from === null) throw new UsageError(`--since ${MOMENT_RULE}`)
  const until = asked.text('until')
  const to = until === undefined ? { at: now, isDay: false } : parseMoment(until, zone)
  if (to === null) throw new UsageError(`--until ${MOMENT_RULE}`)
  const untilMs = Math.min(to.isDay ? endOfDay(to.at, zone) : to.at, now)
  if (from.at >= untilMs) throw new UsageError('--since must lie before --until and before now')
  return { sinceMs: from.at, untilMs, setting: `backfill:${new Date(from.at).toISOString()}`, zone }
}

interface Work {
  context: Context
  app: App
  history: StripeHistory
  databasePath: string
}

interface Tally {
  days: number
  facts: number
  changed: number
  requests: number
  odd: WindowFacts['odd']
}

/** Answers false when it was interrupted. */
async function bringIn(work: Work, span: Span, asked: Asked<Option>): Promise<boolean> {
  const { context, app, history } = work
  const reached = asked.flag('restart') ? 0 : Date.parse((await app.getSetting(span.setting)) ?? '') || 0
  // A day that was not over when it was read is read again: from its beginning, so that each window is a whole day.
  const all = history.windows(span.sinceMs, span.untilMs)
  const windows = all.filter(({ toMs }) => toMs > reached)
  if (windows.length < all.length) {
    await context.stderr.line(
      `Going on from ${dayOf(windows[0]?.fromMs ?? reached, span.zone)}. --restart reads all again.`,
    )
  }
  const startedAt = context.monotonic()
  const tally: Tally = { days: 0, facts: 0, changed: 0, requests: 0, odd: [] }
  const finished = await readWindows(work, span, windows, tally)
  await tell(context, span, tally, context.monotonic() - startedAt, finished)
  return finished
}

async function readWindows(work: Work, span: Span, windows: readonly HistoryWindow[], tally: Tally): Promise<boolean> {
  const { context, app, history, databasePath } = work
  const progress = createProgress(context, 'Reading Stripe', 'days')
  const show = (at: number) =>
    progress.update(tally.days, windows.length, `${dayOf(at, span.zone)}, ${plural(tally.changed, 'change')}`)
  try {
    for (const window of windows) {
      const read = await history.factsOf(window, () => {
        tally.requests++
        show(window.fromMs)
      })
      refuseOtherMode(databasePath, read.livemode)
      const whole = await learnWindow(context, app, read, tally)
      if (!whole) return false
      await app.putSetting(span.setting, new Date(window.toMs).toISOString())
      tally.days++
      show(window.fromMs)
      if (context.interrupted.aborted) return tally.days === windows.length
    }
    return true
  } finally {
    progress.end()
  }
}

/** Answers false when it was interrupted before the day was whole: then the day is read again. */
async function learnWindow({ interrupted }: Context, app: App, read: WindowFacts, tally: Tally): Promise<boolean> {
  tally.odd.push(...read.odd)
  for (const fact of read.facts) {
    if (interrupted.aborted) return false
    const id =
      fact.kind === 'payment'
        ? (fact.parts.names.find((name) => /^(?:ch|py|in)_/.test(name)) ?? fact.parts.names[0])
        : fact.id
    const { changed } = await app.learnFacts({
      source: `stripe:${id ?? 'unknown'}`,
      livemode: read.livemode,
      facts: [fact],
      lookups: [],
    })
    tally.facts++
    tally.changed += changed
  }
  return true
}

/** What is learnt in the other mode is passed over in silence: for a webhook that is right, for this it would be odd. */
function refuseOtherMode(databasePath: string, livemode: boolean | null): void {
  if (livemode === null) return
  const mode = readStripeMode(databasePath)
  const wanted = livemode ? 'live' : 'test'
  if (mode !== null && mode !== wanted) {
    throw new Failure(`the key is of Stripe’s ${wanted} mode, but the database holds payments of ${mode} mode.`)
  }
}

async function tell(context: Context, span: Span, tally: Tally, tookMs: number, finished: boolean): Promise<void> {
  const { stdout } = context
  const { days, facts, changed, requests, odd } = tally
  await stdout.line(
    `${plural(days, 'day')}: ${plural(facts, 'object')} read with ${plural(requests, 'request')}, ${count(changed)} of them new to us, in ${duration(tookMs)}.`,
  )
  if (odd.length > 0) {
    await stdout.line(`${plural(odd.length, 'object')} could not be understood:`)
    for (const line of someOf(
      odd.map(({ id, reason }) => `  ${id}: ${reason}`),
      ODD_SHOWN,
    ))
      await stdout.line(line)
  }
  if (finished) return
  const since = dayOf(span.sinceMs, span.zone)
  await context.stderr.line(`Interrupted. Go on with: npx regulars backfill --since ${since}`)
}
