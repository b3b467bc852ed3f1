// What only D1 does: it answers late or not at all, and others commit between two of a unit's reads.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/app/ports.ts'
import type { Changes, Tx, Unit } from '../../src/app/store-port.ts'
import { createD1Driver, type D1Binding } from '../../src/store/d1-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { type D1Server, startD1 } from '../support/store-d1.ts'
import { sampleMember, samplePayment, T0 } from '../support/store-samples.ts'

let server: D1Server
beforeAll(async () => {
  server = await startD1()
})
afterAll(async () => {
  await server.stop()
})

interface Meddling {
  before?: (batch: number) => Promise<void> | void
  after?: (batch: number) => Promise<void> | void
}

/** A store whose batches are counted and can be meddled with, and an honest one on the same database. */
async function open({ before, after }: Meddling = {}) {
  const binding = await server.database()
  const counted = { batches: 0, waits: 0 }
  const meddled: D1Binding = {
    prepare: (sql) => binding.prepare(sql),
    batch: async (statements) => {
      const number = ++counted.batches
      await before?.(number)
      const answers = await binding.batch(statements)
      await after?.(number)
      return answers
    },
  }
  const wait = async () => {
    counted.waits++
  }
  return {
    store: createStore(createD1Driver(meddled, { wait })),
    honest: createStore(createD1Driver(binding)),
    counted,
  }
}

const lost = () => {
  throw new Error('Network connection lost.')
}

