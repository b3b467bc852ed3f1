// Personal data as we take it from Stripe: cleaned, bounded, or left out. Nothing here makes an event odd, as a
// strange name must not cost anyone their points.
import { isJson, type Json } from './json.ts'

/** RFC 5321 allows 254 characters in a path. */
const MAX_EMAIL_CHARACTERS = 254
const MAX_NAME_CHARACTERS = 256
const MAX_PHONE_CHARACTERS = 64
// Stripe's limits: https://docs.stripe.com/metadata
const MAX_METADATA_KEYS = 50
const MAX_METADATA_KEY_CHARACTERS = 40
const MAX_METADATA_VALUE_CHARACTERS = 500
const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/
/** Control characters and halves of surrogate pairs, which no database or terminal should see. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu
const PLAIN = /^[\x20-\x7e]*$/

function clean(value: unknown, maxCharacters: number): string | null {
  if (typeof value !== 'string' || value === '') return null
  // Most are plain ASCII, which needs no normalising.
  const printable = PLAIN.test(value) ? value : value.replace(UNPRINTABLE, ' ').normalize('NFC')
  const text = printable.trim()
  if (text === '') return null
  // The cut may leave half of a surrogate pair at the end.
  return text.length <= maxCharacters ? text : text.slice(0, maxCharacters).replace(/\p{Cs}$/u, '')
}

/** Lower-cased; null when it is none: no @, or longer than an address can be. */
export function cleanEmail(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 2 * MAX_EMAIL_CHARACTERS) return null
  const email = clean(value, 2 * MAX_EMAIL_CHARACTERS)?.toLowerCase()
  if (email === undefined || email.length > MAX_EMAIL_CHARACTERS || /\s/.test(email)) return null
  const at = email.lastIndexOf('@')
  return at > 0 && at < email.length - 1 ? email : null
}

export const cleanName = (value: unknown): string | null => clean(value, MAX_NAME_CHARACTERS)
export const cleanPhone = (value: unknown): string | null => clean(value, MAX_PHONE_CHARACTERS)

/** A BCP 47 tag; null for Checkout's `auto` and anything else. */
export function cleanLanguage(value: unknown): string | null {
  return typeof value === 'string' && value !== 'auto' && LANGUAGE.test(value) ? value : null
}

/** Stripe's metadata: strings only, within Stripe's own limits. */
export function readMetadata(value: unknown): Record<string, string> {
  const metadata: Record<string, string> = {}
  if (!isJson(value)) return metadata
  let keys = 0
  for (const key in value) {
    const text = (value as Json)[key]
    if (typeof text !== 'string' || key === '__proto__' || key.length > MAX_METADATA_KEY_CHARACTERS) continue
    if (++keys > MAX_METADATA_KEYS) break
    metadata[key] = text.slice(0, MAX_METADATA_VALUE_CHARACTERS)
  }
  return metadata
}
