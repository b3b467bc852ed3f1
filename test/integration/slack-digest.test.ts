// The morning digest, from the clock to the channel: what it says, and that a day is told once whatever happens.
import { describe, expect, test } from 'vitest'
import { checkMessage } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import type { SlackCalls } from '../../integrations/slack/calls.ts'
import { deliverDigest } from '../../integrations/slack/deliver-digest.ts'
import type { Deliverer, DeliveryOutcome, OutboxRow } from '../../src/app/ports.ts'
import { createDigestClock } from '../../src/compose/digest-clock.ts'
import { createWords } from '../../src/words/words.ts'
import { CHANNELS, createDesk, type DeskOptions, type LoyaltyDesk, startSlack } from '../support/slack.ts'
import { createShop } from '../support/slack-alerts.ts'
import { memoryStore } from '../support/world.ts'

const slack = startSlack()
const DAY_MS = 86_400_000
const ROW: OutboxRow = {
  id: 1,
  kind: 'slack.digest',
  key: '2026-11-22',
  payload: {},
  revision: 1,
  tries: 0,
  state: 'waiting',
  reason: null,
  dueAt: 1,
  createdAt: 1,
}
const HOUR_MS = 3_600_000
/** A Sunday, three hours after the program's hour. */
const NOW = Date.UTC(2026, 10, 22, 12)

/** Purchases so many days ago. */
const SALES = [
  [80, 'ada', 40],
  [50, 'ada', 20],
  [50, 'bob', 30],
  [20, 'ada', 10],
  [9, 'bob', 12],
  [3, 'ada', 100],
  [1, 'bob', 5],
] as const

async function sell(desk: LoyaltyDesk): Promise<void> {
  const now = desk.clock.at
  for (const [days, who, amount] of SALES) {
    desk.clock.at = now - days * DAY_MS
    await desk.buys(who, amount)
  }
  desk.clock.at = now
}

async function shop(options: DeskOptions = {}): Promise<LoyaltyDesk> {
  const desk = await createDesk(slack, { members: ['ada', 'bob'], now: NOW, ...options })
  await sell(desk)
  return desk
}

/** The clock's minute, and what it brings. */
async function minute(desk: LoyaltyDesk): Promise<void> {
  await createDigestClock({ app: desk.app, clock: desk.clock })()
  await desk.flush()
}

const digests = (desk: LoyaltyDesk) => desk.channel('alerts').filter(({ reads }) => reads.startsWith('Test Club, '))
const waiting = async (desk: LoyaltyDesk) =>
  (await desk.store.outboxPage({ limit: 50, after: 0 })).filter(({ kind }) => kind === 'slack.digest')

