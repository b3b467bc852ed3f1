// One order may meet a challenge many times at once, and all of that may fall: also on D1, where each read is a round.
import { describe, expect, test } from 'vitest'
import { emptyParts } from '../../src/core/facts.ts'
import { awardsOf, enrol, viewOf } from '../support/members.ts'
import { makeProgram } from '../support/programs.ts'
import { KINDS, useStores } from '../support/stores.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const TIMES = 100

const program = makeProgram({
  challenges: [
    { id: 'mugs', name: 'Three mugs', goal: { count: 3, of: 'item' }, award: { points: 5 }, repeat: 'always' },
  ],
})

describe.each(KINDS)('in %s', (kind) => {
  const open = useStores(kind)
  test('a challenge is met a hundred times by one order, sooner by a late one, and never by what is refunded', async () => {
    const { store } = await open()
    const world = await createWorld({ store, program, now: NOW })
    await enrol(world, 'ada', { enrolledAt: NOW - 90 * DAY })
    const order = async (daysAgo: number, pieces: number) => {
      const payment = stripePayment({ at: NOW - daysAgo * DAY, amount: 1_000 })
      const list = [{ product: 'prod_mug', price: null, quantity: pieces, amountMinor: 1_000 }]
      const parts = { ...emptyParts(), names: [payment.pi], items: { rank: 3, list } }
      await world.deliver(payment.charge())
      const fact = { kind: 'payment', parts } as const
      await world.app.learnFacts({ source: 'stripe:test', livemode: false, facts: [fact], lookups: [] })
      return payment
    }
    const large = await order(5, TIMES * 3)
    expect(await awardsOf(world, 'ada')).toHaveLength(TIMES)
    await order(9, 4)
    expect(await awardsOf(world, 'ada')).toHaveLength(TIMES + 1)
    expect((await viewOf(world, 'ada')).challenges).toMatchObject([{ progress: 1, met: TIMES + 1 }])
    await world.deliver(large.refund(1_000))
    expect(await awardsOf(world, 'ada')).toEqual(['challenge/mugs/1'])
    expect((await viewOf(world, 'ada')).points.available).toBe(10 + 5)
    expect((await world.app.verify()).discrepancies).toEqual([])
  }, 60_000)
})
