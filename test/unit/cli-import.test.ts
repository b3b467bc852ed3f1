import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/ports.ts'
import { createRowReader } from '../../src/cli/import-row.ts'
import { runInMemory } from '../support/cli-context.ts'
import { ada, goodwill, NOW } from '../support/http-fake-app.ts'

const noMember = { ok: false as const, code: 'not_found' as const, message: 'There is no such member' }
const nobody: Partial<App> = { getMember: async () => noMember }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regulars-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function runImport(csv: string, app: Partial<App>, ...more: string[]) {
  const file = join(folder, 'members.csv')
  writeFileSync(file, csv)
  return runInMemory(['import', file, ...more], { app })
}

const wrote = ({ calls }: Awaited<ReturnType<typeof runInMemory>>) =>
  calls.filter(([name]) => ['enrolMember', 'adjustPoints', 'updateMember'].includes(name))

describe('a line of a members file', () => {
  const empty = { email: '', name: '', phone: '', birthday: '', language: '', points: '', enrolled_at: '' }
  const readRow = createRowReader('America/New_York', NOW)
  const read = (cells: Partial<typeof empty>) => readRow(2, { ...empty, email: 'a@b.c', ...cells })

  test('becomes a member and the balance they bring', () => {
    const cells = {
      email: ' ADA@Example.org'.trim(),
      name: 'Ada',
      birthday: '18151210',
      points: '120',
      enrolled_at: '2024-03-01',
    }
    expect(read({ ...cells, birthday: '1990-12-10' })).toEqual({
      ok: true,
      row: {
        line: 2,
        points: 120,
        enrolment: {
          email: 'ada@example.org',
          name: 'Ada',
          phone: null,
          birthday: '1990-12-10',
          language: null,
          enrolledAt: Date.parse('2024-03-01T05:00:00Z'),
        },
      },
    })
  })

  test.each([
    ['19551210', '1955-12-10'],
    ['1931-02-28', '1931-02-28'],
    ['--02-29', '--02-29'],
    ["'--02-29", '--02-29'],
  ])('takes the birthday %s', (written, birthday) => {
    expect(read({ birthday: written })).toMatchObject({ ok: true, row: { enrolment: { birthday } } })
  })

  test('takes text as we export it, apostrophes against formulas and all', () => {
    expect(read({ name: "'=Grace", phone: "'+1 555 0100" })).toMatchObject({
      row: { enrolment: { name: '=Grace', phone: '+1 555 0100' } },
    })
  })

  test.each([
    [{ email: '' }, 'email', 'is missing'],
    [{ email: 'ada' }, 'email', 'must be an e-mail address'],
    [{ points: '1.5' }, 'points', 'must be a whole number'],
    [{ points: '-5' }, 'points', 'must be a whole number'],
    [{ points: '1,000' }, 'points', 'must be a whole number'],
    [{ points: '9999999999' }, 'points', 'must be a whole number'],
    [{ birthday: '10/12/1990' }, 'birthday', 'must be a date'],
    [{ birthday: '--02-30' }, 'birthday', 'must be a date'],
    [{ birthday: '2026-11-23' }, 'birthday', 'must not lie in the future'],
    [{ birthday: '2025-02-29' }, 'birthday', 'must be a date'],
    [{ language: 'english!' }, 'language', 'must be a language tag'],
    [{ enrolled_at: 'soon' }, 'enrolled_at', 'must be a date'],
    [{ enrolled_at: '2030-01-01' }, 'enrolled_at', 'must not lie in the future'],
    [{ name: 'two\nlines' }, 'name', 'must not contain control characters'],
  ])('is refused with %j, by column: %s %s', (cells, column, message) => {
    expect(read(cells)).toEqual({
      ok: false,
      problems: [{ line: 2, column, message: expect.stringContaining(message) }],
    })
  })
})

