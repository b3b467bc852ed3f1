/** The doctor's look at HubSpot: what the token may do, what the portal lacks, what is left of the day. Changes nothing. */
import type { Program } from '../../src/program/schema.ts'
import type { Answer } from './answers.ts'
import { CONTACTS } from './batches.ts'
import type { HubspotClient } from './client.ts'
import { OWNERS } from './owners.ts'
import { askPatiently, type Refused, refusalOf } from './patience.ts'
import { planProperties, readProperties } from './portal-properties.ts'
import { foreignFix, PROPERTIES_PATH, SCOPES } from './provision.ts'

export interface HubspotCheck {
  name: string
  ok: boolean
  message: string
  fix: string | null
}

export interface HubspotCheckOptions {
  client: HubspotClient
  programs: readonly [Program, ...Program[]]
  sleep: (ms: number) => Promise<void>
}

const SETUP = 'npx regulars setup hubspot'
/** As many names as one reads in a line. */
const NAMED = 5
/** Below this part of the day's calls left, other apps and we get in each other's way. */
const SCARCE = 0.1

const passed = (name: string, message: string): HubspotCheck => ({ name, ok: true, message, fix: null })
const failed = (name: string, { why, fix }: Refused): HubspotCheck => ({ name, ok: false, message: why, fix })

/** A call that shows whether the token may do such a thing. What it asks for does not exist or is nothing, so nothing changes. */
const PROBES: [what: string, scope: string, method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown][] = [
  [
    'contacts can be read',
    SCOPES.readContacts,
    'POST',
    `${CONTACTS}/batch/read`,
    { inputs: [{ id: '0' }], properties: [] },
  ],
  [
    'contacts can be written',
    SCOPES.writeContacts,
    'POST',
    `${CONTACTS}/batch/update`,
    { inputs: [{ id: '0', properties: {} }] },
  ],
  [
    'properties can be made',
    SCOPES.writeSchemas,
    'PATCH',
    `${PROPERTIES_PATH}/regulars_no_such_property`,
    { label: '-' },
  ],
]

/** Asked only where alerts go to whoever owns the contact. */
const OWNERS_PROBE: (typeof PROBES)[number] = [
  'owners of contacts can be read',
  SCOPES.readOwners,
  'GET',
  `${OWNERS}/0`,
]

export async function checkHubspot(options: HubspotCheckOptions): Promise<HubspotCheck[]> {
  const { client, sleep, programs } = options
  const seen = await askPatiently(client, sleep, 'GET', PROPERTIES_PATH)
  const refused = whyStuck(seen)
  if (refused !== null) return [failed('HubSpot: token', refused)]
  const checks = [passed('HubSpot: token', 'HubSpot accepts it')]
  const scopes: HubspotCheck[] =
    seen.kind === 'ok' ? [] : [failed(scopeName(SCOPES.readSchemas), refusalOf(seen, SCOPES.readSchemas))]
  const properties = seen.kind === 'ok' ? checkProperties(programs, seen.body) : []
  const isByOwner = programs[0].retention.route === 'owner'
  for (const [what, scope, method, path, body] of isByOwner ? [...PROBES, OWNERS_PROBE] : PROBES) {
    const answer = await askPatiently(client, sleep, method, path, body)
    const stuck = whyStuck(answer)
    if (stuck !== null) {
      // Ours hold back while little is left: that is what there is to say.
      const quota = checkQuota(client)
      return [...checks, ...scopes, ...properties, quota.ok ? failed('HubSpot', stuck) : quota]
    }
    if (answer.kind === 'refused' && answer.status === 403)
      scopes.push(failed(scopeName(scope), refusalOf(answer, scope)))
    else scopes.push(passed(scopeName(scope), what))
  }
  return [...checks, ...scopes, ...properties, checkQuota(client)]
}

const scopeName = (scope: string): string => `HubSpot: ${scope}`

/** What makes any further question pointless. */
function whyStuck(answer: Answer): Refused | null {
  if (answer.kind === 'ok') return null
  if (answer.kind === 'refused' && answer.status !== 401) return null
  return refusalOf(answer, '')
}

function checkProperties(programs: HubspotCheckOptions['programs'], body: Record<string, unknown>): HubspotCheck[] {
  const name = 'HubSpot: properties'
  const { missing, lacking, foreign, right } = planProperties(programs, readProperties(body))
  const checks: HubspotCheck[] = foreign.map((one) =>
    failed(`HubSpot: ${one.name}`, { why: `was made by somebody else: it ${one.why}`, fix: foreignFix(one.name) }),
  )
  if (missing.length > 0)
    checks.push(failed(name, { why: `${someOf(missing.map((one) => one.name))} not made yet`, fix: SETUP }))
  for (const { name: property, added } of lacking)
    checks.push(
      failed(`HubSpot: ${property}`, { why: `lacks ${added.map((label) => `“${label}”`).join(', ')}`, fix: SETUP }),
    )
  return checks.length > 0 ? checks : [passed(name, `all ${right.length} are there, with every option`)]
}

function someOf(names: readonly string[]): string {
  const more = names.length - NAMED
  const shown = names.slice(0, NAMED).join(', ')
  return more > 0 ? `${shown} and ${more} more are` : `${shown} ${names.length === 1 ? 'is' : 'are'}`
}

const whole = new Intl.NumberFormat('en')

function checkQuota({ limiter }: Pick<HubspotClient, 'limiter'>): HubspotCheck {
  const name = 'HubSpot: calls of this day'
  const { daily, remaining } = limiter.state()
  if (daily === null || remaining === null) return passed(name, 'HubSpot does not say how many are left')
  const message = `${whole.format(remaining)} of ${whole.format(daily)} left to all apps of the portal`
  return remaining >= daily * SCARCE
    ? passed(name, message)
    : failed(name, {
        why: message,
        fix: 'See in HubSpot which app uses them: Settings → Integrations → Connected apps. Ours slow down by themselves',
      })
}
