// What the readers of payments share: the circumstances of a reading, and the finishing touches on its parts.
import { emptyParts, type PaymentParts } from '../../src/core/facts.ts'
import { cleanEmail, cleanName, cleanPhone, readMetadata } from './identity.ts'
import { child, idOf, type Json } from './json.ts'

/** The circumstances in which an object was seen. */
export interface Reading {
  /** When Stripe said so: the event's time, or now for an object that was fetched. */
  at: number
  /** The connected account, null for the merchant's own. */
  account: string | null
  /** The API version that shaped the object (`YYYY-MM-DD`), null when unknown: then the shape decides. */
  version: string | null
  /** True when the event says by its very type that money came in. */
  success: boolean
}

/** Since this version a partial capture no longer looks like a refund, and invoices link through `payments`. */
export const BASIL = '2025-03-31'

/** The rank of an amount by the object that told it (facts.ts, `Ranked`). */
export const RANK = { session: 3, invoice: 2, intent: 1 } as const

/** Empty parts, and `customer` and `metadata` as most objects carry them. */
export function startParts(object: Json, reading: Reading): PaymentParts {
  const parts = emptyParts()
  parts.account = reading.account
  parts.customer = idOf(object.customer)
  parts.metadata = readMetadata(object.metadata)
  return parts
}

/** Takes e-mail, name and phone of an object such as `billing_details`; what is known already stays. */
export function addPerson(parts: PaymentParts, person: Json | null, slot: keyof PaymentParts['emails']): void {
  if (person === null) return
  parts.emails[slot] ??= cleanEmail(person.email)
  parts.name ??= cleanName(person.name)
  parts.phone ??= cleanPhone(person.phone)
}

export function addName(parts: PaymentParts, name: string | null): void {
  if (name !== null && !parts.names.includes(name)) parts.names.push(name)
}

/** The same names in the same order, whatever order they were found in. */
export function finishParts(parts: PaymentParts): PaymentParts {
  parts.names.sort()
  return parts
}

/** What shipping cost without its tax, whether the tax came on top or was inside; null when unknown. */
export function shippingWithoutTax(shippingCost: Json | null): number | null {
  const total = shippingCost?.amount_total
  const tax = shippingCost?.amount_tax
  if (!Number.isSafeInteger(total) || !Number.isSafeInteger(tax)) return null
  const net = (total as number) - (tax as number)
  return net >= 0 && (tax as number) >= 0 ? net : null
}

export const metadataOf = (object: Json, key: string): Record<string, string> =>
  readMetadata(child(object, key)?.metadata)
