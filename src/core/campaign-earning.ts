/**
 * What campaigns add to a purchase: which of them hold for it, what they multiply and what they add. Nothing here depends
 * on more than the program, the merged payment and what was frozen of its buyer.
 */
import type { Campaign } from '../program/campaigns.ts'
import { isHeldOut, isWithin } from './campaigns.ts'
import { currencyExponent } from './currency.ts'
import { type Earned, type EarningContext, whenHolds } from './earning-context.ts'
import { earningPlan } from './earning-plan.ts'
import { exactly } from './exact.ts'
import type { Item } from './facts.ts'

const NONE: readonly Campaign[] = []

/** A campaign's bonus is a lot of its own, of this rule. */
export const CAMPAIGN_RULE = 'campaign:'

/** The campaigns that hold for the purchase, in the program's order; for which lines of it is another matter. */
export function campaignsFor(context: EarningContext): readonly Campaign[] {
  const { campaigns } = earningPlan(context.program)
  if (campaigns.length === 0 || context.at === null) return NONE
  const holding = campaigns.filter((campaign) => holds(campaign, context))
  return holding.length === 0 ? NONE : holding
}

function holds(campaign: Campaign, context: EarningContext): boolean {
  const { program, member, at, payment } = context
  if (!whenHolds(campaign.when, context)) return false
  if (at === null || !isWithin(campaign, at, program.timezone)) return false
  if (member !== null && isHeldOut(campaign, member)) return false
  const rate = minimumRate(context)
  if (rate === null) return false
  const exponent = 10 ** currencyExponent(payment.currency ?? program.currency)
  return campaign.when.minimum === 0 || payment.netMinor >= Math.round(campaign.when.minimum * rate * exponent)
}

/** What one unit of the program's currency is in the payment's, by the first rule that lists it; null: it does not count. */
function minimumRate({ program, payment: { currency } }: EarningContext): number | null {
  if (currency === program.currency) return 1
  const rule = currency === null ? undefined : earningPlan(program).listings.get(currency)
  const per = rule && currency !== null ? rule.currencies[currency]?.per : undefined
  return rule && per !== undefined ? per / rule.per : null
}

/** Whether an item is one the campaign is for; a campaign without products is for all. */
const isFor = ({ when: { products } }: Campaign, { product }: Item): boolean =>
  products.length === 0 || (product !== null && products.includes(product))

const multiplies = ({ multiplier }: Campaign): boolean => multiplier !== 1
const isForLines = ({ when: { products } }: Campaign): boolean => products.length > 0

/** Whether the order's lines must be known before it can be said what these campaigns bring. */
export const campaignsWait = (campaigns: readonly Campaign[], items: readonly Item[] | null): boolean =>
  items === null && campaigns.some(isForLines)

/** How the points on an amount are multiplied. */
export interface Factor {
  /** Of all of it: these, one after another. */
  whole: Campaign[]
  /**
   * Of some lines more than of others: Σ amount × multipliers of the lines that count, over the sum of all. Null where all
   * are treated alike.
   */
  lines: { weighted: bigint; over: bigint } | null
  /** The campaigns behind `lines`, with the sum of the lines they are for. */
  partly: { campaign: Campaign; part: number; whole: number }[]
}

const PLAIN: Factor = { whole: [], lines: null, partly: [] }
/** Multipliers have up to four places. */
const PLACES = 10_000
const scaled = (multiplier: number): bigint => BigInt(Math.round(multiplier * PLACES))

/** `counts`: the lines that the rule counts. While lines are not known, campaigns for some products multiply nothing. */
export function factorOf(
  active: readonly Campaign[],
  items: readonly Item[] | null,
  counts: (item: Item) => boolean,
): Factor {
  const multiplying = active.length === 0 ? active : active.filter(multiplies)
  if (multiplying.length === 0) return PLAIN
  const whole = multiplying.filter((campaign) => !isForLines(campaign))
  const some = items === null ? [] : multiplying.filter(isForLines)
  if (items === null || some.length === 0) return { whole, lines: null, partly: [] }
  let weighted = 0n
  let total = 0
  const parts = some.map(() => 0)
  for (const item of items) {
    const amount = Math.max(0, item.amountMinor)
    total += amount
    if (!counts(item)) continue
    let weight = BigInt(amount)
    some.forEach((campaign, n) => {
      const here = isFor(campaign, item)
      if (here) parts[n] = (parts[n] ?? 0) + amount
      weight *= here ? scaled(campaign.multiplier) : BigInt(PLACES)
    })
    weighted += weight
  }
  if (parts.every((part) => part === 0)) return { whole, lines: null, partly: [] }
  const over = BigInt(total) * BigInt(PLACES) ** BigInt(some.length)
  const partly = some.flatMap((campaign, n) => {
    const part = parts[n] ?? 0
    return part === 0 ? [] : [{ campaign, part, whole: total }]
  })
  return { whole, lines: { weighted, over }, partly }
}

/**
 * The bonuses of the campaigns for a purchase that earns: rounded once, after refunds. `order`: whether a rule counts it,
 * or that cannot be told before its lines are known.
 */
export function bonusesOf(
  active: readonly Campaign[],
  { program, payment, items }: EarningContext,
  order: 'counts' | 'waits' | 'nothing',
): Earned[] {
  if (order === 'nothing') return []
  const { paidMinor, refundedMinor } = payment
  return active.flatMap((campaign): Earned[] => {
    if (campaign.bonus === 0) return []
    const waits = order === 'waits' || (items === null && isForLines(campaign))
    if (!waits && isForLines(campaign) && !items?.some((item) => isFor(campaign, item))) return []
    const kept = { times: [paidMinor - refundedMinor], over: [paidMinor] }
    return [
      {
        rule: `${CAMPAIGN_RULE}${campaign.id}`,
        on: 'campaign',
        points: waits ? 0 : exactly(campaign.bonus, kept, program.points.rounding),
        base: 0,
        multiplier: 1,
        amountMinor: 0,
        pieces: 0,
        ratePoints: campaign.bonus,
        ratePer: 1,
        waitsForItems: waits,
        campaigns: [campaign.name],
        partly: [],
      },
    ]
  })
}

/** What a set of campaigns is worth to the member, before refunds: of several the best is the one that is worth most. */
export const bonusWorth = (bonuses: readonly Earned[]): number =>
  bonuses.reduce((sum, { ratePoints, waitsForItems }) => sum + (waitsForItems ? 0 : ratePoints), 0)

/** The sets that may hold together: all that match, or one of them. */
export const choicesOf = (matching: readonly Campaign[], stacking: 'best' | 'all'): (readonly Campaign[])[] =>
  matching.length === 0 ? [NONE] : stacking === 'all' ? [matching] : matching.map((campaign) => [campaign])
