import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CsvLine, delimiterOf, readLines, readRecords } from '../../src/cli/csv-read.ts'
import { describeProblem, openTable } from '../../src/cli/csv-table.ts'
import { csvLine, textCell, withoutGuard } from '../../src/cli/csv-write.ts'

async function* chunksOf(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const linesOf = (text: string, size?: number) => readLines(chunksOf(new TextEncoder().encode(text), size), 'a.csv')

async function read(text: string, delimiter = ',', size?: number): Promise<CsvLine[]> {
  const records: CsvLine[] = []
  for await (const record of readRecords(linesOf(text, size), delimiter)) records.push(record)
  return records
}

const cells = async (text: string, delimiter?: string) =>
  (await read(text, delimiter)).map((record) => (record.ok ? record.cells : record.problem.message))

describe('CSV that is read', () => {
  test('comes with any line end, a byte order mark and spaces around cells', async () => {
    expect(await cells('\ufeffa,b\r\n 1 , 2\n3,4\r5,6')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
    ])
  })

  test('keeps commas, quotes and line ends within quotes', async () => {
    expect(await cells('"Smith, ""Bob""","two\r\nlines", "x" \n')).toEqual([['Smith, "Bob"', 'two\nlines', 'x']])
    expect(await cells('"","a"\n')).toEqual([['', 'a']])
  })

  test('may be cut with semicolons or tabs, by its header', async () => {
    expect([delimiterOf('a;b;c'), delimiterOf('a\tb'), delimiterOf('a,b'), delimiterOf('"a;b",c')]).toEqual([
      ';',
      '\t',
      ',',
      ',',
    ])
    expect(await cells('a\t"b"\t\t"d"\n\t2', '\t')).toEqual([
      ['a', 'b', '', 'd'],
      ['', '2'],
    ])
  })

  test('names lines by where they begin, empty ones and those within quotes counted', async () => {
    const records = await read('a\n\n"x\r\ny"\r\nb\n')
    expect(records.map((record) => (record.ok ? record.line : record.problem.line))).toEqual([1, 3, 5])
  })

  test('loses only the line whose quote is broken', async () => {
    const text = 'a,b\n1,"open\n2,ok\n3,"x"y\n4,o"k\n5,ok\n'
    expect(await cells(text)).toEqual([
      ['a', 'b'],
      'opens a quote that is never closed',
      ['2', 'ok'],
      'has a quote in the middle of a cell: within quotes, write it twice',
      ['4', 'o"k'],
      ['5', 'ok'],
    ])
  })

  test('reads the same however the file is cut into chunks', async () => {
    const text = 'a,b\r\n"ä,""ö""","日本\r\n語"\r\n\r\n1,2\r'
    const whole = await read(text)
    for (let size = 1; size < 12; size++) expect(await read(text, ',', size)).toEqual(whole)
  })

  test('must be UTF-8', async () => {
    const latin = readLines(chunksOf(Uint8Array.from([0x61, 0x2c, 0xe9, 0x0a])), 'old.csv')
    await expect(latin.next()).rejects.toThrow('old.csv is not in UTF-8')
  })
})

describe('a table', () => {
  const columns = { email: { isRequired: true }, enrolled_at: { aliases: ['member since'] }, points: {} }
  const open = (text: string) => openTable('m.csv', columns, readRecords(linesOf(text), ','))
  const rowsOf = async (text: string) => {
    const rows: unknown[] = []
    for await (const row of (await open(text)).rows) rows.push(row.ok ? row.cells : describeProblem(row.problem))
    return rows
  }

  test('goes by the names of its columns, in any order and spelling', async () => {
    expect(await rowsOf('Member Since,EMAIL\n2026-01-01,a@b.c\n')).toEqual([
      { email: 'a@b.c', enrolled_at: '2026-01-01', points: '' },
    ])
    expect(await rowsOf('enrolledAt,email\n2026-01-01,a@b.c\n')).toHaveLength(1)
  })

  test('says which columns nobody reads', async () => {
    expect((await open('email,shoe size,,points\n')).ignored).toEqual(['shoe size'])
  })

  test('is refused without a column that is needed, which is named with what was probably meant', async () => {
    await expect(open('emial,points\n')).rejects.toThrow('has no column email')
    await expect(open('emial,points\n')).rejects.toThrow('did you mean "emial"?')
    await expect(open('email,E-Mail\n')).rejects.toThrow('two columns for email')
    await expect(open('')).rejects.toThrow('m.csv is empty')
  })

  test('refuses a line with a comma too many, which would shift what follows', async () => {
    expect(await rowsOf('email,points\na@b.c,1,234\nb@b.c,1,,\n')).toEqual([
      'line 2 has 3 cells where the first line names 2 columns',
      { email: 'b@b.c', enrolled_at: '', points: '1' },
    ])
  })
})

describe('CSV that is written', () => {
  test('quotes what needs it and nothing else', () => {
    expect(csvLine(['a', 'b,c', 'say "hi"', 'two\nlines', ' x', 5, -5, null, ''])).toBe(
      'a,"b,c","say ""hi""","two\nlines"," x",5,-5,,\r\n',
    )
  })

  test.each(['=1+1', '+1 555 0100', '-2', '@SUM(A1)', '\tx'])('keeps %j from becoming a formula', (text) => {
    expect(textCell(text)).toBe(`'${text}`)
    expect(withoutGuard(`'${text}`)).toBe(text)
  })

  test('leaves other text alone, apostrophes too', () => {
    expect([textCell("'tis"), textCell(null), withoutGuard("'tis"), withoutGuard('a')]).toEqual([
      "'tis",
      null,
      "'tis",
      'a',
    ])
  })

  test('reads back as what was written', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ';', 'é', ' x', "'") }).map((one) => one.trim())
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (row) => {
        const [record] = await read(csvLine(['first', ...row]))
        expect(record).toMatchObject({ ok: true, cells: ['first', ...row] })
      }),
    )
  })
})
