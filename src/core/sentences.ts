/**
 * The sentence of every entry: plain, short, fit to be read out to a customer. Amounts are written in the program's
 * locale. No names, no addresses, no ids: a sentence outlives the person it is about.
 */
import type { Program } from '../program/schema.ts'
import { localDay } from './calendar.ts'
import { currencyExponent } from './currency.ts'
import type { DerivedPayment } from './derive-payment.ts'
import type { Earned, NothingEarned } from './earning.ts'
import { quickMoney } from './quick-money.ts'

const FORMATS_LIMIT = 500
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()

function kept<Format extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => Format): Format {
  const known = formats.get(key)
  if (known) return known as Format
  if (formats.size >= FORMATS_LIMIT) formats.clear()
  const made = make()
  formats.set(key, made)
  return made
}

const CURRENCY_CODE = /^[a-z]{3}$/

const writers = new Map<string, (minor: number) => string>()

/** `$49.90`; whole amounts too are written with their decimals, so that columns line up. */
export function money(minor: number, currency: string | null, locale: string): string {
  const key = `${currency} ${locale}`
  let write = writers.get(key)
  if (write === undefined) {
    if (writers.size >= FORMATS_LIMIT) writers.clear()
    write = writerOf(currency, locale)
    writers.set(key, write)
  }
  return write(minor)
}

function writerOf(currency: string | null, locale: string): (minor: number) => string {
  const exponent = currencyExponent(currency ?? '')
  if (currency === null || !CURRENCY_CODE.test(currency)) return (minor) => String(minor / 10 ** exponent)
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  })
  return quickMoney(format, exponent)
}

const rates = new Map<string, string>()

/** `$1`, `$0.50`: as short as it can be written, for rates. */
function rate(major: number, currency: string | null, locale: string): string {
  const key = `${major} ${currency} ${locale}`
  const known = rates.get(key)
  if (known !== undefined) return known
  if (rates.size >= FORMATS_LIMIT) rates.clear()
  const text = writeRate(major, currency, locale)
  rates.set(key, text)
  return text
}

function writeRate(major: number, currency: string | null, locale: string): string {
  if (currency === null || !CURRENCY_CODE.test(currency)) return String(major)
  const whole = Number.isInteger(major)
  const format = kept(
    `rate ${locale} ${currency} ${whole}`,
    () =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
        ...(whole ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {}),
      }),
  )
  return format.format(major)
}

const counts = new Map<string, Map<number, string>>()

