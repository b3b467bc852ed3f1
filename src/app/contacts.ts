/**
 * Members and their contacts in the CRM: what is to be written there, what became of it, and what the CRM tells by itself.
 * A link is a name of the member too (`hubspot:<record>`), so that they are found by it.
 */
import type { Member } from '../core/state.ts'
import { dropContact, putContact, recordName } from './contact-links.ts'
import { contactState } from './contact-standing.ts'
import { type Context, normalEmail } from './context.ts'
import type { Desk } from './desk.ts'
import { eraseFound } from './members.ts'
import type { ContactEvent, ContactNote, ContactState, Contacts } from './ports/contacts.ts'
import type { Page } from './ports.ts'
import { changeAddress } from './record-customer.ts'
import type { Tx } from './store-port.ts'

/** What is to be written there; one row a member in the outbox. */
export const CONTACT_EFFECT = 'hubspot.contact'
const ORIGIN = { source: 'hubspot', actor: 'hubspot' }
const REFUSED_LIMIT = 100

const eventName = (id: string): string => `hubspot-event:${id}`

export const createContacts = (context: Context): Contacts => ({
  contactsOf: (members) => context.read((tx) => statesOf(context, tx, members)),
  noteContacts: (notes) =>
    notes.length === 0
      ? Promise.resolve()
      : context.onDesk(ORIGIN, (desk) => {
          for (const note of notes) take(desk, note)
        }),
  recordContactEvents: async (events) => {
    let recorded = 0
    for (const event of events)
      if (await context.onDesk({ ...ORIGIN, source: `hubspot:${event.id}` }, (desk) => record(desk, event))) recorded++
    return { recorded }
  },
  contactsAfter: async (after, limit) => {
    const rows = await context.store.contactNumbersAfter(after, limit)
    const contacts = await context.read((tx) =>
      statesOf(
        context,
        tx,
        rows.map(({ id }) => id),
      ),
    )
    const next = rows.length < limit ? null : (rows.at(-1)?.n ?? null)
    return { contacts, next, total: await context.store.newestMember() }
  },
  resyncContacts: (members) =>
    context.onDesk(ORIGIN, (desk) => {
      for (const contact of desk.tx.contacts(members).values()) putContact(desk, { ...contact, written: {} })
      for (const id of members) wake(desk, id)
    }),
  refusedContacts: (page) => refusedContacts(context, page),
})

function statesOf(context: Context, tx: Tx, ids: readonly string[]): ContactState[] {
  const members = tx.members(ids)
  const seen = {
    tx,
    programs: context.programsIn(tx),
    now: context.clock.now(),
    contacts: tx.contacts(ids),
    outlooks: tx.outlooks(ids),
  }
  return ids.flatMap((id) => {
    const member = members.get(id)
    return (member && contactState(seen, member)) ?? []
  })
}

