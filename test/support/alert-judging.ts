// A member as the rules of alerts see them, with only what a test is about said.
import type { Program } from '../../src/program/schema.ts'
import type { JudgeInput, KnownAlert } from '../../src/retention/alert-rules/situation.ts'
import { outlook } from '../../src/retention/outlook-model.ts'
import type { BuyingHistory, Fit } from '../../src/retention/types.ts'
import { makeProgram } from './programs.ts'

export const DAY_MS = 86_400_000
export const dayNumber = (date: string): number => Date.parse(date) / DAY_MS
export const noonOf = (day: number): number => day * DAY_MS + DAY_MS / 2

/** The published fit of the CDNOW sample; spend as in that shop, in cents. */
export const makeFit = (over: Partial<Fit> = {}): Fit => ({
  at: 0,
  untilDay: 0,
  customers: 2_357,
  sampled: 2_357,
  bgNbd: { r: 0.2426, alpha: 4.4138, a: 0.793, b: 2.4259, logLikelihood: -9582.43, customers: 2_357 },
  mbgNbd: { r: 0.5249, alpha: 6.1837, a: 0.8913, b: 1.6137, logLikelihood: -9582.14, customers: 2_357 },
  gammaGamma: { p: 6.249, q: 3.744, v: 1_544.6, logLikelihood: -4_000, customers: 946 },
  chosen: 'mbg_nbd',
  backtest: null,
  rhythm: { medianDays: 35, logSpread: 0.8 },
  meanSpend: 3_500,
  ...over,
})

export interface Judged {
  /** Day numbers, or dates. */
  bought?: readonly (number | string)[]
  spend?: number | readonly number[]
  today: number | string
  /** The day of the last look; left out: the day before. Null: there was none. */
  lastCheck?: number | string | null
  fit?: Fit | null
  program?: Program
  over?: Partial<JudgeInput>
}

const dayOf = (day: number | string): number => (typeof day === 'number' ? day : dayNumber(day))

export function judged({
  bought = [],
  spend = 4_000,
  fit = null,
  program = makeProgram(),
  ...rest
}: Judged): JudgeInput {
  const days = bought.map(dayOf)
  const history: BuyingHistory = { days, spend: typeof spend === 'number' ? days.map(() => spend) : spend }
  const today = dayOf(rest.today)
  const { lastCheck = today - 1 } = rest
  return {
    program,
    now: noonOf(today),
    today,
    lastCheckDay: lastCheck === null ? null : dayOf(lastCheck),
    rhythm: fit?.rhythm ?? null,
    member: { status: 'active', tiers: null, subscriptions: {} },
    isSubscriber: false,
    history,
    spentLastYearMinor: 0,
    outlookAt: (day) => outlook(history, fit, day, { atRiskBelow: program.retention.atRiskBelow }),
    pointsEnding: [],
    alerts: [],
    ...rest.over,
  }
}

export const knownAlert = (over: Partial<KnownAlert>): KnownAlert => ({
  id: 'alr_1.at_risk.2026-01-01',
  kind: 'at_risk',
  occasion: '2026-01-01',
  state: 'open',
  outcome: null,
  reason: 'As it was',
  facts: {},
  ...over,
})

/** Days from `from` on, each so many after the one before. */
export const every = (from: string, interval: number, times: number): number[] =>
  Array.from({ length: times }, (_, n) => dayNumber(from) + n * interval)
