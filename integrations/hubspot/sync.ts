/**
 * Members to contacts: up to a hundred at a time are linked once, then only what changed is written. HubSpot being slow, full
 * or down holds nobody up for ever and loses nothing: what was not written stays in the outbox.
 */
import type { ContactState } from '../../src/app/ports/contacts.ts'
import type { Deliverer, DeliveryOutcome, OutboxRow } from '../../src/app/ports.ts'
import { BATCH_LIMIT, CONTACTS, type Fate, sendAll } from './batches.ts'
import { linkAll } from './linking.ts'
import { propertiesOf } from './properties.ts'
import {
  DONE,
  type HubspotSyncOptions,
  type Linked,
  noteFailed,
  noteUnsure,
  noteWritten,
  type Syncing,
  settle,
} from './syncing.ts'
import { changedSince } from './written.ts'

export type { HubspotSyncOptions } from './syncing.ts'

export const CONTACT_KIND = 'hubspot.contact'
/** What changes again and again goes out once in two seconds. */
const FLUSH_EVERY_MS = 2_000

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
  const states = await options.contacts.contactsOf(members)
  const before = new Map(states.map(({ member, written }) => [member, written]))
  const syncing: Syncing = { ...options, outcomes: new Map(), notes: [], before }
  letGo(syncing, states)
  const moved = await updateAll(syncing, await linkAll(syncing, states), 'first')
  // Deleted or merged there, or another record bears the number: once more.
  if (moved.length > 0) await updateAll(syncing, await linkAll(syncing, await clearLeft(syncing, moved)), 'last')
  await options.contacts.noteContacts(syncing.notes)
  return syncing.outcomes
}

/** Of whoever is not to be there and has no contact, nothing is kept. */
function letGo(syncing: Syncing, states: readonly ContactState[]): void {
  for (const contact of states)
    if (contact.standing === null && contact.record === null) {
      syncing.notes.push({ member: contact.member, did: 'unlinked' })
      settle(syncing, contact, DONE)
    }
}

interface Moved {
  /** Without its record, or with the right one. */
  contact: ContactState
  /** The record that it leaves, which is somebody's still. */
  left: string | null
}

/** What stands there is of somebody who is gone: else it would bear another's number. Whoever cannot be cleared goes on later. */
async function clearLeft(syncing: Syncing, moved: readonly Moved[]): Promise<ContactState[]> {
  const leaving = moved.flatMap(({ contact, left }) => (left === null ? [] : [{ contact, record: left }]))
  const fates = await sendAll(
    updating(syncing),
    leaving.map(({ contact, record }) => {
      const properties = propertiesOf({ ...contact, standing: null }, syncing.program())
      return { key: record, body: { id: record, properties } }
    }),
  )
  return moved.flatMap(({ contact, left }) => {
    const fate = left === null ? undefined : fates.get(left)
    if (left === null || fate?.kind !== 'later') return [contact]
    noteFailed(syncing, contact, left, fate)
    return []
  })
}

/** Writes what differs. Answers those whose record is not there, or not the right one. */
async function updateAll(syncing: Syncing, linked: readonly Linked[], round: 'first' | 'last'): Promise<Moved[]> {
  const fates = await sendUpdates(syncing, linked)
  const moved: Moved[] = []
  for (const { contact, record } of linked) {
    const fate = fates.get(record)
    if (fate === undefined) noteWritten(syncing, contact, record)
    else if (fate.kind === 'ok') noteWritten(syncing, contact, record)
    else if (round === 'first' && fate.kind === 'exists')
      moved.push({ contact: { ...contact, record: fate.record, written: {} }, left: contact.record })
    else if (fate.kind === 'missing') {
      syncing.notes.push({ member: contact.member, did: 'unlinked' })
      if (round === 'last' || contact.standing === null) settle(syncing, contact, DONE)
      else moved.push({ contact: { ...contact, record: null, written: {} }, left: null })
    } else {
      if (fate.kind === 'later' && fate.answer.kind === 'down') noteUnsure(syncing, contact, record)
      noteFailed(syncing, contact, record, fate)
    }
  }
  return moved
}

const updating = ({ client, program }: Syncing) => ({
  client,
  path: `${CONTACTS}/batch/update`,
  keysOf: ({ record }: { record: string }) => [record],
  prefix: program().hubspot.prefix,
})

/** What was refused before goes apart: it must not hold up the others again. By record; nothing of those that are as they were. */
async function sendUpdates(syncing: Syncing, linked: readonly Linked[]): Promise<Map<string, Fate>> {
  const { program } = syncing
  const { prefix } = program().hubspot
  const batch = updating(syncing)
  const inputs = linked.flatMap(({ contact, record, written }) => {
    const properties = changedSince(written, propertiesOf(contact, program()), prefix)
    const isSame = Object.keys(properties).length === 0
    return isSame ? [] : [{ isDoubtful: contact.isRefused === true, key: record, body: { id: record, properties } }]
  })
  const fates = await sendAll(
    batch,
    inputs.filter(({ isDoubtful }) => !isDoubtful),
  )
  const doubtful = await sendAll(
    batch,
    inputs.filter(({ isDoubtful }) => isDoubtful),
  )
  return new Map([...fates, ...doubtful])
}
