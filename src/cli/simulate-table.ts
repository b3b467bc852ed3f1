// A simulation as a table: the program asked about, beside the one in force where there is one, and members over time.
import { currencyPlaces } from '../core/currency.ts'
import type { Program } from '../program/schema.ts'
import type { MembersByTier, Simulated } from '../simulate/outcome.ts'
import { turnsByItself } from '../simulate/simulation.ts'
import type { CsvProblem } from './csv-read.ts'
import { describeProblem } from './csv-table.ts'
import { count, duration, plural, someOf } from './format.ts'
import type { SimulationReport } from './simulate.ts'

const HEADLINE_WIDTH = 80
const GAP = 4
const PROBLEMS_SHOWN = 5

export function simulationTable(report: SimulationReport): string[] {
  const { history } = report
  return [
    headline(report),
    ...comparison(report),
    '',
    ...overTime(report),
    '',
    ...notes(report),
    ...badLines(history.problems),
  ]
}

/** The first of them, each with what would be right. */
export function badLines(problems: readonly CsvProblem[]): string[] {
  if (problems.length === 0) return []
  const told = problems.map((one) => `  ${describeProblem(one)}`)
  return [`${plural(problems.length, 'bad line')} left out:`, ...someOf(told, PROBLEMS_SHOWN)]
}

function headline({ program, simulated, span, tookMs }: SimulationReport): string {
  const month = new Intl.DateTimeFormat('en', { month: 'short', year: 'numeric', timeZone: program.timezone })
  const [from, to] = [month.format(span.first), month.format(span.last)]
  const when = from === to ? from : `${from} – ${to}`
  const bought = `${plural(simulated.purchases, 'purchase')} of ${plural(simulated.customers, 'customer')}`
  return `${`${program.name} on ${bought}, ${when}`.padEnd(HEADLINE_WIDTH)}  ${duration(tookMs)}`
}

/** `write`: as amounts of the program that brought it are written. */
type Row = [label: string, pick: (one: Simulated) => number | null, write: (value: number, program: Program) => string]

function comparison({ program, inForce, simulated, now, redeemShare }: SimulationReport): string[] {
  const share = percent(redeemShare)
  const byItself = turnsByItself(program)
  const { made } = simulated.rewards
  const rows: Row[] = [
    [`${program.points.name.other} issued`, ({ issued }) => issued, count],
    [byItself ? 'redeemed by itself' : `redeemed (${share})`, ({ redeemed }) => redeemed, count],
    ['expired', ({ expired }) => expired, count],
    ['left in the end', ({ outstanding }) => outstanding, count],
    ...(made === 0 ? [] : rewardRows(share)),
    ['cost', ({ cost }) => cost, money],
    ['cost of revenue', ({ costOfRevenue }) => costOfRevenue, percent],
  ]
  const cells = rows.map(([label, pick, write]) => {
    const cell = (value: number | null, of: Program): string => (value === null ? NOTHING : write(value, of))
    const own = pick(simulated)
    if (now === null || inForce === null) return [label, cell(own, program)]
    const before = pick(now)
    // Dollars less euros is neither.
    const isAlike = own !== null && before !== null && (write !== money || program.currency === inForce.currency)
    const difference = isAlike ? signed(own - before, (value) => write(value, program)) : NOTHING
    return [label, cell(before, inForce), cell(own, program), difference]
  })
  const titles = now === null ? ['', 'this program'] : ['', 'now', 'this program', 'difference']
  return [
    ...columns([titles, ...cells]),
    ...(now === null || inForce === null ? [] : [`members at the end, now: ${memberList(now.members, inForce)}`]),
    `members at the end${now === null ? '' : ', this program'}: ${memberList(simulated.members, program)}`,
  ]
}

const NOTHING = '–'

const rewardRows = (share: string): Row[] => [
  ['rewards made', ({ rewards }) => rewards.made, count],
  [`used (${share})`, ({ rewards }) => rewards.used, count],
]

function overTime({ program, simulated }: SimulationReport): string[] {
  const tiers = Object.keys(simulated.members)
  const titles = ['over time', 'issued', 'redeemed', 'expired', ...tiers.map((id) => tierName(program, id))]
  const rows = simulated.overTime.map(({ period, issued, redeemed, expired, members }) => [
    period,
    ...[issued, redeemed, expired, ...tiers.map((id) => members[id] ?? 0)].map(count),
  ])
  return columns([titles, ...rows])
}

function notes(report: SimulationReport): string[] {
  const { program, history } = report
  const unknown =
    history.from === 'file'
      ? 'A file says nothing of products, actions, birthdays or payments’ metadata: rules about them bring nothing here.'
      : 'Actions, birthdays and referrals of the past are not repeated.'
  const { automatic, consent } = program.enrolment
  const asked = automatic && consent === 'implied' ? [] : ['Counts everyone who bought, also who would not join.']
  const isPaid = program.tiers?.levels.some(({ paid }) => paid !== null) ?? false
  const paid = isPaid ? ['Subscriptions are not repeated: nobody holds a paid tier here.'] : []
  const skipped =
    history.skipped === 0 ? [] : [`${plural(history.skipped, 'row')} of 0 or less left out: no purchases.`]
  const told = `${assumption(report)} Past behaviour, not what the program would change.`
  return [told, unknown, ...paid, ...uncounted(report), ...asked, ...skipped]
}

/** Where nothing is earned because all was paid in another money. */
function uncounted({ program, inForce, simulated, now }: SimulationReport): string[] {
  const isLost = (one: Simulated | null): boolean => one !== null && one.purchases > 0 && one.revenue === 0
  const of = ({ currency }: Program): string => currency.toUpperCase()
  return [
    ...(isLost(simulated)
      ? [`This program counts in ${of(program)}, and these purchases are in another currency.`]
      : []),
    ...(isLost(now) && inForce !== null
      ? [`The program in force counts in ${of(inForce)}, and these purchases are in another currency.`]
      : []),
  ]
}

function assumption({ program, simulated, now, redeemShare }: SimulationReport): string {
  const share = percent(redeemShare)
  if (simulated.issued === 0 && (now?.issued ?? 0) === 0) return 'Nothing is earned by these purchases.'
  if (turnsByItself(program))
    return `Assumes that ${share} of the rewards the program makes by itself are used (--redeem).`
  return `Assumes ${share} of ${program.points.name.other} are redeemed (--redeem).`
}

const tierName = (program: Program, id: string): string =>
  program.tiers?.levels.find((level) => level.id === id)?.name ?? (program.tiers === null ? 'members' : 'no tier')

/** `Insider 2,207 · VIB 139 · Rouge 11` */
const memberList = (members: MembersByTier, program: Program): string =>
  Object.entries(members)
    .map(([id, number]) => (program.tiers === null ? count(number) : `${tierName(program, id)} ${count(number)}`))
    .join(' · ')

const percent = (share: number): string => `${count(share * 100)} %`

function money(amount: number, { currency }: Program): string {
  const places = currencyPlaces(currency)
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  })
  return format.format(amount)
}

const signed = (difference: number, write: (value: number) => string): string =>
  difference > 0 ? `+${write(difference)}` : difference < 0 ? `−${write(-difference)}` : write(0)

/** The first column to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + GAP)))
      .join('')
      .trimEnd(),
  )
}
