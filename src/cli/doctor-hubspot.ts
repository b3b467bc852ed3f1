// The doctor's look at HubSpot: the credentials and what they may do, the properties, and the contacts that are not right.

import type { Store } from '../app/store-port.ts'
import { HUBSPOT_CONTACT } from '../compose/hubspot.ts'
import { lookInside } from '../compose/look-inside.ts'
import type { Program } from '../program/schema.ts'
import type { Settings } from './backend.ts'
import type { Context } from './command.ts'
import { databaseExists } from './database-file.ts'
import { bad, type Finding, good } from './doctor-findings.ts'
import { describeError } from './failures.ts'
import { count, plural } from './format.ts'
import { earlierPrograms } from './hubspot-programs.ts'

const SHOWN = 5

export async function checkHubspot(
  { backend }: Pick<Context, 'backend'>,
  settings: Settings,
  program: Program | null,
): Promise<Finding[]> {
  const { accessToken, clientSecret } = settings.hubspot
  const secret = clientSecret === null ? withoutSecret() : good('HubSpot: client secret', 'set')
  if (accessToken === null) {
    const name = 'HubSpot'
    const state = settings.local ? 'this is the sandbox, where it is made up' : 'no contact is written'
    const message = `not connected: ${state}. To connect: HUBSPOT_ACCESS_TOKEN, then npx regulars setup hubspot`
    return [good(name, message)]
  }
  const kept = await checkKept(settings)
  // What the program needs of HubSpot is not known.
  if (program === null) return [secret, ...kept]
  const tools = await backend.hubspot(settings)
  if (tools === null) return [secret, ...kept]
  try {
    const checks = await tools.check([program, ...(await earlierPrograms(settings.databasePath))])
    return [...checks, secret, ...kept]
  } catch (error) {
    return [bad('HubSpot', describeError(error), 'Look at status.hubspot.com, then try again'), secret, ...kept]
  }
}

const withoutSecret = (): Finding =>
  bad(
    'HubSpot: client secret',
    'HUBSPOT_CLIENT_SECRET is not set: merged and deleted contacts are not heard of, workflow actions and the card are refused',
    'Copy it to HUBSPOT_CLIENT_SECRET: in HubSpot, Development → your app → Auth',
  )

/** What our own database says of contacts. */
async function checkKept({ databasePath }: Settings): Promise<Finding[]> {
  if (!databaseExists(databasePath)) return []
  try {
    return await lookInside(databasePath, readKept)
  } catch {
    // A database that cannot be read, or is of an older version, is told of by the look at it.
    return []
  }
}

async function readKept(store: Store): Promise<Finding[]> {
  const { waiting, parked } = await store.effectsStanding(HUBSPOT_CONTACT)
  const refused = await store.refusedContacts({ limit: SHOWN + 1, before: null })
  const findings: Finding[] = [
    waiting === 0
      ? good('HubSpot: to be written', 'nobody waits')
      : good('HubSpot: to be written', `${plural(waiting, 'member')}, by the server or: npx regulars sync hubspot`),
  ]
  const unwritten = await store.unwrittenMembers(HUBSPOT_CONTACT)
  if (unwritten > 0) {
    const who = `${plural(unwritten, 'member')} of before HubSpot was connected`
    findings.push(bad('HubSpot: first sync', `${who} never written`, 'npx regulars sync hubspot --all'))
  }
  if (refused.length === 0 && parked === 0) return [...findings, good('HubSpot: contacts', 'HubSpot refuses none')]
  const told = refused
    .slice(0, SHOWN)
    .map(
      ({ member, record, reason }) =>
        `\n    ${member}${record === null ? '' : ` (contact ${record})`}: ${reason ?? ''}`,
    )
  const more = refused.length > SHOWN ? `\n    … all at GET /api/v1/contacts?state=refused` : ''
  const message = `${count(Math.max(parked, Math.min(refused.length, SHOWN)))} refused by HubSpot${told.join('')}${more}`
  const fix =
    'Mend what HubSpot says, there or at the member; a change of the member sends it again, as does: npx regulars sync hubspot --all'
  return [...findings, bad('HubSpot: contacts', message, fix)]
}
