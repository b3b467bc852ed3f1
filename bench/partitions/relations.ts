// What ties members to one another or to the whole shop in one unit of work, and how each would be done were they apart. The
// list is held against what units really touch (test/property/partition-reach.test.ts): one that is not here fails there.
import type { Reach } from '../../test/support/reach.ts'

export interface Tie {
  /** What it is, for whoever reads the table. */
  says: string
  /** How it would be done with members in several databases. */
  apart: string
}

export const TIES = {
  merge: {
    says: 'two prove to be one: staff say so, or a customer’s first address is known',
    apart: 'moved: the one is closed and sent whole, the other takes it in once, then the names point there',
  },
  payment: {
    says: 'a payment, or what a customer subscribes to, goes to another member; two payments prove to be one',
    apart: 'given up by the one, sent, taken in once by the other: as between two banks',
  },
  referral: {
    says: 'a friend’s purchase and who brought them',
    apart:
      'the friend’s outbox tells the referrer’s database what their purchase counts for; it gives or takes back once',
  },
  code: {
    says: 'a code of one member used on a purchase of another',
    apart: 'the purchase’s outbox tells the redemption’s database that it was used',
  },
  names: {
    says: 'the customer says one member, the address another; or a record that became part of another is looked at',
    apart: 'the directory answers both at once; nothing is written to the second, a proposal for staff at most',
  },
  contact: {
    says: 'records of a CRM that became one, and bore two members',
    apart:
      'the directory says whose the record is; the other’s database is told to let go of it, a proposal is made for staff',
  },
  absorbed: { says: 'one person with all they were before', apart: 'together already: a merge moves them' },
  slice: { says: 'some members one after the other, in one commit', apart: 'each database has its own slices' },
} as const satisfies Record<string, Tie>

export type TieName = keyof typeof TIES

/** Rows of the whole shop that units read or write. */
export const SHARED_ROWS: Readonly<Record<string, Tie>> = {
  'counter stock': {
    says: 'how many of a reward are gone',
    apart: 'lent out in parts: each database has some and asks the coordinator for more',
  },
  'counter staff': {
    says: 'what one of staff gave away today',
    apart: 'kept by the coordinator: reserved there first, given back when refused',
  },
  'setting retention_run': { says: 'how far the night’s look came', apart: 'one each' },
  'setting woken': { says: 'how far a new program was looked at', apart: 'one each' },
  'counter names moved': { says: 'how often a name came to stand for somebody else', apart: 'one each' },
  'setting glance.1': { says: 'the shop at a glance, as last made', apart: 'made of the parts, kept once' },
  'setting staff_language': { says: 'what one of staff reads in', apart: 'kept by the coordinator' },
  'setting slack_digest': { says: 'which day’s digest was queued', apart: 'kept by the coordinator' },
  'setting slack_digest_claim': { says: 'who makes it', apart: 'kept by the coordinator' },
  'setting backfill': { says: 'how far a history was read in', apart: 'kept by the coordinator' },
  model: { says: 'what was learnt from everybody', apart: 'learnt from samples of all, sent to each' },
  program: { says: 'programs that were in force', apart: 'a copy each: they are never changed' },
  idempotency: {
    says: 'the answer to a call with this key',
    apart: 'by the key, in the directory: the same key for another member is seen there',
  },
  inbox: { says: 'events that could not be read', apart: 'by the event’s id' },
  merge_proposal: { says: 'two that may be one', apart: 'with the elder of the two' },
}

/** Rows of members that units find by something else than whose they are. */
export const SOUGHT: Readonly<Record<string, Tie>> = {
  'member by referral_code': { says: 'whose code it is', apart: 'a name in the directory' },
  'contact by record': { says: 'whose contact it is', apart: 'a name in the directory' },
}

const owners = (tables: Map<string, Set<string>>, table: string): ReadonlySet<string> => tables.get(table) ?? new Set()

/** What ties the members of a unit together; null when it is about one at the most, `unknown` when the list above lacks it. */
export function tieOf({ what, members, sought, tables: { read, written } }: Reach): TieName | 'unknown' | null {
  if (members.size < 2) return null
  const of = (table: string): Set<string> => new Set([...owners(read, table), ...owners(written, table)])
  const several = (table: string): boolean => of(table).size > 1
  // Only handing everything over, and forgetting somebody, write feedback of two.
  if (owners(written, 'feedback').size > 1) return what === 'eraseMember' ? 'absorbed' : 'merge'
  if (several('payment')) return 'payment'
  const payers = of('payment')
  if (payers.size > 0 && [...owners(read, 'redemption by id')].some((owner) => !payers.has(owner))) return 'code'
  if (several('grant_given') || sought.has('member by referral_code')) return 'referral'
  if (several('contact')) return what === 'recordContactEvents' ? 'contact' : 'slice'
  if (several('outlook')) return 'slice'
  const beyond = [...read.keys(), ...written.keys()].filter((table) => table !== 'member' && !table.includes(' '))
  if (beyond.some(several)) return 'unknown'
  // A customer who proves to be another's takes along what they subscribe to, which is kept in the two rows alone.
  return owners(written, 'member').size > 1 ? 'payment' : 'names'
}
