// Everything that Slack may send, and much that it never would, rightly signed: each is acknowledged or refused in words,
// nothing escapes, Slack is never asked for what it refuses, and the books stay right. `FUZZ_RUNS`, `FUZZ_SEED` for more.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChance, pump } from '../support/load.ts'
import { levels } from '../support/programs.ts'
import { createDesk, type LoyaltyDesk, startSlack } from '../support/slack.ts'
import { openDoor } from '../support/slack-door.ts'
import { type FuzzScene, slackBody } from './slack-bodies.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 1_500)
const SEED = Number(process.env.FUZZ_SEED ?? 1)
const IN_FLIGHT = 8

const program = {
  tiers: { levels: levels(['base', 0], ['gold', 50]) },
  rewards: [
    {
      id: 'gift',
      name: 'A <gift> & *more*',
      cost: 0,
      fulfil: { kind: 'manual' as const, instructions: 'Hand it over' },
    },
    { id: 'five-off', name: '$5 off', cost: 30, fulfil: { kind: 'promotion_code' as const, amountOff: 5 } },
  ],
  earning: [
    { id: 'purchase', on: 'purchase' as const },
    { id: 'review', on: 'action' as const, action: 'review', points: 5 },
  ],
}
const MEMBERS = [
  'ada',
  { email: 'abebe@example.org', name: 'አበበ <!channel> & ቢቂላ' },
  { email: 'ilham@example.org', name: `İlham ${'Əliyev'.repeat(30)}` },
]

const slack = startSlack()

describe(`Slack’s door (seed ${SEED})`, () => {
  let desk: LoyaltyDesk
  const escaped: unknown[] = []
  const onEscape = (error: unknown): void => void escaped.push(error)
  beforeAll(async () => {
    desk = await createDesk(slack, { members: MEMBERS, program })
    for (const { email } of MEMBERS.slice(1) as { email: string }[]) await desk.buys(email, 400)
    await desk.buys('ada', 400)
    process.on('unhandledRejection', onEscape)
    process.on('uncaughtException', onEscape)
  })
  afterAll(async () => {
    process.off('unhandledRejection', onEscape)
    process.off('uncaughtException', onEscape)
    await desk.close()
  })

  test(
    `${RUNS} requests are acknowledged or refused, and nothing else happens`,
    async () => {
      const chance = createChance(SEED)
      const door = await openDoor({ app: desk.app, clock: desk.clock })
      const members = await Promise.all(MEMBERS.map((one) => desk.member(typeof one === 'string' ? one : one.email)))
      const scene: FuzzScene = { workspace: desk.slack.workspace, now: desk.clock.at, ids: members.map(({ id }) => id) }
      const seen = new Map<string, number>()
      await pump(Array.from({ length: RUNS }), IN_FLIGHT, async () => {
        const { body, type } = slackBody(scene, chance)
        const { status, text } = await door.send(body, { type })
        const what = status === 200 ? kindOf(text) : `${status} ${JSON.parse(text).code}`
        expect(['acknowledged', 'answered', '400 invalid_request'], `${what}: ${String(body).slice(0, 500)}`).toContain(
          what,
        )
        seen.set(what, (seen.get(what) ?? 0) + 1)
        await door.settled()
      })
      await desk.settled()
      expect(escaped).toEqual([])
      const faults = door.lines.filter(({ level }) => level === 'error')
      expect([...new Set(faults.map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`))]).toEqual([])
      expect(refusedByFault(desk)).toEqual([])
      expect(badlySaid(desk)).toEqual([])
      expect({}).not.toHaveProperty('polluted')
      expect((await desk.app.verify()).discrepancies).toEqual([])
      expect([...seen.keys()].toSorted()).toEqual(['400 invalid_request', 'acknowledged', 'answered'])
    },
    60_000 + RUNS * 60,
  )
})

const kindOf = (text: string): string =>
  text === '' ? 'acknowledged' : typeof JSON.parse(text) === 'object' ? 'answered' : text

/** Windows that are shut, triggers that are over, response_urls that never were, and channels without us or them. */
const EXPECTED = new Set([
  'not_found',
  'expired_trigger_id',
  'exchanged_trigger_id',
  'invalid_trigger_id',
  'invalid_url',
  'user_not_found',
  'cannot_dm_bot',
  'not_in_channel',
  'user_not_in_channel',
  'channel_not_found',
])

function refusedByFault({ slack: { calls } }: LoyaltyDesk): string[] {
  const faults = calls.filter(({ error }) => error !== null && !EXPECTED.has(error))
  return [
    ...new Set(faults.map(({ method, error, args }) => `${method} ${error} ${JSON.stringify(args).slice(0, 300)}`)),
  ].slice(0, 5)
}

/** What nobody should ever read. */
function badlySaid({ slack: { workspace } }: LoyaltyDesk): string[] {
  const all = workspace.messages.map(
    ({ text, blocks }) => `${text} ${JSON.stringify(blocks.map(({ block_id: _, ...block }) => block))}`,
  )
  return all.filter((said) => /\bundefined\b|\bNaN\b|\[object |"text":"[^"]*mem_/.test(said)).slice(0, 3)
}
