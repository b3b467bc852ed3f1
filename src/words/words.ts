/**
 * What people read, in their language: messages from the catalogues (ICU MessageFormat), numbers, dates and money by Intl. A
 * language is one file; what it does not say is said in English.
 */
import { IntlMessageFormat } from 'intl-messageformat'
import { currencyExponent } from '../core/currency.ts'
import type { Program } from '../program/schema.ts'
import am from './am.json' with { type: 'json' }
import az from './az.json' with { type: 'json' }
import en from './en.json' with { type: 'json' }
import hy from './hy.json' with { type: 'json' }
import type { Language } from './languages.ts'
import sw from './sw.json' with { type: 'json' }

type Nested = { [key: string]: string | Nested }
/** `staff.card.since`: the way to a message. */
type Keys<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Keys<T[K], `${Prefix}${K}.`>
}[keyof T & string]
export type WordKey = Keys<typeof en>

export type WordValues = Readonly<Record<string, string | number>>

export const CATALOGUES: Record<Language, Nested> = { en, am, hy, az, sw }

export interface Words {
  readonly language: Language
  /** For Intl. */
  readonly locale: string
  /** @throws when a value that the message needs is not given. */
  say(key: WordKey, values?: WordValues): string
  number(value: number): string
  /** `0.62` → "62%". */
  percent(share: number): string
  /** Minor units. */
  money(minor: number, currency: string): string
  /** "1,240 points", by the program's own name for them where it has one. */
  points(count: number): string
  /** The name alone: "points". */
  pointsName(count: number): string
  /** "18 Sep", with the year where it is not this one. The program's zone. */
  date(at: number | string): string
  /** "18 September 2026". */
  longDate(at: number | string): string
  /** "3 days ago", "in 2 weeks", "today". By the program's days. */
  ago(at: number | string): string
  list(items: readonly string[]): string
}

export interface WordsOptions {
  language: Language
  program: Pick<Program, 'locale' | 'timezone' | 'points'>
  /** ms */
  now: number
}

const DAY_MS = 86_400_000
const MESSAGES_LIMIT = 4_000
const parsed = new Map<string, IntlMessageFormat>()

/** Null where the catalogue does not have it. */
export function findMessage(language: Language, key: string): string | null {
  let found: string | Nested | undefined = CATALOGUES[language]
  for (const part of key.split('.')) {
    if (typeof found !== 'object') return null
    found = Object.hasOwn(found, part) ? found[part] : undefined
  }
  return typeof found === 'string' && found !== '' ? found : null
}

function messageOf(language: Language, key: string, locale: string): IntlMessageFormat {
  const id = `${locale} ${language} ${key}`
  const known = parsed.get(id)
  if (known !== undefined) return known
  const own = findMessage(language, key)
  const text = own ?? findMessage('en', key)
  if (text === null) throw new Error(`no words for ${key}`)
  // Tags in messages mean nothing to us, and Slack's own <…> is none of ICU's.
  const made = new IntlMessageFormat(text, own === null ? 'en' : locale, undefined, { ignoreTag: true })
  if (parsed.size >= MESSAGES_LIMIT) parsed.clear()
  parsed.set(id, made)
  return made
}

/** The program's locale says how its own language is written there; another language is written as its speakers do. */
const localeOf = (language: Language, { locale }: Pick<Program, 'locale'>): string =>
  locale.toLowerCase().split(/[-_]/)[0] === language ? locale.replaceAll('_', '-') : language

export function createWords({ language, program, now }: WordsOptions): Words {
  const locale = localeOf(language, program)
  const { timezone: timeZone } = program
  const msOf = (at: number | string): number => (typeof at === 'number' ? at : Date.parse(at))
  const dates = (options: Intl.DateTimeFormatOptions) => formatOf('date', locale, { timeZone, ...options })
  const say: Words['say'] = (key, values) => String(messageOf(language, key, locale).format({ ...values }))
  // Days are counted as the program's calendar has them: yesterday evening is yesterday.
  const dayOf = (at: number): number => Math.floor(Date.parse(`${isoDay(at, timeZone)}T00:00Z`) / DAY_MS)
  const yearOf = (at: number): string => isoDay(at, timeZone).slice(0, 4)
  const pointsName = (count: number): string => {
    const { one, other } = program.points.name
    return isPlainName(one, other) ? say('member.pointsName', { count }) : Math.abs(count) === 1 ? one : other
  }
  const number = (value: number): string => formatOf('number', locale, {}).format(value)
  return {
    language,
    locale,
    say,
    number,
    percent: (share) => formatOf('number', locale, { style: 'percent', maximumFractionDigits: 0 }).format(share),
    money: (minor, currency) => moneyIn(locale, minor, currency),
    points: (count) => `${number(count)} ${pointsName(count)}`,
    pointsName,
    date: (at) => {
      const isThisYear = yearOf(msOf(at)) === yearOf(now)
      return dates({ day: 'numeric', month: 'short', ...(!isThisYear && { year: 'numeric' }) }).format(msOf(at))
    },
    longDate: (at) => dates({ day: 'numeric', month: 'long', year: 'numeric' }).format(msOf(at)),
    ago: (at) => relative(locale, dayOf(msOf(at)) - dayOf(now)),
    list: (items) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items),
  }
}

/** A program that calls its points nothing else has them called as each language does. */
const isPlainName = (one: string, other: string): boolean => one === 'point' && other === 'points'

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()

function formatOf(kind: 'number', locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat
function formatOf(kind: 'date', locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat
function formatOf(
  kind: 'number' | 'date',
  locale: string,
  options: Intl.NumberFormatOptions & Intl.DateTimeFormatOptions,
): Intl.NumberFormat | Intl.DateTimeFormat {
  const id = `${kind} ${locale} ${JSON.stringify(options)}`
  const known = formats.get(id)
  if (known !== undefined) return known
  const made = kind === 'number' ? new Intl.NumberFormat(locale, options) : new Intl.DateTimeFormat(locale, options)
  if (formats.size >= MESSAGES_LIMIT) formats.clear()
  formats.set(id, made)
  return made
}

function moneyIn(locale: string, minor: number, currency: string): string {
  const digits = currencyExponent(currency)
  const major = minor / 10 ** digits
  if (!/^[a-z]{3}$/i.test(currency)) return `${formatOf('number', locale, {}).format(major)} ${currency}`
  const options = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  return formatOf('number', locale, {
    ...options,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(major)
}

/** `2026-11-22`: Swedish writes dates as ISO 8601 does. */
const isoDay = (at: number, timeZone: string): string =>
  formatOf('date', 'sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)

const WEEKS_FROM = 21
const MONTHS_FROM = 120
const YEARS_FROM = 730
const MONTH_DAYS = 30.44

function relative(locale: string, days: number): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const size = Math.abs(days)
  if (size < WEEKS_FROM) return format.format(days, 'day')
  if (size < MONTHS_FROM) return format.format(Math.round(days / 7), 'week')
  if (size < YEARS_FROM) return format.format(Math.round(days / MONTH_DAYS), 'month')
  return format.format(Math.round(days / (MONTH_DAYS * 12)), 'year')
}
