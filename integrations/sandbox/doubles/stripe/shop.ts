/**
 * What happens in a shop that takes payments with Stripe: customers come, buy, subscribe, want their money back. Each doing
 * changes the account as Stripe would and says so by the events that Stripe would send, in its order.
 */
import {
  type Account,
  API_VERSION,
  EVENTS_LIMIT,
  find,
  type Kind,
  listOf,
  newId,
  put,
  type StripeEvent,
  type StripeObject,
} from './account.ts'

/** A doing that makes no sense now, in words for who pressed the button. */
export class NotPossible extends Error {
  override name = 'NotPossible'
}

export interface ShopScene {
  account: Account
  /** ms */
  now: () => number
  /** Told of each event as it is made. */
  onEvent: (event: StripeEvent) => void
}

export interface NewCustomer {
  email: string | null
  name?: string | null
  phone?: string | null
  /** BCP 47, such as `sw-KE`. */
  language?: string | null
}

export interface Bought {
  /** Price ids and how many of each. */
  lines: readonly { price: string; quantity: number }[]
  /** The customer's id; null: a guest, known by the address alone. */
  customer: string | null
  email?: string | null
  name?: string | null
  /** What the customer types into the field for codes. */
  code?: string | null
  tax?: number
  shipping?: number
  metadata?: Record<string, string>
}

export interface Purchase {
  session: string
  intent: string | null
  charge: string | null
  /** Minor units, after the discount. */
  amount: number
}

const seconds = (ms: number): number => Math.floor(ms / 1_000)

export class Shop {
  readonly #scene: ShopScene

  constructor(scene: ShopScene) {
    this.#scene = scene
  }

