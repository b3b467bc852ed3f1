// The digest, App Home, reports and lists of customers within Slack's limits, whatever is put into them.
import { describe, expect, test } from 'vitest'
import { checkMessage, checkView } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import { periodIn } from '../../integrations/slack/commands/report.ts'
import { topIn } from '../../integrations/slack/commands/top.ts'
import type { Message } from '../../integrations/slack/desk.ts'
import { changeOf, digestMessage } from '../../integrations/slack/views/digest.ts'
import { healthBlocks, hubspotLine } from '../../integrations/slack/views/health.ts'
import { closedHome, goesOn, type HomeData, homeView } from '../../integrations/slack/views/home.ts'
import { reportMessage } from '../../integrations/slack/views/report.ts'
import { topMessage } from '../../integrations/slack/views/top.ts'
import type { ApprovalView } from '../../src/app/ports/approvals.ts'
import { type Glance, type PeriodFigures, TOP_KINDS } from '../../src/app/ports/figures.ts'
import type { MaybeSameMember } from '../../src/app/ports/upkeep.ts'
import type { AlertView, MemberView, RedemptionView } from '../../src/app/ports.ts'
import { createWords } from '../../src/words/words.ts'
import { ada } from '../support/http-fake-app.ts'
import { makeProgram } from '../support/programs.ts'

const NOW = Date.UTC(2026, 10, 22, 9)
const AT = new Date(NOW).toISOString()
const program = makeProgram({ points: { name: { one: 'Կարմիր աստղ', other: 'Կարմիր աստղեր և այլն և այլն' } } })
const words = createWords({ language: 'en', program, now: NOW })

/** What names people have, and what some would like them to do. */
const NAMES = [
  '&<>"&<>"&<>"*_~`'.repeat(40),
  '<!channel> <@U0ADA> <https://evil.example|click>'.repeat(30),
  'አበበ በቂላ'.repeat(100),
  'Հրանուշ Տեր-Պետրոսյան'.repeat(60),
  '\u202eمرحبا بالعالم'.repeat(60),
  '👩‍👩‍👧‍👦🏴󠁧󠁢󠁷󠁬󠁳󠁿'.repeat(80),
  `Z${'\u0300'.repeat(500)}algo`,
  '',
]

const week = { yesterday: -5, week: 9_007_199_254_740_991, before: 1 }
const glance = (over: Partial<Glance> = {}): Glance => ({
  at: AT,
  day: '2026-11-22',
  version: 'v1',
  members: { active: 1_000_000, candidates: 9, newThisMonth: 12_345, newLastMonth: 0, buying: 999_999 },
  points: { outstanding: 9_007_199_254_740_991, value: 9_007_199_254_740_991 },
  redemptionRate: 1 / 3,
  week: { earned: week, redeemed: { yesterday: 0, week: -20, before: 40 }, buying: week, joined: week },
  months: Array.from({ length: 13 }, (_, n) => ({
    month: new Date(Date.UTC(2025, 10 + n, 1)).toISOString().slice(0, 7),
    complete: n < 12,
    customers: 10,
    customersBefore: n === 4 ? 0 : 9,
    retained: 3,
    retention: n === 4 ? null : n / 13,
  })),
  goals: [],
  top: { spend: [], points: [], recent: [], at_risk: [] },
  ...over,
})

const alert = (n: number, name: string): AlertView => ({
  id: `alr_1m81j18g0yapaaszwg7ypr.lapse.2026-09-${n}`,
  kind: 'at_risk',
  state: 'open',
  member: { id: 'mem_1', name, email: null, tier: { id: 'gold', name } },
  openedAt: AT,
  value: { amount: 41_200, currency: 'usd' },
  reason: name,
  facts: {},
  suggestion: null,
  assignee: 'slack:U0SAM',
  snoozedUntil: null,
  outcome: null,
  resolvedAt: null,
  note: name,
  actedAt: null,
  cameBack: null,
  steps: [],
})

const redemption = { name: NAMES[0], state: 'issued', createdAt: AT } as RedemptionView
const approval = (n: number, name: string): ApprovalView => ({
  id: `red_${n}`,
  kind: 'reward',
  state: 'waiting',
  member: { id: 'mem_1', name, email: null },
  points: 9_999_999,
  reward: name,
  why: name,
  requestedBy: n % 2 === 0 ? 'slack:U0SAM' : 'hubspot:sam@example.org',
  askedAt: AT,
  endedAt: null,
  decidedBy: null,
  decision: null,
  reason: null,
  redemption: null,
})

