/** Whether customers stay: the figures of the field, by group; what the program and acting on alerts changed, and how surely. */
import { DAY_MS, localDay, startOfDay } from '../../core/calendar.ts'
import { monthOf, monthsFrom } from '../../core/report-months.ts'
import type { Member } from '../../core/state.ts'
import { heldSegments } from '../../core/tiers.ts'
import { JoiningTally, LEAST_HELD_OUT } from '../../retention/impact.ts'
import { customerInPeriod, type Days, daysBefore, type PaidPurchase, RetentionTally } from '../../retention/metrics.ts'
import { MonthsTally } from '../../retention/metrics-months.ts'
import { SubscriptionTally } from '../../retention/subscription-churn.ts'
import type { RenewalCurve } from '../../retention/types.ts'
import { RETENTION_RUN, readStanding } from '../look-ahead-run.ts'
import { iso } from '../member-view.ts'
import type { Refusal } from '../ports.ts'
import type { CustomerPayments } from '../store-port.ts'
import { fewMonthsOf, isSaid, lastDayOf, type Months, type Span, yearUpTo } from './period.ts'
import type { ReportContext } from './report-context.ts'
import { readAlerts } from './retention-alerts.ts'
import { readFeedback } from './retention-feedback.ts'
import { sayActing, sayJoining } from './retention-impact.ts'
import { describeModel } from './retention-model.ts'
import type { GroupedBy, RetentionGroup, RetentionParts } from './retention-shapes.ts'
import type { RetentionReport } from './shapes.ts'
import { customersInSlices, type OnProgress, slicesById } from './slices.ts'

const SUBSCRIPTIONS_IN_SLICE = 1_000

export async function reportRetention(
  context: ReportContext,
  span: Span,
  onProgress?: OnProgress,
): Promise<RetentionReport | Refusal> {
  const { program, zone, now, store } = context
  const asked = fewMonthsOf(span, now, zone)
  if ('ok' in asked) return asked
  const knowledge = await context.knowledge()
  const first = await readCustomers(context, asked, onProgress)
  // Nobody for a year: the last year in which somebody bought, rather than nothing.
  const isQuiet = !isSaid(span) && first.total.customers === 0 && first.newest !== null
  const shown = isQuiet ? yearUpTo(monthOf(first.newest ?? now, zone)) : asked
  const customers = isQuiet ? await readCustomers(context, shown, onProgress) : first
  const months = monthsFrom(shown.from, shown.to)
  const period = daysOf(shown, context)
  const subscriptions = await readSubscriptions(context, months, knowledge.renewals)
  // Alerts and feedback may be newer than the last purchase.
  const lastDay = isQuiet ? localDay(now, zone) : period.toDay
  const window = { fromMs: startOfDay(period.fromDay, zone), toMs: startOfDay(lastDay + 1, zone) }
  const { lines, acting, holdout } = await readAlerts(context, window, span)
  const feedback = await readFeedback(context, months, window)
  const { last } = readStanding(await store.read((tx) => tx.setting(RETENTION_RUN)))
  const { joining, total } = customers
  return {
    report: 'retention',
    at: iso(now),
    currency: program.currency,
    timezone: zone,
    from: `${shown.from}-01`,
    to: lastDayOf(shown.to),
    empty: total.everCustomers === 0 && feedback.nps.responses + feedback.stars.responses === 0,
    period: describePeriod(period),
    total,
    months: customers.months,
    groups: customers.groups,
    subscriptions,
    impact: {
      holdout,
      joining: { ...joining, ...sayJoining(joining, program.locale) },
      acting: { ...acting, says: sayActing(acting) },
    },
    alerts: lines,
    model: knowledge.fit === null ? null : describeModel(knowledge.fit, program.locale),
    lookedAt: last === null ? null : iso(last.finishedAt),
    feedback,
    how: HOW,
  }
}

const HOW = [
  'Purchases are those of which something was kept; one that was given back in full is none. Renewals of subscriptions count as purchases. Spend is what was paid less what was given back, tax and shipping included, in the currency it was paid in; two currencies are never added. Purchases of nobody known are left out.',
  'Retention: of those who bought in the period before (as many days, right before), the share who bought in this one again. Churn: 1 − retention. By month, it is this month against the one before; the month that is not over yet is still growing.',
  'Repeat rate: of those who bought in the period, the share who had bought at least twice by its end. Frequency: purchases by customer in the period. Average order: spend by purchase. Lifetime value: spend from the first purchase to the end of the period, by customer who ever bought in that currency; expected is what is still to come, as the last look at everybody had it.',
  'Time between purchases: days from one buying day to the next, purchases of a day as one, renewals left out.',
  'Cohorts are by the month of the first purchase, tiers and segments as held now; since segments go by the last purchase, their retention says little. Members are those who are enrolled; others are candidates, and those who left or were erased. Members and others cannot be compared to learn what the program does: they chose, and who buys more joins more.',
  'Churn of subscriptions: of those that ran as the month began, the share that ended in it.',
  `What acting is worth: the share that bought again in time, of customers whose alerts were shown less of those held out by chance, each by their first alert, acted on or not; said from ${LEAST_HELD_OUT} in each group on. Spend is that first purchase, before what rewards cost.`,
  'Without from and to: the last twelve months, or where nobody bought in them, the twelve up to the last purchase.',
]

/** The months as far as they are over. */
const daysOf = ({ from, to }: Months, { now, zone }: ReportContext): Days => ({
  fromDay: Date.parse(`${from}-01T00:00:00Z`) / DAY_MS,
  toDay: Math.min(localDay(now, zone), Date.parse(`${lastDayOf(to)}T00:00:00Z`) / DAY_MS),
})

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

