// How long it takes to learn how a shop's customers buy, and to say of each what is to be expected.
import { fitModels, MAX_CUSTOMERS } from '../../src/retention/fit.ts'
import { outlook } from '../../src/retention/outlook-model.ts'
import { fitShop } from '../../src/retention/shop-fit.ts'
import { summarise } from '../../src/retention/summaries.ts'
import type { BuyingHistory, Summary } from '../../src/retention/types.ts'
import { makeShopper, seededChance } from '../../test/support/shoppers.ts'
import { type Bench, median, type Section, type Table } from '../bench.ts'

const sizesOf = ({ quick }: Bench) => (quick ? [5_000, 20_000] : [100_000, 1_000_000])
const ROUNDS = 3
/** Two years of a shop: most buy once, some for ever. */
const DAYS = 730
const SHOP = {
  model: 'mbg_nbd',
  parameters: { r: 0.5, alpha: 8, a: 0.9, b: 2.5 },
  beginDays: DAYS,
  days: DAYS,
} as const
const TARGET_SECONDS: Record<number, number> = { 100000: 2, 1000000: 15 }

/** Histories side by side, as little as they can be held in: what is measured should not be our own making. */
interface Shop {
  customers: number
  from: Uint32Array
  days: Int32Array
  spend: Float64Array
}

function openShop(customers: number): Shop {
  const chance = seededChance(11)
  const from = new Uint32Array(customers + 1)
  const [days, spend]: [number[], number[]] = [[], []]
  for (let i = 0; i < customers; i++) {
    const { history } = makeShopper(chance, SHOP)
    for (const day of history.days) days.push(day)
    for (const one of history.spend) spend.push(one)
    from[i + 1] = days.length
  }
  return { customers, from, days: Int32Array.from(days), spend: Float64Array.from(spend) }
}

function historyOf({ from, days, spend }: Shop, customer: number): BuyingHistory {
  const [start, end] = [from[customer], from[customer + 1]]
  return { days: Array.from(days.subarray(start, end)), spend: Array.from(spend.subarray(start, end)) }
}

interface Taken {
  customers: number
  purchases: number
  sampled: number
  fitSeconds: number
  scoreSeconds: number
  /** Of the processor, for both: what the time would be on a machine with nothing else to do. */
  cpuSeconds: number
  everybodySeconds: number
  learnSeconds: number
  /** What was held while all were scored, above what was held before, at the most. */
  heapMb: number
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const secondsOf = (work: () => void): number => {
  const startedAt = performance.now()
  work()
  return (performance.now() - startedAt) / 1_000
}

/** The sample that the weekly run takes: every so-manieth, as customers come in an order of chance here. */
function sampleOf(shop: Shop): BuyingHistory[] {
  const step = Math.ceil(shop.customers / MAX_CUSTOMERS)
  return Array.from({ length: Math.floor(shop.customers / step) }, (_, i) => historyOf(shop, i * step))
}

function measureShop(customers: number, { broken }: Bench): Taken {
  const shop = openShop(customers)
  const sample = sampleOf(shop)
  const summaries = (): Summary[] => sample.flatMap((history) => summarise(history, DAYS) ?? [])
  let cpu = -cpuSeconds()
  fitModels(summaries())
  cpu += cpuSeconds()
  const fitSeconds = median(Array.from({ length: ROUNDS }, () => secondsOf(() => fitModels(summaries()))))
  const options = { at: 0, untilDay: DAYS, customers, atRiskBelow: 0.5 }
  const startedAt = performance.now()
  const fit = fitShop(sample, options)
  const learnSeconds = (performance.now() - startedAt) / 1_000
  if (fit.mbgNbd === null || fit.gammaGamma === null) broken(`no model of ${customers} customers`)
  let [value, heap] = [0, 0]
  const before = process.memoryUsage().heapUsed
  cpu -= cpuSeconds()
  const scoreSeconds = secondsOf(() => {
    for (let i = 0; i < customers; i++) {
      value += outlook(historyOf(shop, i), fit, DAYS, { atRiskBelow: 0.5 })?.lifetimeValueMinor ?? Number.NaN
      if (i % 20_000 === 0) heap = Math.max(heap, process.memoryUsage().heapUsed - before)
    }
  })
  cpu += cpuSeconds()
  if (!Number.isFinite(value)) broken(`the value of ${customers} customers is no number`)
  const everybodySeconds = secondsOf(() => {
    const all: Summary[] = []
    for (let i = 0; i < customers; i++) {
      const summary = summarise(historyOf(shop, i), DAYS)
      if (summary !== null) all.push(summary)
    }
    fitModels(all)
  })
  return {
    customers,
    purchases: shop.days.length,
    sampled: sample.length,
    fitSeconds,
    scoreSeconds,
    cpuSeconds: cpu,
    everybodySeconds,
    learnSeconds,
    heapMb: heap / 1e6,
  }
}

async function runRetention(bench: Bench): Promise<Table[]> {
  const taken = sizesOf(bench).map((customers) => {
    const one = measureShop(customers, bench)
    bench.say(`  ${customers.toLocaleString('en')} customers: ${(one.fitSeconds + one.scoreSeconds).toFixed(2)} s`)
    return one
  })
  return [
    {
      title: 'Retention: to fit the models, and to say of every customer what is to be expected (one core)',
      columns: [
        'customers',
        'purchases',
        'fitted on',
        'fit s',
        'score s',
        'both s',
        'target s',
        'of it',
        'µs each',
        'heap MB',
      ],
      rows: taken.map((one) => {
        const both = one.fitSeconds + one.scoreSeconds
        const target = TARGET_SECONDS[one.customers]
        return [
          one.customers.toLocaleString('en'),
          one.purchases.toLocaleString('en'),
          one.sampled.toLocaleString('en'),
          one.fitSeconds.toFixed(2),
          one.scoreSeconds.toFixed(2),
          both.toFixed(2),
          one.cpuSeconds.toFixed(2),
          target === undefined ? '–' : String(target),
          target === undefined ? '–' : `${((both / target) * 100).toFixed(0)} %`,
          ((one.scoreSeconds / one.customers) * 1e6).toFixed(1),
          one.heapMb.toFixed(0),
        ]
      }),
      notes: [
        'fit: BG/NBD, MBG/NBD and Gamma-Gamma, median of three; score: P(alive), purchases in 30, 90 and 365 days, lifetime value, risk',
        ...taken.map(
          ({ customers, everybodySeconds, learnSeconds }) =>
            `of ${customers.toLocaleString('en')}: fitted on everybody ${everybodySeconds.toFixed(2)} s; with backtest and rhythm, once a week, ${learnSeconds.toFixed(2)} s`,
        ),
        'heap: what was held in the middle of scoring above what was before; it does not grow with customers',
      ],
      data: taken,
    },
  ]
}

export const retention: Section = {
  name: 'retention',
  title: 'how long does it take to learn who stays, and to say so of everybody?',
  run: runRetention,
}
