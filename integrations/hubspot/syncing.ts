/** One flush of up to a hundred members: what is known, and what became of each. */
import type { ContactNote, ContactState, Contacts } from '../../src/app/ports/contacts.ts'
import type { DeliveryOutcome } from '../../src/app/ports.ts'
import type { Program } from '../../src/program/schema.ts'
import type { Fate } from './batches.ts'
import type { HubspotClient } from './client.ts'
import { propertiesOf } from './properties.ts'
import { changedSince, hashesOf, keysOf } from './written.ts'

export interface HubspotSyncOptions {
  client: Pick<HubspotClient, 'call'>
  contacts: Pick<Contacts, 'contactsOf' | 'noteContacts'>
  program: () => Program
}

export interface Syncing extends HubspotSyncOptions {
  outcomes: Map<string, DeliveryOutcome>
  notes: ContactNote[]
  /** What was last written of each member as the flush began. */
  before: ReadonlyMap<string, Record<string, string>>
}

export interface Linked {
  contact: ContactState
  record: string
  /** As last written there; empty where the record was not ours before. */
  written: Record<string, string>
}

export const DONE: DeliveryOutcome = { kind: 'done' }

export const settle = (syncing: Syncing, { member }: ContactState, outcome: DeliveryOutcome): void =>
  void syncing.outcomes.set(member, outcome)

/** It is there as it is to be. */
export function noteWritten(syncing: Syncing, contact: ContactState, record: string): void {
  const { prefix } = syncing.program().hubspot
  const hashes = hashesOf(propertiesOf(contact, syncing.program()), prefix)
  // Nothing was new, and the link is as we know it: nothing to note.
  const isKnown =
    contact.record === record &&
    contact.standing !== null &&
    contact.isRefused !== true &&
    sameAs(contact.written, hashes)
  const before = syncing.before.get(contact.member) ?? {}
  const cleared = contact.standing === null
  if (!isKnown) syncing.notes.push({ member: contact.member, did: 'written', record, written: hashes, before, cleared })
  settle(syncing, contact, DONE)
}

const sameAs = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value)

/** No answer came: it may be there or not, and is sent again even if the member is by then what they were before. */
export function noteUnsure(syncing: Syncing, contact: ContactState, record: string): void {
  const known = syncing.before.get(contact.member) ?? {}
  const { prefix } = syncing.program().hubspot
  const names = keysOf(changedSince(known, propertiesOf(contact, syncing.program()), prefix), prefix)
  // Of a contact that is to be written whole, nothing is known anyway.
  if (Object.keys(known).length > 0) syncing.notes.push({ member: contact.member, did: 'unsure', record, names })
}

/** HubSpot did not take it: not now, or not as it is. */
export function noteFailed(syncing: Syncing, contact: ContactState, record: string | null, fate: Fate): void {
  if (fate.kind === 'later') {
    const { answer } = fate
    settle(syncing, contact, answer.kind === 'wait' ? { kind: 'wait', forMs: answer.forMs } : answer)
    return
  }
  if (fate.kind === 'held') {
    settle(syncing, contact, fate)
    return
  }
  noteRefused(syncing, contact, record, fate.kind === 'refused' ? fate.message : 'HubSpot did not take it')
}

export function noteRefused(syncing: Syncing, contact: ContactState, record: string | null, reason: string): void {
  syncing.notes.push({ member: contact.member, did: 'refused', record, reason })
  settle(syncing, contact, { kind: 'refused', reason })
}

/** The contact bears another member already. */
export function noteAnothers(syncing: Syncing, contact: ContactState, record: string, other: string): void {
  syncing.notes.push({ member: contact.member, did: 'is_anothers', record, other })
  settle(syncing, contact, { kind: 'refused', reason: 'The contact is another member’s already' })
}
