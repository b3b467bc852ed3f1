/** What HubSpot tells us, and what it does here: the table of the README, and of the project's subscriptions. */

export type Happening = 'merge' | 'deletion' | 'privacyDeletion' | 'propertyChange'

interface Handled {
  happening: Happening
  does: string
}

const MERGE = {
  happening: 'merge',
  does: 'The contact that goes on has the member. Two members on one contact: staff are asked whether to merge them.',
} as const
const DELETION = {
  happening: 'deletion',
  does: 'The link ends; the member stays, and gets a contact again when something changes.',
} as const
const PRIVACY = {
  happening: 'privacyDeletion',
  does: 'The member is erased: name and addresses go, the books stay whole.',
} as const
const PROPERTY = {
  happening: 'propertyChange',
  does: 'Of `email`: the member has the new address. Of one of our properties, by hand or by an import: ours is written again.',
} as const

/** The classic names of contacts' events, and those that the newer kind of subscription has for any object. */
export const handledEvents: Readonly<Record<string, Handled>> = {
  'contact.merge': MERGE,
  'contact.deletion': DELETION,
  'contact.privacyDeletion': PRIVACY,
  'contact.propertyChange': PROPERTY,
  'object.merge': MERGE,
  'object.deletion': DELETION,
  'object.privacyDeletion': PRIVACY,
  'object.propertyChange': PROPERTY,
}
