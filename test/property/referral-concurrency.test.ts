// Many friends of one member buy at once: the limit holds, each friend has theirs, and the books add up, on every driver.
import { describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/app/ports.ts'
import { awardsOf, enrol, viewOf } from '../support/members.ts'
import { makeProgram } from '../support/programs.ts'
import { EVERY_KIND, type Kind, useStores } from '../support/stores.ts'
import { type StripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000
const TIMES = 2
/** D1 is asked over a socket, and whoever loses a race asks again. */
const FRIENDS: Record<Kind, number> = { 'node:sqlite in a file': 30, 'node:sqlite in memory': 30, D1: 4 }

const program = makeProgram({
  referral: { referrer: { points: 500 }, friend: { points: 200 }, limit: { times: TIMES, per: 'month' } },
  challenges: [{ id: 'first', name: 'First', goal: { count: 1 }, award: { points: 7 } }],
})

/** As Stripe does: what could not be stored is delivered again. */
async function insist(world: World, event: StripeEvent): Promise<void> {
  for (;;) {
    try {
      expect(await world.deliver(event)).not.toBe('parked')
      return
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }
}

describe.each(EVERY_KIND)('friends who buy at once, in %s', (kind) => {
  const open = useStores(kind)

  test('count for one member up to the limit, and when some are refunded others count', async () => {
    const { store } = await open()
    const world = await createWorld({ store, program, now: NOW })
    const { referralCode } = await enrol(world, 'bea')
    const names = Array.from({ length: FRIENDS[kind] }, (_, n) => `friend${n}`)
    // By the hour, so that it is known who came first.
    const payments = names.map((name, n) =>
      stripePayment({ at: NOW - (n + 1) * HOUR, amount: 3_000, email: `${name}@example.org` }),
    )
    const charges = payments.map((payment) => payment.charge({ metadata: { referral_code: referralCode } }))
    await Promise.all([...charges, ...charges].map((event) => insist(world, event)))
    expect((await viewOf(world, 'bea')).points.pending).toBe(TIMES * 500)
    const first = names.at(-1) ?? ''
    expect(await awardsOf(world, first)).toEqual(['challenge/first/1', 'friend'])
    const shown = async () =>
      (await world.store.read((tx) => tx.grantsOf(bea, { occasion: 'referrer' })))
        .filter(({ state }) => state === 'given')
        .map(({ at }) => (NOW - at) / HOUR)
        .sort((a, b) => b - a)
    const { id: bea } = await viewOf(world, 'bea')
    const hours = (from: number) => Array.from({ length: TIMES }, (_, n) => from - n)
    expect(await shown()).toEqual(hours(names.length))

    const back = payments.slice(-2).map((payment) => payment.refund(3_000, { later: HOUR / 2 }))
    await Promise.all(back.map((event) => insist(world, event)))
    expect(await shown()).toEqual(hours(names.length - 2))
    expect((await viewOf(world, 'bea')).points).toMatchObject({ available: 0, pending: TIMES * 500 })
    expect((await world.app.verify()).discrepancies).toEqual([])
  }, 60_000)
})