async function refusedContacts(
  { store }: Context,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<Page<{ member: string; record: string | null; reason: string; at: string }>> {
  const [, at, member] = /^(\d{1,16})\.([\w-]{1,100})$/.exec(cursor ?? '') ?? []
  const before = at === undefined || member === undefined ? null : ([Number(at), member] as const)
  const wanted = Math.min(limit, REFUSED_LIMIT)
  const rows = await store.refusedContacts({ limit: wanted + 1, before })
  const shown = rows.slice(0, wanted)
  const last = shown.at(-1)
  return {
    items: shown.map(({ member, record, reason, at }) => ({
      member,
      record,
      reason: reason ?? '',
      at: new Date(at).toISOString(),
    })),
    next: rows.length > wanted && last !== undefined ? `${last.at}.${last.member}` : null,
  }
}

// --------------------------------------------------------------------------------------------------- what was written

/** They are to be written again. */
const wake = (desk: Desk, member: string): void =>
  desk.effect({ kind: CONTACT_EFFECT, key: member, payload: { member }, dueAt: null })

/** A note may come late: whoever was merged or erased meanwhile is dealt with by what that change queued. */
function take(desk: Desk, note: ContactNote): void {
  const { member } = note
  const stored = desk.tx.contacts([member]).get(member)
  const at = desk.now
  const known = { member, record: stored?.record ?? null, written: stored?.written ?? {}, reason: null, at }
  switch (note.did) {
    case 'written':
      relink(desk, member, stored?.record ?? null, note.record)
      // Whoever is not to be there any more was cleared: nothing is left to remember.
      if (isOver(desk, member)) letGo(desk, member, note.record)
      else putContact(desk, { ...known, record: note.record, state: 'linked', written: note.written })
      return
    case 'found_none':
      putContact(desk, { ...known, record: null, state: 'none', written: {} })
      return
    case 'refused':
      putContact(desk, { ...known, record: note.record ?? known.record, state: 'refused', reason: note.reason })
      return
    case 'unlinked':
      letGo(desk, member, stored?.record ?? null)
      return
    case 'is_anothers':
      proposeOnce(desk, member, note.other)
      putContact(desk, { ...known, record: null, state: 'refused', written: {}, reason: ANOTHERS })
      return
    default: {
      note satisfies never
    }
  }
}

const ANOTHERS = 'This contact is another member’s already. Are the two one person? Then merge them'

const isOver = (desk: Desk, id: string): boolean => {
  const member = desk.tx.members([id]).get(id)
  return member === undefined || member.mergedInto !== null || member.status === 'erased'
}

function relink(desk: Desk, member: string, before: string | null, record: string): void {
  if (before !== null && before !== record) desk.unlink(recordName(before))
  const holder = desk.tx.contactsByRecord([record])[0]
  // The newest knowledge counts: one record is one member's.
  if (holder !== undefined && holder.member !== member) dropContact(desk, holder.member)
  if (!isOver(desk, member)) desk.link(recordName(record), member)
}

function letGo(desk: Desk, member: string, record: string | null): void {
  dropContact(desk, member)
  if (record !== null && desk.name(recordName(record)) === member) desk.unlink(recordName(record))
}

function proposeOnce(desk: Desk, one: string, other: string): void {
  const [a, b] = [memberOf(desk, one), memberOf(desk, other)]
  if (a !== null && b !== null && a.id !== b.id) desk.proposeMerge(a.id, b.id)
}

function memberOf(desk: Desk, id: string): Member | null {
  desk.load({ members: [id] })
  return desk.tx.members([id]).has(id) ? desk.member(id) : null
}

// --------------------------------------------------------------------------------------------------- what the CRM tells

/** Answers whether it was new. */
function record(desk: Desk, event: ContactEvent): boolean {
  if (desk.name(eventName(event.id)) !== null) return false
  desk.link(eventName(event.id), 'seen')
  switch (event.kind) {
    case 'merged':
      mergeRecords(desk, event)
      return true
    case 'deleted': {
      const member = desk.memberNamed(recordName(event.record))
      if (member !== null) letGo(desk, member, event.record)
      return true
    }
    case 'forgotten': {
      const member = desk.memberNamed(recordName(event.record))
      if (member === null) return true
      letGo(desk, member, event.record)
      eraseFound(desk, desk.member(member))
      return true
    }
    case 'email_changed': {
      const member = desk.memberNamed(recordName(event.record))
      if (member !== null && event.email !== null) {
        const found = desk.member(member)
        if (found.status !== 'erased') changeAddress(desk, desk.change(found.id), normalEmail(event.email))
      }
      return true
    }
    default: {
      const unknown: never = event
      return unknown
    }
  }
}

/** The record that goes on has the member of one that is gone; where both had one, staff decide whether they are one person. */
function mergeRecords(desk: Desk, { into, from }: Extract<ContactEvent, { kind: 'merged' }>): void {
  const gone = from.filter((record) => record !== into)
  const stored = desk.tx.contactsByRecord([into, ...gone])
  const holders = stored.filter(({ record }) => record === into)
  const moving = stored.filter(({ record }) => record !== into)
  const [keeper = moving[0]] = holders
  if (keeper === undefined) return
  for (const { member, record } of moving) {
    letGo(desk, member, record)
    if (member !== keeper.member) proposeOnce(desk, keeper.member, member)
  }
  if (keeper.record !== into) dropContact(desk, keeper.member)
  desk.link(recordName(into), keeper.member)
  // What the merge made of its properties is anybody's guess.
  putContact(desk, { ...keeper, record: into, state: 'linked', written: {}, reason: null, at: desk.now })
  wake(desk, keeper.member)
}