/** The same few numbers are written again and again; formatting one costs more than deciding on it. */
export function count(value: number, locale: string): string {
  let known = counts.get(locale)
  if (known === undefined || known.size >= FORMATS_LIMIT) {
    known = new Map()
    counts.set(locale, known)
  }
  const hit = known.get(value)
  if (hit !== undefined) return hit
  const format = kept(`count ${locale}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: 4 }))
  const text = format.format(value)
  known.set(value, text)
  return text
}

/** `38%`, of 38, as the language writes it. */
export const percent = (hundredths: number, locale: string): string =>
  kept(`percent ${locale}`, () => new Intl.NumberFormat(locale, { style: 'percent' })).format(hundredths / 100)

const days = new Map<string, Map<number, string>>()

/** `31 Dec 2026`: the last local day before the instant when `inclusive`, else the instant's own. */
export function day(at: number, program: Program, inclusive = false): string {
  const { locale } = program
  const date = localDay(inclusive ? at - 1 : at, program.timezone)
  let known = days.get(locale)
  if (known === undefined || known.size >= FORMATS_LIMIT) {
    known = new Map()
    days.set(locale, known)
  }
  const hit = known.get(date)
  if (hit !== undefined) return hit
  const format = kept(`day ${locale}`, () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }))
  const text = format.format(date * 86_400_000)
  known.set(date, text)
  return text
}

export const pointsWord = (points: number, program: Program): string =>
  Math.abs(points) === 1 ? program.points.name.one : program.points.name.other

const levelOf = (program: Program, tier: string | null) => program.tiers?.levels.find((level) => level.id === tier)
const tierName = (program: Program, tier: string | null): string | null => levelOf(program, tier)?.name ?? null
const tierMultiplier = (program: Program, tier: string | null): number => levelOf(program, tier)?.multiplier ?? 1

/** "1 point per $1 on $40.00", "2 × points on $84.00 (Double points week), Gold", "100 points each for 2 items". */
export function earnSentence(
  earned: Earned,
  payment: DerivedPayment,
  program: Program,
  tier: string | null,
  partner: Place | null = null,
): string {
  const { locale } = program
  const refunded = payment.refundedMinor > 0 ? `, ${refundClause(payment, program)}` : ''
  const waiting = earned.waitsForItems ? ', until we know what was bought' : ''
  const points = `${count(earned.ratePoints, locale)} ${pointsWord(earned.ratePoints, program)}`
  if (earned.on === 'campaign')
    return `${count(earned.ratePoints, locale)} bonus ${pointsWord(earned.ratePoints, program)} (${earned.campaigns.join(', ')})${refunded}`
  if (earned.on === 'item') {
    const pieces = earned.pieces === 1 ? '1 item' : `${count(earned.pieces, locale)} items`
    const cut = earned.cutBecause ? `. ${earned.cutBecause}` : ''
    return `${points} each for ${pieces}${refunded}${cut}`
  }
  const amount = money(earned.amountMinor, payment.currency, locale)
  const times = timesRate(earned, points, payment.currency, program)
  const during = earned.campaigns.length === 0 ? '' : ` (${earned.campaigns.join(', ')})`
  const partly = earned.partly.map(
    (part) =>
      `, ${count(part.multiplier, locale)} × that on ${money(part.amountMinor, payment.currency, locale)} of it (${part.name})`,
  )
  // A tier that does not multiply has no part in it.
  const name = tierMultiplier(program, tier) === 1 ? null : tierName(program, tier)
  return `${times} on ${amount}${at(partner)}${during}${partly.join('')}${name === null ? '' : `, ${name}`}${refunded}${waiting}`
}

/** A partner where something was bought. */
type Place = { name: string }
const at = (place: Place | null): string => (place === null ? '' : ` at ${place.name}`)

/** "3 points per $2", "2 × 3 points per $2"; where each unit is a point just "2 × points". */
function timesRate(
  { multiplier, ratePoints, ratePer }: Earned,
  points: string,
  currency: string | null,
  program: Program,
): string {
  if (multiplier === 1) return `${points} per ${rate(ratePer, currency, program.locale)}`
  const times = `${count(multiplier, program.locale)} ×`
  if (ratePoints === 1 && ratePer === 1) return `${times} ${program.points.name.other}`
  return `${times} ${points} per ${rate(ratePer, currency, program.locale)}`
}

/** "$20.00 of $40.00 refunded". */
export function refundClause(payment: DerivedPayment, program: Program): string {
  const paid = money(payment.paidMinor, payment.currency, program.locale)
  if (payment.refundedMinor >= payment.paidMinor) return `all of ${paid} refunded`
  return `${money(payment.refundedMinor, payment.currency, program.locale)} of ${paid} refunded`
}

/** The same as a sentence of its own; of a bonus it says which. */
export function refundSentence(
  earned: Earned | null,
  payment: DerivedPayment,
  program: Program,
  partner: Place | null,
): string {
  const clause = refundClause(payment, program)
  const sentence = `${clause.charAt(0).toUpperCase()}${clause.slice(1)}${at(partner)}`
  return earned?.on === 'campaign'
    ? `${sentence}: bonus ${program.points.name.other} (${earned.campaigns.join(', ')})`
    : sentence
}

export function nothingSentence(
  why: NothingEarned,
  payment: DerivedPayment,
  program: Program,
  partner: Place | null = null,
): string {
  const amount = `${money(payment.netMinor, payment.currency, program.locale)}${at(partner)}`
  const currency = payment.currency?.toUpperCase() ?? 'this currency'
  const sentences = {
    no_rule: `${amount} earns nothing: the program gives no points for purchases`,
    currency: `${amount} earns nothing: the program does not count ${currency}`,
    conditions: `${amount} earns nothing: the purchase does not meet the program's conditions`,
    minimum: `${amount} earns nothing: it is below the minimum purchase`,
    products: `${amount} earns nothing: what was bought does not earn points`,
    too_small: `${amount} is too little for a point`,
    nothing_kept: `Earns nothing: ${refundClause(payment, program)}`,
  } satisfies Record<NothingEarned, string>
  return sentences[why]
}

/** With its full stop, which some languages' dates end in already. */
export const stopped = (sentence: string): string => (sentence.endsWith('.') ? sentence : `${sentence}.`)
