// One member: where they stand, and their history in sentences.
import { html } from 'hono/html'
import type { EntryView, MemberView, Page } from '../../app/ports.ts'
import type { Html } from './layout.ts'
import { nameOf } from './members-page.ts'
import type { Words } from './words.ts'

export interface MemberPage {
  member: MemberView
  history: Page<EntryView>
  words: Words
}

export const memberPage = ({ member, history, words }: MemberPage): Html => html`
  <p class="small"><a href="/">All members</a></p>
  <h1>${nameOf(member)}</h1>
  <p class="soft">${whoLine(member, words)}</p>
  <dl class="facts">
    ${pointFacts(member, words)}
    ${tierFact(member, words)}
    ${spendFact(member, words)}
  </dl>
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

function tierFact({ tier }: MemberView, words: Words): Html | string {
  if (tier === null) return ''
  const { next, until } = tier
  const by = next?.by == null ? '' : html` by ${words.lastDay(next.by)}`
  const ahead = next === null ? '' : html`${words.number(next.remaining)} more for ${next.name}${by}`
  const held = until === null ? '' : html`until ${words.lastDay(until)}${next === null ? '' : ' · '}`
  return fact('Tier', tier.name, html`${held}${ahead}`)
}

function spendFact({ spend, purchases, lastPurchaseAt }: MemberView, words: Words): Html {
  const count = `${words.number(purchases)} ${purchases === 1 ? 'purchase' : 'purchases'}`
  const last = lastPurchaseAt === null ? '' : html`, the last ${words.ago(lastPurchaseAt)}`
  return fact('Spent', words.money(spend.total, spend.currency), html`${count}${last}`)
}

const table = ({ items }: Page<EntryView>, words: Words): Html => html`
  <div class="card table">
    <table class="fold">
      <thead>
        <tr>
          <th scope="col">Date</th>
          <th scope="col" class="number">Points</th>
          <th scope="col">What happened</th>
          <th scope="col" class="number">Available after</th>
        </tr>
      </thead>
      <tbody>
        ${items.map((entry) => historyRow(entry, words))}
      </tbody>
    </table>
  </div>
`

const historyRow = (entry: EntryView, words: Words): Html => html`
  <tr>
    <td class="tight">${words.day(entry.at)}</td>
    <td class="number ${entry.points < 0 ? 'minus' : 'plus'}">${words.signed(entry.points)}</td>
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
