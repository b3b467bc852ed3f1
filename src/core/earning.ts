/**
 * What a payment earns under one program: each rule's points, exact and rounded once at the end, with what a sentence
 * about it needs. Pure: the same program, buyer and merged payment always give the same.
 */
import type { Campaign } from '../program/campaigns.ts'
import type { Program } from '../program/schema.ts'
import { bonusesOf, bonusWorth, campaignsFor, campaignsWait, choicesOf } from './campaign-earning.ts'
import type { DerivedPayment } from './derive-payment.ts'
import { type Buyer, type Earned, type EarningContext, keptMinor, whenHolds } from './earning-context.ts'
import { earningPlan } from './earning-plan.ts'
import type { PaymentParts } from './facts.ts'
import { earnByItems } from './item-earning.ts'
import { byPurchase, type Candidate, type Priced, purchaseRulesFor, type Seen, sumOf } from './purchase-earning.ts'
import { spendMinor } from './spend.ts'

export type { Buyer, Earned } from './earning-context.ts'

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
  /** How many of the points each campaign brought: what would be missing without it and those after it in the program. */
  campaigns: Record<string, number>
}

/** Whether this program can only decide an order when its lines are known. */
export const programNeedsItems = (program: Program): boolean => earningPlan(program).needsItems

/** Everything the payment earns, in the program's order of rules, bonuses last. */
export function evaluate(
  program: Program,
  payment: DerivedPayment,
  parts: PaymentParts,
  tier: string | null,
  buyer: Buyer = { segment: null, member: null, at: payment.at },
): Evaluation {
  const context: EarningContext = {
    program,
    payment,
    items: parts.items?.list ?? null,
    tier,
    metadata: parts.metadata,
    segment: buyer.segment,
    member: buyer.member,
    at: buyer.at,
  }
  const plan = earningPlan(program)
  const seen = purchaseRulesFor(plan.purchaseRules, context)
  const byItems = earnByItems(
    plan.itemRules.filter((rule) => whenHolds(rule.when, context)),
    context,
  )
  const matching = campaignsFor(context)
  const best = bestOf(seen.enough, byItems, context, matching)
  const earned = [...best.chosen.map((candidate) => candidate.earned), ...byItems, ...best.bonuses]
  const waits = earned.some((one) => one.waitsForItems)
  return {
    earned,
    nothing: waits || earned.some((one) => one.points > 0) ? null : whyNothing({ ...seen, ...best }, payment),
    needsItems: waits || campaignsWait(matching, context.items),
    spendMinor: spendMinor(program, payment),
    campaigns: matching.length === 0 ? NO_CAMPAIGNS : broughtBy(seen.enough, context, best),
  }
}
const NO_CAMPAIGNS = {}

interface Best {
  active: readonly Campaign[]
  candidates: Candidate[]
  chosen: Candidate[]
  bonuses: Earned[]
}

/** What is earned by the campaigns that are best for the member, or by all that match. */
function bestOf(
  enough: readonly Priced[],
  byItems: readonly Earned[],
  context: EarningContext,
  matching: readonly Campaign[],
): Best {
  const { program } = context
  if (matching.length === 0) {
    const { candidates, chosen } = byPurchase(enough, context, matching)
    return { active: matching, candidates, chosen, bonuses: [] }
  }
  const isCounted = earningPlan(program).purchaseRules.length + earningPlan(program).itemRules.length > 0
  const options = choicesOf(matching, program.campaignStacking).map((active) => {
    const found = byPurchase(enough, context, active)
    const order = isCounted ? orderOf(found.chosen, byItems) : 'counts'
    const bonuses = bonusesOf(active, context, order)
    const worth = found.chosen.reduce((sum, { unrefunded }) => sum + unrefunded, 0) + bonusWorth(bonuses)
    return { active, ...found, bonuses, worth }
  })
  return options.reduce((a, b) => (b.worth > a.worth ? b : a))
}

/** Whether a rule counts the order: bonuses are added to what earns, were it too little for a point. */
function orderOf(chosen: readonly Candidate[], byItems: readonly Earned[]): 'counts' | 'waits' | 'nothing' {
  const all = [...chosen.map(({ earned }) => earned), ...byItems]
  if (all.some((one) => !one.waitsForItems && (one.amountMinor > 0 || one.pieces > 0))) return 'counts'
  return all.some((one) => one.waitsForItems) ? 'waits' : 'nothing'
}

/** Campaign by campaign what is earned with it more than without, each rounded once: together all that they bring. */
function broughtBy(enough: readonly Priced[], context: EarningContext, best: Best): Record<string, number> {
  const brought: Record<string, number> = {}
  const { active, chosen, bonuses } = best
  const isMultiplied = active.some(({ multiplier }) => multiplier !== 1)
  let before = isMultiplied ? sumOf(byPurchase(enough, context, []).chosen) : 0
  active.forEach(({ id, multiplier }, n) => {
    let points = bonuses.find(({ rule }) => rule.endsWith(`:${id}`))?.points ?? 0
    if (multiplier !== 1) {
      const isLast = n === active.length - 1
      const now = sumOf(isLast ? chosen : byPurchase(enough, context, active.slice(0, n + 1)).chosen)
      points += now - before
      before = now
    }
    if (points !== 0) brought[id] = points
  })
  return brought
}

function whyNothing(seen: Seen & { candidates: Candidate[] }, payment: DerivedPayment): NothingEarned {
  if (seen.all.length === 0) return 'no_rule'
  if (seen.fitting.length === 0) return 'conditions'
  if (seen.priced.length === 0) return 'currency'
  if (seen.enough.length === 0) return 'minimum'
  if (keptMinor(payment) === 0) return 'nothing_kept'
  return seen.candidates.every(({ earned }) => earned.amountMinor === 0) ? 'products' : 'too_small'
}
