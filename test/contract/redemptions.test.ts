// Rewards that many ask for at once, on every driver: no stock, limit, balance or staff member's day is exceeded.
import { describe, expect, test } from 'vitest'
import { type Origin, type RefusalCode, type Result, StoreUnavailable } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { createStore } from '../../src/store/store.ts'
import { openTwice } from '../support/database.ts'
import { makeProgram } from '../support/programs.ts'
import { KINDS, type Kind, useStores } from '../support/stores.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
/** D1 is asked over a socket, and whoever loses a race asks again. */
const CALLS: Record<Kind, number> = { 'node:sqlite in a file': 40, 'node:sqlite in memory': 40, D1: 5 }
const CODE = { kind: 'promotion_code' as const, percentOff: 10 }

const program: Partial<ProgramInput> = {
  rewards: [
    { id: 'rare', name: 'Rare', cost: 10, fulfil: { kind: 'manual' }, stock: 3 },
    { id: 'twice', name: 'Twice', cost: 10, fulfil: CODE, limit: { times: 2, per: 'year' } },
    { id: 'dear', name: 'Dear', cost: 60, fulfil: { kind: 'manual' } },
    { id: 'any', name: 'Any', cost: 100, fulfil: CODE },
  ],
  staff: {
    issuer: ['slack:U01'],
    approver: ['slack:U02', 'slack:U03'],
    approvalAbovePoints: 90,
    dailyLimitPoints: 400,
  },
}
const SLACK: Origin = { source: 'slack:U01', actor: 'slack:U01' }
const refOf = (who: number): string => `email:shopper${who}@example.org`

/** What could not be stored is asked for again. */
async function insist<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }
}

async function shop(store: Store, shoppers: number, over: Partial<ProgramInput> = {}, now = NOW): Promise<World> {
  const world = await createWorld({ store, now, program: makeProgram({ ...program, ...over }) })
  for (let who = 0; who < shoppers; who++) {
    await world.app.enrolMember({ email: refOf(who).slice('email:'.length) }, staff, null)
    await world.app.adjustPoints(refOf(who), { points: 100, reason: 'to begin with' }, staff, null)
  }
  return world
}

const tally = (results: readonly Result<unknown>[]): Record<string, number> => {
  const counted: Record<string, number> = {}
  for (const result of results) {
    const name: RefusalCode | 'ok' = result.ok ? 'ok' : result.code
    counted[name] = (counted[name] ?? 0) + 1
  }
  return counted
}

const times = <Made>(count: number, make: (index: number) => Promise<Made>): Promise<Made[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => insist(() => make(index))))

const clean = async ({ app }: World) => expect((await app.verify()).discrepancies).toEqual([])

