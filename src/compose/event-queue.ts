// The queue between Stripe's webhook and the books, where the host has one (Workers). While little comes in, events are
// recorded at once: they show within the answer, and Stripe hears what became of them. In a burst they are queued, and
// recorded a hundred at a time; so are those that the database cannot take now.
import { readIncomingEvent } from '../../integrations/stripe/incoming-event.ts'
import {
  type App,
  type Clock,
  type IncomingEvent,
  type Logger,
  StoreUnavailable,
  type WebhookOutcome,
} from '../app/ports.ts'
import type { Metrics } from '../metrics.ts'

export interface EventQueueOptions {
  /** Keeps the text durably, or rejects. */
  send: (message: string) => Promise<unknown>
  clock: Clock
  logger: Logger
}

/** So many at once are no burst: one purchase alone makes several events, and two people may buy in the same second. */
const CALM_LIMIT = 8
/** So many in a second are a burst, also where each is kept so fast that they hardly meet. */
const CALM_A_SECOND = 16
/** How long after the last sign of a burst events are still queued. */
const BURST_LASTS_MS = 2_000
/** 128 KB, of which the queue takes some for itself. */
const MESSAGE_LIMIT_BYTES = 127_000

/** Messages live for days: a later version of the Worker must know whether it can read them. */
const VERSION = 1

/** What the webhook does with an event. @throws StoreUnavailable when it could be kept nowhere. */
export function createEventDoor(
  app: Pick<App, 'recordEvent'>,
  { send, clock, logger }: EventQueueOptions,
): (event: IncomingEvent) => Promise<WebhookOutcome> {
  const burst = createBurstGauge(clock)
  const queue = async (event: IncomingEvent): Promise<boolean> => {
    const message = writeMessage(event)
    if (message === null) return false
    try {
      await send(message)
      return true
    } catch (error) {
      logger.warn('the queue refused an event', { event: event.id, error: messageOf(error) })
      return false
    }
  }
  const take = async (event: IncomingEvent): Promise<WebhookOutcome> => {
    const wasTried = burst.isOn()
    if (wasTried && (await queue(event))) return 'queued'
    try {
      return await app.recordEvent(event)
    } catch (error) {
      if (!wasTried && error instanceof StoreUnavailable && (await queue(event))) return 'queued'
      throw error
    }
  }
  return async (event) => {
    if (event.translation.kind === 'ignored') return 'ignored'
    burst.enter()
    try {
      return await take(event)
    } finally {
      burst.leave()
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown')

/** Whether more comes in than should be recorded one by one: as this isolate sees it. */
function createBurstGauge({ now }: Clock) {
  let inside = 0
  let second = { beganAt: 0, events: 0 }
  let until = 0
  return {
    enter: (): void => {
      const at = now()
      if (at >= second.beganAt + 1_000) second = { beganAt: at, events: 0 }
      second.events++
      inside++
      if (inside > CALM_LIMIT || second.events > CALM_A_SECOND) until = at + BURST_LASTS_MS
    },
    leave: (): void => {
      inside--
    },
    isOn: (): boolean => now() < until,
  }
}

const encoder = new TextEncoder()

/** The translated event with the payload, which parking needs; null when it is larger than a message may be. */
export function writeMessage(event: IncomingEvent): string | null {
  const message = JSON.stringify({ version: VERSION, event })
  return encoder.encode(message).byteLength > MESSAGE_LIMIT_BYTES ? null : message
}

/** What a message says. What cannot be read is an event that nobody understands: it is kept whole and shown. */
export function readMessage(id: string, body: unknown, nowMs: number): IncomingEvent {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '')
  const { version, event } = parsed(text)
  if (version === VERSION && isEvent(event)) return event
  // Of another version of this Worker: the payload says it all.
  const read = isRecord(event) && typeof event.payload === 'string' ? readIncomingEvent(event.payload, nowMs) : null
  if (read?.ok) return read.event
  return {
    id: `evt_queue_${id.replaceAll(/\W/g, '_')}`,
    type: 'unknown',
    livemode: null,
    at: nowMs,
    translation: { kind: 'odd', reason: 'A message of the queue that could not be read' },
    payload: text,
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text)
    return isRecord(json) ? json : {}
  } catch {
    return {}
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isEvent = (value: unknown): value is IncomingEvent =>
  isRecord(value) &&
  typeof value.id === 'string' &&
  typeof value.type === 'string' &&
  typeof value.livemode === 'boolean' &&
  Number.isFinite(value.at) &&
  typeof value.payload === 'string' &&
  isRecord(value.translation)

/** A message as the queue hands it over. */
export interface QueuedMessage {
  id: string
  body: unknown
  /** From 1 on. */
  attempts: number
  ack(): void
  retry(options: { delaySeconds: number }): void
}

export interface TakenBatch {
  messages: readonly QueuedMessage[]
  /** They were given up by the queue before: there is no further one for them. */
  areDead: boolean
}

/** Until when a message is tried again: soon at first, and for days where it was given up once. */
const FIRST_DELAY_S = 5
const LONGEST_DELAY_S = 300
const DEAD_DELAY_S = 3_600

export interface ConsumerOptions {
  app: Pick<App, 'recordEvents'>
  clock: Clock
  logger: Logger
  metrics: Pick<Metrics, 'webhookOutcome'>
}

/**
 * Records what the queue hands over. Only what is in the books, or parked for good, is acknowledged; the rest alone is tried
 * again: its fault may be the database's, or be mended by then.
 */
export async function recordQueued(
  { messages, areDead }: TakenBatch,
  { app, clock, logger, metrics }: ConsumerOptions,
): Promise<void> {
  const events = messages.map(({ id, body }) => readMessage(id, body, clock.now()))
  const recordings = await app.recordEvents(events)
  messages.forEach((message, i) => {
    const { outcome, isFailure } = recordings[i] ?? { outcome: null, isFailure: true }
    if (outcome !== null) metrics.webhookOutcome('stripe', outcome)
    const isKept = outcome !== null && (areDead || !isFailure)
    if (isKept) message.ack()
    else message.retry({ delaySeconds: delayOf(message.attempts, areDead) })
    if (isFailure)
      logger.warn('an event of the queue could not be recorded', {
        event: events[i]?.id,
        outcome: outcome ?? 'not stored',
        attempts: message.attempts,
      })
  })
}

/** Has all of them come again later. An error would bring them back at once, until their tries are used up and they are gone. */
export function tryLater({ messages, areDead }: TakenBatch): void {
  for (const message of messages) message.retry({ delaySeconds: delayOf(message.attempts, areDead) })
}

function delayOf(attempts: number, areDead: boolean): number {
  const delay = FIRST_DELAY_S * 4 ** Math.min(attempts - 1, 8)
  return Math.min(delay, areDead ? DEAD_DELAY_S : LONGEST_DELAY_S)
}
