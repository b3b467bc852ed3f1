/** What the card on a contact shows: a member in a few lines, in words (SCREENS: HubSpot card). Pure. */
import type { ContactStanding } from '../../src/app/ports/contacts.ts'
import type { EntryView, MemberRewardsView, MemberView, RedemptionView } from '../../src/app/ports.ts'
import { localDay } from '../../src/core/calendar.ts'
import { count, day, money, pointsWord } from '../../src/core/sentences.ts'
import type { Program } from '../../src/program/schema.ts'
import { likelihoodSentence, rhythmSentence } from '../../src/retention/alert-rules/words.ts'

export interface CardReward {
  id: string
  /** "$10 off · 1,000 points · leaves 240". */
  label: string
  /** Whether their own points are enough; as a present it can be had in any case. */
  byPoints: boolean
}

export interface MemberCard {
  kind: 'member'
  program: string
  /** "Gold · 1,240 points". */
  headline: string
  /** Said of whoever left or is suspended. */
  status: string | null
  progress: { percent: number; label: string } | null
  expiring: string | null
  risk: { level: 'low' | 'medium' | 'high'; text: string } | null
  badges: { id: string; name: string }[]
  history: { id: number; on: string; points: string; text: string }[]
  rewards: CardReward[]
  mayIssue: boolean
  /** Names this look: what is asked for twice from one look is done once. */
  ticket: string
}

export interface NoMemberCard {
  kind: 'none'
  message: string
  mayEnrol: boolean
  ticket: string
}

export type Card = MemberCard | NoMemberCard

export interface CardParts {
  member: MemberView
  standing: Pick<ContactStanding, 'tierProgress'> | null
  /** The newest first. */
  entries: readonly EntryView[]
  rewards: MemberRewardsView
  program: Program
  now: number
  mayIssue: boolean
  ticket: string
}

const STATUSES: Partial<Record<MemberView['status'], string>> = {
  left: 'They left the program.',
  suspended: 'Their membership is suspended.',
}

export function viewCard({
  member,
  standing,
  entries,
  rewards,
  program,
  now,
  mayIssue,
  ticket,
}: CardParts): MemberCard {
  const points = `${count(member.points.available, program.locale)} ${pointsWord(member.points.available, program)}`
  return {
    kind: 'member',
    program: program.name,
    headline: member.tier === null ? points : `${member.tier.name} · ${points}`,
    status: STATUSES[member.status] ?? null,
    progress: progressOf(member, standing, program),
    expiring: expiringOf(member, program),
    risk: riskOf(member, program, now),
    badges: member.badges.map(({ id, name }) => ({ id, name: `${iconOf(program, id)}${name}` })),
    history: entries.map((entry) => ({
      id: entry.seq,
      on: day(Date.parse(entry.at), program),
      points: signed(entry.points, program.locale),
      text: entry.reason,
    })),
    rewards: rewards.rewards.flatMap((reward) => rewardOf(reward, program)),
    mayIssue: mayIssue && member.status === 'active',
    ticket,
  }
}

function iconOf({ badges }: Program, id: string): string {
  const icon = badges.find((badge) => badge.id === id)?.icon
  return icon ? `${icon} ` : ''
}

/** `+168`, `−20`; nothing where no points moved. */
const signed = (points: number, locale: string): string =>
  points === 0 ? '' : `${points > 0 ? '+' : '−'}${count(Math.abs(points), locale)}`

/** "Platinum: $760.00 more by 31 Dec 2026". */
function progressOf({ tier }: MemberView, standing: CardParts['standing'], program: Program): MemberCard['progress'] {
  const next = tier?.next
  const percent = standing?.tierProgress ?? null
  if (!next || percent === null) return null
  const by = next.by === null ? '' : ` by ${day(Date.parse(next.by), program, true)}`
  return { percent, label: `${next.name}: ${remainingOf(next.remaining, program)} more${by}` }
}

function remainingOf(remaining: number, program: Program): string {
  switch (program.tiers?.metric) {
    case 'spend':
      return money(remaining, program.currency, program.locale)
    case 'purchases':
      return remaining === 1 ? '1 purchase' : `${count(remaining, program.locale)} purchases`
    default:
      return `${count(remaining, program.locale)} ${pointsWord(remaining, program)}`
  }
}

function expiringOf({ points: { nextExpiry } }: MemberView, program: Program): string | null {
  if (nextExpiry === null) return null
  const verb = nextExpiry.points === 1 ? 'expires' : 'expire'
  return `${count(nextExpiry.points, program.locale)} ${verb} on ${day(Date.parse(nextExpiry.at), program, true)}`
}

const RISKS = {
  low: 'Likely to come again.',
  medium: 'May be slipping away.',
  high: 'May be leaving.',
} as const

function riskOf({ retention, lastPurchaseAt }: MemberView, program: Program, now: number): MemberCard['risk'] {
  if (retention === null) return null
  const { risk: level, usualDays } = retention
  const since =
    lastPurchaseAt === null
      ? null
      : localDay(now, program.timezone) - localDay(Date.parse(lastPurchaseAt), program.timezone)
  const rhythm = usualDays === null || since === null ? [] : [rhythmSentence(usualDays, since, program.locale)]
  return { level, text: [RISKS[level], ...rhythm, likelihoodSentence(retention, null, program)].join(' ') }
}

/** What they may have now; what only points are lacking for can still be a present. */
function rewardOf(reward: MemberRewardsView['rewards'][number], program: Program): CardReward[] {
  const { id, name, cost, available, refusal, balanceAfter } = reward
  if (!available && refusal?.code !== 'insufficient_points') return []
  const points = cost === 0 ? ['free'] : [`${count(cost, program.locale)} ${pointsWord(cost, program)}`]
  const leaves = balanceAfter === null || cost === 0 ? [] : [`leaves ${count(balanceAfter, program.locale)}`]
  return [{ id, label: [name, ...points, ...leaves].join(' · '), byPoints: available }]
}

/** What became of an issued reward: "K7QXM-2HT9R is ready: $5 off, until 21 Feb 2027. 240 points left." */
export function issuedMessage(redemption: RedemptionView, balance: number | null, program: Program): string {
  const { name, state, code, expiresAt, instructions, value } = redemption
  const left = balance === null ? '' : ` ${count(balance, program.locale)} ${pointsWord(balance, program)} left.`
  const until = expiresAt === null ? '' : `, until ${day(Date.parse(expiresAt), program, true)}`
  if (state === 'awaiting_approval')
    return `${count(value, program.locale)} ${pointsWord(value, program)} need a second pair of eyes: this waits for approval.`
  if (code !== null) return `${code} is ready: ${name}${until}.${left}`
  if (instructions !== null && state === 'reserved') return `${name}: ${instructions}.${left}`
  return state === 'reserved' ? `${name} is on its way.${left}` : `${name} is theirs.${left}`
}

/** " Would have earned 320 points."; nothing where that is nothing. */
export const missedPoints = (points: number, program: Program): string =>
  points <= 0 ? '' : ` Would have earned ${count(points, program.locale)} ${pointsWord(points, program)}.`
