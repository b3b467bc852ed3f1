// Numbers, money and times as the program's readers write them.
import { html } from 'hono/html'
import { currencyExponent, currencyPlaces } from '../../core/currency.ts'
import type { Program } from '../../program/schema.ts'
import type { Html } from './layout.ts'

export interface Words {
  number(value: number): string
  /** With its sign, a true minus: `+168`, `−20`. */
  signed(value: number): string
  /** An amount in minor units. */
  money(minor: number, currency: string): string
  points(value: number): string
  purchases(value: number): string
  /** What points are worth, in the program's currency. */
  worth(points: number): string
  /** "3 days ago", the date and time on hover. */
  ago(iso: string): Html
  /** The date, its time on hover. */
  day(iso: string): Html
  /** The last day before the instant: what ends when the 31st is over ends on the 31st. */
  lastDay(iso: string): Html
}

const STEPS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** @param now milliseconds, what "ago" is counted from. */
export function createWords({ locale, timezone: timeZone, currency, points }: Program, now: number): Words {
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 })
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone })
  const instants = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'long', timeZone })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const plurals = new Intl.PluralRules(locale)
  const number = (value: number) => numbers.format(value).replace('-', '−')
  const timed = (iso: string, shown: string): Html =>
    html`<time datetime="${iso}" title="${instants.format(Date.parse(iso))}">${shown}</time>`
  return {
    number,
    signed: (value) => (value > 0 ? `+${number(value)}` : number(value)),
    money: (minor, code) => formatMoney(locale, minor / 10 ** currencyExponent(code), code),
    points: (value) => `${number(value)} ${plurals.select(value) === 'one' ? points.name.one : points.name.other}`,
    purchases: (value) => `${number(value)} ${value === 1 ? 'purchase' : 'purchases'}`,
    worth: (value) => formatMoney(locale, value * points.value, currency),
    ago: (iso) => timed(iso, agoOf(relative, (now - Date.parse(iso)) / 1_000)),
    day: (iso) => timed(iso, dates.format(Date.parse(iso))),
    lastDay: (iso) => timed(iso, dates.format(Date.parse(iso) - 1)),
  }
}

function formatMoney(locale: string, major: number, code: string): string {
  const places = currencyPlaces(code)
  const digits = { minimumFractionDigits: places, maximumFractionDigits: places }
  const currency = code.toUpperCase()
  return new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits }).format(major).replace('-', '−')
}

function agoOf(relative: Intl.RelativeTimeFormat, seconds: number): string {
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1]
  // Less than a minute, also by a clock that is a little ahead of ours, is "now".
  if (unit === 'second') return relative.format(0, 'second')
  return relative.format(-Math.round(seconds / size), unit)
}
