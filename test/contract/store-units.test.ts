// A unit of work on every driver: all of it or nothing, nothing lost to others that run at the same time.
import { describe, expect, test } from 'vitest'
import type { Changes, Store, Tx } from '../../src/app/store-port.ts'
import type { Member } from '../../src/core/state.ts'
import { sampleEntry, sampleLot, sampleMember, samplePayment, T0 } from '../support/store-samples.ts'
import { KINDS, useStores } from '../support/stores.ts'

const put = (store: Store, changes: Changes) => store.commit(() => ({ outcome: null, changes }))
const memberIn = (tx: Tx, id: string): Member => {
  const member = tx.members([id]).get(id)
  if (member === undefined) throw new Error(`No member ${id}`)
  return member
}
const addOne = (store: Store, id: string) =>
  store.commit((tx) => {
    const member = memberIn(tx, id)
    member.available += 1
    return { outcome: member.available, changes: { members: [member] } }
  })

describe.each(KINDS)('a unit of work on %s', (kind) => {
  const open = useStores(kind)

  test('answers its outcome and stores what it asked for', async () => {
    const { store } = await open()
    const outcome = await store.commit((tx) => ({
      outcome: tx.names(['pi_1', 'ch_1']).size,
      changes: { names: [['pi_1', 'pay_1']] },
    }))
    expect(outcome).toBe(0)
    expect(await store.read((tx) => tx.names(['pi_1', 'ch_1']))).toEqual(new Map([['pi_1', 'pay_1']]))
  })

  test('may change nothing', async () => {
    const { store } = await open()
    expect(await store.commit(() => ({ outcome: 'nothing', changes: null }))).toBe('nothing')
    expect(await store.stats()).toEqual({
      members: 0,
      payments: 0,
      entries: 0,
      outboxWaiting: 0,
      outboxParked: 0,
      inboxParked: 0,
    })
  })

  test('that throws stores nothing and rejects with its own error', async () => {
    const { store } = await open()
    const failure = new Error('a bug')
    await expect(
      store.commit(() => {
        throw failure
      }),
    ).rejects.toBe(failure)
    await put(store, { names: [['pi_1', 'pay_1']] })
    expect(await store.read((tx) => tx.names(['pi_1']).size)).toBe(1)
  })

  test('that breaks a constraint half-way stores nothing, while those that wait with it are stored', async () => {
    const { store } = await open()
    const broken = sampleEntry('m1', { reason: null as unknown as string })
    const outcomes = await Promise.allSettled([
      put(store, { names: [['before', 'x']] }),
      put(store, { names: [['broken', 'x']], members: [sampleMember('m1')], entries: [broken] }),
      put(store, { names: [['after', 'x']] }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { message: expect.stringContaining('NOT NULL constraint failed') } })
    expect(await store.read((tx) => [...tx.names(['before', 'broken', 'after']).keys()].sort())).toEqual([
      'after',
      'before',
    ])
    expect(await store.read((tx) => tx.members(['m1']).size)).toBe(0)
  })

  test('never writes over a member that it did not read as it is', async () => {
    const { store } = await open()
    await put(store, { members: [sampleMember('m1')] })
    const stale = await store.read((tx) => memberIn(tx, 'm1'))
    await addOne(store, 'm1')
    await expect(put(store, { members: [{ ...stale, available: 100 }] })).rejects.toThrow()
    expect(await store.read((tx) => memberIn(tx, 'm1').available)).toBe(1)
  })

  test('gives copies: changing what was read changes nothing that is stored', async () => {
    const { store } = await open()
    await put(store, {
      members: [sampleMember('m1')],
      payments: [samplePayment('p1', { member: 'm1', counted: { at: T0 }, eligible: true })],
    })
    await store.read((tx) => {
      memberIn(tx, 'm1').profile.name = 'Changed'
      const [contribution] = tx.history('m1').contributions()
      if (contribution) contribution.base = 99
      expect(memberIn(tx, 'm1').profile.name).toBeNull()
      expect(tx.history('m1').contributions()[0]?.base).toBe(0)
    })
  })

  test('lets the second of two that make the same name see what the first made', async () => {
    const { store } = await open()
    const claim = (target: string) =>
      store.commit((tx) => {
        const known = tx.names(['email:ada@example.org']).get('email:ada@example.org')
        return {
          outcome: known ?? target,
          changes: known === undefined ? { names: [['email:ada@example.org', target]] } : null,
        }
      })
    const outcomes = await Promise.all(['m1', 'm2', 'm3'].map(claim))
    expect(new Set(outcomes).size).toBe(1)
    expect(await store.read((tx) => tx.names(['email:ada@example.org']).get('email:ada@example.org'))).toBe(outcomes[0])
  })

  test('loses nothing when fifty change one member at once', { timeout: 60_000 }, async () => {
    const { store } = await open()
    await put(store, { members: [sampleMember('m1')] })
    const balances = await Promise.all(Array.from({ length: 50 }, () => addOne(store, 'm1')))
    expect(balances.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    expect(await store.read((tx) => memberIn(tx, 'm1'))).toMatchObject({ available: 50, version: 51 })
  })

  test('decides again when a member or payment that it only read has changed', async () => {
    const { store } = await open()
    await put(store, { members: [sampleMember('m1')], payments: [samplePayment('p1')], settings: [['mode', 'none']] })
    const copy = (name: string) =>
      store.commit((tx) => ({ outcome: null, changes: { settings: [[name, String(memberIn(tx, 'm1').available)]] } }))
    await Promise.all([addOne(store, 'm1'), copy('a'), addOne(store, 'm1'), copy('b')])
    await copy('c')
    expect(await store.read((tx) => tx.setting('c'))).toBe('2')
  })

  test('merges what names stand for: new, renamed, dropped', async () => {
    const { store } = await open()
    const many = Array.from({ length: 21 }, (_, i): [string, string] => [`n${i}`, 't'])
    await put(store, { names: [...many, ['n0', 't']] })
    await put(store, {
      renames: [
        ['n0', 'u'],
        ['new', 'u'],
      ],
      dropNames: ['n1', 'n2'],
    })
    const names = await store.read((tx) => tx.names(['n0', 'n1', 'n2', 'n20', 'new']))
    expect(names).toEqual(
      new Map([
        ['n0', 'u'],
        ['n20', 't'],
        ['new', 'u'],
      ]),
    )
  })

  test('answers nothing to no question', async () => {
    const { store } = await open()
    await store.read((tx) => {
      expect(tx.names([]).size + tx.members([]).size + tx.payments([]).size).toBe(0)
      expect(tx.lots('m1').byId([])).toEqual([])
    })
  })

  test('reads more names at once than a statement has parameters', async () => {
    const { store } = await open()
    const names = Array.from({ length: 300 }, (_, i): [string, string] => [`n${i}`, `t${i}`])
    await put(store, { names })
    expect(await store.read((tx) => tx.names(names.map(([name]) => name)).size)).toBe(300)
  })

  test('stores a call once: the second finds its hash and outcome', async () => {
    const { store } = await open()
    const key = { holder: 'api:till', route: 'POST /members', key: 'k1', hash: 'h1' }
    const call = () =>
      store.commit((tx) => {
        const known = tx.answered(key)
        if (known !== null) return { outcome: known.outcome, changes: null }
        return { outcome: 'first', changes: { answer: { ...key, outcome: 'stored', member: 'm1', at: T0 } } }
      })
    expect((await Promise.all([call(), call(), call()])).sort()).toEqual(['first', 'stored', 'stored'])
    expect(await store.read((tx) => tx.answered({ ...key, hash: 'other' }))).toEqual({ hash: 'h1', outcome: 'stored' })
    expect(await store.read((tx) => tx.answered({ ...key, route: 'POST /other' }))).toBeNull()
  })

  test('keeps points up to the largest safe integer', async () => {
    const { store } = await open()
    const member = sampleMember('m1', { available: Number.MAX_SAFE_INTEGER, spendMinor: Number.MIN_SAFE_INTEGER })
    await put(store, { members: [member], lots: [sampleLot('l1', 'm1', Number.MAX_SAFE_INTEGER)] })
    expect(await store.read((tx) => memberIn(tx, 'm1'))).toEqual({ ...member, version: 1 })
    expect(await store.read((tx) => tx.lots('m1').open()[0]?.points)).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('reads as of one moment', async () => {
    const { store } = await open()
    await put(store, { members: [sampleMember('m1'), sampleMember('m2')] })
    const move = () =>
      store.commit((tx) => {
        const [from, to] = [memberIn(tx, 'm1'), memberIn(tx, 'm2')]
        from.available -= 1
        to.available += 1
        return { outcome: null, changes: { members: [from, to] } }
      })
    const total = () => store.read((tx) => memberIn(tx, 'm1').available + memberIn(tx, 'm2').available)
    const seen = await Promise.all([move(), total(), move(), total(), move(), total()])
    expect(seen).toEqual([null, 0, null, 0, null, 0])
  })
})
