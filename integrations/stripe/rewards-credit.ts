// A credit: a negative balance transaction of the customer, which their next invoice uses up.
import type Stripe from 'stripe'
import type { MakeOrder, RewardDone } from './rewards.ts'
import { RewardRefused, STRIPE_DENIES } from './rewards-failures.ts'
import { makeOnce } from './rewards-keys.ts'

type CreditWish = Extract<MakeOrder['fulfil'], { kind: 'credit' }>

const PAGE_SIZE = 100
/** Of one customer, newest first: more than a subscriber's invoices of many years. */
const MAX_TRANSACTIONS = 2000

/** The redemption's transaction, should it have been made already. */
async function findTransaction(
  stripe: Stripe,
  customer: string,
  redemption: string,
): Promise<Stripe.CustomerBalanceTransaction | undefined> {
  let seen = 0
  for await (const transaction of stripe.customers.listBalanceTransactions(customer, { limit: PAGE_SIZE })) {
    if (transaction.metadata?.redemption === redemption) return transaction
    if (++seen === MAX_TRANSACTIONS) return undefined
  }
  return undefined
}

/** @throws RewardRefused for a member without a customer at Stripe, and the SDK's errors */
export async function makeCredit(stripe: Stripe, order: MakeOrder, wish: CreditWish): Promise<RewardDone> {
  const { redemption, customer, name } = order
  if (customer === null) throw new RewardRefused(STRIPE_DENIES.needsCustomer)
  const params: Stripe.CustomerCreateBalanceTransactionParams = {
    // What a customer is given is below zero at Stripe: it lowers what they owe.
    amount: -wish.amountMinor,
    currency: wish.currency,
    description: name,
    metadata: { redemption },
  }
  const made =
    (await findTransaction(stripe, customer, redemption)) ??
    (await makeOnce(`${redemption}-credit`, (options) =>
      stripe.customers.createBalanceTransaction(customer, params, options),
    ))
  const { id, livemode } = made
  const none = { code: null, promotionCode: null, coupon: null }
  return { id, livemode, fact: { kind: 'reward_made', redemption, ...none, transaction: id } }
}
