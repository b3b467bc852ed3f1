// `verify` of a host that cannot work for long at a time, told as the command does.
import type { VerifyCursor } from '../app/ports/transfer.ts'
import type { VerifyReport } from '../app/ports.ts'
import type { Context } from './command.ts'
import { count, duration, plural, someOf } from './format.ts'
import { paint } from './output.ts'
import { createProgress } from './progress.ts'
import type { TargetPlace } from './transfer-place.ts'

const SHOWN = 100
/** So many differences are kept; more would only be scrolled past. */
const LISTED_LIMIT = 1_000

export async function verifySlices(
  context: Context,
  { verify }: Pick<TargetPlace, 'verify'>,
  total: number,
): Promise<VerifyReport> {
  const report: VerifyReport = { members: 0, payments: 0, entries: 0, postings: 0, discrepancies: [], restless: 0 }
  const progress = createProgress(context, 'Adding up', 'members')
  for (let cursor: VerifyCursor | null = null; ; ) {
    const { next, discrepancies, ...slice }: Awaited<ReturnType<TargetPlace['verify']>> = await verify(cursor)
    for (const name of ['members', 'payments', 'entries', 'postings', 'restless'] as const) report[name] += slice[name]
    report.discrepancies.push(...discrepancies.slice(0, LISTED_LIMIT - report.discrepancies.length))
    progress.update(report.members, Math.max(total, report.members))
    if (next === null) break
    cursor = next
  }
  progress.end()
  return report
}

export async function tellOfBooks({ stdout }: Context, report: VerifyReport, tookMs: number): Promise<void> {
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
