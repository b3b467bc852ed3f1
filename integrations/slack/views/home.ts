/** App Home: the shop at a glance, what waits for this person, and for administrators what needs their hand. */

import type { ApprovalView } from '../../../src/app/ports/approvals.ts'
import type { Glance } from '../../../src/app/ports/figures.ts'
import type { MaybeSame, MaybeSameMember } from '../../../src/app/ports/upkeep.ts'
import type { AlertView, RedemptionView } from '../../../src/app/ports.ts'
import type { Program } from '../../../src/program/schema.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, button, context, divider, esc, escTyped, fields, header, LIMITS, section } from '../blocks.ts'
import type { Block, Home } from '../desk.ts'
import type { Health } from '../health.ts'
import { nameOf } from '../naming.ts'
import { alertLine } from './alert-card.ts'
import { agoOf } from './alert-words.ts'
import { approvalLine } from './approval.ts'
import { retentionBlocks } from './digest.ts'
import { healthBlocks } from './health.ts'
import { monthName } from './months.ts'

export interface HomeData {
  program: Pick<Program, 'name' | 'currency' | 'campaigns'>
  version: string
  /** ms, of the program. */
  since: number
  now: number
  /** What is known: `null` while they are counted, or where they cannot be. */
  glance: Glance | null
  /** `counting`: newer figures are on their way; `failed`: there are none to be had. */
  figures: 'fresh' | 'counting' | 'failed'
  mayIssue: boolean
  /** mrkdwn, on top: what was just done. */
  said: string | null
  mine: { items: readonly AlertView[]; hasMore: boolean }
  /** Null: not theirs to decide. */
  approvals: { items: readonly ApprovalView[]; hasMore: boolean } | null
  /** `slack:U…`, of whoever reads it. */
  actor: string
  recent: readonly { redemption: RedemptionView; name: string }[]
  /** Null: no administrator. */
  admin: {
    health: Health
    proposals: { items: readonly MaybeSame[]; hasMore: boolean }
    campaigns: readonly string[]
  } | null
}

const NAME = 80

export function homeView(data: HomeData, words: Words): Home {
  const blocks = [
    header(words.say('staff.home.title', { program: data.program.name })),
    ...(data.said === null ? [] : [section(data.said)]),
    ...doors(data, words),
    ...figureBlocks(data, words),
    divider(),
    ...mineBlocks(data, words),
    ...(data.approvals === null ? [] : approvalBlocks(data.approvals, data.actor, words)),
    ...recentBlocks(data, words),
    ...(data.admin === null ? [] : adminBlocks(data, data.admin, words)),
  ]
  return { type: 'home', blocks: blocks.slice(0, LIMITS.viewBlocks) }
}

const doors = ({ mayIssue }: HomeData, words: Words): Block[] =>
  actions(
    button({ text: words.say('staff.home.lookup'), action: 'home.lookup', value: '', style: 'primary' }),
    mayIssue ? button({ text: words.say('staff.home.reward'), action: 'home.reward', value: '' }) : null,
    mayIssue ? button({ text: words.say('staff.home.enrol'), action: 'enrol.open', value: '' }) : null,
    button({ text: words.say('staff.home.refresh'), action: 'home.refresh', value: '' }),
  )

// ------------------------------------------------------------------------------------------------- figures

function figureBlocks(data: HomeData, words: Words): Block[] {
  const { glance, figures } = data
  if (glance === null) return [section(words.say(figures === 'failed' ? 'staff.home.noFigures' : 'staff.home.loading'))]
  const when = agoOf(glance.at, words)
  return [
    fields(members(glance, words), active(glance, words), bought(glance, words)),
    fields(outstanding(glance, data, words), redemption(glance, words), cameBack(glance, words)),
    ...retentionBlocks(glance, words),
    context(words.say(figures === 'counting' ? 'staff.home.renewing' : 'staff.home.asOf', { when })),
  ]
}

const members = ({ members: { active, newThisMonth } }: Glance, words: Words): string =>
  words.say('staff.home.members', {
    value: words.number(active),
    news: words.say('staff.home.membersNew', { count: newThisMonth }),
  })

function active({ members: { active: all, buying } }: Glance, words: Words): string {
  const share =
    buying === 0
      ? words.say('staff.home.activeNone')
      : words.say('staff.home.activeShare', { percent: words.percent(buying / Math.max(1, all)) })
  return words.say('staff.home.active', { value: words.number(buying), share })
}

