/** What can be said of the program and of acting on alerts, in sentences that claim no more than the figures do. */
import { count, money } from '../../core/sentences.ts'
import {
  type HoldoutEffect,
  INTERVAL_METHOD,
  JOINING_DAYS,
  type JoiningFigures,
  LEAST_HELD_OUT,
  type ReturnArm,
} from '../../retention/impact.ts'
import type { ReportContext } from './report-context.ts'
import type { HoldoutArm, RetentionImpact } from './retention-shapes.ts'

const percent = (share: number | null): string => (share === null ? 'none' : `${(share * 100).toFixed(1)} %`)
/** Not “points”: those are what members earn. */
const between = (low: number, high: number): string =>
  `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} percentage points`

export const armOf = ({ customers, returned, share }: ReturnArm): HoldoutArm => ({ customers, returned, share })

export const describeEffect = (effect: HoldoutEffect) => ({
  ...effect,
  confidence: 0.95,
  method: `${INTERVAL_METHOD}; of money, Welch’s t-test`,
})

export function sayHoldout(
  shown: ReturnArm,
  heldOut: ReturnArm,
  effect: HoldoutEffect | null,
  { program }: Pick<ReportContext, 'program'>,
): string {
  const number = (value: number): string => count(value, program.locale)
  if (effect === null)
    return `Too few to say: ${number(shown.customers)} customers whose alerts were shown and ${number(heldOut.customers)} held out, of ${LEAST_HELD_OUT} each that it takes, each with the time to come back behind them.`
  const show = (minor: number): string => money(minor, program.currency, program.locale)
  const came = `${percent(shown.share)} of those whose alerts were shown came back, and ${percent(heldOut.share)} of those held out`
  const interval = `95 % interval ${between(effect.shareLow, effect.shareHigh)}`
  if (effect.shareLow <= 0 && effect.shareHigh >= 0)
    return `No difference can be told: ${came} (${interval}, which includes none at all).`
  const [extra, low, high] = [effect.customers, effect.customersLow, effect.customersHigh].map(number)
  const worth = `${show(effect.difference)} a customer (${show(effect.low)} to ${show(effect.high)})`
  if (effect.shareLow > 0)
    return `Alerts and what staff did about them brought back ${extra} customers who would have stayed away (${low} to ${high}): ${came} (${interval}), and ${worth}.`
  return `Fewer came back where alerts were shown: ${came} (${interval}), ${worth}.`
}

export function sayJoining(
  { members }: JoiningFigures,
  locale: string,
): Pick<RetentionImpact['joining'], 'days' | 'says'> {
  const who = `customers for at least ${JOINING_DAYS} days when they joined, at least ${JOINING_DAYS} days ago`
  if (members === 0) return { days: JOINING_DAYS, says: `Nobody to compare: no member had been among the ${who}.` }
  return {
    days: JOINING_DAYS,
    says: `Not causal: people join when they mean to buy, so they would have bought more after it without the program too. It is of ${count(members, locale)} who were ${who}, the day of joining left out; spend is that in the program’s currency.`,
  }
}

export function sayActing({ actedOn, cameBack, waiting }: Omit<RetentionImpact['acting'], 'says'>): string {
  if (actedOn === 0) return 'Nobody acted on an alert that was opened in this time.'
  const alerts = actedOn === 1 ? '1 alert was' : `${actedOn} alerts were`
  const open = waiting === 0 ? '' : `; ${waiting} may still`
  return `${alerts} acted on: ${cameBack} came back in time${open}. That is no proof that acting did it: some would have come anyway. Only a comparison with those held out says what it was worth; what campaigns brought is in the report on campaigns.`
}
