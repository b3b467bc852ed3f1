// Who may be meant by what somebody typed, wrote or mistyped, in any script, on every driver.
import { describe, expect, test } from 'vitest'
import type { Store } from '../../src/app/store-port.ts'
import type { Member } from '../../src/core/state.ts'
import { sampleMember, samplePayment, T0 } from '../support/store-samples.ts'
import { KINDS, useStores } from '../support/stores.ts'

const add = (store: Store, ...members: Member[]) => store.commit(() => ({ outcome: null, changes: { members } }))
const called = (id: string, name: string | null, over: Partial<Member> = {}) =>
  sampleMember(id, { referralCode: `0${id}`, ...over, profile: { name, email: null } })
const indexAll = async (store: Store) => {
  while ((await store.indexMembers()) > 0);
}
const idsOf = (members: readonly Member[]) => members.map(({ id }) => id)
const find = async (store: Store, text: string, most = 100) =>
  idsOf((await store.findMembers({ text, status: null, most })).members)
const similar = async (store: Store, text: string, limit = 3) => idsOf(await store.similarMembers({ text, limit }))
const mentioned = async (store: Store, text: string, limit = 5) => idsOf(await store.mentionedMembers({ text, limit }))

const MISTYPED: [name: string, typed: string[]][] = [
  [
    'Ada Lovelace',
    ['lovlace', 'LOVELACCE', 'lovelcae', 'lavelace', 'ada lovlace', 'adda lovelace', 'lovelase', 'ovelace'],
  ],
  ['İlham Əliyev', ['ilhan', 'eliyef', 'ılham əlyev']],
  ['አበበ ቢቂላ', ['አበባ ቢቂላ', 'ቢቂሊ', 'አበ ቢቄላ']],
  ['Արամ Խաչատրյան', ['Խաչատրեան', 'Խաչտրյան']],
  ['Wanjikũ wa Ngũgĩ', ['wanjku', 'wanjiko ngugi']],
  ['محمّد الفارسي', ['الفارسى', 'محمد الفرسي']],
  ['Ольга Смирнова', ['смернова', 'олга смирнова']],
  ['राजेश कुमार', ['राजेस']],
  ['𞤀𞤣𞤢𞤥 𞤁𞤭𞤢𞤤𞤮', ['𞤁𞤭𞤢𞤤𞤢']],
]

const HOSTILE = [
  '',
  ' ',
  '"',
  '*',
  'a"b* OR',
  'NEAR(',
  '\0',
  '\u200b\u200b',
  '😀'.repeat(3_000),
  'lovelace '.repeat(1_200),
  '\ud800',
  'x'.repeat(10_000),
]

