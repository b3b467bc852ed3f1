/** Events and facts coming in: each is in the books once, or kept whole until it can be. */
import type { Fact, Lookup } from '../core/facts.ts'
import { type Context, done, refuse } from './context.ts'
import { ANYBODY_ERASED, type Desk } from './desk.ts'
import type { App, EventOutcome, IncomingEvent, LearntFacts, Result } from './ports.ts'
import { StoreUnavailable } from './ports.ts'
import { namesInCustomer, recordCustomer } from './record-customer.ts'
import { ask, namesInFact, recordPayment } from './record-payment.ts'
import type { ParkedEvent } from './store-port.ts'

/** The name that pins a database to Stripe's live or test mode: that of the first event. */
const MODE = 'mode:stripe'
const SEEN = 'seen'
const RETRIES_LIMIT = 1_000

type Events = Pick<App, 'recordEvent' | 'learnFacts' | 'listInbox' | 'retryInbox'>

export function createEvents(context: Context): Events {
  let mode: string | null = null
  const inMode = (desk: Desk, livemode: boolean | null): boolean => {
    if (livemode === null) return true
    const wanted = livemode ? 'live' : 'test'
    // Pinned once and for ever, so it need not be read again.
    if (mode !== null) return mode === wanted
    const pinned = desk.name(MODE)
    if (pinned === null) desk.link(MODE, wanted)
    else mode = pinned
    return (pinned ?? wanted) === wanted
  }
  return {
    recordEvent: (event) => recordEvent(context, event, inMode),
    learnFacts: (learnt) => learnFacts(context, learnt, inMode),
    listInbox: async ({ limit, cursor }) => {
      const rows = await context.store.inboxPage({ limit: limit + 1, after: cursor ?? '' })
      const items = rows.slice(0, limit)
      return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
    retryInbox: (id) => retryInbox(context, id, inMode),
  }
}

type InMode = (desk: Desk, livemode: boolean | null) => boolean

async function recordEvent(context: Context, event: IncomingEvent, inMode: InMode): Promise<EventOutcome> {
  const { translation } = event
  if (translation.kind === 'ignored') return 'ignored'
  if (translation.kind === 'odd') return park(context, event, translation.reason, inMode)
  try {
    return await context.onDesk({ source: `stripe:${event.id}`, actor: 'stripe' }, (desk) => {
      desk.loadNames([event.id, ANYBODY_ERASED, ...translation.facts.flatMap(namesIn)])
      if (desk.name(event.id) !== null) return 'duplicate'
      if (!inMode(desk, event.livemode)) return 'ignored'
      const subjects = translation.facts.map((fact) => applyFact(desk, fact))
      for (const lookup of translation.lookups) askUnlessKnown(desk, lookup)
      desk.link(event.id, subjects.find((subject) => subject !== null) ?? SEEN)
      return 'recorded'
    })
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error
    // A bug of ours must not lose the event nor make Stripe deliver it for three days: it is kept whole and shown.
    context.logger.error('event could not be recorded', {
      type: event.type,
      error: error instanceof Error ? error.stack : 'unknown',
    })
    return park(context, event, 'An error in Regulars itself; it can be retried after an update', inMode)
  }
}

function namesIn(fact: Fact): string[] {
  if (fact.kind === 'payment') return namesInFact(fact)
  return fact.kind === 'customer' ? namesInCustomer(fact) : []
}

/** Answers what the fact was about (a payment's or member's id), null when it said nothing new. */
function applyFact(desk: Desk, fact: Fact): string | null {
  switch (fact.kind) {
    case 'payment':
      return recordPayment(desk, fact)
    case 'customer':
      return recordCustomer(desk, fact)
    case 'subscription':
      desk.changes.subscriptions = [...(desk.changes.subscriptions ?? []), fact]
      return fact.id
    case 'invoice_failure':
      desk.changes.invoiceFailures = [...(desk.changes.invoiceFailures ?? []), fact]
      return fact.invoice
    default: {
      const unknown: never = fact
      return unknown
    }
  }
}

/** A session or invoice is only asked about while its payment is not known. */
function askUnlessKnown(desk: Desk, lookup: Lookup): void {
  const payment = desk.name(lookup.id)
  const linked =
    payment?.startsWith('pay_') && desk.payment(payment).parts.names.some((name) => /^(pi|ch|py)_/.test(name))
  if (!linked) ask(desk, lookup)
}

async function park(context: Context, event: IncomingEvent, reason: string, inMode: InMode): Promise<EventOutcome> {
  const now = context.clock.now()
  return context.onDesk({ source: `stripe:${event.id}`, actor: 'stripe' }, (desk) => {
    if (desk.name(event.id) !== null) return 'duplicate'
    if (!inMode(desk, event.livemode)) return 'ignored'
    const known = desk.tx.inbox(event.id)
    if (known !== null) return 'parked'
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
    return 'parked'
  })
}

async function retryInbox(context: Context, id: string, inMode: InMode): Promise<Result<{ outcome: EventOutcome }>> {
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
  const outcome = await recordEvent(context, event, inMode)
  if (outcome !== 'parked')
    await context.onDesk({ source: `stripe:${id}`, actor: 'stripe' }, (desk) => {
      desk.changes.unpark = [id]
    })
  return done({ outcome })
}

async function learnFacts(context: Context, learnt: LearntFacts, inMode: InMode): Promise<{ changed: number }> {
  let changed = 0
  for (const fact of learnt.facts) {
    const subject = await context.onDesk({ source: learnt.source, actor: 'stripe' }, (desk) => {
      if (!inMode(desk, learnt.livemode)) return null
      desk.loadNames([ANYBODY_ERASED, ...namesIn(fact)])
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
