import { describe, expect, test } from 'vitest'
import { checkMessage, checkView, tooLongInAll } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import type { Json } from '../../integrations/sandbox/doubles/slack/json.ts'
import { liveIn, textOf } from '../../integrations/sandbox/doubles/slack/text-of.ts'
import type { Message } from '../../integrations/slack/desk.ts'
import { alertCard, floodCard } from '../../integrations/slack/views/alert-card.ts'
import { alertLine, comebackOf } from '../../integrations/slack/views/alert-words.ts'
import { alertsList, listWords } from '../../integrations/slack/views/alerts-list.ts'
import { resolveView } from '../../integrations/slack/views/resolve-alert.ts'
import type { AlertView } from '../../src/app/ports.ts'
import { LANGUAGES } from '../../src/words/languages.ts'
import { createWords } from '../../src/words/words.ts'
import { makeProgram } from '../support/programs.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const program = makeProgram()
const words = createWords({ language: 'en', program, now: NOW })

const made = (over: Partial<AlertView> = {}): AlertView => ({
  id: 'alr_1.lapse.2026-09-18',
  kind: 'at_risk',
  state: 'open',
  member: { id: 'mem_1', name: 'Ada Lovelace', email: 'ada@example.org', tier: { id: 'gold', name: 'Gold' } },
  openedAt: new Date(NOW).toISOString(),
  value: { amount: 41_249, currency: 'usd' },
  reason: 'Usually buys every 3 weeks; it has been 9. Likely still a customer: 38% (81% a month ago).',
  facts: {},
  suggestion: { reward: 'tote', name: 'Free tote', cost: 600, charge: 'member' },
  assignee: null,
  snoozedUntil: null,
  outcome: null,
  resolvedAt: null,
  note: null,
  actedAt: null,
  cameBack: null,
  steps: [],
  ...over,
})

const reads = ({ blocks }: Message): string => textOf(blocks as unknown as Json[])
const live = (message: Message): string[] => liveIn(message as unknown as { text: string; blocks: Json[] })

