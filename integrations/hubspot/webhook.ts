/** The door for HubSpot's events: verify, read, hand over. It answers 200 only for what is stored (DESIGN §7). */
import type { Context } from 'hono'
import type { App } from '../../src/app/ports.ts'
import { answer, problem, whyOf } from './problems.ts'
import { propertiesOf } from './properties.ts'
import { type DoorOptions, readSigned } from './signed-request.ts'
import { type Edit, type TranslatedEvents, translateEvents } from './translate-events.ts'
import { verifyV3 } from './verify-signature.ts'

/** HubSpot sends a hundred at the most. */
const EVENTS_LIMIT = 1_000
/** Members looked up side by side. */
const AT_ONCE = 10

export interface WebhookOptions extends DoorOptions {
  app: Pick<App, 'program' | 'recordContactEvents' | 'resyncContacts' | 'getMember' | 'contactsOf'>
  /** What became of verified events. */
  count: (outcome: 'recorded' | 'duplicate' | 'ignored', events: number) => void
}

/**
 * A handler for `POST /hubspot/webhook`: 200 with how many events came to what, 401 for a bad signature, 400 for no list of
 * events, 413 over 1 MiB, 503 when they could not be stored, so that HubSpot delivers them again.
 */
export function createHubspotWebhook(options: WebhookOptions): (c: Context) => Promise<Response> {
  const { app, logger } = options
  return async (c) => {
    const signed = await readSigned(c, '/hubspot/webhook', verifyV3, options)
    if (!signed.ok) return signed.response
    const payload = signed.json()
    if (payload === undefined) return problem(400, 'invalid_request', 'The body is not JSON.')
    if (!Array.isArray(payload)) return problem(400, 'invalid_request', 'The body is not a list of events.')
    if (payload.length > EVENTS_LIMIT)
      return problem(400, 'invalid_request', `There are more than ${EVENTS_LIMIT} events.`)
    const translated = translateEvents(payload, app.program().program.hubspot.prefix)
    if (translated.odd > 0) logger.warn('events of HubSpot’s could not be understood', { events: translated.odd })
    try {
      return answer(await record(options, translated))
    } catch (error) {
      logger.error('events of HubSpot’s could not be stored', { events: payload.length, error: whyOf(error) })
      return problem(503, 'unavailable', 'The events could not be stored. Deliver them again later.')
    }
  }
}

async function record({ app, count }: WebhookOptions, { events, edits, ignored, odd }: TranslatedEvents) {
  const recorded = events.length === 0 ? 0 : (await app.recordContactEvents(events)).recorded
  const outcomes = { recorded, duplicate: events.length - recorded, ignored: ignored + odd }
  const rewritten = edits.length === 0 ? 0 : await rewrite(app, edits)
  count('recorded', outcomes.recorded + rewritten)
  count('duplicate', outcomes.duplicate)
  count('ignored', outcomes.ignored)
  return { ...outcomes, rewritten }
}

/** Whoever bears one of these records is written again, where what stands there now is not what we know. */
async function rewrite(app: WebhookOptions['app'], edits: readonly Edit[]): Promise<number> {
  const records = [...new Set(edits.map(({ record }) => record))]
  const members: string[] = []
  for (let first = 0; first < records.length; first += AT_ONCE) {
    const some = records.slice(first, first + AT_ONCE)
    const found = await Promise.all(some.map((record) => app.getMember(`hubspot:${record}`)))
    members.push(...found.flatMap((one) => (one.ok ? [one.value.id] : [])))
  }
  const { program } = app.program()
  const wrong = (await app.contactsOf([...new Set(members)])).filter((contact) => {
    const right = propertiesOf(contact, program)
    return edits.some(({ record, property, value }) => record === contact.record && right[property] !== value)
  })
  if (wrong.length > 0) await app.resyncContacts(wrong.map(({ member }) => member))
  return wrong.length
}
