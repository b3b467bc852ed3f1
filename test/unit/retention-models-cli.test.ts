// regulars retention fit, as one types it; on the CDNOW sample it must find what was published.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runInMemory } from '../support/cli-context.ts'
import { makeShoppers } from '../support/shoppers.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regulars-fit-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const CDNOW = fileURLToPath(new URL('../../../shared/data/cdnow-sample.csv', import.meta.url))
const DAY_MS = 86_400_000
const FIRST_DAY = Date.UTC(2025, 0, 1) / DAY_MS

function fitFile(csv: string, ...words: string[]) {
  const path = join(folder, 'history.csv')
  writeFileSync(path, csv)
  return runInMemory(['retention', 'fit', '--history', path, ...words])
}

/** A year of a shop's purchases. */
function shopFile(): string {
  const parameters = { r: 0.8, alpha: 6, a: 0.9, b: 3 }
  const shoppers = makeShoppers({ customers: 400, model: 'mbg_nbd', parameters, beginDays: 120, days: 364 })
  const lines = shoppers.flatMap(({ history: { days, spend } }, customer) =>
    days.map((day, i) => {
      const date = new Date((FIRST_DAY + day) * DAY_MS).toISOString().slice(0, 10)
      return `c${customer},${date},${((spend[i] ?? 0) / 100).toFixed(2)}`
    }),
  )
  return ['customer,date,amount', ...lines, ''].join('\n')
}

/** Within so much of what was published. */
const near = (value: unknown, published: number, share: number): void => {
  if (typeof value !== 'number') throw new TypeError('is no number')
  expect(Math.abs(value / published - 1)).toBeLessThan(share)
}

describe.skipIf(!existsSync(CDNOW))('the CDNOW sample (skipped where ../shared/data is missing)', () => {
  test('has the parameters that were published, and the holdout that follows', async () => {
    const { code, out, err } = await runInMemory([
      ...['retention', 'fit', '--history', CDNOW],
      ...['--until', '1997-09-30', '--json'],
    ])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const found = JSON.parse(out)
    expect(Object.keys(found).slice(0, 5)).toEqual(['customers', 'bgNbd', 'mbgNbd', 'gammaGamma', 'holdout'])
    expect(Object.keys(found.bgNbd)).toEqual(['r', 'alpha', 'a', 'b', 'logLikelihood'])
    expect(Object.keys(found.gammaGamma)).toEqual(['p', 'q', 'v', 'logLikelihood'])
    expect(found.customers).toBe(2_357)
    const published = {
      bgNbd: { r: 0.2426, alpha: 4.4138, a: 0.793, b: 2.4259 },
      mbgNbd: { r: 0.5249, alpha: 6.1837, a: 0.8913, b: 1.6137 },
      gammaGamma: { p: 6.249, q: 3.744, v: 15.446 },
    }
    for (const [model, parameters] of Object.entries(published))
      for (const [name, value] of Object.entries(parameters)) near(found[model][name], value, 0.002)
    expect(Math.abs(found.bgNbd.logLikelihood + 9_582.43)).toBeLessThan(0.02)
    expect(Math.abs(found.mbgNbd.logLikelihood + 9_582.14)).toBeLessThan(0.02)
    expect(found.holdout).toMatchObject({ weeks: 39, actual: 1_882 })
    expect(Math.round(found.holdout.expected)).toBe(1_653)
    expect(found.holdout.auc.expected).toBeCloseTo(0.7725, 4)
    expect(found.holdout.auc.recency).toBeCloseTo(0.7714, 4)
    expect(found.holdout.auc.alive).toBeGreaterThan(0.65)
  })
  test('is told in words that one can read', async () => {
    const { out } = await runInMemory(['retention', 'fit', '--history', CDNOW, '--until', '1997-09-30'])
    expect(out).toContain('2,357 customers until 1997-09-30, 946 of them came back')
    expect(out).toMatch(/BG\/NBD +r 0\.2426 +alpha 4\.414 +a 0\.7929 +b 2\.426 +log-likelihood -9582\.43/)
    expect(out).toContain('Gamma-Gamma')
    expect(out).toContain('(946 customers)')
    expect(out).toContain('The 39 weeks after: 1,653 purchases expected, 1,882 came.')
  })
})