describe('what a card says', () => {
  test('is the customer’s situation, what is at stake, what is suggested and what one can do', () => {
    expect(reads(alertCard(made(), words)).split('\n').slice(0, 3)).toEqual([
      '🔔 *Ada Lovelace may be leaving* · $412 a year at stake · Gold',
      `${made().reason}  [ Show member ]`,
      'Suggested: Free tote (600 points)',
    ])
  })

  const usd = (amount: number) => ({ amount, currency: 'usd' })
  test.each<[string, Partial<AlertView>, string]>([
    ['at risk', {}, 'Ada Lovelace may be leaving · $412 a year at stake'],
    ['overdue', { kind: 'overdue' }, 'Ada Lovelace has not come back as usual · $412 a year at stake'],
    ['a tier', { kind: 'tier_at_risk', facts: { tier: 'gold' } }, 'Ada Lovelace may lose Gold · worth $412 a year'],
    [
      'another tier',
      { kind: 'tier_at_risk', facts: { tier: 'x' } },
      'Ada Lovelace may lose their tier · worth $412 a year',
    ],
    [
      'points',
      { kind: 'points_expiring', facts: { points: 1_450 }, value: usd(1_450) },
      'Ada Lovelace is about to lose 1,450 points · worth $14.50',
    ],
    [
      'a payment for a subscription: a year of it',
      {
        kind: 'payment_failed',
        facts: { subscription: 'sub_1', amountMinor: 1_900, currency: 'usd' },
        value: usd(22_800),
      },
      'Ada Lovelace: a payment failed · $228.00 a year at stake',
    ],
    [
      'a payment for an invoice: what is owed',
      { kind: 'payment_failed', facts: { subscription: null, amountMinor: 1_900, currency: 'usd' }, value: usd(1_900) },
      'Ada Lovelace: a payment failed · $19.00 owed',
    ],
    [
      'a payment in another currency: no more than is known',
      {
        kind: 'payment_failed',
        facts: { subscription: 'sub_1', amountMinor: 1_900, currency: 'jpy' },
        value: usd(1_300),
      },
      'Ada Lovelace: a payment failed · $13.00 at stake',
    ],
    [
      'a wish to end',
      { kind: 'cancelling', facts: { endedAt: null } },
      'Ada Lovelace is cancelling · $412 a year at stake',
    ],
    [
      'an end',
      { kind: 'cancelling', facts: { endedAt: '2026-11-20' } },
      'Ada Lovelace has cancelled · $412 a year at stake',
    ],
    ['unhappy', { kind: 'unhappy' }, 'Ada Lovelace is unhappy · spent $412 in the last year'],
    ['nothing at stake', { kind: 'unhappy', value: usd(0) }, 'Ada Lovelace is unhappy'],
    ['little: to the cent', { value: usd(412) }, 'Ada Lovelace may be leaving · $4.12 a year at stake'],
    ['yen', { value: { amount: 41_249, currency: 'jpy' } }, 'Ada Lovelace may be leaving · ¥41,249 a year at stake'],
    [
      'nobody known',
      { member: { id: 'mem_1', name: null, email: null, tier: null } },
      'A former member may be leaving · $412 a year at stake',
    ],
    [
      'an address',
      { member: { id: 'mem_1', name: null, email: 'ada@example.org', tier: null } },
      'ada@example.org may be leaving · $412 a year at stake',
    ],
  ])('%s', (_title, over, headline) => {
    const { tier } = made(over).member
    expect(alertCard(made(over), words).text).toBe(`🔔 ${headline}${tier === null ? '' : ' · Gold'}`)
  })

  test('a present costs them nothing; with no suggestion any reward can be issued', () => {
    const suggestion = { reward: 'tote', name: 'Free tote', cost: 600, charge: 'house' } as const
    expect(reads(alertCard(made({ suggestion }), words))).toContain('Suggested: Free tote, a present from us')
    expect(reads(alertCard(made({ suggestion: null }), words))).toContain('[ Issue a reward ]')
  })

  test('what acting is worth only where it was measured, and never of kinds that nobody is held out of', () => {
    const line = (over: Partial<AlertView>, measured: Parameters<typeof alertCard>[2]) =>
      reads(alertCard(made(over), words, measured)).match(/^Of .*$/m)?.[0]
    expect(line({}, {})).toBeUndefined()
    expect(line({}, { measured: { shown: 0.41, heldOut: 0.22 } })).toBe(
      'Of 10 such alerts that staff were shown, 4 came back; of 10 that nobody was shown, 2.',
    )
    // In tens both would be four.
    expect(line({}, { measured: { shown: 0.42, heldOut: 0.36 } })).toBe(
      'Of 100 such alerts that staff were shown, 42 came back; of 100 that nobody was shown, 36.',
    )
    for (const kind of ['unhappy', 'payment_failed', 'cancelling'] as const)
      expect(line({ kind }, { measured: { shown: 0.41, heldOut: 0.22 } })).toBeUndefined()
    expect(line({ state: 'resolved', outcome: 'helped' }, { measured: { shown: 0.41, heldOut: 0.22 } })).toBeUndefined()
  })

  test('by HubSpot’s users and API keys: their address or name, never a mention', () => {
    const by = (assignee: string) => reads(alertCard(made({ assignee }), words))
    expect(by('hubspot:sam@shop.test')).toContain('Taken by sam@shop.test')
    expect(by('api:till')).toContain('Taken by till')
    expect(
      live(alertCard(made({ assignee: 'slack:U0SAM> <!channel' }), words)).filter((one) => one.includes('channel')),
    ).toEqual([])
  })
})

test('what is told when they are back says how, and after how long', () => {
  const at = new Date(NOW - 6 * 86_400_000).toISOString()
  const back = (over: Partial<AlertView>, daysAfter = 6) =>
    comebackOf(
      made({
        actedAt: at,
        cameBack: { at: new Date(NOW).toISOString(), amount: 6_420, currency: 'usd', daysAfter },
        steps: [{ at, actor: 'slack:U0SAM', did: 'assigned', detail: 'slack:U0IRA' }],
        ...over,
      }),
      words,
    )
  expect(back({})).toBe('Ada Lovelace is back: $64.20 today. Taken by <@U0IRA>, 6 days after.')
  expect(back({}, 0)).toContain('Taken by <@U0IRA>, the same day.')
  expect(back({}, 1)).toContain('Taken by <@U0IRA>, a day after.')
  expect(back({ kind: 'payment_failed' })).toContain('Ada Lovelace has paid: $64.20 today.')
  expect(back({ kind: 'cancelling' })).toContain('Ada Lovelace stays with us: $64.20 today.')
  expect(back({ kind: 'tier_at_risk' })).toContain('Ada Lovelace bought again: $64.20 today.')
  expect(back({ steps: [{ at, actor: 'slack:U0SAM', did: 'rewarded', detail: 'red_1' }] })).toContain(
    'Reward given by <@U0SAM>, 6 days after.',
  )
  expect(back({ steps: [] })).toBe('Ada Lovelace is back: $64.20 today.')
  expect(back({ cameBack: null })).toBeNull()
})

