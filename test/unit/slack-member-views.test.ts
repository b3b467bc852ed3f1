// The member card, lists and history as they are read, and within Slack's limits whatever is in them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkMessage, checkView } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import { liveIn, textOf } from '../../integrations/sandbox/doubles/slack/text-of.ts'
import type { Message } from '../../integrations/slack/desk.ts'
import { noticeView } from '../../integrations/slack/dispatch.ts'
import type { CardData } from '../../integrations/slack/load-card.ts'
import { historyMessage, historyValue } from '../../integrations/slack/views/history.ts'
import { memberCard, sharedCard } from '../../integrations/slack/views/member-card.ts'
import { memberList, nobodyFound } from '../../integrations/slack/views/member-list.ts'
import { medalOf, riskOf } from '../../integrations/slack/views/member-words.ts'
import type { EntryView, MemberView } from '../../src/app/ports.ts'
import { createWords } from '../../src/words/words.ts'
import { ada, NOW } from '../support/http-fake-app.ts'
import { levels, makeProgram } from '../support/programs.ts'

const program = makeProgram({
  name: 'Corner Club',
  rewards: [
    { id: 'ten', name: '$10 off', cost: 1_000, fulfil: { kind: 'manual', instructions: 'x' } },
    { id: 'tote', name: 'Free tote', cost: 600, fulfil: { kind: 'manual', instructions: 'x' } },
  ],
  tiers: {
    metric: 'spend',
    window: { kind: 'calendar_year' },
    levels: levels(['bronze', 0], ['silver', 250], ['gold', 1_000], ['platinum', 2_000]),
  },
})
const words = createWords({ language: 'en', program, now: NOW })
const shown = { words, program, now: NOW, channel: 'C0LOYALTY' }
const DAY = 86_400_000
const daysAgo = (days: number): string => new Date(NOW - days * DAY).toISOString()

const retention = (risk: 'low' | 'medium' | 'high', usualDays: number | null): MemberView['retention'] => ({
  rfm: '155',
  isEstimate: false,
  probabilityAlive: 0.38,
  expectedPurchases30Days: 0.2,
  expectedPurchases90Days: 0.6,
  expectedPurchases365Days: 2,
  buysWithin90Days: 0.3,
  lifetimeValue: { amount: 41_200, currency: 'usd' },
  risk,
  usualDays,
  subscription: null,
})

const member: MemberView = {
  ...ada,
  tier: {
    id: 'gold',
    name: 'Gold',
    since: daysAgo(200),
    until: null,
    next: { id: 'platinum', name: 'Platinum', remaining: 76_000, by: '2027-01-01T00:00:00.000Z' },
  },
  perks: [],
  challenges: [],
  segment: 'cannot_lose',
  lastPurchaseAt: daysAgo(65),
  retention: retention('high', 21),
}

const card: CardData = {
  member,
  closeUp: {
    money: [
      { at: '2026-09-18T12:00:00.000Z', kind: 'purchase', amount: 8_400, currency: 'usd' },
      { at: '2026-08-02T12:00:00.000Z', kind: 'refund', amount: 2_000, currency: 'usd' },
      { at: '2026-08-01T12:00:00.000Z', kind: 'purchase', amount: 4_000, currency: 'usd' },
    ],
    nextAvailable: { points: 100, at: '2026-12-02T12:00:00.000Z' },
  },
  rewards: {
    available: 1_240,
    rewards: [
      {
        id: 'ten',
        name: '$10 off',
        cost: 1_000,
        kind: 'manual',
        left: null,
        available: true,
        refusal: null,
        balanceAfter: 240,
      },
      {
        id: 'tote',
        name: 'Free tote',
        cost: 600,
        kind: 'manual',
        left: null,
        available: true,
        refusal: null,
        balanceAfter: 640,
      },
    ],
  },
  alerts: [],
  open: [],
  wouldHaveEarned: null,
  hubspotUrl: 'https://app.hubspot.com/contacts/1/record/0-1/2',
  stripeUrl: 'https://dashboard.stripe.com/customers/cus_ada',
  mayIssue: true,
}

const read = ({ blocks }: Message): string => textOf(blocks as never)
const fits = (message: Message): void => {
  expect(checkMessage(message)).toEqual([])
  expect(checkView(noticeView(words, program, message))).toEqual([])
  expect(liveIn(message as never)).toEqual([])
}

