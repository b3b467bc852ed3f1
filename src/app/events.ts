/** Events and facts coming in: each is in the books once, or kept whole until it can be. */
import type { Fact, Lookup, PaymentFact } from '../core/facts.ts'
import { type Context, done, refuse } from './context.ts'
import { ANYBODY_ERASED, ANYBODY_SUBSCRIBED, type Desk } from './desk.ts'
import { emailName } from './identify.ts'
import type { App, EventOutcome, IncomingEvent, LearntFacts, Origin, Recording, Result, Translation } from './ports.ts'
import { StoreUnavailable } from './ports.ts'
import { namesInCustomer, recordCustomer } from './record-customer.ts'
import { namesInFailure, recordInvoiceFailure } from './record-invoice-failure.ts'
import { ask, namesInFact, recordPayment } from './record-payment.ts'
import { recordReward } from './record-reward.ts'
import { namesInSubscription, recordSubscription } from './record-subscription.ts'
import type { ParkedEvent, Unit } from './store-port.ts'

/** The name that pins a database to Stripe's live or test mode: that of the first event. */
export const STRIPE_MODE = 'mode:stripe'
const MODE = STRIPE_MODE
const SEEN = 'seen'
/** What an event's id stands for while it is kept in the inbox. */
const PARKED = 'parked'
const RETRIES_LIMIT = 1_000

type Events = Pick<App, 'recordEvent' | 'recordEvents' | 'learnFacts' | 'listInbox' | 'retryInbox'>

