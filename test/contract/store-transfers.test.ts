// All rows of a database into another, on each kind of database: equal to the last letter, once, and whatever they hold.
import { describe, expect, it } from 'vitest'
import type { TransferChunk, TransferRow } from '../../src/app/ports/transfer.ts'
import type { Driver } from '../../src/store/driver.ts'
import { KINDS, type OpenStore, useStores } from '../support/stores.ts'

const DIGEST = '0'.repeat(64)

/** Every kind of text that breaks something somewhere. */
const HOSTILE = [
  '',
  ' ',
  'ሰላም ተስፋዬ',
  'Հայկ Պետրոսյան',
  'Əlı wa Mwangi’s',
  '🏳️‍🌈👩‍👩‍👧',
  'a\u0000b',
  '\u0001\u001f\u007f\u0085\u2028\u2029\ufeff',
  `'"\\;--/*%_?{}[]\n\r\t`,
  '\\u0041 &amp; <b>',
  'e\u0301 \u00e9 \u1e9e ﷽',
  'null',
  '1e400',
  '"["',
]

const put = (driver: Driver, sql: string, ...params: (string | number | null)[]): Promise<unknown> =>
  driver.commit(() => ({ outcome: null, writes: [{ sql, params }], guards: () => [] }))

/** Each text in a table of each kind of key: by a text, by several, by a number of its own, by one that no column shows. */
async function fill({ driver }: OpenStore): Promise<void> {
  for (const [i, text] of HOSTILE.entries()) {
    await put(driver, 'INSERT INTO setting (name, value) VALUES (?, ?)', `s${i}${text}`, text)
    await put(driver, 'INSERT INTO name (name, target) VALUES (?, ?)', `n${text}`, text)
    await put(
      driver,
      'INSERT INTO idempotency (holder, route, key, hash, outcome, member, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[text, `POST ${text}`, `k${text}`, '', text, i % 2 ? text : null, 1_764_000_000_000 + i],
    )
    await put(
      driver,
      'INSERT INTO outbox (kind, key, payload, revision, tries, state, reason, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...['stripe.reward', `k${i}`, JSON.stringify({ text }), i, 5, i % 3 ? 'waiting' : 'parked', text, i],
    )
    await put(
      driver,
      'INSERT INTO inbox (id, type, reason, payload, received_at, event_at, tries) VALUES (?, ?, ?, ?, 1, 2, 3)',
      ...[`evt_${9 - i}`, text, text, text.repeat(100)],
    )
    await put(
      driver,
      'INSERT INTO outlook VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[`m${i}`, i, 'low', i % 2 ? text : null, Math.sin(i + 1), 0.1 + i / 3, Number.MAX_SAFE_INTEGER - i, null],
    )
  }
  // Gaps in numbers that are never used again.
  await put(driver, 'DELETE FROM outbox WHERE id > ?', 10)
  await put(driver, 'DELETE FROM inbox WHERE id = ?', 'evt_5')
}

interface Moved {
  chunks: TransferChunk[]
}

async function allOf({ store }: OpenStore): Promise<Moved> {
  const { tables } = await store.transfers.status()
  const chunks: TransferChunk[] = []
  for (const { name, columns } of tables)
    for (let after: TransferRow | null = null; ; ) {
      const page = await store.transfers.page(name, after)
      if (page === null || page.next === null) break
      chunks.push({ table: name, columns, rows: page.rows })
      after = page.next
    }
  return { chunks }
}

async function into({ store }: OpenStore, { chunks }: Moved, id = 'move1'): Promise<void> {
  await store.transfers.begin({ id, digest: DIGEST, chunks: chunks.length, taken: 0, state: 'arriving', at: 1 })
  for (const [number, chunk] of chunks.entries())
    expect(await store.transfers.take(id, number, chunk)).toMatchObject({
      kind: 'taken',
      record: { taken: number + 1 },
    })
  for (let left = 1; left > 0; ) left = await store.transfers.index()
}

