// regulars simulate, as one types it.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/compose/open-database.ts'
import { runInMemory } from '../support/cli-context.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld } from '../support/world.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regulars-simulate-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const inFolder = (name: string) => join(folder, name)
const TIERS = { metric: 'spend' as const, levels: levels(['base', 0], ['gold', 100]) }
const PROGRAM = {
  name: 'Test Club',
  currency: 'usd',
  timezone: 'UTC',
  earning: [{ id: 'purchase', on: 'purchase' }],
  tiers: TIERS,
}
const HISTORY = 'customer,date,dollars\n1,2025-01-05,60.50\n1,2025-02-05,70\n2,2025-03-01,30\n3,2025-03-02,0\n'

function simulate(words: string[], { csv = HISTORY, program = PROGRAM }: { csv?: string; program?: object } = {}) {
  writeFileSync(inFolder('program.json'), JSON.stringify(program))
  writeFileSync(inFolder('history.csv'), csv)
  const settings = { programFile: inFolder('program.json'), databasePath: inFolder('regulars.db') }
  return runInMemory(['simulate', ...words], { settings })
}
const onFile = (...words: string[]) => ['--history', inFolder('history.csv'), ...words]

describe('simulate', () => {
  test('prints what the program would have given over a file', async () => {
    const { code, out } = await simulate(onFile())
    expect(code).toBe(0)
    expect(out).toContain('Test Club on 3 purchases of 2 customers, Jan 2025 – Mar 2025')
    // 60 + 70 + 30, of which 40 % are redeemed.
    expect(out).toMatch(/points issued +160\n/)
    expect(out).toMatch(/redeemed \(40 %\) +64\n/)
    expect(out).toContain('members at the end: Base 1 · Gold 1')
    expect(out).toMatch(/2025-02 +70 +28 +0 +0 +1\n/)
    expect(out).toContain('Assumes 40 % of points are redeemed (--redeem).')
    expect(out).toContain('1 row of 0 or less left out')
    expect(out).not.toContain('difference')
  })

  test('speaks of points by their name, and says when there are none', async () => {
    const points = { name: { one: 'Star', other: 'Stars' } }
    const { out } = await simulate(onFile(), { program: { ...PROGRAM, points } })
    expect(out).toContain('Assumes 40 % of Stars are redeemed (--redeem).')
    const paid = { levels: [{ id: 'plus', name: 'Plus', paid: { products: ['prod_plus'] } }] }
    const plus = await simulate(onFile(), { program: { ...PROGRAM, earning: [], tiers: paid } })
    expect(plus.out).toContain('Nothing is earned by these purchases.')
    expect(plus.out).not.toContain('Assumes')
    expect(plus.out).toContain('members at the end: Plus 0 · no tier 2')
    expect(plus.out).toContain('Subscriptions are not repeated: nobody holds a paid tier here.')
  })

  test('answers in JSON', async () => {
    const { out } = await simulate(onFile('--json', '--redeem', '50'))
    expect(JSON.parse(out)).toMatchObject({
      program: 'Test Club',
      history: { purchases: 3, customers: 2, revenue: 160.5, from: '2025-01-05', to: '2025-03-01', currency: 'usd' },
      issued: 160,
      redeemed: 80,
      expired: 0,
      outstanding: 80,
      cost: 0.8,
      members: { base: 1, gold: 1 },
      overTime: [{ period: '2025-01' }, { period: '2025-02' }, { period: '2025-03', members: { base: 1, gold: 1 } }],
      now: null,
      difference: null,
      assumptions: { redeem: 0.5 },
    })
  })

  test('takes the days asked for, the last one included', async () => {
    const { out } = await simulate(onFile('--json', '--from', '2025-02-01', '--to', '2025-03-01'))
    expect(JSON.parse(out)).toMatchObject({ issued: 100, history: { from: '2025-02-05', to: '2025-03-01' } })
    expect((await simulate(onFile('--to', '2025-02-28', '--json'))).out).toContain('"issued": 130')
  })

  test('says which lines are bad, and counts the others', async () => {
    const { code, out } = await simulate(onFile(), { csv: `${HISTORY}4,soon,5\n5,2025-03-03,1.234\n` })
    expect(code).toBe(0)
    expect(out).toContain('2 bad lines left out:')
    expect(out).toMatch(/line 6.*date must be a date/)
    expect(out).toMatch(/points issued +160\n/)
  })

  test('takes customers of any script, and hostile ones, as they are', async () => {
    const names = ['ሰላማዊት', 'Արամ', 'Əli', 'Mwanaidi', '__proto__', 'constructor', '<script>']
    const csv = `customer,date,amount\n${names.map((name) => `${name},2025-01-01,10\n`).join('')}`
    const { out } = await simulate(onFile('--json'), { csv })
    expect(JSON.parse(out)).toMatchObject({ issued: 70, history: { customers: 7 } })
  })

  test.each([
    [['--redeem', '101'], /--redeem must be a percentage/],
    [['--redeem', '-1'], /--redeem/],
    [['--redeem', 'half'], /--redeem must be a percentage/],
    [['--preset', 'nobody'], /there is no preset "nobody"/],
    [['--preset', 'prime', '--program', 'x.json'], /either --program or --preset/],
    [['--from', 'soon'], /--from must be a date/],
    [['--from', '2025-03-01', '--to', '2025-01-01'], /--from must lie before --to/],
  ])('refuses %j as asked for wrongly', async (words, message) => {
    const { code, err } = await simulate(onFile(...words))
    expect([code, err]).toEqual([2, expect.stringMatching(message)])
  })

  test('refuses a program that is not right, a problem a line', async () => {
    const { code, err } = await simulate(onFile(), { program: { ...PROGRAM, curency: 'usd' } })
    expect([code, err]).toEqual([1, expect.stringMatching(/curency.*did you mean "currency"/)])
  })

  test('says what is missing where there is neither a file nor a database, and leaves none behind', async () => {
    const { code, err } = await simulate([])
    expect([code, err]).toEqual([1, expect.stringContaining('--history FILE.csv')])
    expect(existsSync(inFolder('regulars.db'))).toBe(false)
  })

  test('says so when nothing was bought', async () => {
    const { code, err } = await simulate(onFile(), { csv: 'customer,date,amount\n1,2025-01-01,0\n' })
    expect([code, err]).toEqual([1, expect.stringContaining('no purchase in this history')])
  })

  test('says what is wrong where no line could be read', async () => {
    const { code, err } = await simulate(onFile(), { csv: 'customer,date,amount\n1,soon,5\n' })
    expect([code, err]).toEqual([1, expect.stringContaining('1 bad line left out:\n  line 2, date must be a date')])
  })

  test('compares with the program in force over the payments of the database, refunds included', async () => {
    const { store } = await openDatabase(inFolder('regulars.db'))
    const at = Date.UTC(2026, 0, 15, 12)
    const world = await createWorld({ store, program: makeProgram(), now: at })
    const [ada, bob] = [stripePayment({ at, amount: 10_000 }), stripePayment({ at, amount: 5_000, email: 'bob@x.org' })]
    await world.deliverAll([ada.charge(), bob.charge(), ada.refund(4_000)])
    await world.close()
    const double = { ...PROGRAM, earning: [{ id: 'purchase', on: 'purchase', points: 2 }] }
    const { code, out } = await simulate(['--json', '--redeem', '0'], { program: double })
    expect(code).toBe(0)
    // $60 kept of $100, and $50: twice 110 points instead of 110.
    expect(JSON.parse(out)).toMatchObject({
      issued: 220,
      history: { purchases: 2, customers: 2, revenue: 110 },
      now: { program: 'Test Club', issued: 110, members: { none: 2 } },
      difference: { issued: 110, redeemed: 0, expired: 0 },
    })
    const table = (await simulate(['--redeem', '0'], { program: double })).out
    expect(table).toMatch(/points issued +110 +220 +\+110\n/)
    expect(table).toMatch(/members at the end, now: 2\n/)
  })

  test('writes what each program costs in its own currency, and takes no euros off dollars', async () => {
    const { store } = await openDatabase(inFolder('regulars.db'))
    const world = await createWorld({
      store,
      program: makeProgram({ currency: 'eur' }),
      now: Date.UTC(2026, 0, 15, 12),
    })
    await world.close()
    const { out } = await simulate(onFile())
    expect(out).toMatch(/cost +€\d+\.\d\d +\$0\.64 +–\n/)
    expect(out).toContain('The program in force counts in EUR, and these purchases are in another currency.')
    expect(JSON.parse((await simulate(onFile('--json'))).out).difference).toMatchObject({ issued: 160, cost: null })
  })
})

