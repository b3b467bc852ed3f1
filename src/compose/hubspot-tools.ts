// What the command line asks of HubSpot. Its client is loaded with it, so it is imported late.
import { checkHubspot, type HubspotCheck } from '../../integrations/hubspot/check.ts'
import { type DriftReport, readDrift } from '../../integrations/hubspot/drift.ts'
import { propertiesOf } from '../../integrations/hubspot/properties.ts'
import { type Provisioned, provision } from '../../integrations/hubspot/provision.ts'
import { changedSince } from '../../integrations/hubspot/written.ts'
import type { ContactState, Contacts } from '../app/ports/contacts.ts'
import type { Program } from '../program/schema.ts'
import { type HubspotClientParts, hubspotClient } from './hubspot-client.ts'

export type { HubspotCheck } from '../../integrations/hubspot/check.ts'
export type { Drift, DriftReport } from '../../integrations/hubspot/drift.ts'
export type { Provisioned, ProvisionStep } from '../../integrations/hubspot/provision.ts'

/** The program to fill contacts from, and those that were in force before. */
export type Programs = readonly [Program, ...Program[]]

export interface HubspotTools {
  provision(programs: Programs, options: { withLists: boolean; isDryRun: boolean }): Promise<Provisioned>
  check(programs: Programs): Promise<HubspotCheck[]>
  /** Compares contacts that are linked with what they should have. */
  drift(contacts: readonly ContactState[], program: Program, app: Pick<Contacts, 'contactsOf'>): Promise<DriftReport>
  /** Whether HubSpot lacks something of this contact, as far as we know. */
  isToWrite(contact: ContactState, program: Program): boolean
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

export function createHubspotTools(parts: Omit<HubspotClientParts, 'quotaShare'>): HubspotTools {
  const clientFor = async ({ hubspot: { quotaShare } }: Program) => {
    const client = await hubspotClient({ ...parts, quotaShare })
    if (client === null) throw new Error('HubSpot is not connected')
    return client
  }
  return {
    provision: async (programs, options) =>
      provision({ client: await clientFor(programs[0]), programs, sleep, ...options }),
    check: async (programs) => checkHubspot({ client: await clientFor(programs[0]), programs, sleep }),
    drift: async (contacts, program, app) =>
      readDrift({ client: await clientFor(program), program, contacts: app }, contacts),
    isToWrite: (contact, program) =>
      contact.record === null ||
      Object.keys(changedSince(contact.written, propertiesOf(contact, program), program.hubspot.prefix)).length > 0,
  }
}