/** What Slack would read signs in: mrkdwn, and what notifications say. */
function marked(shown: unknown): string[] {
  if (Array.isArray(shown)) return shown.flatMap(marked)
  if (typeof shown !== 'object' || shown === null) return []
  const { type, text, ...rest } = shown as { type?: unknown; text?: unknown }
  const own = typeof text === 'string' && type !== 'plain_text' ? [text] : marked(text)
  return [...own, ...marked(Object.values(rest))]
}

/** Nothing of what people are called is alive: no mention, no link but those of staff. */
function expectDead(shown: unknown): void {
  const text = marked(shown).join('\n')
  expect(text).not.toMatch(/<!(?!date)|<https:\/\/evil|<@U0ADA>/)
}

describe('the digest', () => {
  const data = (name: string, count: number) => ({
    programName: name || 'Club',
    date: '2026-11-22',
    glance: glance(),
    alerts: Array.from({ length: count }, (_, n) => alert(n, name)),
    hasMoreAlerts: true,
    approvals: { count: 50, hasMore: true },
    health: { line: 'HubSpot has been refusing 3 contacts since yesterday', why: true },
  })

  test.each(NAMES.entries().toArray())('passes with name %i', (_, name) => {
    const message = digestMessage(data(name, 10_000), words)
    expect(checkMessage(message)).toEqual([])
    expectDead(message)
  })

  test('changes are told in per cent, in times where they are huge, and never as nothing of something', () => {
    const change = (now: number, before: number) => changeOf({ yesterday: 0, week: now, before }, words)
    expect(change(112, 100)).toBe('▲ 12% on the week before')
    expect(change(88, 100)).toBe('▼ 12% on the week before')
    expect(change(100_000, 99_999)).toBe('▲ 1% on the week before')
    expect(change(5_000, 10)).toBe('▲ 500 times the week before')
    expect(change(7, 7)).toBe('as in the week before')
    expect(change(7, 0)).toBe('none in the week before')
    expect(change(0, 1_240)).toBe('▼ 1,240 in the week before')
    expect(change(-20, 40)).toBe('▼ 40 in the week before')
    expect(change(5, -20)).toBe('none in the week before')
  })

  test('the chart has only months that are over, and no month without anybody to come back', () => {
    const { blocks } = digestMessage(data('Club', 0), words)
    const drawn = blocks.find(({ type }) => type === 'data_visualization') as unknown as {
      chart: { axis_config: { categories: string[] }; series: { data: { value: number }[] }[] }
    }
    expect(drawn.chart.axis_config.categories).toHaveLength(11)
    expect(drawn.chart.axis_config.categories).not.toContain('Nov 2026')
    expect(drawn.chart.axis_config.categories).not.toContain('Mar 2026')
    expect(drawn.chart.series[0]?.data.at(-1)?.value).toBe(85)
  })
})

describe('App Home', () => {
  const data = (name: string): HomeData => ({
    program: { name: name || 'Club', currency: 'usd', campaigns: [] },
    version: 'f'.repeat(64),
    since: NOW,
    now: NOW,
    glance: glance(),
    figures: 'fresh',
    mayIssue: true,
    said: 'Done.',
    mine: { items: Array.from({ length: 8 }, (_, n) => alert(n, name)), hasMore: true },
    approvals: { items: Array.from({ length: 5 }, (_, n) => approval(n, name)), hasMore: true },
    actor: 'slack:U0VIC',
    recent: Array.from({ length: 5 }, () => ({ redemption: { ...redemption, name }, name })),
    admin: {
      health: {
        hubspot: { waiting: 1, refused: 10_000, since: AT },
        kinds: Array.from({ length: 30 }, (_, n) => ({
          kind: n === 0 ? 'stripe.reward' : `kind.${n}`,
          waiting: 10_000,
          parked: 10_000,
          failing: { since: AT, reason: name },
          refused: { since: AT, reason: name },
        })),
        events: Array.from({ length: 3 }, (_, n) => ({
          id: `evt_${n}`,
          type: name,
          state: 'parked' as const,
          reason: name,
          receivedAt: AT,
          eventAt: AT,
          tries: 1,
        })),
        parkedEvents: 10_000,
        lookedAt: null,
      },
      proposals: {
        items: Array.from({ length: 5 }, (_, n) => ({
          pair: [`mem_${n}`, `mem_${n}b`] as [string, string],
          members: [
            { id: `mem_${n}`, name, email: name, status: 'active', purchases: 3 },
            { id: `mem_${n}b`, name: null, email: null, status: 'active', purchases: 1 },
          ] as [MaybeSameMember, MaybeSameMember],
          at: AT,
        })),
        hasMore: true,
      },
      campaigns: Array.from({ length: 100 }, () => name || 'Week'),
    },
  })

  test.each(NAMES.entries().toArray())('passes with name %i', (_, name) => {
    const view = homeView(data(name), words)
    expect(checkView(view)).toEqual([])
    expectDead(view)
  })

  test('passes in parts: while it is counted, where it cannot be, and for whoever may only look', () => {
    const base = data('Ada')
    const brief: HomeData = { ...base, approvals: null, admin: null, said: null, mayIssue: false, recent: [] }
    for (const figures of ['counting', 'failed', 'fresh'] as const)
      for (const known of [null, glance()])
        expect(checkView(homeView({ ...brief, glance: known, figures }, words))).toEqual([])
    expect(checkView(closedHome(makeProgram({ staff: { admin: ['slack:U0ADA', '*'] } }), words))).toEqual([])
  })

  test('of two records the one that bought more goes on, of equals the older', () => {
    const member = (id: string, purchases: number) => ({ id, name: null, email: null, status: 'active', purchases })
    const pair = ['a', 'b'] as [string, string]
    expect(goesOn({ pair, at: AT, members: [member('b', 1), member('a', 5)] }).into.id).toBe('a')
    expect(goesOn({ pair, at: AT, members: [member('b', 5), member('a', 1)] }).into.id).toBe('b')
    expect(goesOn({ pair, at: AT, members: [member('b', 2), member('a', 2)] }).into.id).toBe('a')
  })
})

