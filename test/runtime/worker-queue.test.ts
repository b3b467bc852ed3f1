// The queue between Stripe's webhook and the books, in real workerd on a local D1: a burst, and everything that may go wrong
// with it. What it is held to are the books of the Node host for the same events.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readIncomingEvent } from '../../integrations/stripe/incoming-event.ts'
import { writeMessage } from '../../src/compose/event-queue.ts'
import { readProgram } from '../../src/compose/read-program.ts'
import { type StripeEvent, stripePayment } from '../support/stripe-events.ts'
import { startWatched, type WatchedWorker } from '../support/watched.ts'
import { createWorld, type World } from '../support/world.ts'

const LONG = { timeout: 120_000 }
const read = readProgram(readFileSync(new URL('../../program.json', import.meta.url), 'utf8'))
if (!read.ok) throw new Error(read.problems)
const { program } = read

let worker: WatchedWorker
let node: World
let towns = 0

beforeAll(async () => {
  worker = await startWatched({ maxRetries: 1 })
  // Which mode it is pinned to is known: nobody waits for anybody because of it.
  await worker.deliver(
    JSON.stringify(stripePayment({ at: Date.now() - 3_600_000, email: 'first@example.org' }).charge()),
  )
}, 120_000)
afterAll(() => worker.close())
beforeEach(() => worker.harm())

interface Town {
  emails: string[]
  events: StripeEvent[]
}

/** Some people who buy twice, by three events each, shuffled; every third purchase is refunded, and some events come twice. */
function town(people: number): Town {
  const name = `t${++towns}`
  const emails = Array.from({ length: people }, (_, i) => `${name}.${i}@example.org`)
  const at = Date.now() - 7_200_000
  const events = emails.flatMap((email, i) => {
    const customer = i % 2 === 0 ? `cus_${name}x${i}` : null
    return [0, 1].flatMap((turn) => {
      const p = stripePayment({ at: at + turn * 60_000 + i, amount: 1_990 + i, email, customer })
      const told = [p.charge(), p.intent(), p.session()]
      return (i + turn) % 3 === 0 ? [...told, p.refunded(1_000)] : told
    })
  })
  const twice = events.filter((_, i) => i % 7 === 0)
  return { emails, events: shuffled([...events, ...twice], towns) }
}

/** The same order for the same seed. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed * 2_654_435_761
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  return items
    .map((item) => ({ item, by: next() }))
    .sort((a, b) => a.by - b.by)
    .map(({ item }) => item)
}

const messageOf = (event: StripeEvent): string => {
  const incoming = readIncomingEvent(JSON.stringify(event), Date.now())
  const message = incoming.ok ? writeMessage(incoming.event) : null
  if (message === null) throw new Error('no message')
  return message
}

const idsIn = ({ events }: Town): string[] => [...new Set(events.map(({ id }) => id))]

/** Waits until every event is known, and a moment for those that come twice. */
async function settled(of: Town): Promise<void> {
  const ids = idsIn(of)
  const list = ids.map((id) => `'${id}'`).join(', ')
  await worker.until(`SELECT count(*) FROM name WHERE name IN (${list}) AND target <> 'parked'`, ids.length)
}

/** Everybody's books on the Worker are those of the Node host, which had the events in another order. */
async function expectNodesBooks({ emails, events }: Town, on: WatchedWorker = worker): Promise<void> {
  node = await createWorld({ program, now: Date.now() })
  await node.deliverAll(shuffled(events, 99))
  for (const email of emails) {
    const ref = `email:${email}`
    const { points, tier, spend, purchases, status, lastPurchaseAt } = await node.books(ref)
    const here = await on.get(`/api/v1/members/${encodeURIComponent(ref)}`)
    expect(here, email).toMatchObject({ points, spend, purchases, status, lastPurchaseAt } as object)
    expect(here.tier === null, email).toBe(tier === null)
  }
  await node.close()
  const people = emails.map((email) => `'${email}'`).join(', ')
  const ours = `SELECT id FROM member WHERE email IN (${people})`
  // Nothing double: of each purchase one payment, and points that are what the journal says.
  expect(await on.rows(`SELECT count(*) AS payments FROM payment WHERE member IN (${ours})`)).toEqual([
    { payments: emails.length * 2 },
  ])
  expect(
    await on.rows(
      `SELECT member.id FROM member WHERE member.id IN (${ours}) AND available + pending <>
        (SELECT coalesce(sum(points), 0) FROM entry WHERE entry.member = member.id)`,
    ),
  ).toEqual([])
}

const deliverAll = (events: readonly StripeEvent[]): Promise<string[]> =>
  Promise.all(events.map((event) => worker.deliver(JSON.stringify(event))))

