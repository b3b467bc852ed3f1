// What staff see when they do something for a member, with the most that can stand in it, against Slack's limits.
import { describe, expect, test } from 'vitest'
import { checkMessage, checkView } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import { liveIn } from '../../integrations/sandbox/doubles/slack/text-of.ts'
import { section } from '../../integrations/slack/blocks.ts'
import type { Message, Modal } from '../../integrations/slack/desk.ts'
import { refusalSentence } from '../../integrations/slack/refusals.ts'
import { adjusted, adjustView } from '../../integrations/slack/views/adjust.ts'
import { alreadyMember, enrolView, languageOptions, welcomed } from '../../integrations/slack/views/enrol.ts'
import { issueView, whoseReward } from '../../integrations/slack/views/issue-reward.ts'
import { actionView, chosenMessage, noted } from '../../integrations/slack/views/record-action.ts'
import { isPending, resultBlocks } from '../../integrations/slack/views/reward-result.ts'
import { rewardsList } from '../../integrations/slack/views/rewards-list.ts'
import { nobodyFound, pickList } from '../../integrations/slack/who.ts'
import type { AwardView, EntryView, MemberView, RedemptionView, RefusalCode, RewardView } from '../../src/app/ports.ts'
import { LANGUAGES, type Language } from '../../src/words/languages.ts'
import { createWords } from '../../src/words/words.ts'
import { makeProgram } from '../support/programs.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const AT = new Date(NOW).toISOString()
const NASTY = '<!channel> *_~`&<@U0SAM> <https://evil.test|win> \u202e'
/** The longest and oddest that may stand in a text. */
const TEXTS = {
  plain: 'Ada',
  empty: '',
  markup: NASTY.repeat(40),
  ampersands: '&'.repeat(3_000),
  long: 'x'.repeat(10_000),
  rightToLeft: 'شركة الأصدقاء المحدودة '.repeat(200),
  combining: `a${'\u0301'.repeat(9_000)}`,
  emoji: '👩‍👩‍👧‍👦'.repeat(1_000),
  ethiopic: 'አበበ '.repeat(2_000),
  surrogates: '\ud83d'.repeat(3_000),
}

const program = makeProgram({
  points: { name: { one: 'Treuepunkt', other: 'Treuepunkte' } },
  tiers: { levels: [{ id: 'gold', name: 'Gold', threshold: 0 }] },
  badges: [{ id: 'regular', name: 'Regular' }],
  causes: [{ id: 'trees', name: 'Trees' }],
  referral: { referrer: { points: 1 }, friend: { points: 1 } },
  earning: [
    { id: 'purchase', on: 'purchase' },
    ...Array.from({ length: 200 }, (_, n) => ({
      id: `act-${n}`,
      on: 'action' as const,
      action: `act-${n}`,
      points: 1e9,
    })),
  ],
})
const readerOf = (language: Language) => ({ words: createWords({ language, program, now: NOW }), program, now: NOW })
const english = readerOf('en')

const member = (text: string, over: Partial<MemberView> = {}): MemberView => ({
  id: 'mem_1',
  email: 'ada@example.org',
  name: text,
  phone: null,
  birthday: null,
  language: null,
  status: 'active',
  enrolledAt: AT,
  points: { available: -9e15, pending: 9e15, reserved: 0, earned: 0, redeemed: 0, expired: 0, nextExpiry: null },
  tier: { id: 'gold', name: text, since: AT, until: null, next: null },
  perks: [],
  spend: { total: 0, last12Months: 0, currency: 'usd' },
  purchases: 0,
  lastPurchaseAt: AT,
  segment: null,
  badges: [],
  challenges: [],
  referralCode: 'AAAAA-BBBBB',
  autoRedeem: null,
  retention: null,
  feedback: [],
  stripeCustomers: [],
  ...over,
})