describe('the digest', () => {
  test('tells the week’s numbers beside the week before, who came back, and how things are', async () => {
    const desk = await shop()
    await minute(desk)
    const [digest] = digests(desk)
    expect(digest?.reads.split('\n')).toEqual([
      'Test Club, November 22, 2026',
      '*Points earned*',
      '105 in seven days',
      '▲ 775% on the week before',
      '5 yesterday',
      '*Points redeemed*',
      '0 in seven days',
      'as in the week before',
      '0 yesterday',
      '*Members who bought*',
      '2 in seven days',
      '▲ 100% on the week before',
      '1 yesterday',
      'Of those who bought in September 2026, 100% bought again in October 2026.',
      '—',
      'Nobody is about to leave, as far as can be seen.',
      'Nothing waits for approval.',
      // They go out beside it.
      expect.stringMatching(/^HubSpot: ((2 contacts are|one contact is) on the way|up to date)$/),
    ])
    expect(digest?.text).toBe(
      'Test Club, November 22, 2026: 105 points earned, 0 redeemed, 2 members bought in the last seven days',
    )
    expect(checkMessage({ text: digest?.text ?? '', blocks: digest?.blocks ?? [] })).toEqual([])
  })

  test('draws who came back over the months, and the last of them in words', async () => {
    const desk = await shop()
    const now = desk.clock.at
    for (const days of [110, 140, 170]) {
      desk.clock.at = now - days * DAY_MS
      await desk.buys('bob', 9)
    }
    desk.clock.at = now
    await minute(desk)
    const blocks = digests(desk)[0]?.blocks ?? []
    const drawn = blocks.find(({ type }) => type === 'data_visualization')
    expect(drawn).toMatchObject({
      title: 'Who came back, by month',
      chart: {
        type: 'line',
        axis_config: { categories: ['Jul 2026', 'Aug 2026', 'Sep 2026', 'Oct 2026'], y_label: '%' },
      },
    })
    expect(digests(desk)[0]?.reads).toContain('bought again in October 2026; the month before it was')
  })

  test('has the five alerts with the most at stake, each with a button, and says that there are more', async () => {
    const made = await createShop(slack, { now: NOW })
    const { desk } = made
    const names = ['ada', 'bob', 'cyd', 'dee', 'eli', 'fay']
    for (const [n, name] of names.entries()) {
      await desk.enrol({ email: `${name}.x@example.org`, name: `<!channel> ${name}` })
      await made.open(`${name}.x@example.org`, { valueMinor: 10_000 * (n + 1) })
    }
    await minute(desk)
    const [digest] = desk.channel('alerts').filter(({ reads }) => reads.includes('Most at stake'))
    expect(digest?.reads.match(/(?<=> )\w{3}(?= )/g)).toEqual(['fay', 'eli', 'dee', 'cyd', 'bob'])
    expect(digest?.reads).toContain('One more alert is open')
    expect(digest?.live).toEqual([])
    await desk.press('vic', 'alert.show:0', digest)
    expect(desk.reads('vic')).toContain('fay')
  })

  test('says of how many more it knows, however many are open', async () => {
    const made = await createShop(slack, { now: NOW })
    for (let n = 0; n < 12; n++) {
      await made.desk.enrol({ email: `m${n}@example.org`, name: `Member ${n}` })
      await made.open(`m${n}@example.org`, { valueMinor: 10_000 + n })
    }
    await minute(made.desk)
    const [digest] = made.desk.channel('alerts').filter(({ reads }) => reads.includes('alerts are open'))
    expect(digest?.reads).toContain('At least 7 more alerts are open: `/loyalty alerts`')
    expect(digest?.reads.match(/Member \d+/g)).toHaveLength(5)
  })

  test('an empty shop is told so, without figures', async () => {
    const desk = await createDesk(slack, { now: NOW, settings: { isHubspotConnected: false } })
    await minute(desk)
    expect(digests(desk)[0]?.reads.split('\n').slice(1)).toEqual([
      'Nobody has bought yet. The numbers come with the first purchase.',
      'Who comes back is shown once customers have bought in two months in a row.',
      '—',
      'Nobody is about to leave, as far as can be seen.',
      'Nothing waits for approval.',
    ])
  })

  test('says whom HubSpot refuses since when, and an administrator sees why', async () => {
    const hubspot: Deliverer = {
      vendor: 'hubspot',
      kinds: ['hubspot.contact'],
      deliver: async (): Promise<DeliveryOutcome> => ({ kind: 'refused', reason: 'Property values were not valid' }),
    }
    const desk = await createDesk(slack, { now: NOW - DAY_MS, deliverers: [hubspot] })
    const ada = await desk.enrol('ada')
    await desk.app.noteContacts([{ member: ada.id, did: 'refused', record: '17', reason: 'Not a *valid* name' }])
    await desk.settled()
    desk.clock.at = NOW
    await minute(desk)
    expect(digests(desk)[0]?.reads).toContain('HubSpot has been refusing one contact since yesterday')
    await desk.press('vic', 'See why', digests(desk)[0])
    expect(desk.reads('vic')).toBe('Only administrators of the program may do this.')
    await desk.press('ada', 'See why', digests(desk)[0])
    expect(desk.reads('ada')).toContain('*Ada*: Not a')
    expect(desk.reads('ada')).toContain('[ Open in HubSpot ]')
    await desk.press('ada', 'Try again')
    expect(desk.reads('ada')).toBe('It is tried again.')
  })
})

