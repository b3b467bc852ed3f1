/** A member on one screen: who they are, how they stand, what one can do for them (SCREENS: `/loyalty ada@example.org`). Pure. */
import type { MoneyMoved } from '../../../src/app/ports/finding.ts'
import type { FeedbackView, MemberView } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { type ActionElement, actions, button, context, esc, section } from '../blocks.ts'
import type { Asking, Block, Message } from '../desk.ts'
import type { CardData } from '../load-card.ts'
import { alertLine } from './alert-words.ts'
import {
  emailOf,
  medalAndName,
  memberName,
  nextTierLine,
  phoneOf,
  plainName,
  pointsParts,
  rewardsLine,
  riskOf,
  segmentOf,
  tierName,
} from './member-words.ts'
import { openLine } from './reward-result.ts'

type Shown = Pick<Asking, 'words' | 'program' | 'now' | 'channel'>

const DAY_MS = 86_400_000
const FEEDBACK_DAYS = 90
const SAID_LIMIT = 200
const LABEL_LIMIT = 60
const LIST_SHOWN = 5

export function memberCard(data: CardData, shown: Shown): Message {
  const { member } = data
  const { words } = shown
  const lines = member.status === 'candidate' ? candidateLines(data, shown) : memberLines(data, shown)
  const [title = '', ...rest] = lines
  return {
    text: [memberName(member, words), ...summaryOf(member, words)].join(' · '),
    blocks: [section([title, ...rest].join('\n')), ...asides(data, shown), ...actions(...buttonsOf(data, shown))],
  }
}

const summaryOf = (member: MemberView, words: Words): string[] =>
  member.status === 'candidate'
    ? [words.say('staff.card.notMember')]
    : [...(member.tier === null ? [] : [tierName(member) ?? '']), esc(words.points(member.points.available))]

const joined = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(' · ')
const filled = (lines: readonly (string | null)[]): string[] =>
  lines.filter((line) => line !== null && line !== '') as string[]

// --------------------------------------------------------------------------------------------------------- the facts

function titleOf(member: MemberView, { words, program }: Shown): string {
  const since =
    member.enrolledAt === null ? null : words.say('staff.card.since', { date: words.date(member.enrolledAt) })
  return joined([medalAndName(member, words, program), since])
}

function memberLines({ member, closeUp, rewards }: CardData, shown: Shown): string[] {
  const { words, program, now } = shown
  const isActive = member.status === 'active'
  return filled([
    titleOf(member, shown),
    isActive ? null : words.say(`staff.card.status.${member.status === 'suspended' ? 'suspended' : 'left'}`),
    joined([
      emailOf(member),
      phoneOf(member),
      tierName(member),
      segmentOf(member, words),
      riskOf(member, words, program, now),
    ]),
    joined(pointsParts(member, closeUp.nextAvailable, words, program, shown.now)),
    isActive ? nextTierLine(member, words, program) : null,
    isActive ? rewardsLine(rewards, words) : null,
    lastLine(closeUp.money, words),
  ])
}

function candidateLines({ member, closeUp, wouldHaveEarned }: CardData, shown: Shown): string[] {
  const { words } = shown
  const points = wouldHaveEarned ?? 0
  return filled([
    titleOf(member, shown),
    joined([emailOf(member), phoneOf(member)]),
    points > 0
      ? words.say('staff.card.wouldHave', { points: esc(words.points(points)) })
      : words.say('staff.card.notMemberYet'),
    lastLine(closeUp.money, words),
  ])
}

/** "Last: $84.00 on 18 Sep · refund −$20.00 on 2 Aug" */
function lastLine(money: readonly MoneyMoved[], words: Words): string | null {
  if (money.length === 0) return null
  const each = money.map(({ at, kind, amount, currency }) =>
    words.say(`staff.card.${kind}`, {
      money: words.money(amount, currency),
      date: words.date(at),
    }),
  )
  return words.say('staff.card.last', { purchases: each.join(' · ') })
}

// ------------------------------------------------------------------------------------------------------- beside them

function asides({ member, alerts, open }: CardData, { words, program, now }: Shown): Block[] {
  const alertLines = alerts.map((alert) =>
    section(
      // Whose it is and of which tier stands above.
      alertLine({ ...alert, member: { ...alert.member, tier: null } }, words),
      button({ text: words.say('staff.card.showAlert'), action: `alert.show:${alert.id.slice(-80)}`, value: alert.id }),
    ),
  )
  const openLines = open.slice(0, LIST_SHOWN).map((redemption) => openLine(redemption, words))
  const moreOpen = open.length - openLines.length
  const lines = filled([
    openLines.length === 0 ? null : words.say('staff.card.open', { rewards: openLines.join('\n') }),
    moreOpen > 0 ? words.say('staff.card.moreRewards', { count: moreOpen }) : null,
    challengesLine(member, words),
    perksLine(member, words),
    badgesLine(member, words, program.badges),
    feedbackLine(member.feedback[0], words, now),
  ])
  return [...alertLines, ...lines.map((line) => context(line))]
}