describe('import', () => {
  test('enrols members and brings their balances over, each under a key of its own', async () => {
    const run = await runImport('email,points\na@b.c,120\nb@b.c,\n', nobody)
    expect([run.code, run.out]).toEqual([
      0,
      '2 lines: 2 members enrolled, 1 balance brought over (120 points), 0 unchanged, 0 bad lines.\n',
    ])
    const keys = run.calls.flatMap((call) =>
      call[0] === 'enrolMember' || call[0] === 'adjustPoints' ? [call.at(-1)] : [],
    )
    expect(keys).toHaveLength(3)
    expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(3)
    expect(JSON.stringify(keys)).not.toContain('b.c')
  })

  test('brings good lines in though others are bad, and tells each bad one', async () => {
    const run = await runImport('email,points\nbad,1\na@b.c,5\nA@B.C,7\nc@b.c,1,2\n', nobody)
    expect(run.code).toBe(1)
    expect(run.out).toContain('line 2, email must be an e-mail address')
    expect(run.out).toContain('line 4, email stands in line 3 already')
    expect(run.out).toContain('line 5 has 3 cells')
    expect(run.out).toContain('4 lines: 1 member enrolled')
    expect(wrote(run)).toHaveLength(2)
  })

  test('writes the bad lines to a file where wanted', async () => {
    const report = join(folder, 'problems.csv')
    await runImport('email\nbad\n', nobody, '--report', report)
    expect(readFileSync(report, 'utf8')).toBe(
      'line,column,problem\r\n2,email,"must be an e-mail address, such as ada@example.org"\r\n',
    )
  })

  test('changes nothing in a dry run, and leaves no database', async () => {
    const run = await runImport('email,points\na@b.c,120\n', nobody, '--dry-run')
    expect(run.out).toContain('1 member would be enrolled, 1 balance would be brought over (120 points)')
    expect(run.out).toContain('Nothing was changed.')
    expect(wrote(run)).toEqual([])
    expect(run.opened).toEqual([{ leaveNoFile: true }])
  })

  test('changes nothing the second time, and says so', async () => {
    const recordedAt = new Date(NOW - 60_000).toISOString()
    const adjustPoints = async () => ({ ok: true as const, value: { ...goodwill, recordedAt } })
    const run = await runImport('email,points\nada@example.org,120\n', { adjustPoints })
    expect(run.out).toContain('0 members enrolled, 0 balances brought over (0 points), 1 unchanged')
    const brought = { ...goodwill, points: 120, source: 'cli:import', code: 'adjustment' }
    const ledger = async () => ({ ok: true as const, value: { items: [brought], next: null } })
    const rehearsal = await runImport('email,points\nada@example.org,120\n', { ledger }, '--dry-run')
    expect(rehearsal.out).toContain('0 balances would be brought over (0 points), 1 unchanged')
  })

  test('refuses another balance for somebody who brought one before', async () => {
    const conflict = { ok: false as const, code: 'idempotency_conflict' as const, message: 'used' }
    const run = await runImport('email,points\nada@example.org,7\n', { adjustPoints: async () => conflict })
    expect([run.code, run.out]).toEqual([1, expect.stringContaining('line 2, points is another balance')])
  })

  test.each(['left', 'suspended', 'erased'] as const)('brings nobody back who is %s', async (status) => {
    const getMember = async () => ({ ok: true as const, value: { ...ada, status } })
    const run = await runImport('email,points\nada@example.org,7\n', { getMember })
    expect([run.code, wrote(run)]).toEqual([1, []])
  })

  test('ends in order after Ctrl-C', async () => {
    const controller = new AbortController()
    const enrolMember: App['enrolMember'] = async () => {
      controller.abort()
      return { ok: true, value: ada }
    }
    const lines = Array.from({ length: 100 }, (_, n) => `member${n}@b.c`)
    const file = join(folder, 'members.csv')
    writeFileSync(file, `email\n${lines.join('\n')}\n`)
    const run = await runInMemory(['import', file], { app: { ...nobody, enrolMember }, interrupted: controller.signal })
    expect([run.code, run.out]).toEqual([130, expect.stringContaining('Interrupted. Run it again')])
    expect(wrote(run).length).toBeLessThan(100)
  })

  test('says that there is no such file', async () => {
    const { code, err } = await runInMemory(['import', join(folder, 'none.csv')])
    expect([code, err]).toEqual([1, expect.stringContaining('there is no such file')])
  })
})
