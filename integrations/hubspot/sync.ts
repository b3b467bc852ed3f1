/**
 * Members to contacts: up to a hundred at a time are linked once, then only what changed is written. HubSpot being slow, full
 * or down holds nobody up for ever and loses nothing: what was not written stays in the outbox.
 */

import type { ContactNote, ContactState, Contacts } from '../../src/app/ports/contacts.ts'
import type { Deliverer, DeliveryOutcome, OutboxRow } from '../../src/app/ports.ts'
import type { Program } from '../../src/program/schema.ts'
import { BATCH_LIMIT, CONTACTS, type Fate, type FoundContact, sendAll } from './batches.ts'
import type { HubspotClient } from './client.ts'
import { propertiesOf } from './properties.ts'
import { changedSince, hashesOf } from './written.ts'

export const CONTACT_KIND = 'hubspot.contact'
/** What changes again and again goes out once in two seconds. */
const FLUSH_EVERY_MS = 2_000

export interface HubspotSyncOptions {
  client: HubspotClient
  contacts: Pick<Contacts, 'contactsOf' | 'noteContacts'>
  program: () => Program
}

type Syncing = HubspotSyncOptions & { outcomes: Map<string, DeliveryOutcome>; notes: ContactNote[] }

interface Linked {
  contact: ContactState
  record: string
  /** As last written there; empty where the record was not ours before. */
  written: Record<string, string>
}

const DONE: DeliveryOutcome = { kind: 'done' }
const NO_ADDRESS = 'It has no e-mail address to be found by'

export function createHubspotSync(options: HubspotSyncOptions): Deliverer {
  const deliver = (rows: readonly OutboxRow[]) => deliverAll(options, rows)
  return {
    vendor: 'hubspot',
    kinds: [CONTACT_KIND],
    deliver: async (row) => (await deliver([row]))[0] ?? DONE,
    together: { kind: CONTACT_KIND, most: BATCH_LIMIT, everyMs: FLUSH_EVERY_MS, deliver },
  }
}

async function deliverAll(options: HubspotSyncOptions, rows: readonly OutboxRow[]): Promise<DeliveryOutcome[]> {
  const outcomes = await syncMembers(
    options,
    rows.map(({ key }) => key),
  )
  // Whoever is nobody's contact (a candidate) has nothing to be written.
  return rows.map(({ key }) => outcomes.get(key) ?? DONE)
}

/** Brings these members' contacts up to date; answers what became of each. */
export async function syncMembers(
  options: HubspotSyncOptions,
  members: readonly string[],
): Promise<Map<string, DeliveryOutcome>> {
  const syncing: Syncing = { ...options, outcomes: new Map(), notes: [] }
  const states = await options.contacts.contactsOf(members)
  const linked = await linkAll(syncing, states)
  const missing = await updateAll(syncing, linked)
  // Deleted or merged there: looked for anew, once.
  if (missing.length > 0) await updateAll(syncing, await linkAll(syncing, missing), true)
  await options.contacts.noteContacts(syncing.notes)
  return syncing.outcomes
}

// ------------------------------------------------------------------------------------------------------------- linking

async function linkAll(syncing: Syncing, states: readonly ContactState[]): Promise<Linked[]> {
  const known = states.flatMap((contact): Linked[] =>
    contact.record === null ? [] : [{ contact, record: contact.record, written: contact.written }],
  )
  const unknown = states.filter(({ record, standing }) => record === null && standing !== null)
  const found = await findAll(syncing, unknown)
  return [...known, ...found]
}

async function findAll(syncing: Syncing, states: readonly ContactState[]): Promise<Linked[]> {
  const byAddress = new Map<string, ContactState>()
  for (const contact of states) {
    if (contact.email === null) settle(syncing, contact, { kind: 'refused', reason: NO_ADDRESS })
    else byAddress.set(contact.email.toLowerCase(), contact)
  }
  if (byAddress.size === 0) return []
  const { client, program } = syncing
  const memberProperty = `${program().hubspot.prefix}member_id`
  const fates = await sendAll(
    {
      client,
      path: `${CONTACTS}/batch/read`,
      extra: { idProperty: 'email', properties: ['email', 'hs_additional_emails', memberProperty] },
      keysOf: addressesOf,
    },
    [...byAddress.keys()].map((email) => ({ key: email, body: { id: email } })),
  )
  const missing: ContactState[] = []
  const found: { contact: ContactState; there: FoundContact }[] = []
  for (const [email, contact] of byAddress) {
    const fate = fates.get(email)
    if (fate?.kind === 'ok') found.push({ contact, there: fate.contact })
    else if (fate?.kind === 'missing' || fate?.kind === 'exists' || fate === undefined) missing.push(contact)
    else fail(syncing, contact, null, fate)
  }
  return [...(await claim(syncing, found, memberProperty)), ...(await createMissing(syncing, missing))]
}

