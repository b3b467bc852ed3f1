// The first thing one sees after `npm start`: what this is, what to do next, and who the members are.
import { html } from 'hono/html'
import type { MemberView, Page } from '../../app/ports.ts'
import type { Program } from '../../program/schema.ts'
import { foldTable, type Html } from './layout.ts'
import type { Words } from './words.ts'

export interface MembersPage {
  program: Program
  words: Words
  query: string
  found: Page<MemberView>
  /** Whether this is the first page, so that the empty state tells the truth. */
  first: boolean
}

export const membersPage = ({ program, words, query, found, first }: MembersPage): Html => html`
  <h1>${program.name}</h1>
  ${program.purpose === null ? '' : html`<p class="soft">${program.purpose}</p>`}
  ${searchForm(query)}
  ${found.items.length === 0 ? nobody(query, first) : memberTable(found.items, words)}
  ${found.next === null ? '' : nextPage(query, found.next)}
  ${nextSteps()}
`

const searchForm = (query: string): Html => html`
  <form class="search" role="search" action="/" method="get">
    <input type="search" name="query" value="${query}" maxlength="200" autocomplete="off"
      aria-label="Find a member by any part of a name or e-mail address" placeholder="Name or e-mail address" />
    <button type="submit">Find</button>
  </form>
`

function nobody(query: string, first: boolean): Html {
  if (query !== '') {
    return html`<div class="card">
      <p><strong>No member matches “${query}”.</strong></p>
      <p>Try fewer letters, or <a href="/">see everyone</a>.</p>
    </div>`
  }
  if (!first) return html`<div class="card"><p>That was everyone. <a href="/">Back to the first</a>.</p></div>`
  return html`<div class="card">
    <p><strong>Nobody is a member yet.</strong></p>
    <p>Whoever pays becomes one. The first step below makes a payment; then reload this page.</p>
  </div>`
}

const memberTable = (members: MemberView[], words: Words): Html =>
  foldTable(
    [
      { name: 'Member' },
      { name: 'Tier' },
      { name: 'Points', isNumber: true },
      { name: 'Last purchase' },
      { name: 'Status' },
    ],
    members.map((member) => memberRow(member, words)),
  )

/** What to call someone: not everyone has a name, or an address. */
export const nameOf = ({ name, email, id }: MemberView): string => name ?? email ?? id

const memberRow = (member: MemberView, words: Words): Html => html`
  <tr>
    <td class="name">
      <a href="/members/${encodeURIComponent(member.id)}">${nameOf(member)}</a>
      ${member.name === null || member.email === null ? '' : html`<span class="under">${member.email}</span>`}
    </td>
    <td class="tight">${member.tier === null ? html`<span class="soft">no tier</span>` : html`<span class="tag">${member.tier.name}</span>`}</td>
    <td class="number">
      ${words.points(member.points.available)}
      ${member.points.pending === 0 ? '' : html`<span class="under">${words.signed(member.points.pending)} pending</span>`}
    </td>
    <td class="tight">${member.lastPurchaseAt === null ? html`<span class="soft">no purchase yet</span>` : words.ago(member.lastPurchaseAt)}</td>
    <td class="tight end">${member.status}</td>
  </tr>
`

const nextPage = (query: string, cursor: string): Html => {
  const search = new URLSearchParams({ ...(query !== '' && { query }), cursor })
  return html`<nav class="pages" aria-label="Pages"><a href="/?${search.toString()}">More members</a></nav>`
}

const nextSteps = (): Html => html`
  <h2>What to do next</h2>
  <div class="card">
    <ol class="steps">
      <li>
        Make a test payment, signed as Stripe would sign it, and reload this page:
        <pre tabindex="0"><code>npx regulars pay ada@example.org 49.90</code></pre>
      </li>
      <li>
        Connect your own Stripe account:
        <pre tabindex="0"><code>npx regulars setup stripe</code></pre>
      </li>
    </ol>
    <p class="soft small">
      This page is only for this machine, and only while no Stripe, HubSpot or Slack credentials are set.
      The API is described at <a href="/api/v1/docs">/api/v1/docs</a>.
    </p>
  </div>
`
