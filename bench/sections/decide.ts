// How many purchases a core decides: the rules and the books alone, with no database and no network.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Books, type LotReader } from '../../src/core/books.ts'
import { decidePayment, type Programs } from '../../src/core/decide-payment.ts'
import { emptyParts, type Item, type PaymentParts } from '../../src/core/facts.ts'
import type { MemberHistory } from '../../src/core/member-progress.ts'
import { newMember } from '../../src/core/new-member.ts'
import { emptyContribution, type Lot, type Member, type Payment } from '../../src/core/state.ts'
import { startTiers } from '../../src/core/tiers.ts'
import { parseProgramText } from '../../src/program/parse.ts'
import type { Program } from '../../src/program/schema.ts'
import { type Bench, median, type Section, type Table } from '../bench.ts'
import { mix } from '../people.ts'
import { ROOT } from '../servers.ts'

const sizesOf = ({ quick }: Bench) => (quick ? { purchases: 20_000, rounds: 3 } : { purchases: 200_000, rounds: 7 })

const START = Date.UTC(2026, 0, 1)
const SPAN_MS = 300 * 86_400_000
const PRESETS = join(ROOT, 'src/program/presets')
const LINES_EACH = 3

function readProgram(file: string): Program {
  const parsed = parseProgramText(readFileSync(file, 'utf8'))
  if (!parsed.ok) throw new Error(`${file} is no program`)
  return parsed.program
}

/** How much there is to look at when a purchase is decided. */
const richness = ({ earning, campaigns, tiers }: Program): number =>
  earning.filter(({ on }) => on === 'purchase' || on === 'item').length + campaigns.length + (tiers?.levels.length ?? 0)

interface Contender {
  name: string
  program: Program
}

function contenders(): Contender[] {
  const presets = readdirSync(PRESETS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, program: readProgram(join(PRESETS, name)) }))
    .sort((a, b) => richness(b.program) - richness(a.program))
  const [richest] = presets
  const all = [{ name: 'program.json', program: readProgram(join(ROOT, 'program.json')) }]
  if (richest !== undefined) all.push(richest)
  return [...all, { name: 'twelve rules, ten campaigns', program: crowdedProgram() }]
}

/** More than anybody would run at once: every kind of rule, condition and campaign. */
function crowdedProgram(): Program {
  const product = (n: number): string => `prod_${n}`
  const input = {
    name: 'Everything at once',
    currency: 'usd',
    timezone: 'America/New_York',
    earning: [
      { id: 'all', on: 'purchase', excludeProducts: [product(9)] },
      { id: 'store', on: 'purchase', points: 3, per: 2, when: { metadata: { channel: 'store' } } },
      { id: 'gold', on: 'purchase', points: 2, when: { tiers: ['gold'] }, minimum: 20 },
      { id: 'tea', on: 'purchase', points: 5, products: [product(1)], scope: 'lines' },
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ id: `item-${n}`, on: 'item', products: [product(n)], points: n })),
    ],
    tiers: {
      levels: [
        { id: 'bronze', name: 'Bronze', threshold: 0 },
        { id: 'silver', name: 'Silver', threshold: 300, multiplier: 1.25 },
        { id: 'gold', name: 'Gold', threshold: 1_000, multiplier: 1.5, expiry: { kind: 'never' } },
      ],
    },
    campaigns: Array.from({ length: 10 }, (_, n) => ({
      id: `campaign-${n}`,
      name: `Campaign ${n}`,
      from: '2026-01-01',
      weekdays: n % 2 === 0 ? [1 + (n % 7)] : [],
      multiplier: 1.125 + n / 8,
      bonus: n * 5,
      when: { products: n % 3 === 0 ? [product(n % 5)] : [], minimum: n },
      ...(n % 4 === 0 ? { announced: false, holdout: 0.1 } : {}),
    })),
    points: { holdDays: 14, expiry: { kind: 'after', months: 12 } },
  }
  const parsed = parseProgramText(JSON.stringify(input))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.program
}

/** Products that the program names. Of four lines one has one of them. */
function productsOf({ earning, campaigns }: Program): string[] {
  const named = [...earning, ...campaigns.map(({ when }) => when)]
  return [...new Set(named.flatMap((one) => ('products' in one ? one.products : [])))]
}

function partsOf(program: Program, index: number): PaymentParts {
  const at = START + (mix(index) % SPAN_MS)
  const amountMinor = 500 + (mix(index + 1) % 20_000)
  const products = productsOf(program)
  const list = Array.from({ length: LINES_EACH }, (_, n): Item => {
    const product = products[mix(index * LINES_EACH + n) % (products.length * 4)] ?? 'prod_other'
    return { product, price: null, quantity: 1 + (index % 2), amountMinor: Math.floor(amountMinor / LINES_EACH) }
  })
  return {
    ...emptyParts(),
    names: [`ch_${index}`, `pi_${index}`],
    currency: program.currency,
    charges: { [`ch_${index}`]: { intent: `pi_${index}`, amountMinor, at, snapshot: { at, refundedMinor: 0 } } },
    tax: { rank: 3, value: Math.floor(amountMinor / 12) },
    items: { rank: 3, list },
    metadata: { channel: index % 2 === 0 ? 'store' : 'web' },
    succeededAt: at,
  }
}