describe('the Worker with a queue', () => {
  it('records at once what comes alone, and queues a burst', LONG, async () => {
    const people = town(1)
    expect(await worker.deliver(JSON.stringify(people.events[0]))).toBe('recorded')
    expect((await worker.watch()).queued).toBe(0)
    const outcomes = await deliverAll(people.events.slice(1))
    expect(new Set(outcomes)).not.toContain('unavailable')
    await settled(people)
    await expectNodesBooks(people)
  })

  it('takes at most 0.2 batches and 10 rows read for each purchase of a burst', LONG, async () => {
    const name = `t${++towns}`
    const purchases = Array.from({ length: 300 }, (_, i) =>
      stripePayment({ at: Date.now() - 3_600_000, amount: 2_000, email: `${name}.${i}@example.org` }).charge(),
    )
    const outcomes = await deliverAll(purchases)
    expect(outcomes.filter((outcome) => outcome === 'queued').length).toBeGreaterThan(purchases.length * 0.9)
    await settled({ emails: [], events: purchases })
    const { batches, rowsRead } = await worker.watch()
    expect(batches / purchases.length).toBeLessThanOrEqual(0.2)
    expect(rowsRead / purchases.length).toBeLessThanOrEqual(10)
    expect(
      await worker.rows(`SELECT count(*) AS n, sum(purchases) AS bought FROM member WHERE email LIKE '${name}.%'`),
    ).toEqual([{ n: 300, bought: 300 }])
  })

  it('has the Node host’s books after a burst of a few who buy again and again, in disorder', LONG, async () => {
    const people = town(45)
    const outcomes = await deliverAll(people.events)
    expect(outcomes.filter((outcome) => outcome === 'queued').length).toBeGreaterThan(people.events.length * 0.9)
    await settled(people)
    const { batches, rowsRead } = await worker.watch()
    // One by one, it would be 6 to 7 batches. Few people who want the same rows: more than in the bench.
    expect(batches / people.events.length).toBeLessThanOrEqual(0.5)
    expect(rowsRead / people.events.length).toBeLessThanOrEqual(15)
    await expectNodesBooks(people)
  })

  it('changes nothing by a message that is handed over again', LONG, async () => {
    const people = town(4)
    const messages = people.events.map(messageOf)
    expect(new Set(await worker.consume(messages))).toEqual(new Set(['ack']))
    const before = await worker.rows('SELECT count(*) AS entries, max(seq) AS seq FROM entry')
    expect(new Set(await worker.consume(messages))).toEqual(new Set(['ack']))
    expect(await worker.rows('SELECT count(*) AS entries, max(seq) AS seq FROM entry')).toEqual(before)
    await expectNodesBooks(people)
  })

  it('does nothing double when a consumer is ended before it has acknowledged', LONG, async () => {
    const people = town(6)
    await worker.harm({ consumers: 1 })
    await worker.send(people.events.map(messageOf))
    await settled(people)
    await expect.poll(async () => (await worker.watch()).handed.again, { timeout: 20_000 }).toBeGreaterThan(0)
    await expectNodesBooks(people)
  })

  it.each(['refuse', 'lose', 'statement'] as const)('bears a D1 that fails (%s) at any batch', LONG, async (how) => {
    const people = town(4)
    const messages = people.events.map(messageOf)
    for (let after = 0; after < 6; after++) {
      await worker.harm({ batch: { after, times: 1, how } })
      const part = messages.filter((_, i) => i % 6 === after)
      expect(new Set(await worker.consume(part))).toEqual(new Set(['ack']))
    }
    await worker.harm()
    await expectNodesBooks(people)
  })

  it('gives back all of a batch that D1 goes on to refuse, and records it later', LONG, async () => {
    const people = town(3)
    const messages = people.events.map(messageOf)
    await worker.harm({ batch: { after: 0, times: 3, how: 'refuse' } })
    expect(new Set(await worker.consume(messages))).toEqual(new Set(['retry']))
    await worker.harm()
    expect(new Set(await worker.consume(messages))).toEqual(new Set(['ack']))
    await expectNodesBooks(people)
  })

  it('loses nothing to two consumers, webhooks and two clocks at once', LONG, async () => {
    const people = town(12)
    const messages = people.events.map(messageOf)
    const clock = () => worker.harness.getWorker().scheduled({ cron: '* * * * *', scheduledTime: new Date() })
    const [first, second] = await Promise.all([
      worker.consume(messages),
      worker.consume(messages.toReversed()),
      deliverAll(people.events.slice(0, 6)),
      clock(),
      clock(),
    ])
    expect(new Set([...first, ...second])).toEqual(new Set(['ack']))
    await settled(people)
    await expectNodesBooks(people)
  })

  it('parks what only a bug keeps out, gives it up to the dead letters, and records the others', LONG, async () => {
    const people = town(8)
    const poisoned = people.events.filter((event) => event.type === 'charge.succeeded').slice(0, 5)
    const charges = poisoned.map(({ data }) => String((data.object as { id: string }).id))
    // A name that dangles is what no event can make: each that has it fails.
    for (const charge of new Set(charges)) await worker.rows('INSERT INTO name VALUES (?, ?)', charge, 'pay_nowhere')
    const isPoisoned = (event: StripeEvent): boolean => charges.some((id) => JSON.stringify(event).includes(id))
    const [bad, good] = [people.events.filter(isPoisoned), people.events.filter((event) => !isPoisoned(event))]
    await worker.send(people.events.map(messageOf))
    await settled({ ...people, events: good })
    const ids = [...new Set(bad.map(({ id }) => id))]
    const parked = () =>
      worker.rows(`SELECT id, reason FROM inbox WHERE state = 'parked' AND id IN (${ids.map((id) => `'${id}'`)})`)
    await expect.poll(async () => (await parked()).length, { timeout: 30_000 }).toBe(ids.length)
    expect(new Set((await parked()).map(({ reason }) => reason))).toEqual(
      new Set(['An error in Regulars itself; it can be retried after an update']),
    )
    await expect.poll(async () => (await worker.watch()).handed.dead, { timeout: 40_000 }).toBe(bad.length)
    // Only they came again: once on the queue itself, once as dead letters.
    expect((await worker.watch()).handed.again).toBe(bad.length)
    expect(await worker.get('/api/v1/inbox')).toMatchObject({ events: expect.any(Array) })
    for (const charge of charges) await worker.rows('DELETE FROM name WHERE name = ?', charge)
    await worker.consume(bad.map(messageOf))
    expect(await parked()).toEqual([])
    await expectNodesBooks(people)
  })

  it('parks a message that is no event', LONG, async () => {
    expect(await worker.consume(['{"hello":', messageOf(town(1).events[0] as StripeEvent)])).toEqual(['ack', 'ack'])
    expect(await worker.rows(`SELECT id, reason, payload FROM inbox WHERE id = 'evt_queue_m0'`)).toEqual([
      { id: 'evt_queue_m0', reason: 'A message of the queue that could not be read', payload: '{"hello":' },
    ])
  })

  it('records what the queue refuses, and what is too large for it', LONG, async () => {
    await worker.harm({ sends: 1_000 })
    const refused = town(5)
    expect(new Set(await deliverAll(refused.events))).toEqual(new Set(['recorded', 'duplicate']))
    await expectNodesBooks(refused)
    await worker.harm()
    const large = town(5)
    const wide = large.events.map((event) => ({ ...event, request: { id: 'x'.repeat(130_000) } }))
    expect(new Set(await deliverAll(wide as StripeEvent[]))).toEqual(new Set(['recorded', 'duplicate']))
    expect((await worker.watch()).queued).toBe(0)
    await expectNodesBooks(large)
  })

  it('queues what the database cannot take, and refuses what neither can', LONG, async () => {
    const [one, other] = [town(1), town(1)]
    // The burst of the test before is over.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    await worker.harm({ batch: { after: 0, times: 3, how: 'refuse' } })
    expect(await worker.deliver(JSON.stringify(one.events[0]))).toBe('queued')
    await worker.harm({ batch: { after: 0, times: 3, how: 'refuse' }, sends: 1 })
    expect(await worker.deliver(JSON.stringify(other.events[0]))).toBe('unavailable')
    await settled({ ...one, events: one.events.slice(0, 1) })
  })
})

