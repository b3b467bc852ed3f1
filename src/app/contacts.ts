/**
 * Members and their contacts in the CRM: what is to be written there, what became of it, and what the CRM tells by itself.
 * A link is a name of the member too (`hubspot:<record>`), so that they are found by it.
 */
import {
  CONTACT_EFFECT,
  formerName,
  isOver,
  letGo,
  proposeOnce,
  putContact,
  recordName,
  remember,
  wake,
} from './contact-links.ts'
import { takeNotes } from './contact-notes.ts'
import { contactState } from './contact-standing.ts'
import { type Context, normalEmail } from './context.ts'
import type { Desk } from './desk.ts'
import { createFlushLease } from './flush-lease.ts'
import { eraseFound } from './members.ts'
import type { ContactEvent, ContactState, Contacts } from './ports/contacts.ts'
import type { Page } from './ports.ts'
import { eachOf } from './reading.ts'
import { changeAddress } from './record-customer.ts'
import type { StoredContact } from './store-port.ts'

const ORIGIN = { source: 'hubspot', actor: 'hubspot' }
const REFUSED_LIMIT = 100

/** Events that are recorded side by side. */
const AT_ONCE = 10
/** Records merged into records merged into records: longer chains are a circle. */
const MERGES_LIMIT = 20

const eventName = (id: string): string => `hubspot-event:${id}`
/** Where a record went: an earlier merge may be told later. */
const mergedName = (record: string): string => `hubspot-into:${record}`
/** When the newest change of address was made that we know of. */
const addressName = (record: string): string => `hubspot-email-at:${record}`

export function createContacts(context: Context): Contacts {
  const looking = createFlushLease(context, 'all contacts')
  return {
    contactsOf: (members) => statesOf(context, members),
    noteContacts: (notes) =>
      notes.length === 0
        ? Promise.resolve()
        : context.onDesk(ORIGIN, (desk) => {
            takeNotes(desk, notes)
          }),
    recordContactEvents: async (events) => {
      let recorded = 0
      // One after the other, a hundred of them would take a remote database longer than the CRM waits for its answer.
      for (let first = 0; first < events.length; first += AT_ONCE) {
        const some = events.slice(first, first + AT_ONCE)
        const origin = (id: string) => ({ ...ORIGIN, source: `hubspot:${id}` })
        const news = await Promise.all(
          some.map((event) => context.onDesk(origin(event.id), (desk) => record(desk, event))),
        )
        recorded += news.filter((isNew) => isNew).length
      }
      return { recorded }
    },
    contactsAfter: async (after, limit) => {
      const rows = await context.store.contactNumbersAfter(after, limit)
      const contacts = await statesOf(
        context,
        rows.map(({ id }) => id),
      )
      const next = rows.length < limit ? null : (rows.at(-1)?.n ?? null)
      return { contacts, next, total: await context.store.newestMember() }
    },
    resyncContacts: (members) =>
      context.onDesk(ORIGIN, (desk) => {
        for (const contact of desk.tx.contacts(members).values()) putContact(desk, { ...contact, written: {} })
        for (const id of members) wake(desk, id)
      }),
    queueContacts: (members) =>
      members.length === 0
        ? Promise.resolve()
        : context.onDesk(ORIGIN, (desk) => {
            for (const id of members) wake(desk, id)
          }),
    contactsWaiting: () => context.store.effectsStanding(CONTACT_EFFECT),
    refusedContacts: (page) => refusedContacts(context, page),
    holdContacts: looking.hold,
    releaseContacts: looking.release,
  }
}

function statesOf(context: Context, ids: readonly string[]): Promise<ContactState[]> {
  // Taken once: a unit that runs again must ask for the same.
  const now = context.clock.now()
  return context.read((tx) => {
    const members = tx.members(ids)
    const contacts = tx.contacts(ids)
    const seen = { tx, programs: context.programsIn(tx), now, contacts, outlooks: tx.outlooks(ids) }
    return eachOf(ids, (id) => {
      const member = members.get(id)
      return (member && contactState(seen, member)) ?? []
    }).flat()
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
      if (member !== null) remember(desk, member, event.record)
      return true
    }
    case 'forgotten':
      forget(desk, event.record)
      return true
    case 'email_changed':
      if (event.email !== null) readdress(desk, event.record, event.email, event.at)
      return true
    default: {
      const unknown: never = event
      return unknown
    }
  }
}

/** Who is forgotten there is deleted there too, and either may be told first. */
function forget(desk: Desk, record: string): void {
  const member = desk.memberNamed(recordName(record)) ?? desk.memberNamed(formerName(record))
  if (member === null) return
  letGo(desk, member, record)
  desk.unlink(formerName(record))
  const found = desk.member(member)
  if (found.status !== 'erased') eraseFound(desk, found)
}

/** An older change that is told later changes nothing. */
function readdress(desk: Desk, record: string, email: string, at: number): void {
  const member = desk.memberNamed(recordName(record))
  if (member === null || Number(desk.name(addressName(record)) ?? 0) > at) return
  desk.link(addressName(record), String(at))
  const found = desk.member(member)
  if (found.status !== 'erased') changeAddress(desk, desk.change(found.id), normalEmail(email))
}

/** The record that goes on has the member of one that is gone; where both had one, staff decide whether they are one person. */
function mergeRecords(desk: Desk, event: Extract<ContactEvent, { kind: 'merged' }>): void {
  const gone = event.from.filter((record) => record !== event.into)
  for (const record of gone) desk.link(mergedName(record), event.into)
  const into = whereItWent(desk, event.into)
  const stored = desk.tx.contactsByRecord([into, ...gone])
  const holders = stored.filter(({ record }) => record === into)
  const moving = stored.filter(({ record }) => record !== into)
  const [keeper = moving[0] ?? formerHolder(desk, gone)] = holders
  for (const { member, record } of moving) if (record !== null) remember(desk, member, record)
  if (keeper === undefined) return
  for (const { member } of moving) if (member !== keeper.member) proposeOnce(desk, keeper.member, member)
  desk.link(recordName(into), keeper.member)
  // What the merge made of its properties is anybody's guess.
  putContact(desk, { ...keeper, record: into, state: 'linked', written: {}, reason: null, at: desk.now })
  wake(desk, keeper.member)
}

/** The record that a record ended up in. */
function whereItWent(desk: Desk, record: string): string {
  let last = record
  for (let merges = 0; merges < MERGES_LIMIT; merges++) {
    const next = desk.name(mergedName(last))
    if (next === null || next === record) break
    last = next
  }
  return last
}

/** Whose one of these records was that are gone, when they have no other by now. */
function formerHolder(desk: Desk, gone: readonly string[]): StoredContact | undefined {
  const former = gone.map((record) => desk.memberNamed(formerName(record))).find((member) => member !== null)
  if (former === undefined || former === null) return undefined
  // They may have become part of another meanwhile.
  const member = desk.member(former).id
  if (isOver(desk, member)) return undefined
  const stored = desk.tx.contacts([member]).get(member)
  if (stored !== undefined && stored.record !== null) return undefined
  return { member, record: null, state: 'none', reason: null, written: {}, at: desk.now }
}
