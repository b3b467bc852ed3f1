/** The year's alerts of a simulated shop, night by night as the look of the night opens them, held against the truth. */
import type { AlertDraft, AlertKind } from '../../src/core/alert-state.ts'
import { DAY_MS } from '../../src/core/calendar.ts'
import type { Program } from '../../src/program/schema.ts'
import { judgeMember } from '../../src/retention/alert-rules/judge-member.ts'
import { outlook } from '../../src/retention/outlook-model.ts'
import { fitShop } from '../../src/retention/shop-fit.ts'
import { daysSeen, historyUntil } from '../../src/retention/summaries.ts'
import type { Fit } from '../../src/retention/types.ts'
import { hasLeft, type SimulatedCustomer, type SimulatedShop } from './shop-year.ts'

export interface RaisedAlert {
  customer: SimulatedCustomer
  day: number
  draft: AlertDraft
  /** Days with a purchase that were known. */
  bought: number
  /** Whether they had left indeed. */
  right: boolean
}

export interface ReplayOptions {
  program: Program
  /** Nights from one look to the next. */
  everyDays?: number
  refitDays?: number
}

/** Each lapse is told once, as the store sees to it. */
export function replayYear(
  shop: SimulatedShop,
  { program, everyDays = 1, refitDays = 28 }: ReplayOptions,
): RaisedAlert[] {
  const raised: RaisedAlert[] = []
  const known = new Set<string>()
  let fit: Fit | null = null
  for (let day = shop.yearDay; day < shop.endDay; day += everyDays) {
    if (fit === null || day - fit.untilDay >= refitDays) fit = fitAt(shop, day, program)
    for (const customer of shop.customers) {
      const history = historyUntil(customer.history, day)
      if (history.days.length === 0) continue
      const { drafts } = judgeMember({
        program,
        now: day * DAY_MS + DAY_MS / 2,
        today: day,
        lastCheckDay: day === shop.yearDay ? null : day - everyDays,
        rhythm: fit.rhythm,
        member: { status: 'active', tiers: null, subscriptions: {} },
        isSubscriber: false,
        history,
        spentLastYearMinor: 0,
        outlookAt: (asked) => outlook(history, fit, asked, program.retention),
        pointsEnding: [],
        alerts: [],
      })
      for (const draft of drafts) {
        const id = `${customer.id} ${draft.occasion}`
        if (known.has(id)) continue
        known.add(id)
        raised.push({ customer, day, draft, bought: history.days.length, right: hasLeft(customer, day) })
      }
    }
  }
  return raised
}

function fitAt({ customers }: SimulatedShop, untilDay: number, { retention }: Program): Fit {
  const histories = customers.map(({ history }) => history)
  return fitShop(histories, { at: untilDay * DAY_MS, untilDay, customers: 0, atRiskBelow: retention.atRiskBelow })
}

export interface Score {
  who: string
  alerts: number
  /** Of the alerts, so many were of customers who had left. */
  precision: number
  /** Of customers of whom nothing was told yet, so many had left on a night taken at random: precision without any skill. */
  baseRate: number
  leavers: number
  /** Of the customers who left, so many were told of after they had. */
  recall: number
  /** What as many alerts, opened for anybody on any night, would have found. */
  byChance: number
  /** Median days from the last purchase to the alert, of those who were found. */
  daysAfter: number
}

/** Who left in the last days could not be noticed yet. */
const NOTICE_DAYS = 90

interface Class {
  who: string
  /** By the days with a purchase that were known. */
  counts(bought: number): boolean
  kinds: readonly AlertKind[]
  /** Alerts with less at stake are left out. */
  leastMinor?: number
}

