// Two processes over one outbox that deliver in batches: one at a time writes.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Deliverer, OutboxRow } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import { createWorld, memoryStore, staff, type World } from '../support/world.ts'

const opened: Store[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const store of opened.splice(0)) await store.close()
})

/** Delivers batches that end when the test lets them. */
function slowDeliverer() {
  const batches: string[][] = []
  const waiting: (() => void)[] = []
  const deliver = async (rows: readonly OutboxRow[]) => {
    batches.push(rows.map(({ key }) => key))
    await new Promise<void>((done) => waiting.push(done))
    return rows.map(() => ({ kind: 'done' as const }))
  }
  const deliverer: Deliverer = {
    vendor: 'hubspot',
    kinds: ['hubspot.contact'],
    deliver: async () => ({ kind: 'done' }),
    together: { kind: 'hubspot.contact', most: 100, everyMs: 0, deliver },
  }
  return {
    deliverer,
    batches,
    letGo: () => {
      for (const done of waiting.splice(0)) done()
    },
  }
}

async function two() {
  const store = await memoryStore()
  opened.push(store)
  const [one, other] = [slowDeliverer(), slowDeliverer()]
  const first = await createWorld({ store, deliverers: [one.deliverer] })
  const second = await createWorld({ store, deliverers: [other.deliverer] })
  for (const name of ['ada', 'bo', 'cy']) await first.app.enrolMember({ email: `${name}@example.org` }, staff, null)
  return { first, second, one, other }
}

const until = async (holds: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 200 && !holds(); turn++) await new Promise((done) => setTimeout(done, 5))
  expect(holds()).toBe(true)
}

const move = (worlds: World[], ms: number): void => {
  for (const { clock } of worlds) clock.at += ms
}

describe('delivering in batches', () => {
  test('is one process’s work at a time: another waits, and then finds nothing left', async () => {
    const { first, second, one, other } = await two()
    const draining = first.app.drainOutbox()
    await until(() => one.batches.length === 1)
    expect(await second.app.drainOutbox()).toBe(0)
    one.letGo()
    expect(await draining).toBe(3)
    expect(await second.app.drainOutbox()).toBe(0)
    expect(other.batches).toEqual([])
  })

  test('goes to the other at once when the first is done', async () => {
    const { first, second, one, other } = await two()
    const draining = first.app.drainOutbox()
    await until(() => one.batches.length === 1)
    one.letGo()
    await draining
    await first.app.updateMember('email:ada@example.org', { name: 'Ada' }, staff)
    const next = second.app.drainOutbox()
    await until(() => other.batches.length === 1)
    other.letGo()
    expect(await next).toBe(1)
  })

  test('is one process’s work also where the other’s clock is behind, or it asked first and was heard second', async () => {
    for (const behindMs of [1, 2_000]) {
      const { first, second, one, other } = await two()
      const draining = first.app.drainOutbox()
      await until(() => one.batches.length === 1)
      // Due by any clock.
      await first.store.commit(() => ({
        outcome: null,
        changes: { effects: [{ kind: 'hubspot.contact', key: 'x', payload: {}, dueAt: null }] },
      }))
      second.clock.at = first.clock.at - behindMs
      const theirs = second.app.drainOutbox()
      await new Promise((done) => setTimeout(done, 20))
      expect(other.batches).toEqual([])
      expect(await theirs).toBe(0)
      one.letGo()
      await draining
    }
  })

  test('stays one process’s work while a batch takes longer than half a minute', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { first, second, one, other } = await two()
    const draining = first.app.drainOutbox()
    await until(() => one.batches.length === 1)
    for (let turn = 0; turn < 6; turn++) {
      move([first, second], 10_000)
      await vi.advanceTimersByTimeAsync(10_000)
      await new Promise((done) => setTimeout(done, 10))
      void second.app.drainOutbox()
      await new Promise((done) => setTimeout(done, 10))
      expect(other.batches).toEqual([])
    }
    one.letGo()
    expect(await draining).toBe(3)
    expect(await second.app.drainOutbox()).toBe(0)
    expect(other.batches).toEqual([])
  })

  test('of a process that was killed is taken over after half a minute, also when the clock was set back', async () => {
    for (const later of [30_000, -3_600_000]) {
      const { first, second, one, other } = await two()
      const killed = first.app.drainOutbox()
      await until(() => one.batches.length === 1)
      expect(await second.app.drainOutbox()).toBe(0)
      move([first, second], later)
      // What was put there before the clock was set back is due later.
      if (later < 0)
        for (const name of ['ada']) await second.app.updateMember(`email:${name}@example.org`, { name }, staff)
      const taken = second.app.drainOutbox()
      await until(() => other.batches.length === 1)
      other.letGo()
      await taken
      one.letGo()
      await killed
    }
  })
})

