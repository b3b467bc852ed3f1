// The file of a move: what is written is what is read, and whatever is not as it was written is refused before anything else.
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TransferChunk, TransferRow } from '../../src/app/ports/transfer.ts'
import { checkFile, createWriter, readChunks, type TransferHeader } from '../../src/cli/transfer-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'regulars-file-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const newFile = (end = '.ndjson'): string => join(folder, `${++files}${end}`)

const headerOf = (tables: TransferHeader['tables']): TransferHeader => ({
  regulars: 'transfer',
  format: 1,
  id: 'abc123',
  version: '1.2.3',
  exportedAt: '2026-11-22T09:30:00.000Z',
  rest: 'stopped',
  migrations: ['0001_init.sql'],
  stripeMode: 'test',
  program: 'v1',
  tables,
})
const countOf = (rows: number): TransferHeader['tables'] => [
  { name: 'person', columns: ['id', 'name', 'points'], rows },
  { name: 'empty', columns: ['id'], rows: 0 },
]

async function written(pages: TransferRow[][], end?: string): Promise<string> {
  const file = newFile(end)
  const writer = await createWriter(file, headerOf(countOf(pages.flat().length)))
  for (const page of pages) await writer.write('person', page)
  await writer.end()
  return file
}

const check = (file: string) => checkFile(file, () => {})

async function chunksOf(file: string, from?: number): Promise<TransferChunk[]> {
  const chunks: TransferChunk[] = []
  for await (const chunk of readChunks(file, await check(file), from)) chunks.push(chunk)
  return chunks
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '\n', '\r\n', '\u2028', '\u0000', '"', '\\', '\ufeff', 'ሰላም', '🏳️‍🌈', '{"end":{}}'),
)
const value = fc.oneof(
  text,
  fc.constant(null),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const isKept = (one: unknown): boolean => !Object.is(one, -0) && !(Number.isInteger(one) && !Number.isSafeInteger(one))
const row = fc.tuple(text, value.filter(isKept), value.filter(isKept))

describe('the file of a move', () => {
  it.each(['.ndjson', '.ndjson.gz'])('gives back whatever was written, in %s', async (end) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { maxLength: 5 }), async (pages) => {
        const file = await written(pages, end)
        expect((await chunksOf(file)).map(({ rows }) => rows)).toEqual(pages)
        expect(await check(file)).toMatchObject({ chunks: pages.length, rows: pages.flat().length })
      }),
      { numRuns: 60 },
    )
  })

  it('is read from any chunk on, with the columns of its table', async () => {
    const file = await written([[['a', 'b', 1]], [['c', null, 2]], [['d', '', 3]]])
    expect(await chunksOf(file, 1)).toEqual([
      { table: 'person', columns: ['id', 'name', 'points'], rows: [['c', null, 2]] },
      { table: 'person', columns: ['id', 'name', 'points'], rows: [['d', '', 3]] },
    ])
    expect(await chunksOf(file, 3)).toEqual([])
  })

  it('is its owner’s alone, and has its name only when it is whole', async () => {
    const file = newFile()
    const writer = await createWriter(file, headerOf(countOf(1)))
    await writer.write('person', [['a', 'b', 1]])
    expect(existsSync(file)).toBe(false)
    expect(statSync(`${file}.partial`).mode & 0o777).toBe(0o600)
    await writer.abandon()
    expect(existsSync(`${file}.partial`)).toBe(false)
  })

  it('tells the largest row by its bytes', async () => {
    const file = await written([
      [
        ['a', 'x'.repeat(100), 1],
        ['b', 'ሰ'.repeat(90), 1],
      ],
    ])
    expect((await check(file)).largest).toEqual({ table: 'person', bytes: 1 + 270 + 8 })
  })
})

