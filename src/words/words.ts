/**
 * What people read, in their language: messages from the catalogues (ICU MessageFormat), numbers, dates and money by Intl. A
 * language is one file; what it does not say is said in English.
 */
import { type Formatters, IntlMessageFormat } from 'intl-messageformat'
import { localDay } from '../core/calendar.ts'
import type { Program } from '../program/schema.ts'
import { CATALOGUES, type Catalogue, type Catalogues, findMessage, type Language, type WordKey } from './catalogues.ts'
import { type Formats, formatsOf, ownDate } from './formats.ts'

export { CATALOGUES, type WordKey } from './catalogues.ts'

export type WordValues = Readonly<Record<string, string | number>>

export interface Words {
  readonly language: Language
  /** For Intl. */
  readonly locale: string
  /**
   * Values stand in it as they are, whatever is in them; numbers as the language writes them.
   * @throws when a value that the message needs is not given, or a plural goes by what is no number.
   */
  say(key: WordKey, values?: WordValues): string
  number(value: number): string
  /** `0.62` → "62%". */
  percent(share: number): string
  /** Minor units. "$10.00" */
  money(minor: number, currency: string): string
  /** Minor units; a whole amount without decimals: "$10", "$4.99". */
  price(minor: number, currency: string): string
  /** "1,240 points", by the program's own name for them where it has one. */
  points(count: number): string
  /** The name alone: "points"; of no certain number where none is given. */
  pointsName(count?: number): string
  /** "Sep 18", with the year where it is not this one. An instant is in the program's zone; `2026-09-18` is that day. */
  date(at: number | string): string
  /** "Sep 18", whatever the year. */
  day(at: number | string): string
  /** "September 2026", of `2026-09` or any day of it. */
  month(at: number | string, style?: 'short' | 'long'): string
  /** "September 18, 2026". */
  longDate(at: number | string): string
  /** "3 days ago", "in 2 weeks", "today". By the program's days. */
  ago(at: number | string): string
  /** "a, b and c" */
  list(items: readonly string[]): string
  /** "a, b or c" */
  either(items: readonly string[]): string
}

export interface WordsOptions {
  language: Language
  program: Pick<Program, 'locale' | 'timezone' | 'points'>
  /** ms */
  now: number
  catalogues?: Catalogues
}

const DAY_MS = 86_400_000

export function createWords({ language, program, now, catalogues = CATALOGUES }: WordsOptions): Words {
  const locale = localeOf(language, program)
  const catalogue: Catalogue = catalogues[language] ?? CATALOGUES.en
  const formats = formatsOf(locale, catalogue.format ?? null)
  const { number, percent } = formats
  const today = localDay(now, program.timezone)
  const dayOf = (at: number | string): number => {
    if (typeof at === 'number') return localDay(at, program.timezone)
    return DATE_ONLY.test(at) ? Date.parse(at) / DAY_MS : localDay(Date.parse(at), program.timezone)
  }
  const say: Words['say'] = (key, values = {}) => {
    const own = messageOf(catalogue, key, locale, formats)
    const message = own ?? messageOf(CATALOGUES.en, key, 'en', formatsOf('en', null))
    if (message === null) throw new Error(`no words for ${key}`)
    return String(message.format(given(values)))
  }
  const { one, other } = program.points.name
  const pointsName = (count?: number): string => {
    if (isPlainName(one, other))
      return count === undefined ? say('member.pointsAny') : say('member.pointsName', { count })
    return count !== undefined && Math.abs(count) === 1 ? one : other
  }
  return {
    language,
    locale,
    say,
    number,
    percent,
    money: (minor, currency) => formats.money(minor, currency, false),
    price: (minor, currency) => formats.money(minor, currency, true),
    points: (count) => say('member.points', { count, name: pointsName(count) }),
    pointsName,
    date: (at) => {
      const day = dayOf(at)
      return formats.date(day, yearOf(day) === yearOf(today) ? 'short' : 'shortWithYear')
    },
    day: (at) => formats.date(dayOf(at), 'short'),
    month: (at, style = 'long') => formats.date(dayOf(at), style === 'long' ? 'month' : 'shortMonth'),
    longDate: (at) => longDate(formats, catalogue, dayOf(at)),
    // Days are counted as the program's calendar has them: yesterday evening is yesterday.
    ago: (at) => relative(formats, dayOf(at) - today),
    list: (items) => formats.list(items, 'and'),
    either: (items) => formats.list(items, 'or'),
  }
}

/** The program's locale says how its own language is written there; another language is written as its speakers do. */
const localeOf = (language: Language, { locale }: Pick<Program, 'locale'>): string =>
  locale.toLowerCase().split(/[-_]/)[0] === language ? locale.replaceAll('_', '-') : language

