// A month of Stripe's list against ours.
import { type Difference, type ReconcileReport, reconcile } from '../app/reconcile.ts'
import { programNeedsItems } from '../core/earning.ts'
import { formatDecimal } from './amounts.ts'
import { type Context, defineCommand } from './command.ts'
import { dayOf, parseMonth } from './dates.ts'
import { Failure, UsageError } from './failures.ts'
import { count, plural, someOf } from './format.ts'
import { paint } from './output.ts'
import { createProgress } from './progress.ts'
import { settingsOf, withApp } from './settings.ts'

const SHOWN = 500

export const command = defineCommand({
  name: 'reconcile',
  summary: 'Holds a month of Stripe’s payments against ours',
  about: ['The server does so every night for the last 35 days.'],
  options: {
    month: { value: 'YYYY-MM', about: 'the month, in the program’s time zone' },
    fix: { about: 'learn what is missing or differs' },
    json: { about: 'answer in JSON' },
  },
  examples: ['reconcile --month 2026-10', 'reconcile --month 2026-10 --fix'],
  async run(asked, context) {
    const settings = settingsOf(context)
    const stripe = await context.backend.stripe(settings)
    if (stripe === null) throw new Failure('STRIPE_SECRET_KEY is not set, so there is no list to compare with.')
    return withApp(context, settings, async (app) => {
      const { program } = app.program()
      const { fromMs, toMs } = readMonth(asked.text('month'), program.timezone, context.now())
      const progress = createProgress(context, 'Comparing', 'payments')
      const note = (at: number) => dayOf(at, program.timezone)
      const history = stripe.history(programNeedsItems(program))
      const options = { from: fromMs, to: toMs, fix: asked.flag('fix') }
      const report = await reconcile(app, history, options, (done, at) => progress.update(done, null, note(at)))
      progress.end()
      if (asked.flag('json')) await context.stdout.line(JSON.stringify(report, null, 2))
      else await tell(context, report, options.fix, program.timezone)
      return report.remaining > 0 ? 1 : 0
    })
  },
})

function readMonth(given: string | undefined, zone: string, now: number): { fromMs: number; toMs: number } {
  if (given === undefined) throw new UsageError('--month is missing: such as --month 2026-10')
  const month = parseMonth(given, zone)
  if (month === null) throw new UsageError(`--month must be a month, such as 2026-10, not "${given}"`)
  if (month.fromMs >= now) throw new UsageError(`--month ${given} has not begun`)
  return { fromMs: month.fromMs, toMs: Math.min(month.toMs, now) }
}

async function tell({ stdout }: Context, report: ReconcileReport, fix: boolean, zone: string): Promise<void> {
  const { payments, matched, differences, unlisted, remaining } = report
  const missing = differences.filter(({ kind }) => kind === 'missing').length
  const other = differences.length - missing
  await stdout.line(
    `${plural(payments, 'payment')} at Stripe: ${count(matched)} match, ${count(missing)} missing here, ${count(other)} with another amount.`,
  )
  const lines = differences.map(
    (one) => `  ${paint(stdout, one.fixed ? 'green' : 'red', one.fixed ? '✓' : '✗')} ${describe(one, zone)}`,
  )
  for (const line of someOf(lines, SHOWN)) await stdout.line(line)
  if (unlisted > 0) await stdout.line(`  … and ${count(unlisted)} more that were not kept`)
  if (differences.length === 0) await stdout.line(`${paint(stdout, 'green', '✓')} Nothing differs.`)
  else if (remaining === 0) await stdout.line(`${paint(stdout, 'green', '✓')} All of it was learnt.`)
  else if (!fix) await stdout.line('Learn what differs with: --fix')
}

function describe({ kind, id, at, theirs, ours, fixed }: Difference, zone: string): string {
  const sums = `Stripe ${describeSums(theirs)}`
  const what = kind === 'missing' || ours === null ? `missing, ${sums}` : `${sums}, here ${describeSums(ours)}`
  return `${dayOf(at, zone)} ${id}: ${what}${fixed ? ', learnt' : ''}`
}

function describeSums({ paidMinor, refundedMinor, currency }: Difference['theirs']): string {
  const code = currency ?? ''
  const paid = `${formatDecimal(paidMinor, code)} ${code}`
  return refundedMinor === 0 ? paid : `${paid} less ${formatDecimal(refundedMinor, code)} refunded`
}
