// Rebuilds everything from the journal and says what differs.
import type { VerifyReport } from '../app/ports.ts'
import { type Context, defineCommand } from './command.ts'
import { count, duration, plural, someOf } from './format.ts'
import { paint } from './output.ts'
import { createProgress } from './progress.ts'
import { settingsOf, withApp } from './settings.ts'

const SHOWN = 100

export const command = defineCommand({
  name: 'verify',
  summary: 'Adds up every book again and says what differs',
  about: ['Works beside a running server, and changes nothing.'],
  options: { json: { about: 'answer in JSON' } },
  examples: ['verify'],
  run: (asked, context) =>
    withApp(context, settingsOf(context), async (app) => {
      const startedAt = context.monotonic()
      const progress = createProgress(context, 'Adding up', 'members')
      const report = await app.verify((done, total) => progress.update(done, total))
      progress.end()
      if (asked.flag('json')) await context.stdout.line(JSON.stringify(report, null, 2))
      else await tell(context, report, context.monotonic() - startedAt)
      return report.discrepancies.length > 0 ? 1 : 0
    }),
})

async function tell({ stdout }: Context, report: VerifyReport, tookMs: number): Promise<void> {
  const { members, payments, entries, postings, discrepancies } = report
  await stdout.line(
    `${plural(members, 'member')}, ${plural(payments, 'payment')}, ${plural(entries, 'entry', 'entries')}, ${plural(postings, 'posting')} in ${duration(tookMs)}.`,
  )
  if (report.restless > 0)
    await stdout.line(
      `${plural(report.restless, 'member')} changed at every look: nothing is said of them. Run this again.`,
    )
  if (discrepancies.length === 0) {
    await stdout.line(`${paint(stdout, 'green', '✓')} The books are right.`)
    return
  }
  await stdout.line(`${paint(stdout, 'red', '✗')} ${count(discrepancies.length)} not as the journal says:`)
  const lines = discrepancies.map(
    ({ what, id, expected, found }) => `  ${what} of ${id}: ${found} instead of ${expected}`,
  )
  for (const line of someOf(lines, SHOWN)) await stdout.line(line)
}
