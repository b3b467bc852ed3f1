// An amount must be one that can be paid in its currency: 4.99 dollars, but not 4.99 yen.
import { currencyPlaces } from '../core/currency.ts'
import { decimalPlaces } from './decimal.ts'
import { entries, type Parts } from './parts.ts'
import type { Path, Report } from './problems.ts'
import type { Reward } from './rewards.ts'

type Fulfil = Reward['fulfil']

type Amount = { currency: string; amount: number | null; path: Path; byStripe?: boolean }

/** Of three decimals Stripe takes amounts only that end in 0: https://docs.stripe.com/currencies#three-decimal */
const STRIPE_PLACES = 2

export function checkMoney(parts: Parts, report: Report): void {
  for (const { currency, amount, path, byStripe } of amounts(parts)) {
    const places = Math.min(currencyPlaces(currency), byStripe ? STRIPE_PLACES : Number.POSITIVE_INFINITY)
    if (amount === null || decimalPlaces(amount) <= places) continue
    report(path, `must have ${places === 0 ? 'no decimals' : `at most ${places} decimals`} in ${currency}`)
  }
  if (parts.currency !== undefined) checkOwnCurrency(parts, parts.currency, report)
}

/** Every amount in the program. Those in its own currency are left out while that is not known. */
function amounts(parts: Parts): Amount[] {
  const found: Amount[] = []
  const own = (amount: number | null | undefined, ...path: Path): void => {
    if (parts.currency !== undefined) found.push({ currency: parts.currency, amount: amount ?? null, path })
  }
  for (const [n, rule] of entries(parts.earning)) {
    if (rule.on !== 'purchase') continue
    own(rule.per, 'earning', n, 'per')
    own(rule.minimum, 'earning', n, 'minimum')
    for (const [currency, { per }] of Object.entries(rule.currencies)) {
      found.push({ currency, amount: per, path: ['earning', n, 'currencies', currency, 'per'] })
    }
  }
  if (parts.tiers?.metric === 'spend') {
    for (const [n, level] of entries(parts.tiers.levels)) own(level.threshold, 'tiers', 'levels', n, 'threshold')
  }
  for (const [n, campaign] of entries(parts.campaigns)) own(campaign.when.minimum, 'campaigns', n, 'when', 'minimum')
  for (const [n, { fulfil }] of entries(parts.rewards)) {
    const path = ['rewards', n, 'fulfil']
    if (fulfil.kind === 'donation') own(fulfil.amount, ...path, 'amount')
    else found.push(...madeByStripe(fulfil, path, parts.currency))
  }
  own(parts.referral?.minimumPurchase, 'referral', 'minimumPurchase')
  for (const [n, partner] of entries(parts.partners)) own(partner.per, 'partners', n, 'per')
  own(parts.retention?.minimumValue, 'retention', 'minimumValue')
  return found
}

function madeByStripe(fulfil: Fulfil, path: Path, own: string | undefined): Amount[] {
  const found: Amount[] = []
  const add = (currency: string, amount: number | null, ...rest: Path) =>
    void found.push({ currency, amount, path: [...path, ...rest], byStripe: true })
  if (fulfil.kind === 'credit' && own !== undefined) add(own, fulfil.amount, 'amount')
  if (fulfil.kind !== 'promotion_code') return found
  if (own !== undefined) add(own, fulfil.amountOff, 'amountOff')
  for (const [currency, amount] of Object.entries(fulfil.currencies)) add(currency, amount, 'currencies', currency)
  return found
}

/** Its own amount stands beside the list: said twice, one would not know which holds. */
function checkOwnCurrency(parts: Parts, own: string, report: Report): void {
  for (const [n, rule] of entries(parts.earning)) {
    if (rule.on === 'purchase' && Object.hasOwn(rule.currencies, own)) {
      report(['earning', n, 'currencies', own], 'must be left out: it is the program’s own currency, set by "per"')
    }
  }
  for (const [n, { fulfil }] of entries(parts.rewards)) {
    if (fulfil.kind === 'promotion_code' && Object.hasOwn(fulfil.currencies, own)) {
      const path = ['rewards', n, 'fulfil', 'currencies', own]
      report(path, 'must be left out: it is the program’s own currency, set by "amountOff"')
    }
  }
}