test('of one vendor delivers nothing to the others', async () => {
  const store = await memoryStore()
  opened.push(store)
  const delivered: string[] = []
  const to = (vendor: string, kind: string): Deliverer => ({
    vendor,
    kinds: [kind],
    deliver: async ({ key }) => {
      delivered.push(`${vendor} ${key}`)
      return { kind: 'done' }
    },
  })
  const { app } = await createWorld({
    store,
    deliverers: [to('stripe', 'stripe.customer'), to('hubspot', 'hubspot.contact')],
  })
  const effect = (kind: string) => ({ kind, key: 'x', payload: {}, dueAt: null })
  await store.commit(() => ({
    outcome: null,
    changes: { effects: [effect('stripe.customer'), effect('hubspot.contact')] },
  }))
  expect(await app.drainOutbox('hubspot')).toBe(1)
  expect(delivered).toEqual(['hubspot x'])
  expect(await app.drainOutbox()).toBe(1)
  expect(delivered).toEqual(['hubspot x', 'stripe x'])
})

describe('one vendor and another', () => {
  const effect = (kind: string, key: string) => ({ kind, key, payload: {}, dueAt: null })
  const put = (store: Store, effects: ReturnType<typeof effect>[]) =>
    store.commit(() => ({ outcome: null, changes: { effects } }))

  test('what hangs at the one does not keep the other’s from going out', async () => {
    const store = await memoryStore()
    opened.push(store)
    const slow = slowDeliverer()
    const stripe: Deliverer = {
      vendor: 'stripe',
      kinds: ['stripe.customer'],
      deliver: async () => ({ kind: 'done' }),
    }
    const { app } = await createWorld({ store, deliverers: [stripe, slow.deliverer] })
    await put(store, [effect('hubspot.contact', 'x')])
    const all = app.drainOutbox()
    await until(() => slow.batches.length === 1)
    await put(store, [effect('stripe.customer', 'y')])
    expect(await app.drainOutbox('stripe')).toBe(1)
    // Still one at a time with each.
    const again = app.drainOutbox('hubspot')
    slow.letGo()
    await Promise.all([all, again])
    expect(slow.batches).toEqual([['x']])
  })

  test('a long queue is left after some seconds, and gone on with in the next round', async () => {
    const store = await memoryStore()
    opened.push(store)
    let move = (): void => {}
    const deliverer: Deliverer = {
      vendor: 'hubspot',
      kinds: ['hubspot.contact'],
      deliver: async () => ({ kind: 'done' }),
      together: {
        kind: 'hubspot.contact',
        most: 10,
        everyMs: 2_000,
        deliver: async (rows) => {
          move()
          return rows.map(() => ({ kind: 'done' as const }))
        },
      },
    }
    const { app, clock } = await createWorld({ store, deliverers: [deliverer] })
    move = () => {
      clock.at += 1_000
    }
    await put(
      store,
      Array.from({ length: 100 }, (_, n) => effect('hubspot.contact', `m${n}`)),
    )
    const tried = [await app.drainOutbox(), await app.drainOutbox(), await app.drainOutbox()]
    expect(Math.max(...tried)).toBeLessThanOrEqual(50)
    expect(tried.reduce((sum, count) => sum + count)).toBe(100)
    // What comes after the end of the queue waits for others that may come.
    await put(store, [effect('hubspot.contact', 'late')])
    expect(await app.drainOutbox()).toBe(0)
  })

  test('what is held holds up nobody, also after the vendor was away', async () => {
    const store = await memoryStore()
    opened.push(store)
    let isAway = true
    const tries = new Map<string, number>()
    const deliverer: Deliverer = {
      vendor: 'hubspot',
      kinds: ['hubspot.contact'],
      deliver: async () => ({ kind: 'done' }),
      together: {
        kind: 'hubspot.contact',
        most: 100,
        everyMs: 2_000,
        deliver: async (rows) =>
          rows.map(({ key }) => {
            if (isAway) return { kind: 'down' as const, reason: 'away' }
            tries.set(key, (tries.get(key) ?? 0) + 1)
            return key.startsWith('bad') ? { kind: 'held' as const, reason: 'no room' } : { kind: 'done' as const }
          }),
      },
    }
    const { app, clock } = await createWorld({ store, deliverers: [deliverer] })
    const names = Array.from({ length: 30 }, (_, n) => (n < 12 ? `bad${n}` : `good${n}`))
    await put(
      store,
      names.map((name) => effect('hubspot.contact', name)),
    )
    const go = async (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        clock.at += 1_000
        await app.drainOutbox()
      }
    }
    await go(60)
    isAway = false
    await go(110)
    const { items } = await app.listOutbox({ limit: 100 })
    expect(items.map(({ key }) => key)).toEqual(names.slice(0, 12))
    expect(new Set(items.map(({ state, reason }) => `${state}: ${reason}`))).toEqual(new Set(['waiting: no room']))
    await go(300)
    expect(Math.max(...tries.values())).toBeLessThanOrEqual(3)
  })
})