describe('the card', () => {
  test('reads as the sketch of it', () => {
    expect(read(memberCard(card, shown)).split('\n')).toEqual([
      '🥇 *Ada Lovelace* · member since Mar 1, 2024',
      'ada@example.org · Gold · was one of the best customers · at risk: usually buys every 3 weeks, last purchase 9 weeks ago',
      '*1,240 points* (worth $12.40) · 100 pending until Dec 2 · 300 expire on Dec 31',
      'Platinum: $760 more by Dec 31  ▰▰▰▰▰▰▱▱▱▱ 62%',
      'Can have now: $10 off (1,000) · Free tote (600)',
      'Last: $84.00 on Sep 18 · refund −$20.00 on Aug 2 · $40.00 on Aug 1',
      '[ Issue reward ]  [ Adjust points ]  [ History ]  [ HubSpot ]  [ Stripe ]  [ Share here ]',
    ])
  })

  test('money that their bank took back is no refund of ours', () => {
    const money = card.closeUp.money.map((one) => (one.kind === 'refund' ? { ...one, kind: 'dispute' as const } : one))
    expect(read(memberCard({ ...card, closeUp: { ...card.closeUp, money } }, shown))).toContain(
      'Last: $84.00 on Sep 18 · disputed −$20.00 on Aug 2 · $40.00 on Aug 1',
    )
  })

  test('says what is owed, what is set aside, and of pending points how many come when', () => {
    const points = { ...member.points, available: -50, pending: 250, reserved: 600, nextExpiry: null }
    const line = read(memberCard({ ...card, member: { ...member, points } }, shown)).split('\n')[2]
    expect(line).toBe(
      'owes *50 points* · 250 pending, 100 of them until Dec 2 · 600 set aside for rewards on their way',
    )
  })

  test('says that a tier ends where that is near, and what it brings', () => {
    const ending: MemberView = {
      ...member,
      tier: member.tier && { ...member.tier, until: '2027-01-01T00:00:00.000Z', next: null },
      perks: [{ id: 'wifi', name: 'Free wifi' }],
    }
    const reads = read(memberCard({ ...card, member: ending }, shown))
    expect(reads).toContain('Gold until Dec 31')
    expect(reads).toContain('With Gold: Free wifi')
    const far = { ...ending, tier: ending.tier && { ...ending.tier, until: daysAgo(-200) } }
    expect(read(memberCard({ ...card, member: far }, shown))).not.toContain('until Jun')
  })

  test('tells what they said of late, and nothing of long ago', () => {
    const said = (days: number): string =>
      read(
        memberCard(
          {
            ...card,
            member: {
              ...member,
              feedback: [{ id: 'f', at: daysAgo(days), scale: 'nps', score: 3, text: 'Waited <!channel> 20 minutes' }],
            },
          },
          shown,
        ),
      )
    expect(said(10)).toContain('Would recommend us: 3 of 10 on Nov 12: “Waited <!channel> 20 minutes”')
    expect(said(100)).not.toContain('recommend')
  })

  test('is within Slack’s limits with the longest of everything, and calls nobody', () => {
    for (const long of EXTREME) {
      const many = <T>(make: (n: number) => T): T[] => Array.from({ length: 300 }, (_, n) => make(n))
      const extreme: MemberView = {
        ...member,
        id: `mem_${'x'.repeat(60)}`,
        name: long,
        email: long,
        phone: long,
        tier: member.tier && {
          ...member.tier,
          name: long,
          until: daysAgo(-1),
          next: { id: 'platinum', name: long, remaining: 9e15, by: daysAgo(-1) },
        },
        points: {
          available: 9e15,
          pending: 9e15,
          reserved: 9e15,
          earned: 9e15,
          redeemed: 0,
          expired: 0,
          nextExpiry: { points: 9e15, at: daysAgo(-1) },
        },
        perks: many((n) => ({ id: `p${n}`, name: long })),
        badges: many((n) => ({ id: `b${n}`, name: long })),
        challenges: many((n) => ({ id: `c${n}`, name: long, progress: 1, goal: 9e15, met: 0 })),
        feedback: [{ id: 'f', at: daysAgo(1), scale: 'stars', score: 5, text: long }],
      }
      const data: CardData = {
        ...card,
        member: extreme,
        closeUp: {
          money: many(() => ({ at: daysAgo(1), kind: 'refund' as const, amount: 9e15, currency: 'usd' })).slice(0, 3),
          nextAvailable: null,
        },
        rewards: {
          available: 9e15,
          rewards: many((n) => ({
            id: `r${n}`,
            name: long,
            cost: 9e15,
            kind: 'manual' as const,
            left: null,
            available: true,
            refusal: null,
            balanceAfter: 0,
          })),
        },
        open: many((n) => redemption(`red_${n}`, long)),
      }
      fits(memberCard(data, shown))
      fits(memberCard({ ...data, member: { ...extreme, status: 'candidate' }, wouldHaveEarned: 9e15 }, shown))
      expect(checkMessage(sharedCard(data, { ...shown, user: 'U0SAM' }))).toEqual([])
      fits(
        memberList({ typed: long, from: 10, items: many(() => extreme).slice(0, 10), total: 110, isMore: true }, shown),
      )
      fits(nobodyFound({ typed: long, similar: [extreme, extreme, extreme], mayIssue: true }, shown))
      fits(nobodyFound({ typed: long, similar: [extreme], mayIssue: true }, shown))
      fits(
        historyMessage(
          {
            member: extreme,
            entries: { items: many((n) => entry(n, long)).slice(0, 10), next: '9007199254740991' },
            trail: many((n) => n + 1),
          },
          words,
        ),
      )
    }
  })
})

