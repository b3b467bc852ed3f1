// The lines of an order, from a checkout session or an invoice. Lines that cannot be read make the list unknown, not
// the event odd: the payment counts at once, and the lines can be fetched.
import type { Item } from '../../src/core/facts.ts'
import { addUp, child, countOf, idOf, isAmount, type Json, list } from './json.ts'

/** More lines than a checkout session or an invoice that a person bought would have. */
const MAX_LINES = 1000

/** Product and price of a line: `pricing.price_details` since basil, `price` before, `plan` before that. */
function pricedAs(line: Json): { product: string | null; price: string | null } {
  const details = child(line, 'pricing')
  const priced = details === null ? null : child(details, 'price_details')
  if (priced !== null) return { product: idOf(priced.product), price: idOf(priced.price) }
  const price = child(line, 'price') ?? child(line, 'plan')
  return { product: idOf(price?.product), price: idOf(price?.id) }
}

function readLine(line: Json, paidMinor: number): Item {
  return { ...pricedAs(line), quantity: countOf(line.quantity, 1), amountMinor: paidMinor }
}

const signed = (value: unknown): number | null => (Number.isSafeInteger(value) ? (value as number) : null)

/** The amounts in a list such as `discount_amounts`; null when one is none. */
function amountsIn(line: Json, key: string, counts: (entry: Json) => boolean = () => true): number | null {
  const amounts = (list(line, key)?.items ?? []).filter(counts).map(({ amount }) => signed(amount))
  return amounts.includes(null) ? null : addUp(amounts as number[])
}

/** Tax that stands inside the line's amount: `taxes` since basil, `tax_amounts` before. Tax on top is not in it. */
function inclusiveTax(line: Json): number | null {
  const now = amountsIn(line, 'taxes', ({ tax_behavior }) => tax_behavior === 'inclusive')
  const before = amountsIn(line, 'tax_amounts', ({ inclusive }) => inclusive === true)
  return now === null || before === null ? null : now === 0 ? before : now
}

function invoiceLinePaid(line: Json): number | null {
  const amount = signed(line.amount)
  const discount = amountsIn(line, 'discount_amounts')
  const tax = inclusiveTax(line)
  return amount === null || discount === null || tax === null ? null : amount - discount - tax
}

function sessionLinePaid(line: Json): number | null {
  const total = signed(line.amount_total)
  const tax = line.amount_tax === undefined || line.amount_tax === null ? 0 : signed(line.amount_tax)
  return total === null || tax === null ? null : total - tax
}

/**
 * Lines below zero are credits (prorations): they are taken from the others in proportion, rounded down, what remains
 * from the first that can bear it, so that no line is negative and the sum stays.
 */
function spreadCredits(items: readonly Item[]): Item[] {
  const credit = -addUp(items.map(({ amountMinor }) => Math.min(0, amountMinor)))
  const paid = items.filter(({ amountMinor }) => amountMinor >= 0)
  const sum = addUp(paid.map(({ amountMinor }) => amountMinor))
  if (credit === 0) return paid
  if (credit >= sum) return paid.map((item) => ({ ...item, amountMinor: 0 }))
  const shares = paid.map(({ amountMinor }) => Number((BigInt(amountMinor) * BigInt(credit)) / BigInt(sum)))
  let rest = credit - addUp(shares)
  return paid.map((item, index) => {
    const left = item.amountMinor - (shares[index] ?? 0)
    const more = Math.min(rest, left)
    rest -= more
    return { ...item, amountMinor: left - more }
  })
}

function readLines(object: Json, key: string, paid: (line: Json) => number | null): Item[] | null {
  const lines = list(object, key)
  if (lines === null || !lines.complete || lines.items.length > MAX_LINES) return null
  const items: Item[] = []
  for (const line of lines.items) {
    const amountMinor = paid(line)
    if (amountMinor === null || !Number.isSafeInteger(amountMinor)) return null
    items.push(readLine(line, amountMinor))
  }
  const sums = addUp(items.map(({ amountMinor }) => Math.abs(amountMinor)))
  return isAmount(sums) ? spreadCredits(items) : null
}

/** The session's lines when they came along completely, else null. */
export const readSessionItems = (session: Json): Item[] | null => readLines(session, 'line_items', sessionLinePaid)

/** The invoice's lines when they came along completely, else null. */
export const readInvoiceItems = (invoice: Json): Item[] | null => readLines(invoice, 'lines', invoiceLinePaid)