describe.each(KINDS)('many who ask at once, in %s', (kind) => {
  const open = useStores(kind)
  const calls = CALLS[kind]

  test('take no more than the stock', async () => {
    const { store } = await open()
    const world = await shop(store, calls)
    const results = await times(calls, (who) => world.app.redeem(refOf(who), { reward: 'rare' }, staff, null))
    expect(tally(results)).toEqual({ ok: 3, out_of_stock: calls - 3 })
    const [left] = (await world.app.listRewards()).map((reward) => reward.left)
    expect(left).toBe(0)
    await clean(world)
  }, 60_000)

  test('take one that was given back once', async () => {
    const { store } = await open()
    const world = await shop(store, calls)
    const first = await times(3, (who) => world.app.redeem(refOf(who), { reward: 'rare' }, staff, null))
    const given = first[0]
    const back = given?.ok ? given.value.id : ''
    const [cancelled, results] = await Promise.all([
      times(3, () => world.app.moveRedemption(back, 'cancel', {}, staff, null)),
      times(calls, (who) => world.app.redeem(refOf(who), { reward: 'rare' }, staff, null)),
    ])
    expect(tally(cancelled)).toEqual({ ok: 1, conflict: 2 })
    const late = await world.app.redeem(refOf(calls - 1), { reward: 'rare' }, staff, null)
    expect(tally([...results, late]).ok).toBe(1)
    await clean(world)
  }, 60_000)

  test('have no more than their limit, and spend no more than they have', async () => {
    const { store } = await open()
    const world = await shop(store, 1)
    const [limited, spent] = await Promise.all([
      times(calls, () => world.app.redeem(refOf(0), { reward: 'twice' }, staff, null)),
      times(calls, () => world.app.redeem(refOf(0), { reward: 'dear' }, staff, null)),
    ])
    expect(tally(limited)).toEqual({ ok: 2, limit_reached: calls - 2 })
    expect(tally(spent)).toEqual({ ok: 1, insufficient_points: calls - 1 })
    const found = await world.app.getMember(refOf(0))
    expect(found.ok && found.value.points).toMatchObject({ available: 20, reserved: 80 })
    await clean(world)
  }, 60_000)

  test('have no more open than the program allows', async () => {
    const { store } = await open()
    const world = await shop(store, 1, { redeeming: { maximumOpen: 3 } })
    const results = await times(calls, () =>
      world.app.redeem(refOf(0), { reward: 'rare', charge: 'house' }, staff, null),
    )
    expect(tally(results)).toEqual({ ok: 3, limit_reached: calls - 3 })
    await clean(world)
  }, 60_000)

  test('give no more away than one may in a day, to whomever', async () => {
    const { store } = await open()
    const world = await shop(store, calls)
    const [presents, points] = await Promise.all([
      times(calls, (who) => world.app.redeem(refOf(who), { reward: 'dear', charge: 'house' }, SLACK, null)),
      times(calls, (who) => world.app.adjustPoints(refOf(who), { points: 60, reason: 'sorry' }, SLACK, null)),
    ])
    // 400 points a day are six times 60, of whichever kind.
    expect((tally(presents).ok ?? 0) + (tally(points).ok ?? 0)).toBe(6)
    expect((tally(presents).staff_limit ?? 0) + (tally(points).staff_limit ?? 0)).toBe(2 * calls - 6)
    await clean(world)
  }, 60_000)

  test('approve once what waits, and Stripe is asked once', async () => {
    const { store } = await open()
    const world = await shop(store, 1)
    const asked = await world.app.redeem(refOf(0), { reward: 'any', charge: 'house' }, SLACK, null)
    const id = asked.ok ? asked.value.id : ''
    const approvers = (index: number): Origin => ({
      source: 'slack',
      actor: index % 2 === 0 ? 'slack:U02' : 'slack:U03',
    })
    const results = await times(calls, (index) => world.app.moveRedemption(id, 'approve', {}, approvers(index), null))
    expect(tally(results)).toEqual({ ok: 1, conflict: calls - 1 })
    const orders = await world.store.dueEffects({ kinds: ['stripe.reward'], now: NOW, limit: 9 })
    expect(orders.map(({ key, revision }) => [key, revision])).toEqual([[id, 1]])
    await clean(world)
  }, 60_000)

  test('approve, reject and cancel at once come to one end', async () => {
    const { store } = await open()
    const world = await shop(store, 1)
    const asked = await world.app.redeem(refOf(0), { reward: 'any', charge: 'house' }, SLACK, null)
    const id = asked.ok ? asked.value.id : ''
    const steps = ['approve', 'reject', 'cancel', 'fulfil'] as const
    const U02: Origin = { source: 'slack:U02', actor: 'slack:U02' }
    const boss: Origin = { source: 'api:boss', actor: 'api:boss' }
    const results = await times(calls, (index) => {
      const step = steps[index % steps.length] ?? 'approve'
      return world.app.moveRedemption(id, step, {}, step === 'approve' || step === 'reject' ? U02 : boss, null)
    })
    const { ok = 0, conflict = 0 } = tally(results)
    expect(ok + conflict).toBe(calls)
    // One who approved and one who cancelled it after that, or one who ended it before anybody approved.
    expect([1, 2]).toContain(ok)
    const after = await world.app.getRedemption(id)
    expect(after.ok && after.value.state).toBe('cancelled')
    const day = [...(await store.read((tx) => tx.counters(['staff:slack:U01:2026-11-22']))).values()]
    expect(day.map(({ value }) => value)).toEqual([0])
    await clean(world)
  }, 60_000)

  test('with the same idempotency key redeem once', async () => {
    const { store } = await open()
    const world = await shop(store, 1)
    const key = { holder: 'test', route: 'redeem', key: 'same', hash: 'same' }
    const results = await times(calls, () => world.app.redeem(refOf(0), { reward: 'twice' }, staff, key))
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1)
    expect(
      await world.store.read((tx) => tx.redemptionsOf(results[0]?.ok ? results[0].value.member : '')),
    ).toHaveLength(1)
    await clean(world)
  }, 60_000)
})

describe('many who ask through two connections to one database', () => {
  test('take no more than the stock', async () => {
    const [one, other] = (await openTwice()).map((driver) => createStore(driver)) as [Store, Store]
    const first = await shop(one, 20)
    // Another millisecond, so that they do not make the same ids from the same seed.
    const worlds = [first, await shop(other, 0, {}, NOW + 1)]
    const results = await times(20, (who) =>
      (worlds[who % 2] as World).app.redeem(refOf(who), { reward: 'rare' }, staff, null),
    )
    expect(tally(results)).toEqual({ ok: 3, out_of_stock: 17 })
    await clean(first)
    for (const world of worlds) await world.close()
  }, 60_000)
})