describe('the card for everybody', () => {
  const shared = (over: Partial<MemberView>): Message =>
    sharedCard({ ...card, member: { ...member, ...over } }, { ...shown, user: 'U0SAM' })

  test('says who, which tier and what they can have, and nothing by which to reach or judge them', () => {
    expect(read(shared({})).split('\n')).toEqual([
      '🥇 *Ada Lovelace* · member since Mar 1, 2024',
      'Gold · *1,240 points* (worth $12.40) · 100 pending until Dec 2 · 300 expire on Dec 31',
      'Platinum: $760 more by Dec 31  ▰▰▰▰▰▰▱▱▱▱ 62%',
      'Can have now: $10 off (1,000) · Free tote (600)',
      'Shared by @U0SAM',
      '[ Show card ]',
    ])
    expect(shared({}).text).toBe('Ada Lovelace · Gold')
  })

  test('keeps debts and suspensions between them and us', () => {
    const reads = read(shared({ status: 'suspended', points: { ...member.points, available: -50 } }))
    for (const secret of ['owes', '50', 'uspended', 'pending']) expect(reads).not.toContain(secret)
  })
})

test('whatever a name, an address or a note is, it fits and calls nobody', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ unit: 'grapheme', maxLength: 400 }),
    fc
      .array(fc.constantFrom('<', '>', '&', '|', '!', '@', '*', '`', '_', '~', '\u202e', '\ud800', ' ', 'a'), {
        maxLength: 200,
      })
      .map((signs) => signs.join('')),
  )
  fc.assert(
    fc.property(anything, anything, (name, other) => {
      const odd: MemberView = { ...member, name, email: other, phone: other }
      fits(memberCard({ ...card, member: odd }, shown))
      fits(memberList({ typed: name, from: 0, items: [odd, odd], total: 2, isMore: false }, shown))
      fits(nobodyFound({ typed: name, similar: [odd], mayIssue: true }, shown))
      fits(historyMessage({ member: odd, entries: { items: [entry(0, other)], next: null }, trail: [] }, words))
    }),
    { numRuns: 150 },
  )
})

const EXTREME = [
  'x'.repeat(10_000),
  '<!channel> <@U0SAM> <https://evil.test|win> & *_~`'.repeat(200),
  'ﷺﷺﷺ '.repeat(2_000),
  `a${'\u0301'.repeat(9_000)}`,
  '👩‍👩‍👧‍👦'.repeat(2_000),
  '\u202eevil\u2066 '.repeat(900),
  '&<>'.repeat(3_000),
  '',
]

const entry = (n: number, reason: string): EntryView => ({
  seq: n + 1,
  at: daysAgo(n),
  recordedAt: daysAgo(n),
  kind: 'adjust',
  points: n % 2 === 0 ? 9e15 : -9e15,
  balance: 9e15,
  code: 'adjusted',
  reason,
  source: 'slack:U0SAM',
  actor: `api:${reason.slice(0, 500)}`,
  note: reason,
})

const redemption = (id: string, name: string): CardData['open'][number] => ({
  id,
  member: member.id,
  reward: 'ten',
  name,
  kind: 'manual',
  instructions: null,
  state: 'issued',
  charge: 'member',
  cost: 1_000,
  value: 1_000,
  points: 1_000,
  code: name.slice(0, 500),
  expiresAt: daysAgo(-30),
  createdAt: daysAgo(1),
  issuedAt: daysAgo(1),
  endedAt: null,
  isEnding: false,
  reason: null,
  usedBy: null,
  again: null,
  grant: null,
  partner: null,
  requestedBy: 'slack:U0SAM',
  decidedBy: null,
  note: null,
  isRefused: false,
  decision: null,
})

