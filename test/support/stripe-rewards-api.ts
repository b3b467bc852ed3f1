// Coupons, promotion codes and customer balances at Stripe, as far as rewards need them: kept, numbered, refused by
// Stripe's rules, with its memory of idempotency keys.
import { type ApiCall, type Route, stripeError } from './stripe-api.ts'
import { listOf } from './stripe-objects.ts'

type Body = ApiCall['body']
type Kept = Record<string, unknown> & { id: string }
interface Code extends Kept {
  active: boolean
  code: string
  customer: string | null
  times_redeemed: number
  promotion: { type: 'coupon'; coupon: string }
}
interface Failure {
  /** Which call: the beginning of `POST /v1/coupons`. */
  on: string
  status: number
  /** Whether Stripe carries the call out before it fails. */
  after?: boolean
  error?: object
  headers?: Record<string, string>
}

const refusal = (over: object, status = 400) => stripeError(status, { type: 'invalid_request_error', ...over })
const noSuch = (param: string, status = 400) => refusal({ code: 'resource_missing', param }, status)

/** `metadata[redemption]` and such as an object. */
function nested(body: Body, name: string): Record<string, string> {
  const fields = Object.entries(body).flatMap(([key, value]) => {
    const field = key.startsWith(`${name}[`) ? key.slice(name.length + 1, -1) : null
    return field === null ? [] : [[field, value]]
  })
  return Object.fromEntries(fields)
}

export class StripeRewardsDouble {
  readonly coupons = new Map<string, Kept>()
  readonly codes: Code[] = []
  readonly transactions: (Kept & { customer: string; amount: number })[] = []
  readonly deletedCustomers = new Set<string>()
  /** The currency that a customer's balance is kept in, where it is fixed already. */
  readonly currencies = new Map<string, string>()
  now = 0
  readonly #keys = new Map<string, { body: string; answer: Response; status: number }>()
  #failures: Failure[] = []

  reset(): void {
    this.coupons.clear()
    this.deletedCustomers.clear()
    this.currencies.clear()
    this.#keys.clear()
    this.codes.length = 0
    this.transactions.length = 0
    this.#failures = []
  }

  failNext(failure: Failure): void {
    this.#failures.push(failure)
  }

  /** As Stripe does after a day. */
  forgetKeys(): void {
    this.#keys.clear()
  }

  /** A code that nobody here ordered. */
  addCode(code: string, over: Partial<Code> = {}): Code {
    const made: Code = {
      id: `promo_other${this.codes.length}`,
      object: 'promotion_code',
      active: true,
      code,
      customer: null,
      times_redeemed: 0,
      livemode: false,
      promotion: { type: 'coupon', coupon: 'OTHER' },
      metadata: {},
      ...over,
    }
    this.codes.push(made)
    return made
  }

  /** Somebody buys with the code. */
  use(id: string): void {
    const code = this.codes.find((one) => one.id === id)
    if (code === undefined || !code.active) throw new Error(`${id} cannot be used`)
    code.times_redeemed++
    code.active = false
  }

  readonly answer: Route = (call) => {
    const at = this.#failures.findIndex(({ on }) => `${call.method} ${call.path}`.startsWith(on))
    const [failure] = at === -1 ? [] : this.#failures.splice(at, 1)
    const key = call.method === 'POST' ? call.idempotencyKey : null
    const known = key === null ? undefined : this.#keys.get(key)
    if (known !== undefined) return this.#repeat(known, call)
    const answer = failure === undefined || failure.after ? this.#carryOut(call) : undefined
    const failed = failure && stripeError(failure.status, failure.error, failure.headers)
    const said = failed ?? answer
    const response = said instanceof Response ? said : said === undefined ? undefined : Response.json(said)
    // A rate limit comes before a key is even looked at.
    if (key !== null && response !== undefined && response.status !== 429 && response.status < 600)
      this.#keys.set(key, { body: JSON.stringify(call.body), answer: response.clone(), status: response.status })
    return response
  }