describe('health in words', () => {
  const since = (days: number) => new Date(NOW - days * 86_400_000).toISOString()
  const fine = { hubspot: null, kinds: [], events: [], parkedEvents: 0, lookedAt: NOW }
  const reads = (blocks: readonly unknown[]) => JSON.stringify(blocks)

  test('HubSpot is up to date, on its way, or refuses since a day', () => {
    const line = (waiting: number, refused: number, at: string | null) =>
      hubspotLine({ waiting, refused, since: at }, words, NOW)
    expect(line(0, 0, null)).toBe('HubSpot: up to date')
    expect(line(1, 0, null)).toBe('HubSpot: one contact is on the way')
    expect(line(9, 3, since(1))).toBe('⚠️ HubSpot has been refusing 3 contacts since yesterday')
    expect(line(0, 1, since(0))).toBe('⚠️ HubSpot has been refusing one contact since today')
    expect(line(0, 1_240, since(4))).toBe('⚠️ HubSpot has been refusing 1,240 contacts since Nov 18')
  })

  test('several kinds of one vendor are told as that vendor, together', () => {
    const kind = (name: string, days: number) => ({
      kind: name,
      waiting: 2,
      parked: 0,
      failing: { since: since(days), reason: `no answer ${days}` },
      refused: null,
    })
    const said = reads(
      healthBlocks({ ...fine, kinds: [kind('stripe.reward', 1), kind('stripe.invoice', 3)] }, words, NOW),
    )
    expect(said).toContain('Stripe has not taken anything since Nov 19: 4 messages wait and go out')
    expect(said).toContain('no answer 3')
    expect(said).not.toContain('no answer 1')
    expect(said).not.toContain('Everything is in order')
  })

  test('a night that was missed is told', () => {
    expect(reads(healthBlocks(fine, words, NOW))).toContain('Every customer was last looked at today.')
    expect(reads(healthBlocks({ ...fine, lookedAt: NOW - 3 * 86_400_000 }, words, NOW))).toContain(
      'the nightly look has not come to its end since',
    )
  })
})

