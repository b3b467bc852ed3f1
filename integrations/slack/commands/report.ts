/** `/loyalty report [month|week|2026-10]`: the numbers of a time. */
import { z } from 'zod'
import type { FigurePeriod } from '../../../src/app/ports/figures.ts'
import type { App } from '../../../src/app/ports.ts'
import { DAY_MS, localDate } from '../../../src/core/calendar.ts'
import { addToMonth } from '../../../src/core/report-months.ts'
import { esc } from '../blocks.ts'
import type { Asking, Buttons, Commanded, Handler, Message, Reply, Tools } from '../desk.ts'
import { notice, say } from '../dispatch.ts'
import { parseJson } from '../form.ts'
import { type CampaignImpact, periodName, reportMessage } from '../views/report.ts'

/** What takes longer is told after a word of patience. */
const IN_TIME_MS = 1_500
/** No shop is older than that, and no clock is right that says so. */
const FIRST_YEAR = 2000

export const report: Handler<Commanded> = {
  needs: 'view',
  answer: async ({ args }, asking, tools) => {
    const { words, now, program } = asking
    const today = localDate(now, program.timezone)
    const period = periodIn(args, today)
    if (period === null)
      return { do: 'say', message: say(words.say('staff.report.badPeriod', { typed: esc(args, 80) })) }
    if (period.from > today)
      return { do: 'say', message: say(words.say('staff.report.future', { period: periodName(period, words) })) }
    return patiently(reportOf(period, false, asking, tools), asking, tools)
  },
}

/** Says that it takes a moment only where it does. */
async function patiently(making: Promise<Message>, { words }: Asking, { rest }: Tools): Promise<Reply> {
  const made = making.then((message): Reply => ({ do: 'say', message }))
  const working: Reply = { do: 'say', message: notice(words, 'staff.common.working'), after: () => made }
  return Promise.race([made, rest(IN_TIME_MS).then(() => working)])
}

async function reportOf(period: FigurePeriod, isShared: boolean, asking: Asking, tools: Tools): Promise<Message> {
  const { app, logger } = tools
  const { words, program } = asking
  try {
    const [figures, impacts] = await Promise.all([app.periodFigures(period), readImpacts(period, asking, app)])
    return reportMessage({ programName: program.name, figures, impacts, isShared }, words)
  } catch (error) {
    logger.warn('the numbers of a time could not be read', { error: error instanceof Error ? error.name : 'unknown' })
    return say(words.say('staff.report.failed'))
  }
}

/** Only where members were held out by chance is there anything to compare with: else it is not looked for. */
async function readImpacts(period: FigurePeriod, { program }: Asking, app: App): Promise<CampaignImpact[]> {
  if (program.campaigns.every(({ holdout, announced }) => holdout <= 0 || announced)) return []
  const made = await app.report('campaigns', period)
  if (!made.ok) return []
  return made.value.campaigns.flatMap(({ name, comparison }) => {
    const uplift = comparison?.uplift ?? null
    return uplift === null ? [] : [{ name, difference: uplift.difference, low: uplift.low, high: uplift.high }]
  })
}

// ------------------------------------------------------------------------------------------------- which time

const lastDay = (month: string): string =>
  new Date(Date.parse(`${addToMonth(month, 1)}-01T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10)
const monthOf = (month: string): FigurePeriod => ({ from: `${month}-01`, to: lastDay(month) })

/** From Monday on, as weeks begin in the program. */
function weekOf(date: string, weeksBefore: number): FigurePeriod {
  const day = Date.parse(`${date}T00:00:00Z`)
  const monday = day - (((new Date(day).getUTCDay() + 6) % 7) + 7 * weeksBefore) * DAY_MS
  const iso = (at: number): string => new Date(at).toISOString().slice(0, 10)
  return { from: iso(monday), to: iso(monday + 6 * DAY_MS) }
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Null: no time that is known. */
export function periodIn(typed: string, today: string): FigurePeriod | null {
  const text = typed.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim()
  const present = today.slice(0, 7)
  switch (text.replace(/^(?:the|of|for) /, '').replace(/[-_]/g, ' ')) {
    case '':
    case 'month':
    case 'this month':
      return monthOf(present)
    case 'last month':
    case 'previous month':
      return monthOf(addToMonth(present, -1))
    case 'week':
    case 'this week':
      return weekOf(today, 0)
    case 'last week':
    case 'previous week':
      return weekOf(today, 1)
    default:
      return writtenMonth(text, present)
  }
}

/** "2026-10", "10/2026", "2026/10", "October", "Oct 2026". A name alone is the last such month. */
function writtenMonth(text: string, present: string): FigurePeriod | null {
  const [, first, second] = /^(\d{4})[-/.](\d{1,2})$/.exec(text) ?? []
  const [, month, year] = /^(\d{1,2})[-/.](\d{4})$/.exec(text) ?? []
  if (first !== undefined) return checked(Number(first), Number(second))
  if (year !== undefined) return checked(Number(year), Number(month))
  const [, name, named] = /^(\p{L}{3,9})\.?(?: (\d{4}))?$/u.exec(text) ?? []
  const found = name === undefined ? -1 : MONTHS.findIndex((one) => isMonthName(one, name))
  if (found < 0) return null
  if (named !== undefined) return checked(Number(named), found + 1)
  const [thisYear = 0, thisMonth = 0] = present.split('-').map(Number)
  return checked(found + 1 > thisMonth ? thisYear - 1 : thisYear, found + 1)
}

const FULL = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const isMonthName = (short: string, name: string): boolean =>
  name.startsWith(short) && FULL.some((full) => full.startsWith(name))

function checked(year: number, month: number): FigurePeriod | null {
  if (year < FIRST_YEAR || year > 9_998 || month < 1 || month > 12) return null
  return monthOf(`${year}-${String(month).padStart(2, '0')}`)
}

// ------------------------------------------------------------------------------------------------- share

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const shared = z.object({ from: day, to: day })

export const reportButtons: Buttons = {
  'report.share': {
    needs: 'view',
    answer: async ({ value }, asking, tools) => {
      const read = shared.safeParse(parseJson(value))
      if (!read.success) return { do: 'nothing' }
      return { do: 'share', message: await reportOf(read.data, true, asking, tools) }
    },
  },
}
