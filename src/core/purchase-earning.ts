/** What an amount earns by the purchase rules, times what the tier and campaigns make of it. */
import type { Campaign } from '../program/campaigns.ts'
import type { PurchaseRule } from '../program/earning.ts'
import type { Program } from '../program/schema.ts'
import { type Factor, factorOf } from './campaign-earning.ts'
import { currencyExponent } from './currency.ts'
import type { DerivedPayment } from './derive-payment.ts'
import { type Earned, type EarningContext, keptMinor, whenHolds } from './earning-context.ts'
import { earningPlan } from './earning-plan.ts'
import { exactly } from './exact.ts'
import type { Item } from './facts.ts'

export interface Seen {
  all: readonly PurchaseRule[]
  fitting: readonly PurchaseRule[]
  priced: readonly Priced[]
  enough: readonly Priced[]
}

/** The rules that hold for the purchase, and on the way there why others do not. */
export function purchaseRulesFor(all: readonly PurchaseRule[], context: EarningContext): Seen {
  const { program, payment } = context
  const fitting = all.filter((rule) => whenHolds(rule.when, context))
  const priced: Priced[] = []
  for (const rule of fitting) {
    const per = perOf(rule, program, payment.currency)
    if (per !== null) priced.push({ rule, per })
  }
  const enough = priced.filter((one) => isEnough(one, program, payment))
  return { all, fitting, priced, enough }
}

/** `minimum` is judged on what was paid, whatever was refunded since; in a listed currency by the ratio of its `per`. */
function isEnough({ rule, per }: Priced, program: Program, payment: DerivedPayment): boolean {
  if (rule.minimum === 0) return true
  const exponent = 10 ** currencyExponent(payment.currency ?? program.currency)
  const judged = rule.base === 'gross' ? payment.paidMinor : payment.netMinor
  return judged >= Math.round(((rule.minimum * per) / rule.per) * exponent)
}

/** The amount that earns `points` in the payment's currency; null where the rule does not know the currency. */
function perOf(rule: PurchaseRule, program: Program, currency: string | null): number | null {
  if (currency === null) return null
  if (currency === program.currency) return rule.per
  return rule.currencies[currency]?.per ?? null
}

/** Whether a rule counts a line of an order that it counts at all. */
function countsLine({ products, excludeProducts, scope }: PurchaseRule, { product }: Item): boolean {
  if (product !== null && excludeProducts.includes(product)) return false
  return scope === 'order' || products.length === 0 || (product !== null && products.includes(product))
}

/** The share of the order's lines that a rule counts, as a fraction; null while the lines are not known. */
function countedLines(rule: PurchaseRule, items: readonly Item[] | null): { part: number; whole: number } | null {
  if (rule.products.length === 0 && rule.excludeProducts.length === 0) return ALL
  if (items === null) return null
  const wanted = ({ product }: Item): boolean =>
    product !== null && rule.products.includes(product) && !rule.excludeProducts.includes(product)
  if (rule.products.length > 0 && !items.some(wanted)) return { part: 0, whole: 1 }
  // Without lines there is nothing to exclude.
  if (items.length === 0) return ALL
  const total = (list: readonly Item[]): number => list.reduce((sum, item) => sum + Math.max(0, item.amountMinor), 0)
  const whole = total(items)
  return whole === 0 ? { part: 0, whole: 1 } : { part: total(items.filter((item) => countsLine(rule, item))), whole }
}
const ALL = { part: 1, whole: 1 }

export interface Priced {
  rule: PurchaseRule
  per: number
}

/** What a rule brings, and what it would have brought had nothing been refunded: by that the best is found. */
export interface Candidate {
  earned: Earned
  unrefunded: number
}

function earnByPurchase({ rule, per }: Priced, context: EarningContext, active: readonly Campaign[]): Candidate {
  const { program, payment, items, tier } = context
  const lines = countedLines(rule, items)
  const { part, whole } = lines ?? ALL
  const amount = rule.base === 'gross' ? payment.paidMinor : payment.netMinor
  const tierMultiplier = (tier === null ? undefined : earningPlan(program).multipliers.get(tier)) ?? 1
  // What the rule does not count, campaigns do not either.
  const factor = factorOf(active, part === 0 ? null : items, (item) => countsLine(rule, item))
  const kept = keptMinor(payment)
  const rate: Rate = { amount, rule, per, exponent: 10 ** currencyExponent(payment.currency ?? program.currency) }
  const points = pointsOf(rate, program, { part, whole }, factor, tierMultiplier, kept, payment.paidMinor)
  const isPlain = tierMultiplier === 1 && factor.whole.length === 0 && factor.lines === null
  const unrefunded =
    kept === payment.paidMinor ? points : pointsOf(rate, program, { part, whole }, factor, tierMultiplier, 1, 1)
  const earned: Earned = {
    rule: rule.id,
    on: 'purchase',
    points,
    base: isPlain ? points : pointsOf(rate, program, { part, whole }, null, 1, kept, payment.paidMinor),
    multiplier: factor.whole.reduce((product, campaign) => product * campaign.multiplier, tierMultiplier),
    amountMinor: part === whole ? amount : exactly(amount, { times: [part], over: [whole] }, 'nearest'),
    pieces: 0,
    ratePoints: rule.points,
    ratePer: per,
    waitsForItems: lines === null,
    campaigns: factor.whole.map(({ name }) => name),
    partly: factor.partly.map(({ campaign: { name, multiplier }, part: some, whole: all }) => ({
      name,
      multiplier,
      amountMinor: exactly(amount, { times: [some], over: [all] }, 'nearest'),
    })),
  }
  return { earned, unrefunded }
}

interface Rate {
  amount: number
  rule: PurchaseRule
  per: number
  exponent: number
}

/** Amount × rate × multipliers × what is kept of what was paid, rounded once. */
function pointsOf(
  { amount, rule, per, exponent }: Rate,
  program: Program,
  lines: { part: number; whole: number },
  factor: Factor | null,
  tierMultiplier: number,
  kept: number,
  paid: number,
): number {
  if (kept === 0 || amount === 0) return 0
  const times: (number | bigint)[] = [rule.points]
  const over: (number | bigint)[] = [per, exponent]
  if (factor !== null && factor.lines !== null) {
    times.push(factor.lines.weighted)
    over.push(factor.lines.over)
  } else if (lines.part !== lines.whole) {
    times.push(lines.part)
    over.push(lines.whole)
  }
  if (tierMultiplier !== 1) times.push(tierMultiplier)
  if (factor !== null) for (const { multiplier } of factor.whole) times.push(multiplier)
  if (kept !== paid) {
    times.push(kept)
    over.push(paid)
  }
  return exactly(amount, { times, over }, program.points.rounding)
}

/** What the purchase rules bring while some campaigns hold: of several rules the best, or all. */
export function byPurchase(
  enough: readonly Priced[],
  context: EarningContext,
  active: readonly Campaign[],
): { candidates: Candidate[]; chosen: Candidate[] } {
  const candidates = enough.map((priced) => earnByPurchase(priced, context, active))
  const [first] = candidates
  if (candidates.length < 2 || first === undefined || context.program.stacking === 'all')
    return { candidates, chosen: candidates }
  return { candidates, chosen: [candidates.reduce((a, b) => (b.unrefunded > a.unrefunded ? b : a), first)] }
}

export const sumOf = (chosen: readonly Candidate[]): number =>
  chosen.reduce((sum, { earned }) => sum + earned.points, 0)
