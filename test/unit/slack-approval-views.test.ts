// Cards, lists and messages about what waits for approval: in words, and within Slack's limits whatever is put into them.
import { describe, expect, test } from 'vitest'
import { checkMessage, checkView } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import type { Json } from '../../integrations/sandbox/doubles/slack/json.ts'
import { liveIn, textOf } from '../../integrations/sandbox/doubles/slack/text-of.ts'
import type { Message } from '../../integrations/slack/desk.ts'
import { approvalCard, approvalLine, approvalsList, rejectView, span } from '../../integrations/slack/views/approval.ts'
import { type NoticeStage, refusedNotice, requesterNotice } from '../../integrations/slack/views/requester-notice.ts'
import type { ApprovalView } from '../../src/app/ports/approvals.ts'
import { LANGUAGES } from '../../src/words/languages.ts'
import { createWords } from '../../src/words/words.ts'
import { ada, fiveOff, waitingApproval } from '../support/http-fake-app.ts'
import { makeProgram } from '../support/programs.ts'

const NOW = Date.parse('2026-11-22T12:30:00Z')
const program = makeProgram()
const words = createWords({ language: 'en', program, now: NOW })
const reads = ({ blocks }: Message): string => textOf(blocks as unknown as Json[])
const live = (message: Message): string[] => liveIn(message as unknown as { text: string; blocks: Json[] })

const decision = { verdict: 'approved' as const, at: '2026-11-22T09:33:10.000Z', why: null }
const made = (over: Partial<ApprovalView> = {}): ApprovalView => ({ ...waitingApproval, ...over })
const reward = (over: Partial<ApprovalView> = {}): ApprovalView =>
  made({ id: 'red_1', kind: 'reward', reward: '$5 off', redemption: { ...fiveOff, state: 'reserved' }, ...over })

describe('a card', () => {
  test.each<[string, ApprovalView, string]>([
    ['points', made(), '🙋 @U0SAM asks to give *1,500 points* to *Ada Lovelace*.'],
    ['a reward', reward(), '🙋 @U0SAM asks to give *$5 off*, worth 1,500 points, to *Ada Lovelace*.'],
    ['what HubSpot asked', made({ requestedBy: 'hubspot:jo@shop.test' }), '🙋 jo@shop.test asks'],
    ['no reason', made({ why: null }), 'No reason was given.'],
    [
      'approved',
      made({ state: 'approved', decidedBy: 'slack:U0ANA', decision }),
      '✅ Approved by @U0ANA, 3 minutes after.',
    ],
    [
      'rejected',
      made({
        state: 'rejected',
        decidedBy: 'slack:U0ANA',
        decision: { ...decision, verdict: 'rejected', why: 'Too *much*' },
      }),
      'Rejected by @U0ANA, 3 minutes after.  “Too',
    ],
    [
      'cancelled',
      made({ state: 'cancelled', reason: 'Cancelled by staff' }),
      'Cancelled before anybody decided: staff took it back.',
    ],
    [
      'erased',
      made({ state: 'cancelled', reason: null, member: { id: 'm', name: null, email: null } }),
      'for *somebody who was erased*',
    ],
    [
      'refused by Stripe',
      reward({
        state: 'approved',
        decidedBy: 'slack:U0ANA',
        decision,
        reason: 'No such coupon.',
        redemption: { ...fiveOff, state: 'cancelled', isRefused: true },
      }),
      'Stripe would not make it: No such coupon. Points and stock are as they were.',
    ],
  ])('says %s', (_, approval, said) => {
    expect(reads(approvalCard(approval, { words, given: null }))).toContain(said)
  })

  test('of what is decided has nothing to press', () => {
    const card = approvalCard(made({ state: 'approved', decidedBy: 'slack:U0ANA', decision }), { words, given: null })
    expect(card.blocks.map(({ type }) => type)).toEqual(['section', 'context'])
  })

  test.each([
    [0, 'within a minute'],
    [59_999, 'within a minute'],
    [60_000, '1 minute after'],
    [3_599_999, '59 minutes after'],
    [3_600_000, '1 hour after'],
    [86_400_000 * 3, '3 days after'],
    [-5_000, 'within a minute'],
  ])('after %i ms says %s', (ms, said) => {
    expect(span('after', ms, words)).toBe(said)
  })
})