export function createEvents(context: Context): Events {
  const mode = createMode()
  return {
    recordEvent: (event) => recordEvent(context, event, mode),
    recordEvents: (events) => recordEvents(context, events, mode),
    learnFacts: (learnt) => learnFacts(context, learnt, mode),
    listInbox: async ({ limit, cursor }) => {
      const rows = await context.store.inboxPage({ limit: limit + 1, after: cursor ?? '' })
      const items = rows.slice(0, limit)
      return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
    retryInbox: (id) => retryInbox(context, id, mode),
  }
}

/** Which of Stripe's modes the database is pinned to. */
interface Mode {
  /** Whether something of this mode may be recorded; pins the database when it is the first. */
  allows(desk: Desk, livemode: boolean | null, isConnected?: boolean): boolean
  /** What the last unit saw is in the database: it need not be read again. */
  committed(): void
}

function createMode(): Mode {
  let known: string | null = null
  let seen: string | null = null
  return {
    allows: (desk, livemode, isConnected = false) => {
      if (livemode === null) return true
      const wanted = livemode ? 'live' : 'test'
      const pinned = known ?? desk.name(MODE)
      // Connected accounts send their test events to live endpoints too, so none of theirs says which mode this is.
      if (pinned === null && !isConnected) desk.link(MODE, wanted)
      // A unit may yet fail: what it read of another's is only kept once it was committed.
      seen = pinned
      return (pinned ?? wanted) === wanted
    },
    committed: () => {
      known = seen ?? known
    },
  }
}

async function recordEvent(context: Context, event: IncomingEvent, mode: Mode): Promise<EventOutcome> {
  const { translation } = event
  if (translation.kind === 'ignored') return 'ignored'
  if (translation.kind === 'odd') return park(context, event, translation.reason, mode)
  try {
    const outcome = await context.onDesk(originOf(event), recordingUnit(event, translation, mode))
    mode.committed()
    return outcome
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error
    logFailure(context, event, error)
    return park(context, event, OWN_ERROR, mode)
  }
}

/** A bug of ours must not lose the event nor make Stripe deliver it for three days: it is kept whole and shown. */
const OWN_ERROR = 'An error in Regulars itself; it can be retried after an update'

function logFailure(context: Context, event: IncomingEvent, error: unknown): void {
  context.logger.error('event could not be recorded', {
    type: event.type,
    error: error instanceof Error ? error.stack : 'unknown',
  })
}

const originOf = ({ id }: IncomingEvent): Origin => ({ source: `stripe:${id}`, actor: 'stripe' })

type Facts = Extract<Translation, { kind: 'facts' }>

const recordingUnit =
  (event: IncomingEvent, translation: Facts, mode: Mode) =>
  (desk: Desk): EventOutcome => {
    desk.loadNames([event.id, ANYBODY_ERASED, ANYBODY_SUBSCRIBED, ...translation.facts.flatMap(namesIn)])
    const seen = desk.name(event.id)
    if (seen !== null && seen !== PARKED) return 'duplicate'
    if (!mode.allows(desk, event.livemode, isConnected(translation))) return 'ignored'
    if (seen === PARKED) desk.changes.unpark = [event.id]
    const subjects = translation.facts.map((fact) => applyFact(desk, fact))
    for (const lookup of translation.lookups) askUnlessKnown(desk, lookup)
    desk.link(event.id, subjects.find((subject) => subject !== null) ?? SEEN)
    return 'recorded'
  }

/** As `recordEvent` for each of them, in as few commits as the database needs: none hinders another. */
async function recordEvents(context: Context, events: readonly IncomingEvent[], mode: Mode): Promise<Recording[]> {
  const recordings = events.map((): Recording => ({ outcome: 'ignored', isFailure: false }))
  const parking: { place: number; reason: string; isFailure: boolean }[] = []
  const recording: { place: number; unit: Unit<EventOutcome> }[] = []
  events.forEach((event, place) => {
    const { translation } = event
    if (translation.kind === 'odd') parking.push({ place, reason: translation.reason, isFailure: false })
    if (translation.kind === 'facts')
      recording.push({ place, unit: context.deskUnit(originOf(event), recordingUnit(event, translation, mode)) })
  })
  const settled = await context.store.commitAll(recording.map(({ unit }) => unit))
  if (settled.length > 0 && settled.every(({ status }) => status === 'fulfilled')) mode.committed()
  settled.forEach((one, i) => {
    const { place = 0 } = recording[i] ?? {}
    if (one.status === 'fulfilled') recordings[place] = { outcome: one.value, isFailure: false }
    else if (one.reason instanceof StoreUnavailable) recordings[place] = { outcome: null, isFailure: true }
    else {
      logFailure(context, events[place] as IncomingEvent, one.reason)
      parking.push({ place, reason: OWN_ERROR, isFailure: true })
    }
  })
  for (const { place, reason, isFailure } of parking) {
    const outcome = await park(context, events[place] as IncomingEvent, reason, mode).catch(() => null)
    recordings[place] = { outcome, isFailure: isFailure || outcome === null }
  }
  return recordings
}

function namesIn(fact: Fact): string[] {
  if (fact.kind === 'payment') return namesInFact(fact)
  if (fact.kind === 'subscription') return namesInSubscription(fact)
  if (fact.kind === 'invoice_failure') return namesInFailure(fact)
  return fact.kind === 'customer' ? namesInCustomer(fact) : []
}

/** Answers what the fact was about (a payment's or member's id), null when it said nothing new. */
function applyFact(desk: Desk, fact: Fact): string | null {
  switch (fact.kind) {
    case 'payment':
      return recordPayment(desk, withoutErased(desk, fact))
    case 'customer':
      return isForgotten(desk, [fact.id]) ? null : recordCustomer(desk, fact)
    case 'subscription':
      return isForgotten(desk, [fact.customer]) ? fact.id : recordSubscription(desk, fact)
    case 'invoice_failure':
      if (isForgotten(desk, [fact.customer, fact.email && emailName(fact.email)])) return fact.invoice
      return recordInvoiceFailure(desk, fact)
    case 'reward_made':
    case 'reward_refused':
    case 'reward_ended':
    case 'code':
      return recordReward(desk, fact)
    default: {
      const unknown: never = fact
      return unknown
    }
  }
}

/** Whether one of these names is somebody's who asked to be forgotten, and nobody's since. */
const isForgotten = (desk: Desk, names: readonly (string | null)[]): boolean =>
  names.some((name) => name !== null && desk.name(name) === null && desk.isErased([name]))

/** A payment's fact without what names somebody who asked to be forgotten. */
function withoutErased(desk: Desk, fact: PaymentFact): PaymentFact {
  const { customer, emails } = fact.parts
  const addresses = Object.values(emails).filter((email) => email !== null)
  if (!isForgotten(desk, [customer, ...addresses.map(emailName)])) return fact
  const kept = (email: string | null): string | null =>
    email !== null && isForgotten(desk, [emailName(email)]) ? null : email
  const parts = {
    ...fact.parts,
    customer: isForgotten(desk, [customer]) ? null : customer,
    emails: { session: kept(emails.session), billing: kept(emails.billing), receipt: kept(emails.receipt) },
    name: null,
    phone: null,
    metadata: {},
  }
  return { ...fact, parts }
}

/** What is to link an invoice with its payment is only asked while that payment is not known. */
function askUnlessKnown(desk: Desk, lookup: Lookup): void {
  const payment = lookup.kind === 'stripe.invoice' ? desk.name(lookup.id) : null
  const linked =
    payment?.startsWith('pay_') && desk.payment(payment).parts.names.some((name) => /^(pi|ch|py)_/.test(name))
  if (!linked) ask(desk, lookup)
}

const isConnected = (translation: Translation): boolean =>
  translation.kind === 'facts' &&
  [...translation.facts.map(accountOf), ...translation.lookups.map(({ account }) => account)].some(
    (account) => account !== null,
  )

const accountOf = (fact: Fact): string | null =>
  fact.kind === 'payment' ? fact.parts.account : 'account' in fact ? fact.account : null

async function park(context: Context, event: IncomingEvent, reason: string, mode: Mode): Promise<EventOutcome> {
  const now = context.clock.now()
  return context.onDesk({ source: `stripe:${event.id}`, actor: 'stripe' }, (desk) => {
    const seen = desk.name(event.id)
    if (seen !== null) return seen === PARKED ? 'parked' : 'duplicate'
    // Nobody knows what it is about, so it says nothing of the mode either; it is judged when it is read.
    if (!mode.allows(desk, event.livemode, true)) return 'ignored'
    const parked: ParkedEvent = {
      id: event.id,
      type: event.type,
      reason,
      payload: event.payload,
      receivedAt: now,
      eventAt: event.at,
      tries: 1,
    }
    desk.changes.park = [parked]
    desk.link(event.id, PARKED)
    return 'parked'
  })
}

async function retryInbox(context: Context, id: string, mode: Mode): Promise<Result<{ outcome: EventOutcome }>> {
  const parked = await context.read((tx) => tx.inbox(id))
  if (parked === null) return refuse('not_found', 'No event of this id is parked')
  if (context.retranslate === null) return refuse('conflict', 'Stripe is not connected, so its events cannot be read')
  const translation = context.retranslate(parked.payload)
  const event: IncomingEvent = {
    id,
    type: parked.type,
    livemode: parked.payload.includes('"livemode":true') || parked.payload.includes('"livemode": true'),
    at: parked.eventAt,
    translation,
    payload: parked.payload,
  }
  if (translation.kind === 'odd') {
    const reason = translation.reason
    await context.onDesk({ source: `stripe:${id}`, actor: 'stripe' }, (desk) => {
      desk.changes.park = [{ ...parked, reason, tries: Math.min(parked.tries + 1, RETRIES_LIMIT) }]
    })
    return done({ outcome: 'parked' })
  }
  const outcome = await recordEvent(context, event, mode)
  if (outcome !== 'parked')
    await context.onDesk({ source: `stripe:${id}`, actor: 'stripe' }, (desk) => {
      desk.changes.unpark = [id]
    })
  return done({ outcome })
}

async function learnFacts(context: Context, learnt: LearntFacts, mode: Mode): Promise<{ changed: number }> {
  let changed = 0
  for (const fact of learnt.facts) {
    const subject = await context.onDesk({ source: learnt.source, actor: 'stripe' }, (desk) => {
      if (!mode.allows(desk, learnt.livemode)) return null
      desk.loadNames([ANYBODY_ERASED, ANYBODY_SUBSCRIBED, ...namesIn(fact)])
      return applyFact(desk, fact)
    })
    if (subject !== null) changed++
  }
  if (learnt.lookups.length > 0)
    await context.onDesk({ source: learnt.source, actor: 'stripe' }, (desk) => {
      for (const lookup of learnt.lookups) askUnlessKnown(desk, lookup)
    })
  return { changed }
}
