/**
 * What a payment earns under one program: each rule's points, exact and rounded once at the end, with what a sentence
 * about it needs. Pure: the same program, tier and merged payment always give the same.
 */
import type { ItemRule, PurchaseRule } from '../program/earning.ts'
import type { Program } from '../program/schema.ts'
import { currencyExponent } from './currency.ts'
import type { DerivedPayment } from './derive-payment.ts'
import { exactly } from './exact.ts'
import type { Item, PaymentParts } from './facts.ts'

/** What one rule brings, in whole points. */
export interface Earned {
  rule: string
  on: 'purchase' | 'item'
  /** What is owed now: after refunds. */
  points: number
  /** Before the tier's multiplier, after refunds: what tiers count. 0 for items. */
  base: number
  multiplier: number
  /** The amount that earned, in the payment's currency, before refunds. */
  amountMinor: number
  /** Pieces bought, for item rules. */
  pieces: number
  ratePoints: number
  ratePer: number
  /** True while the order's lines are not known, but decide: the points wait as pending. */
  waitsForItems: boolean
}

export type NothingEarned =
  | 'no_rule'
  | 'currency'
  | 'conditions'
  | 'minimum'
  | 'products'
  | 'too_small'
  | 'nothing_kept'

export interface Evaluation {
  earned: Earned[]
  /** Why nothing was earned, when nothing was. */
  nothing: NothingEarned | null
  /** Whether the program's rules need the order's lines and they are not known yet. */
  needsItems: boolean
  /** Net spend in the program's currency after refunds, minor units; 0 for a currency that the program does not list. */
  spendMinor: number
}

interface Context {
  program: Program
  payment: DerivedPayment
  items: readonly Item[] | null
  tier: string | null
  metadata: Readonly<Record<string, string>>
}

const keptMinor = (payment: DerivedPayment): number => payment.paidMinor - payment.refundedMinor

const purchaseRules = (program: Program): PurchaseRule[] => program.earning.filter((rule) => rule.on === 'purchase')
const itemRules = (program: Program): ItemRule[] => program.earning.filter((rule) => rule.on === 'item')

/** Whether this program can only decide an order when its lines are known. */
export const programNeedsItems = (program: Program): boolean =>
  program.earning.some(
    (rule) =>
      rule.on === 'item' || (rule.on === 'purchase' && (rule.products.length > 0 || rule.excludeProducts.length > 0)),
  )

function conditionsHold({ when }: PurchaseRule | ItemRule, { tier, metadata }: Context): boolean {
  if (when.tiers.length > 0 && (tier === null || !when.tiers.includes(tier))) return false
  return Object.entries(when.metadata).every(([key, value]) => metadata[key] === value)
}

/** The amount that earns `points` in the payment's currency; null where the rule does not know the currency. */
function perOf(rule: PurchaseRule, program: Program, currency: string | null): number | null {
  if (currency === null) return null
  if (currency === program.currency) return rule.per
  return rule.currencies[currency]?.per ?? null
}

/** The share of the order's lines that a rule counts, as a fraction; null while the lines are not known. */
function countedLines(rule: PurchaseRule, items: readonly Item[] | null): { part: number; whole: number } | null {
  if (rule.products.length === 0 && rule.excludeProducts.length === 0) return { part: 1, whole: 1 }
  if (items === null) return null
  const wanted = (item: Item): boolean => item.product !== null && rule.products.includes(item.product)
  const excluded = (item: Item): boolean => item.product !== null && rule.excludeProducts.includes(item.product)
  if (rule.products.length > 0 && !items.some((item) => wanted(item) && !excluded(item))) return { part: 0, whole: 1 }
  // Without lines there is nothing to exclude.
  if (items.length === 0) return { part: 1, whole: 1 }
  const counts = (item: Item): boolean =>
    !excluded(item) && (rule.scope === 'order' || rule.products.length === 0 || wanted(item))
  const total = (list: readonly Item[]): number => list.reduce((sum, item) => sum + Math.max(0, item.amountMinor), 0)
  const whole = total(items)
  return whole === 0 ? { part: 0, whole: 1 } : { part: total(items.filter(counts)), whole }
}

function earnByPurchase(rule: PurchaseRule, context: Context, per: number): Earned {
  const { program, payment, items, tier } = context
  const lines = countedLines(rule, items)
  const { part, whole } = lines ?? { part: 1, whole: 1 }
  const amount = rule.base === 'gross' ? payment.paidMinor : payment.netMinor
  const multiplier = program.tiers?.levels.find((level) => level.id === tier)?.multiplier ?? 1
  const exponent = 10 ** currencyExponent(payment.currency ?? program.currency)
  const points = (factor: number, kept: number): number =>
    kept === 0 || amount === 0
      ? 0
      : exactly(
          amount,
          { times: [rule.points, factor, part, kept], over: [per, exponent, whole, payment.paidMinor] },
          program.points.rounding,
        )
  const kept = keptMinor(payment)
  return {
    rule: rule.id,
    on: 'purchase',
    points: points(multiplier, kept),
    base: points(1, kept),
    multiplier,
    amountMinor: part === whole ? amount : exactly(amount, { times: [part], over: [whole] }, 'nearest'),
    pieces: 0,
    ratePoints: rule.points,
    ratePer: per,
    waitsForItems: lines === null,
  }
}

