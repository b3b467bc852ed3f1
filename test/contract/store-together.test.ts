// Many units committed together on every driver: each all or nothing, as if each had been alone.
import { describe, expect, test } from 'vitest'
import type { Changes, Store, Unit } from '../../src/app/store-port.ts'
import type { Member } from '../../src/core/state.ts'
import { sampleEntry, sampleLot, sampleMember, samplePayment, T0 } from '../support/store-samples.ts'
import { KINDS, useStores } from '../support/stores.ts'

const AT_LENGTH = { timeout: 60_000 }
const changing =
  (changes: Changes): Unit<string> =>
  () => ({ outcome: 'done', changes })

const memberOf = (store: Store, id: string): Promise<Member | undefined> => store.read((tx) => tx.members([id]).get(id))

const addingOne =
  (id: string): Unit<number> =>
  (tx) => {
    const member = tx.members([id]).get(id)
    if (member === undefined) throw new Error(`no member ${id}`)
    member.available += 1
    return { outcome: member.available, changes: { members: [member] } }
  }

/** A customer's purchase as the use cases write it: a row in every table of the hot path. */
const purchase =
  (n: number): Unit<string> =>
  (tx) => {
    const [event, member, payment] = [`evt_${n}`, `mem_${n}`, `pay_${n}`]
    if (tx.names([event, 'erased', `cus_${n}`]).has(event)) return { outcome: 'duplicate', changes: null }
    return {
      outcome: 'recorded',
      changes: {
        names: [
          [event, payment],
          [`cus_${n}`, member],
        ],
        payments: [samplePayment(payment, { member, counted: { at: T0 + n }, eligible: true })],
        members: [{ ...sampleMember(member), profile: { ...sampleMember(member).profile, name: `Ånna “${n}” ሰላም` } }],
        reindex: [member],
        lots: [sampleLot(`${payment}/purchase`, member, 10)],
        entries: [
          sampleEntry(member, { about: payment, reason: `first of ${n}` }),
          sampleEntry(member, { about: null }),
        ],
        effects: [
          { kind: 'hubspot.contact', key: member, payload: { member }, dueAt: null },
          { kind: 'shared', key: 'same', payload: n, dueAt: n },
        ],
      },
    }
  }

