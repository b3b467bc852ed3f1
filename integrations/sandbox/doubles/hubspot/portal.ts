/** What a HubSpot portal holds, as plain data: it can be kept as JSON and taken up again. */

export interface PortalOption {
  label: string
  value: string
  displayOrder: number
  hidden: boolean
}

export interface PortalProperty {
  name: string
  label: string
  description: string
  groupName: string
  type: string
  fieldType: string
  options: PortalOption[]
  hasUniqueValue: boolean
  hubspotDefined: boolean
}

/** One value of a property, and where it came from. */
export interface PastValue {
  value: string
  timestamp: string
  sourceType: string
  sourceId: string
}

export interface PortalContact {
  id: string
  createdAt: string
  updatedAt: string
  archived: boolean
  archivedAt: string | null
  /** Empty values are not kept. */
  properties: Record<string, string>
  /** Newest first. */
  history: Record<string, PastValue[]>
}

export interface PortalList {
  listId: string
  name: string
  objectTypeId: string
  processingType: string
  filterBranch: unknown
  createdAt: string
}

/** An admin's rule (Settings → Properties → Rules). */
export interface PropertyRule {
  property: string
  /** `required`: no contact may be written while it is empty. `letters`: nothing but letters. */
  rule: 'required' | 'letters'
}

/** Somebody of the portal, whom contacts are given to by `hubspot_owner_id`. */
export interface PortalOwner {
  id: string
  email: string
  archived: boolean
}

export interface Portal {
  id: number
  contacts: Record<string, PortalContact>
  /** Records that became part of others. */
  merged: Record<string, string>
  properties: Record<string, PortalProperty>
  groups: Record<string, { name: string; label: string; displayOrder: number }>
  lists: PortalList[]
  rules: PropertyRule[]
  owners: Record<string, PortalOwner>
  /** Addresses of people who asked to be forgotten. */
  forgotten: string[]
  nextRecord: number
  nextEvent: number
  nextList: number
}

/** HubSpot's own properties that this double knows. */
const OWN: [name: string, label: string, type?: string, fieldType?: string][] = [
  ['email', 'Email'],
  ['firstname', 'First Name'],
  ['lastname', 'Last Name'],
  ['phone', 'Phone Number', 'string', 'phonenumber'],
  ['hs_language', 'Preferred language'],
  ['hs_object_id', 'Record ID', 'number', 'number'],
  ['hubspot_owner_id', 'Contact owner', 'enumeration', 'select'],
  ['hs_additional_emails', 'Additional email addresses', 'enumeration', 'checkbox'],
  ['hs_merged_object_ids', 'Merged record IDs', 'enumeration', 'checkbox'],
  ['createdate', 'Create Date', 'datetime', 'date'],
  ['lastmodifieddate', 'Last Modified Date', 'datetime', 'date'],
]

export const READ_ONLY: readonly string[] = [
  'hs_object_id',
  'hs_additional_emails',
  'hs_merged_object_ids',
  'createdate',
  'lastmodifieddate',
]

export function createPortal(id = 4_242): Portal {
  const properties = OWN.map(([name, label, type = 'string', fieldType = 'text']) => ({
    name,
    label,
    description: '',
    groupName: 'contactinformation',
    type,
    fieldType,
    options: [],
    hasUniqueValue: name === 'email',
    hubspotDefined: true,
  }))
  return {
    id,
    contacts: {},
    merged: {},
    properties: Object.fromEntries(properties.map((property) => [property.name, property])),
    groups: { contactinformation: { name: 'contactinformation', label: 'Contact information', displayOrder: 0 } },
    lists: [],
    rules: [],
    owners: {},
    forgotten: [],
    nextRecord: 1_001,
    nextEvent: 1,
    nextList: 1,
  }
}

/** The contact that this id leads to, the survivor of a merge for one that was merged; undefined where it is no more. */
export function contactOf(portal: Portal, id: string): PortalContact | undefined {
  const into = portal.merged[id]
  if (into !== undefined) return contactOf(portal, into)
  const contact = portal.contacts[id]
  return contact === undefined || contact.archived ? undefined : contact
}

export const emailsOf = ({ properties }: Pick<PortalContact, 'properties'>): string[] =>
  [properties.email ?? '', ...(properties.hs_additional_emails ?? '').split(';')].filter((email) => email !== '')

/** By its address or one of its further ones. */
export const contactByEmail = (portal: Portal, email: string): PortalContact | undefined =>
  contactByValue(portal, 'email', email.trim().toLowerCase())

/** By a value that only one can have. */
export function contactByValue(portal: Portal, property: string, value: string): PortalContact | undefined {
  const contact = portal.contacts[indexOf(portal).get(keyOf(property, value)) ?? '']
  if (contact === undefined || contact.archived) return undefined
  const values = property === 'email' ? emailsOf(contact) : [contact.properties[property]]
  return values.includes(value) ? contact : undefined
}

/** Whose value it is from now on. */
export const noteValue = (portal: Portal, property: string, value: string, id: string): void =>
  void indexOf(portal).set(keyOf(property, value), id)

const indexes = new WeakMap<Portal, Map<string, string>>()
const keyOf = (property: string, value: string): string => `${property}=${value}`

/** Made of what the portal holds, and no part of it. */
function indexOf(portal: Portal): Map<string, string> {
  const known = indexes.get(portal)
  if (known !== undefined) return known
  const index = new Map<string, string>()
  for (const contact of Object.values(portal.contacts)) {
    if (contact.archived) continue
    for (const email of emailsOf(contact)) index.set(keyOf('email', email), contact.id)
    for (const [name, value] of Object.entries(contact.properties))
      if (portal.properties[name]?.hasUniqueValue === true) index.set(keyOf(name, value), contact.id)
  }
  indexes.set(portal, index)
  return index
}