/** A contact is found by any of its addresses. */
const addressesOf = ({ properties }: FoundContact): string[] =>
  [properties.email ?? '', ...(properties.hs_additional_emails ?? '').split(';')]
    .map((email) => email.trim().toLowerCase())
    .filter((email) => email !== '')

/** A record that bears another member's number is theirs, as long as there is such a member. */
async function claim(
  syncing: Syncing,
  found: readonly { contact: ContactState; there: FoundContact }[],
  memberProperty: string,
): Promise<Linked[]> {
  const named = found.flatMap(({ contact, there }) => {
    const other = there.properties[memberProperty] ?? ''
    return other === '' || other === contact.member ? [] : [other]
  })
  const others = new Map((await syncing.contacts.contactsOf(named)).map((one) => [one.member, one]))
  return found.flatMap(({ contact, there }): Linked[] => {
    const other = others.get(there.properties[memberProperty] ?? '')
    if (other !== undefined && other.member !== contact.member && other.standing !== null) {
      syncing.notes.push({ member: contact.member, did: 'is_anothers', record: there.record, other: other.member })
      settle(syncing, contact, { kind: 'refused', reason: 'The contact is another member’s already' })
      return []
    }
    return [{ contact, record: there.record, written: {} }]
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
  const made = new Map(states.map((contact) => [(contact.email ?? '').toLowerCase(), contact]))
  const fates = await sendAll(
    { client, path: `${CONTACTS}/batch/create`, keysOf: addressesOf },
    [...made].map(([email, contact]) => ({ key: email, body: { properties: newContact(contact, email, program()) } })),
  )
  const linked: Linked[] = []
  for (const [email, contact] of made) {
    const fate = fates.get(email)
    if (fate?.kind === 'ok') written(syncing, contact, fate.contact.record)
    // Somebody was faster: it is written like any other.
    else if (fate?.kind === 'exists') linked.push({ contact, record: fate.record, written: {} })
    else fail(syncing, contact, null, fate ?? { kind: 'refused', message: 'HubSpot did not say what became of it' })
  }
  return linked
}

function newContact(contact: ContactState, email: string, program: Program): Record<string, string> {
  const [firstname = '', ...rest] = (contact.name ?? '').trim().split(/\s+/)
  const all = {
    email,
    firstname,
    lastname: rest.join(' '),
    phone: contact.phone ?? '',
    ...propertiesOf(contact, program),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}

// ------------------------------------------------------------------------------------------------------------- writing

/** Answers whose record is there no more, to be linked anew; the second time they are let go. */
async function updateAll(syncing: Syncing, linked: readonly Linked[], isSecond = false): Promise<ContactState[]> {
  const { client, program } = syncing
  const { prefix } = program().hubspot
  const inputs = linked.flatMap((one) => {
    const properties = changedSince(one.written, propertiesOf(one.contact, program()), prefix)
    if (Object.keys(properties).length > 0) return [{ key: one.record, body: { id: one.record, properties } }]
    written(syncing, one.contact, one.record)
    return []
  })
  const fates = await sendAll({ client, path: `${CONTACTS}/batch/update`, keysOf: ({ record }) => [record] }, inputs)
  const gone: ContactState[] = []
  for (const { contact, record } of linked) {
    const fate = fates.get(record)
    if (fate === undefined) continue
    if (fate.kind === 'ok' || fate.kind === 'exists') written(syncing, contact, record)
    else if (fate.kind !== 'missing') fail(syncing, contact, record, fate)
    else {
      syncing.notes.push({ member: contact.member, did: 'unlinked' })
      if (isSecond || contact.standing === null) settle(syncing, contact, DONE)
      else gone.push({ ...contact, record: null, written: {} })
    }
  }
  return gone
}

function written(syncing: Syncing, contact: ContactState, record: string): void {
  const { prefix } = syncing.program().hubspot
  const hashes = hashesOf(propertiesOf(contact, syncing.program()), prefix)
  // Nothing was new, and the link is as we know it: nothing to note.
  const isKnown = contact.record === record && contact.standing !== null && sameAs(contact.written, hashes)
  if (!isKnown) syncing.notes.push({ member: contact.member, did: 'written', record, written: hashes })
  settle(syncing, contact, DONE)
}

const sameAs = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value)

const settle = (syncing: Syncing, { member }: ContactState, outcome: DeliveryOutcome): void =>
  void syncing.outcomes.set(member, outcome)

function fail(syncing: Syncing, contact: ContactState, record: string | null, fate: Fate): void {
  if (fate.kind === 'later') {
    const { answer } = fate
    settle(syncing, contact, answer.kind === 'wait' ? { kind: 'wait', forMs: answer.forMs } : answer)
    return
  }
  const reason = fate.kind === 'refused' ? fate.message : 'HubSpot did not take it'
  syncing.notes.push({ member: contact.member, did: 'refused', record, reason })
  settle(syncing, contact, { kind: 'refused', reason })
}
