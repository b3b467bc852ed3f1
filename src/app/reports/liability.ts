/** What is owed to members, month by month of record, from postings alone; and what of it will be used. */
import {
  AGES,
  addLot,
  type Breakage,
  expectedBreakage,
  LEAST_LOTS,
  LEAST_MONTHS,
  noOpenPoints,
  type OpenPoints,
} from '../../core/report-breakage.ts'
import { addFlow, type Flows, liabilityMonths, noFlows } from '../../core/report-flows.ts'
import { monthOf, monthsFrom } from '../../core/report-months.ts'
import { pointsValue } from '../../core/report-value.ts'
import { iso } from '../member-view.ts'
import type { Refusal } from '../ports.ts'
import type { Movement, Store } from '../store-port.ts'
import { lastDayOf, monthsOf, type Span } from './period.ts'
import type { ReportContext } from './report-context.ts'
import type { LiabilityReport } from './shapes.ts'
import { type OnProgress, slicesById, slicesByNumber } from './slices.ts'

const ENTRIES_IN_SLICE = 2_500
const LOTS_IN_SLICE = 1_000
const MEMBERS_IN_SLICE = 20_000
const QUARTER_MS = 900_000

/** Every movement of points among the entries after `from` (a number) up to the newest. */
export async function* movements(
  store: Pick<Store, 'stats' | 'movements'>,
  onProgress?: OnProgress,
  from = 0,
): AsyncGenerator<Movement> {
  const { entries } = await store.stats()
  for await (const [after, upTo] of slicesByNumber(from, entries, ENTRIES_IN_SLICE)) {
    yield* await store.movements(after, upTo)
    onProgress?.(upTo - from, entries - from)
  }
}

/** The local month in which a movement was recorded. */
export const monthOfQuarter = (quarter: number, zone: string): string => monthOf(quarter * QUARTER_MS, zone)

interface Journal {
  byMonth: Map<string, Flows>
  accounts: Record<'available' | 'pending' | 'reserved', number>
  forfeitedOf: Map<string, number>
}

async function readJournal({ store, zone }: ReportContext, onProgress?: OnProgress): Promise<Journal> {
  const journal: Journal = {
    byMonth: new Map(),
    accounts: { available: 0, pending: 0, reserved: 0 },
    forfeitedOf: new Map(),
  }
  const { accounts, byMonth, forfeitedOf } = journal
  const move = (account: string, points: number): void => {
    if (account === 'available' || account === 'pending' || account === 'reserved') accounts[account] += points
  }
  for await (const { quarter, source, target, points, lot } of movements(store, onProgress)) {
    const month = monthOfQuarter(quarter, zone)
    const flows = byMonth.get(month) ?? noFlows()
    byMonth.set(month, flows)
    addFlow(flows, source, target, points)
    move(source, -points)
    move(target, points)
    if (lot !== null) {
      const change = target === 'forfeited' ? points : -points
      forfeitedOf.set(lot, (forfeitedOf.get(lot) ?? 0) + change)
    }
  }
  return journal
}

async function readLots(context: ReportContext, forfeitedOf: ReadonlyMap<string, number>): Promise<OpenPoints> {
  const open = noOpenPoints()
  for await (const lots of slicesById(context.store.lotsAfter, LOTS_IN_SLICE))
    for (const lot of lots) addLot(open, lot, forfeitedOf.get(lot.id) ?? 0, context)
  return open
}

async function readOwed({ store }: ReportContext): Promise<number> {
  let owed = 0
  for await (const [after, upTo] of slicesByNumber(0, (await store.stats()).members, MEMBERS_IN_SLICE))
    owed -= await store.pointsOwed(after, upTo)
  return owed
}

export async function reportLiability(
  context: ReportContext,
  span: Span,
  onProgress?: OnProgress,
): Promise<LiabilityReport | Refusal> {
  const { now, zone, program } = context
  const months = monthsOf(span, now, zone)
  if ('ok' in months) return months
  const worth = (points: number): number => pointsValue(points, program.points.value, program.currency)
  const journal = await readJournal(context, onProgress)
  const open = await readLots(context, journal.forfeitedOf)
  const { available, pending, reserved } = journal.accounts
  const points = available + pending + reserved
  const present = monthOf(now, zone)
  const breakage = expectedBreakage(open)
  return {
    report: 'liability',
    at: iso(now),
    currency: program.currency,
    timezone: zone,
    from: `${months.from}-01`,
    to: lastDayOf(months.to),
    empty: journal.byMonth.size === 0,
    months: liabilityMonths(journal.byMonth, monthsFrom(months.from, months.to)).map((line) => ({
      ...line,
      value: worth(line.closing),
      complete: line.month < present,
    })),
    outstanding: { points, available, pending, reserved, owed: await readOwed(context), value: worth(points) },
    ages: AGES.map((from, n) => {
      const aged = open.byAge.get(from) ?? 0
      const next = AGES[n + 1]
      return { from, to: next === undefined ? null : next - 1, points: aged, value: worth(aged) }
    }),
    expiring: [...open.byEnd]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([month, ending]) => ({ month, points: ending, value: worth(ending) })),
    withoutEnd: { points: open.withoutEnd, value: worth(open.withoutEnd) },
    breakage: {
      ...breakage,
      value: breakage.points === null ? null : worth(breakage.points),
      estimate: describeBreakage(breakage),
    },
    how: HOW,
  }
}

const HOW = [
  'Months are those in which an entry was recorded, in the program’s time zone: a closed month never changes.',
  'opening + issued + forgiven − reversed − redeemed − donated − expired − forfeited = closing; each is net of what came back, so one may be below 0 in a month.',
  'A refund of points that had expired is a reversal, and takes them off what expired. Points of a reward that lapsed move from redeemed to forfeited. Members who were merged change nothing.',
  'Closing is what members have available, pending and reserved, less what they owe; its value is at the value of a point in the program in force.',
  'Ages and ends are of points not spent and not set aside, as things stand now: points that end by inactivity are counted as if the member did nothing more.',
]

function describeBreakage({ points, rate, from, to, months }: Breakage): string {
  if (points === null)
    return `estimate: too little history. It takes ${LEAST_MONTHS} months of earning with ${LEAST_LOTS} awards that have come to their end; there ${months === 1 ? 'is 1 such month' : `are ${months} such months`}.`
  if (months === 0) return 'No open point ends by itself, and none ever did.'
  return `estimate: of the points earned from ${from} to ${to} (${months === 1 ? '1 month' : `${months} months`} whose points have nearly all come to their end), ${percent(rate ?? 0)} ended unused. The same share is taken of every month’s points, less what of them has ended unused already, and never more than is still open.`
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
