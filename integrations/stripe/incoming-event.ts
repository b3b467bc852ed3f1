// From a verified body to the app's incoming event. Used by the webhook, by a queue's consumer, and when an event that
// was parked is tried again.
import type { IncomingEvent, Logger, Translation } from '../../src/app/ports.ts'
import { idOf, isJson } from './json.ts'
import { eventTime, type StripeEventEnvelope, translateEvent } from './translate.ts'

export type ReadEvent = { ok: true; event: IncomingEvent } | { ok: false; reason: 'not_json' | 'not_an_event' }

const MAX_TYPE_CHARACTERS = 200
/** Ids of events share the space of names with everything else, so no other shape is let in. */
const EVENT_ID = /^evt_\w+$/

/** The envelope of an event; null for any other JSON. */
export function readEnvelope(json: unknown): StripeEventEnvelope | null {
  if (!isJson(json)) return null
  const { object, type, livemode } = json
  const id = typeof json.id === 'string' ? idOf(json.id) : null
  if ((object !== 'event' && object !== 'v2.core.event') || id === null || !EVENT_ID.test(id)) return null
  if (typeof type !== 'string' || type === '' || type.length > MAX_TYPE_CHARACTERS) return null
  // Without it, test and live could be mixed: refused, so that it stays Stripe's to deliver.
  if (typeof livemode !== 'boolean') return null
  return { ...json, id, object, type, livemode }
}

/** A bug of ours must not lose the event: it is parked, and tried again after the fix. */
function translateSafely(event: StripeEventEnvelope, logger: Logger | undefined): Translation {
  try {
    return translateEvent(event)
  } catch (error) {
    logger?.error('a Stripe event could not be understood', {
      event: event.id,
      type: event.type,
      error: error instanceof Error ? error.name : 'unknown',
    })
    return { kind: 'odd', reason: 'could not be understood' }
  }
}

/**
 * @param payload the verified body's text
 * @param nowMs stands in for the time of an event that does not say its own (which is then `odd`)
 */
export function readIncomingEvent(payload: string, nowMs: number, logger?: Logger): ReadEvent {
  let json: unknown
  try {
    json = JSON.parse(payload)
  } catch {
    return { ok: false, reason: 'not_json' }
  }
  const envelope = readEnvelope(json)
  if (envelope === null) return { ok: false, reason: 'not_an_event' }
  const { id, type, livemode } = envelope
  const at = eventTime(envelope) ?? nowMs
  return { ok: true, event: { id, type, livemode, at, translation: translateSafely(envelope, logger), payload } }
}