describe('how they buy', () => {
  const risk = (over: Partial<MemberView>): string | null => riskOf({ ...member, ...over }, words, program, NOW)

  test.each<[MemberView['retention'], number, string]>([
    [retention('high', 21), 65, 'at risk: usually buys every 3 weeks, last purchase 9 weeks ago'],
    [retention('medium', 30), 40, 'may be slipping away: usually buys every 4 weeks, last purchase 6 weeks ago'],
    [retention('low', 1), 0, 'usually buys every day, last purchase today'],
    [retention('low', 7), 3, 'usually buys every 7 days, last purchase 3 days ago'],
    // Both are three weeks when rounded: days tell who is late.
    [retention('medium', 21), 24, 'may be slipping away: usually buys every 21 days, last purchase 24 days ago'],
    [retention('high', 180), 800, 'at risk: usually buys every 6 months, last purchase 2 years ago'],
    [retention('high', null), 65, 'at risk: last purchase 9 weeks ago'],
    [null, 65, 'last purchase 9 weeks ago'],
  ])('%#', (known, days, says) => {
    expect(risk({ retention: known, lastPurchaseAt: daysAgo(days) })).toBe(says)
  })

  test('whoever bought once, or never', () => {
    expect(risk({ retention: retention('low', null), purchases: 1, lastPurchaseAt: daysAgo(150) })).toBe(
      'bought once, 5 months ago',
    )
    expect(risk({ retention: null, purchases: 0, lastPurchaseAt: null })).toBe('no purchase yet')
  })
})

test('a name that runs the other way does not turn its line around', () => {
  const odd = { ...member, name: 'محمّد الفارسي' }
  expect(read(memberCard({ ...card, member: odd }, shown))).toMatch(/^\u200e🥇 \*محمّد الفارسي\* · member since/)
  const list = memberList({ typed: 'a', from: 0, items: [odd, member], total: 2, isMore: false }, shown)
  expect(
    read(list)
      .split('\n')
      .filter((line) => line.startsWith('\u200e')),
  ).toHaveLength(1)
})

test('medals rise with the tiers, and nobody has one without', () => {
  const of = (id: string, status: MemberView['status'] = 'active') =>
    medalOf({ status, tier: member.tier && { ...member.tier, id } }, program)
  expect(['bronze', 'silver', 'gold', 'platinum'].map((id) => of(id))).toEqual(['🥉', '🥈', '🥇', '💎'])
  expect([of('gone'), of('gold', 'left'), medalOf({ status: 'active', tier: null }, program)]).toEqual([
    '👤',
    '👤',
    '👤',
  ])
})

describe('the history', () => {
  test('stands in columns, whatever runs the other way', () => {
    const items = [
      {
        ...entry(0, '2 × points on $84.00 (Double points week), Gold'),
        points: 168,
        balance: 1_240,
        actor: 'stripe',
        note: null,
      },
      { ...entry(400, 'شراء بقيمة ٤٠'), points: -20, balance: 1_072, actor: 'slack:U0SAM', note: 'Typed `twice`' },
      { ...entry(2, 'Gold until Dec 31'), points: 0, balance: 1_092, actor: 'clock', note: null },
    ]
    const reads = read(historyMessage({ member, entries: { items, next: null }, trail: [] }, words))
    const lines = reads.replaceAll('\u00a0', ' ').split('\n')
    expect(lines[1]).toBe('`      Nov 22  +168`  \u20682 × points on $84.00 (Double points week), Gold\u2069 → *1,240*')
    expect(lines[2]).toBe('`Oct 18, 2025   −20`  \u2068شراء بقيمة ٤٠\u2069 → *1,072*')
    expect(lines[3]).toBe('by @U0SAM · note: Typed \u2060`\u2060twice\u2060`\u2060')
    expect(lines[4]).toMatch(/^` {6}Nov 20 {6}` {2}/)
    expect(lines[5]).toBe('[ Show card ]')
  })

  test('remembers so many pages as a button can hold', () => {
    const trail = Array.from({ length: 1_000 }, (_, n) => Number.MAX_SAFE_INTEGER - n)
    expect(historyValue('mem_'.padEnd(64, 'x'), trail).length).toBeLessThanOrEqual(2_000)
  })
})
