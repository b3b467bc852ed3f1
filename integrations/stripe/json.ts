// Readers for the few fields we use of Stripe's objects. By hand and not by zod, as this is the webhook's hot path:
// a charge has a hundred fields and we look at twenty. They are as strict as a schema on what they read.

export type Json = Record<string, unknown>

/**
 * A field that matters is missing or odd. Thrown by the readers and caught in `translateEvent`, where it becomes the
 * value `{ kind: 'odd' }`: twenty nested reads need not pass a result up each. The message has no value of a payload.
 */
export class Odd extends Error {
  override name = 'Odd'
}

/**
 * Without control characters and halves of surrogate pairs, as no database gives those back as they were; and not the one
 * word that is no key of an object.
 */
const ID = /^(?!__proto__$)[^\p{Cc}\p{Cs}]{1,255}$/u
/** As Stripe's ids are: a prefix, an underscore, letters, digits, underscores. */
const PAYMENT_ID = /^[a-z][a-z0-9]*_[A-Za-z0-9_]+$/
const CURRENCY = /^[a-z]{3}$/
/** Milliseconds since 1970 that a Date can hold: 100 million days. */
const MAX_SECONDS = 8_640_000_000_000

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isAmount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** The nested object at `key`, or null. */
export function child(object: Json, key: string): Json | null {
  const value = object[key]
  return isJson(value) ? value : null
}

/** The objects of the list at `key`: an array, or Stripe's `{ data: […] }`. Null when there is none. */
export function list(object: Json, key: string): { items: Json[]; complete: boolean } | null {
  const value = object[key]
  const array = Array.isArray(value) ? value : isJson(value) && Array.isArray(value.data) ? value.data : null
  if (array === null) return null
  const items = array.filter(isJson)
  return { items, complete: items.length === array.length && !(isJson(value) && value.has_more === true) }
}

/** An id given as a string or as the expanded object; null when absent or of no shape that an id has. */
export function idOf(value: unknown): string | null {
  const id = isJson(value) ? value.id : value
  return typeof id === 'string' && ID.test(id) ? id : null
}

/** An id that may become a name of a payment; null also for what is not shaped like Stripe's ids. */
export function paymentId(value: unknown): string | null {
  const id = idOf(value)
  return id !== null && PAYMENT_ID.test(id) ? id : null
}

/** The object's own id. */
export function ownId(object: Json, what: string): string {
  const id = paymentId(object.id)
  if (id === null) throw new Odd(`${what}.id is missing or no id of Stripe's`)
  return id
}

/** A non-negative safe integer, null when absent. Anything else is odd. */
export function amountOrNull(object: Json, key: string, what: string): number | null {
  const value = object[key]
  if (value === undefined || value === null) return null
  if (!isAmount(value)) throw new Odd(`${what}.${key} is not a whole number from 0 to 2^53 − 1`)
  return value
}

export function amount(object: Json, key: string, what: string): number {
  const value = amountOrNull(object, key, what)
  if (value === null) throw new Odd(`${what}.${key} is missing`)
  return value
}

export function currencyOf(object: Json, what: string): string {
  const value = object.currency
  const currency = typeof value === 'string' ? value.toLowerCase() : ''
  if (!CURRENCY.test(currency)) throw new Odd(`${what}.currency is missing or not three letters`)
  return currency
}

/** Stripe's seconds as milliseconds; null when absent or no time. */
export function timeOrNull(value: unknown): number | null {
  return isAmount(value) && value <= MAX_SECONDS ? value * 1000 : null
}

export function time(object: Json, key: string, what: string): number {
  const at = timeOrNull(object[key])
  if (at === null) throw new Odd(`${what}.${key} is missing or not a time in seconds`)
  return at
}

/** A whole number from 1, or `otherwise`. */
export const countOf = (value: unknown, otherwise: number): number => (isAmount(value) ? value : otherwise)

export const addUp = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)