test('a line is fit for lists, the digest and Home', () => {
  expect(textOf([{ type: 'section', text: { type: 'mrkdwn', text: approvalLine(reward(), words) } }])).toBe(
    '*$5 off* for Ada Lovelace, asked for by @U0SAM today',
  )
})

describe('whatever is put into them', () => {
  const LONG = [
    'x'.repeat(10_000),
    '<!channel> <@U0ANA> <https://evil.test|click> *bold* `code` & '.repeat(200),
    'مرحبا بالعالم '.repeat(800),
    '\u202eevil\u202c '.repeat(900),
    `Z${'\u0301'.repeat(9_000)}`,
    '👩‍👩‍👧‍👦'.repeat(900),
    'አበበ Հայկ İlham '.repeat(700),
    ' ',
  ]
  const hostile = (text: string, over: Partial<ApprovalView> = {}): ApprovalView =>
    reward({
      id: `red_${'a'.repeat(40)}`,
      member: { id: 'mem_1', name: text, email: text },
      reward: text,
      why: text,
      requestedBy: `hubspot:${text}`,
      points: Number.MAX_SAFE_INTEGER,
      decidedBy: `hubspot:${text}`,
      reason: text,
      ...over,
    })
  const STATES: readonly Partial<ApprovalView>[] = [
    { state: 'waiting' },
    { state: 'approved', decision: { ...decision, why: 'x'.repeat(10_000) } },
    { state: 'approved', decision, redemption: { ...fiveOff, state: 'cancelled', isRefused: true } },
    { state: 'rejected', decision: { ...decision, verdict: 'rejected', why: '<!here> '.repeat(2_000) } },
    { state: 'cancelled' },
  ]
  const STAGES: readonly NoticeStage[] = ['approved', 'rejected', 'cancelled', 'ended', 'refused', 'late']

  test.each(LONG.map((text) => [text.slice(0, 24), text] as const))(
    '%s…: Slack takes it, and nobody is called',
    (_, text) => {
      const given = { points: 1e15, limit: 1e15 }
      const member = { ...ada, name: text, email: text }
      const items = Array.from({ length: 50 }, (_one, n) => hostile(text, { id: `red_${n}` }))
      const messages = STATES.flatMap((state) => {
        const approval = hostile(text, state)
        const notices = STAGES.map((stage) =>
          requesterNotice(
            { stage, approval, redemption: { ...fiveOff, name: text, code: text }, member, message: text },
            { words, program },
          ),
        )
        return [approvalCard(approval, { words, given }), refusedNotice(approval, 10_000, words), ...notices]
      })
      for (const hasMore of [true, false])
        messages.push(
          approvalsList({ items: items.slice(0, 15), hasMore }, { words, actor: 'slack:U0ADA', banner: null }),
        )
      for (const message of messages) {
        expect(checkMessage(message)).toEqual([])
        expect(live(message)).toEqual([])
      }
      const view = rejectView(hostile(text), { id: hostile(text).id, from: 'message' }, words)
      expect(checkView(view)).toEqual([])
    },
  )

  test('a list of very long ones says that there are more', () => {
    const items = Array.from({ length: 15 }, (_, n) => hostile('<&> '.repeat(500), { id: `red_${n}` }))
    expect(reads(approvalsList({ items, hasMore: false }, { words, actor: 'slack:U0ADA', banner: null }))).toContain(
      'There are more',
    )
  })

  test('what is called so mentions whoever asked and decided, and nobody else', () => {
    const card = approvalCard(
      made({
        why: '<!channel> <@U0EVIL>',
        state: 'approved',
        decidedBy: 'slack:U0ANA',
        decision,
        member: { id: 'm', name: '<!here>', email: null },
      }),
      { words, given: null },
    )
    expect(live(card).toSorted()).toEqual(['<@U0ANA>', '<@U0SAM>'])
  })
})

test.each(LANGUAGES)('is said in %s', (language) => {
  const own = createWords({ language, program, now: NOW })
  for (const approval of [made(), reward(), reward({ state: 'approved', decidedBy: 'slack:U0ANA', decision })])
    expect(checkMessage(approvalCard(approval, { words: own, given: { points: 1, limit: 2 } }))).toEqual([])
})
