/** Slack's dates in mrkdwn, `<!date^…^{date_short}|…>`, by the sandbox's clock. Pure. */
export interface DateWords {
  locale: string
  timezone: string
  now: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making one takes longer than using it a hundred times. */
export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options)
  formats.set(key, known)
  return known
}

const DAY = 86_400_000
const UNITS = [
  ['day', DAY],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const FORMATS: Record<string, Intl.DateTimeFormatOptions> = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_slash: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
}

export function slackDate(format: string, at: number, words: DateWords): string {
  return format.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (name === 'ago') return agoOf(at, words)
    const pretty = name.endsWith('_pretty') ? dayOf(at, words) : null
    const options = FORMATS[name.replace(/_pretty$/, '')]
    if (options === undefined) return whole
    return pretty ?? dateFormat(words.locale, { ...options, timeZone: words.timezone }).format(at)
  })
}

function agoOf(at: number, { locale, now }: DateWords): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const gone = at - now
  for (const [unit, ms] of UNITS) if (Math.abs(gone) >= ms) return words.format(Math.trunc(gone / ms), unit)
  return words.format(0, 'minute')
}

const dayIn = (at: number, timezone: string): number => {
  const parts = dateFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(at)
  return Date.parse(`${parts}T00:00:00Z`)
}

/** How many local days ago. */
export const daysAgo = (at: number, { now, timezone }: DateWords): number =>
  Math.round((dayIn(now, timezone) - dayIn(at, timezone)) / DAY)

/** "today", "yesterday", "tomorrow"; null for other days. */
export function dayOf(at: number, words: DateWords): string | null {
  const days = daysAgo(at, words)
  if (Math.abs(days) > 1) return null
  return new Intl.RelativeTimeFormat(words.locale, { numeric: 'auto' }).format(-days, 'day')
}
