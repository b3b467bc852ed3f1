// What a program would have given over a history: what its owner looks at before a rule is changed.
import { fileURLToPath } from 'node:url'
import { parseProgram } from '../program/parse.ts'
import { formatProblems } from '../program/problems.ts'
import type { Program } from '../program/schema.ts'
import type { HistoryFact } from '../simulate/history.ts'
import type { Simulated } from '../simulate/outcome.ts'
import { simulate } from '../simulate/simulate.ts'
import { type Asked, type Context, defineCommand } from './command.ts'
import { databaseExists, openDatabaseFile } from './database-file.ts'
import { dayOf, endOfDay, MOMENT_RULE, parseMoment } from './dates.ts'
import { Failure, UsageError } from './failures.ts'
import { presetFile } from './presets.ts'
import { readProgramFile } from './program-check.ts'
import { createProgress } from './progress.ts'
import { settingsOf } from './settings.ts'
import { readPurchases, type SimulatedHistory } from './simulate-history.ts'
import { badLines, simulationTable } from './simulate-table.ts'

type Option = 'program' | 'preset' | 'history' | 'redeem' | 'from' | 'to' | 'json'

export const command = defineCommand<Option>({
  name: 'simulate',
  summary: 'Runs a program over past purchases: what it would have given, and what it would have cost',
  about: [
    'Changes nothing. Without --history it takes the purchases of the database, everybody’s, refunds included.',
    'A file needs the columns customer, date and amount (or dollars). Everyone who bought takes part.',
    'Of the points that members get, a share is taken to be redeemed as they come (--redeem). Where the program turns',
    'points into rewards by itself, so many of those rewards are taken to be used.',
  ],
  options: {
    program: { value: 'FILE', about: 'the program (default: PROGRAM_FILE, else program.json)' },
    preset: { value: 'NAME', about: 'one of the presets instead, see: npx regulars init --help' },
    history: { value: 'FILE.csv', about: 'purchases, a line each (default: those of the database)' },
    redeem: { value: 'PERCENT', about: 'how many percent are redeemed', default: '40' },
    from: { value: 'DATE', about: 'only purchases from this day on: 2026-01-01' },
    to: { value: 'DATE', about: 'only purchases up to this day' },
    json: { about: 'answer in JSON' },
  },
  examples: ['simulate --preset beauty-insider --history purchases.csv', 'simulate --program drafts/summer.json'],
  endsInOrder: true,
  async run(asked, context) {
    const startedAt = context.monotonic()
    const settings = settingsOf(context)
    const program = programOf(asked, settings.programFile)
    const redeemShare = readShare(asked)
    const read = await readPurchases(asked.text('history'), settings.databasePath, program)
    const history = { ...read, facts: within(read.facts, asked, program.timezone) }
    if (history.facts.length === 0) {
      const told = ['there is no purchase in this history, so there is nothing to tell.', ...badLines(history.problems)]
      throw new Failure(told.join('\n'))
    }
    const inForce = programInForce(settings.databasePath)
    const outcome = await runBoth(context, history, redeemShare, program, inForce)
    if (outcome === null) return 1
    const tookMs = context.monotonic() - startedAt
    const report = { ...outcome, program, inForce, history, span: spanOf(history.facts), redeemShare, tookMs }
    if (asked.flag('json')) await context.stdout.line(JSON.stringify(asJson(report), null, 2))
    else for (const line of simulationTable(report)) await context.stdout.line(line)
    return 0
  },
})

function programOf(asked: Asked<Option>, programFile: string): Program {
  const [file, preset] = [asked.text('program'), asked.text('preset')]
  if (file !== undefined && preset !== undefined) throw new UsageError('give either --program or --preset')
  const path = preset === undefined ? (file ?? programFile) : fileURLToPath(presetFile(preset))
  const { program, problems } = readProgramFile(path)
  if (program === null || problems.length > 0)
    throw new Failure(`${path} is not a program that can be run:\n${formatProblems(problems)}`)
  return program
}

function readShare(asked: Asked<Option>): number {
  const text = asked.text('redeem') ?? ''
  const percent = /^\d{1,3}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN
  if (!(percent <= 100)) throw new UsageError(`--redeem must be a percentage from 0 to 100, not "${text}"`)
  return percent / 100
}

