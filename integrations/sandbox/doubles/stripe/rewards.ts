/** Coupons, promotion codes and customers' balances: made, changed and refused by Stripe's rules. */
import { type Account, find, newId, put, type StripeObject } from './account.ts'
import { missing, nested, noSuch, refusal } from './answers.ts'

type Params = Record<string, string>

/** Stripe's limit: https://docs.stripe.com/api/coupons/create */
const NAME_CHARACTERS = 40

const whole = (given: string | undefined): number | null =>
  given !== undefined && /^-?\d{1,15}$/.test(given) ? Number(given) : null

export function makeCoupon(account: Account, params: Params, created: number): StripeObject {
  const { id = newId(account, 'coupons'), amount_off: amount, percent_off: percent, currency } = params
  if (find(account, 'coupons', id) !== null)
    throw refusal({ code: 'resource_already_exists', message: 'Coupon already exists.' })
  if ((amount === undefined) === (percent === undefined)) throw missing('percent_off')
  if (amount !== undefined && (whole(amount) ?? 0) < 1)
    throw refusal({ code: 'parameter_invalid_integer', param: 'amount_off' })
  if (amount !== undefined && currency === undefined) throw missing('currency')
  if ((params.name?.length ?? 0) > NAME_CHARACTERS) throw refusal({ param: 'name', message: 'Invalid string' })
  return put(account, 'coupons', {
    id,
    object: 'coupon',
    created,
    livemode: false,
    name: params.name ?? null,
    amount_off: whole(amount),
    percent_off: percent === undefined ? null : Number(percent),
    currency: currency ?? null,
    currency_options: currencyOptions(params),
    duration: params.duration ?? 'once',
    max_redemptions: whole(params.max_redemptions),
    times_redeemed: 0,
    valid: true,
    metadata: nested(params, 'metadata'),
  })
}

/** `currency_options[eur][amount_off]=500`. */
function currencyOptions(params: Params): Record<string, { amount_off: number }> {
  const options: Record<string, { amount_off: number }> = {}
  for (const [key, value] of Object.entries(params)) {
    const currency = /^currency_options\[([a-z]{3})\]\[amount_off\]$/.exec(key)?.[1]
    if (currency !== undefined) options[currency] = { amount_off: Number(value) }
  }
  return options
}

export function makeCode(account: Account, params: Params, created: number): StripeObject {
  const coupon = params['promotion[coupon]'] ?? ''
  const { code = newId(account, 'promotion_codes').toUpperCase(), customer = null } = params
  if (params['promotion[type]'] !== 'coupon') throw missing('promotion')
  if (find(account, 'coupons', coupon) === null) throw noSuch('coupon', coupon, 'promotion[coupon]', 400)
  if (customer !== null && find(account, 'customers', customer) === null)
    throw noSuch('customer', customer, 'customer', 400)
  if (!/^[A-Za-z0-9-]+$/.test(code)) throw refusal({ param: 'code', message: 'Invalid characters' })
  const expires = whole(params.expires_at)
  if (expires !== null && expires <= created)
    throw refusal({ param: 'expires_at', message: 'It must lie in the future' })
  const isTaken = Object.values(account.objects.promotion_codes).some(
    (one) =>
      one.active === true &&
      String(one.code).toUpperCase() === code.toUpperCase() &&
      (one.customer === null || customer === null || one.customer === customer),
  )
  if (isTaken) throw refusal({ message: `An active promotion code with \`code: ${code}\` already exists.` })
  return put(account, 'promotion_codes', {
    id: newId(account, 'promotion_codes'),
    object: 'promotion_code',
    active: true,
    code,
    created,
    customer,
    expires_at: expires,
    livemode: false,
    max_redemptions: whole(params.max_redemptions),
    promotion: { type: 'coupon', coupon },
    times_redeemed: 0,
    metadata: nested(params, 'metadata'),
  })
}

export function changeCode(code: StripeObject, params: Params): StripeObject {
  if (params.active !== undefined) {
    const isUsed = typeof code.max_redemptions === 'number' && Number(code.times_redeemed) >= code.max_redemptions
    if (params.active === 'true' && isUsed) throw refusal({ param: 'active', message: 'It was used up' })
    code.active = params.active === 'true'
  }
  Object.assign(code.metadata as object, nested(params, 'metadata'))
  return code
}

/** A credit is negative: it is used by the next invoice. */
export function makeBalanceTransaction(
  account: Account,
  customer: StripeObject,
  params: Params,
  created: number,
): StripeObject {
  const amount = whole(params.amount)
  if (amount === null) throw refusal({ code: 'parameter_invalid_integer', param: 'amount' })
  const { currency } = params
  if (currency === undefined) throw missing('currency')
  if (typeof customer.currency === 'string' && customer.currency !== currency)
    throw refusal({ param: 'currency', message: 'You cannot combine currencies on a single customer.' })
  customer.currency = currency
  customer.balance = Number(customer.balance ?? 0) + amount
  return put(account, 'balance_transactions', {
    id: newId(account, 'balance_transactions'),
    object: 'customer_balance_transaction',
    amount,
    created,
    currency,
    customer: customer.id,
    description: params.description ?? null,
    ending_balance: customer.balance,
    livemode: false,
    type: 'adjustment',
    metadata: nested(params, 'metadata'),
  })
}
