// One member: where they stand, what they may have and have, and their history in sentences.
import { html } from 'hono/html'
import type { EntryView, MemberView, Page } from '../../app/ports.ts'
import type { Program } from '../../program/schema.ts'
import { foldTable, type Html } from './layout.ts'
import { type MemberRewardsPart, rewardsPart } from './member-rewards.ts'
import { nameOf } from './members-page.ts'
import type { Words } from './words.ts'

export interface MemberPage extends MemberRewardsPart {
  member: MemberView
  history: Page<EntryView>
}

export const memberPage = ({ member, history, words, ...given }: MemberPage): Html => html`
  <p class="small"><a href="/">All members</a></p>
  <h1>${nameOf(member)}</h1>
  <p class="soft">${whoLine(member, words)}</p>
  <dl class="facts">
    ${pointFacts(member, words)}
    ${tierFact(member, given.program, words)}
    ${spendFact(member, words)}
  </dl>
  ${honours(member, given.program, words)}
  ${rewardsPart({ ...given, words })}
  <h2>History</h2>
  ${history.items.length === 0 ? html`<div class="card"><p>Nothing has happened yet.</p></div>` : table(history, words)}
  ${history.next === null ? '' : olderPage(member.id, history.next)}
`

function whoLine(member: MemberView, words: Words): Html {
  const email = member.name === null ? null : member.email
  const status = member.status === 'active' ? null : member.status
  const since = member.enrolledAt === null ? null : html`member since ${words.day(member.enrolledAt)}`
  const parts = [email, status, since].filter((part) => part !== null)
  return html`${parts.map((part, index) => html`${index === 0 ? '' : ' · '}${part}`)}`
}

const fact = (name: string, big: Html | string, under: Html | string = ''): Html => html`
  <div>
    <dt>${name}</dt>
    <dd class="big">${big}</dd>
    <dd class="soft small">${under}</dd>
  </div>
`

function pointFacts({ points }: MemberView, words: Words): Html {
  const { nextExpiry } = points
  const expiry =
    nextExpiry === null ? '' : html` · ${words.number(nextExpiry.points)} expire on ${words.lastDay(nextExpiry.at)}`
  return html`
    ${fact('Available', words.points(points.available), html`worth ${words.worth(points.available)}${expiry}`)}
    ${points.pending === 0 ? '' : fact('Pending', words.points(points.pending), 'not to be spent yet')}
    ${points.reserved === 0 ? '' : fact('Reserved', words.points(points.reserved), 'for rewards on their way')}
  `
}

function tierFact({ tier }: MemberView, program: Program, words: Words): Html | string {
  if (tier === null) return ''
  const { next, until } = tier
  const by = next?.by == null ? '' : html` by ${words.lastDay(next.by)}`
  const ahead = next === null ? '' : html`${remaining(next.remaining, program, words)} more for ${next.name}${by}`
  const held = until === null ? '' : html`until ${words.lastDay(until)}${next === null ? '' : ' · '}`
  return fact('Tier', tier.name, html`${held}${ahead}`)
}

function remaining(value: number, { tiers, currency }: Program, words: Words): string {
  if (tiers?.metric === 'spend') return words.money(value, currency)
  return tiers?.metric === 'purchases' ? words.purchases(value) : words.points(value)
}

function spendFact({ spend, purchases, lastPurchaseAt }: MemberView, words: Words): Html {
  const last = lastPurchaseAt === null ? '' : html`, the last ${words.ago(lastPurchaseAt)}`
  return fact('Spent', words.money(spend.total, spend.currency), html`${words.purchases(purchases)}${last}`)
}

/** Perks, badges and challenges; nothing of those that the program does not have. */
function honours(
  { perks, badges, challenges, referralCode }: MemberView,
  program: Program,
  words: Words,
): Html | string {
  const iconOf = (id: string) => program.badges.find((badge) => badge.id === id)?.icon ?? ''
  const lines = [
    perks.length === 0 ? null : html`Perks: ${perks.map(({ name }) => name).join(' · ')}`,
    badges.length === 0
      ? null
      : html`Badges: ${badges.map(({ id, name }) => `${iconOf(id)} ${name}`.trim()).join(' · ')}`,
    ...challenges.map((challenge) => challengeLine(challenge, words)),
    program.referral === null ? null : html`Brings friends with the code <code>${referralCode}</code>`,
  ].filter((line) => line !== null)
  return lines.length === 0 ? '' : html`<div class="card">${lines.map((line) => html`<p>${line}</p>`)}</div>`
}

function challengeLine({ name, progress, goal, met }: MemberView['challenges'][number], words: Words): Html {
  const times = met === 0 ? '' : met === 1 ? ' · met' : ` · met ${words.number(met)} times`
  return html`${name}: ${words.number(progress)} of ${words.number(goal)}${times}`
}

const table = ({ items }: Page<EntryView>, words: Words): Html =>
  foldTable(
    [
      { name: 'Date' },
      { name: 'Points', isNumber: true },
      { name: 'What happened' },
      { name: 'Available after', isNumber: true },
    ],
    items.map((entry) => historyRow(entry, words)),
  )

const SIGNS = ['minus', 'soft', 'plus'] as const

const historyRow = (entry: EntryView, words: Words): Html => html`
  <tr>
    <td class="tight">${words.day(entry.at)}</td>
    <td class="number ${SIGNS[Math.sign(entry.points) + 1]}">${words.signed(entry.points)}</td>
    <td class="wide">
      ${entry.reason}
      ${entry.note === null ? '' : html`<span class="under">“${entry.note}”</span>`}
    </td>
    <td class="number soft" data-label="available after:">${words.number(entry.balance)}</td>
  </tr>
`

const olderPage = (id: string, cursor: string): Html => {
  const search = new URLSearchParams({ cursor })
  return html`<nav class="pages" aria-label="Pages">
    <a href="/members/${encodeURIComponent(id)}?${search.toString()}">Older</a>
  </nav>`
}
