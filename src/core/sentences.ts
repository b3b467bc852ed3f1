/**
 * The sentence of every entry: plain, short, fit to be read out to a customer. Amounts are written in the program's
 * locale. No names, no addresses, no ids: a sentence outlives the person it is about.
 */
import type { Program } from '../program/schema.ts'
import { localDay } from './calendar.ts'
import { currencyExponent } from './currency.ts'
import type { DerivedPayment } from './derive-payment.ts'
import type { Earned, NothingEarned } from './earning.ts'

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

/** `$49.90`; whole amounts too are written with their decimals, so that columns line up. */
export function money(minor: number, currency: string | null, locale: string): string {
  const exponent = currencyExponent(currency ?? '')
  const major = minor / 10 ** exponent
  if (currency === null || !CURRENCY_CODE.test(currency)) return String(major)
  const format = kept(
    `money ${locale} ${currency}`,
    () =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
        minimumFractionDigits: exponent,
        maximumFractionDigits: exponent,
      }),
  )
  return format.format(major)
}

/** `$1`, `$0.50`: as short as it can be written, for rates. */
function rate(major: number, currency: string | null, locale: string): string {
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

export const count = (value: number, locale: string): string =>
  kept(`count ${locale}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: 4 })).format(value)

/** `31 Dec 2026`: the last local day before the instant when `inclusive`, else the instant's own. */
export function day(at: number, program: Program, inclusive = false): string {
  const date = localDay(inclusive ? at - 1 : at, program.timezone) * 86_400_000
  const format = kept(
    `day ${program.locale}`,
    () => new Intl.DateTimeFormat(program.locale, { dateStyle: 'medium', timeZone: 'UTC' }),
  )
  return format.format(date)
}

export const pointsWord = (points: number, program: Program): string =>
  Math.abs(points) === 1 ? program.points.name.one : program.points.name.other

const tierName = (program: Program, tier: string | null): string | null =>
  program.tiers?.levels.find((level) => level.id === tier)?.name ?? null

/** "1 point per $1 on $40.00", "2 × points on $84.00, Gold", "100 points each for 2 items". */
export function earnSentence(earned: Earned, payment: DerivedPayment, program: Program, tier: string | null): string {
  const { locale } = program
  const refunded = payment.refundedMinor > 0 ? `, ${refundClause(payment, program)}` : ''
  const waiting = earned.waitsForItems ? ', until we know what was bought' : ''
  if (earned.on === 'item') {
    const pieces = earned.pieces === 1 ? '1 item' : `${count(earned.pieces, locale)} items`
    return `${count(earned.ratePoints, locale)} ${pointsWord(earned.ratePoints, program)} each for ${pieces}${refunded}`
  }
  const amount = money(earned.amountMinor, payment.currency, locale)
  const per = `${count(earned.ratePoints, locale)} ${pointsWord(earned.ratePoints, program)} per ${rate(earned.ratePer, payment.currency, locale)}`
  const name = tierName(program, tier)
  const times = earned.multiplier === 1 ? per : `${count(earned.multiplier, locale)} × ${per}`
  const who = earned.multiplier !== 1 && name !== null ? `, ${name}` : ''
  return `${times} on ${amount}${who}${refunded}${waiting}`
}

/** "$20.00 of $40.00 refunded". */
export function refundClause(payment: DerivedPayment, program: Program): string {
  const paid = money(payment.paidMinor, payment.currency, program.locale)
  if (payment.refundedMinor >= payment.paidMinor) return `all of ${paid} refunded`
  return `${money(payment.refundedMinor, payment.currency, program.locale)} of ${paid} refunded`
}

export function nothingSentence(why: NothingEarned, payment: DerivedPayment, program: Program): string {
  const amount = money(payment.netMinor, payment.currency, program.locale)
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
