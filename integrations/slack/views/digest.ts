/** The morning's numbers for the channel: what the week brought, who came back, what is at stake, what waits. */

import type { Glance, WeekFigure } from '../../../src/app/ports/figures.ts'
import type { AlertView } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, button, context, divider, esc, fields, header, plain, section } from '../blocks.ts'
import type { Block, Message } from '../desk.ts'
import { alertLine } from './alert-card.ts'
import { chart } from './charts.ts'
import { monthName } from './months.ts'

export interface DigestData {
  programName: string
  /** `2026-11-22` */
  date: string
  glance: Glance
  /** The most at stake first. */
  alerts: readonly AlertView[]
  hasMoreAlerts: boolean
  approvals: { count: number; hasMore: boolean }
  /** One line on how things are outside, in mrkdwn, and what can be done; null where nothing is connected. */
  health: { line: string; why: boolean } | null
}

const ALERTS = 5
const NAME = 80
/** More than this many times as much is told in times rather than in per cent. */
const FAR = 10

export function digestMessage(data: DigestData, words: Words): Message {
  const { glance, health } = data
  const { earned, redeemed, buying, joined } = glance.week
  const title = words.say('staff.digest.title', {
    program: plain(data.programName, NAME),
    date: words.longDate(data.date),
  })
  return {
    text: words.say('staff.digest.text', {
      program: esc(data.programName, NAME),
      date: words.longDate(data.date),
      earned: esc(words.points(earned.week)),
      redeemed: words.number(redeemed.week),
      buying: buying.week,
    }),
    blocks: [
      header(title),
      ...numbers(glance, words),
      ...(joined.week > 0 ? [context(words.say('staff.digest.joined', { count: joined.week }))] : []),
      ...retentionBlocks(glance, words),
      divider(),
      ...alertBlocks(data, words),
      ...approvalBlocks(data, words),
      ...(health === null ? [] : healthBlocks(health, words)),
    ],
  }
}

function numbers({ week, members, months }: Glance, words: Words): Block[] {
  const isNew = members.active + members.candidates === 0 || months.every(({ customers }) => customers === 0)
  const { earned, redeemed, buying } = week
  const isQuiet = [earned, redeemed, buying].every((figure) => figure.week === 0 && figure.before === 0)
  if (isQuiet) return [section(words.say(isNew ? 'staff.digest.empty' : 'staff.digest.quiet'))]
  return [fields(figure('earned', earned, words), figure('redeemed', redeemed, words), figure('buying', buying, words))]
}

const figure = (name: 'earned' | 'redeemed' | 'buying', figures: WeekFigure, words: Words): string =>
  words.say('staff.digest.figure', {
    name: words.say(`staff.digest.${name}`),
    value: words.number(figures.week),
    change: changeOf(figures, words),
    yesterday: words.number(figures.yesterday),
  })

export function changeOf({ week, before }: WeekFigure, words: Words): string {
  if (week === before) return words.say('staff.digest.same')
  // What was taken back may have been more than what was given: there is no share of that.
  if (before <= 0) return words.say('staff.digest.fromNone')
  if (week <= 0) return words.say('staff.digest.toNone', { before: words.number(before) })
  const change = (week - before) / before
  if (change >= FAR) return words.say('staff.digest.upFar', { times: words.number(Math.round(week / before)) })
  // Never "0%" of a change.
  const percent = words.percent(Math.max(0.01, Math.abs(change)))
  return words.say(change > 0 ? 'staff.digest.up' : 'staff.digest.down', { percent })
}

// ------------------------------------------------------------------------------------------------- retention

/** The chart of months that are over, and the newest of them in a sentence. */
export function retentionBlocks({ months }: Pick<Glance, 'months'>, words: Words): Block[] {
  const known = months.filter(({ complete, retention }) => complete && retention !== null)
  const last = known.at(-1)
  if (last === undefined) return [context(words.say('staff.digest.retentionNone'))]
  const drawn = chart({
    kind: 'line',
    title: words.say('staff.digest.retention'),
    series: [words.say('staff.digest.retentionSeries')],
    points: known.map(({ month, retention }) => ({
      label: monthName(month, words, 'short'),
      values: [retention === null ? null : Math.round(retention * 100)],
      says: [words.percent(retention ?? 0)],
    })),
    y: '%',
  })
  return [...(drawn === null ? [] : [drawn]), context(retentionSentence(known, words))]
}

function retentionSentence(known: Glance['months'], words: Words): string {
  const [was, last] = [known.at(-2), known.at(-1)]
  if (last === undefined) return words.say('staff.digest.retentionNone')
  const said = {
    before: monthName(monthBefore(last.month), words, 'long'),
    month: monthName(last.month, words, 'long'),
    percent: words.percent(last.retention ?? 0),
  }
  if (was === undefined || was.month !== monthBefore(last.month)) return words.say('staff.digest.retentionSays', said)
  return words.say('staff.digest.retentionSaysToo', { ...said, was: words.percent(was.retention ?? 0) })
}

export function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 7)
}

// ------------------------------------------------------------------------------------------------- what is to be done

function alertBlocks({ alerts, hasMoreAlerts }: DigestData, words: Words): Block[] {
  if (alerts.length === 0) return [section(words.say('staff.digest.alertsNone'))]
  const shown = alerts.slice(0, ALERTS)
  const more = alerts.length - shown.length
  return [
    section(words.say('staff.digest.alerts')),
    ...shown.map((alert, n) =>
      section(
        // Whoever took it is not called by name each morning.
        alertLine({ ...alert, assignee: null }, words),
        button({ text: words.say('staff.digest.show'), action: `alert.show:${n}`, value: alert.id }),
      ),
    ),
    ...(more > 0 || hasMoreAlerts ? [context(words.say('staff.digest.alertsMore', { count: Math.max(1, more) }))] : []),
  ]
}

function approvalBlocks({ approvals: { count, hasMore } }: DigestData, words: Words): Block[] {
  if (count === 0) return [context(words.say('staff.digest.approvalsNone'))]
  const said = hasMore
    ? words.say('staff.digest.approvalsMany', { count })
    : words.say('staff.digest.approvals', { count })
  const show = button({ text: words.say('staff.digest.approvalsShow'), action: 'command.run', value: 'approvals' })
  return [section(said, show)]
}

const healthBlocks = ({ line, why }: NonNullable<DigestData['health']>, words: Words): Block[] =>
  why
    ? [
        context(line),
        ...actions(button({ text: words.say('staff.health.why'), action: 'health.why', value: 'hubspot' })),
      ]
    : [context(line)]
