/**
 * Numbers, money, dates and lists as a language writes them: by Intl, or, where a host's Intl does not know the language, by
 * what its catalogue says. workerd's ICU has no Armenian, and of Azerbaijani only the name (`2026 M11 22`).
 */
import { currencyExponent, currencyPlaces } from '../core/currency.ts'
import type { OwnFormat, RelativeUnit } from './catalogues.ts'

export type DateStyle = 'short' | 'shortWithYear' | 'long' | 'month' | 'shortMonth'

export interface Formats {
  number(value: number): string
  /** `0.62` → "62%". */
  percent(share: number): string
  /** Minor units. `isShort`: a whole amount without decimals. */
  money(minor: number, currency: string, isShort: boolean): string
  /** Days since 1970-01-01. */
  date(day: number, style: DateStyle): string
  relative(count: number, unit: RelativeUnit): string
  list(items: readonly string[], join: ListJoin): string
}
export type ListJoin = 'and' | 'or'

const DAY_MS = 86_400_000
const NOVEMBER = Date.UTC(2026, 10, 15)

/** Whether this host's Intl has the language: of one that it has by name only, months are `M11`. */
export function isKnownToIntl(locale: string): boolean {
  const format = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' })
  const primary = (tag: string): string => new Intl.Locale(tag).language
  return primary(format.resolvedOptions().locale) === primary(locale) && !/^M\d/.test(format.format(NOVEMBER))
}

/** What `spoken` calls another of our languages; null where neither Intl nor the catalogue has a name for it. */
export function languageNameIn(spoken: string, own: OwnFormat | null, tag: string): string | null {
  if (own !== null && !isKnownToIntl(spoken)) return own.languages[tag] ?? null
  return new Intl.DisplayNames(spoken, { type: 'language' }).of(tag) ?? null
}

const KEPT_LIMIT = 500
const known = new Map<string, Formats>()

/** `own`: what the catalogue says of it, null where it says nothing: then a language that Intl does not know is English. */
export function formatsOf(locale: string, own: OwnFormat | null): Formats {
  const kept = known.get(locale)
  if (kept !== undefined) return kept
  if (known.size >= KEPT_LIMIT) known.clear()
  const made = isKnownToIntl(locale) ? intlFormats(locale) : own === null ? intlFormats('en') : ownFormats(own)
  known.set(locale, made)
  return made
}

/** Made once for each of what it is asked with. */
function once<By, Value>(make: (by: By) => Value): (by: By) => Value {
  const made = new Map<By, Value>()
  return (by) => {
    const kept = made.get(by)
    if (kept !== undefined) return kept
    if (made.size >= KEPT_LIMIT) made.clear()
    const value = make(by)
    made.set(by, value)
    return value
  }
}

const DATES: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  short: { day: 'numeric', month: 'short' },
  shortWithYear: { day: 'numeric', month: 'short', year: 'numeric' },
  long: { day: 'numeric', month: 'long', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
  shortMonth: { month: 'short', year: 'numeric' },
}

const PERCENT = { style: 'percent', maximumFractionDigits: 0 } as const

export function intlFormats(locale: string): Formats {
  const number = once(() => new Intl.NumberFormat(locale))
  const percent = once(() => new Intl.NumberFormat(locale, PERCENT))
  const date = once((style: DateStyle) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...DATES[style] }))
  const relative = once(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))
  const list = once(
    (join: ListJoin) => new Intl.ListFormat(locale, { type: join === 'and' ? 'conjunction' : 'disjunction' }),
  )
  const moneys = moneyFormats(locale)
  return {
    number: (value) => number(null).format(value),
    percent: (share) => percent(null).format(share),
    money: (minor, currency, isShort) => {
      const { format, major } = moneys(minor, currency, isShort)
      return isCode(currency) ? format.format(major) : `${format.format(major)} ${currency}`
    },
    date: (day, style) => date(style).format(day * DAY_MS),
    relative: (count, unit) => relative(null).format(count, unit),
    list: (items, join) => list(join).format(items),
  }
}

/** Others than codes of three letters are not what Intl takes. */
const isCode = (currency: string): boolean => /^[a-z]{3}$/i.test(currency)

function moneyFormats(locale: string) {
  const formats = once((id: string) => {
    const [currency = '', places] = id.split(' ')
    const decimals = { minimumFractionDigits: Number(places), maximumFractionDigits: Number(places) }
    const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
    return new Intl.NumberFormat(locale, { ...decimals, ...(isCode(currency) && style) })
  })
  return (minor: number, currency: string, isShort: boolean) => {
    const exponent = currencyExponent(currency)
    const major = minor / 10 ** exponent
    // There are no cents of a currency that Stripe counts in hundredths all the same: unless somebody has some.
    const places = Number.isInteger(major) ? (isShort ? 0 : currencyPlaces(currency)) : exponent
    return { format: formats(`${isCode(currency) ? currency : '-'} ${places}`), major }
  }
}

/** By the catalogue's own words and signs; digits, symbols and rounding are English's. */
export function ownFormats(own: OwnFormat): Formats {
  const number = once(() => new Intl.NumberFormat('en'))
  const percent = once(() => new Intl.NumberFormat('en', PERCENT))
  const moneys = moneyFormats('en')
  const written = (parts: readonly Intl.NumberFormatPart[]): string => {
    const digits = parts.filter(({ type }) => type === 'integer').reduce((sum, { value }) => sum + value.length, 0)
    const group = digits < own.groupFrom ? '' : own.group
    return parts
      .filter(({ type, value }) => type !== 'currency' && !(type === 'literal' && value.trim() === ''))
      .map(({ type, value }) => (type === 'group' ? group : type === 'decimal' ? own.decimal : value))
      .join('')
  }
  return {
    number: (value) => written(number(null).formatToParts(value)),
    percent: (share) => written(percent(null).formatToParts(share)),
    money: (minor, currency, isShort) => {
      const { format, major } = moneys(minor, currency, isShort)
      const parts = format.formatToParts(major)
      const symbol = parts.find(({ type }) => type === 'currency')?.value ?? currency
      return fill(own.money, { amount: written(parts), currency: symbol })
    },
    date: (day, style) => ownDate(own, day, style),
    relative: (count, unit) => ownRelative(own, count, unit, written(number(null).formatToParts(Math.abs(count)))),
    list: (items, join) =>
      items.length < 2
        ? items.join('')
        : `${items.slice(0, -1).join(own.list.between)}${own.list[join]}${items.at(-1)}`,
  }
}

const MONTHS = {
  short: 'short',
  shortWithYear: 'short',
  long: 'long',
  month: 'alone',
  shortMonth: 'short',
} as const satisfies Record<DateStyle, keyof OwnFormat['months']>

export function ownDate(own: Pick<OwnFormat, 'months' | 'date'>, day: number, style: DateStyle): string {
  const date = new Date(day * DAY_MS)
  const months = own.months[MONTHS[style]]
  return fill(own.date[style], {
    day: String(date.getUTCDate()),
    month: months[date.getUTCMonth()] ?? '',
    year: String(date.getUTCFullYear()),
  })
}

function ownRelative(own: OwnFormat, count: number, unit: RelativeUnit, n: string): string {
  const named = unit === 'day' ? own.days[String(count)] : undefined
  if (named !== undefined) return named
  return fill(count < 0 ? own.relative[unit].past : own.relative[unit].future, { n })
}

export const fill = (pattern: string, parts: Readonly<Record<string, string>>): string =>
  pattern.replace(/\{(\w+)\}/g, (all, name: string) => parts[name] ?? all)
