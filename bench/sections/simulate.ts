// How long a program owner waits to see what a rule would have brought: a simulation of some 69,000 purchases.
import { readFileSync } from 'node:fs'
import { parseProgramText } from '../../src/program/parse.ts'
import type { Program } from '../../src/program/schema.ts'
import { boughtOnce, type HistoryFact } from '../../src/simulate/history.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { type Bench, median, type Section, type Table } from '../bench.ts'

const PURCHASES = 69_000
const CUSTOMERS = 23_500
const DAY_MS = 86_400_000
const FIRST_DAY = Date.UTC(2025, 0, 1, 17)
const DAYS = 540
const PRESETS = ['beauty-insider', 'dsw-vip', 'starbucks-rewards'] as const

/** A linear congruential generator (Numerical Recipes): the same history in every run. */
function createChance(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Many who buy once, few who buy often; amounts as in a shop. */
function makeHistory(count: number): HistoryFact[] {
  const chance = createChance()
  return Array.from({ length: count }, (_, n) => {
    const customer = String(Math.floor(chance() ** 2 * CUSTOMERS))
    const at = FIRST_DAY + Math.floor(chance() * DAYS) * DAY_MS
    return boughtOnce({ customer, at, amountMinor: 500 + Math.floor(chance() ** 3 * 20_000) }, n, 'usd')
  })
}

function readPreset(name: string): Program {
  const parsed = parseProgramText(
    readFileSync(new URL(`../../src/program/presets/${name}.json`, import.meta.url), 'utf8'),
  )
  if (!parsed.ok) throw new Error(`${name} is not a program`)
  return parsed.program
}

async function runSimulate({ quick, broken }: Bench): Promise<Table[]> {
  const count = quick ? PURCHASES / 10 : PURCHASES
  const history = makeHistory(count)
  const taken: { preset: string; seconds: number; issued: number }[] = []
  for (const preset of PRESETS) {
    const program = readPreset(preset)
    const seconds: number[] = []
    let issued = 0
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      const startedAt = performance.now()
      const outcome = await simulate({ program, history, redeemShare: 0.4 })
      seconds.push((performance.now() - startedAt) / 1_000)
      issued = outcome?.issued ?? 0
      if (outcome?.purchases !== count) broken(`${preset}: ${outcome?.purchases} purchases of ${count} were simulated`)
    }
    taken.push({ preset, seconds: median(seconds), issued })
  }
  return [
    {
      title: `A simulation of ${count.toLocaleString('en')} purchases, in one process`,
      columns: ['preset', 'seconds', 'purchases/s', 'points issued'],
      rows: taken.map(({ preset, seconds, issued }) => [
        preset,
        seconds.toFixed(2),
        Math.round(count / seconds).toLocaleString('en'),
        issued.toLocaleString('en'),
      ]),
      notes: ['medians; 40 % of points are redeemed as they come, or of the rewards that the program makes by itself'],
      data: taken,
    },
  ]
}

export const simulation: Section = {
  name: 'simulate',
  title: 'how long does it take to see what a program would have brought?',
  run: runSimulate,
}