describe.each(KINDS)('finding on %s', (kind) => {
  const open = useStores(kind)

  test('puts first who has the word as it was typed', async () => {
    const { store } = await open()
    await add(
      store,
      called('whole', 'Ada Lovelace'),
      called('begins', 'Adamu Bekele'),
      called('inside', 'Nevada Smith'),
      sampleMember('address', { profile: { name: 'Zed', email: 'ada@example.org' } }),
      called('newer', 'Ada Byron'),
    )
    const inOrder = ['newer', 'whole', 'begins', 'address', 'inside']
    expect(await find(store, 'ADA')).toEqual(inOrder)
    await indexAll(store)
    expect(await find(store, 'ada')).toEqual(inOrder)
  })

  test('says that there are more than were put in order', async () => {
    const { store } = await open()
    await add(store, ...Array.from({ length: 6 }, (_, n) => called(`m${n}`, `Ada ${n}`)))
    const { members, isMore } = await store.findMembers({ text: 'ada', status: null, most: 5 })
    expect([members.length, isMore]).toEqual([5, true])
    expect((await store.findMembers({ text: 'ada', status: null, most: 6 })).isMore).toBe(false)
  })

  test('suggests who was meant by a mistyped name, in any script', { timeout: 60_000 }, async () => {
    const { store } = await open()
    await add(store, ...MISTYPED.map(([name]) => called(name, name)))
    for (const [name, typed] of MISTYPED)
      for (const text of typed) expect([text, ...(await similar(store, text))]).toEqual([text, name])
  })

  test('suggests the nearest first, and nobody who is called otherwise', async () => {
    const { store } = await open()
    await add(
      store,
      called('two', 'Lovelaeces'),
      called('one', 'Lovelaces'),
      called('candidate', 'Lovelace', { status: 'candidate' }),
      called('erased', null, { status: 'erased' }),
      called('left', 'Lovelice', { status: 'left' }),
      called('other', 'Grace Hopper'),
    )
    await indexAll(store)
    expect(await similar(store, 'lovelace')).toEqual(['one', 'left', 'two'])
    expect(await similar(store, 'lovelace', 1)).toEqual(['one'])
    for (const text of ['zzzzqqqq', 'ab', 'x', '12345']) expect([text, ...(await similar(store, text))]).toEqual([text])
  })

  test('are customers who are no members yet where no member is meant', async () => {
    const { store } = await open()
    await add(store, called('ada', 'Ada Lovelace', { status: 'candidate' }), called('grace', 'Grace Hopper'))
    expect(await similar(store, 'lovlace')).toEqual(['ada'])
    await add(store, called('member', 'Zoe Lovelace'))
    expect(await similar(store, 'lovlace')).toEqual(['member'])
  })

  test('looks past one word that is none of theirs, but not in an address', async () => {
    const { store } = await open()
    await add(
      store,
      sampleMember('ada', { profile: { name: 'Ada Lovelace', email: 'ada@example.org' } }),
      sampleMember('bob', { profile: { name: 'Bob Ross', email: 'bob@example.org' } }),
      called('abebe', 'አበበ ቢቂላ'),
    )
    for (const text of ['Mrs Lovelace', 'Dr. Lovlace', 'Lovelace-King', 'Ada King'])
      expect([text, ...(await similar(store, text))]).toEqual([text, 'ada'])
    expect(await similar(store, 'አቶ አበበ')).toEqual(['abebe'])
    for (const text of ['zed@example.org', 'x bo', 'Zed Zulu'])
      expect([text, ...(await similar(store, text))]).toEqual([text])
  })

  test('finds by the index whom the newest are not', { timeout: 120_000 }, async () => {
    const { store } = await open()
    await add(
      store,
      ...MISTYPED.map(([name]) => called(name, name)),
      called('left', 'Grace Hopper', { status: 'left' }),
    )
    const crowd = Array.from({ length: 600 }, (_, n) => called(`c${n}`, `Person${n} Crowd`))
    await add(store, ...crowd)
    await indexAll(store)
    for (const [name, typed] of MISTYPED)
      for (const text of typed) expect([text, ...(await similar(store, text))]).toEqual([text, name])
    expect(await similar(store, 'grace hoper')).toEqual(['left'])
  })

  test('reads names in what somebody wrote', async () => {
    const { store } = await open()
    await add(
      store,
      called('ada', 'Ada Lovelace'),
      called('abebe', 'አበበ ቢቂላ'),
      called('ilham', 'İlham Əliyev'),
      called('hill', 'Market Hill'),
    )
    expect(await mentioned(store, 'Hi team, Ada Lovelace called about her order. Please call back')).toEqual(['ada'])
    expect(await mentioned(store, 'ada lovelace called')).toEqual(['ada'])
    expect(await mentioned(store, 'ደንበኛችን አበበ ቢቂላ ደውለዋል')).toEqual(['abebe'])
    expect(await mentioned(store, 'Lovelace, Ada / ILHAM ƏLIYEV')).toEqual(['ada', 'ilham'])
    expect(await mentioned(store, 'Lovelace has called')).toEqual(['ada'])
    expect(await mentioned(store, 'the market. Up the hill')).toEqual([])
    expect(await mentioned(store, 'nobody we know')).toEqual([])
  })

  test('never fails on what people type', { timeout: 60_000 }, async () => {
    const { store } = await open()
    await add(store, called('m1', 'Ordinary Near'), called('m2', '\u200b'), called('m3', null))
    await indexAll(store)
    for (const text of HOSTILE) {
      await expect(store.similarMembers({ text, limit: 3 })).resolves.toBeInstanceOf(Array)
      await expect(store.mentionedMembers({ text, limit: 3 })).resolves.toBeInstanceOf(Array)
      await expect(store.findMembers({ text, status: null, most: 3 })).resolves.toBeTruthy()
    }
  })

  test('reads the newest payments of one member', async () => {
    const { store } = await open()
    const paid = (id: string, member: string, at: number | null) => samplePayment(id, { member, counted: { at } })
    const payments = [paid('a', 'm1', T0), paid('b', 'm1', T0 + 2), paid('c', 'm1', T0 + 1), paid('d', 'm1', null)]
    await store.commit(() => ({ outcome: null, changes: { payments: [...payments, paid('e', 'm2', T0 + 9)] } }))
    expect((await store.newestPayments('m1', 2)).map(({ id }) => id)).toEqual(['b', 'c'])
    expect(await store.newestPayments('nobody', 2)).toEqual([])
  })
})