describe('a day is told once', () => {
  test('however often the clock ticks, the server starts, and the row is delivered', async () => {
    const desk = await shop()
    for (let n = 0; n < 3; n++) await minute(desk)
    expect(digests(desk)).toHaveLength(1)
    expect(await waiting(desk)).toEqual([])
    desk.clock.at += DAY_MS
    await minute(desk)
    expect(digests(desk).map(({ reads }) => reads.split('\n')[0])).toEqual([
      'Test Club, November 22, 2026',
      'Test Club, November 23, 2026',
    ])
  })

  test('of two processes one posts it', async () => {
    const store = await memoryStore()
    const one = await createDesk(slack, { now: NOW, store, members: ['ada'] })
    await one.app.queueDigest('2026-11-22')
    const [row] = await waiting(one)
    const two = await createDesk(slack, { now: NOW, store })
    // Both are about to deliver the same row, the second while the first posts it.
    two.slack.script({ method: 'chat.postMessage', kind: 'slow', ms: 200 })
    await Promise.all([two.settled(), one.app.drainOutbox()])
    await two.flush(6 * 60_000)
    expect(row?.key).toBe('2026-11-22')
    expect(digests(two)).toHaveLength(1)
    expect(await waiting(two)).toEqual([])
  })

  test('what stands in the channel already is not posted again', async () => {
    const desk = await shop()
    await desk.app.notePosted([
      { subject: 'digest:2026-11-22', channel: CHANNELS.alerts, message: '1.2', shown: 'digest', at: NOW },
    ])
    await minute(desk)
    expect(digests(desk)).toEqual([])
    expect(await waiting(desk)).toEqual([])
  })

  test('while Slack is down it waits, and goes out when it is back on that day', async () => {
    const desk = await shop()
    desk.slack.settings.down = 'broken'
    await minute(desk)
    expect(digests(desk)).toEqual([])
    expect((await waiting(desk))[0]).toMatchObject({ state: 'waiting' })
    desk.slack.settings.down = null
    await desk.flush(HOUR_MS)
    expect(digests(desk)).toHaveLength(1)
  })

  test('yesterday’s is not told any more', async () => {
    const desk = await shop()
    desk.slack.settings.down = 503
    await minute(desk)
    desk.slack.settings.down = null
    await desk.flush(13 * HOUR_MS)
    expect(digests(desk)).toEqual([])
    expect(await waiting(desk)).toEqual([])
    expect(desk.logs.find(({ message }) => message === 'a digest is not told')?.fields).toEqual({
      date: '2026-11-22',
      because: 'its day is over',
    })
  })

  test('without a channel for alerts there is none', async () => {
    const desk = await shop({ settings: { alertChannel: null } })
    await minute(desk)
    expect(desk.slack.callsTo('chat.postMessage')).toEqual([])
    expect(await waiting(desk)).toEqual([])
  })

  test('what Slack refuses for good is parked, shown to administrators, and told when it is tried again', async () => {
    const desk = await shop()
    desk.slack.script({ method: 'chat.postMessage', kind: 'error', error: 'channel_not_found' })
    await minute(desk)
    expect((await waiting(desk))[0]).toMatchObject({ state: 'parked', reason: 'Slack refused: channel_not_found' })
    const home = await desk.openHome('ada')
    expect(home.reads).toContain('The morning digest: one was refused')
    await desk.press('ada', 'Try again', 'home')
    expect(desk.home('ada')?.reads).toContain('It is tried again.')
    await desk.flush()
    expect(digests(desk)).toHaveLength(1)
  })
})

describe('figures that cannot be made', () => {
  test('hold the digest back alone, and nothing else that goes to Slack', async () => {
    const desk = await shop()
    const logs: string[] = []
    const outcome = await deliverDigest(
      { ...ROW, payload: { date: '2026-11-22' } },
      {
        app: { ...desk.app, glance: () => Promise.reject(new Error('locked')) },
        clock: desk.clock,
        logger: { debug: () => {}, info: () => {}, warn: () => {}, error: (message) => void logs.push(message) },
        slack: {} as SlackCalls,
        settings: { alertChannel: CHANNELS.alerts, hubspotUrl: async () => null, stripeUrl: async () => null },
        program: () => desk.program,
        words: () => createWords({ language: 'en', program: desk.program, now: NOW }),
        ownerOf: async () => null,
      },
    )
    expect(outcome).toEqual({ kind: 'held', reason: 'The figures could not be read' })
    expect(logs).toEqual(['the digest could not be written'])
    // Nobody is kept from posting it when they can be made.
    expect(await desk.app.claimDigest('2026-11-22')).toBe(true)
  })

  test.each([{}, { date: 'soon' }, null])('a row that says %j belongs to no day', async (payload) => {
    const desk = await createDesk(slack, { now: NOW })
    await desk.store.commit(() => ({
      outcome: null,
      changes: { effects: [{ kind: 'slack.digest', key: 'odd', payload, dueAt: 1 }] },
    }))
    await desk.settled()
    expect((await waiting(desk))[0]).toMatchObject({ state: 'parked', reason: 'Nobody knows of which day it is' })
  })
})

describe('charts that Slack refuses', () => {
  test('are lines of text in the same delivery', async () => {
    const desk = await shop()
    const now = desk.clock.at
    for (const days of [110, 140]) {
      desk.clock.at = now - days * DAY_MS
      await desk.buys('bob', 9)
    }
    desk.clock.at = now
    desk.slack.script({ method: 'chat.postMessage', kind: 'error', error: 'invalid_blocks' })
    await minute(desk)
    const [digest] = digests(desk)
    expect(digest?.blocks.some(({ type }) => type === 'data_visualization')).toBe(false)
    expect(digest?.reads).toContain('Who came back, by month\n```\nAug 2026')
    expect(desk.slack.callsTo('chat.postMessage')).toHaveLength(2)
    expect(await waiting(desk)).toEqual([])
  })
})
