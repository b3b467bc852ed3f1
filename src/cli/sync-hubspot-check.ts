// Reads every contact in HubSpot and says what differs from what it should have. Names members by their ids, never persons.

import type { ContactState } from '../app/ports/contacts.ts'
import type { App } from '../app/ports.ts'
import type { Drift, DriftReport, HubspotTools } from '../compose/hubspot-tools.ts'
import type { Context } from './command.ts'
import { Failure } from './failures.ts'
import { count, duration, plural, someOf } from './format.ts'
import { createProgress } from './progress.ts'
import { drain, tellDrained } from './sync-hubspot-drain.ts'

const SLICE = 100
const SHOWN = 20
/** HubSpot's window is ten seconds; beyond this it is its day. */
const LONGEST_WAIT_MS = 30_000

interface Found {
  checked: number
  drifted: Drift[]
  gone: string[]
  isWhole: boolean
}

export async function checkContacts(
  context: Context,
  app: App,
  hubspot: HubspotTools,
  withFix: boolean,
): Promise<boolean> {
  const found = await compareAll(context, app, hubspot)
  await tell(context, found)
  const { drifted, gone } = found
  if (drifted.length + gone.length === 0) return found.isWhole
  if (!withFix) {
    await context.stdout.line('To put it right: npx regulars sync hubspot --check --fix')
    return false
  }
  const members = [...drifted.map(({ member }) => member), ...gone]
  for (let at = 0; at < members.length; at += SLICE) await app.resyncContacts(members.slice(at, at + SLICE))
  const progress = createProgress(context, 'Writing to HubSpot', 'members')
  const ended = await drain(context, app, 0, (left) =>
    progress.update(Math.max(0, members.length - left), members.length),
  )
  progress.end()
  if (ended.how === 'drained') await context.stdout.line(`${plural(members.length, 'contact')} put right.`)
  return (await tellDrained(context, app, ended)) && found.isWhole
}

async function compareAll(context: Context, app: App, hubspot: HubspotTools): Promise<Found> {
  const progress = createProgress(context, 'Comparing with HubSpot', 'members')
  const found: Found = { checked: 0, drifted: [], gone: [], isWhole: false }
  try {
    for (let after = 0; !context.interrupted.aborted; ) {
      const { contacts, next, total } = await app.contactsAfter(after, SLICE)
      const { checked, drifted, gone } = await compare(context, app, hubspot, contacts)
      found.checked += checked
      found.drifted.push(...drifted)
      found.gone.push(...gone)
      progress.update(next ?? total, total, plural(found.drifted.length, 'difference'))
      if (next === null) return { ...found, isWhole: true }
      after = next
    }
    return found
  } finally {
    progress.end()
  }
}

/** @throws Failure where HubSpot will not answer any more. */
async function compare(
  context: Context,
  app: App,
  hubspot: HubspotTools,
  contacts: readonly ContactState[],
): Promise<DriftReport> {
  for (;;) {
    const report = await hubspot.drift(contacts, app.program().program, app)
    const { later } = report
    if (later === null) return report
    if (later.kind === 'down') throw new Failure(`${later.reason}.`)
    if (later.forMs > LONGEST_WAIT_MS)
      throw new Failure(`HubSpot’s calls of this day are used up; it may be asked again in ${duration(later.forMs)}.`)
    await context.sleep(later.forMs)
  }
}

async function tell({ stdout, stderr }: Context, { checked, drifted, gone, isWhole }: Found): Promise<void> {
  if (!isWhole) await stderr.line('Interrupted: not all were compared.')
  const contacts = plural(checked, 'contact')
  if (drifted.length + gone.length === 0) {
    await stdout.line(`${contacts} compared: all are as they should be.`)
    return
  }
  await stdout.line(`${contacts} compared: ${count(drifted.length)} edited by somebody, ${count(gone.length)} deleted.`)
  const edits = Map.groupBy(
    drifted.flatMap(({ properties }) => properties),
    (name) => name,
  )
  for (const [name, times] of [...edits].sort(([, a], [, b]) => b.length - a.length))
    await stdout.line(`  ${name}: ${plural(times.length, 'contact')}`)
  const lines = drifted.map(
    ({ member, record, properties }) => `  ${member} (contact ${record}): ${properties.join(', ')}`,
  )
  for (const line of someOf(lines, SHOWN)) await stdout.line(line)
}
