/** The model that customers are judged by, and how often its alerts would have been right, in words an owner can use. */
import { DAY_MS } from '../../core/calendar.ts'
import { count } from '../../core/sentences.ts'
import type { Backtest, Fit } from '../../retention/types.ts'
import { iso } from '../member-view.ts'
import type { RetentionModelLine } from './retention-shapes.ts'

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

export function describeModel(fit: Fit, locale: string): RetentionModelLine {
  const { at, untilDay, customers, sampled, bgNbd, mbgNbd, gammaGamma, backtest } = fit
  const chosen = (fit.chosen === 'bg_nbd' ? bgNbd : mbgNbd) === null ? null : fit.chosen
  return {
    at: iso(at),
    until: dateOf(untilDay),
    customers,
    sampled,
    chosen,
    logLikelihoods: {
      bgNbd: bgNbd?.logLikelihood ?? null,
      mbgNbd: mbgNbd?.logLikelihood ?? null,
      gammaGamma: gammaGamma?.logLikelihood ?? null,
    },
    backtest: backtest === null ? null : tried(backtest),
    says: say(chosen !== null, fit, locale),
  }
}

function tried({ origins, horizonDays, customers, models, chosen, alerts }: Backtest) {
  const { expected, actual } = models[chosen]
  return {
    origins: origins.map(dateOf),
    horizonDays,
    customers,
    raised: alerts.raised,
    right: alerts.right,
    stayedAway: alerts.stayedAway,
    expectedPurchases: Math.round(expected),
    actualPurchases: actual,
  }
}

function say(isFitted: boolean, { customers, backtest }: Fit, locale: string): string {
  const show = (value: number): string => count(Math.round(value), locale)
  if (!isFitted) return `An estimate by a plain rule: ${show(customers)} customers are too few for a model.`
  if (backtest === null) return 'There is too little history to say how often alerts would have been right.'
  const { raised, right } = backtest.alerts
  const { expected, actual } = backtest.models[backtest.chosen]
  const foretold = `It expected ${show(expected)} purchases; ${show(actual)} came.`
  if (raised === 0) return `Tried on this shop’s own past, it would have raised no alert. ${foretold}`
  return `Tried on this shop’s own past, it would have raised ${show(raised)} alerts, and ${show(right)} of these customers (${Math.round((100 * right) / raised)} of 100) indeed stayed away for the next ${backtest.horizonDays} days. ${foretold}`
}