const rowsIn = ({ chunks }: Moved) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(chunks, ({ table }) => table)).map(([table, some = []]) => [
      table,
      some.flatMap(({ rows }) => rows),
    ]),
  )

describe.each(KINDS)('all rows of %s', (kind) => {
  const open = useStores(kind)
  const openOther = useStores(kind === 'D1' ? 'node:sqlite in a file' : 'D1')

  it('are the same in another kind of database, and back in one of this kind', async () => {
    const [from, there, back] = [await open(), await openOther(), await open()]
    await fill(from)
    const moved = await allOf(from)
    expect(
      rowsIn(moved)
        .setting?.map(([, value]) => String(value))
        .toSorted(),
    ).toEqual(HOSTILE.toSorted())
    await into(there, moved)
    expect(rowsIn(await allOf(there))).toEqual(rowsIn(moved))
    await into(back, await allOf(there))
    expect(rowsIn(await allOf(back))).toEqual(rowsIn(moved))
    // The next one gets the number that it would have got.
    await put(back.driver, `INSERT INTO outbox (kind, key, payload, due_at) VALUES ('a', 'b', '{}', 1)`)
    expect(await back.rows('SELECT max(id) AS id FROM outbox')).toEqual([{ id: HOSTILE.length + 1 }])
  })

  it('arrive once, though a chunk is sent again, out of turn, or under another id', async () => {
    const [from, to] = [await open(), await open()]
    await fill(from)
    const moved = await allOf(from)
    const [first, second] = moved.chunks
    if (first === undefined || second === undefined) throw new Error('too little to move')
    const { transfers } = to.store
    await transfers.begin({ id: 'a', digest: DIGEST, chunks: moved.chunks.length, taken: 0, state: 'arriving', at: 1 })
    expect(await transfers.take('a', 1, second)).toMatchObject({ kind: 'early', record: { taken: 0 } })
    expect(await transfers.take('b', 0, first)).toMatchObject({ kind: 'another' })
    expect(await transfers.take('a', 0, { ...first, columns: [...first.columns, 'x'] })).toEqual({ kind: 'unknown' })
    expect(await transfers.take('a', 0, { ...first, table: 'sqlite_schema' })).toEqual({ kind: 'unknown' })
    const answers = await Promise.all([transfers.take('a', 0, first), transfers.take('a', 0, first)])
    for (const answer of answers) expect(answer).toMatchObject({ kind: 'taken', record: { taken: 1 } })
    expect(await transfers.finish('a')).toBeNull()
    for (const [number, chunk] of moved.chunks.entries()) await transfers.take('a', number, chunk)
    expect(await transfers.finish('a')).toMatchObject({ state: 'done' })
    expect(await transfers.take('a', moved.chunks.length, first)).toMatchObject({ kind: 'early' })
    expect(rowsIn(await allOf(to))).toEqual(rowsIn(moved))
  })

  it('can be taken back while they arrive, the journal too, and not after', async () => {
    const [from, to] = [await open(), await open()]
    await fill(from)
    await put(
      from.driver,
      `INSERT INTO entry (member, at, recorded_at, kind, code, points, balance, reason, source, actor, postings, terms)
        VALUES ('m', 1, 1, 'earn', 'x', 1, 1, 'r', 's', 'a', '[]', '[]')`,
    )
    const moved = await allOf(from)
    await into(to, moved, 'a')
    expect(await to.store.transfers.clear('b')).toBeNull()
    for (let turn = 0; (await to.store.transfers.clear('a')) === false; turn++) expect(turn).toBeLessThan(60)
    expect((await allOf(to)).chunks).toEqual([])
    expect(await to.store.transfers.record()).toBeNull()
    await expect(put(to.driver, 'DELETE FROM entry')).resolves.toBeNull()
    await into(to, moved, 'c')
    expect(rowsIn(await allOf(to))).toEqual(rowsIn(moved))
    await to.store.transfers.finish('c')
    expect(await to.store.transfers.clear('c')).toBeNull()
    // The journal is kept as it was before.
    await expect(put(to.driver, 'DELETE FROM entry')).rejects.toThrow('append-only')
  })
})