const CDNOW = fileURLToPath(new URL('../../../shared/data/cdnow-sample.csv', import.meta.url))

describe.skipIf(!existsSync(CDNOW))('the CDNOW sample (skipped where its file is not there)', () => {
  test('under Beauty Insider comes to what adding up its lines comes to', async () => {
    const { code, out } = await runInMemory(['simulate', '--preset', 'beauty-insider', '--history', CDNOW, '--json'])
    expect(code).toBe(0)
    const bought = readFileSync(CDNOW, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([customer = '', date = '', , dollars = '']) => ({
        customer,
        year: date.slice(0, 4),
        dollars: Number(dollars),
      }))
      .filter(({ dollars }) => dollars > 0)
    // A point for each whole dollar of a purchase, at every tier.
    const issued = bought.reduce((sum, { dollars }) => sum + Math.floor(dollars), 0)
    // A tier is kept through the next year, and the history ends within two: it is the better of both.
    const spend = new Map<string, number>()
    for (const { customer, year, dollars } of bought)
      spend.set(`${customer} ${year}`, (spend.get(`${customer} ${year}`) ?? 0) + Math.round(dollars * 100))
    const customers = new Set(bought.map(({ customer }) => customer))
    const best = (customer: string) => Math.max(spend.get(`${customer} 1997`) ?? 0, spend.get(`${customer} 1998`) ?? 0)
    const tiers = { insider: 0, vib: 0, rouge: 0 }
    for (const customer of customers)
      tiers[best(customer) >= 100_000 ? 'rouge' : best(customer) >= 35_000 ? 'vib' : 'insider']++
    expect(JSON.parse(out)).toMatchObject({ issued, members: tiers, history: { purchases: bought.length } })
  })
})
