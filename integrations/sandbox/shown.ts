/** What the page is shown: types alone, shared by the server's side and the page's. */
import type { MemberView } from '../../src/app/ports.ts'
import type { Seen } from './doubles/slack/sight.ts'
import type { Step } from './trace.ts'

export interface ShownCustomer {
  id: string
  name: string | null
  email: string | null
  language: string | null
  subscriptions: ShownSubscription[]
  /** Of rewards: those that can be used now. */
  codes: { code: string; takesOff: string; until: number | null }[]
}

export interface ShownSubscription {
  id: string
  name: string
  status: string
  /** ms */
  paidUntil: number
  isEnding: boolean
  isOpen: boolean
}

export interface ShownProduct {
  price: string
  product: string
  name: string
  /** Minor units. */
  amount: number
  currency: string
  interval: 'month' | 'year' | null
}

export interface ShownPayment {
  charge: string
  customer: string | null
  /** Name or address. */
  by: string
  amount: number
  refunded: number
  currency: string
  at: number
  isDisputed: boolean
  dispute: string | null
  refunds: { id: string; amount: number; status: string }[]
}

export interface ShownShop {
  products: ShownProduct[]
  customers: ShownCustomer[]
  /** Who is served, whatever is searched for. */
  chosen: ShownCustomer | null
  /** The newest first; a page of them. */
  payments: ShownPayment[]
  /** Those of who is served. */
  theirs: ShownPayment[]
  /** `found`: customers that the search finds, of which a page is shown. */
  counts: { customers: number; found: number; payments: number }
  habits: { twice: boolean; shuffled: boolean; lateMs: number }
  isDown: boolean
  /** Webhooks that are still to come. */
  waiting: number
}

export interface ShownStaff {
  id: string
  name: string
  role: string
  about: string
  /** Of what others wrote and they see: the newest, by channel. */
  newest: Record<string, string>
}

export interface ShownChannel {
  id: string
  name: string
  kind: 'public' | 'private' | 'im'
  /** Older messages, which are there and not shown. */
  older: number
}

export interface ShownSlack extends Seen {
  me: string
  staff: ShownStaff[]
  channels: ShownChannel[]
  /** Names of channels that they may know of, by id. */
  channelNames: Record<string, string>
  /** Names of people, for mentions. */
  people: Record<string, string>
  commands: { name: string; example: string; about: string }[]
}

export interface ShownContact {
  id: string
  name: string
  email: string
  tier: string
  points: string
  segment: string
}

export interface ShownProperty {
  name: string
  label: string
  value: string
  history: { value: string; at: string; by: string }[]
}

export interface ShownCard {
  kind: 'member' | 'none'
  [field: string]: unknown
}

export interface ShownRecord {
  contact: ShownContact
  properties: ShownProperty[]
  card: unknown
}

export interface ShownHubspot {
  contacts: ShownContact[]
  /** Contacts by segment, as its lists have them. */
  lists: { name: string; size: number }[]
  /** Contacts that search and list leave over, of which a page is shown. */
  found: number
  total: number
  trouble: 'none' | 'limited' | 'down'
  waits: ShownWaiting[]
}

/** What HubSpot is still to be told. */
export interface ShownWaiting {
  id: number
  about: string
  tries: number
  /** Why the last try failed; null before any. */
  reason: string | null
  /** ms; null where it waits for somebody. */
  nextAt: number | null
}

export interface TourStep {
  id: string
  title: string
  /** What to do, in a sentence or two. */
  about: string
  /** Which pane it happens in. */
  pane: 'shop' | 'slack' | 'hubspot' | 'happened'
  isDone: boolean
}

export interface ShownState {
  /** The sandbox's time, ms. */
  now: number
  isAhead: boolean
  timezone: string
  locale: string
  program: { name: string; version: string; preset: string | null; currency: string }
  presets: { id: string | null; name: string }[]
  /** How many digits of each currency in use are after the point. */
  currencies: Record<string, number>
  shop: ShownShop
  hubspot: ShownHubspot
  slack: ShownSlack
  /** The newest last. */
  steps: ShownStep[]
  tour: TourStep[]
  /** A long work under way. */
  work: { what: string; share: number } | null
}

export type { Step }

/** What happened, without the JSON: that is asked for when somebody wants to see it. */
export type ShownStep = Omit<Step, 'detail'>

/** What comes by server-sent events, by name. */
export interface Told {
  step: ShownStep
  /** Something changed: the state is to be asked for again. */
  changed: { now: number }
  work: ShownState['work']
}

/** What a doing answers: a sentence where it could not be done. */
export type Done = { ok: true; said?: string } | { ok: false; why: string }

/** `errors`: what is wrong with which field of a window. `options`: what a menu offers for what is typed in it. */
export type Outcome = Done & { errors?: Record<string, string>; options?: { text: string; value: string }[] }

export type ShownMember = MemberView
