/** What happens to contacts of a portal: made, changed, archived, merged, forgotten; each with its history and its events. */
import { alreadyExists, type Failure, invalidValues, notFound, notUnique } from './failures.ts'
import {
  contactByEmail,
  contactByValue,
  contactOf,
  emailsOf,
  noteValue,
  type Portal,
  type PortalContact,
} from './portal.ts'
import { againstRules, invalidIn } from './values.ts'

/** An event as HubSpot's webhooks tell it. */
export interface PortalEvent {
  eventId: number
  subscriptionId: number
  portalId: number
  appId: number
  occurredAt: number
  subscriptionType: string
  attemptNumber: number
  changeSource: string
  objectId?: number
  propertyName?: string
  propertyValue?: string
  primaryObjectId?: number
  mergedObjectIds?: number[]
  newObjectId?: number
  numberOfPropertiesMoved?: number
}

export interface Desk {
  portal: Portal
  now: number
  /** Who does it: `INTEGRATION` for calls, `CRM_UI` for people. */
  source: string
  tell(type: string, over: Partial<PortalEvent>): void
  /** Whether a merge makes a third record, as it does of late, or keeps the first. */
  mergeMakesNew: boolean
}

type Given = Readonly<Record<string, unknown>>

const textOf = (value: unknown): string => (value === null || value === undefined ? '' : String(value))
const iso = (at: number): string => new Date(at).toISOString()

/** Why HubSpot will not write this; null where it will. `of`: the contact that is changed. */
export function refusal({ portal }: Desk, given: Given, of: PortalContact | null): Failure | null {
  const values = normal(given)
  const after = { ...of?.properties, ...values }
  const wrong = [...invalidIn(portal, values), ...againstRules(portal, after, Object.keys(values))]
  if (wrong.length > 0) return invalidValues(wrong)
  const email = values.email ?? ''
  const holder = email === '' ? undefined : contactByEmail(portal, email)
  if (holder !== undefined && holder.id !== of?.id) return alreadyExists(holder.id)
  if (of === null && portal.forgotten.includes(email))
    return invalidValues([
      { isValid: false, message: 'This contact was permanently deleted', error: 'GDPR_BLOCKED', name: 'email' },
    ])
  return conflict(portal, values, of)
}

function conflict(portal: Portal, values: Readonly<Record<string, string>>, of: PortalContact | null): Failure | null {
  for (const [property, value] of Object.entries(values)) {
    if (value === '' || property === 'email' || portal.properties[property]?.hasUniqueValue !== true) continue
    const other = contactByValue(portal, property, value)
    if (other !== undefined && other.id !== of?.id)
      return notUnique({ portalId: portal.id, property, value }, of?.id ?? '0', other.id)
  }
  return null
}

const normal = (given: Given): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      name === 'email' ? textOf(value).trim().toLowerCase() : textOf(value),
    ]),
  )

/** Refused values are not looked for: see `refusal`. */
export function makeContact(desk: Desk, given: Given): PortalContact {
  const { portal } = desk
  const id = String(portal.nextRecord++)
  const at = iso(desk.now)
  const contact: PortalContact = {
    id,
    createdAt: at,
    updatedAt: at,
    archived: false,
    archivedAt: null,
    properties: { hs_object_id: id, createdate: at },
    history: {},
  }
  portal.contacts[id] = contact
  desk.tell('contact.creation', { objectId: Number(id) })
  write(desk, contact, given)
  return contact
}

/** So many values of a property of a contact are remembered: https://developers.hubspot.com/docs/guides/api/crm/objects/contacts */
const HISTORY_LIMIT = 45

/** Values that are as they were leave no trace. */
export function write(desk: Desk, contact: PortalContact, given: Given): void {
  for (const [name, value] of Object.entries(normal(given))) {
    if ((contact.properties[name] ?? '') === value) continue
    if (value === '') delete contact.properties[name]
    else contact.properties[name] = value
    if (desk.portal.properties[name]?.hasUniqueValue === true) noteValue(desk.portal, name, value, contact.id)
    contact.updatedAt = iso(desk.now)
    const past = { value, timestamp: iso(desk.now), sourceType: desk.source, sourceId: 'double' }
    contact.history[name] = [past, ...(contact.history[name] ?? [])].slice(0, HISTORY_LIMIT)
    desk.tell('contact.propertyChange', { objectId: Number(contact.id), propertyName: name, propertyValue: value })
  }
  contact.properties.lastmodifieddate = contact.updatedAt
}

export function archive(desk: Desk, id: string): Failure | null {
  const contact = desk.portal.contacts[id]
  if (contact === undefined || contact.archived) return notFound()
  contact.archived = true
  contact.archivedAt = iso(desk.now)
  desk.tell('contact.deletion', { objectId: Number(id) })
  return null
}

/** The newer value of each property goes on, the first one's address stays first. */
export function merge(desk: Desk, primaryId: string, otherId: string): PortalContact | Failure {
  const { portal } = desk
  const [primary, other] = [contactOf(portal, primaryId), contactOf(portal, otherId)]
  if (primary === undefined || other === undefined || primary.id === other.id) return notFound()
  const properties = joined(primary, other)
  for (const one of [primary, other]) one.archived = true
  const made = desk.mergeMakesNew ? makeContact(desk, {}) : primary
  made.archived = false
  const further = [...new Set([...emailsOf(primary), ...emailsOf(other)])].filter((email) => email !== properties.email)
  write(desk, made, properties)
  if (further.length > 0) made.properties.hs_additional_emails = further.join(';')
  for (const email of emailsOf(made)) noteValue(portal, 'email', email, made.id)
  made.properties.hs_merged_object_ids = [primary.id, other.id].filter((id) => id !== made.id).join(';')
  made.properties.hs_object_id = made.id
  for (const { id } of [primary, other]) if (id !== made.id) portal.merged[id] = made.id
  desk.tell('contact.merge', {
    primaryObjectId: Number(primary.id),
    mergedObjectIds: [Number(other.id)],
    newObjectId: Number(made.id),
    numberOfPropertiesMoved: Object.keys(properties).length,
  })
  return made
}

const KEPT_APART = [
  'email',
  'hs_object_id',
  'hs_additional_emails',
  'hs_merged_object_ids',
  'createdate',
  'lastmodifieddate',
]

function joined(primary: PortalContact, other: PortalContact): Record<string, string> {
  const since = ({ history }: PortalContact, name: string): string => history[name]?.[0]?.timestamp ?? ''
  const names = new Set([...Object.keys(primary.properties), ...Object.keys(other.properties)])
  const email = primary.properties.email ?? other.properties.email
  const properties: Record<string, string> = email === undefined ? {} : { email }
  for (const name of names) {
    if (KEPT_APART.includes(name)) continue
    const newer = since(other, name) > since(primary, name) ? other : primary
    properties[name] = newer.properties[name] ?? primary.properties[name] ?? other.properties[name] ?? ''
  }
  return properties
}

/** Nothing is left of them; deletion is told as well. An address that nobody has is kept out from now on. */
export function forget(desk: Desk, by: { id: string } | { email: string }): void {
  const { portal } = desk
  const contact = 'id' in by ? contactOf(portal, by.id) : contactByEmail(portal, by.email)
  portal.forgotten.push(
    ...(contact === undefined ? ('email' in by ? [by.email.toLowerCase()] : []) : emailsOf(contact)),
  )
  if (contact === undefined) return
  delete portal.contacts[contact.id]
  desk.tell('contact.privacyDeletion', { objectId: Number(contact.id) })
  desk.tell('contact.deletion', { objectId: Number(contact.id) })
}