describe('a store on D1', () => {
  test('does not do again what D1 did before its answer was lost', async () => {
    const key = { holder: 'api:till', route: 'POST /members', key: 'k1', hash: 'h1' }
    const { store, honest } = await open({ after: (batch) => (batch === 2 ? lost() : undefined) })
    const outcome = await store.commit((tx) => {
      const known = tx.answered(key)
      if (known !== null) return { outcome: known.outcome, changes: null }
      return {
        outcome: 'new',
        changes: {
          answer: { ...key, outcome: 'stored', member: null, at: T0 },
          effects: [{ kind: 'k', key: 'e', payload: 1, dueAt: null }],
        },
      }
    })
    expect(outcome).toBe('stored')
    expect(await honest.outboxPage({ limit: 10, after: 0 })).toMatchObject([{ revision: 1 }])
  })

  test('says so when D1 goes on not to answer, after it has tried a few times', async () => {
    const { store, counted } = await open({ before: lost })
    await expect(store.commit((tx) => ({ outcome: tx.setting('a'), changes: null }))).rejects.toThrow(StoreUnavailable)
    expect(counted).toEqual({ batches: 3, waits: 2 })
    await expect(store.read((tx) => tx.setting('a'))).rejects.toThrow('Network connection lost.')
    await expect(store.stats()).rejects.toThrow(StoreUnavailable)
  })

  test('asks again until everything it read is of one moment', async () => {
    const change = (value: string) =>
      honest.commit(() => ({
        outcome: null,
        changes: {
          settings: [
            ['a', value],
            ['b', value],
          ],
        },
      }))
    const { store, honest, counted } = await open({
      after: async (batch) => {
        if (batch <= 2) await change(String(batch))
      },
    })
    await change('0')
    // The second read is asked for only when the first is known.
    expect(await store.read((tx) => [tx.setting('a'), tx.setting('b')])).toEqual(['2', '2'])
    expect(counted.batches).toBe(3)
  })

  test('decides again when what it read has changed before it writes', async () => {
    const { store, honest } = await open({
      before: async (batch) => {
        if (batch !== 2) return
        await honest.commit((tx) => {
          const member = tx.members(['m1']).get('m1') ?? sampleMember('m1')
          return { outcome: null, changes: { members: [{ ...member, available: 7 }] } }
        })
      },
    })
    await honest.commit(() => ({ outcome: null, changes: { members: [sampleMember('m1')] } }))
    const seen = await store.commit((tx) => {
      const available = tx.members(['m1']).get('m1')?.available
      return { outcome: available, changes: { settings: [['copied', String(available)]] } }
    })
    expect(seen).toBe(7)
    expect(await honest.read((tx) => tx.setting('copied'))).toBe('7')
  })

  /** Names are not read again as long as none was moved: each way to move one must be noticed, alone and in company. */
  describe.each([
    ['given to somebody else', { renames: [['cus_1', 'mem_other']] }, 'mem_other'],
    ['dropped', { dropNames: ['cus_1'] }, null],
    ['dropped and made anew', { dropNames: ['cus_1'], names: [['cus_1', 'mem_new']] }, 'mem_new'],
  ] as [string, Changes, string | null][])('a name that was %s after it was read', (_, changes, now) => {
    const reading =
      (event: string): Unit<string | null> =>
      (tx) => {
        const found = tx.names(['cus_1', event]).get('cus_1') ?? null
        return { outcome: found, changes: { names: [[event, found ?? 'nobody']] } }
      }
    const opened = async () => {
      const { store, honest, counted } = await open({
        before: async (batch) => {
          if (batch === 2) await honest.commit(() => ({ outcome: null, changes }))
        },
      })
      await honest.commit(() => ({ outcome: null, changes: { names: [['cus_1', 'mem_1']] } }))
      return { store, honest, counted }
    }

    test('makes whoever read it decide again', async () => {
      const { store, honest } = await opened()
      expect(await store.commit(reading('evt_1'))).toBe(now)
      expect((await honest.read((tx) => tx.names(['evt_1']))).get('evt_1')).toBe(now ?? 'nobody')
    })

    test('makes all of many who read it decide again', async () => {
      const { store } = await opened()
      const settled = await store.commitAll(['evt_1', 'evt_2', 'evt_3'].map(reading))
      expect(settled.map((one) => one.status === 'fulfilled' && one.value)).toEqual([now, now, now])
    })
  })

  test('a name that was given to somebody else is not made anew on the ground of whose it was', async () => {
    const { store, honest } = await open({
      before: async (batch) => {
        if (batch === 2) await honest.commit(() => ({ outcome: null, changes: { renames: [['cus_1', 'mem_2']] } }))
      },
    })
    await honest.commit(() => ({ outcome: null, changes: { names: [['cus_1', 'mem_1']] } }))
    const [settled] = await store.commitAll([
      (tx) => {
        const found = tx.names(['cus_1']).get('cus_1') ?? 'nobody'
        return { outcome: found, changes: { dropNames: ['cus_1'], names: [['cus_1', `after ${found}`]] } }
      },
    ])
    expect(settled).toMatchObject({ value: 'mem_2' })
    expect((await honest.read((tx) => tx.names(['cus_1']))).get('cus_1')).toBe('after mem_2')
  })

  test('does not read names again that were read before others were made', async () => {
    const { store, honest, counted } = await open({
      before: async (batch) => {
        if (batch === 2) await honest.commit(() => ({ outcome: null, changes: { names: [['cus_2', 'mem_2']] } }))
      },
    })
    await honest.commit(() => ({ outcome: null, changes: { names: [['cus_1', 'mem_1']] } }))
    await honest.commit(() => ({ outcome: null, changes: { renames: [['cus_1', 'mem_2']] } }))
    await store.commit((tx) => ({ outcome: tx.names(['cus_1']), changes: { names: [['evt_1', 'mem_2']] } }))
    expect(counted.batches).toBe(2)
  })

  /** A row that is read by its key, changed by others, and read again in a list: guards must not look at the list's alone. */
  describe('a payment that was changed between two reads of it', () => {
    const payment = (tx: Tx) => tx.payments(['pay_1']).get('pay_1')
    const noting = (tx: Tx, note: string) => ({
      outcome: payment(tx)?.version,
      changes: { settings: [[note, String(payment(tx)?.version)]] } as Changes,
    })
    const opened = async () => {
      const { store, honest } = await open({
        before: async (batch) => {
          if (batch !== 2) return
          await honest.commit((tx) => ({
            outcome: null,
            changes: { payments: [payment(tx) ?? samplePayment('pay_1')] },
          }))
        },
      })
      const changes = { payments: [samplePayment('pay_1', { member: 'm1' })] }
      await honest.commit(() => ({ outcome: null, changes }))
      return store
    }

    test('makes whoever read it twice decide again', async () => {
      const store = await opened()
      const settled = await store.commit((tx) => {
        const first = payment(tx)
        tx.paymentsOf('m1')
        return { outcome: first?.version, changes: { settings: [['noted', String(first?.version)]] } }
      })
      expect(settled).toBe(2)
    })

    test('makes many decide again of whom one read it early and one late', async () => {
      const store = await opened()
      const [early, late] = await store.commitAll<number | undefined>([
        (tx) => noting(tx, 'early'),
        (tx) => {
          tx.setting('before')
          const [listed] = tx.paymentsOf('m1')
          return { outcome: listed?.version, changes: { settings: [['late', String(listed?.version)]] } }
        },
      ])
      expect([early, late]).toMatchObject([{ value: 2 }, { value: 2 }])
    })

    test('also where the late one writes it', async () => {
      const store = await opened()
      const [early, late] = await store.commitAll<number | undefined>([
        (tx) => noting(tx, 'early'),
        (tx) => {
          tx.setting('before')
          const listed = tx.paymentsOf('m1')
          return { outcome: listed[0]?.version, changes: { payments: listed } }
        },
      ])
      expect([early, late]).toMatchObject([{ value: 2 }, { value: 2 }])
    })
  })

  test('gives up when others are first every time', async () => {
    const { store, honest, counted } = await open({
      before: async (batch) => {
        if (batch % 2 === 0)
          await honest.commit(() => ({ outcome: null, changes: { settings: [['a', String(batch)]] } }))
      },
    })
    const unit = store.commit((tx) => ({ outcome: tx.setting('a'), changes: { settings: [['a', 'mine']] } }))
    await expect(unit).rejects.toThrow(StoreUnavailable)
    expect(counted).toEqual({ batches: 42, waits: 20 })
  })

  test('lets a unit fail by its own mistakes at once', async () => {
    const { store, counted } = await open()
    const failing = store.commit((tx) => {
      tx.setting('a')
      throw new TypeError('a bug')
    })
    await expect(failing).rejects.toThrow('a bug')
    const nameless = { ...sampleMember('m1'), referralCode: null as unknown as string }
    const broken = store.commit(() => ({ outcome: null, changes: { members: [nameless] } }))
    await expect(broken).rejects.toThrow('NOT NULL constraint failed')
    expect(counted.waits).toBe(0)
  })

  test('fetches what a unit asks for although the unit swallows errors', async () => {
    const { store, honest } = await open()
    await honest.commit(() => ({ outcome: null, changes: { settings: [['a', '1']] } }))
    const read = await store.read((tx) => {
      try {
        return tx.setting('a')
      } catch {
        return 'swallowed'
      }
    })
    expect(read).toBe('1')
  })

  test('ends a unit that asks for something else each time', async () => {
    const { store } = await open()
    let turn = 0
    await expect(store.read((tx) => tx.setting(String(turn++)))).rejects.toThrow('reads without end')
  })
})
