// `verify` beside a server that writes: what changes between its reads is no difference, and a true one is still found.
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Store } from '../../src/app/store-port.ts'
import { createStore } from '../../src/store/store.ts'
import { openTwice } from '../support/database.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, memoryStore, type World } from '../support/world.ts'

const buy = ({ clock, deliver }: World, email: string, amount = 2_000) =>
  deliver(stripePayment({ at: clock.at - 10_000, amount, email }).charge())

/** A store in which something happens between the first read of `verify` and the last. */
async function disturbed(meanwhile: () => Promise<unknown>): Promise<Store> {
  const store = await memoryStore()
  return {
    ...store,
    entriesOf: async (members) => {
      const entries = await store.entriesOf(members)
      await meanwhile()
      return entries
    },
  }
}

describe('verify beside a busy server', () => {
  test('reads again whom a commit changed between its reads', async () => {
    let purchases = 0
    const store = await disturbed(async () => {
      if (purchases++ < 3) await buy(world, 'ada@example.org')
    })
    const world: World = await createWorld({ store })
    await buy(world, 'ada@example.org')
    await buy(world, 'bo@example.org')
    const report = await world.app.verify()
    expect(report).toMatchObject({ discrepancies: [], restless: 0, members: 2, payments: 5 })
    expect(purchases).toBe(4)
    await world.close()
  })

  test('says nothing of whom changes at every look, and goes on with the others', async () => {
    const store = await disturbed(() => buy(world, 'ada@example.org'))
    const world: World = await createWorld({ store })
    await buy(world, 'ada@example.org')
    await buy(world, 'bo@example.org')
    expect(await world.app.verify()).toMatchObject({ discrepancies: [], restless: 1, members: 1 })
    await world.close()
  })

  test('finds nothing while another process delivers, however often it looks', async () => {
    const [one, two] = await openTwice()
    const [server, looker] = [
      await createWorld({ store: createStore(one) }),
      await createWorld({ store: createStore(two) }),
    ]
    let isDelivering = true
    const deliveries = (async () => {
      for (let n = 0; n < 60; n++) {
        await buy(server, `shopper${n % 7}@example.org`)
        await pause(1)
      }
      isDelivering = false
    })()
    const found: unknown[] = []
    while (isDelivering) {
      found.push(...(await looker.app.verify()).discrepancies)
      await pause(2)
    }
    await deliveries
    expect(found).toEqual([])
    expect(await looker.app.verify()).toMatchObject({ discrepancies: [], restless: 0, payments: 60 })
    await server.close()
    await looker.close()
  }, 30_000)

  test('lets the event loop go on between its slices', async () => {
    const world = await createWorld()
    for (let n = 0; n < 450; n++) await buy(world, `shopper${n}@example.org`)
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await world.app.verify()
    clearInterval(timer)
    expect(turns).toBeGreaterThanOrEqual(2)
    await world.close()
  }, 30_000)
})

describe('verify and tiers', () => {
  const program = makeProgram({
    tiers: { window: { kind: 'lifetime' }, levels: levels(['base', 0], ['gold', 50]) },
  })

  test('finds a tier that the purchases do not bear out', async () => {
    const store = await memoryStore()
    const world = await createWorld({ store, program })
    await buy(world, 'ada@example.org', 6_000)
    expect((await world.app.verify()).discrepancies).toEqual([])
    const forged: Store = {
      ...store,
      membersAfter: async (id, limit) =>
        (await store.membersAfter(id, limit)).map((member) => ({
          ...member,
          tiers: member.tiers && { ...member.tiers, segments: [{ id: 'base', since: 0, until: null }] },
        })),
    }
    const other = await createWorld({ store: forged, program })
    const { discrepancies } = await other.app.verify()
    expect(discrepancies).toMatchObject([{ what: 'tier', expected: expect.stringMatching(/^gold since /) }])
    await world.close()
  })

  test('goes by the program under which a tier was reckoned, and from a change of it on', async () => {
    const store = await memoryStore()
    const before = await createWorld({ store, program })
    await buy(before, 'ada@example.org', 6_000)
    await buy(before, 'bo@example.org', 3_000)
    const harder = makeProgram({
      tiers: { window: { kind: 'rolling', months: 3 }, levels: levels(['base', 0], ['silver', 20], ['gold', 500]) },
    })
    const after = await createWorld({ store, program: harder, now: before.clock.at + 86_400_000 })
    expect((await after.app.verify()).discrepancies).toEqual([])
    await buy(after, 'bo@example.org', 4_000)
    await buy(after, 'cy@example.org', 90_000)
    expect((await after.app.verify()).discrepancies).toEqual([])
    // Before the change, and heard of only now.
    const late = stripePayment({ at: before.clock.at - 3_600_000, amount: 70_000, email: 'ada@example.org' })
    await after.deliver(late.charge())
    expect((await after.app.verify()).discrepancies).toEqual([])
    after.clock.at += 400 * 86_400_000
    expect((await after.app.verify()).discrepancies).toEqual([])
    await after.app.settleDue(100)
    expect((await after.app.verify()).discrepancies).toEqual([])
    await before.close()
  })

  test('a purchase on the day of a change of the program is not counted twice when it changes', async () => {
    const store = await memoryStore()
    const before = await createWorld({ store, program })
    const first = stripePayment({ at: before.clock.at - 3_600_000, amount: 5_400, email: 'ada@example.org' })
    await before.deliver(first.charge())
    const eighty = makeProgram({
      tiers: { window: { kind: 'rolling', months: 3 }, levels: levels(['base', 0], ['silver', 80]) },
    })
    const after = await createWorld({ store, program: eighty, now: before.clock.at + 1_000 })
    await buy(after, 'ada@example.org', 100)
    await buy(after, 'ada@example.org', 100)
    await after.deliver(first.refund(54))
    // 53 + 1 + 1 are not 80.
    expect(await after.app.getMember('email:ada@example.org')).toMatchObject({ value: { tier: { id: 'base' } } })
    expect((await after.app.verify()).discrepancies).toEqual([])
    await after.close()
  })
})