function describePeriod(period: Days): RetentionParts['period'] {
  const before = daysBefore(period)
  return {
    from: dateOf(period.fromDay),
    to: dateOf(period.toDay),
    days: period.toDay - period.fromDay + 1,
    before: { from: dateOf(before.fromDay), to: dateOf(before.toDay) },
  }
}

// ------------------------------------------------------------------------------------------------- customers

/** Tallies of the groups, made as they are met. */
class Groups {
  readonly #all = new Map<string, { by: GroupedBy; id: string | null; tally: RetentionTally }>()

  of(by: GroupedBy, id: string | null): RetentionTally {
    const key = `${by} ${id ?? ''}`
    const known = this.#all.get(key) ?? { by, id, tally: new RetentionTally() }
    this.#all.set(key, known)
    return known.tally
  }

  list(nameOf: (by: GroupedBy, id: string | null) => string): RetentionGroup[] {
    return [...this.#all.values()].map(({ by, id, tally }) => ({ by, id, name: nameOf(by, id), ...tally.figures() }))
  }
}

async function readCustomers(context: ReportContext, shown: Months, onProgress?: OnProgress) {
  const { store, zone, now, program } = context
  const [months, period] = [monthsFrom(shown.from, shown.to), daysOf(shown, context)]
  let newest: number | null = null
  const [total, groups] = [new RetentionTally(), new Groups()]
  const monthly = new MonthsTally(months, zone)
  const joining = new JoiningTally()
  for await (const customers of customersInSlices(store, onProgress))
    for (const customer of customers) {
      const { member, paid, expectedMinor } = customer
      monthly.add(paid)
      // A clock that was set back knows of purchases to come.
      for (const { at } of paid) if (at <= now) newest = Math.max(newest ?? at, at)
      addJoining(joining, customer, context)
      const found = customerInPeriod(paid, period, zone)
      if (found === null) continue
      total.add(found, expectedMinor)
      for (const [by, id] of groupsOf(member, paid, months, context)) groups.of(by, id).add(found, expectedMinor)
    }
  const present = monthOf(now, zone)
  return {
    newest,
    total: total.figures(),
    months: monthly.figures().map((line) => ({ ...line, complete: line.month < present })),
    groups: groups.list((by, id) => nameOf(by, id, context)).sort(orderOf(program.tiers?.levels.map(({ id }) => id))),
    joining: joining.figures(),
  }
}

const isMember = ({ status }: Member): boolean => status === 'active' || status === 'suspended'

/** A cohort before the months shown has no name of its own: there may be very many. */
function groupsOf(
  member: Member,
  paid: readonly PaidPurchase[],
  months: readonly string[],
  { zone, now }: ReportContext,
): [GroupedBy, string | null][] {
  const first = monthOf(paid[0]?.at ?? now, zone)
  const held = heldSegments(member).findLast(({ since }) => since <= now)
  return [
    ['cohort', first < (months[0] ?? '') ? null : first],
    ['tier', held?.id ?? null],
    ['segment', member.segment],
    ['membership', isMember(member) ? 'members' : 'others'],
  ]
}

const NOBODY: Record<GroupedBy, string> = { cohort: 'earlier', tier: 'none', segment: 'none', membership: '' }

function nameOf(by: GroupedBy, id: string | null, { program }: ReportContext): string {
  if (id === null) return NOBODY[by]
  if (by === 'tier') return program.tiers?.levels.find((level) => level.id === id)?.name ?? id
  return by === 'segment' ? id.replaceAll('_', ' ') : id
}

const KINDS_OF_GROUP: readonly GroupedBy[] = ['membership', 'tier', 'segment', 'cohort']

/** By kind; tiers as in the program, the rest by name, those without one first. */
const orderOf =
  (levels: readonly string[] = []) =>
  (a: RetentionGroup, b: RetentionGroup): number => {
    const place = ({ by, id }: RetentionGroup): number => (by === 'tier' ? levels.indexOf(id ?? '') : 0)
    const [idA, idB] = [a.id ?? '', b.id ?? '']
    return (
      KINDS_OF_GROUP.indexOf(a.by) - KINDS_OF_GROUP.indexOf(b.by) ||
      place(a) - place(b) ||
      (idA < idB ? -1 : idA > idB ? 1 : 0)
    )
  }

function addJoining(
  joining: JoiningTally,
  { member, paid }: CustomerPayments,
  { zone, now, program }: ReportContext,
): void {
  const { enrolledAt, status } = member
  if (enrolledAt === null || status === 'erased' || paid.length === 0) return
  const days = paid.map((purchase) => ({ ...purchase, day: localDay(purchase.at, zone) }))
  joining.add(days, localDay(enrolledAt, zone), localDay(now, zone), program.currency)
}

// ------------------------------------------------------------------------------------------------- subscriptions

async function readSubscriptions(
  { store, zone, now }: ReportContext,
  months: readonly string[],
  curves: readonly RenewalCurve[],
): Promise<RetentionParts['subscriptions']> {
  const tally = new SubscriptionTally(months, zone, now)
  for await (const facts of slicesById(store.subscriptionsAfter, SUBSCRIPTIONS_IN_SLICE))
    for (const fact of facts) tally.add(fact)
  const { ended, churn } = tally.span
  return {
    running: tally.running,
    ended,
    churn,
    months: tally.figures(),
    curves: curves.map(({ upToMinor, subscriptions, survival }) => ({ upTo: upToMinor, subscriptions, survival })),
  }
}