describe('delivering one by one to a vendor that would not know a second for the first', () => {
  async function twoByOne(takesTwice: boolean) {
    const store = await memoryStore()
    opened.push(store)
    const delivered: string[] = []
    const waiting: (() => void)[] = []
    const to = (process: string): Deliverer => ({
      vendor: 'slack',
      kinds: ['hubspot.contact'],
      deliver: async ({ key }) => {
        delivered.push(`${process} ${key}`)
        await new Promise<void>((done) => waiting.push(done))
        return { kind: 'done' }
      },
      ...(!takesTwice && { isOneAtATime: true }),
    })
    const [first, second] = [
      await createWorld({ store, deliverers: [to('first')] }),
      await createWorld({ store, deliverers: [to('second')] }),
    ]
    for (const name of ['ada', 'bo', 'cy']) await first.app.enrolMember({ email: `${name}@example.org` }, staff, null)
    const goOn = setInterval(() => {
      for (const done of waiting.splice(0)) done()
    }, 5)
    return { first, second, delivered, stop: () => clearInterval(goOn) }
  }

  test('is one process’s work at a time, and each goes out once', async () => {
    const { first, second, delivered, stop } = await twoByOne(false)
    const counts = await Promise.all([first.app.drainOutbox(), second.app.drainOutbox(), second.app.drainOutbox()])
    stop()
    expect(delivered).toHaveLength(3)
    expect(new Set(delivered.map((one) => one.split(' ')[0])).size).toBe(1)
    expect(Math.max(...counts)).toBe(3)
    expect(await second.app.drainOutbox()).toBe(0)
  })

  test('and is left to both where the vendor takes care of that', async () => {
    const { first, second, delivered, stop } = await twoByOne(true)
    await Promise.all([first.app.drainOutbox(), second.app.drainOutbox()])
    stop()
    expect(new Set(delivered.map((one) => one.split(' ')[0]))).toEqual(new Set(['first', 'second']))
  })
})
