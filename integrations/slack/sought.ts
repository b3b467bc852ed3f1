/** Whom somebody means by what they typed or pasted: an address, an id of Stripe's or HubSpot's, a link to either, or words. */
import { tidyTyped } from './typed.ts'

export interface Sought {
  /** By these one person alone is known. */
  refs: string[]
  /** May be a record of HubSpot's, and may as well be the end of a telephone number. */
  record: string | null
  /** To be looked for in names, addresses, numbers and codes. */
  text: string
}

const TEXT_LIMIT = 200
/** No longer than addresses are (RFC 5321), so that no text takes long to be looked through. */
export const EMAIL =
  /[^\s<>"'`,;:()[\]{}|@/\\]{1,64}@[^\s<>"'`,;:()[\]{}|@/\\]{1,253}\.[^\s<>"'`,;:()[\]{}|@/\\.]{1,63}/u
const CUSTOMER = /(?<![A-Za-z0-9_])cus_[A-Za-z0-9]{1,100}/
const CONTACT = /hubspot\.com\/contacts\/\d{1,20}\/(?:record\/0-1|contact)\/(\d{1,20})/i
const NAMED_CONTACT = /^hubspot:?\s*(\d{1,20})$/i
const RECORD = /^\d{1,20}$/
export const MEMBER = /^mem_[A-Za-z0-9]{1,60}$/

export function soughtIn(typed: string): Sought {
  const text = tidyTyped(typed).slice(0, TEXT_LIMIT).trim()
  const [email] = EMAIL.exec(text) ?? []
  const [customer] = CUSTOMER.exec(text) ?? []
  const [, contact] = CONTACT.exec(text) ?? NAMED_CONTACT.exec(text) ?? []
  const refs = [
    email && `email:${email}`,
    customer && `stripe:${customer}`,
    contact && `hubspot:${contact}`,
    MEMBER.test(text) && text,
  ].filter((ref) => typeof ref === 'string' && ref !== '')
  return { refs: refs as string[], record: RECORD.test(text) ? `hubspot:${text}` : null, text: email ?? text }
}
