/** HubSpot's events into what the use cases record. Pure: whatever is no contact's, or our own doing, is left out and counted. */
import { z } from 'zod'
import type { ContactEvent } from '../../src/app/ports/contacts.ts'
import { type Happening, handledEvents } from './handled-events.ts'
import { PROPERTIES } from './properties.ts'

export interface Edit {
  record: string
  /** Its name in HubSpot. */
  property: string
  /** What stands there now. */
  value: string
}

export interface TranslatedEvents {
  events: ContactEvent[]
  /** Properties that are ours to write, as somebody changed them. */
  edits: Edit[]
  ignored: number
  /** Known events that could not be understood. */
  odd: number
}

const CONTACT_TYPE = '0-1'
/** Whoever writes through the API is most often us; of others the nightly comparison knows. */
const WRITERS = new Set(['INTEGRATION', 'API'])
/** Only what cannot be an address is refused: HubSpot has looked at it before. */
const EMAIL = /^[^\s@<>()[\]:;,\\"\p{Cc}\p{Cs}]+@[^\s@<>()[\]:;,\\"\p{Cc}\p{Cs}]+$/u
const EMAIL_CHARACTERS = 254
const MERGED_LIMIT = 1_000
const LAST_INSTANT_MS = 8.64e15

const recordId = z.union([z.int().positive(), z.string().regex(/^[1-9]\d{0,19}$/)]).transform(String)
const incoming = z.object({
  // Not promised to be unique.
  eventId: z.union([z.int(), z.string().regex(/^[\w-]{1,64}$/)]).transform(String),
  objectId: recordId.nullish(),
  occurredAt: z.int().min(0).max(LAST_INSTANT_MS),
  changeSource: z.string().nullish(),
  propertyName: z.string().nullish(),
  propertyValue: z.unknown().optional(),
  primaryObjectId: recordId.nullish(),
  mergedObjectIds: z.array(recordId).max(MERGED_LIMIT).nullish(),
  newObjectId: recordId.nullish(),
})
type Incoming = z.output<typeof incoming>
const kindOfEvent = z.object({ subscriptionType: z.string(), objectTypeId: z.string().nullish() })

type Made = { event: ContactEvent } | { edit: Edit } | 'ignored' | 'odd'
type Common = Pick<ContactEvent, 'id' | 'at'>

/** @param prefix of the program's properties */
export function translateEvents(payload: readonly unknown[], prefix: string): TranslatedEvents {
  const events: ContactEvent[] = []
  const edits: Edit[] = []
  const passedOver = { ignored: 0, odd: 0 }
  for (const one of payload) {
    const made = translate(one, prefix)
    if (typeof made === 'string') passedOver[made]++
    else if ('event' in made) events.push(made.event)
    else edits.push(made.edit)
  }
  return { events, edits, ...passedOver }
}

function translate(one: unknown, prefix: string): Made {
  const kind = kindOfEvent.safeParse(one)
  if (!kind.success) return 'odd'
  const { subscriptionType, objectTypeId } = kind.data
  const handled = Object.hasOwn(handledEvents, subscriptionType) ? handledEvents[subscriptionType] : undefined
  const isOfContact = objectTypeId == null ? subscriptionType.startsWith('contact.') : objectTypeId === CONTACT_TYPE
  if (handled === undefined || !isOfContact) return 'ignored'
  const read = incoming.safeParse(one)
  if (!read.success) return 'odd'
  const { eventId, objectId, occurredAt: at } = read.data
  const common = { id: `${eventId}.${objectId ?? ''}.${subscriptionType}.${at}`, at }
  return TRANSLATORS[handled.happening](read.data, common, prefix)
}

const TRANSLATORS: Record<Happening, (read: Incoming, common: Common, prefix: string) => Made> = {
  merge: merged,
  deletion: ({ objectId }, common) =>
    objectId == null ? 'odd' : { event: { ...common, kind: 'deleted', record: objectId } },
  privacyDeletion: ({ objectId }, common) =>
    objectId == null ? 'odd' : { event: { ...common, kind: 'forgotten', record: objectId } },
  propertyChange: changed,
}

/** In some cases the record that goes on is neither of those that were merged, but a new one. */
function merged({ objectId, primaryObjectId, mergedObjectIds, newObjectId }: Incoming, common: Common): Made {
  const into = newObjectId ?? primaryObjectId ?? objectId
  if (into == null) return 'odd'
  const all = [...(mergedObjectIds ?? []), ...(primaryObjectId == null ? [] : [primaryObjectId])]
  const from = [...new Set(all)].filter((record) => record !== into)
  return from.length === 0 ? 'odd' : { event: { ...common, kind: 'merged', into, from } }
}

function changed(
  { objectId, propertyName, propertyValue, changeSource }: Incoming,
  common: Common,
  prefix: string,
): Made {
  if (objectId == null || propertyName == null) return 'odd'
  if (propertyName === 'email') return addressed(objectId, propertyValue, common)
  const isOurs = PROPERTIES.some(({ name }) => `${prefix}${name}` === propertyName)
  return isOurs && !WRITERS.has(changeSource ?? '')
    ? { edit: { record: objectId, property: propertyName, value: String(propertyValue ?? '') } }
    : 'ignored'
}

function addressed(record: string, value: unknown, common: Common): Made {
  const address = typeof value === 'string' ? value.trim() : ''
  if (value !== null && value !== undefined && typeof value !== 'string') return 'odd'
  if (address === '') return { event: { ...common, kind: 'email_changed', record, email: null } }
  const isAddress = address.length <= EMAIL_CHARACTERS && EMAIL.test(address)
  return isAddress ? { event: { ...common, kind: 'email_changed', record, email: address } } : 'odd'
}