describe.each(KINDS)('units committed together on %s', (kind) => {
  const open = useStores(kind)

  test('are each stored, and answer in their order', AT_LENGTH, async () => {
    const { store, rows } = await open()
    const numbers = Array.from({ length: 120 }, (_, n) => n)
    const settled = await store.commitAll(numbers.map(purchase))
    expect(new Set(settled.map((one) => one.status === 'fulfilled' && one.value))).toEqual(new Set(['recorded']))
    expect(await store.stats()).toMatchObject({ members: 120, payments: 120, entries: 240, outboxWaiting: 121 })
    expect(await rows('SELECT count(*) AS lots, sum(points) AS points FROM lot')).toEqual([{ lots: 120, points: 1200 }])
    const ledger = await store.ledgerOf(['mem_7'], { limit: 5, before: null })
    expect(ledger.map(({ about, reason }) => [about, reason])).toEqual([
      [null, sampleEntry('x').reason],
      ['pay_7', 'first of 7'],
    ])
    expect((await memberOf(store, 'mem_7'))?.profile.name).toBe('Ånna “7” ሰላም')
    const again = await store.commitAll(numbers.map(purchase))
    expect(new Set(again.map((one) => one.status === 'fulfilled' && one.value))).toEqual(new Set(['duplicate']))
    expect(await store.stats()).toMatchObject({ entries: 240 })
  })

  test('are the same rows as when each is committed by itself', AT_LENGTH, async () => {
    const tables = ['name', 'member', 'payment', 'lot', 'entry']
    const stored = async (commit: (store: Store, units: Unit<string>[]) => Promise<unknown>) => {
      const { store, rows } = await open()
      await commit(store, [1, 2, 3].map(purchase))
      return Promise.all(tables.map((table) => rows(`SELECT * FROM ${table} ORDER BY 1`)))
    }
    const together = await stored((store, units) => store.commitAll(units))
    const apart = await stored(async (store, units) => {
      for (const unit of units) await store.commit(unit)
    })
    expect(together).toEqual(apart)
  })

  test('decide on what those before them left, where they want the same', AT_LENGTH, async () => {
    const { store } = await open()
    await store.commitAll([changing({ members: [sampleMember('m1')] }), changing({ members: [sampleMember('m2')] })])
    const settled = await store.commitAll(['m1', 'm2', 'm1', 'm1', 'm2'].map(addingOne))
    const balances = settled.map((one) => (one.status === 'fulfilled' ? one.value : null))
    expect([balances[0], balances[2], balances[3]].sort()).toEqual([1, 2, 3])
    expect([balances[1], balances[4]].sort()).toEqual([1, 2])
    expect(await memberOf(store, 'm1')).toMatchObject({ available: 3, version: 4 })
    expect(await memberOf(store, 'm2')).toMatchObject({ available: 2, version: 3 })
  })

  test('make a name once', AT_LENGTH, async () => {
    const { store } = await open()
    const claim =
      (target: string): Unit<string> =>
      (tx) => {
        const known = tx.names(['email:ada@example.org']).get('email:ada@example.org')
        return {
          outcome: known ?? target,
          changes: known === undefined ? { names: [['email:ada@example.org', target]] } : null,
        }
      }
    const settled = await store.commitAll(['m1', 'm2', 'm3'].map(claim))
    expect(new Set(settled.map((one) => one.status === 'fulfilled' && one.value)).size).toBe(1)
  })

  test('fail alone: by a bug before they write, or by what they write', AT_LENGTH, async () => {
    const { store } = await open()
    const bug = new TypeError('a bug')
    const units: Unit<string>[] = Array.from({ length: 12 }, (_, n) => purchase(n))
    units[3] = () => {
      throw bug
    }
    const nothing = null as unknown as string
    units[7] = changing({
      names: [['broken', 'x']],
      entries: [sampleEntry('m7', { reason: nothing }), sampleEntry('m7')],
    })
    const settled = await store.commitAll(units)
    expect(settled.map(({ status }) => status === 'fulfilled')).toEqual(units.map((_, n) => n !== 3 && n !== 7))
    expect(settled[3]).toEqual({ status: 'rejected', reason: bug })
    expect(settled[7]).toMatchObject({ reason: { message: expect.stringContaining('NOT NULL constraint failed') } })
    expect(await store.stats()).toMatchObject({ members: 10, entries: 20 })
    expect(await store.read((tx) => tx.names(['broken']).size)).toBe(0)
  })

  test('never write over a member that they did not read as it is', AT_LENGTH, async () => {
    const { store } = await open()
    await store.commitAll([changing({ members: [sampleMember('m1')] }), changing({ members: [sampleMember('m2')] })])
    const stale = await memberOf(store, 'm1')
    await store.commit(addingOne('m1'))
    const settled = await store.commitAll([
      () => ({ outcome: 0, changes: { members: [{ ...(stale as Member), available: 100 }] } }),
      addingOne('m2'),
    ])
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(await memberOf(store, 'm1')).toMatchObject({ available: 1 })
  })

  test('keep the order of what one unit writes: names go before they come', AT_LENGTH, async () => {
    const { store } = await open()
    await store.commitAll([
      changing({
        names: [
          ['a', '1'],
          ['b', '2'],
        ],
      }),
    ])
    const settled = await store.commitAll([
      changing({ names: [['c', '3']], settings: [['s', '1']] }),
      (tx) => ({ outcome: String(tx.names(['a']).size), changes: { dropNames: ['a'], names: [['d', '4']] } }),
      (tx) => ({ outcome: String(tx.names(['b']).size), changes: { renames: [['b', '5']] } }),
    ])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
    expect(await store.read((tx) => [...tx.names(['a', 'b', 'c', 'd'])].sort())).toEqual([
      ['b', '5'],
      ['c', '3'],
      ['d', '4'],
    ])
  })

  test('lose nothing to others that commit at the same time', AT_LENGTH, async () => {
    const { store } = await open()
    await store.commitAll(['m1', 'm2'].map((id) => changing({ members: [sampleMember(id)] })))
    await Promise.all([
      store.commitAll(['m1', 'm2', 'm1', 'm2'].map(addingOne)),
      store.commitAll(['m2', 'm1', 'm2', 'm1'].map(addingOne)),
      store.commit(addingOne('m1')),
    ])
    expect([await memberOf(store, 'm1'), await memberOf(store, 'm2')]).toMatchObject([
      { available: 5 },
      { available: 4 },
    ])
  })
})
