/** `expand`: ids in an answer become the objects they name. What an API hides until it is asked for is added too. */
import { type Account, find, type Kind, listOf, type StripeObject } from './account.ts'

/** Which kind of object a field names. */
const FIELDS: Record<string, Kind> = {
  payment_intent: 'payment_intents',
  latest_charge: 'charges',
  charge: 'charges',
  customer: 'customers',
  invoice: 'invoices',
  subscription: 'subscriptions',
  promotion_code: 'promotion_codes',
}

type Json = Record<string, unknown>
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object as the API answers it: lists that are only there when asked for are left out. */
export function bare(object: StripeObject): Json {
  const copy = structuredClone(object) as Json
  if (copy.object === 'checkout.session') delete copy.line_items
  return copy
}

/** @param paths such as `latest_charge.refunds`, or `data.payment_intent` in a list */
export function expanded(account: Account, answer: Json, paths: readonly string[]): Json {
  for (const path of paths) follow(account, answer, path.split('.'))
  return answer
}

function follow(account: Account, target: unknown, [field, ...rest]: readonly string[]): void {
  if (field === undefined) return
  if (Array.isArray(target)) {
    for (const one of target) follow(account, one, [field, ...rest])
    return
  }
  if (!isJson(target)) return
  show(account, target, field)
  follow(account, target[field], rest)
}

function show(account: Account, target: Json, field: string): void {
  const value = target[field]
  const kind = FIELDS[field]
  if (typeof value === 'string' && kind !== undefined) {
    const found = find(account, kind, value)
    if (found !== null) target[field] = bare(found)
    return
  }
  const { objects } = account
  if (field === 'refunds' && target.object === 'charge')
    target.refunds = listOf(
      Object.values(objects.refunds)
        .filter(({ charge }) => charge === target.id)
        .reverse(),
    )
  if (field === 'payments' && target.object === 'invoice')
    target.payments = listOf(Object.values(objects.invoice_payments).filter(({ invoice }) => invoice === target.id))
  if (field === 'line_items' && target.object === 'checkout.session')
    target.line_items = structuredClone(objects['checkout.sessions'][String(target.id)]?.line_items)
}
