/** What a CRM is to hold of members, and what it tells of its contacts. Nothing here names a property or a path of a vendor's. */

/** Where a member stands, as marketing sees it. Amounts are minor units of the program's currency, instants ms. */
export interface ContactStanding {
  status: 'active' | 'left' | 'suspended'
  enrolledAt: number | null
  points: { available: number; pending: number; earned: number; nextExpiry: { points: number; at: number } | null }
  tier: { id: string; since: number; until: number | null } | null
  /** Towards the next tier by its own metric, 0 to 100; null at the top, or without tiers. */
  tierProgress: number | null
  /** `remaining` is in points, major units of money, or purchases: as the metric is. */
  nextTier: { id: string; remaining: number } | null
  segment: string | null
  /** What models said when it was last made known, in steps; null while nothing was. */
  outlook: {
    risk: 'low' | 'medium' | 'high'
    rfm: string | null
    probabilityAlive: number
    lifetimeValueMinor: number
    expectedPurchases90Days: number
  } | null
  purchases: number
  spendLast12MonthsMinor: number
  lastPurchaseAt: number | null
  lastReward: { name: string; at: number } | null
  /** Rewards that can be used now, oldest first. */
  openRewards: { name: string; code: string | null; until: number | null }[]
  /** Unannounced campaigns that run now and that this member is in, by id. */
  offers: string[]
  /** By id. */
  badges: string[]
  referralCode: string
}

export interface ContactState {
  member: string
  email: string | null
  name: string | null
  phone: string | null
  language: string | null
  /** Null: not to be there any more (erased, part of another member): what was written is cleared, and the link ends. */
  standing: ContactStanding | null
  /** The CRM's record; null while it is not known. */
  record: string | null
  /** A short hash of each property as last written; empty while nothing was. */
  written: Record<string, string>
  /** The CRM refused what it was sent last: nothing is tried until the member changes. */
  isRefused?: boolean
}

/** Members that are still to be written. */
export interface ContactsWaiting {
  waiting: number
  /** Refused by the CRM. */
  parked: number
  /** When the first of those that wait is due, ms. */
  nextAt: number | null
}

/** What became of a member's contact. */
export type ContactNote =
  /**
   * Written: `record` has these properties now. `before`: what was written last as this began; where it is something else by
   * now, nobody knows what is there, and all of it is written again. `cleared`: nothing of ours is left there.
   */
  | {
      member: string
      did: 'written'
      record: string
      written: Record<string, string>
      before?: Record<string, string>
      cleared?: boolean
    }
  /** Sent, and no answer came: whether `record` has the new values of these (keys of `written`), nobody knows. */
  | { member: string; did: 'unsure'; record: string; names: string[] }
  /** Nobody there has the address, and none is to be made. */
  | { member: string; did: 'found_none' }
  /** The CRM will not take it, for a reason that staff can read. */
  | { member: string; did: 'refused'; record: string | null; reason: string }
  /** The record is there no more, or not theirs: it is looked for again at the next change. */
  | { member: string; did: 'unlinked' }
  /** The record bears another member already: staff decide whether the two are one person. */
  | { member: string; did: 'is_anothers'; record: string; other: string }

/** What the CRM tells by itself. `at`: ms, the event's time. */
export type ContactEvent =
  /** Records that became part of another: `into` goes on. */
  | { id: string; at: number; kind: 'merged'; into: string; from: string[] }
  | { id: string; at: number; kind: 'deleted'; record: string }
  /** A person asked to be forgotten there: they are here too. */
  | { id: string; at: number; kind: 'forgotten'; record: string }
  | { id: string; at: number; kind: 'email_changed'; record: string; email: string | null }

/** The use cases of a CRM's sync. */
export interface Contacts {
  /** Of these members, in their order; merged ones and the erased included, unknown ones left out. */
  contactsOf(members: readonly string[]): Promise<ContactState[]>
  noteContacts(notes: readonly ContactNote[]): Promise<void>
  /** Records each event once, whatever order they come in. */
  recordContactEvents(events: readonly ContactEvent[]): Promise<{ recorded: number }>
  /** Members by their numbers, for a first sync of all and a nightly comparison; `next` is null at the end. */
  contactsAfter(after: number, limit: number): Promise<{ contacts: ContactState[]; next: number | null; total: number }>
  /** Has these members written again, whatever was written last. */
  resyncContacts(members: readonly string[]): Promise<void>
  /** Has these members written where they differ from what was written last. */
  queueContacts(members: readonly string[]): Promise<void>
  /** Of several processes, one looks through all contacts at a time: whether it is this one, for half a minute from now. */
  holdContacts(): Promise<boolean>
  releaseContacts(): Promise<void>
  contactsWaiting(): Promise<ContactsWaiting>
  /** Contacts that the CRM refuses, the newest first, with its words. */
  refusedContacts(page: { limit: number; cursor?: string }): Promise<{
    items: { member: string; record: string | null; reason: string; at: string }[]
    next: string | null
  }>
}