function paymentOf(program: Program, index: number): Payment {
  return {
    id: `pay_${index}`,
    version: 0,
    member: `mem_${index}`,
    parts: partsOf(program, index),
    seenAt: START,
    eligible: null,
    frozen: null,
    posted: {},
    counted: emptyContribution(),
    explained: null,
    campaigns: {},
    causes: {},
    givesBy: null,
  }
}

function memberOf(program: Program, index: number, version: number): Member {
  return {
    ...newMember({ id: `mem_${index}`, createdAt: START, referralCode: '' }),
    version,
    status: 'active',
    enrolledAt: START,
    joinedAt: START,
    tiers: startTiers(program, 'v1', START),
  }
}

const NO_HISTORY: MemberHistory = {
  contributions: () => [],
  contributionsSince: () => [],
  paidTimes: () => [],
  extremes: () => ({ firstEligibleAt: null, lastKeptAt: null, lastAt: null }),
}

/** Lots kept in a list, as a process that has just read them would have them. */
function lotsIn(lots: readonly Lot[]): LotReader {
  const open = () => lots.filter(({ remaining }) => remaining > 0)
  return {
    byId: (ids) => lots.filter(({ id }) => ids.includes(id)),
    due: (until) =>
      open().filter(({ availableAt, state }) => state === 'pending' && (availableAt ?? until + 1) <= until),
    spendable: open,
    open,
    spent: () => lots.filter(({ spent }) => spent > 0),
    expiredAfter: (at) => lots.filter(({ expired, expiredAt }) => expired > 0 && (expiredAt ?? at) > at),
    ofRules: (rules) => lots.filter(({ rule }) => rules.includes(rule)),
    nextDue: () => null,
  }
}

function programsOf(current: Program): Programs {
  return { version: 'v1', current, byVersion: () => current }
}

/** Decides each payment as the first of somebody new; answers the points given, so that nothing is left out. */
function decideFirsts(program: Program, payments: readonly Payment[]): number {
  const programs = programsOf(program)
  let given = 0
  payments.forEach((payment, index) => {
    const member = memberOf(program, index, 0)
    const books = new Books({
      member,
      lots: lotsIn([]),
      program,
      now: START + SPAN_MS,
      source: 'bench',
      actor: 'bench',
    })
    decidePayment({ payment, before: null, books, history: NO_HISTORY, programs, now: START + SPAN_MS })
    given += member.available + member.pending
  })
  return given
}

/** One member after another buys ten times, their lots in memory. */
function decideSeries(program: Program, payments: readonly Payment[]): number {
  const programs = programsOf(program)
  let given = 0
  for (let first = 0; first < payments.length; first += 10) {
    const member = memberOf(program, first, 1)
    let lots: Lot[] = []
    const series = payments
      .slice(first, first + 10)
      .sort((a, b) => (a.parts.succeededAt ?? 0) - (b.parts.succeededAt ?? 0))
    for (const payment of series) {
      const now = (payment.parts.succeededAt ?? START) + 1_000
      const books = new Books({ member, lots: lotsIn(lots), program, now, source: 'bench', actor: 'bench' })
      decidePayment({ payment, before: null, books, history: NO_HISTORY, programs, now })
      lots = [...lots.filter(({ id }) => !books.changedLots.some((lot) => lot.id === id)), ...books.changedLots]
    }
    given += member.available + member.pending
  }
  return given
}

const KINDS = [
  { name: 'the first of somebody new', decide: decideFirsts },
  { name: 'ten by one member', decide: decideSeries },
]

/** So many are made at a time, before the clock runs: as a server has no more of them at once. */
const BATCH = 100

/** By this thread's own processor time, so that what else the machine does counts less. */
function measureOne(
  { program }: Contender,
  decide: typeof decideFirsts,
  { purchases, rounds }: ReturnType<typeof sizesOf>,
) {
  const speeds: number[] = []
  let points = 0
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    let cpuUs = 0
    points = 0
    for (let from = 0; from < purchases; from += BATCH) {
      const payments = Array.from({ length: BATCH }, (_, index) => paymentOf(program, from + index))
      const before = process.threadCpuUsage()
      points += decide(program, payments)
      const { user, system } = process.threadCpuUsage(before)
      cpuUs += user + system
    }
    if (round > 0) speeds.push((purchases / cpuUs) * 1e6)
  }
  return { perSecond: median(speeds), points }
}

async function runDecide(bench: Bench): Promise<Table[]> {
  const sizes = sizesOf(bench)
  const taken: { name: string; perSecond: number; points: number }[] = []
  for (const contender of contenders()) {
    for (const { name, decide } of KINDS) {
      const measured = measureOne(contender, decide, sizes)
      taken.push({ name: `${contender.name}: ${name}`, ...measured })
      bench.say(`  ${taken.at(-1)?.name}: ${Math.round(measured.perSecond).toLocaleString('en')} a second`)
    }
  }
  const rows = taken.map(({ name, perSecond, points }) => [
    name,
    Math.round(perSecond).toString(),
    (1e6 / perSecond).toFixed(1),
    points.toString(),
  ])
  return [
    {
      title: 'Deciding purchases in memory, on one core',
      columns: ['', 'a second', 'µs each', 'points given'],
      rows,
      notes: [`purchases of ${LINES_EACH} lines; the books are kept and the sentences written, but nothing is stored`],
      data: taken,
    },
  ]
}

export const decide: Section = {
  name: 'decide',
  title: 'deciding purchases in memory',
  run: runDecide,
}
