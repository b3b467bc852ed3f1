/**
 * Makes the portal what the program needs: the group, every property, their options, and lists for those who want them. Run
 * again it changes nothing; it deletes nothing, and leaves alone what a person renamed or moved.
 */
import type { Program } from '../../src/program/schema.ts'
import { type Answer, isRecord, list } from './answers.ts'
import { API_DATE } from './batches.ts'
import type { HubspotClient } from './client.ts'
import { LIST_PREFIX, planLists } from './lists.ts'
import { askPatiently, type Refused, refusalOf } from './patience.ts'
import { planProperties, readProperties } from './portal-properties.ts'
import { GROUP } from './properties.ts'

export const PROPERTIES_PATH = `/crm/properties/${API_DATE}/contacts`
export const LISTS_PATH = `/crm/lists/${API_DATE}`
/** Contacts, as lists name them. */
const CONTACT_TYPE = '0-1'
const LISTS_AT_A_TIME = 500

export const SCOPES = {
  readContacts: 'crm.objects.contacts.read',
  writeContacts: 'crm.objects.contacts.write',
  readSchemas: 'crm.schemas.contacts.read',
  writeSchemas: 'crm.schemas.contacts.write',
  readLists: 'crm.lists.read',
  writeLists: 'crm.lists.write',
  readOwners: 'crm.objects.owners.read',
} as const

/** One line of what was done. `fix`: what mends it, where it could not be done. */
export interface ProvisionStep {
  did: 'made' | 'changed' | 'left' | 'failed'
  text: string
  fix: string | null
}

export interface ProvisionOptions {
  client: Pick<HubspotClient, 'call'>
  /** The one to fill contacts from, and those that were in force before. */
  programs: readonly [Program, ...Program[]]
  withLists: boolean
  /** Says what it would do. */
  isDryRun: boolean
  sleep: (ms: number) => Promise<void>
}

export interface Provisioned {
  steps: ProvisionStep[]
  /** Properties that were as they should be. */
  right: number
  isWhole: boolean
}

type Provisioning = ProvisionOptions & { steps: ProvisionStep[] }

export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const provisioning: Provisioning = { ...options, steps: [] }
  const right = await provisionProperties(provisioning)
  // Lists have scopes of their own; without properties there is nothing to list by.
  if (options.withLists && right !== null) await provisionLists(provisioning)
  return {
    steps: provisioning.steps,
    right: right ?? 0,
    isWhole: provisioning.steps.every(({ did }) => did !== 'failed'),
  }
}

/** Answers how many were right already; null where HubSpot let us see none. */
async function provisionProperties(provisioning: Provisioning): Promise<number | null> {
  const { programs, client, sleep } = provisioning
  const answer = await askPatiently(client, sleep, 'GET', PROPERTIES_PATH)
  if (answer.kind !== 'ok') {
    fail(provisioning, 'The contact properties cannot be read', answer, SCOPES.readSchemas)
    return null
  }
  const plan = planProperties(programs, readProperties(answer.body))
  for (const { name, why } of plan.foreign) provisioning.steps.push(foreignStep(name, why))
  const mayWrite = plan.missing.length === 0 || (await provisionGroup(provisioning, plan.missing.length))
  if (mayWrite) await writeProperties(provisioning, plan)
  return plan.right.length
}

export const foreignFix = (name: string): string =>
  `If nobody needs it, delete ${name} in HubSpot (Settings → Properties) and run this again. Else give ours another name: "hubspot": {"prefix": "club_"} in program.json`

const foreignStep = (name: string, why: string): ProvisionStep => ({
  did: 'failed',
  text: `${name} is there already, made by somebody else: it ${why}`,
  fix: foreignFix(name),
})

/** Answers whether properties can be made. */
async function provisionGroup(provisioning: Provisioning, properties: number): Promise<boolean> {
  const { client, sleep } = provisioning
  const path = `${PROPERTIES_PATH}/groups`
  const there = await askPatiently(client, sleep, 'GET', `${path}/${GROUP.name}`)
  if (there.kind === 'ok') return true
  if (there.kind !== 'refused' || there.status !== 404) {
    fail(provisioning, `The group ${GROUP.name} cannot be read`, there, SCOPES.readSchemas)
    return false
  }
  const made = await write(provisioning, 'POST', path, { ...GROUP, displayOrder: -1 })
  // Somebody was faster.
  if (made === null || made.kind === 'ok' || (made.kind === 'refused' && made.status === 409)) {
    did(provisioning, 'made', `the group “${GROUP.label}” of contact properties`)
    return true
  }
  const what = `The group “${GROUP.label}” and its ${properties} properties cannot be made`
  fail(provisioning, what, made, SCOPES.writeSchemas)
  return false
}

