/** A week or a month of the program in figures. */

import type { PeriodFigures } from '../../../src/app/ports/figures.ts'
import type { GoalLine } from '../../../src/app/reports/shapes.ts'
import { currencyExponent } from '../../../src/core/currency.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, button, context, esc, fields, header, plain, section } from '../blocks.ts'
import type { Block, Message } from '../desk.ts'
import { agoOf } from './alert-words.ts'
import { chart } from './charts.ts'
import { dayName, monthName } from './months.ts'

/** What a campaign brought, where it was measured; minor units by member. */
export interface CampaignImpact {
  name: string
  difference: number
  low: number
  high: number
}

export interface ReportData {
  programName: string
  figures: PeriodFigures
  impacts: readonly CampaignImpact[]
  /** Whether it stands in a channel already. */
  isShared: boolean
}

/** More than this many times as much is told in times rather than in per cent. */
const FAR = 10
const IMPACTS = 5
const NAME = 80

export function reportMessage({ programName, figures, impacts, isShared }: ReportData, words: Words): Message {
  const period = periodName(figures, words)
  const title = words.say('staff.report.title', {
    program: plain(programName, NAME),
    period: figures.complete ? period : words.say('staff.report.soFar', { period }),
  })
  return {
    text: esc(title, 300),
    blocks: [
      header(title),
      ...(isEmpty(figures) ? [context(words.say('staff.report.empty', { period }))] : []),
      fields(...pointFields(figures, words)),
      fields(...memberFields(figures, words)),
      ...chartBlocks(figures, words),
      ...goalBlocks(figures.goals, figures.currency, words),
      ...impactBlocks(impacts, figures.currency, words),
      context(words.say('staff.home.asOf', { when: agoOf(figures.at, words) })),
      ...(isShared ? [] : actions(shareButton(figures, words))),
    ],
  }
}

const shareButton = ({ from, to }: PeriodFigures, words: Words) =>
  button({ text: words.say('staff.report.share'), action: 'report.share', value: JSON.stringify({ from, to }) })

const isMonth = ({ from, to }: { from: string; to: string }): boolean =>
  from.endsWith('-01') && from.slice(0, 7) === to.slice(0, 7) && Number(to.slice(8)) >= 28

/** "October 2026", "the week from Nov 16 to Nov 22". */
export const periodName = (period: { from: string; to: string }, words: Words): string =>
  isMonth(period)
    ? monthName(period.from.slice(0, 7), words, 'long')
    : words.say('staff.report.week', { from: dayName(period.from, words), to: dayName(period.to, words) })

const isEmpty = ({ points, spend, members }: PeriodFigures): boolean =>
  points.earned === 0 && points.redeemed === 0 && spend === 0 && members.joined === 0 && members.buying === 0

function pointFields({ points, liability, currency }: PeriodFigures, words: Words): string[] {
  const said = (count: number): string => esc(words.points(count), 80)
  return [
    words.say('staff.report.earned', { points: said(points.earned) }),
    words.say('staff.report.redeemed', { points: said(points.redeemed) }),
    words.say('staff.report.expired', { points: said(points.expired) }),
    words.say('staff.report.liability', {
      points: said(liability.points),
      money: words.money(liability.value, currency),
    }),
  ]
}

function memberFields(figures: PeriodFigures, words: Words): string[] {
  const { members, spend, currency, retention, repeatRate, nps, before } = figures
  const none = words.say('staff.report.none')
  const share = (value: number | null): string => (value === null ? none : words.percent(value))
  return [
    words.say('staff.report.members', { count: members.joined }),
    words.say('staff.report.active', { count: members.buying }),
    words.say('staff.report.spend', { money: words.money(spend, currency), change: spendChange(figures, words) }),
    words.say('staff.report.retention', { percent: share(retention), before: periodName(before, words) }),
    words.say('staff.report.repeat', { percent: share(repeatRate) }),
    ...(nps.score === null
      ? []
      : [words.say('staff.report.nps', { score: words.number(Math.round(nps.score)), count: nps.responses })]),
  ]
}

function spendChange(figures: PeriodFigures, words: Words): string {
  const change = wholeChange(figures, words)
  return figures.complete ? change : words.say('staff.report.sameDays', { change })
}

function wholeChange({ spend, spendBefore, before }: PeriodFigures, words: Words): string {
  const period = periodName(before, words)
  if (spend === spendBefore) return words.say('staff.report.changeSame', { before: period })
  if (spendBefore <= 0) return words.say('staff.report.changeNew', { before: period })
  const change = (spend - spendBefore) / spendBefore
  if (change >= FAR) {
    const times = words.number(Math.round(spend / spendBefore))
    return words.say('staff.report.changeUpFar', { times, before: period })
  }
  const percent = words.percent(Math.max(0.01, Math.abs(change)))
  return words.say(change > 0 ? 'staff.report.changeUp' : 'staff.report.changeDown', { percent, before: period })
}

function chartBlocks({ parts, currency }: PeriodFigures, words: Words): Block[] {
  if (parts.every(({ spend }) => spend === 0)) return []
  const isDaily = parts.every(({ from, to }) => from === to)
  const drawn = chart({
    kind: 'bar',
    title: words.say('staff.report.chart'),
    series: [words.say('staff.report.chart')],
    points: parts.map(({ from, spend }) => {
      const says = words.money(spend, currency)
      return { label: dayName(from, words), values: [spend / 10 ** currencyExponent(currency)], says: [says] }
    }),
    x: words.say(isDaily ? 'staff.report.chartDays' : 'staff.report.chartWeeks'),
    y: currency.toUpperCase(),
  })
  if (drawn === null) return []
  const most = parts.reduce((best, part) => (part.spend > best.spend ? part : best))
  const inWords = words.say('staff.report.chartSays', {
    day: dayName(most.from, words),
    money: words.money(most.spend, currency),
    span: isDaily ? 'day' : 'week',
  })
  return [drawn, context(inWords)]
}

function goalBlocks(goals: readonly GoalLine[], currency: string, words: Words): Block[] {
  if (goals.length === 0) return []
  const value = (unit: GoalLine['unit'], figure: number | null): string => {
    if (figure === null) return words.say('staff.report.none')
    if (unit === 'share') return words.percent(figure)
    return unit === 'money' ? words.money(figure, currency) : words.number(figure)
  }
  const lines = goals.slice(0, 10).map(({ metric, unit, target, actual, by, state }) =>
    words.say('staff.report.goalLine', {
      goal: goalName(metric, words),
      actual: value(unit, actual),
      target: value(unit, target),
      date: words.longDate(by),
      state: words.say(`staff.report.goalState.${state}`),
    }),
  )
  return [section([words.say('staff.report.goals'), ...lines].join('\n'))]
}

const GOALS = ['repeat_rate', 'active_rate', 'redemption_rate', 'members', 'spend_per_member'] as const

function goalName(metric: string, words: Words): string {
  const known = GOALS.find((one) => one === metric)
  return known === undefined ? esc(metric, 60) : words.say(`staff.report.goal.${known}`)
}

function impactBlocks(impacts: readonly CampaignImpact[], currency: string, words: Words): Block[] {
  if (impacts.length === 0) return []
  const lines = impacts.slice(0, IMPACTS).map(({ name, difference, low, high }) =>
    words.say(difference < 0 ? 'staff.report.impactDown' : 'staff.report.impactUp', {
      campaign: esc(name, 80),
      money: words.money(Math.abs(difference), currency),
      low: words.money(low, currency),
      high: words.money(high, currency),
    }),
  )
  return [section([words.say('staff.report.impact'), ...lines].join('\n'))]
}
