// Finding members by any part of what they are called, in any script, on every driver.
import { describe, expect, test } from 'vitest'
import type { MemberStatus } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import type { Member } from '../../src/core/state.ts'
import { OF_STATUS } from '../../src/store/search.ts'
import { sampleMember } from '../support/store-samples.ts'
import { KINDS, useStores } from '../support/stores.ts'

const add = (store: Store, ...members: Member[]) => store.commit(() => ({ outcome: null, changes: { members } }))
const find = async (store: Store, text: string, status: MemberStatus | null = null): Promise<string[]> =>
  (await store.searchMembers({ text, status, limit: 100, cursor: null })).items.map(({ id }) => id)
const named = (id: string, name: string) => sampleMember(id, { referralCode: `0${id}`, profile: { name, email: null } })

const indexAll = async (store: Store) => {
  while ((await store.indexMembers()) > 0);
}

const NAMES: [id: string, name: string, found: string[], missed: string[]][] = [
  ['az', 'İlham Əliyev', ['ilham', 'İLHAM', 'Ilham', 'eliyev', 'Əliyev', 'liy', 'h'], ['ilhan']],
  ['az2', 'Rəşid Qırmızı', ['resid', 'rəş', 'qirmizi', 'QIRMIZI', 'mız'], ['rasid']],
  ['am', 'አበበ ቢቂላ', ['ቢቂ', 'ቂላ', 'አበበ ቢ', 'በ'], ['ቢላ']],
  ['es', 'María Núñez', ['nunez', 'NÚÑEZ', 'maria nu', 'ñez'], ['nunes']],
  ['ka', 'ქართლოს', ['ქართ', 'თლოს', 'ლ'], ['ქრთ']],
  ['ka2', 'ᲥᲔᲗᲔᲕᲐᲜ', ['ქეთევან', 'თევ'], []],
  ['hy', 'Արև Պետրոսյան', ['արեւ', 'ԱՐԵՒ', 'պետ', 'ոսյան'], []],
  ['sw', 'Wanjikũ wa Ngũgĩ', ['wanjiku', 'ngugi', 'gugi'], []],
  ['zh', '王小明', ['王', '小明', '明'], ['小王']],
  ['ja', 'さくらガーデン', ['さくら', 'ガーデン', 'カーデ'], []],
  ['ko', '김민준', ['김', '민준', '준'], []],
  ['el', 'Οδυσσέας', ['οδυσσεας', 'ΟΔΥΣΣΕΑΣ', 'δυσσ'], []],
  ['ru', 'Фёдор', ['федор', 'ФЁД', 'дор'], []],
  ['ar', 'محمّد', ['محمد', 'حم'], []],
  ['hi', 'राजेश', ['राजेश', 'राज', 'जेश'], []],
  ['th', 'สมชาย', ['สมชาย', 'ชาย'], []],
  ['ff', '𞤀𞤣𞤢𞤥', ['𞤀𞤣𞤢𞤥', '𞤢𞤣', '𞤥'], []],
  ['de', 'Groß-Łęcki', ['gross', 'groß', 'lecki', 'ŁĘC'], []],
  ['ie', "Siobhán O'Brien", ["o'brien", 'brien', 'siobhan', 'bhan o'], []],
  ['vi', 'Nguyễn Đức', ['nguyen', 'duc', 'uyen'], []],
  ['tr', 'Işıl Çağlar', ['isil', 'IŞIL', 'ışıl', 'caglar', 'ğlar'], []],
]

const HOSTILE = [
  '"',
  "'",
  '""',
  '*',
  '^',
  '-',
  'NEAR',
  'NEAR(',
  'a NEAR/2 b',
  'OR',
  'AND NOT',
  '(',
  ')',
  '{words}:',
  'words:a',
  'a*',
  '"a',
  'a"b*',
  '\\',
  '\0',
  '\u{1F600}',
  '👩‍👩‍👧',
  '\ud800',
  '\udc00a',
  '%',
  '_',
  ';DROP TABLE member',
  '1 OR 1=1',
  '\u0301',
  'ﷺ',
  'a'.repeat(10_000),
  'a '.repeat(5_000),
  '😀'.repeat(3_000),
  '\u202eadA',
  '\n\t',
]