  #repeat(known: { body: string; answer: Response; status: number }, call: ApiCall): Response {
    if (known.body !== JSON.stringify(call.body)) return stripeError(400, { type: 'idempotency_error' })
    const repeated = known.answer.clone()
    return new Response(repeated.body, {
      status: known.status,
      headers: { 'content-type': 'application/json', 'idempotent-replayed': 'true' },
    })
  }

  #carryOut({ method, path, body, query }: ApiCall): unknown {
    const [, , kind, id = '', sub] = path.split('/')
    const what = `${method} ${kind}${id === '' ? '' : '/:id'}${sub === undefined ? '' : `/${sub}`}`
    switch (what) {
      case 'GET coupons/:id':
        return this.coupons.get(decodeURIComponent(id)) ?? noSuch('coupon', 404)
      case 'POST coupons':
        return this.#makeCoupon(body)
      case 'DELETE coupons/:id':
        return this.coupons.delete(id) ? { id, object: 'coupon', deleted: true } : noSuch('coupon', 404)
      case 'GET promotion_codes':
        return this.#listCodes(query)
      case 'POST promotion_codes':
        return this.#makeCode(body)
      case 'GET promotion_codes/:id':
        return this.codes.find((code) => code.id === id) ?? noSuch('promotion_code', 404)
      case 'POST promotion_codes/:id':
        return this.#updateCode(id, body)
      case 'GET customers/:id/balance_transactions':
        return this.#listTransactions(id, query)
      case 'POST customers/:id/balance_transactions':
        return this.#makeTransaction(id, body)
      default:
        return undefined
    }
  }

  #makeCoupon(body: Body): unknown {
    const { id = '', amount_off: amount, percent_off: percent, currency } = body
    if (this.coupons.has(id)) return refusal({ code: 'resource_already_exists', message: 'Coupon already exists.' })
    if ((amount === undefined) === (percent === undefined)) return refusal({ code: 'parameter_missing' })
    if (amount !== undefined && !/^[1-9]\d*$/.test(amount))
      return refusal({ code: 'parameter_invalid_integer', param: 'amount_off' })
    if (amount !== undefined && currency === undefined) return refusal({ code: 'parameter_missing', param: 'currency' })
    if ((body.name?.length ?? 0) > 40) return refusal({ param: 'name' })
    if (Object.keys(nested(body, 'currency_options')).some((key) => key.startsWith(`${currency}]`)))
      return refusal({ param: 'currency_options' })
    const coupon = { id, object: 'coupon', livemode: false, ...body, metadata: nested(body, 'metadata') }
    this.coupons.set(id, coupon)
    return coupon
  }

  #makeCode(body: Body): unknown {
    const coupon = body['promotion[coupon]'] ?? ''
    const { code = '', customer = null, expires_at: expires } = body
    if (body['promotion[type]'] !== 'coupon') return refusal({ code: 'parameter_missing', param: 'promotion' })
    if (!this.coupons.has(coupon)) return noSuch('coupon')
    if (customer !== null && this.deletedCustomers.has(customer)) return noSuch('customer')
    if (!/^[A-Za-z0-9-]+$/.test(code)) return refusal({ param: 'code', message: 'Invalid characters' })
    if (expires !== undefined && Number(expires) * 1000 <= this.now) return refusal({ param: 'expires_at' })
    const sameCode = this.codes.some(
      (one) =>
        one.active &&
        one.code.toUpperCase() === code.toUpperCase() &&
        (one.customer === null || customer === null || one.customer === customer),
    )
    if (sameCode) return refusal({ message: `An active promotion code with \`code: ${code}\` already exists.` })
    return this.addCode(code, {
      ...body,
      id: `promo_${this.codes.length + 1}`,
      customer,
      metadata: nested(body, 'metadata'),
      promotion: { type: 'coupon', coupon },
    })
  }

  #listCodes({ code, coupon, limit = '10' }: ApiCall['query']): unknown {
    const found = this.codes.filter(
      (one) =>
        (code === undefined || one.code.toUpperCase() === code.toUpperCase()) &&
        (coupon === undefined || one.promotion.coupon === coupon),
    )
    return listOf(found.reverse().slice(0, Number(limit)), { has_more: found.length > Number(limit) })
  }

  #updateCode(id: string, body: Body): unknown {
    const code = this.codes.find((one) => one.id === id)
    if (code === undefined) return noSuch('promotion_code', 404)
    code.active = body.active === 'true'
    return code
  }

  #listTransactions(customer: string, { starting_after: after, limit = '10' }: ApiCall['query']): unknown {
    if (this.deletedCustomers.has(customer)) return noSuch('id', 404)
    const all = this.transactions.filter((one) => one.customer === customer).reverse()
    const start = all.findIndex(({ id }) => id === after) + 1
    const page = all.slice(start, start + Number(limit))
    return listOf(page, { has_more: start + page.length < all.length })
  }

  #makeTransaction(customer: string, body: Body): unknown {
    if (this.deletedCustomers.has(customer)) return noSuch('id', 404)
    const currency = this.currencies.get(customer)
    if (currency !== undefined && currency !== body.currency) return refusal({ param: 'currency' })
    return this.addTransaction(customer, Number(body.amount), nested(body, 'metadata'), body)
  }

  addTransaction(customer: string, amount: number, metadata: object = {}, over: object = {}): Kept {
    const id = `cbtxn_${this.transactions.length + 1}`
    const made = { ...over, id, object: 'customer_balance_transaction', customer, amount, livemode: false, metadata }
    this.transactions.push(made)
    return made
  }
}