describe('the Worker without a queue', () => {
  let plain: WatchedWorker
  beforeAll(async () => {
    plain = await startWatched(null)
  }, 120_000)
  afterAll(() => plain?.close())

  it('records every event of a burst before it answers', LONG, async () => {
    const { events } = town(3)
    const outcomes = await Promise.all(events.map((event) => plain.deliver(JSON.stringify(event))))
    expect(new Set(outcomes)).toEqual(new Set(['recorded', 'duplicate']))
  })

  it.each([
    // Three in a row: it gives up, and Stripe delivers again.
    ['refuse', 3],
    ['lose', 3],
    ['statement', 3],
    ['refuse', 1],
    ['lose', 1],
  ] as const)('bears a D1 that fails (%s, %i times) at any batch of an event', LONG, async (how, times) => {
    const people = town(1)
    const outcomes = new Set<string>()
    for (const [n, event] of people.events.entries()) {
      const body = JSON.stringify(event)
      await plain.harm({ batch: { after: n % 5, times, how } })
      outcomes.add(await plain.deliver(body))
      await plain.harm()
      expect(['recorded', 'duplicate']).toContain(await plain.deliver(body))
    }
    if (times === 3) expect(outcomes).toContain('unavailable')
    else expect(outcomes).not.toContain('unavailable')
    await expectNodesBooks(people, plain)
  })
})