describe('a file that is not as it was written', () => {
  const pages: TransferRow[][] = [
    [
      ['a', 'Ada', 1],
      ['b', 'Bo', 2],
    ],
    [['c', 'Cy', 3]],
  ]
  let whole: string
  let lines: string[]
  beforeAll(async () => {
    whole = readFileSync(await written(pages), 'utf8')
    lines = whole.split('\n').slice(0, -1)
  })

  const refused = async (content: string | Buffer, end?: string): Promise<string> => {
    const file = newFile(end)
    writeFileSync(file, content)
    return check(file).then(
      () => 'taken',
      (error: unknown) => (error instanceof Error ? error.message : 'no error'),
    )
  }
  /** With a sum that is right again, as somebody would who means it. */
  const resummed = (some: string[], over: object = {}): string => {
    const before = some.map((line) => `${line}\n`).join('')
    const rows = { person: 3 }
    const sha256 = createHash('sha256').update(before).digest('hex')
    return `${before}${JSON.stringify({ end: { chunks: some.length - 1, rows, sha256, ...over } })}\n`
  }

  it('is refused wherever it was cut', async () => {
    expect(await refused(whole)).toBe('taken')
    for (let length = 0; length < whole.length; length += 7)
      expect(await refused(whole.slice(0, length)), String(length)).not.toBe('taken')
    const packed = gzipSync(whole)
    for (let length = 0; length < packed.length; length += 11)
      expect(await refused(packed.subarray(0, length), '.gz'), String(length)).not.toBe('taken')
    expect(gunzipSync(packed).toString()).toBe(whole)
    expect(await refused(packed, '.gz')).toBe('taken')
  })

  it('is refused when a letter, a line or the order of lines is another', async () => {
    expect(await refused(whole.replace('"Ada"', '"Eda"'))).toContain('was changed after it was written')
    expect(await refused(whole.replace('"rest":"stopped"', '"rest":"paused"'))).toContain('was changed')
    const [header = '', first = '', second = '', end = ''] = lines
    expect(await refused([header, second, first, end, ''].join('\n'))).toContain('was changed')
    expect(await refused([header, first, first, second, end, ''].join('\n'))).toContain('was changed')
    expect(await refused([header, first, end, ''].join('\n'))).toContain('was changed')
    expect(await refused([header, first, second, ''].join('\n'))).toContain('its last line is missing')
    expect(await refused(`${whole}${second}\n`)).toContain('cannot be read')
    expect(await refused(whole.trimEnd())).toContain('its last line has no end')
  })

  it('is refused when its sum is right and what it says is not', async () => {
    const [header = '', first = '', second = ''] = lines
    expect(await refused(resummed([header, first, second]))).toBe('taken')
    expect(await refused(resummed([header, first]))).toContain('does not hold what it says')
    expect(await refused(resummed([header, first, second], { chunks: 3 }))).toContain('does not hold what it says')
    expect(await refused(resummed([header, first, second], { rows: { person: 2 } }))).toContain('does not hold')
    const odd = (rows: string) => resummed([header, first, second.replace('[["c","Cy",3]]', rows)])
    expect(await refused(odd('[["c","Cy"]]'))).toContain('too many or too few values')
    expect(await refused(odd('[["c","Cy",9007199254740993]]'))).toContain('above 2^53')
    expect(await refused(odd('[["c",true,3]]'))).toContain('neither a text nor a number nor null')
    expect(await refused(odd('[["c",{"a":1},3]]'))).toContain('neither a text nor a number nor null')
    expect(await refused(odd('[["c","\\ud800",3]]'))).toContain('neither a text nor a number nor null')
    expect(await refused(odd('["c"]'))).toContain('cannot be read')
    expect(await refused(resummed([header, first, second.replace('"person"', '"sqlite_schema"')]))).toContain(
      'knows no sqlite_schema',
    )
  })

  it('is named for what it is: another file, a newer form, empty, missing', async () => {
    expect(await refused('id,email\n1,ada@example.org\n')).toContain('was not written by: regulars export --all')
    expect(await refused('')).toContain('is empty')
    expect(await refused('\n')).toContain('was not written by')
    const newer = (lines[0] ?? '').replace('"format":1', '"format":2').replace('1.2.3', '9.0.0')
    expect(await refused(resummed([newer, ...lines.slice(1, 3)]))).toContain('newer Regulars (9.0.0, form 2)')
    expect(await refused(whole, '.gz')).toContain('cannot be unpacked')
    await expect(check(join(folder, 'nowhere.ndjson'))).rejects.toThrow('ENOENT')
  })
})
