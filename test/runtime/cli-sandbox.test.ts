// Somebody's first hour, by the real processes: a program, a server, a payment, members from a file, a backup.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabaseFile } from '../../src/cli/database-file.ts'
import { runCliIn, spawnCli, startSandbox } from '../support/cli-process.ts'
import { newFolder, removeFolder } from '../support/server.ts'

/** Each test starts several processes, on a machine that may have other work. */
const SLOW_MS = 60_000
const folder = newFolder()
let sandbox: Awaited<ReturnType<typeof startSandbox>>
const regulars = (...words: string[]) => runCliIn(folder, words, { PORT: sandbox.port })
const write = (name: string, text: string) => writeFileSync(join(folder, name), text)

beforeAll(async () => {
  expect((await runCliIn(folder, ['init'])).code).toBe(0)
  sandbox = await startSandbox(folder)
})
afterAll(async () => {
  await sandbox.stop()
  removeFolder(folder)
})

describe('the command line beside a running server', { timeout: SLOW_MS }, () => {
  test('finds the program right, and in force', async () => {
    const { code, out } = await regulars('program', 'check')
    expect([code, out]).toEqual([0, expect.stringContaining('the same as in force')])
  })

  test('makes a payment, and says what became of it', async () => {
    const { code, out, err } = await regulars('pay', 'ada@example.org', '49.90', '--name', 'Ada')
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('$49.90 from ada@example.org: recorded.')
    expect(out).toContain('+49  1 point per $1 on $49.90')
    expect(out).toContain('Ada Lovelace has 49 points now, Bronze.')
  })

  test('brings members in from a file once, however often it is run', async () => {
    write(
      'members.csv',
      'email,name,points,enrolled_at\nbob@example.org,Bob,120,2024-05-01\nada@example.org,Ada,10,\nbad,,,\n',
    )
    const rehearsal = await regulars('import', 'members.csv', '--dry-run')
    expect(rehearsal.out).toContain('1 member would be enrolled, 2 balances would be brought over (130 points)')
    const first = await regulars('import', 'members.csv')
    expect([first.code, first.out]).toEqual([1, expect.stringContaining('1 member enrolled, 2 balances brought over')])
    expect(first.out).toContain('line 4, email must be an e-mail address')
    const second = await regulars('import', 'members.csv')
    expect(second.out).toContain('0 members enrolled, 0 balances brought over (0 points), 2 unchanged')
    write('members.csv', 'email,points\nbob@example.org,999\n')
    expect((await regulars('import', 'members.csv')).out).toContain('line 2, points is another balance')
  })

  test('writes members and ledger as CSV', async () => {
    const { out } = await regulars('export', 'members')
    expect(out).toContain(',ada@example.org,Ada Lovelace,')
    expect(out).toMatch(/,bob@example\.org,Bob,.*,active,2024-05-01T04:00:00\.000Z,Bronze,120,/)
    const ledger = await regulars('export', 'ledger', '--out', 'ledger.csv')
    expect([ledger.code, ledger.out]).toEqual([0, ''])
    expect(readFileSync(join(folder, 'ledger.csv'), 'utf8')).toContain('Balance brought over')
  })

  test('is quiet when nobody reads its output any more', async () => {
    const { child, ended } = spawnCli(folder, ['export', 'ledger'], { PORT: sandbox.port })
    child.stdout?.destroy()
    expect(await ended).toEqual({ code: 0, out: '', err: '' })
  })

  test('adds up the books, which are right', async () => {
    const { code, out } = await regulars('verify', '--json')
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ members: 6, payments: 1, discrepancies: [] }),
    ])
  })

  test('copies the database, whole', async () => {
    const { code, out } = await regulars('backup', 'copies/one.db')
    expect([code, out]).toEqual([0, expect.stringContaining('6 members, checked.')])
    const path = join(folder, 'copies/one.db')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const copy = openDatabaseFile(path)
    expect([copy.quickCheck(), copy.members()]).toEqual(['ok', 6])
    copy.close()
    expect((await regulars('backup', 'copies/one.db')).code).toBe(1)
  })

  test('finds nothing to mend', async () => {
    const { code, out } = await regulars('doctor')
    expect([code, out]).toEqual([0, expect.stringContaining('Everything is as it should be.')])
    expect(out).toContain(`✓ Server: answers at http://127.0.0.1:${sandbox.port}`)
  })

  test('puts no edited program in force behind the server’s back', async () => {
    const program = JSON.parse(readFileSync(join(folder, 'program.json'), 'utf8'))
    write('program.json', JSON.stringify({ ...program, name: 'Another Club' }))
    expect((await regulars('verify')).code).toBe(0)
    expect((await regulars('program', 'check')).out).toContain('would replace')
  })

  test('names each variable that is wrong', async () => {
    const { code, err } = await runCliIn(folder, ['verify'], { PORT: 'many', STRIPE_SECRET_KEY: 'pk_test_1' })
    expect(code).toBe(1)
    expect(err).toContain('PORT must be a port')
    expect(err).toContain('STRIPE_SECRET_KEY must be')
    expect(err).not.toContain('pk_test_1')
  })

  test('reads variables from .env, after those of the environment', async () => {
    const other = newFolder()
    writeFileSync(join(other, '.env'), 'PROGRAM_FILE=club.json\n')
    expect((await runCliIn(other, ['init'])).out).toContain('Wrote club.json')
    await runCliIn(other, ['init'], { PROGRAM_FILE: 'other.json' })
    expect(existsSync(join(other, 'other.json'))).toBe(true)
    removeFolder(other)
  })
})
