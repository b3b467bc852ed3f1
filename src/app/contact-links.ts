/** Which contact of the CRM is which member's: a row, and a name by which the member is found. One record is one member's. */
import type { Member } from '../core/state.ts'
import type { Desk } from './desk.ts'
import type { StoredContact } from './store-port.ts'

/** What is to be written there; one row a member in the outbox. */
export const CONTACT_EFFECT = 'hubspot.contact'

export const recordName = (record: string): string => `hubspot:${record}`

/** Whose a record was that is gone: what else is told of it may come later. */
export const formerName = (record: string): string => `hubspot-former:${record}`

export const putContact = (desk: Desk, contact: StoredContact): void => {
  desk.changes.contacts = [...(desk.changes.contacts ?? []), contact]
}

export const dropContact = (desk: Desk, member: string): void => {
  desk.changes.dropContacts = [...(desk.changes.dropContacts ?? []), member]
}

/** Two members become one: the contact goes along, unless the other has one. Then the first is cleared by the sync. */
export function handContactOver(desk: Desk, from: string, to: string): void {
  const stored = desk.tx.contacts([from, to])
  const [leaving, staying] = [stored.get(from), stored.get(to)]
  if (leaving?.record == null || (staying?.record ?? null) !== null) return
  dropContact(desk, from)
  desk.link(recordName(leaving.record), to)
  // Its member's number changes, whatever else does.
  putContact(desk, { ...leaving, member: to, written: {}, at: desk.now })
}

/** They are to be written again. */
export const wake = (desk: Desk, member: string): void =>
  desk.effect({ kind: CONTACT_EFFECT, key: member, payload: { member }, dueAt: null })

export function letGo(desk: Desk, member: string, record: string | null): void {
  dropContact(desk, member)
  if (record !== null && desk.name(recordName(record)) === member) desk.unlink(recordName(record))
}

export function proposeOnce(desk: Desk, one: string, other: string): void {
  const [a, b] = [memberOf(desk, one), memberOf(desk, other)]
  if (a !== null && b !== null && a.id !== b.id) desk.proposeMerge(a.id, b.id)
}

function memberOf(desk: Desk, id: string): Member | null {
  desk.load({ members: [id] })
  return desk.tx.members([id]).has(id) ? desk.member(id) : null
}

/** The record is theirs no more; whatever is told of it later still finds them. */
export function remember(desk: Desk, member: string, record: string): void {
  letGo(desk, member, record)
  desk.link(formerName(record), member)
}

export const isOver = (desk: Desk, id: string): boolean => isGone(desk.tx.members([id]).get(id))

export const isGone = (member: Member | undefined): boolean =>
  member === undefined || member.mergedInto !== null || member.status === 'erased'
