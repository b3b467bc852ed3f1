// How alerts reach people: many at once, to whoever looks after the customer, and when Slack is not what it should be.
import { describe, expect, test } from 'vitest'
import { CHANNELS, PEOPLE, startSlack } from '../support/slack.ts'
import {
  alertsIn,
  card,
  cards,
  createShop,
  DAY,
  enrolMany,
  HOUR,
  replies,
  type Shop,
  waiting,
} from '../support/slack-alerts.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const shop = (options: Parameters<typeof createShop>[1] = {}) => createShop(slack, options)

async function flood(made: Shop, from: number, to: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = from; n < to; n++) ids.push((await made.open(`m${n}@example.org`, { valueMinor: 10_000 + n * 100 })).id)
  return ids
}

async function crowd(count: number, options: Parameters<typeof createShop>[1] = {}): Promise<Shop> {
  const made = await shop(options)
  await enrolMany(made.desk, count)
  return made
}

describe('many at once', () => {
  test('two hundred are one message: how many, how much, and the five with the most', async () => {
    const made = await crowd(200)
    const { desk } = made
    await flood(made, 0, 200)
    await desk.flush()
    await desk.flush()
    const { reads } = card(desk)
    expect(reads.split('\n')[0]).toBe('🔔 *200 new alerts* · $39,900 at stake together')
    expect(reads.match(/Member \d+/g)).toEqual(['Member 199', 'Member 198', 'Member 197', 'Member 196', 'Member 195'])
    expect(desk.slack.callsTo('chat.postMessage')).toHaveLength(1)
    expect(await waiting(desk)).toEqual([])
  })

  test('“See them all” shows them to who asks, a page at a time', async () => {
    const made = await crowd(23)
    const { desk } = made
    await flood(made, 0, 23)
    await desk.flush()
    await desk.press('vic', 'See them all', card(desk))
    const named = () => desk.reads('vic').match(/Member \d+/g)?.length
    expect(desk.last('vic')).toMatchObject({ isEphemeral: true })
    expect(named()).toBe(10)
    await desk.press('vic', 'More')
    await desk.press('vic', 'More')
    expect(named()).toBe(3)
    expect(desk.reads('vic')).not.toContain('[ More ]')
    await desk.press('vic', 'From the start')
    expect(named()).toBe(10)
    expect(desk.toldAlone('vic')).toHaveLength(1)
    expect(cards(desk)).toHaveLength(1)
  })

  test('one after another: ten cards, then one message for the rest of the hour', async () => {
    const made = await crowd(20)
    const { desk } = made
    for (let n = 0; n < 15; n++) {
      await flood(made, n, n + 1)
      await desk.flush(10_000)
    }
    expect(cards(desk)).toHaveLength(11)
    expect(cards(desk).at(-1)?.reads).toContain('5 new alerts')
    await desk.flush(HOUR)
    await flood(made, 15, 20)
    await desk.flush()
    expect(cards(desk)).toHaveLength(16)
    expect(cards(desk).at(-1)?.reads).toContain('I’ll take it')
  })

  test('what becomes of one is told in the message’s thread, and its line says so', async () => {
    const made = await crowd(12)
    const { desk } = made
    const ids = await flood(made, 0, 12)
    await desk.flush()
    const [top = '', lowest = ''] = [ids[11], ids[0]]
    const sam = { source: 'slack:U0SAM', actor: 'slack:U0SAM' }
    for (const id of [top, lowest]) await desk.app.moveAlert(id, { do: 'assign' }, sam, null)
    await desk.flush(DAY)
    expect(card(desk).reads).toContain('Member 11 has not come back as usual · $111 a year at stake · taken by @U0SAM')
    await desk.buys('m11@example.org', 20)
    await desk.buys('m0@example.org', 30)
    await desk.flush()
    await desk.flush()
    expect(card(desk).reads).toContain('✅ Member 11 has not come back as usual · Came back')
    expect(card(desk).reads).toContain('12 new alerts')
    expect(replies(desk).map(({ reads, threadTs }) => [reads, threadTs])).toEqual(
      expect.arrayContaining([
        ['Member 11 is back: $20.00 today. Taken by @U0SAM, a day after.', card(desk).ts],
        ['Member 0 is back: $30.00 today. Taken by @U0SAM, a day after.', card(desk).ts],
      ]),
    )
    expect(replies(desk)).toHaveLength(2)
  })

  test('a summary that somebody deletes is not posted again; those who come later begin another', async () => {
    const made = await crowd(14)
    const { desk } = made
    const ids = await flood(made, 0, 12)
    await desk.flush()
    desk.slack.workspace.messages = desk.slack.workspace.messages.filter(({ ts }) => ts !== card(desk).ts)
    await desk.app.moveAlert(ids[11] ?? '', { do: 'resolve', outcome: 'helped' }, staff, null)
    await desk.flush()
    expect(alertsIn(desk)).toEqual([])
    await flood(made, 12, 14)
    await desk.flush()
    expect(card(desk).reads).toContain('2 new alerts')
    await desk.flush()
    expect(cards(desk)).toHaveLength(1)
  })

  test('a member who is forgotten is not named in it', async () => {
    const made = await crowd(12)
    const { desk } = made
    await flood(made, 0, 12)
    await desk.flush()
    await desk.app.eraseMember('email:m11@example.org', staff)
    await desk.flush()
    expect(card(desk).reads).not.toContain('Member 11')
    expect(card(desk).text).not.toContain('Member 11')
  })
})