const redemption = (text: string, over: Partial<RedemptionView> = {}): RedemptionView => ({
  id: 'red_1',
  member: 'mem_1',
  reward: 'a',
  name: text,
  kind: 'promotion_code',
  instructions: null,
  state: 'issued',
  charge: 'member',
  cost: 9e15,
  value: 9e15,
  points: 0,
  code: 'ADA-7F3K',
  expiresAt: AT,
  createdAt: AT,
  issuedAt: AT,
  endedAt: null,
  isEnding: false,
  reason: null,
  isRefused: false,
  usedBy: null,
  again: null,
  grant: null,
  partner: null,
  requestedBy: 'slack:U0SAM',
  decidedBy: null,
  decision: null,
  note: null,
  ...over,
})

const award = (text: string, n: number): AwardView => ({
  id: `mem_1.birthday.${n}`,
  occasion: 'action',
  rule: text,
  subject: text,
  at: AT,
  recordedAt: AT,
  state: 'open',
  points: 0,
  award: { points: 0, reward: null, badge: null, cause: null },
  options: Array.from({ length: 50 }, () => ({ points: 9e15, reward: text || 'a', badge: 'regular', cause: 'trees' })),
  chosen: 0,
})

const entry = (text: string): EntryView => ({
  seq: 1,
  at: AT,
  recordedAt: AT,
  kind: 'earn',
  points: 9e15,
  balance: 0,
  code: 'action',
  reason: text || 'x',
  source: 's',
  actor: 'a',
  note: null,
})

const rewards = (text: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    id: `reward-${n}`,
    name: text || 'x',
    cost: 9e15,
    kind: 'manual' as const,
    left: null,
    available: true,
    refusal: null,
    balanceAfter: -9e15,
    forHouse: null,
  }))

const catalogue = (text: string, count: number): RewardView[] =>
  makeProgram({
    rewards: [{ id: 'a', name: 'A', cost: 1, fulfil: { kind: 'manual' } }],
  }).rewards.flatMap((reward) =>
    Array.from({ length: count }, (_, n) => ({
      ...reward,
      id: `r${n}`,
      name: text || 'x',
      left: 3,
      open: true,
      tiers: ['gold'],
    })),
  )

const STATES = ['reserved', 'awaiting_approval', 'issued', 'used', 'expired', 'cancelled'] as const
const KINDS = ['promotion_code', 'credit', 'manual', 'donation'] as const

/** `banner`: a sentence of ours, escaped where it is made. */
function views(text: string, banner: string | null = text || null, reader = english): Record<string, Modal> {
  const data = {
    member: member(text),
    open: [],
    alert: `alr_${'x'.repeat(200)}`,
    banner,
    note: text,
    why: text,
    leftToday: 9e15,
    turn: 7,
  }
  const open = STATES.flatMap((state) => [redemption(text, { state }), redemption(text, { state, isEnding: true })])
  const choices = Array.from({ length: 40 }, (_, n) => award(text, n))
  const many = { available: 1, rewards: rewards(text, 300) }
  const none = { available: 1, rewards: [] }
  const typed = { email: text, name: text, phone: text, birthday: text, language: 'am', referredBy: text, banner }
  const action = { member: member(text), action: 'feedback', score: 'stars:3', said: text, choices, banner }
  return {
    issue: issueView({ ...data, rewards: many, charge: 'member', reward: 'reward-7' }, reader),
    present: issueView({ ...data, open, rewards: many, charge: 'house', reward: null }, reader),
    nothing: issueView({ ...data, rewards: none, charge: 'member', reward: null }, reader),
    whose: whoseReward(reader, banner, 'a'),
    adjust: adjustView({ member: member(text), points: text, reason: text, banner }, reader),
    adjustWho: adjustView({ member: null, points: null, reason: null, banner: null }, reader),
    enrol: enrolView(typed, reader),
    action: actionView(action, reader),
    actionWho: actionView({ member: null, action: null, score: null, said: null, choices: [], banner: null }, reader),
  }
}

const card = { text: 'x', blocks: [section('x')] }

