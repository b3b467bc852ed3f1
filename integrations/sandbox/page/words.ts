/** Money, numbers and times as people read them: in the program's language and time zone. Pure. */

export interface Words {
  /** Minor units. */
  money(minor: number, currency: string): string
  /** Major units as one types them: `49.90`. */
  major(minor: number, currency: string): string
  /** What was typed, in minor units; null where that is no amount. */
  minor(typed: string, currency: string): number | null
  number(value: number): string
  date(at: number): string
  /** With the time of day. */
  moment(at: number): string
  time(at: number): string
  ago(at: number, now: number): string
  /** `<1 ms`, `38 ms`, `1.2 s`. */
  took(ms: number): string
  percent(share: number): string
}

export interface WordsOptions {
  locale: string
  timezone: string
  /** How many digits of a currency are after the point. */
  currencies: Record<string, number>
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export function createWords({ locale, timezone, currencies }: WordsOptions): Words {
  const digitsOf = (currency: string): number => currencies[currency] ?? 2
  const amounts = new Map<string, Intl.NumberFormat>()
  const amountIn = (currency: string): Intl.NumberFormat => {
    const known = amounts.get(currency)
    if (known !== undefined) return known
    const digits = digitsOf(currency)
    const format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    amounts.set(currency, format)
    return format
  }
  const numbers = new Intl.NumberFormat(locale)
  const percents = new Intl.NumberFormat(locale, { style: 'percent' })
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: timezone })
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: timezone })
  const times = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone: timezone })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  return {
    money: (minor, currency) => amountIn(currency).format(minor / 10 ** digitsOf(currency)),
    major: (minor, currency) => (minor / 10 ** digitsOf(currency)).toFixed(digitsOf(currency)),
    minor: (typed, currency) => minorOf(typed, digitsOf(currency)),
    number: (value) => numbers.format(value),
    date: (at) => dates.format(at),
    moment: (at) => moments.format(at),
    time: (at) => times.format(at),
    ago: (at, now) => {
      const gone = Math.max(0, now - at)
      if (gone < MINUTE) return 'just now'
      if (gone < HOUR) return relative.format(-Math.floor(gone / MINUTE), 'minute')
      if (gone < DAY) return relative.format(-Math.floor(gone / HOUR), 'hour')
      if (gone < 60 * DAY) return relative.format(-Math.floor(gone / DAY), 'day')
      return dates.format(at)
    },
    took: (ms) => {
      if (ms < 1) return '<1 ms'
      if (ms < 1_000) return `${numbers.format(Math.round(ms))} ms`
      if (ms < MINUTE) return `${numbers.format(Math.round(ms / 100) / 10)} s`
      return ms < HOUR ? `${numbers.format(Math.round(ms / MINUTE))} min` : `${numbers.format(Math.round(ms / HOUR))} h`
    },
    percent: (share) => percents.format(share),
  }
}

const AMOUNT = /^(\d{1,9})(?:[.,](\d+))?$/

/** `12`, `12.5` or `12,50`; nothing that a currency has no coins for. */
function minorOf(typed: string, digits: number): number | null {
  const [, whole, part = ''] = AMOUNT.exec(typed.trim()) ?? []
  if (whole === undefined || part.length > digits) return null
  return Number(whole) * 10 ** digits + Number(part.padEnd(digits, '0') || 0)
}

/** `1 event`, `3 events`. */
export const counted = (count: number, one: string, other = `${one}s`): string =>
  `${count} ${count === 1 ? one : other}`