describe('to whoever looks after the customer', () => {
  const byOwner = (ownerOf: (member: string) => Promise<string | null>) =>
    shop({ program: { retention: { route: 'owner' } }, ownerOf })

  test('as a direct message, kept up to date there; nobody else is told', async () => {
    const { desk, open } = await byOwner(async () => 'sam@shop.test')
    await open('grace')
    await desk.flush()
    expect(alertsIn(desk)).toEqual([])
    const [told] = desk.toldAlone('sam')
    expect(told?.reads).toContain('Grace has not come back as usual')
    await desk.press('sam', 'alert.take', told)
    await desk.flush(DAY)
    await desk.buys('grace', 50)
    await desk.flush()
    expect(desk.toldAlone('sam').map(({ reads }) => reads.split('\n')[0])).toEqual([
      '✅ *Grace has not come back as usual* · $412 a year at stake',
      'Grace is back: $50.00 today. Taken by @U0SAM, a day after.',
    ])
    expect(alertsIn(desk)).toEqual([])
  })

  test.each([
    ['nobody looks after them', async () => null],
    ['their owner is not in Slack', async () => 'nobody@shop.test'],
    ['their owner is a guest', async () => 'gus@shop.test'],
    ['nobody can say', () => Promise.reject(new Error('down'))],
  ])('in the channel where %s', async (_title, ownerOf) => {
    const { desk, open } = await byOwner(ownerOf)
    await open('grace')
    await desk.flush()
    expect(card(desk).reads).toContain('Grace has not come back as usual')
  })

  test('in the channel where Slack lets nobody write to them', async () => {
    const { desk, open } = await byOwner(async () => 'sam@shop.test')
    desk.slack.script({ kind: 'error', error: 'messages_tab_disabled', method: 'chat.postMessage' })
    await open('grace')
    await desk.flush()
    expect(card(desk).reads).toContain('Grace has not come back as usual')
    expect(await waiting(desk)).toEqual([])
  })

  test('each has an hour of their own: a flood for one is none for another', async () => {
    const owner = async (member: string): Promise<string> => (await ownersOf).get(member) ?? 'sam@shop.test'
    const made = await byOwner(owner)
    const ira = await made.desk.member('grace')
    const ownersOf = Promise.resolve(new Map([[ira.id, 'ira@shop.test']]))
    await enrolMany(made.desk, 12)
    await flood(made, 0, 12)
    await made.open('grace')
    await made.desk.flush()
    expect(made.desk.toldAlone('sam').map(({ reads }) => reads.split('\n')[0])).toEqual([
      '🔔 *12 new alerts* · $1,266 at stake together',
    ])
    expect(made.desk.toldAlone('ira')[0]?.reads).toContain('I’ll take it')
  })
})

