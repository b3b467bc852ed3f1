/** Which contact is whose: looked for by address, made where there is none. Done once for each member. */
import type { ContactState } from '../../src/app/ports/contacts.ts'
import type { Program } from '../../src/program/schema.ts'
import { CONTACTS, type Fate, type FoundContact, sendAll } from './batches.ts'
import { propertiesOf } from './properties.ts'
import {
  DONE,
  type Linked,
  noteAnothers,
  noteFailed,
  noteRefused,
  noteWritten,
  type Syncing,
  settle,
} from './syncing.ts'

const NO_ADDRESS = 'It has no e-mail address to be found by'
const SAME_ADDRESS = 'Another member has this e-mail address too'

/** Those whose contact is known or found now; what became of the others is noted. */
export async function linkAll(syncing: Syncing, states: readonly ContactState[]): Promise<Linked[]> {
  const known = states.flatMap((contact): Linked[] =>
    contact.record === null ? [] : [{ contact, record: contact.record, written: contact.written }],
  )
  const unknown = states.filter(({ record, standing }) => record === null && standing !== null)
  return eachOnce(syncing, [...known, ...(await findAll(syncing, unknown))])
}

/** One contact may have the addresses of two members. */
function eachOnce(syncing: Syncing, linked: readonly Linked[]): Linked[] {
  const holders = new Map<string, string>()
  return linked.filter(({ contact, record }) => {
    const holder = holders.get(record)
    if (holder !== undefined) noteAnothers(syncing, contact, record, holder)
    else holders.set(record, contact.member)
    return holder === undefined
  })
}

async function findAll(syncing: Syncing, states: readonly ContactState[]): Promise<Linked[]> {
  const byAddress = addressed(syncing, states)
  if (byAddress.size === 0) return []
  const fates = await readContacts(syncing, [...byAddress.keys()], 'email')
  const missing: ContactState[] = []
  const found: Found[] = []
  for (const [email, contact] of byAddress) {
    const fate = fates.get(email)
    if (fate?.kind === 'ok') found.push({ contact, there: fate.contact })
    else if (fate?.kind === 'missing' || fate === undefined) missing.push(contact)
    else noteFailed(syncing, contact, null, fate)
  }
  const claimed = await claim(syncing, found)
  return [...claimed, ...(await createMissing(syncing, missing))]
}

function addressed(syncing: Syncing, states: readonly ContactState[]): Map<string, ContactState> {
  const byAddress = new Map<string, ContactState>()
  for (const contact of states) {
    const address = contact.email?.toLowerCase() ?? ''
    if (address === '') noteRefused(syncing, contact, null, NO_ADDRESS)
    else if (byAddress.has(address)) noteRefused(syncing, contact, null, SAME_ADDRESS)
    else byAddress.set(address, contact)
  }
  return byAddress
}

const memberProperty = ({ program }: Syncing): string => `${program().hubspot.prefix}member_id`

/** By address or by record. */
const readContacts = (
  syncing: Syncing,
  ids: readonly string[],
  idProperty: 'email' | null,
): Promise<Map<string, Fate>> =>
  sendAll(
    {
      client: syncing.client,
      path: `${CONTACTS}/batch/read`,
      extra: {
        ...(idProperty !== null && { idProperty }),
        properties: ['email', 'hs_additional_emails', memberProperty(syncing)],
      },
      keysOf: idProperty === null ? ({ record }) => [record] : addressesOf,
      prefix: syncing.program().hubspot.prefix,
    },
    ids.map((id) => ({ key: id, body: { id } })),
  )

/** A contact is found by any of its addresses. */
const addressesOf = ({ properties }: FoundContact): string[] =>
  [properties.email ?? '', ...(properties.hs_additional_emails ?? '').split(';')]
    .map((email) => email.trim().toLowerCase())
    .filter((email) => email !== '')

interface Found {
  contact: ContactState
  there: FoundContact
}

/** A record that bears another member's number is theirs, as long as there is such a member. */
async function claim(syncing: Syncing, found: readonly Found[]): Promise<Linked[]> {
  const property = memberProperty(syncing)
  const named = found.flatMap(({ contact, there }) => {
    const other = there.properties[property] ?? ''
    return other === '' || other === contact.member ? [] : [other]
  })
  const states = named.length === 0 ? [] : await syncing.contacts.contactsOf(named)
  const others = new Map(states.map((one) => [one.member, one]))
  return found.flatMap(({ contact, there }): Linked[] => {
    const other = others.get(there.properties[property] ?? '')
    if (other === undefined || other.member === contact.member || other.standing === null)
      return [{ contact, record: there.record, written: {} }]
    noteAnothers(syncing, contact, there.record, other.member)
    return []
  })
}

async function createMissing(syncing: Syncing, states: readonly ContactState[]): Promise<Linked[]> {
  const { client, program } = syncing
  if (states.length === 0) return []
  if (!program().hubspot.createContacts) {
    for (const contact of states) {
      syncing.notes.push({ member: contact.member, did: 'found_none' })
      settle(syncing, contact, DONE)
    }
    return []
  }
  const property = memberProperty(syncing)
  const fates = await sendAll(
    {
      client,
      path: `${CONTACTS}/batch/create`,
      keysOf: ({ properties }) => [properties[property] ?? ''],
      prefix: program().hubspot.prefix,
    },
    // With a trace, HubSpot makes those that it can, and tells the others apart.
    states.map((contact) => ({
      key: contact.member,
      body: { objectWriteTraceId: contact.member, properties: newContact(contact, program()) },
    })),
  )
  const there = new Map<string, ContactState>()
  for (const contact of states) {
    const fate = fates.get(contact.member)
    if (fate?.kind === 'ok') noteWritten(syncing, contact, fate.contact.record)
    else if (fate?.kind === 'exists' && !there.has(fate.record)) there.set(fate.record, contact)
    else
      noteFailed(syncing, contact, null, fate ?? { kind: 'refused', message: 'HubSpot did not say what became of it' })
  }
  return claimAll(syncing, there)
}

/** Somebody was faster: whose they are is to be seen before they are written like any other. */
async function claimAll(syncing: Syncing, byRecord: ReadonlyMap<string, ContactState>): Promise<Linked[]> {
  if (byRecord.size === 0) return []
  const fates = await readContacts(syncing, [...byRecord.keys()], null)
  const found: Found[] = []
  for (const [record, contact] of byRecord) {
    const fate = fates.get(record)
    if (fate?.kind === 'ok') found.push({ contact, there: fate.contact })
    else noteFailed(syncing, contact, null, fate ?? { kind: 'missing' })
  }
  return claim(syncing, found)
}

function newContact(contact: ContactState, program: Program): Record<string, string> {
  const [firstname = '', ...rest] = (contact.name ?? '').trim().split(/\s+/)
  const all = {
    email: contact.email?.toLowerCase() ?? '',
    firstname,
    lastname: rest.join(' '),
    phone: contact.phone ?? '',
    ...propertiesOf(contact, program),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}