/** A day or a month, without a time. */
const DATE_ONLY = /^\d{4}-\d{2}(-\d{2})?$/
const yearOf = (day: number): number => new Date(day * DAY_MS).getUTCFullYear()

/** A program that calls its points nothing else has them called as each language does. */
const isPlainName = (one: string, other: string): boolean => one === 'point' && other === 'points'

// ------------------------------------------------------------------------------------------------------------ messages

type Parsed = Map<string, IntlMessageFormat>
/** By catalogue and locale, of which there are few; within it by key. */
const parsed = new WeakMap<Catalogue, Map<string, Parsed>>()
const LOCALES_LIMIT = 100

/** Null where the catalogue does not have it. */
function messageOf(catalogue: Catalogue, key: string, locale: string, formats: Formats): IntlMessageFormat | null {
  const known = parsedIn(catalogue, locale)
  const kept = known.get(key)
  if (kept !== undefined) return kept
  const text = findMessage(catalogue, key)
  if (text === null) return null
  // Tags mean nothing to us: Slack's own <…> is none of ICU's.
  const ast = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true }).getAst()
  const made = new IntlMessageFormat(writtenOut(ast), locale, undefined, { formatters: formattersFor(locale, formats) })
  known.set(key, made)
  return made
}

function parsedIn(catalogue: Catalogue, locale: string): Parsed {
  const locales = parsed.get(catalogue) ?? new Map<string, Parsed>()
  parsed.set(catalogue, locales)
  const known = locales.get(locale)
  if (known !== undefined) return known
  if (locales.size >= LOCALES_LIMIT) locales.clear()
  const made: Parsed = new Map()
  locales.set(locale, made)
  return made
}

type Elements = ReturnType<IntlMessageFormat['getAst']>
const [ARGUMENT, NUMBER] = [1, 2] as const

/** `{count}` is written as `{count, number}` would be: 1240 is "1,240" wherever it stands. */
function writtenOut(elements: Elements): Elements {
  return elements.map((element) => {
    if (element.type === ARGUMENT) return { type: NUMBER, value: element.value, style: null }
    if (!('options' in element)) return element
    const options = Object.entries(element.options).map(([name, option]) => [
      name,
      { ...option, value: writtenOut(option.value) },
    ])
    return { ...element, options: Object.fromEntries(options) }
  })
}

const PLURAL_RULES_LIMIT = 200
const rules = new Map<string, Intl.PluralRules>()

function rulesOf(locale: string, options: Intl.PluralRulesOptions): Intl.PluralRules {
  const id = `${locale} ${options.type}`
  const kept = rules.get(id)
  if (kept !== undefined) return kept
  if (rules.size >= PLURAL_RULES_LIMIT) rules.clear()
  const made = new Intl.PluralRules(locale, options)
  rules.set(id, made)
  return made
}

/** A count that was written out already ("1,240") would be any other number, silently. */
function pluralOf(locale: string, options: Intl.PluralRulesOptions, count: unknown): Intl.LDMLPluralRule {
  if (typeof count !== 'number' || Number.isNaN(count)) throw new Error('a plural goes by a number')
  return rulesOf(locale, options).select(count)
}

/** What the library asks Intl for, by a language's own formats, and not made anew for each message. */
const formattersFor = (locale: string, formats: Formats): Formatters => ({
  // Of Intl's objects it uses one function each.
  getNumberFormat: () =>
    ({
      format: (value: unknown) => (typeof value === 'number' ? formats.number(value) : String(value)),
    }) as Intl.NumberFormat,
  getPluralRules: (_, options = {}) =>
    ({ select: (count: unknown) => pluralOf(locale, options, count) }) as Intl.PluralRules,
  getDateTimeFormat: () => {
    throw new Error('a date is written by words.date and stands in a message as it is')
  },
})

/** What is undefined is not given: it would stand there as nothing. */
function given(values: WordValues): WordValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

// --------------------------------------------------------------------------------------------------------------- dates

function longDate(formats: Formats, { longDate, format }: Catalogue, day: number): string {
  if (longDate === undefined || format === undefined) return formats.date(day, 'long')
  return ownDate({ months: format.months, date: { ...format.date, long: longDate } }, day, 'long')
}

const WEEKS_FROM = 21
const MONTHS_FROM = 120
const YEARS_FROM = 730
const MONTH_DAYS = 30.44

function relative(formats: Formats, days: number): string {
  const size = Math.abs(days)
  if (size < WEEKS_FROM) return formats.relative(days, 'day')
  if (size < MONTHS_FROM) return formats.relative(Math.round(days / 7), 'week')
  if (size < YEARS_FROM) return formats.relative(Math.round(days / MONTH_DAYS), 'month')
  return formats.relative(Math.round(days / (MONTH_DAYS * 12)), 'year')
}
