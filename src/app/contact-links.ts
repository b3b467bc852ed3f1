/** Which contact of the CRM is which member's: a row, and a name by which the member is found. One record is one member's. */
import type { Desk } from './desk.ts'
import type { StoredContact } from './store-port.ts'

export const recordName = (record: string): string => `hubspot:${record}`

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