const bought = ({ week: { buying } }: Glance, words: Words): string =>
  words.say('staff.home.week', {
    value: words.number(buying.week),
    before: words.say('staff.home.weekBefore', { count: buying.before }),
  })

const outstanding = ({ points }: Glance, { program: { currency } }: HomeData, words: Words): string =>
  words.say('staff.home.outstanding', {
    name: esc(capitalised(words.pointsName(2)), NAME),
    value: words.number(points.outstanding),
    worth: words.say('staff.home.outstandingWorth', { money: words.money(points.value, currency) }),
  })

const redemption = ({ redemptionRate }: Glance, words: Words): string =>
  words.say('staff.home.redemption', {
    value: redemptionRate === null ? words.say('staff.home.none') : words.percent(redemptionRate),
    of:
      redemptionRate === null
        ? words.say('staff.home.redemptionNone')
        : words.say('staff.home.redemptionOf', { points: esc(words.pointsName(2), NAME) }),
  })

function cameBack({ months }: Glance, words: Words): string {
  const [last, now] = [months.at(-2), months.at(-1)]
  const share = now?.retention ?? null
  const value =
    share === null
      ? words.say('staff.home.none')
      : words.say('staff.home.retentionSoFar', { percent: words.percent(share) })
  const before =
    last === undefined || last.retention === null
      ? words.say('staff.home.retentionNobody')
      : words.say('staff.home.retentionLast', {
          percent: words.percent(last.retention),
          month: monthName(last.month, words, 'long'),
        })
  return words.say('staff.home.retention', { value, last: before })
}

const capitalised = (text: string): string => {
  const [first = '', ...rest] = [...text]
  return first.toLocaleUpperCase() + rest.join('')
}

// ------------------------------------------------------------------------------------------------- what is theirs

const title = (text: string): Block => section(`*${text}*`)

function mineBlocks({ mine: { items, hasMore } }: HomeData, words: Words): Block[] {
  if (items.length === 0) return [title(words.say('staff.home.mine')), context(words.say('staff.home.mineNone'))]
  const show = (alert: AlertView, n: number) =>
    button({ text: words.say('staff.home.show'), action: `alert.show:${n}`, value: alert.id })
  return [
    title(words.say('staff.home.mine')),
    // Whose they are is said above.
    ...items.map((alert, n) => section(alertLine({ ...alert, assignee: null }, words), show(alert, n))),
    ...(hasMore ? [context(words.say('staff.home.mineMore'))] : []),
  ]
}

function approvalBlocks({ items, hasMore }: NonNullable<HomeData['approvals']>, actor: string, words: Words): Block[] {
  const heading = title(words.say('staff.home.approvals'))
  if (items.length === 0) return [heading, context(words.say('staff.home.approvalsNone'))]
  return [
    heading,
    ...items.flatMap((approval, n) => approvalOf(approval, n, actor, words)),
    ...(hasMore ? [context(words.say('staff.home.approvalsMore'))] : []),
  ]
}

/** Nobody decides on what they asked for themselves. */
function approvalOf(approval: ApprovalView, n: number, actor: string, words: Words): Block[] {
  const { id, why, requestedBy } = approval
  const because = escTyped(why ?? '', 300)
  const isOwn = requestedBy.toLowerCase() === actor.toLowerCase()
  const notes = [
    ...(because === '' ? [] : [words.say('staff.approval.why', { why: because })]),
    ...(isOwn ? [words.say('staff.approval.own2')] : []),
  ]
  return [
    section(approvalLine(approval, words)),
    ...(notes.length === 0 ? [] : [context(...notes)]),
    ...(isOwn ? [] : decideButtons(id, n, words)),
  ]
}

const decideButtons = (id: string, n: number, words: Words): Block[] =>
  actions(
    button({ text: words.say('staff.home.approve'), action: `approval.approve:${n}`, value: id, style: 'primary' }),
    button({ text: words.say('staff.home.reject'), action: `approval.reject:${n}`, value: id }),
  )