describe('when Slack', () => {
  test('is down, and up again: nothing is lost, and nothing said twice', async () => {
    const made = await crowd(4)
    const { desk } = made
    const [first = ''] = await flood(made, 0, 2)
    await desk.flush()
    desk.slack.settings.down = 'broken'
    await flood(made, 2, 4)
    await desk.app.moveAlert(first, { do: 'resolve', outcome: 'helped' }, staff, null)
    for (let n = 0; n < 8; n++) await desk.flush(40_000)
    expect(await waiting(desk)).toHaveLength(3)
    desk.slack.settings.down = null
    for (let n = 0; n < 3; n++) await desk.flush(40_000)
    expect(cards(desk).map(({ reads }) => reads.split('\n')[0])).toEqual([
      '✅ *Member 0 has not come back as usual* · $100 a year at stake',
      '🔔 *Member 1 has not come back as usual* · $101 a year at stake',
      '🔔 *Member 2 has not come back as usual* · $102 a year at stake',
      '🔔 *Member 3 has not come back as usual* · $103 a year at stake',
    ])
    expect(await waiting(desk)).toEqual([])
  })

  test('answers 503 to some: those are told later', async () => {
    const made = await crowd(6)
    await flood(made, 0, 6)
    made.desk.slack.script(
      { kind: 'status', status: 503, method: 'chat.postMessage' },
      { kind: 'html', method: 'chat.postMessage' },
    )
    for (let n = 0; n < 6; n++) await made.desk.flush(40_000)
    expect(cards(made.desk)).toHaveLength(6)
    expect(await waiting(made.desk)).toEqual([])
  })

  test('takes one a second: all are told, one after another, each once', async () => {
    const made = await crowd(6, { double: { limits: 'posts' } })
    await flood(made, 0, 6)
    for (let n = 0; n < 12; n++) await made.desk.flush(6_000)
    expect(cards(made.desk)).toHaveLength(6)
    expect(await waiting(made.desk)).toEqual([])
    expect(await made.desk.app.stats()).toMatchObject({ outboxParked: 0 })
  })

  test('took one and we never heard: told twice at most, and the one we know of is kept true', async () => {
    const { desk, open } = await shop()
    const { id } = await open('grace')
    desk.slack.script({ kind: 'broken', after: true, method: 'chat.postMessage' })
    for (let n = 0; n < 4; n++) await desk.flush(40_000)
    expect(cards(desk)).toHaveLength(2)
    await desk.app.moveAlert(id, { do: 'resolve', outcome: 'helped' }, staff, null)
    await desk.flush()
    expect(cards(desk).map(({ reads }) => reads.split(' ')[0])).toEqual(['🔔', '✅'])
  })

  test('took them and our own store did not: one is told twice at most, and all are kept', async () => {
    const made = await crowd(5)
    const { desk } = made
    await flood(made, 0, 5)
    const { notePosted } = desk.app
    let failures = 1
    desk.app.notePosted = async (messages) => {
      if (failures-- > 0) throw new Error('disk full')
      await notePosted(messages)
    }
    for (let n = 0; n < 4; n++) await desk.flush(40_000)
    expect(cards(desk)).toHaveLength(6)
    expect(await waiting(desk)).toEqual([])
    expect(await desk.app.postedSince('alert:', 0)).toHaveLength(5)
  })

  test.each([
    ['not_in_channel', CHANNELS.random, 'write /invite there'],
    ['channel_not_found', 'C0NOWHERE', 'SLACK_ALERT_CHANNEL'],
  ])('says %s: the reason tells what mends it, and once mended all is told', async (code, channel, words) => {
    const made = await crowd(3, {
      settings: { alertChannel: channel },
      double: { scopes: ['chat:write', 'users:read', 'users:read.email', 'usergroups:read'] },
    })
    const { desk } = made
    await flood(made, 0, 3)
    await desk.flush()
    const rows = await waiting(desk)
    expect(rows.map(({ state }) => state)).toEqual(['parked', 'parked', 'parked'])
    expect(rows[0]?.reason).toContain(words)
    expect(rows[0]?.reason).toContain(code)
    // One is asked, not each.
    expect(desk.slack.callsTo('chat.postMessage')).toHaveLength(1)
    const random = desk.slack.workspace.channels[CHANNELS.random]
    const isThere = code === 'not_in_channel'
    if (isThere) random?.members.push(desk.slack.workspace.bot.userId)
    // As soon as one goes through the others follow: nobody has to send each.
    await desk.app.retryOutbox(rows[1]?.id ?? 0)
    await desk.flush()
    await desk.flush()
    const told = desk.slack.sees(PEOPLE.ada).messages.filter((message) => message.channel === CHANNELS.random)
    expect(told).toHaveLength(isThere ? 3 : 0)
    expect(await waiting(desk)).toHaveLength(isThere ? 0 : 3)
  })

  test('has the channel archived: new alerts wait for somebody, cards that are there are left alone', async () => {
    const made = await crowd(2)
    const { desk } = made
    const [first = ''] = await flood(made, 0, 1)
    await desk.flush()
    const channel = desk.slack.workspace.channels[CHANNELS.alerts]
    if (channel !== undefined) channel.isArchived = true
    await desk.app.moveAlert(first, { do: 'assign' }, staff, null)
    await flood(made, 1, 2)
    await desk.flush()
    expect((await waiting(desk)).map(({ state, reason }) => [state, reason])).toEqual([
      ['parked', expect.stringContaining('The alert channel is archived')],
    ])
  })

  test('a card that somebody deleted is not posted again, nor spoken of in its thread', async () => {
    const { desk, open } = await shop()
    const { id } = await open('grace')
    await desk.flush()
    desk.slack.workspace.messages = []
    for (const to of ['slack:U0SAM', 'slack:U0IRA']) {
      await desk.app.moveAlert(id, { do: 'assign', to }, staff, null)
      await desk.flush(DAY)
    }
    await desk.buys('grace', 20)
    await desk.flush()
    await desk.flush()
    expect(alertsIn(desk)).toEqual([])
    expect(desk.slack.callsTo('chat.postMessage')).toHaveLength(1)
    expect(desk.slack.callsTo('chat.update')).toHaveLength(1)
    expect(await waiting(desk)).toEqual([])
  })
})
