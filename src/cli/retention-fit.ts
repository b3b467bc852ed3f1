// Fits the models of retention to a file of purchases, and holds their forecast against what came after.
import { DAY_MS } from '../core/calendar.ts'
import { type FittedModels, fitModels, MIN_CUSTOMERS, MIN_REPEATERS } from '../retention/fit.ts'
import { checkHoldout, type HoldoutCheck } from '../retention/holdout-check.ts'
import { trainRanking } from '../retention/ranking.ts'
import { describeRanking } from '../retention/ranking-words.ts'
import { summarise } from '../retention/summaries.ts'
import type { BuyingHistory, Ranking } from '../retention/types.ts'
import { type Asked, type Context, defineCommand } from './command.ts'
import { describeProblem } from './csv-table.ts'
import { DATE_RULE, parseDate } from './dates.ts'
import { Failure, UsageError } from './failures.ts'
import { type FileHistories, readFileHistories } from './fit-history.ts'
import { count, plural } from './format.ts'
import { paint } from './output.ts'

type Name = 'history' | 'until' | 'json'

export const command = defineCommand<Name>({
  name: 'retention fit',
  summary: 'Fits the models of who stays and who buys again to a file of purchases',
  about: [
    'BG/NBD and MBG/NBD (how often customers buy, and whether they still do) and Gamma-Gamma (what they spend), by maximum likelihood. Purchases of a day are one, rows of 0 count, and a customer’s spend is the mean of their repeat purchases. Where the file goes on after the date, what was expected is held against what came.',
    'The file needs the columns customer, date and amount (or dollars). Changes nothing, and needs no database.',
    'alive is MBG/NBD’s: BG/NBD calls every customer who bought once alive.',
  ],
  options: {
    history: { value: 'FILE.csv', about: 'purchases, a line each' },
    until: { value: 'DATE', about: 'the last day that the models know: 2026-06-30 (default: the last of the file)' },
    json: { about: 'answer in JSON' },
  },
  examples: ['retention fit --history purchases.csv --until 2026-06-30'],
  async run(asked, context) {
    const path = asked.text('history')
    if (path === undefined) throw new UsageError('--history is missing: --history FILE.csv')
    const untilAsked = readUntil(asked)
    const read = await readFileHistories(path)
    const report = fitFile(path, read, untilAsked)
    for (const line of problemLines(read.problems)) await context.stderr.line(line)
    if (asked.flag('json')) await context.stdout.line(JSON.stringify(asJson(report), null, 2))
    else await showFit(context, report)
    return 0
  },
})

const PROBLEMS_SHOWN = 5

function problemLines(problems: FileHistories['problems']): string[] {
  const told = problems.slice(0, PROBLEMS_SHOWN).map((problem) => `${describeProblem(problem)} (left out)`)
  const more = problems.length - told.length
  return more === 0 ? told : [...told, `… and ${plural(more, 'more line')} left out`]
}

/** Days since 1970; null where it was not asked for. */
function readUntil(asked: Asked<Name>): number | null {
  const text = asked.text('until')
  if (text === undefined) return null
  const date = parseDate(text.trim())
  if (date === null) throw new UsageError(`--until ${DATE_RULE}`)
  return Date.UTC(date.year, date.month - 1, date.day) / DAY_MS
}

export interface FitReport extends FittedModels {
  untilDay: number
  customers: number
  repeaters: number
  ranking: Ranking | null
  holdout: HoldoutCheck | null
}

function fitFile(path: string, { rows, histories, problems }: FileHistories, untilAsked: number | null): FitReport {
  const [first, last] = spanOf(histories)
  if (first === null || last === null) {
    throw new Failure([`${path} has no purchase in ${plural(rows, 'row')}.`, ...problemLines(problems)].join('\n'))
  }
  const untilDay = untilAsked ?? last
  if (untilDay < first)
    throw new Failure(`--until lies before all purchases of ${path}: the first is of ${dayText(first)}.`)
  const summaries = histories.flatMap((history) => summarise(history, untilDay) ?? [])
  const models = fitModels(summaries)
  // It looks as far ahead as the file goes on, and sees none of that.
  const ranking = trainRanking(histories, untilDay, last > untilDay ? { horizonDays: last - untilDay } : {})
  const repeaters = summaries.filter(({ repeats }) => repeats > 0).length
  if (models.bgNbd === null && models.mbgNbd === null)
    throw new Failure([tooFew(summaries.length, repeaters, dayText(untilDay)), ...problemLines(problems)].join('\n'))
  return {
    ...models,
    untilDay,
    customers: summaries.length,
    repeaters,
    ranking,
    holdout: checkHoldout(histories, untilDay, { ...models, ranking }),
  }
}

