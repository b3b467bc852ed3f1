/** What deciding a purchase asks of its program again and again, looked up once per program. */
import type { Campaign } from '../program/campaigns.ts'
import type { ItemRule, PurchaseRule } from '../program/earning.ts'
import type { Program } from '../program/schema.ts'
import { causesNeedItems } from './causes.ts'
import { challengesNeedItems } from './challenges.ts'

export interface EarningPlan {
  purchaseRules: readonly PurchaseRule[]
  itemRules: readonly ItemRule[]
  /** Those on purchases. */
  campaigns: readonly Campaign[]
  /** By the level's id. */
  multipliers: ReadonlyMap<string, number>
  /** By currency, the first rule that lists it. */
  listings: ReadonlyMap<string, PurchaseRule>
  /** Whether an order can only be decided when its lines are known. */
  needsItems: boolean
  /** Whether somebody may be left out of a campaign. */
  holdsOut: boolean
}

const plans = new WeakMap<Program, EarningPlan>()

export function earningPlan(program: Program): EarningPlan {
  const known = plans.get(program)
  if (known !== undefined) return known
  const made = makePlan(program)
  plans.set(program, made)
  return made
}

function makePlan(program: Program): EarningPlan {
  const purchaseRules = program.earning.filter((rule) => rule.on === 'purchase')
  const itemRules = program.earning.filter((rule) => rule.on === 'item')
  const campaigns = program.campaigns.filter((campaign) => campaign.on === 'purchase')
  const listings = new Map<string, PurchaseRule>()
  for (const rule of purchaseRules)
    for (const currency of Object.keys(rule.currencies)) if (!listings.has(currency)) listings.set(currency, rule)
  return {
    purchaseRules,
    itemRules,
    campaigns,
    multipliers: new Map(program.tiers?.levels.map((level) => [level.id, level.multiplier])),
    listings,
    needsItems:
      itemRules.length > 0 ||
      purchaseRules.some((rule) => rule.products.length > 0 || rule.excludeProducts.length > 0) ||
      campaigns.some(({ when }) => when.products.length > 0) ||
      causesNeedItems(program) ||
      challengesNeedItems(program),
    holdsOut: campaigns.some(({ holdout }) => holdout > 0),
  }
}