describe('a fit of a file', () => {
  test('without a date knows all of it, and holds nothing against it', async () => {
    const { code, out } = await fitFile(shopFile())
    expect(code).toBe(0)
    expect(out).toMatch(/^Retention 400 customers until 2025-12-\d\d, /)
    expect(out).toMatch(/No purchases after 2025-12-\d\d: nothing to hold the forecast against\.\n$/)
    expect(JSON.parse((await fitFile(shopFile(), '--json')).out).holdout).toBeNull()
  })
  test('does not depend on the order of its lines, nor on purchases of a day being one line', async () => {
    const [header = '', ...lines] = shopFile().trim().split('\n')
    const before = await fitFile(shopFile(), '--until', '2025-09-30', '--json')
    const [, first = ''] = lines
    const [customer, date, amount = '0'] = first.split(',')
    const split = [`${customer},${date},${(Number(amount) - 0.25).toFixed(2)}`, `${customer},${date},0.25`]
    const shuffled = [header, ...lines.filter((line) => line !== first).toReversed(), ...split].join('\n')
    expect((await fitFile(shuffled, '--until', '2025-09-30', '--json')).out).toBe(before.out)
  })
  test('takes instants by the day that is written, and counts rows of 0', async () => {
    const line = (n: number) => `c${n},2025-01-01T23:30:00-08:00,0\nc${n},2025-02-0${1 + (n % 9)} 10:00,5.00\n`
    const { out } = await fitFile(
      `customer,date,dollars\n${Array.from({ length: 150 }, (_, n) => line(n)).join('')}`,
      '--json',
    )
    expect(JSON.parse(out)).toMatchObject({ customers: 150 })
  })
  test('leaves out lines that it cannot read, and names them', async () => {
    const { code, err } = await fitFile(
      `${shopFile()}c1,2025-02-30,5\nc1,2025-03-01,five\n,2025-03-01,5\nc1,2025-03-01,5,6\n`,
    )
    expect(code).toBe(0)
    expect(err).toMatch(/line \d+, date must be a date, such as .* \(left out\)\n/)
    expect(err).toMatch(/line \d+, amount must be a plain number, such as 49\.90 \(left out\)\n/)
    expect(err).toMatch(/line \d+, customer is missing \(left out\)\n/)
    expect(err).toMatch(/line \d+ has 4 cells where the first line names 3 columns \(left out\)\n/)
  })
  test('that has a bad line in every row shows some of them', async () => {
    const { code, err } = await fitFile('customer,date,amount\na,yesterday,5\nb,today,5\n')
    expect(code).toBe(1)
    expect(err).toContain('has no purchase in 2 rows.')
    expect(err).toContain('line 2, date must be a date')
  })
})

describe('a fit is refused', () => {
  test('without a file, or without one that exists', async () => {
    const none = await runInMemory(['retention', 'fit'])
    expect(none.code).toBe(2)
    expect(none.err).toContain('--history is missing: --history FILE.csv')
    const missing = await runInMemory(['retention', 'fit', '--history', join(folder, 'nowhere.csv')])
    expect(missing.code).toBe(1)
    expect(missing.err).toContain('there is no such file or folder')
  })
  test('of a file without a column that it needs', async () => {
    const { code, err } = await fitFile('client,date,amount\na,2025-01-01,5\n')
    expect(code).toBe(1)
    expect(err).toContain('has no column customer')
  })
  test('until a day that is none, or before all purchases', async () => {
    const wrong = await fitFile(shopFile(), '--until', '2025-02-30')
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('--until must be a date')
    const early = await fitFile(shopFile(), '--until', '2024-12-31')
    expect(early.code).toBe(1)
    expect(early.err).toContain('--until lies before all purchases of')
    expect(early.err).toContain('the first is of 2025-01-0')
  })
  test('a folder is no file', async () => {
    const { code, err } = await runInMemory(['retention', 'fit', '--history', folder])
    expect([code, err]).toEqual([1, expect.stringContaining(`${folder}: it is a folder.`)])
  })
  test('and the lines that could not be read are told even so', async () => {
    const { code, err } = await fitFile('customer,date,amount\na,2025-01-01,5\nb,soon,5\n')
    expect(code).toBe(1)
    expect(err).toMatch(/too few to fit a model: 1 customer .*\nline 3, date must be .*\n/)
  })
  test('with too few customers, or too few who came back', async () => {
    const { code, err } = await fitFile('customer,date,amount\na,2025-01-01,5\na,2025-01-09,5\nb,2025-01-02,5\n')
    expect(code).toBe(1)
    expect(err).toContain('too few to fit a model: 2 customers bought until 2025-01-09, 1 of them on another day too.')
    expect(err).toContain('It takes 100, and 20 who came back.')
    const once = Array.from({ length: 300 }, (_, n) => `c${n},2025-01-01,5\n`).join('')
    expect((await fitFile(`customer,date,amount\n${once}`)).err).toContain(
      '300 customers bought until 2025-01-01, 0 of them',
    )
  })
})

test('the command explains itself', async () => {
  const { code, out } = await runInMemory(['retention', 'fit', '--help'])
  expect(code).toBe(0)
  for (const words of ['--history FILE.csv', '--until DATE', '--json', 'customer, date and amount'])
    expect(out).toContain(words)
})
