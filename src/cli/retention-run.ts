// Looks ahead now: learns how customers buy, judges every member, opens alerts. The server does so each night.
import type { LookAheadModel, LookAheadProgress } from '../app/ports.ts'
import { lookToTheEnd } from '../compose/look-to-the-end.ts'
import { type Context, defineCommand } from './command.ts'
import { dayOf } from './dates.ts'
import { count, duration, plural } from './format.ts'
import { createProgress } from './progress.ts'
import { settingsOf, withApp } from './settings.ts'

/** Members at a time. */
const SLICE = 500
const NUMBERS = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'all']
const MODELS = { bg_nbd: 'BG/NBD', mbg_nbd: 'MBG/NBD', estimate: '' } as const satisfies Record<
  LookAheadModel['name'],
  string
>

export const command = defineCommand({
  name: 'retention run',
  summary: 'Judges every member now and opens alerts, as the server does each night',
  about: [
    'Works beside a running server, and can be broken off: run again, it goes on. What it found out already, it does not tell again.',
  ],
  options: {
    refit: { about: 'fit the models anew, though it is not a week since' },
    json: { about: 'answer in JSON' },
  },
  examples: ['retention run'],
  endsInOrder: true,
  run: (asked, context) =>
    withApp(
      context,
      settingsOf(context),
      async (app) => {
        const startedAt = context.monotonic()
        const progress = createProgress(context, 'Looking ahead', 'members')
        const ended = await lookToTheEnd(app, {
          limit: SLICE,
          refit: asked.flag('refit'),
          isStopped: () => context.interrupted.aborted,
          onProgress: ({ done, total, phase }) => progress.update(done, total, phase),
        })
        progress.end()
        const tookMs = context.monotonic() - startedAt
        if (asked.flag('json')) await context.stdout.line(JSON.stringify(ended, null, 2))
        else await tell(context, ended, tookMs, app.program().program.timezone)
        return ended.isDone ? 0 : 1
      },
      { leaveNoFile: true, givesWay: true },
    ),
})

async function tell({ stdout }: Context, ended: LookAheadProgress, tookMs: number, zone: string): Promise<void> {
  const { isDone, judged, opened, closed, failed } = ended
  const members = plural(judged, 'member')
  const alerts = `${plural(opened, 'alert')} opened, ${count(closed)} closed`
  if (isDone) await stdout.line(`Judged ${members} in ${duration(tookMs)}; ${alerts}. ${describe(ended.model, zone)}`)
  else await stdout.line(`Broken off after ${members}; ${alerts}. To go on: npx regulars retention run`)
  if (failed > 0) await stdout.line(`${plural(failed, 'member')} could not be judged: the log above says why.`)
}

function describe(model: LookAheadModel | null, zone: string): string {
  if (model === null || model.customers === 0) return 'Nobody has bought yet.'
  const { name, customers, sampled, learntAt, rightOfTen } = model
  const from =
    sampled < customers ? `${count(sampled)} of ${plural(customers, 'customer')}` : plural(customers, 'customer')
  const learnt = `learnt from ${from} on ${dayOf(Date.parse(learntAt), zone)}`
  if (name === 'estimate') return `Too few customers for a model: a plain rule estimates, ${learnt}.`
  const right =
    rightOfTen === null ? 'too few such alerts in the past to say how often they are right' : rightly(rightOfTen)
  return `Model: ${MODELS[name]}, ${learnt}; ${right}.`
}

const rightly = (ofTen: number): string => `of ten such alerts, ${NUMBERS[ofTen] ?? ofTen} would have been right`
