// Finding members by any part of what they are called, in any script, on every driver.
import { describe, expect, test } from 'vitest'
import type { MemberStatus } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import type { Member } from '../../src/core/state.ts'
import { sampleMember } from '../support/store-samples.ts'
import { KINDS, useStores } from '../support/stores.ts'

const add = (store: Store, ...members: Member[]) => store.commit(() => ({ outcome: null, changes: { members } }))
const find = async (store: Store, text: string, status: MemberStatus | null = null) =>
  (await store.searchMembers({ text, status, limit: 100, cursor: null })).items.map(({ id }) => id)
const named = (id: string, name: string) => sampleMember(id, { referralCode: `0${id}`, profile: { name, email: null } })

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
  '"', "'", '""', '*', '^', '-', 'NEAR', 'NEAR(', 'a NEAR/2 b', 'OR', 'AND NOT', '(', ')', '{words}:', 'words:a', 'a*', '"a', 'a"b*', '\\', '\0', '\u{1F600}',
  '👩‍👩‍👧', '\ud800', '\udc00a', '%', '_', ';DROP TABLE member', '1 OR 1=1', '\u0301', 'ﷺ', 'a'.repeat(10_000), 'a '.repeat(5_000), '😀'.repeat(3_000), '\u202eadA', '\n\t',
]

describe.each(KINDS)('the search on %s', (kind) => {
  const open = useStores(kind)

  test('finds any part of a name in any script, without case and accents', async () => {
    const { store } = await open()
    await add(store, ...NAMES.map(([id, name]) => named(id, name)))
    for (const [id, , found, missed] of NAMES) {
      for (const text of found) expect(await find(store, text), text).toContain(id)
      for (const text of missed) expect(await find(store, text), text).not.toContain(id)
    }
  })

  test('finds addresses, also former ones, telephone numbers and referral codes', async () => {
    const { store } = await open()
    const ada = sampleMember('ada', { referralCode: 'LOVE42', formerEmails: ['countess@old.example'], profile: { email: 'ada.lovelace@example.org', phone: '+44 (0)20 7946-0958' } })
    await add(store, ada, sampleMember('bob', { profile: { email: 'bob@example.org', phone: '555' } }))
    for (const text of ['ada.lovelace@example.org', 'LACE@', 'ada example', 'countess', '0958', '+44 020 7946', '7946 0958', 'love42', 've42']) {
      expect(await find(store, text), text).toEqual(['ada'])
    }
    expect(await find(store, 'example.org')).toEqual(['bob', 'ada'])
    for (const text of ['ada bob', 'nobody', '958', 'lace.ada@']) expect(await find(store, text), text).toEqual(text === 'lace.ada@' ? ['ada'] : [])
  })

  test('never fails on what people type', { timeout: 60_000 }, async () => {
    const { store } = await open()
    await add(store, named('m1', 'Ordinary Near'), named('m2', 'Table'))
    for (const text of HOSTILE) await expect(store.searchMembers({ text, status: null, limit: 10, cursor: null }), JSON.stringify(text.slice(0, 40))).resolves.toBeDefined()
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
    await add(store, ...Array.from({ length: 7 }, (_, i) => named(`m${i}`, 'Ada')))
    for (const text of ['ada', '']) {
      const pages: string[][] = []
      let cursor: string | null = null
      do {
        const page = await store.searchMembers({ text, status: null, limit: 3, cursor })
        pages.push(page.items.map(({ id }) => id))
        cursor = page.next
      } while (cursor !== null)
      expect(pages).toEqual([['m6', 'm5', 'm4'], ['m3', 'm2', 'm1'], ['m0']])
    }
    expect(await store.searchMembers({ text: '', status: null, limit: 3, cursor: 'nonsense' })).toEqual({ items: [], next: null })
  })

  test('lists members unless candidates are asked for, and nobody who is erased or merged', async () => {
    const { store } = await open()
    const statuses = ['active', 'candidate', 'left', 'suspended', 'erased', 'merged'] as const
    await add(store, ...statuses.map((status) => ({ ...named(status, 'Ada'), status })))
    for (const text of ['ada', '']) {
      expect(await find(store, text)).toEqual(['suspended', 'left', 'active'])
      expect(await find(store, text, 'candidate')).toEqual(['candidate'])
      expect(await find(store, text, 'left')).toEqual(['left'])
    }
  })

  test('goes by what a member is called now', async () => {
    const { store } = await open()
    await add(store, named('m1', 'Before'))
    const rename = (name: string | null, status: Member['status']) =>
      store.commit((tx) => {
        const member = tx.members(['m1']).get('m1') ?? sampleMember('m1')
        return { outcome: null, changes: { members: [{ ...member, status, profile: { ...member.profile, name } }], reindex: ['m1'] } }
      })
    await rename('After', 'active')
    expect(await find(store, 'before')).toEqual([])
    expect(await find(store, 'after')).toEqual(['m1'])
    await rename(null, 'erased')
    expect(await find(store, 'after', 'erased')).toEqual([])
    await rename('Again', 'active')
    expect(await find(store, 'again')).toEqual(['m1'])
  })
})
