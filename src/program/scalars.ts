// The small parts that every section of the program is made of. Each says in one plain sentence what would be right,
// whichever of its checks fails: a program owner should not have to know zod's words.
import * as z from 'zod'
import { CURRENCIES, isCurrency } from '../core/currency.ts'
import { decimalPlaces } from './decimal.ts'
import { didYouMean, oneOf } from './suggest.ts'

/** No list in a program may be longer. */
const LIST_LIMIT = 1_000
/** No amount may be larger, in major units: three decimals more are still a safe integer. */
const MONEY_LIMIT = 1_000_000_000_000
const TEXT_LIMIT = 200
const MULTIPLIER_LIMIT = 1_000

/** An object that knows its fields: any other is an error, one line for each, with what was probably meant. */
export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const fields = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownField(key, fields)).join('\n')
        : `must be an object {…} with ${fields.length === 1 ? 'the field' : 'fields such as'} ${oneOf(fields.slice(0, 4))}`,
  })
}

function unknownField(key: string, fields: readonly string[]): string {
  return `is not a field here${didYouMean(key, fields) || `; the fields are ${fields.join(', ')}`}`
}

/** One of several objects, told apart by one field. */
export function variants<
  const Options extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]],
>(field: string, values: readonly string[], options: Options) {
  return z.discriminatedUnion(field, options, {
    error: (issue) =>
      typeof issue.input === 'object' && issue.input !== null && !Array.isArray(issue.input)
        ? `must be ${oneOf(values)}${didYouMean(Reflect.get(issue.input, field), values)}`
        : `must be an object {…} with "${field}": ${oneOf(values)}`,
  })
}

export function list<Item extends z.ZodType>(item: Item, minimum = 0) {
  const error = `must be a list […] of ${minimum > 0 ? minimum : 'none'} to ${LIST_LIMIT}`
  const upToLimit = z.array(item, { error }).max(LIST_LIMIT, { error })
  return minimum > 0 ? upToLimit.min(minimum, { error }) : upToLimit
}

export function whole({ min = 0, max = Number.MAX_SAFE_INTEGER, of = '' } = {}) {
  const upTo = max === Number.MAX_SAFE_INTEGER ? `, ${min} or more` : ` from ${min} to ${max}`
  const error = `must be a whole number${of && ` of ${of}`}${upTo}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

export const points = ({ min = 0 } = {}) => whole({ min, of: 'points' })

/** A decimal that is exact: what is written is what is reckoned with. */
export function decimal({
  places,
  min = 0,
  max,
  example,
}: {
  places: number
  min?: number
  max: number
  example: number
}) {
  const error = `must be a number from ${min} to ${max} with at most ${places} decimals, such as ${example}`
  return z
    .number({ error })
    .min(min, { error })
    .max(max, { error })
    .refine((value) => decimalPlaces(value) <= places, { error })
}

export const multiplier = () => decimal({ places: 4, max: MULTIPLIER_LIMIT, example: 1.25 })
/** What a point is worth is a price and may be finer than a cent. */
export const pricePerPoint = () => decimal({ places: 6, max: 1_000_000, example: 0.01 })
export const share = () => decimal({ places: 4, max: 1, example: 0.1 })

/** An amount in major units. How many decimals fit depends on the currency, which check-money.ts knows. */
export function money() {
  const error = 'must be an amount in major units, 0 or more, such as 5 or 4.99'
  return z.number({ error }).min(0, { error }).max(MONEY_LIMIT, { error })
}

export function moneyAboveZero() {
  const error = 'must be an amount in major units, above 0, such as 1 or 4.99'
  return z.number({ error }).gt(0, { error }).max(MONEY_LIMIT, { error })
}

export const flag = () => z.boolean({ error: 'must be true or false, without quotes' })

export function text(max = TEXT_LIMIT) {
  const error = `must be a text in quotes of 1 to ${max} characters`
  return z.string({ error }).regex(/\S/, { error }).max(max, { error })
}

/** What things are called by one another, by the API and in HubSpot. */
export function id() {
  const error = 'must be an id of 1 to 40 lower-case letters, digits, "-" or "_", such as "five-off"'
  return z.string({ error }).regex(/^[a-z0-9_-]{1,40}$/, { error })
}

export function choice<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: (issue) => `must be ${oneOf(values)}${didYouMean(issue.input, values)}` })
}

export function currency() {
  return z.string({ error: CURRENCY_ERROR }).refine(isCurrencyWritten, {
    error: (issue) =>
      isCurrency(String(issue.input))
        ? `must be in lower case: "${String(issue.input).toLowerCase()}"`
        : CURRENCY_ERROR,
  })
}

const CURRENCY_ERROR = 'must be the code of a currency in three lower-case letters, such as "usd"'
const isCurrencyWritten = (code: string): boolean => isCurrency(code) && code === code.toLowerCase()

/** Settings by currency, e.g. `{"jpy": {"per": 100}}`. */
export function byCurrency<Value extends z.ZodType>(value: Value) {
  return z.record(currency(), value, {
    error: (issue) =>
      issue.code === 'invalid_key'
        ? `is not a currency${didYouMean(issue.input, CURRENCIES) || '; write its three letters in lower case, such as "eur"'}`
        : 'must be an object {…} with a currency for each field, such as "eur"',
  })
}

/** A local date, as on a calendar on the wall. */
export function localDate() {
  const error = 'must be a date in quotes as year-month-day, such as "2026-11-23"'
  return z
    .string({ error })
    .regex(/^\d{4}-\d{2}-\d{2}$/, { error })
    .refine(isOnCalendar, { error })
}

function isOnCalendar(date: string): boolean {
  const instant = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date)
}

/** A date that comes back every year, `"03-01"`. */
export function dayOfYear() {
  const error = 'must be a day of the year in quotes as month-day, such as "03-01"'
  // 2024 was a leap year: 29 February is a day of the year too.
  return z
    .string({ error })
    .regex(/^\d{2}-\d{2}$/, { error })
    .refine((day) => isOnCalendar(`2024-${day}`), { error })
}

/** Ids that Stripe made, or the merchant at Stripe: of no fixed form. */
export function stripeId(example: string) {
  const error = `must be an id from Stripe, such as "${example}"`
  return z.string({ error }).regex(/^\S{1,255}$/, { error })
}

export const products = (minimum = 0) => list(stripeId('prod_Nxyz1234'), minimum)

/** `to` is inclusive; either end may be left open. */
export function inOrder(range: { from: string | null; to: string | null }): boolean {
  return range.from === null || range.to === null || range.from <= range.to
}
export const IN_ORDER = { path: ['to'], error: 'must not be before "from"' }