function messages(text: string, reader = english): Record<string, Message> {
  const goOn = { action: 'reward.open', value: (id: string) => JSON.stringify({ member: id, reason: 'x'.repeat(500) }) }
  const several = Array.from({ length: 10 }, (_, n) => member(text, { id: `mem_${n}` }))
  const choices = Array.from({ length: 40 }, (_, n) => award(text, n))
  return {
    pick: pickList({ members: several, more: true }, text, reader.words, goOn),
    none: nobodyFound(several.slice(0, 3), text, reader.words, goOn),
    adjusted: adjusted(entry(text), member(text), text, reader),
    welcomed: welcomed(member(text), text, card, reader),
    already: alreadyMember(member(text), card, reader),
    noted: noted(entry(text), member(text), choices, reader),
    chosen: chosenMessage(award(text, 1), member(text), [award(text, 2)], reader),
    rewards: rewardsList(catalogue(text, 500), reader),
    ...Object.fromEntries(
      STATES.flatMap((state) =>
        KINDS.map((kind) => [`${state} ${kind}`, { text: 'x', blocks: result(text, state, kind, reader) }]),
      ),
    ),
  }
}

function result(text: string, state: (typeof STATES)[number], kind: (typeof KINDS)[number], reader: typeof english) {
  const one = redemption(text, { state, kind, instructions: text, reason: text, isRefused: true })
  const data = { redemption: one, member: member(text), message: text, banner: null, alertChannel: text || null }
  return resultBlocks({ ...data, isAnotherOffered: true }, reader)
}

describe.each(Object.entries(TEXTS))('with a text that is %s', (_, text) => {
  test.each(Object.entries(views(text)))('the window %s is one that Slack takes', (_name, view) => {
    expect(checkView(view as never)).toEqual([])
  })

  test.each(Object.entries(messages(text)))('the message %s is one that Slack takes', (_name, message) => {
    expect(checkMessage(message as never)).toEqual([])
  })
})

test.each(LANGUAGES)('staff who read %s are shown what Slack takes', (language) => {
  const reader = readerOf(language)
  const problems = [
    ...Object.values(views('Ada', 'x', reader)).flatMap((view) => checkView(view as never)),
    ...Object.values(messages('Ada', reader)).flatMap((message) => checkMessage(message as never)),
  ]
  expect(problems).toEqual([])
})

test('nothing in a name, a reward or a note calls anybody or leads anywhere', () => {
  expect(Object.values(messages(NASTY)).flatMap((message) => liveIn(message as never))).toEqual([])
  const windows = Object.values(views(NASTY, null))
  expect(windows.flatMap(({ blocks }) => liveIn({ blocks: blocks as never }))).toEqual([])
})

test('a long list of rewards says how many more there are', () => {
  const { blocks } = rewardsList(catalogue('Tote', 500), english)
  expect(JSON.stringify(blocks)).toContain('440 more rewards.')
})

test('every language that can be chosen is there once, under its own name', () => {
  const options = languageOptions()
  expect(new Set(options.map(({ value }) => value)).size).toBe(options.length)
  expect(options.slice(0, 5).map(({ value }) => value)).toEqual(['en', 'am', 'hy', 'az', 'sw'])
  expect(options.every(({ text, value }) => text.text !== value)).toBe(true)
})

test('what Stripe has to do first is waited for, and nothing else', () => {
  const pending = STATES.flatMap((state) =>
    KINDS.filter((kind) => isPending(redemption('x', { state, kind }))).map((kind) => `${state} ${kind}`),
  )
  expect(pending).toEqual(['reserved promotion_code', 'reserved credit'])
  expect(isPending(redemption('x', { isEnding: true }))).toBe(true)
})

const CODES: RefusalCode[] = [
  'invalid_request',
  'not_found',
  'idempotency_conflict',
  'conflict',
  'member_inactive',
  'unknown_reward',
  'reward_closed',
  'not_eligible',
  'redeeming_frozen',
  'limit_reached',
  'out_of_stock',
  'insufficient_points',
  'staff_limit',
  'forbidden',
]
test.each(CODES)('%s is a whole sentence, of rewards and of other things', (code) => {
  for (const about of ['reward', 'other'] as const) {
    const sentence = refusalSentence(english.words, { code, message: 'You can have this once' }, about)
    expect(sentence).toMatch(/^[A-Z].*[.”]$/)
    expect(sentence).not.toMatch(/_|undefined|!/)
  }
})
