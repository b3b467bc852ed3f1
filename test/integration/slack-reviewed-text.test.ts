// Whatever stands in names, notes, reasons and the program: nobody is pinged, nothing leads anywhere, and Slack takes every block.
import { afterEach, describe, expect, test } from 'vitest'
import { messagesSeenBy, seenView } from '../../integrations/sandbox/doubles/slack/sight.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { createDesk, type LoyaltyDesk, PEOPLE, startSlack } from '../support/slack.ts'
import { alertsOn } from '../support/slack-alerts.ts'

const slack = startSlack()

const EVIL: Record<string, string> = {
  mentions: '<!channel> <!here> <@U0NOA> <#C0RANDOM> <!subteam^S0ISSUERS> @channel @here',
  links: '<https://evil.example|Click> https://evil.example [x](https://evil.example) evil.example <mailto:a@b.c|d>',
  markup: '*b* _i_ ~s~ `c` ```block``` > quote &lt;!channel&gt; &amp;lt; \\<',
  'right to left': '\u202e<!channel>\u202c שלום مرحبا \u2067x\u2069',
  combining: `Z${'\u0301'.repeat(150)}e\u0308 👩‍👩‍👧‍👦🏳️‍🌈 अनुच्छेद አበበ Հայկ`,
  braces: "{name} {0, plural, one {x}} '{' <b>bold</b> # $ %s ''",
  newlines: 'a\nb\r\n<!channel>\tc\u2028d',
  long: `<!channel> ${'&<>*'.repeat(40)}`,
}

const oneLine = (text: string): string => text.replace(/[\n\r\t\u2028]/g, ' ')

const programOf = (evil: string): Partial<ProgramInput> => ({
  name: oneLine(evil).slice(0, 78).trim(),
  purpose: oneLine(evil).slice(0, 190).trim(),
  causes: [{ id: 'trees', name: evil.slice(0, 60).trim() }],
  badges: [{ id: 'regular', name: evil.slice(0, 60).trim(), icon: '🏅' }],
  campaigns: [
    { id: 'c', name: evil.slice(0, 60).trim(), from: '2026-11-01', to: '2026-12-31', on: 'purchase', multiplier: 2 },
  ],
  tiers: {
    levels: [
      { id: 'insider', name: evil.slice(0, 50).trim(), threshold: 0 },
      { id: 'vib', name: `${evil.slice(0, 50)} 2`, threshold: 90_000 },
    ],
  },
  earning: [
    { id: 'purchase', on: 'purchase', points: 1, per: 1 },
    { id: 'review', on: 'action', action: 'review', points: 5 },
  ],
  rewards: [
    { id: 'tote', name: `${evil.slice(0, 60)} tote`, cost: 600, fulfil: { kind: 'manual', instructions: evil } },
    { id: 'ten', name: `${evil.slice(0, 60)} ten`, cost: 100, fulfil: { kind: 'promotion_code', amountOff: 10 } },
    {
      id: 'tree',
      name: `${evil.slice(0, 60)} tree`,
      cost: 100,
      fulfil: { kind: 'donation', cause: 'trees', amount: 2 },
    },
  ],
})

const OURS = [
  /^<@U0(?!NOA)[A-Z]+>$/,
  /^<#C0(?!RANDOM)[A-Z]+>$/,
  /^<https:\/\/(dashboard\.stripe\.com|app\.hubspot\.com)\/[\w/-]+(\|[^|>]*)?>$/,
]

let seen: string[] = []
afterEach(() => {
  seen = []
})

/** Everything that stands anywhere now. */
function look(desk: LoyaltyDesk): void {
  const { workspace } = desk.slack
  for (const user of Object.values(PEOPLE))
    for (const { live, reads } of messagesSeenBy(workspace, user)) {
      seen.push(reads)
      expect(
        live.filter((one) => !OURS.some((own) => own.test(one))),
        reads,
      ).toEqual([])
    }
  for (const view of Object.values(workspace.views)) {
    if (view === undefined) continue
    const { live, reads } = seenView(workspace, view)
    seen.push(reads)
    expect(
      live.filter((one) => !OURS.some((own) => own.test(one))),
      reads,
    ).toEqual([])
  }
  const refused = desk.slack.calls
    .filter(({ error }) => error !== null)
    .map(({ method, error, args }) => [method, error, JSON.stringify(args).slice(0, 3_000)])
  expect(refused).toEqual([])
  expect(desk.logs.filter(({ level }) => level === 'error')).toEqual([])
}

