// Rules that make no sense together, though each part is well formed.
import { reportRepeated } from './check-references.ts'
import { entries, type Parts } from './parts.ts'
import type { Report } from './problems.ts'
import { keepProblem } from './tiers.ts'

export function checkRules(parts: Parts, report: Report): void {
  checkKeep(parts, report)
  checkThresholds(parts, report)
  checkProducts(parts, report)
  checkAutoRedeem(parts, report)
  checkPartners(parts, report)
}

function checkKeep({ tiers }: Parts, report: Report): void {
  const problem = tiers ? keepProblem(tiers) : null
  if (problem !== null) report(['tiers', 'keep'], problem)
}

function checkThresholds({ tiers }: Parts, report: Report): void {
  let highest: number | null = null
  tiers?.levels.forEach(({ threshold }, n) => {
    if (threshold === null) return
    const path = ['tiers', 'levels', n, 'threshold']
    if (tiers.metric !== 'spend' && !Number.isSafeInteger(threshold)) {
      report(path, `must be a whole number of ${tiers.metric}`)
    }
    if (highest !== null && threshold <= highest) {
      report(path, `must be above the ${highest} of the level before: levels go from lowest to highest`)
    }
    highest = threshold
  })
}

function checkProducts(parts: Parts, report: Report): void {
  for (const [n, rule] of entries(parts.earning)) {
    if (rule.on !== 'purchase') continue
    rule.excludeProducts.forEach((product, index) => {
      if (!rule.products.includes(product)) return
      report(['earning', n, 'excludeProducts', index], 'must not be in "products" as well')
    })
  }
}

function checkAutoRedeem(parts: Parts, report: Report): void {
  const costs = new Map(entries(parts.rewards).map(([, reward]) => [reward.id, reward.cost]))
  let chosen: number | null = null
  for (const [n, one] of entries(parts.autoRedeem)) {
    const cost = costs.get(one.reward)
    if (cost !== undefined && one.atPoints < cost) {
      report(['autoRedeem', n, 'atPoints'], `must be at least ${cost}, what the reward costs`)
    }
    if (!one.default) continue
    if (chosen !== null) {
      report(['autoRedeem', n, 'default'], `must be false: only one may be the default, and autoRedeem[${chosen}] is`)
    }
    chosen ??= n
  }
}

function checkPartners(parts: Parts, report: Report): void {
  const accounts: string[] = []
  for (const [n, partner] of entries(parts.partners)) accounts[n] = partner.stripeAccount
  reportRepeated(accounts, (index, first) => {
    report(['partners', index, 'stripeAccount'], `must be another account: partners[${first}] has it already`)
  })
}
