// What a member may have, was given and may still choose: the part of their page that is about rewards.
import { html } from 'hono/html'
import type { AwardParts, AwardView, MemberRewardsView, MemberRewardView, RedemptionView } from '../../app/ports.ts'
import type { Program } from '../../program/schema.ts'
import { foldTable, type Html } from './layout.ts'
import type { Words } from './words.ts'

export interface MemberRewardsPart {
  program: Program
  /** Null where nobody may have any: of those who are not active. */
  rewards: MemberRewardsView | null
  redemptions: RedemptionView[]
  awards: AwardView[]
  words: Words
}

export const rewardsPart = ({ program, rewards, redemptions, awards, words }: MemberRewardsPart): Html => html`
  ${choices(
    awards.filter(({ state }) => state === 'open'),
    program,
    words,
  )}
  ${offers(rewards?.rewards.filter(isForPoints) ?? [], words)}
  ${given(redemptions, words)}
`

/** Presents are given, not asked for, so they are no offer. */
const isForPoints = ({ cost, available }: MemberRewardView): boolean => cost > 0 || available

const choices = (open: readonly AwardView[], program: Program, words: Words): Html | string =>
  open.length === 0
    ? ''
    : html`<h2>May choose</h2>
        <div class="card">
          ${open.map(
            ({ occasion, options }) => html`<p>
              ${sentenceCase(occasion)}: ${options.map((option) => optionWords(option, program, words)).join(' or ')}
            </p>`,
          )}
        </div>`

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function optionWords({ points, reward, badge, cause }: AwardParts, program: Program, words: Words): string {
  const named = (list: readonly { id: string; name: string }[], id: string | null) =>
    id === null ? null : (list.find((each) => each.id === id)?.name ?? id)
  const parts = [
    points === 0 ? null : words.points(points),
    named(program.rewards, reward),
    named(program.badges, badge),
    named(program.causes, cause),
  ]
  return parts.filter((part) => part !== null).join(' and ')
}

const offers = (rewards: readonly MemberRewardView[], words: Words): Html | string =>
  rewards.length === 0
    ? ''
    : html`<h2>Rewards</h2>
        ${foldTable(
          [{ name: 'Reward' }, { name: 'Costs', isNumber: true }, { name: 'Now' }],
          rewards.map((reward) => offer(reward, words)),
        )}`

const offer = (reward: MemberRewardView, words: Words): Html => html`
  <tr>
    <td class="name">${reward.name}</td>
    <td class="number">${words.points(reward.cost)}</td>
    <td class="wide">
      ${reward.available ? html`<span class="tag">can have it</span>` : html`<span class="soft">${reward.refusal?.message ?? ''}</span>`}
      ${reward.balanceAfter === null ? '' : html`<span class="soft">leaves ${words.number(reward.balanceAfter)}</span>`}
    </td>
  </tr>
`

const given = (redemptions: readonly RedemptionView[], words: Words): Html | string =>
  redemptions.length === 0
    ? ''
    : html`<h2>Given</h2>
        ${foldTable(
          [{ name: 'Reward' }, { name: 'Date' }, { name: 'State' }, { name: 'Code, or what to do' }],
          redemptions.map((redemption) => givenRow(redemption, words)),
        )}`

const givenRow = (redemption: RedemptionView, words: Words): Html => html`
  <tr>
    <td class="name">
      ${redemption.name}
      ${redemption.charge === 'house' ? html`<span class="under">a present from us</span>` : ''}
    </td>
    <td class="tight">${words.day(redemption.createdAt)}</td>
    <td class="tight end">${stateWords(redemption)}</td>
    <td class="wide">${whatToDo(redemption, words)}</td>
  </tr>
`

const STATES = {
  reserved: 'on its way',
  awaiting_approval: 'waits for approval',
  issued: 'ready',
  used: 'used',
  expired: 'expired',
  cancelled: 'cancelled',
} satisfies Record<RedemptionView['state'], string>

function stateWords({ state, kind, isEnding }: RedemptionView): string {
  if (isEnding) return 'is being cancelled'
  if (state === 'reserved' && kind === 'manual') return 'to hand over'
  if (state === 'issued' && kind !== 'promotion_code') return 'given'
  return STATES[state]
}

function whatToDo({ state, kind, code, expiresAt, instructions, reason }: RedemptionView, words: Words): Html | string {
  if (reason !== null) return reason
  if (state === 'reserved' && kind === 'manual') return instructions ?? ''
  if (state === 'reserved') return kind === 'donation' ? '' : 'Stripe makes it, once it is connected'
  if (code === null) return ''
  const until = expiresAt === null ? '' : html` until ${words.lastDay(expiresAt)}`
  return html`<code>${code}</code>${state === 'issued' ? until : ''}`
}