const CASES = [
  ...Object.entries(EVIL).map(([kind, evil]) => [kind, 'en', evil] as const),
  ...['am', 'hy', 'az', 'sw'].map((language) => ['markup', language, EVIL.markup ?? ''] as const),
]

describe.each(CASES)('%s, for staff who read %s', (_, language, evil) => {
  test('in everything that can be written', { timeout: 60_000 }, async () => {
    const desk = await createDesk(slack, {
      program: { ...programOf(evil), staff: { approvalAbovePoints: 50, dailyLimitPoints: 100_000 } },
      members: [
        { email: 'ada@example.org', name: evil.slice(0, 190) },
        { email: 'bo@example.org', name: `${evil.slice(0, 150)} b` },
      ],
    })
    for (const person of ['sam', 'ana', 'ada', 'vic', 'noa'] as const)
      await desk.command(person, `/loyalty language ${language}`)
    await desk.buys('ada', 2_000)
    const alerts = await alertsOn(desk)
    await alerts.open('ada', { reason: evil } as never)
    await desk.flush()
    const lines = [
      'ada@example.org',
      evil.replace(/[\n\r]/g, ' '),
      `lookup ${evil.replace(/[\n\r]/g, ' ')}`,
      'alerts',
      'top',
      'report',
      'rewards',
      'help',
      `language ${evil.replace(/[\n\r]/g, ' ')}`,
      'approvals',
      `report ${evil.replace(/[\n\r]/g, ' ')}`,
      `reward ada@example.org ${evil.replace(/[\n\r]/g, ' ')}`,
      `action ada@example.org ${evil.replace(/[\n\r]/g, ' ')}`,
      `enrol cy@example.org ${evil.replace(/[\n\r]/g, ' ')}`,
      `adjust ada@example.org +5 ${evil.replace(/[\n\r]/g, ' ')}`,
      `adjust ada@example.org +500 ${evil.replace(/[\n\r]/g, ' ')}`,
      'reward ada@example.org',
      'action ada@example.org review',
      `adjust ${evil.replace(/[\n\r]/g, ' ')} +5 x`,
      `top ${evil.replace(/[\n\r]/g, ' ')}`,
    ]
    for (const line of lines) {
      await desk.command('sam', `/loyalty ${line}`)
      look(desk)
    }
    await desk.command('ana', '/loyalty approvals')
    look(desk)
    await desk.command('ada', '/loyalty reward ada@example.org')
    const reward = desk.window('ada')
    if (reward?.submit) await desk.submit('ada', { 'reward-0': 'ten', note: evil, why: evil })
    look(desk)
    await desk.command('ada', '/loyalty reward ada@example.org')
    await desk.press('ada', 'reward.charge', undefined, { selectedOption: 'house' })
    look(desk)
    await desk.submit('ada', { 'reward-1': 'tote', note: evil, why: evil })
    await desk.flush()
    look(desk)
    for (const person of ['sam', 'ana', 'ada', 'vic', 'noa'] as const) {
      await desk.openHome(person)
      look(desk)
    }
    await desk.command('ada', '/loyalty ada@example.org')
    await desk.press('ada', 'member.history')
    look(desk)
    await desk.press('ana', 'approval.reject', desk.channel('approvals')[0])
    await desk.submit('ana', { why: evil })
    await desk.flush()
    look(desk)
    await desk.press('ana', 'approval.approve', desk.channel('approvals')[1])
    await desk.flush()
    look(desk)
    await desk.press('sam', 'member.share')
    look(desk)
    expect(seen.length).toBeGreaterThan(300)
  })
})
