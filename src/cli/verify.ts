// Rebuilds everything from the journal and says what differs.
import { defineCommand } from './command.ts'
import { createProgress } from './progress.ts'
import { settingsOf, withApp } from './settings.ts'
import { tellOfBooks } from './verify-slices.ts'

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
      else await tellOfBooks(context, report, context.monotonic() - startedAt)
      return report.discrepancies.length > 0 ? 1 : 0
    }),
})
