// What the store must do for awards: pages of them, points by rule, and waking members.
import { describe, expect, test } from 'vitest'
import type { Grant } from '../../src/core/reward-state.ts'
import type { Lot } from '../../src/core/state.ts'
import { NO_AWARD } from '../../src/program/awards.ts'
import { sampleLot, sampleMember } from '../support/store-samples.ts'
import { KINDS, type Kind, useStores } from '../support/stores.ts'

const T0 = Date.UTC(2026, 0, 1)

const grant = (member: string, n: number, over: Partial<Grant> = {}): Grant => ({
  id: `${member}/act_${n}/review`,
  version: 0,
  member,
  occasion: 'action',
  rule: 'review',
  subject: 'review',
  at: T0 + Math.floor(n / 2),
  recordedAt: T0,
  program: 'v1',
  award: { ...NO_AWARD, points: 5 },
  points: 5,
  state: 'given',
  chosen: null,
  payment: null,
  ...over,
})

describe.each<Kind>([...KINDS])('%s', (kind) => {
  const open = useStores(kind)

  test('lists a member’s awards newest first, page by page', async () => {
    const { store } = await open()
    const grants = [0, 1, 2, 3, 4].map((n) => grant('m1', n))
    await store.commit(() => ({ outcome: null, changes: { grants: [...grants, grant('m2', 9)] } }))
    const seen: string[] = []
    let before: readonly [number, string] | null = null
    for (;;) {
      const page: Grant[] = await store.grantsPage({ member: 'm1', limit: 2, before })
      seen.push(...page.map(({ id }) => id))
      const last = page.at(-1)
      if (page.length < 2 || last === undefined) break
      before = [last.at, last.id]
    }
    expect(seen).toEqual(grants.map(({ id }) => id).reverse())
    expect(await store.grantsPage({ member: 'm1', limit: 9, before: [T0, ''] })).toEqual([])
    expect((await store.grantsPage({ member: 'm2', limit: 9, before: null }))[0]).toEqual({
      ...grant('m2', 9),
      version: 1,
    })
  })

  test('reads lots of some rules, spent or not, since an instant', async () => {
    const { store } = await open()
    const lot = (id: string, fields: Partial<Lot>, member = 'm1') =>
      sampleLot(id, member, 9, { rule: 'review', earnedAt: T0, ...fields })
    const lots = [
      lot('l1', { earnedAt: T0 - 1 }),
      lot('l2', {}),
      lot('l3', { remaining: 0, spent: 9 }),
      lot('l4', { rule: 'visit', earnedAt: T0 + 1 }),
      lot('l5', { rule: 'purchase' }),
      lot('l6', {}, 'm2'),
    ]
    await store.commit(() => ({ outcome: null, changes: { lots } }))
    const read = (rules: string[], since: number) =>
      store.read((tx) =>
        tx
          .lots('m1')
          .ofRules(rules, since)
          .map(({ id }) => id)
          .sort(),
      )
    expect(await read(['review', 'visit'], T0)).toEqual(['l2', 'l3', 'l4'])
    expect(await read(['review'], Number.MIN_SAFE_INTEGER)).toEqual(['l1', 'l2', 'l3'])
    expect(await read([], 0)).toEqual([])
  })

  test('wakes active members of a slice, but those who wake sooner, and notes how far it came', async () => {
    const { store } = await open()
    const members = [
      sampleMember('m1', { nextAt: null }),
      sampleMember('m2', { nextAt: T0 + 500 }),
      sampleMember('m3', { nextAt: T0 - 500 }),
      sampleMember('m4', { nextAt: null, status: 'left' }),
      sampleMember('m5', { nextAt: null }),
    ]
    await store.commit(() => ({ outcome: null, changes: { members } }))
    expect(await store.newestMember()).toBe(5)
    await store.wakeMembers({ after: 0, upTo: 4, now: T0, setting: ['woken:v1', '4 5'] })
    const after = await store.read((tx) => tx.members(['m1', 'm2', 'm3', 'm4', 'm5']))
    expect([...after.values()].map(({ id, nextAt, version }) => [id, nextAt, version]).sort()).toEqual([
      ['m1', T0, 2],
      ['m2', T0, 2],
      ['m3', T0 - 500, 1],
      ['m4', null, 1],
      ['m5', null, 1],
    ])
    expect(await store.read((tx) => tx.setting('woken:v1'))).toBe('4 5')
    expect(await store.dueMembers(T0, 10)).toEqual(['m3', 'm1', 'm2'])
  })

  test('knows of no newest member while there is none', async () => {
    const { store } = await open()
    expect(await store.newestMember()).toBe(0)
  })
})