function perksLine({ perks, tier, status }: MemberView, words: Words): string | null {
  if (perks.length === 0 || tier === null || status !== 'active') return null
  const names = perks.slice(0, LIST_SHOWN).map(({ name }) => esc(name, LABEL_LIMIT))
  return words.say('staff.card.perks', { tier: tierName({ tier }) ?? '', perks: names.join(' · ') })
}

function challengesLine({ challenges, status }: MemberView, words: Words): string | null {
  const under = challenges.filter(({ progress, goal }) => progress > 0 && progress < goal)
  if (under.length === 0 || status !== 'active') return null
  return under
    .slice(0, LIST_SHOWN)
    .map(({ name, progress, goal }) =>
      words.say('staff.card.challenge', { name: esc(name, LABEL_LIMIT), progress, goal }),
    )
    .join(' · ')
}

function badgesLine(
  { badges }: MemberView,
  words: Words,
  known: readonly { id: string; icon: string }[],
): string | null {
  if (badges.length === 0) return null
  const iconOf = (id: string): string => known.find((badge) => badge.id === id)?.icon ?? '🏅'
  const shown = badges.slice(-LIST_SHOWN).map(({ id, name }) => `${esc(iconOf(id), 16)} ${esc(name, LABEL_LIMIT)}`)
  const more = badges.length - shown.length
  return [...shown, ...(more > 0 ? [words.say('staff.card.moreRewards', { count: more })] : [])].join(' · ')
}

/** What they said long ago says little of how they feel. */
function feedbackLine(feedback: FeedbackView | undefined, words: Words, now: number): string | null {
  if (feedback === undefined || now - Date.parse(feedback.at) > FEEDBACK_DAYS * DAY_MS) return null
  const { scale, score, text, at } = feedback
  const given = words.say(`staff.card.feedback.${scale}`, { score, date: words.date(at) })
  const said = esc(text ?? '', SAID_LIMIT)
  return said === '' ? given : words.say('staff.card.feedback.said', { given, said })
}

// ------------------------------------------------------------------------------------------------------- the buttons

function buttonsOf(
  { member, mayIssue, hubspotUrl, stripeUrl }: CardData,
  { words, channel }: Shown,
): (ActionElement | null)[] {
  const { id, status } = member
  const of = (text: string): { text: string; label: string } => ({
    text,
    label: `${text}: ${plainName(member, words)}`,
  })
  const gives = mayIssue && status === 'active'
  const isMember = status !== 'candidate'
  return [
    gives ? button({ ...of(words.say('staff.card.issue')), action: 'reward.open', value: id, style: 'primary' }) : null,
    gives ? button({ ...of(words.say('staff.card.adjust')), action: 'adjust.open', value: id }) : null,
    mayIssue && !isMember
      ? button({
          ...of(words.say('staff.card.enrol')),
          action: 'enrol.open',
          value: (member.email ?? member.name ?? '').slice(0, SAID_LIMIT),
          style: 'primary',
        })
      : null,
    isMember ? button({ ...of(words.say('staff.card.history')), action: 'member.history', value: id }) : null,
    linkTo('hubspot', 'HubSpot', hubspotUrl),
    linkTo('stripe', 'Stripe', stripeUrl),
    isMember && channel !== null ? shareButton(member, words) : null,
  ]
}

/** Names of other companies are the same in every language. */
const linkTo = (what: string, text: string, url: string | null): ActionElement | null =>
  url === null ? null : button({ text, action: `link:${what}`, url })

const shareButton = (member: MemberView, words: Words): ActionElement =>
  button({
    text: words.say('staff.card.share'),
    label: `${words.say('staff.card.share')}: ${plainName(member, words)}`,
    action: 'member.share',
    value: member.id,
    confirm: {
      title: words.say('staff.card.shareTitle'),
      text: words.say('staff.card.shareText'),
      yes: words.say('staff.card.shareYes'),
      no: words.say('staff.common.cancel'),
    },
  })

// ------------------------------------------------------------------------------------------------------- for everybody

/** For the channel: nothing by which they could be reached, no codes, and nothing of what staff think of them. */
export function sharedCard({ member, closeUp, rewards }: CardData, shown: Shown & { user: string }): Message {
  const { words, program, user } = shown
  const isActive = member.status === 'active'
  // Whoever has no name is known by their address, which is not for the channel.
  const nameable = { ...member, email: null }
  // What is owed, and why somebody is suspended, is between them and us.
  const points =
    member.points.available < 0 ? [] : pointsParts(member, closeUp.nextAvailable, words, program, shown.now)
  const lines = filled([
    titleOf(nameable, shown),
    member.status === 'left' ? words.say('staff.card.status.left') : null,
    joined([tierName(member), ...points]),
    isActive ? nextTierLine(member, words, program) : null,
    isActive ? rewardsLine(rewards, words) : null,
  ])
  const open = button({ text: words.say('staff.card.show'), action: 'member.show', value: member.id })
  return {
    text: joined([memberName(nameable, words), tierName(member)]),
    blocks: [
      section(lines.join('\n')),
      context(words.say('staff.card.sharedBy', { who: `<@${user}>` })),
      ...actions(open),
    ],
  }
}
