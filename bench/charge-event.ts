// Events as Stripe sends them for a card payment, with all that a real charge carries: as large, and written as wide.
import { STRIPE_API_VERSION } from '../integrations/stripe/api-version.ts'

export interface ChargeOptions {
  /** Of letters and digits: all of Stripe's ids are made of it. */
  base: string
  email: string
  name: string
  amountMinor: number
  createdSeconds: number
  /** Null: a guest. */
  customer: string | null
}

/** The body of a `charge.succeeded`, about 3 KB. */
export function chargeEvent(options: ChargeOptions): string {
  const event = {
    id: `evt_${options.base}`,
    object: 'event',
    api_version: STRIPE_API_VERSION,
    created: options.createdSeconds,
    data: { object: charge(options) },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: `key_${options.base}` },
    type: 'charge.succeeded',
  }
  // Stripe's bodies are indented by two spaces.
  return JSON.stringify(event, null, 2)
}

function charge({ base, email, name, amountMinor, createdSeconds, customer }: ChargeOptions) {
  return {
    id: `ch_${base}`,
    object: 'charge',
    amount: amountMinor,
    amount_captured: amountMinor,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: `txn_${base}`,
    billing_details: {
      address: { city: null, country: 'US', line1: null, line2: null, postal_code: '10001', state: null },
      email,
      name,
      phone: null,
      tax_id: null,
    },
    captured: true,
    created: createdSeconds,
    currency: 'usd',
    customer,
    description: null,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    outcome: {
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'normal',
      risk_score: 12,
      seller_message: 'Payment complete.',
      type: 'authorized',
    },
    paid: true,
    payment_intent: `pi_${base}`,
    payment_method: `pm_${base}`,
    payment_method_details: { card: card(amountMinor), type: 'card' },
    receipt_email: email,
    receipt_number: null,
    receipt_url: `https://pay.stripe.com/receipts/payment/CAcaFwoVYWNjdF8xUGdhZlRCN1daMDF6Z2tXKI${base}`,
    refunded: false,
    review: null,
    shipping: null,
    source_transfer: null,
    statement_descriptor: null,
    status: 'succeeded',
    transfer_data: null,
  }
}

const card = (amountMinor: number) => ({
  amount_authorized: amountMinor,
  brand: 'visa',
  checks: { address_line1_check: null, address_postal_code_check: 'pass', cvc_check: 'pass' },
  country: 'US',
  exp_month: 8,
  exp_year: 2030,
  fingerprint: 'AOB934RVNwzk6xtn',
  funding: 'credit',
  installments: null,
  last4: '4242',
  mandate: null,
  network: 'visa',
  regulated_status: 'unregulated',
  three_d_secure: null,
  wallet: null,
})