export function scoreAlerts(shop: SimulatedShop, raised: readonly RaisedAlert[], one: Class): Score {
  const alerts = raised.filter(
    ({ bought, draft }) =>
      one.counts(bought) && one.kinds.includes(draft.kind) && draft.valueMinor >= (one.leastMinor ?? 0),
  )
  const { nights, left } = untoldNights(shop, alerts, one)
  const leavers = shop.customers.filter(
    ({ history, leftDay }) =>
      leftDay !== null &&
      leftDay >= shop.yearDay &&
      leftDay < shop.endDay - NOTICE_DAYS &&
      one.counts(history.days.length),
  )
  const rightBy = new Map(alerts.filter(({ right }) => right).map((alert) => [alert.customer, alert]))
  const found = leavers.flatMap((customer) => rightBy.get(customer) ?? [])
  const rate = alerts.length / nights
  const chances = leavers.map(({ leftDay }) => 1 - (1 - rate) ** (shop.endDay - (leftDay ?? 0)))
  const after = found.map(({ customer, day }) => day - (customer.leftDay ?? 0)).sort((a, b) => a - b)
  return {
    who: one.who,
    alerts: alerts.length,
    precision: share(alerts.filter(({ right }) => right).length, alerts.length),
    baseRate: share(left, nights),
    leavers: leavers.length,
    recall: share(found.length, leavers.length),
    byChance: share(
      chances.reduce((sum, chance) => sum + chance, 0),
      leavers.length,
    ),
    daysAfter: after[after.length >> 1] ?? 0,
  }
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/**
 * Nights of customers on which one could have told of their lapse and had not yet; where the last purchase was longer ago
 * than with nine of ten alerts, it goes without saying.
 */
function untoldNights(
  shop: SimulatedShop,
  alerts: readonly RaisedAlert[],
  { counts }: Class,
): { nights: number; left: number } {
  const told = Map.groupBy(alerts, ({ customer }) => customer)
  const silent = alerts.map(({ draft }) => Number(draft.facts.daysSince)).sort((a, b) => a - b)
  const longest = silent[Math.floor(silent.length * 0.9)] ?? 0
  let [nights, left] = [0, 0]
  for (const customer of shop.customers) {
    const days = told.get(customer)?.map(({ day }) => day) ?? []
    for (let day = shop.yearDay; day < shop.endDay; day++) {
      const bought = daysSeen(customer.history, day)
      const last = customer.history.days[bought - 1]
      if (last === undefined || !counts(bought) || day - last > longest) continue
      if (days.some((one) => one >= last && one < day)) continue
      nights++
      if (hasLeft(customer, day)) left++
    }
  }
  return { nights, left }
}

const LAPSES = ['at_risk', 'overdue'] as const
/** Alerts with most at stake: those that staff see first. */
const TOP_SHARE = 0.2

/** What one would ask of alerts: of which customers and by which sign they are right, and whom they miss. */
export function scoreAll(shop: SimulatedShop, raised: readonly RaisedAlert[]) {
  const stakes = raised.map(({ draft }) => draft.valueMinor).sort((a, b) => b - a)
  const score = (who: string, counts: Class['counts'], over: Partial<Class> = {}): Score =>
    scoreAlerts(shop, raised, { who, counts, kinds: LAPSES, ...over })
  const habit = (bought: number): boolean => bought >= 4
  return {
    repeat: score('bought more than once', (bought) => bought > 1),
    habit: score('on four days or more', habit),
    overdue: score('  overdue', habit, { kinds: ['overdue'] }),
    atRisk: score('  at risk', habit, { kinds: ['at_risk'] }),
    few: score('on two or three days', (bought) => bought > 1 && !habit(bought)),
    once: score('bought once', (bought) => bought === 1),
    top: score('the fifth with most at stake', () => true, {
      leastMinor: stakes[Math.floor(stakes.length * TOP_SHARE)] ?? 0,
    }),
  }
}

const percent = (value: number): string => `${(value * 100).toFixed(0)} %`.padStart(6)

/** A table to be read by people. */
export const scoreTable = (scores: readonly Score[]): string =>
  [
    `${''.padEnd(30)} alerts  right  (by chance)  leavers  found  (by chance)  days after`,
    ...scores.map(
      ({ who, alerts, precision, baseRate, leavers, recall, byChance, daysAfter }) =>
        `${who.padEnd(30)} ${String(alerts).padStart(6)} ${percent(precision)}  ${percent(baseRate).padStart(11)}  ${String(leavers).padStart(7)} ${percent(recall)}  ${percent(byChance).padStart(11)}  ${String(daysAfter).padStart(10)}`,
    ),
  ].join('\n')