describe('a report', () => {
  const figures = (over: Partial<PeriodFigures> = {}): PeriodFigures => ({
    from: '2026-10-01',
    to: '2026-10-31',
    at: AT,
    currency: 'usd',
    complete: true,
    before: { from: '2026-09-01', to: '2026-09-30' },
    points: { earned: 9_007_199_254_740_991, redeemed: -5, expired: 0 },
    liability: { points: -3, value: -3 },
    members: { joined: 1_000_000, buying: 1_000_000 },
    spend: 9_007_199_254_740_991,
    spendBefore: 1,
    retention: null,
    repeatRate: 0.999,
    parts: Array.from({ length: 5 }, (_, n) => ({
      from: `2026-10-${String(1 + n * 7).padStart(2, '0')}`,
      to: `2026-10-${String(7 + n * 7).padStart(2, '0')}`,
      spend: n * 1_000_001,
      purchases: n,
    })),
    goals: Array.from({ length: 40 }, (_, n) => ({
      metric: n === 0 ? 'spend_per_member' : 'an <!channel> unknown',
      unit: 'money' as const,
      target: 9_007_199_254_740_991,
      actual: n === 0 ? null : 1,
      by: '2027-06-30',
      state: 'on_track' as const,
      measure: '',
    })),
    nps: { responses: 3, promoters: 1, passives: 1, detractors: 1, score: -100, interval: null },
    ...over,
  })

  test.each(NAMES.entries().toArray())('passes with name %i', (_, name) => {
    const impacts = Array.from({ length: 50 }, () => ({ name, difference: -5, low: -10, high: 3 }))
    for (const isShared of [true, false]) {
      const message = reportMessage({ programName: name || 'Club', figures: figures(), impacts, isShared }, words)
      expect(checkMessage(message)).toEqual([])
      expectDead(message)
    }
  })

  test('money is drawn in the currency’s own major units', () => {
    const drawn = (currency: string) => {
      const parts = [{ from: '2026-10-01', to: '2026-10-01', spend: 123_456, purchases: 1 }]
      const { blocks } = reportMessage(
        { programName: 'Club', figures: figures({ currency, parts }), impacts: [], isShared: true },
        words,
      )
      const block = blocks.find(({ type }) => type === 'data_visualization') as unknown as {
        chart: { series: { data: { value: number }[] }[] }
      }
      return block.chart.series[0]?.data[0]?.value
    }
    expect(drawn('usd')).toBe(1234.56)
    expect(drawn('jpy')).toBe(123_456)
    expect(drawn('kwd')).toBe(123.46)
  })

  test('what a campaign brought is told with how sure it is', () => {
    const { blocks } = reportMessage(
      {
        programName: 'Club',
        figures: figures(),
        impacts: [{ name: 'Week', difference: 250, low: -10, high: 510 }],
        isShared: true,
      },
      words,
    )
    expect(JSON.stringify(blocks)).toContain(
      'Week: $2.50 more by member than among those left out by chance (likely -$0.10 to $5.10)',
    )
  })
})

describe('the best customers', () => {
  const member = (name: string): MemberView => ({
    ...ada,
    name,
    tier: ada.tier === null ? null : { ...ada.tier, name },
    retention: {
      rfm: null,
      isEstimate: false,
      probabilityAlive: 0.1,
      expectedPurchases30Days: 0,
      expectedPurchases90Days: 0,
      expectedPurchases365Days: 0,
      buysWithin90Days: 0,
      lifetimeValue: { amount: 9_007_199_254_740_991, currency: 'usd' },
      risk: 'high',
      usualDays: null,
      subscription: null,
    },
  })

  test.each(NAMES.entries().toArray())('pass twenty at a time with name %i', (_, name) => {
    for (const kind of TOP_KINDS) {
      const members = Array.from({ length: 20 }, () => member(name))
      const message: Message = topMessage({ kind, members, at: AT, asked: 20, isShared: false }, words)
      expect(checkMessage(message)).toEqual([])
      expectDead(message)
    }
  })
})

describe('what was typed', () => {
  test.each([
    ['week', '2026-11-22', '2026-11-16', '2026-11-22'],
    ['week', '2026-11-16', '2026-11-16', '2026-11-22'],
    ['last week', '2026-01-01', '2025-12-22', '2025-12-28'],
    ['month', '2028-02-29', '2028-02-01', '2028-02-29'],
    ['last month', '2026-01-05', '2025-12-01', '2025-12-31'],
    ['february', '2026-01-05', '2025-02-01', '2025-02-28'],
    ['２０２６-１０', '2026-11-22', '2026-10-01', '2026-10-31'],
  ])('“%s” on %s is from %s to %s', (typed, today, from, to) => {
    expect(periodIn(typed, today)).toEqual({ from, to })
  })

  test.each(['ma', '0000-01', '99999-01', '2026-1x', '__proto__', 'constructor', 'toString'])(
    '“%s” is no time and no order',
    (typed) => {
      expect(periodIn(typed, '2026-11-22')).toBeNull()
      expect(topIn(typed)).toBeNull()
    },
  )

  test('an order, and how many of at most twenty', () => {
    expect(topIn('AT RISK 5')).toEqual({ kind: 'at_risk', count: 5 })
    expect(topIn('')).toEqual({ kind: 'spend', count: 10 })
    expect(topIn('100')).toEqual({ kind: 'spend', count: 20 })
    expect(topIn('points -3')).toEqual({ kind: 'points', count: 3 })
  })
})