  get #account(): Account {
    return this.#scene.account
  }

  #now(): number {
    return seconds(this.#scene.now())
  }

  #make(kind: Kind, object: string, fields: Record<string, unknown>): StripeObject {
    const id = newId(this.#account, kind)
    return put(this.#account, kind, { id, object, created: this.#now(), livemode: false, metadata: {}, ...fields })
  }

  /** @throws NotPossible when there is none. */
  #get(kind: Kind, id: string): StripeObject {
    const found = find(this.#account, kind, id)
    if (found === null) throw new NotPossible(`There is no ${id}`)
    return found
  }

  tell(type: string, object: StripeObject): StripeEvent {
    const event: StripeEvent = {
      id: newId(this.#account, 'event'),
      object: 'event',
      api_version: API_VERSION,
      created: this.#now(),
      livemode: false,
      type,
      data: { object: structuredClone(object) },
    }
    const { events } = this.#account
    events.push(event)
    if (events.length > EVENTS_LIMIT) events.splice(0, events.length - EVENTS_LIMIT)
    this.#scene.onEvent(event)
    return event
  }

  // ------------------------------------------------------------------------------------------------ catalogue, people

  addProduct({
    name,
    amount,
    currency,
    interval,
  }: {
    name: string
    /** Minor units. */
    amount: number
    currency: string
    interval?: 'month' | 'year'
  }): { product: string; price: string } {
    const product = this.#make('products', 'product', { name, active: true })
    const price = this.#make('prices', 'price', {
      product: product.id,
      currency,
      unit_amount: amount,
      active: true,
      nickname: name,
      type: interval === undefined ? 'one_time' : 'recurring',
      recurring: interval === undefined ? null : { interval, interval_count: 1 },
    })
    return { product: product.id, price: price.id }
  }

  addCustomer({ email, name = null, phone = null, language = null }: NewCustomer): StripeObject {
    const customer = this.#make('customers', 'customer', {
      email,
      name,
      phone,
      balance: 0,
      currency: null,
      preferred_locales: language === null ? [] : [language],
    })
    this.tell('customer.created', customer)
    return customer
  }

  changeCustomer(id: string, over: Partial<NewCustomer>): StripeObject {
    const customer = this.#get('customers', id)
    const { language, ...fields } = over
    Object.assign(
      customer,
      fields,
      language !== undefined && { preferred_locales: language === null ? [] : [language] },
    )
    this.tell('customer.updated', customer)
    return customer
  }

  deleteCustomer(id: string): void {
    const customer = this.#get('customers', id)
    delete this.#account.objects.customers[id]
    this.tell('customer.deleted', { ...customer, deleted: true })
  }

  // ------------------------------------------------------------------------------------------------ buying

  /** By Checkout, paid at once. */
  buy(bought: Bought): Purchase {
    const { lines, currency, subtotal } = this.#cart(bought.lines)
    const person = this.#personOf(bought)
    const code = bought.code ? this.#codeFor(bought.code, person.customer, currency, subtotal) : null
    const { tax = 0, shipping = 0, metadata = {} } = bought
    const discount = Math.min(subtotal, code?.off ?? 0)
    const amount = subtotal - discount + tax + shipping
    const common = { currency, customer: person.customer, metadata }
    const intent =
      amount === 0
        ? null
        : this.#make('payment_intents', 'payment_intent', {
            ...common,
            amount,
            amount_received: amount,
            amount_details: {},
            latest_charge: null,
            receipt_email: person.email,
            status: 'succeeded',
          })
    const charge = intent === null ? null : this.#charge(intent, person)
    const session = this.#make('checkout.sessions', 'checkout.session', {
      ...common,
      amount_subtotal: subtotal,
      amount_total: amount,
      client_reference_id: null,
      customer_details: person,
      customer_email: person.customer === null ? person.email : null,
      discounts: code === null ? [] : [{ coupon: null, promotion_code: code.id }],
      invoice: null,
      line_items: listOf(lines),
      locale: null,
      mode: 'payment',
      payment_intent: intent?.id ?? null,
      payment_status: amount === 0 ? 'no_payment_required' : 'paid',
      shipping_cost: null,
      status: 'complete',
      subscription: null,
      total_details: { amount_discount: discount, amount_shipping: shipping, amount_tax: tax },
    })
    if (intent !== null && charge !== null) {
      this.tell('payment_intent.succeeded', intent)
      this.tell('charge.succeeded', charge)
    }
    // A webhook does not hold the lines.
    const { line_items: _, ...told } = session
    this.tell('checkout.session.completed', told as StripeObject)
    if (code !== null) this.#use(code.id)
    return { session: session.id, intent: intent?.id ?? null, charge: charge?.id ?? null, amount }
  }

  #cart(lines: Bought['lines']): { lines: StripeObject[]; currency: string; subtotal: number } {
    if (lines.length === 0) throw new NotPossible('There is nothing in the basket')
    const priced = lines.map(({ price: id, quantity }) => {
      const price = this.#get('prices', id)
      if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > 999) throw new NotPossible('How many?')
      const amount = (price.unit_amount as number) * quantity
      return {
        id: newId(this.#account, 'line'),
        object: 'item',
        amount_subtotal: amount,
        amount_total: amount,
        amount_tax: 0,
        amount_discount: 0,
        currency: price.currency,
        description: price.nickname,
        quantity,
        price: structuredClone(price),
      }
    })
    const currency = String(priced[0]?.currency)
    if (priced.some((line) => line.currency !== currency)) throw new NotPossible('One basket has one currency')
    return { lines: priced, currency, subtotal: priced.reduce((sum, line) => sum + line.amount_total, 0) }
  }

  #personOf({ customer, email = null, name = null }: Pick<Bought, 'customer' | 'email' | 'name'>) {
    if (customer === null) return { customer: null, email, name, phone: null }
    const known = this.#get('customers', customer)
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
    return { customer, email: text(known.email), name: text(known.name), phone: text(known.phone) }
  }

  #charge(
    intent: StripeObject,
    person: { customer: string | null; email: string | null; name: string | null; phone: string | null },
  ) {
    const { amount, currency, metadata } = intent
    const charge = this.#make('charges', 'charge', {
      amount,
      amount_captured: amount,
      amount_refunded: 0,
      billing_details: { email: person.email, name: person.name, phone: person.phone },
      captured: true,
      currency,
      customer: person.customer,
      disputed: false,
      metadata,
      paid: true,
      payment_intent: intent.id,
      receipt_email: person.email,
      refunded: false,
      status: 'succeeded',
    })
    intent.latest_charge = charge.id
    return charge
  }

  /** The code as typed, and what it takes off. */
  #codeFor(typed: string, customer: string | null, currency: string, subtotal: number): { id: string; off: number } {
    const wanted = typed.trim().toUpperCase()
    const codes = Object.values(this.#account.objects.promotion_codes)
    const named = codes.filter((one) => String(one.code).toUpperCase() === wanted)
    const found = named.find((one) => one.active === true) ?? named[0]
    if (found === undefined) throw new NotPossible(`There is no code ${typed.trim()}`)
    const isOver = typeof found.expires_at === 'number' && found.expires_at <= this.#now()
    if (isOver) throw new NotPossible('This code has expired')
    if (found.active !== true) throw new NotPossible('This code was used, or is not valid any more')
    if (found.customer !== null && found.customer !== customer) throw new NotPossible('This code is somebody else’s')
    const coupon = this.#get('coupons', (found.promotion as { coupon: string }).coupon)
    if (typeof coupon.percent_off === 'number')
      return { id: found.id, off: Math.round((subtotal * coupon.percent_off) / 100) }
    const options = coupon.currency_options as Record<string, { amount_off: number }> | undefined
    const off = coupon.currency === currency ? coupon.amount_off : options?.[currency]?.amount_off
    if (typeof off !== 'number') throw new NotPossible(`This code is not for ${currency.toUpperCase()}`)
    return { id: found.id, off }
  }

  #use(promotionCode: string): void {
    const code = this.#get('promotion_codes', promotionCode)
    const times = Number(code.times_redeemed) + 1
    code.times_redeemed = times
    if (typeof code.max_redemptions === 'number' && times >= code.max_redemptions) code.active = false
    this.tell('promotion_code.updated', code)
  }

  // ------------------------------------------------------------------------------------------------ money back

  /** @param amount minor units; left out: all that is left of it */
  refund(chargeId: string, amount?: number): StripeObject {
    const charge = this.#get('charges', chargeId)
    const left = Number(charge.amount_captured) - Number(charge.amount_refunded)
    const wanted = amount ?? left
    if (!Number.isSafeInteger(wanted) || wanted < 1) throw new NotPossible('Nothing of it is left to give back')
    if (wanted > left) throw new NotPossible('More than was paid cannot be given back')
    if (charge.disputed === true) throw new NotPossible('The bank has this money now: it cannot be refunded')
    const refund = this.#make('refunds', 'refund', {
      amount: wanted,
      charge: charge.id,
      currency: charge.currency,
      payment_intent: charge.payment_intent,
      reason: 'requested_by_customer',
      status: 'succeeded',
    })
    charge.amount_refunded = Number(charge.amount_refunded) + wanted
    charge.refunded = charge.amount_refunded === charge.amount_captured
    this.tell('refund.created', refund)
    this.tell('charge.refunded', charge)
    return refund
  }

  /** The customer's bank sends the money back. */
  failRefund(id: string): StripeObject {
    const refund = this.#get('refunds', id)
    if (refund.status !== 'succeeded' && refund.status !== 'pending')
      throw new NotPossible('This refund has failed already')
    const charge = this.#get('charges', String(refund.charge))
    refund.status = 'failed'
    charge.amount_refunded = Number(charge.amount_refunded) - Number(refund.amount)
    charge.refunded = false
    this.tell('refund.failed', refund)
    this.tell('charge.updated', charge)
    return refund
  }

  dispute(chargeId: string): StripeObject {
    const charge = this.#get('charges', chargeId)
    if (charge.disputed === true) throw new NotPossible('This payment is disputed already')
    const amount = Number(charge.amount_captured) - Number(charge.amount_refunded)
    if (amount < 1) throw new NotPossible('This money was given back: there is nothing to dispute')
    const dispute = this.#make('disputes', 'dispute', {
      amount,
      balance_transactions: [],
      charge: charge.id,
      currency: charge.currency,
      payment_intent: charge.payment_intent,
      reason: 'general',
      status: 'needs_response',
    })
    charge.disputed = true
    this.tell('charge.dispute.created', dispute)
    dispute.balance_transactions = [{ id: newId(this.#account, 'balance_transactions'), amount: -amount }]
    this.tell('charge.dispute.funds_withdrawn', dispute)
    return dispute
  }

  closeDispute(id: string, outcome: 'won' | 'lost'): StripeObject {
    const dispute = this.#get('disputes', id)
    if (dispute.status !== 'needs_response') throw new NotPossible('This dispute is closed already')
    dispute.status = outcome
    const charge = this.#get('charges', String(dispute.charge))
    this.tell('charge.dispute.closed', dispute)
    if (outcome === 'lost') return dispute
    charge.disputed = false
    const moves = dispute.balance_transactions as { id: string; amount: number }[]
    dispute.balance_transactions = [
      ...moves,
      { id: newId(this.#account, 'balance_transactions'), amount: dispute.amount },
    ]
    this.tell('charge.dispute.funds_reinstated', dispute)
    return dispute
  }

  // ------------------------------------------------------------------------------------------------ subscriptions

  subscribe({ customer, price: priceId }: { customer: string; price: string }): StripeObject {
    const price = this.#get('prices', priceId)
    if (price.recurring === null) throw new NotPossible('This is bought once and not by subscription')
    this.#get('customers', customer)
    const subscription = this.#make('subscriptions', 'subscription', {
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      customer,
      ended_at: null,
      items: listOf([
        { id: newId(this.#account, 'item'), object: 'subscription_item', price: structuredClone(price), quantity: 1 },
      ]),
      pause_collection: null,
      start_date: this.#now(),
      status: 'incomplete',
      trial_end: null,
    })
    this.#setPeriod(subscription, this.#now())
    this.tell('customer.subscription.created', subscription)
    this.#invoice(subscription, 'subscription_create', true)
    subscription.status = 'active'
    this.tell('customer.subscription.updated', subscription)
    return subscription
  }

  /** Ends it when what is paid for is over, or at once. */
  cancelSubscription(id: string, when: 'period_end' | 'now' = 'period_end'): StripeObject {
    const subscription = this.#get('subscriptions', id)
    if (subscription.ended_at !== null) throw new NotPossible('This subscription has ended already')
    subscription.canceled_at = this.#now()
    subscription.cancellation_details = { reason: 'cancellation_requested', feedback: 'too_expensive', comment: null }
    if (when === 'now') return this.#end(subscription)
    subscription.cancel_at_period_end = true
    subscription.cancel_at = this.#periodEnd(subscription)
    this.tell('customer.subscription.updated', subscription)
    return subscription
  }

  keepSubscription(id: string): StripeObject {
    const subscription = this.#get('subscriptions', id)
    if (subscription.ended_at !== null) throw new NotPossible('This subscription has ended already')
    Object.assign(subscription, { cancel_at_period_end: false, cancel_at: null, canceled_at: null })
    this.tell('customer.subscription.updated', subscription)
    return subscription
  }

  /** Its next payment fails as of now: the card has run out. */
  failPayment(id: string): StripeObject {
    const subscription = this.#get('subscriptions', id)
    if (subscription.ended_at !== null) throw new NotPossible('This subscription has ended already')
    const open = Object.values(this.#account.objects.invoices).find(
      (invoice) => invoice.status === 'open' && subscriptionOf(invoice) === id,
    )
    if (open === undefined) this.#invoice(subscription, 'subscription_cycle', false)
    else this.#failAgain(open)
    if (subscription.status !== 'past_due') {
      subscription.status = 'past_due'
      this.tell('customer.subscription.updated', subscription)
    }
    return subscription
  }

  /** The customer has a new card: what is open is paid. */
  payOpenInvoice(id: string): StripeObject {
    const subscription = this.#get('subscriptions', id)
    const open = Object.values(this.#account.objects.invoices).find(
      (invoice) => invoice.status === 'open' && subscriptionOf(invoice) === id,
    )
    if (open === undefined) throw new NotPossible('Nothing is open')
    this.#pay(open)
    subscription.status = 'active'
    this.#setPeriod(subscription, Math.max(this.#periodEnd(subscription), this.#now()))
    this.tell('customer.subscription.updated', subscription)
    return subscription
  }

  /** What falls due as time goes on: renewals are paid, cancelled subscriptions end. Answers how many did something. */
  settleDue(): number {
    let done = 0
    for (const subscription of Object.values(this.#account.objects.subscriptions)) {
      while (subscription.ended_at === null && this.#periodEnd(subscription) <= this.#now()) {
        done++
        if (subscription.cancel_at_period_end === true) this.#end(subscription)
        else if (subscription.status === 'active') this.#renew(subscription)
        else break
      }
    }
    return done
  }

  #renew(subscription: StripeObject): void {
    this.#setPeriod(subscription, this.#periodEnd(subscription))
    this.#invoice(subscription, 'subscription_cycle', true)
    this.tell('customer.subscription.updated', subscription)
  }

  #end(subscription: StripeObject): StripeObject {
    Object.assign(subscription, { status: 'canceled', ended_at: this.#now() })
    this.tell('customer.subscription.deleted', subscription)
    return subscription
  }

  #itemOf(subscription: StripeObject): Record<string, unknown> & { price: StripeObject } {
    const [item] = (subscription.items as { data: (Record<string, unknown> & { price: StripeObject })[] }).data
    if (item === undefined) throw new NotPossible('This subscription has nothing in it')
    return item
  }

  #periodEnd(subscription: StripeObject): number {
    return Number(this.#itemOf(subscription).current_period_end)
  }

  #setPeriod(subscription: StripeObject, start: number): void {
    const item = this.#itemOf(subscription)
    const { interval } = item.price.recurring as { interval: 'month' | 'year' }
    item.current_period_start = start
    item.current_period_end = laterBy(start, interval === 'year' ? 12 : 1)
  }

  #invoice(subscription: StripeObject, reason: string, isPaid: boolean): StripeObject {
    const { price, quantity } = this.#itemOf(subscription)
    const amount = Number(price.unit_amount) * Number(quantity)
    const person = this.#personOf({ customer: String(subscription.customer) })
    const invoice = this.#make('invoices', 'invoice', {
      amount_due: amount,
      amount_paid: 0,
      amount_remaining: amount,
      amount_shipping: 0,
      attempt_count: 1,
      billing_reason: reason,
      currency: price.currency,
      customer: subscription.customer,
      customer_email: person.email,
      customer_name: person.name,
      customer_phone: person.phone,
      discounts: [],
      lines: listOf([
        {
          id: newId(this.#account, 'line'),
          object: 'line_item',
          amount,
          currency: price.currency,
          quantity,
          pricing: {
            type: 'price_details',
            price_details: { price: price.id, product: price.product },
            unit_amount_decimal: String(price.unit_amount),
          },
          taxes: [],
          discount_amounts: [],
          parent: { type: 'subscription_item_details', subscription_item_details: { subscription: subscription.id } },
        },
      ]),
      next_payment_attempt: null,
      parent: {
        type: 'subscription_details',
        subscription_details: { subscription: subscription.id, metadata: subscription.metadata },
      },
      shipping_cost: null,
      status: 'open',
      status_transitions: { paid_at: null },
      total: amount,
      total_taxes: [],
    })
    if (isPaid) this.#pay(invoice)
    else {
      invoice.next_payment_attempt = this.#now() + 3 * 86_400
      this.tell('invoice.payment_failed', invoice)
    }
    return invoice
  }

  #failAgain(invoice: StripeObject): void {
    invoice.attempt_count = Number(invoice.attempt_count) + 1
    invoice.next_payment_attempt = this.#now() + 3 * 86_400
    this.tell('invoice.payment_failed', invoice)
  }

  #pay(invoice: StripeObject): void {
    const person = this.#personOf({ customer: String(invoice.customer) })
    const customer = this.#get('customers', String(invoice.customer))
    // A credit is used by the next invoice.
    const credit = Math.min(Math.max(0, -Number(customer.balance)), Number(invoice.amount_remaining))
    const amount = Number(invoice.amount_remaining) - credit
    if (credit > 0) customer.balance = Number(customer.balance) + credit
    Object.assign(invoice, {
      amount_due: amount,
      amount_paid: amount,
      amount_remaining: 0,
      starting_balance: -credit,
      status: 'paid',
      next_payment_attempt: null,
      status_transitions: { paid_at: this.#now() },
    })
    if (amount > 0) {
      const intent = this.#make('payment_intents', 'payment_intent', {
        amount,
        amount_received: amount,
        amount_details: {},
        currency: invoice.currency,
        customer: invoice.customer,
        latest_charge: null,
        receipt_email: null,
        status: 'succeeded',
      })
      const charge = this.#charge(intent, person)
      const payment = this.#make('invoice_payments', 'invoice_payment', {
        amount_paid: amount,
        amount_requested: amount,
        currency: invoice.currency,
        invoice: invoice.id,
        is_default: true,
        payment: { type: 'payment_intent', payment_intent: intent.id },
        status: 'paid',
      })
      this.tell('charge.succeeded', charge)
      this.tell('payment_intent.succeeded', intent)
      this.tell('invoice_payment.paid', payment)
    }
    this.tell('invoice.paid', invoice)
    this.tell('invoice.payment_succeeded', invoice)
  }
}

function subscriptionOf(invoice: StripeObject): string | null {
  const parent = invoice.parent as { subscription_details?: { subscription?: string } } | null
  return parent?.subscription_details?.subscription ?? null
}

/** The same day so many months later, or that month's last. Seconds, UTC. */
function laterBy(start: number, months: number): number {
  const from = new Date(start * 1_000)
  const day = from.getUTCDate()
  const first = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1)
  const days = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate()
  const ofDay = (start * 1_000) % 86_400_000
  return Math.floor((first + (Math.min(day, days) - 1) * 86_400_000 + ofDay) / 1_000)
}