/** The facts of the days asked for; `to` includes its day. */
function within(facts: readonly HistoryFact[], asked: Asked<Option>, zone: string): readonly HistoryFact[] {
  const moment = (name: 'from' | 'to') => {
    const text = asked.text(name)
    if (text === undefined) return null
    const read = parseMoment(text, zone)
    if (read === null) throw new UsageError(`--${name} ${MOMENT_RULE}`)
    return read
  }
  const [from, to] = [moment('from'), moment('to')]
  const first = from?.at ?? Number.NEGATIVE_INFINITY
  const end = to === null ? Number.POSITIVE_INFINITY : to.isDay ? endOfDay(to.at, zone) : to.at + 1
  if (first >= end) throw new UsageError('--from must lie before --to')
  return from === null && to === null ? facts : facts.filter(({ at }) => at >= first && at < end)
}

/** The program that the database runs; null where there is no database, or none in force yet. */
function programInForce(databasePath: string): Program | null {
  if (!databaseExists(databasePath)) return null
  const file = openDatabaseFile(databasePath)
  try {
    const stored = file.programInForce()
    const parsed = stored === null ? null : parseProgram(JSON.parse(stored.body))
    return parsed?.ok ? parsed.program : null
  } finally {
    file.close()
  }
}

/** The program, and the one in force over the same history under the same assumption. Null when interrupted. */
async function runBoth(
  context: Context,
  { facts }: SimulatedHistory,
  redeemShare: number,
  program: Program,
  inForce: Program | null,
): Promise<{ simulated: Simulated; now: Simulated | null } | null> {
  const programs = inForce === null ? [program] : [program, inForce]
  const progress = createProgress(context, 'Simulating', 'purchases')
  const outcomes: Simulated[] = []
  try {
    for (const [turn, one] of programs.entries()) {
      const onProgress = async (done: number): Promise<boolean> => {
        progress.update(turn * facts.length + done, programs.length * facts.length)
        // Ctrl-C is heard in between.
        await context.sleep(0)
        return !context.interrupted.aborted
      }
      const outcome = await simulate({ program: one, history: facts, redeemShare, onProgress })
      if (outcome === null) return null
      outcomes.push(outcome)
    }
  } finally {
    progress.end()
  }
  const [simulated, now = null] = outcomes
  return simulated === undefined ? null : { simulated, now }
}

export interface SimulationReport {
  program: Program
  inForce: Program | null
  simulated: Simulated
  now: Simulated | null
  history: SimulatedHistory
  /** When the first and the last purchase of it were made, or refunded. */
  span: { first: number; last: number }
  redeemShare: number
  tookMs: number
}

function spanOf(facts: readonly HistoryFact[]): { first: number; last: number } {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { at } of facts) {
    first = Math.min(first, at)
    last = Math.max(last, at)
  }
  return { first, last }
}

function asJson({ program, inForce, simulated, now, history, span, redeemShare, tookMs }: SimulationReport): object {
  const { purchases, customers, revenue, ...outcome } = simulated
  const day = (at: number): string => dayOf(at, program.timezone)
  const [from, to] = [day(span.first), day(span.last)]
  return {
    program: program.name,
    history: { purchases, customers, revenue, from, to, currency: program.currency },
    ...outcome,
    now: now === null || inForce === null ? null : { program: inForce.name, ...now },
    difference: now === null || inForce === null ? null : compared(differenceOf(simulated, now), program, inForce),
    assumptions: { redeem: redeemShare },
    skipped: history.skipped,
    seconds: Math.round(tookMs) / 1_000,
  }
}

/** Dollars less euros is neither. */
const compared = (difference: ReturnType<typeof differenceOf>, a: Program, b: Program) =>
  a.currency === b.currency ? difference : { ...difference, cost: null }

export const differenceOf = (simulated: Simulated, now: Simulated) => ({
  issued: simulated.issued - now.issued,
  redeemed: simulated.redeemed - now.redeemed,
  expired: simulated.expired - now.expired,
  // Cents are whole numbers; their difference as decimals need not be.
  cost: Math.round((simulated.cost - now.cost) * 1_000) / 1_000,
})
