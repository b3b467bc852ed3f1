// What the store must do for members' contacts in the CRM: rows, who holds a record, pages, and what waits to be written.
import { describe, expect, test } from 'vitest'
import type { StoredContact } from '../../src/app/store-port.ts'
import { sampleMember } from '../support/store-samples.ts'
import { KINDS, type Kind, useStores } from '../support/stores.ts'

const T0 = Date.UTC(2026, 0, 1)

const contact = (member: string, over: Partial<StoredContact> = {}): StoredContact => ({
  member,
  record: null,
  state: 'none',
  reason: null,
  written: {},
  at: T0,
  ...over,
})
const linked = (member: string, record: string): StoredContact =>
  contact(member, { record, state: 'linked', written: { _: 'loyalty_', points: '1x' } })
const refused = (member: string, at: number): StoredContact =>
  contact(member, { state: 'refused', reason: 'Անվավեր հասցե', at })

describe.each<Kind>([...KINDS])('%s', (kind) => {
  const open = useStores(kind)
  const opened = async () => {
    const { store } = await open()
    const put = (contacts: StoredContact[], dropContacts: string[] = []) =>
      store.commit(() => ({ outcome: null, changes: { contacts, dropContacts } }))
    return { store, put }
  }

  test('keeps a contact as it was put, and the last one put of a member', async () => {
    const { store, put } = await opened()
    await put([linked('mem_1', '101'), contact('mem_2'), refused('mem_3', T0)])
    await put([linked('mem_2', '102')])
    const found = await store.read((tx) => tx.contacts(['mem_1', 'mem_2', 'mem_3', 'mem_4']))
    expect([...found.values()].sort((a, b) => (a.member < b.member ? -1 : 1))).toEqual([
      linked('mem_1', '101'),
      linked('mem_2', '102'),
      refused('mem_3', T0),
    ])
    expect(await store.read((tx) => tx.contacts([]))).toEqual(new Map())
  })

  test('finds who holds a record', async () => {
    const { store, put } = await opened()
    await put([linked('mem_1', '101'), linked('mem_2', '102'), contact('mem_3')])
    const found = await store.read((tx) => tx.contactsByRecord(['102', '103', '101']))
    expect(found.map(({ member }) => member).sort()).toEqual(['mem_1', 'mem_2'])
    expect(await store.read((tx) => tx.contactsByRecord([]))).toEqual([])
  })

  test('refuses one record for two members, and writes nothing of that unit', async () => {
    const { store, put } = await opened()
    await put([linked('mem_1', '101')])
    await expect(put([linked('mem_2', '101')])).rejects.toThrow(/UNIQUE/)
    expect(await store.read((tx) => tx.contacts(['mem_2']))).toEqual(new Map())
  })

  test('lets two members exchange their records in one unit, since what is dropped goes first', async () => {
    const { store, put } = await opened()
    await put([linked('mem_1', '101'), linked('mem_2', '102')])
    await put([linked('mem_1', '102'), linked('mem_2', '101')], ['mem_1', 'mem_2'])
    const found = await store.read((tx) => tx.contacts(['mem_1', 'mem_2']))
    expect([...found.values()].map(({ member, record }) => [member, record]).sort()).toEqual([
      ['mem_1', '102'],
      ['mem_2', '101'],
    ])
  })

  test('lists the refused, the newest first, page by page, none twice where they came together', async () => {
    const { store, put } = await opened()
    const all = [0, 1, 1, 1, 2, 3].map((later, n) => refused(`mem_${n}`, T0 + later))
    await put([...all, linked('mem_9', '109')])
    const seen: string[] = []
    let before: readonly [number, string] | null = null
    for (;;) {
      const page: StoredContact[] = await store.refusedContacts({ limit: 2, before })
      seen.push(...page.map(({ member }) => member))
      const last = page.at(-1)
      if (page.length < 2 || last === undefined) break
      before = [last.at, last.member]
    }
    expect(seen).toEqual(['mem_5', 'mem_4', 'mem_3', 'mem_2', 'mem_1', 'mem_0'])
    expect((await store.refusedContacts({ limit: 1, before: null }))[0]?.reason).toBe('Անվավեր հասցե')
  })

  test('lists everybody but candidates by number, from any of them on', async () => {
    const { store } = await opened()
    const members = [
      sampleMember('mem_a'),
      sampleMember('mem_b', { status: 'candidate' }),
      sampleMember('mem_c', { status: 'erased' }),
      sampleMember('mem_d', { status: 'left' }),
    ]
    for (const member of members) await store.commit(() => ({ outcome: null, changes: { members: [member] } }))
    const all = await store.contactNumbersAfter(0, 10)
    expect(all.map(({ id }) => id)).toEqual(['mem_a', 'mem_c', 'mem_d'])
    expect((await store.contactNumbersAfter(all[0]?.n ?? 0, 1)).map(({ id }) => id)).toEqual(['mem_c'])
    expect(await store.contactNumbersAfter(all.at(-1)?.n ?? 0, 10)).toEqual([])
  })

  test('says how many wait, how many are parked, and when the first is due', async () => {
    const { store } = await opened()
    const effect = (key: string, dueAt: number) => ({ kind: 'hubspot.contact', key, payload: { member: key }, dueAt })
    const other = { ...effect('x', T0), kind: 'stripe.reward' }
    expect(await store.effectsStanding('hubspot.contact')).toEqual({ waiting: 0, parked: 0, nextAt: null })
    await store.commit(() => ({
      outcome: null,
      changes: { effects: [effect('mem_1', T0 + 5), effect('mem_2', T0 + 3), effect('mem_3', T0), other] },
    }))
    const [first] = await store.dueEffects({ kinds: ['hubspot.contact'], now: T0, limit: 1 })
    if (first === undefined) throw new Error('none is due')
    const { id, revision } = first
    await store.postpone([{ id, revision, dueAt: T0, reason: 'no', park: true, counts: true }])
    expect(await store.effectsStanding('hubspot.contact')).toEqual({ waiting: 2, parked: 1, nextAt: T0 + 3 })
  })
})