function tooFew(customers: number, repeaters: number, until: string): string {
  const found = `${plural(customers, 'customer')} bought until ${until}, ${count(repeaters)} of them on another day too`
  return customers < MIN_CUSTOMERS || repeaters < MIN_REPEATERS
    ? `too few to fit a model: ${found}. It takes ${MIN_CUSTOMERS}, and ${MIN_REPEATERS} who came back.`
    : `no model can be fitted to these purchases: ${found}, but they tell nothing of when customers stop.`
}

function spanOf(histories: readonly BuyingHistory[]): [number, number] | [null, null] {
  if (histories.length === 0) return [null, null]
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { days } of histories) {
    first = Math.min(first, days[0] ?? first)
    last = Math.max(last, days.at(-1) ?? last)
  }
  return [first, last]
}

const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** Parameters and shares to seven digits, likelihoods and counts to the hundredth: more would be noise. */
const precise = (value: number): number => Number(value.toPrecision(7))
const hundredth = (value: number): number => Math.round(value * 100) / 100

function asJson({ customers, bgNbd, mbgNbd, gammaGamma, ranking, holdout }: FitReport): object {
  return {
    customers,
    bgNbd: bgNbd && parameters(bgNbd, ['r', 'alpha', 'a', 'b']),
    mbgNbd: mbgNbd && parameters(mbgNbd, ['r', 'alpha', 'a', 'b']),
    gammaGamma: gammaGamma && parameters(gammaGamma, ['p', 'q', 'v']),
    holdout: holdout && {
      weeks: precise(holdout.weeks),
      expected: hundredth(holdout.expected),
      actual: holdout.actual,
      auc: {
        expected: share(holdout.auc.expected),
        alive: share(holdout.auc.alive),
        recency: share(holdout.auc.recency),
        ranking: share(holdout.auc.ranking),
      },
    },
    ranking: ranking && rankingJson(ranking),
  }
}

/** How it was tested: on days of the past before the date, each time learnt from what lay before that day. */
function rankingJson({ features, horizonDays, origins, validation }: Ranking): object {
  const { auc, customers, standardError } = validation
  return {
    features,
    horizonDays,
    origins: origins.map(dayText),
    validated: {
      origins: validation.origins.map(dayText),
      customers,
      auc: { expected: precise(auc.expected), ranking: precise(auc.ranking) },
      standardError: precise(standardError),
    },
  }
}

const share = (value: number | null): number | null => (value === null ? null : precise(value))

const parameters = <Key extends string>(
  model: Record<Key, number> & { logLikelihood: number },
  keys: readonly Key[],
): Record<string, number> => ({
  ...Object.fromEntries(keys.map((key) => [key, precise(model[key])])),
  logLikelihood: hundredth(model.logLikelihood),
})

async function showFit({ stdout }: Context, report: FitReport): Promise<void> {
  const { customers, repeaters, untilDay, bgNbd, mbgNbd, gammaGamma, ranking, holdout } = report
  const until = dayText(untilDay)
  await stdout.line(
    `${paint(stdout, 'bold', 'Retention')} ${plural(customers, 'customer')} until ${until}, ${count(repeaters)} of them came back`,
  )
  await stdout.line()
  await stdout.line(modelLine('BG/NBD', bgNbd, ['r', 'alpha', 'a', 'b']))
  await stdout.line(modelLine('MBG/NBD', mbgNbd, ['r', 'alpha', 'a', 'b']))
  await stdout.line(modelLine('Gamma-Gamma', gammaGamma, ['p', 'q', 'v']))
  await stdout.line()
  for (const line of holdoutLines(holdout, until)) await stdout.line(line)
  if (ranking !== null) await stdout.line(`\n${describeRanking(ranking)}`)
}

function modelLine<Key extends string>(
  name: string,
  model: (Record<Key, number> & { logLikelihood: number; customers: number }) | null,
  keys: readonly Key[],
): string {
  const start = `  ${name.padEnd(13)}`
  if (model === null) return `${start}could not be fitted to these purchases`
  const values = keys.map((key) => `${key} ${model[key].toPrecision(4)}`.padEnd(14)).join('')
  return `${start}${values.padEnd(56)}log-likelihood ${model.logLikelihood.toFixed(2)} (${plural(model.customers, 'customer')})`
}

function holdoutLines(holdout: HoldoutCheck | null, until: string): string[] {
  if (holdout === null) return [`No purchases after ${until}: nothing to hold the forecast against.`]
  const { weeks, expected, actual, auc } = holdout
  const rank = (value: number | null) => (value === null ? '–' : value.toFixed(4))
  return [
    `The ${count(weeks)} weeks after: ${count(Math.round(expected))} purchases expected, ${count(actual)} came.`,
    'Of two customers, one who came and one who did not, the first ranks higher with a probability of',
    `  ${rank(auc.expected)} by expected purchases, ${rank(auc.alive)} by whether they are still a customer, ${rank(auc.recency)} by their last purchase alone${auc.ranking === null ? '' : `, ${rank(auc.ranking)} as ranked below`}.`,
  ]
}