async function writeProperties(
  provisioning: Provisioning,
  { missing, lacking }: ReturnType<typeof planProperties>,
): Promise<void> {
  const works = [
    ...missing.map((property) => ({
      name: property.name,
      change: 'made' as const,
      text: property.name,
      send: () => write(provisioning, 'POST', PROPERTIES_PATH, property),
      hasNoOptions: property.type === 'enumeration' && property.options.length === 0,
    })),
    ...lacking.map(({ name, options, added }) => ({
      name,
      change: 'changed' as const,
      text: `${name}: ${added.map((label) => `“${label}”`).join(', ')} added`,
      send: () => write(provisioning, 'PATCH', `${PROPERTIES_PATH}/${encodeURIComponent(name)}`, { options }),
      hasNoOptions: false,
    })),
  ]
  for (const { name, change, text, send, hasNoOptions } of works) {
    const answer = await send()
    if (answer === null || answer.kind === 'ok') did(provisioning, change, text)
    else if (hasNoOptions && answer.kind === 'refused' && answer.status === 400)
      provisioning.steps.push({ did: 'left', text: `${name}: left out until the program has some of it`, fix: null })
    else {
      fail(provisioning, `${name} cannot be ${change}`, answer, SCOPES.writeSchemas)
      // The token, the day's limit, or HubSpot itself: the others would meet the same.
      if (answer.kind !== 'refused' || answer.status === 401 || answer.status === 403) return
    }
  }
}

async function provisionLists(provisioning: Provisioning): Promise<void> {
  const there = await listNames(provisioning)
  if (there === null) return
  for (const { name, filterBranch } of planLists(provisioning.programs[0])) {
    if (there.has(name.toLowerCase())) {
      provisioning.steps.push({ did: 'left', text: `the list “${name}”, which is there`, fix: null })
      continue
    }
    const body = { name, objectTypeId: CONTACT_TYPE, processingType: 'DYNAMIC', filterBranch }
    const made = await write(provisioning, 'POST', LISTS_PATH, body)
    if (made === null || made.kind === 'ok') did(provisioning, 'made', `the active list “${name}”`)
    else {
      fail(provisioning, `The list “${name}” cannot be made`, made, SCOPES.writeLists)
      if (made.kind !== 'refused' || made.status === 401 || made.status === 403) return
    }
  }
}

/** Names of the lists that may be ours, in lower case; null where they cannot be read. */
async function listNames(provisioning: Provisioning): Promise<Set<string> | null> {
  const { client, sleep } = provisioning
  const names = new Set<string>()
  for (let offset = 0; ; offset += LISTS_AT_A_TIME) {
    const asked = { query: LIST_PREFIX.trim(), offset, count: LISTS_AT_A_TIME }
    const answer = await askPatiently(client, sleep, 'POST', `${LISTS_PATH}/search`, asked)
    if (answer.kind !== 'ok') {
      fail(provisioning, 'Lists cannot be read', answer, SCOPES.readLists)
      return null
    }
    for (const one of list(answer.body.lists))
      if (isRecord(one) && typeof one.name === 'string') names.add(one.name.toLowerCase())
    if (answer.body.hasMore !== true) return names
  }
}

/** Null where it is only said. */
async function write(
  { client, sleep, isDryRun }: Provisioning,
  method: 'POST' | 'PATCH',
  path: string,
  body: unknown,
): Promise<Answer | null> {
  return isDryRun ? null : askPatiently(client, sleep, method, path, body)
}

const did = ({ steps }: Provisioning, change: 'made' | 'changed', text: string): void =>
  void steps.push({ did: change, text, fix: null })

function fail({ steps }: Provisioning, what: string, answer: Answer, scope: string): void {
  const { why, fix }: Refused = refusalOf(answer, scope)
  steps.push({ did: 'failed', text: `${what}: ${why}`, fix })
}