describe.each(KINDS)('the search on %s', (kind) => {
  const open = useStores(kind)

  test('finds any part of a name in any script, without case and accents', { timeout: 60_000 }, async () => {
    const { store } = await open()
    await add(store, ...NAMES.map(([id, name]) => named(id, name)))
    const check = async () => {
      for (const [id, , found, missed] of NAMES) {
        for (const text of found) expect(await find(store, text), text).toContain(id)
        for (const text of missed) expect(await find(store, text), text).not.toContain(id)
      }
    }
    await check()
    await indexAll(store)
    await check()
  })

  test('finds addresses, also former ones, telephone numbers and referral codes', async () => {
    const { store } = await open()
    const ada = sampleMember('ada', {
      referralCode: 'LOVE42',
      formerEmails: ['countess@old.example'],
      profile: { email: 'ada.lovelace@example.org', phone: '+44 (0)20 7946-0958' },
    })
    await add(store, ada, sampleMember('bob', { profile: { email: 'bob@example.org', phone: '555' } }))
    await indexAll(store)
    for (const text of [
      'ada.lovelace@example.org',
      'LACE@',
      'ada example',
      'countess',
      '0958',
      '+44 020 7946',
      '7946 0958',
      'love42',
      've42',
    ]) {
      expect(await find(store, text), text).toEqual(['ada'])
    }
    expect(await find(store, 'example.org')).toEqual(['bob', 'ada'])
    for (const text of ['ada bob', 'nobody', '959', 'lace.ada@'])
      expect(await find(store, text), text).toEqual(text === 'lace.ada@' ? ['ada'] : [])
  })

  test('knows whose referral code it is, indexed or not, also of who was merged, and nobody by a part of it', async () => {
    const { store } = await open()
    const coded = (id: string, referralCode: string) =>
      sampleMember(id, { referralCode, profile: { name: null, email: null } })
    await add(store, coded('m1', 'K7QXM-2HT9R'), coded('m2', 'K7QXM-2HT9T'))
    const whose = (code: string) => store.read((tx) => tx.memberWithCode(code))
    const expectAll = async (codes: Record<string, string | null>) => {
      for (const [code, id] of Object.entries(codes)) expect([code, await whose(code)]).toEqual([code, id])
    }
    const known = { 'K7QXM-2HT9R': 'm1', 'K7QXM-2HT9T': 'm2' }
    await expectAll({ ...known, 'K7QXM-2HT9': null, K7QXM: null, '': null, '-': null, '"': null })
    await indexAll(store)
    await expectAll({ ...known, 'K7QXM-2HT9': null, K7QXM: null, '': null, '-': null, '"': null })
    const [merged] = await store.read((tx) => [...tx.members(['m2']).values()])
    if (merged === undefined) throw new Error('m2 is gone')
    const next: Member = { ...merged, status: 'merged', mergedInto: 'm1' }
    await store.commit(() => ({ outcome: null, changes: { members: [next], reindex: ['m2'] } }))
    await expectAll(known)
    expect(await find(store, '2HT9T')).toEqual([])
  })

  test('never fails on what people type', { timeout: 60_000 }, async () => {
    const { store } = await open()
    await add(store, named('m1', 'Ordinary Near'), named('m2', 'Table'))
    await indexAll(store)
    for (const text of HOSTILE)
      await expect(
        store.searchMembers({ text, status: null, limit: 10, cursor: null }),
        JSON.stringify(text.slice(0, 40)),
      ).resolves.toBeDefined()
    expect(await find(store, 'NEAR')).toEqual(['m1'])
    expect(await find(store, 'OR')).toEqual(['m1'])
    expect(await find(store, '"*')).toEqual([])
    expect(await find(store, '😀')).toEqual([])
    expect(await find(store, '  ')).toEqual(['m2', 'm1'])
  })

  test('keeps names that mean something to a database as they are', async () => {
    const { store } = await open()
    const names = HOSTILE.map((name, i) => named(`m${i}`, name.toWellFormed().replaceAll('\0', '') || 'x'))
    await add(store, ...names)
    const stored = await store.read((tx) => tx.members(names.map(({ id }) => id)))
    for (const { id, profile } of names) expect(stored.get(id)?.profile.name).toBe(profile.name)
  })

  test('pages through what it found, newest first, without gaps or repeats', async () => {
    const { store } = await open()
    await add(store, ...Array.from({ length: 4 }, (_, i) => named(`m${i}`, 'Ada')))
    await indexAll(store)
    await add(store, ...Array.from({ length: 3 }, (_, i) => named(`m${i + 4}`, 'Ada')))
    const pages = async (text: string) => {
      const found: string[][] = []
      let cursor: string | null = null
      do {
        const page = await store.searchMembers({ text, status: null, limit: 3, cursor })
        found.push(page.items.map(({ id }) => id))
        cursor = page.next
      } while (cursor !== null)
      return found
    }
    const expected = [['m6', 'm5', 'm4'], ['m3', 'm2', 'm1'], ['m0']]
    for (const text of ['ada', 'a', '']) expect(await pages(text)).toEqual(expected)
    await indexAll(store)
    for (const text of ['ada', 'a', '']) expect(await pages(text)).toEqual(expected)
    expect(await store.searchMembers({ text: '', status: null, limit: 3, cursor: 'nonsense' })).toEqual({
      items: [],
      next: null,
    })
  })

  test('looks up whether letters that stand together make the word', async () => {
    const { store } = await open()
    // All have the letters "abcd" by threes, one has the word.
    await add(store, named('m0', 'xabcdx'), ...Array.from({ length: 30 }, (_, i) => named(`m${i + 1}`, 'xabc bcdx')))
    await indexAll(store)
    expect(
      (await store.searchMembers({ text: 'abcd', status: null, limit: 5, cursor: null })).items.map(({ id }) => id),
    ).toEqual(['m0'])
    expect(await find(store, 'bcda')).toEqual([])
  })

  test('lists members unless candidates are asked for, and nobody who is erased or merged', async () => {
    const { store } = await open()
    const statuses = ['active', 'candidate', 'left', 'suspended', 'erased', 'merged'] as const
    await add(store, ...statuses.map((status) => ({ ...named(status, 'Ada'), status })))
    for (const _ of ['waiting', 'indexed']) {
      for (const text of ['ada', '']) {
        expect(await find(store, text)).toEqual(['suspended', 'left', 'active'])
        expect(await find(store, text, 'candidate')).toEqual(['candidate'])
        expect(await find(store, text, 'left')).toEqual(['left'])
      }
      await indexAll(store)
    }
  })

  test('goes by what a member is called now, whether they wait for the index or are in it', async () => {
    const { store, rows } = await open()
    const rename = (id: string, name: string | null, status: Member['status']) =>
      store.commit((tx) => {
        const member = tx.members([id]).get(id) ?? sampleMember(id)
        return {
          outcome: null,
          changes: { members: [{ ...member, status, profile: { ...member.profile, name } }], reindex: [id] },
        }
      })
    const inIndex = async () => (await rows('SELECT rowid AS n FROM member_search ORDER BY rowid')).map(({ n }) => n)
    await add(store, named('m1', 'Before'), named('m2', 'Before'))
    await rename('m1', 'After', 'active')
    expect(await inIndex()).toEqual([])
    expect(await find(store, 'after')).toEqual(['m1'])
    await indexAll(store)
    await rename('m2', 'After', 'active')
    expect(await find(store, 'before')).toEqual([])
    expect(await find(store, 'after')).toEqual(['m2', 'm1'])
    await rename('m1', 'Later', 'active')
    expect(await find(store, 'after')).toEqual(['m2'])
    await rename('m2', null, 'erased')
    expect(await inIndex()).not.toContain(2)
    await add(store, named('m3', 'Later'))
    await indexAll(store)
    expect(await inIndex()).toEqual([1, 3])
    expect(await find(store, 'later')).toEqual(['m3', 'm1'])
    expect(await rows(`SELECT count(*) AS n FROM member_search WHERE member_search MATCH '"aft"'`)).toEqual([{ n: 0 }])
  })

  test('indexes nobody twice when two do it at once, and does not stop at those who are gone', {
    timeout: 60_000,
  }, async () => {
    const { store, rows } = await open()
    const gone = Array.from({ length: 300 }, (_, i) => ({ ...named(`gone${i}`, 'Ada'), status: 'erased' as const }))
    await add(store, named('m1', 'Ada'), ...gone, named('m2', 'Ada'))
    expect((await Promise.all([store.indexMembers(), store.indexMembers()])).sort()).toEqual([0, 2])
    expect(await rows('SELECT rowid AS n FROM member_search ORDER BY rowid')).toEqual([{ n: 1 }, { n: 302 }])
    expect(await store.indexMembers()).toBe(0)
  })

  test('lists those who are not active by their index: they are few among many', async () => {
    const { rows } = await open()
    for (const status of ['candidate', 'left', 'suspended', 'erased'] as const) {
      const sql = OF_STATUS(status).replace('n < ?', 'n < 9').replace('LIMIT ?', 'LIMIT 1')
      const [plan] = await rows(`EXPLAIN QUERY PLAN ${sql}`)
      expect(plan).toMatchObject({ detail: expect.stringContaining('member_status (status=? AND n<?)') })
    }
  })

  test('finds the few of a status among many others', { timeout: 60_000 }, async () => {
    const { store } = await open()
    for (let i = 0; i < 1100; i += 100)
      await add(
        store,
        ...Array.from({ length: 100 }, (_, k) => ({
          ...named(`m${i + k}`, 'Ada'),
          status: i + k === 7 ? ('left' as const) : ('active' as const),
        })),
      )
    await indexAll(store)
    expect(await find(store, 'a', 'left')).toEqual(['m7'])
    expect(await find(store, 'ada', 'candidate')).toEqual([])
    expect(await store.searchMembers({ text: 'ada', status: 'active', limit: 2, cursor: '9' })).toMatchObject({
      items: [{ id: 'm6' }, { id: 'm5' }],
      next: '6',
    })
  })

  test('finds one or two letters, common or rare, alone or beside a longer word', { timeout: 60_000 }, async () => {
    const { store } = await open()
    const rare = new Map([
      [3, 'Ada ቢቂላ'],
      [7, 'Qada'],
      [1050, 'ቂ Ada'],
    ])
    for (let i = 0; i < 1100; i += 100)
      await add(store, ...Array.from({ length: 100 }, (_, k) => named(`m${i + k}`, rare.get(i + k) ?? 'Ada')))
    const page = (text: string, cursor: string | null = null) =>
      store.searchMembers({ text, status: null, limit: 3, cursor })
    for (const _ of ['waiting', 'indexed']) {
      expect(await page('a')).toMatchObject({
        items: [{ id: 'm1099' }, { id: 'm1098' }, { id: 'm1097' }],
        next: '1098',
      })
      expect(await page('d a', '9')).toMatchObject({ items: [{ id: 'm7' }, { id: 'm6' }, { id: 'm5' }], next: '6' })
      expect(await find(store, 'ቂ')).toEqual(['m1050', 'm3'])
      expect(await find(store, 'ቢቂ')).toEqual(['m3'])
      expect(await find(store, 'q')).toEqual(['m7'])
      expect(await find(store, 'ada ቂ')).toEqual(['m1050', 'm3'])
      expect(await find(store, 'ada x')).toEqual([])
      await indexAll(store)
    }
  })

  test('finds everybody when more wait than are looked at one by one', { timeout: 60_000 }, async () => {
    const { store } = await open()
    for (let i = 0; i < 1100; i += 100)
      await add(store, ...Array.from({ length: 100 }, (_, k) => named(`m${i + k}`, i + k === 7 ? 'Needle' : 'Hay')))
    expect(await find(store, 'eedl')).toEqual(['m7'])
    expect(await store.searchMembers({ text: 'hay', status: null, limit: 3, cursor: null })).toMatchObject({
      items: [{ id: 'm1099' }, { id: 'm1098' }, { id: 'm1097' }],
    })
  })
})