// ------------------------------------------------------------------------------------------ whatever is put into it

const NAMES = [
  'a'.repeat(5_000),
  '👩‍👩‍👧‍👦'.repeat(500),
  'Z̷̢̛'.repeat(1_000),
  'مُحَمَّد '.repeat(300),
  'አበበ ቢቂላ',
  'Անահիտ Հովհաննիսյան',
  'İlham Əliyev',
  '*_~`<!channel>&'.repeat(400),
  '\u202e\u0000\n\n<@U0SAM>',
  '',
]

const KINDS = [
  'at_risk',
  'overdue',
  'tier_at_risk',
  'points_expiring',
  'payment_failed',
  'cancelling',
  'unhappy',
] as const

const extremes: AlertView[] = NAMES.flatMap((name) =>
  KINDS.flatMap((kind) =>
    (['open', 'snoozed', 'resolved'] as const).map((state) =>
      made({
        kind,
        state,
        member: { id: `mem_${'9'.repeat(26)}`, name, email: `${name}@example.org`, tier: { id: 'gold', name } },
        value: { amount: Number.MAX_SAFE_INTEGER, currency: 'usd' },
        reason: name.repeat(2),
        facts: { tier: 'gold', points: Number.MAX_SAFE_INTEGER },
        suggestion: { reward: 'r', name: name || 'x', cost: Number.MAX_SAFE_INTEGER, charge: 'member' },
        assignee: `api:${name}`,
        note: name,
        snoozedUntil: state === 'snoozed' ? new Date(NOW + 86_400_000).toISOString() : null,
        outcome: state === 'resolved' ? 'helped' : null,
        resolvedAt: state === 'resolved' ? new Date(NOW).toISOString() : null,
        steps: (['opened', 'assigned', 'snoozed', 'rewarded', 'resolved'] as const).map((did) => ({
          at: new Date(NOW).toISOString(),
          actor: `hubspot:${name}`,
          did,
          detail: null,
        })),
        cameBack: { at: new Date(NOW).toISOString(), amount: 1, currency: 'usd', daysAfter: 3_650 },
      }),
    ),
  ),
)

describe('whatever names, notes and figures are like', () => {
  test.each(LANGUAGES)('cards, lists, summaries and windows are within Slack’s limits (%s)', (language) => {
    const own = createWords({ language, program, now: NOW })
    for (const alert of extremes) {
      const card = alertCard(alert, own, { measured: { shown: 0.5, heldOut: 0.1 } })
      expect(checkMessage(card as never)).toEqual([])
      expect(tooLongInAll(card.blocks as never)).toBe(false)
      expect(checkView(resolveView(alert, own) as never)).toEqual([])
    }
    const long = extremes.slice(0, 10)
    const filter = { member: 'mem_1', cursor: '9'.repeat(400) }
    const said = listWords(filter, { who: '<@U0SAM>', name: 'x'.repeat(80), isMine: false }, own)
    const list = alertsList({ items: long, next: '9'.repeat(400) }, filter, said, own)
    expect(checkMessage(list as never)).toEqual([])
    expect(tooLongInAll(list.blocks as never)).toBe(false)
    const flood = {
      count: 10_000,
      atStake: { amount: Number.MAX_SAFE_INTEGER, currency: 'usd' },
      top: long.slice(0, 5),
    }
    expect(checkMessage(floodCard(flood, own, '$1') as never)).toEqual([])
  })

  test('nothing that was typed by others is alive', () => {
    for (const alert of extremes) {
      const dead = live(alertCard(alert, words)).filter((one) => !one.startsWith('<!date^'))
      expect(dead).toEqual([])
      // Of ours there is the moment when it ended.
      expect(alertLine(alert, words)).not.toMatch(/<(?!!date\^\d+\^)[!@#h]/)
    }
  })

  test('an id of another length than ours is no reason to say nothing', () => {
    const card = alertCard(made({ id: `alr_${'x'.repeat(300)}` }), words)
    expect(checkMessage(card as never)).toEqual([])
    expect(reads(card)).toContain('I’ll take it')
  })
})