/** Each line earns by the best of the item rules that match it, or by all of them. */
function earnByItems(rules: readonly ItemRule[], context: Context): Earned[] {
  const { program, payment, items } = context
  const pieces = new Map<string, number>()
  for (const item of items ?? []) {
    const matching = rules.filter((rule) => item.product !== null && rule.products.includes(item.product))
    const best = matching.reduce<ItemRule | null>((a, b) => (a === null || b.points > a.points ? b : a), null)
    for (const rule of program.stacking === 'all' ? matching : best ? [best] : [])
      pieces.set(rule.id, (pieces.get(rule.id) ?? 0) + item.quantity)
  }
  return rules
    .filter((rule) => items === null || pieces.has(rule.id))
    .map((rule) => {
      const count = pieces.get(rule.id) ?? 0
      const kept = keptMinor(payment)
      const points =
        count === 0 || kept === 0
          ? 0
          : exactly(rule.points, { times: [count, kept], over: [payment.paidMinor] }, program.points.rounding)
      const shape = { multiplier: 1, amountMinor: 0, ratePoints: rule.points, ratePer: 1 }
      return {
        rule: rule.id,
        on: 'item',
        points,
        base: 0,
        pieces: count,
        waitsForItems: items === null,
        ...shape,
      } as const
    })
}

/** Everything the payment earns, in the program's order of rules. */
export function evaluate(
  program: Program,
  payment: DerivedPayment,
  parts: PaymentParts,
  tier: string | null,
): Evaluation {
  const context: Context = { program, payment, items: parts.items?.list ?? null, tier, metadata: parts.metadata }
  const all = purchaseRules(program)
  const fitting = all.filter((rule) => conditionsHold(rule, context))
  const priced = fitting.flatMap((rule) => {
    const per = perOf(rule, program, payment.currency)
    return per === null ? [] : [{ rule, per }]
  })
  const exponent = 10 ** currencyExponent(payment.currency ?? program.currency)
  const enough = priced.filter(
    ({ rule }) => judgedMinor(rule, payment) >= Math.round(minimumIn(rule, program, payment) * exponent),
  )
  const candidates = enough.map(({ rule, per }) => earnByPurchase(rule, context, per))
  const best = candidates.reduce<Earned | null>((a, b) => (a === null || b.points > a.points ? b : a), null)
  const byPurchase = program.stacking === 'all' ? candidates : best ? [best] : []
  const byItems = earnByItems(
    itemRules(program).filter((rule) => conditionsHold(rule, context)),
    context,
  )
  const earned = [...byPurchase, ...byItems]
  const nothing = earned.some((one) => one.points > 0 || one.waitsForItems)
    ? null
    : whyNothing({ all, fitting, priced, enough, candidates }, payment)
  return {
    earned,
    nothing,
    needsItems: earned.some((one) => one.waitsForItems),
    spendMinor: spendMinor(program, payment),
  }
}

/** `minimum` is judged on what was paid, whatever was refunded since. */
const judgedMinor = (rule: PurchaseRule, payment: DerivedPayment): number =>
  rule.base === 'gross' ? payment.paidMinor : payment.netMinor

/** The minimum in the payment's currency, major units: in a listed currency by the ratio of its `per`. */
function minimumIn(rule: PurchaseRule, program: Program, payment: DerivedPayment): number {
  const per = perOf(rule, program, payment.currency)
  return per === null ? rule.minimum : (rule.minimum * per) / rule.per
}

function whyNothing(
  seen: { all: unknown[]; fitting: unknown[]; priced: unknown[]; enough: unknown[]; candidates: Earned[] },
  payment: DerivedPayment,
): NothingEarned {
  if (seen.all.length === 0) return 'no_rule'
  if (seen.fitting.length === 0) return 'conditions'
  if (seen.priced.length === 0) return 'currency'
  if (seen.enough.length === 0) return 'minimum'
  if (keptMinor(payment) === 0) return 'nothing_kept'
  return seen.candidates.every((one) => one.amountMinor === 0) ? 'products' : 'too_small'
}

/** Net spend after refunds in the program's currency; a listed currency counts by the ratio of its `per`. */
function spendMinor(program: Program, payment: DerivedPayment): number {
  if (payment.paidMinor === 0 || keptMinor(payment) === 0) return 0
  const share = { times: [keptMinor(payment)], over: [payment.paidMinor] }
  if (payment.currency === program.currency) return exactly(payment.netMinor, share, 'nearest')
  const listing = purchaseRules(program).find((rule) => payment.currency !== null && rule.currencies[payment.currency])
  const per = listing && payment.currency !== null ? listing.currencies[payment.currency]?.per : undefined
  if (listing === undefined || per === undefined) return 0
  const [own, theirs] = [10 ** currencyExponent(program.currency), 10 ** currencyExponent(payment.currency ?? '')]
  return exactly(
    payment.netMinor,
    { times: [...share.times, listing.per, own], over: [...share.over, per, theirs] },
    'nearest',
  )
}
