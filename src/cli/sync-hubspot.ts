// Brings HubSpot's contacts up to date: those that wait, everybody, or a comparison with what stands there.
import type { App } from '../app/ports.ts'
import type { HubspotTools } from '../compose/hubspot-tools.ts'
import { type Asked, type Context, defineCommand } from './command.ts'
import { Failure, UsageError } from './failures.ts'
import { count, plural } from './format.ts'
import { createProgress } from './progress.ts'
import { settingsOf, withApp } from './settings.ts'
import { MISSING_TOKEN } from './setup-hubspot.ts'
import { checkContacts } from './sync-hubspot-check.ts'
import { type Drained, drain, tellDrained } from './sync-hubspot-drain.ts'

type Option = 'all' | 'check' | 'fix' | 'restart'

/** Where a sync of everybody is. */
export const SYNC_ALL = 'hubspot_sync_all'
/** Members queued before they are delivered. */
const SLICE = 1_000
/** Of them in one commit. */
const UNIT = 200
/** A batch that is not full waits for the next slice. */
const ALMOST_NONE = 99

export const command = defineCommand<Option>({
  name: 'sync hubspot',
  summary: 'Brings contacts in HubSpot up to date',
  about: [
    'Alone, it writes what waits. The server does so by itself; beside it, the two take turns.',
    '--all goes over every member: the first time, and after a change of the program that concerns everybody. Interrupted, it goes on where it was. Who is as they should be costs no call.',
    '--check reads the contacts and compares; it changes nothing without --fix.',
  ],
  options: {
    all: { about: 'every member' },
    restart: { about: 'with --all: from the first member on, whatever was done already' },
    check: { about: 'compare every contact with what it should have' },
    fix: { about: 'with --check: put right what was edited' },
  },
  examples: ['sync hubspot', 'sync hubspot --all', 'sync hubspot --check --fix'],
  endsInOrder: true,
  async run(asked, context) {
    refuseNonsense(asked)
    const settings = settingsOf(context)
    const hubspot = await context.backend.hubspot(settings)
    if (hubspot === null) throw new Failure(MISSING_TOKEN)
    const work = (app: App): Promise<boolean> => {
      if (asked.flag('check')) return checkContacts(context, app, hubspot, asked.flag('fix'))
      return asked.flag('all') ? syncAll(context, app, hubspot, asked.flag('restart')) : syncWaiting(context, app)
    }
    return (await withApp(context, settings, work, { givesWay: true })) ? 0 : 1
  },
})

function refuseNonsense(asked: Asked<Option>): void {
  if (asked.flag('all') && asked.flag('check')) throw new UsageError('--all and --check are two things: one at a time')
  if (asked.flag('fix') && !asked.flag('check')) throw new UsageError('--fix goes with --check')
  if (asked.flag('restart') && !asked.flag('all')) throw new UsageError('--restart goes with --all')
}

async function syncWaiting(context: Context, app: App): Promise<boolean> {
  const { waiting } = await app.contactsWaiting()
  const progress = createProgress(context, 'Writing to HubSpot', 'members')
  const ended = await drain(context, app, 0, (left) => progress.update(Math.max(0, waiting - left), waiting))
  progress.end()
  if (ended.how === 'drained')
    await context.stdout.line(waiting === 0 ? 'Nothing waits.' : `${plural(waiting, 'member')} brought up to date.`)
  return tellDrained(context, app, ended)
}

interface Standing {
  /** The number of the last member who was queued. */
  after: number
  queued: number
}

const BEGINNING: Standing = { after: 0, queued: 0 }

async function readStanding(app: App): Promise<Standing> {
  const setting = await app.getSetting(SYNC_ALL)
  return setting === null || setting === '' ? BEGINNING : (JSON.parse(setting) as Standing)
}

/** Everything goes by the outbox: what is queued is written by whoever is at it, also when this ends early. */
async function syncAll(context: Context, app: App, hubspot: HubspotTools, restart: boolean): Promise<boolean> {
  const stored = restart ? BEGINNING : await readStanding(app)
  if (stored.after > 0)
    await context.stderr.line(`Going on after ${plural(stored.queued, 'member')}. --restart begins anew.`)
  const progress = createProgress(context, 'Writing to HubSpot', 'members')
  const ended = await writeAll(context, app, hubspot, stored, (done, total) => progress.update(done, total))
  progress.end()
  if (ended.how === 'drained') {
    await app.putSetting(SYNC_ALL, '')
    await context.stdout.line(`Every member was gone over; ${count(ended.queued)} had something to be written.`)
  }
  if (ended.how === 'interrupted') await context.stderr.line('Interrupted. Go on with: npx regulars sync hubspot --all')
  return tellDrained(context, app, ended)
}

async function writeAll(
  context: Context,
  app: App,
  hubspot: HubspotTools,
  from: Standing,
  onProgress: (done: number, total: number) => void,
): Promise<Drained & { queued: number }> {
  const { program } = app.program()
  let { after, queued } = from
  for (;;) {
    const { contacts, next, total } = await app.contactsAfter(after, SLICE)
    const ids = contacts.filter((contact) => hubspot.isToWrite(contact, program)).map(({ member }) => member)
    for (let at = 0; at < ids.length; at += UNIT) await app.queueContacts(ids.slice(at, at + UNIT))
    queued += ids.length
    after = next ?? Math.max(after, total)
    await app.putSetting(SYNC_ALL, JSON.stringify({ after, queued } satisfies Standing))
    const isLast = next === null
    const show = (left: number) => onProgress(Math.max(0, after - left), Math.max(after, total))
    const ended = await drain(context, app, isLast ? 0 : ALMOST_NONE, show)
    if (isLast || ended.how !== 'drained') return { ...ended, queued }
    if (context.interrupted.aborted) return { ...ended, how: 'interrupted', queued }
  }
}
