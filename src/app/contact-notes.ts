/** What became of members' contacts in the CRM, as the sync notes it after each flush. */
import type { Member } from '../core/state.ts'
import { dropContact, isGone, letGo, proposeOnce, putContact, recordName, remember, wake } from './contact-links.ts'
import type { Desk } from './desk.ts'
import type { ContactNote } from './ports/contacts.ts'
import type { StoredContact } from './store-port.ts'

/** What is known of those that are noted, as this unit goes on. */
interface Taking {
  desk: Desk
  members: ReadonlyMap<string, Member>
  /** As it was before the first note. */
  before: ReadonlyMap<string, StoredContact>
  now: Map<string, StoredContact>
  /** By record. */
  holders: ReadonlyMap<string, string>
  /** Whose a record is from now on. */
  takers: Map<string, string>
}

export function takeNotes(desk: Desk, notes: readonly ContactNote[]): void {
  const ids = [...new Set(notes.map(({ member }) => member))]
  const records = notes.flatMap((note) => ('record' in note && note.record !== null ? [note.record] : []))
  const before = desk.tx.contacts(ids)
  const held = [...before.values()].flatMap(({ record }) => record ?? [])
  desk.loadNames([...new Set([...records, ...held])].map(recordName))
  const holders = new Map(desk.tx.contactsByRecord(records).map(({ record, member }) => [record ?? '', member]))
  const taking = { desk, members: desk.tx.members(ids), before, now: new Map(before), holders, takers: new Map() }
  for (const note of notes) take(taking, note)
  giveUp(taking)
}

/** Whoever was noted of a record that has become another's in the same flush. */
function giveUp({ desk, takers }: Taking): void {
  const isTheirs = ({ member, record }: StoredContact): boolean => (takers.get(record ?? '') ?? member) === member
  for (const contact of desk.changes.contacts ?? [])
    if (!isTheirs(contact)) {
      dropContact(desk, contact.member)
      wake(desk, contact.member)
    }
  if (desk.changes.contacts !== undefined) desk.changes.contacts = desk.changes.contacts.filter(isTheirs)
}

/** A note may come late: whoever was merged or erased meanwhile is dealt with by what that change queued. */
function take(taking: Taking, note: ContactNote): void {
  const { desk } = taking
  const { member } = note
  const stored = taking.now.get(member)
  const known = { member, record: stored?.record ?? null, written: stored?.written ?? {}, reason: null, at: desk.now }
  const put = (contact: StoredContact): void => {
    taking.now.set(member, contact)
    putContact(desk, contact)
  }
  switch (note.did) {
    case 'written':
      if (isOverIn(taking, member)) putLast(taking, note, put)
      else {
        relink(taking, member, note.record)
        put({ ...known, record: note.record, state: 'linked', written: writtenBy(taking, note) })
      }
      return
    case 'unsure':
      if (stored !== undefined) put({ ...stored, written: doubted(stored, note) })
      return
    case 'found_none':
      put({ ...known, record: null, state: 'none', written: {} })
      return
    case 'refused':
      put({ ...known, record: note.record ?? known.record, state: 'refused', reason: note.reason })
      return
    case 'unlinked':
      drop(taking, member)
      return
    case 'is_anothers':
      proposeOnce(desk, member, note.other)
      // What was written of theirs may stand on the other's.
      if ((taking.before.get(member)?.record ?? null) !== null) rewrite(taking, note.other)
      drop(taking, member)
      put({ ...known, record: null, state: 'refused', written: {}, reason: ANOTHERS })
      return
    default: {
      note satisfies never
    }
  }
}

/** Of somebody who is not to be there any more: what was written as they went is cleared; then nothing is kept. */
function putLast(
  taking: Taking,
  note: Extract<ContactNote, { did: 'written' }>,
  put: (contact: StoredContact) => void,
): void {
  const { desk } = taking
  const { member, record } = note
  const holder = taking.holders.get(record)
  if (holder !== undefined && holder !== member) rewrite(taking, holder)
  else if (note.cleared !== false) drop(taking, member)
  else {
    put({ member, record, state: 'linked', reason: null, written: {}, at: desk.now })
    wake(desk, member)
  }
}

/** Empty where something else was written, or decided, meanwhile: then all of it is written again. */
function writtenBy({ desk, before }: Taking, note: Extract<ContactNote, { did: 'written' }>): Record<string, string> {
  const stored = before.get(note.member)?.written ?? {}
  if (note.before === undefined) return note.written
  const { before: known } = note
  const names = Object.keys(stored)
  const isAsItWas = names.length === Object.keys(known).length && names.every((name) => stored[name] === known[name])
  if (isAsItWas) return note.written
  wake(desk, note.member)
  return {}
}

/** No hash: it differs from whatever is to be there. */
const UNSURE = '?'

function doubted(stored: StoredContact, note: Extract<ContactNote, { did: 'unsure' }>): Record<string, string> {
  if (stored.record !== note.record) return {}
  return { ...stored.written, ...Object.fromEntries(note.names.map((name) => [name, UNSURE])) }
}

function rewrite({ desk, members, now }: Taking, member: string): void {
  // As an earlier note of this unit left it.
  const stored = members.has(member) ? now.get(member) : desk.tx.contacts([member]).get(member)
  if (stored !== undefined) putContact(desk, { ...stored, written: {} })
  wake(desk, member)
}

/** The contact is theirs no more; what is told of it later still finds them. */
function drop({ desk, members, now }: Taking, member: string): void {
  const record = now.get(member)?.record ?? null
  now.delete(member)
  const isErased = (members.get(member)?.status ?? 'erased') === 'erased'
  if (record === null || isErased) letGo(desk, member, record)
  else remember(desk, member, record)
}

const ANOTHERS = 'This contact is another member’s already. Are the two one person? Then merge them'

const isOverIn = ({ members }: Taking, id: string): boolean => isGone(members.get(id))

/** The newest knowledge counts: one record is one member's. Whoever had it is looked for again. */
function relink(taking: Taking, member: string, record: string): void {
  const { desk, now, holders } = taking
  if (now.get(member)?.record !== record) drop(taking, member)
  const holder = holders.get(record)
  if (holder !== undefined && holder !== member) {
    dropContact(desk, holder)
    wake(desk, holder)
  }
  desk.link(recordName(record), member)
  taking.takers.set(record, member)
}