function recentBlocks({ recent }: HomeData, words: Words): Block[] {
  const heading = title(words.say('staff.home.recent'))
  if (recent.length === 0) return [heading, context(words.say('staff.home.recentNone'))]
  const lines = recent.map(({ redemption, name }) => {
    const state = words.say(`staff.home.state.${stateOf(redemption)}`)
    const [reward, when] = [esc(redemption.name, NAME), agoOf(redemption.createdAt, words)]
    return words.say('staff.home.recentLine', { name: esc(name, NAME), reward, state, when })
  })
  return [heading, section(lines.join('\n'))]
}

/** What staff hand over is not made by anybody. */
const BY_HAND = { reserved: 'to_hand_over', issued: 'handed_over' } as const
const stateOf = ({ state, kind }: RedemptionView) =>
  kind === 'manual' && (state === 'reserved' || state === 'issued') ? BY_HAND[state] : state

// ------------------------------------------------------------------------------------------------- administrators

function adminBlocks(data: HomeData, { health, proposals, campaigns }: NonNullable<HomeData['admin']>, words: Words) {
  return [
    divider(),
    title(words.say('staff.health.title')),
    ...healthBlocks(health, words, data.now),
    ...proposalBlocks(proposals, words),
    title(words.say('staff.home.program')),
    section(
      words.say('staff.home.programLine', {
        name: esc(data.program.name, NAME),
        version: esc(data.version.slice(0, 8)),
        date: words.longDate(data.since),
      }),
    ),
    context(
      campaigns.length === 0
        ? words.say('staff.home.programQuiet')
        : words.say('staff.home.programCampaigns', { campaigns: esc(words.list(campaigns.slice(0, 10)), 1_000) }),
    ),
  ]
}

function proposalBlocks({ items, hasMore }: NonNullable<HomeData['admin']>['proposals'], words: Words): Block[] {
  // Most shops never see one: it takes no room while there is none.
  if (items.length === 0) return []
  return [
    title(words.say('staff.merge.title')),
    ...items.flatMap((proposal, n) => proposalOf(proposal, n, words)),
    ...(hasMore ? [context(words.say('staff.merge.more'))] : []),
  ]
}

/** Whoever bought more goes on; of equals, the older record. */
export function goesOn({ members: [a, b] }: MaybeSame): { from: MaybeSameMember; into: MaybeSameMember } {
  const isFirst = a.purchases === b.purchases ? a.id < b.id : a.purchases > b.purchases
  return isFirst ? { from: b, into: a } : { from: a, into: b }
}

/** "Ada L. (ada@…)". Raw. */
const called = ({ name, email }: MaybeSameMember, words: Words): string =>
  name !== null && email !== null ? `${name} (${email})` : nameOf({ name, email }, words)

function proposalOf(proposal: MaybeSame, n: number, words: Words): Block[] {
  const { from, into } = goesOn(proposal)
  const { pair } = proposal
  const value = JSON.stringify({ pair, from: from.id, into: into.id })
  const [one, other] = proposal.members
  return [
    section(
      words.say('staff.merge.line', {
        one: `*${esc(called(one, words), 160)}*`,
        other: `*${esc(called(other, words), 160)}*`,
      }),
    ),
    ...actions(
      button({
        text: words.say('staff.merge.merge'),
        action: `home.merge:${n}`,
        value,
        confirm: {
          title: words.say('staff.merge.confirmTitle'),
          text: words.say('staff.merge.confirm', {
            from: called(from, words).slice(0, NAME),
            into: called(into, words).slice(0, NAME),
          }),
          yes: words.say('staff.merge.yes'),
          no: words.say('staff.merge.no'),
        },
      }),
      button({
        text: words.say('staff.merge.distinct'),
        action: `home.distinct:${n}`,
        value: JSON.stringify({ pair }),
      }),
    ),
  ]
}

/** For somebody who may not look at anything. */
export const closedHome = (program: Pick<Program, 'name' | 'staff'>, words: Words): Home => {
  const admins = program.staff.admin
    .map((name) => /^slack:([UW][A-Z0-9]{2,})$/.exec(name)?.[1])
    .filter((id) => id != null)
  const whom =
    admins.length === 0 ? words.say('staff.home.whomNobody') : words.list(admins.slice(0, 5).map((id) => `<@${id}>`))
  return {
    type: 'home',
    blocks: [
      header(words.say('staff.home.title', { program: program.name })),
      section(words.say('staff.home.nobody', { whom })),
    ],
  }
}
