// Makes the webhook endpoint at Stripe what it should be, and says what is not as it should be.
import type Stripe from 'stripe'
import { STRIPE_API_VERSION } from './api-version.ts'
import { isStripeFailure } from './failures.ts'
import { subscribedEvents } from './handled-events.ts'

/** More endpoints than Stripe lets an account have (16 a mode). */
const MAX_ENDPOINTS = 100
const DESCRIPTION = 'Regulars: loyalty points'
const PATH = '/stripe/webhook'
/** Stripe does not say of an endpoint whether it is for connected accounts, so ours for those bears a mark. */
const CONNECT_MARK = { regulars: 'connect' }

export interface WebhookSetup {
  id: string
  url: string
  change: 'created' | 'updated' | 'none'
  /** Stripe tells it once, when the endpoint is made: it belongs in STRIPE_WEBHOOK_SECRET. */
  secret: string | null
  events: readonly string[]
}

/** One finding of the doctor; `fix` says how to mend what is not ok. */
export interface StripeCheck {
  name: string
  ok: boolean
  message: string
  fix: string | null
}

export interface StripeSetupOptions {
  stripe: Stripe
  /** PUBLIC_URL, or the endpoint's whole address. */
  url: string
  /** The endpoint for what connected accounts (partners) take. Default: the one for the account's own. */
  connect?: boolean
}

/** The endpoint's address below a public URL. */
export function webhookUrl(url: string): string {
  const base = url.replace(/\/+$/, '')
  return base.endsWith(PATH) ? base : base + PATH
}

const isForConnect = ({ metadata }: Stripe.WebhookEndpoint): boolean => metadata?.regulars === CONNECT_MARK.regulars

async function findEndpoint(
  stripe: Stripe,
  url: string,
  connect: boolean,
): Promise<Stripe.WebhookEndpoint | undefined> {
  const endpoints = await stripe.webhookEndpoints.list({ limit: 100 }).autoPagingToArray({ limit: MAX_ENDPOINTS })
  const ours = endpoints.filter((endpoint) => endpoint.url === url && isForConnect(endpoint) === connect)
  return ours.find(({ status }) => status === 'enabled') ?? ours[0]
}

const missingEvents = ({ enabled_events: enabled }: Stripe.WebhookEndpoint): string[] =>
  enabled.includes('*') ? [] : subscribedEvents.filter((type) => !enabled.includes(type))

const isExact = (endpoint: Stripe.WebhookEndpoint): boolean =>
  endpoint.enabled_events.length === subscribedEvents.length &&
  missingEvents(endpoint).length === 0 &&
  endpoint.status === 'enabled'

/**
 * Makes or updates the endpoint so that it gets exactly the events we handle. Run again, it changes nothing.
 * @throws the SDK's errors, when the key may not write webhook endpoints or Stripe refuses the address
 */
export async function setupStripeWebhook({ stripe, url, connect = false }: StripeSetupOptions): Promise<WebhookSetup> {
  const address = webhookUrl(url)
  const events = [...subscribedEvents]
  const existing = await findEndpoint(stripe, address, connect)
  if (existing === undefined) {
    const created = await stripe.webhookEndpoints.create({
      url: address,
      enabled_events: events,
      api_version: STRIPE_API_VERSION,
      description: connect ? `${DESCRIPTION} at partners` : DESCRIPTION,
      ...(connect ? { connect, metadata: CONNECT_MARK } : {}),
    })
    return { id: created.id, url: address, change: 'created', secret: created.secret ?? null, events }
  }
  const exact = isExact(existing)
  if (!exact) await stripe.webhookEndpoints.update(existing.id, { enabled_events: events, disabled: false })
  return { id: existing.id, url: address, change: exact ? 'none' : 'updated', secret: null, events }
}

const passed = (name: string, message: string): StripeCheck => ({ name, ok: true, message, fix: null })
const failed = (name: string, message: string, fix: string): StripeCheck => ({ name, ok: false, message, fix })

/** Each permission that Regulars needs, and a cheap call that shows whether the key has it. */
const PERMISSION_PROBES: [permission: string, probe: (stripe: Stripe) => Promise<unknown>][] = [
  ['Charges and Refunds', (stripe) => stripe.charges.list({ limit: 1 })],
  ['PaymentIntents', (stripe) => stripe.paymentIntents.list({ limit: 1 })],
  ['Checkout Sessions', (stripe) => stripe.checkout.sessions.list({ limit: 1 })],
  ['Invoices', (stripe) => stripe.invoices.list({ limit: 1 })],
  ['Customers', (stripe) => stripe.customers.list({ limit: 1 })],
  ['Subscriptions', (stripe) => stripe.subscriptions.list({ limit: 1 })],
  ['Disputes', (stripe) => stripe.disputes.list({ limit: 1 })],
]

/** What a failed call means; bugs are thrown on. */
function failure(name: string, permission: string, error: unknown): StripeCheck {
  if (!isStripeFailure(error)) throw error
  const { statusCode } = error
  if (statusCode === 401) {
    return failed(
      name,
      'Stripe does not accept the key.',
      'Copy the secret key from Stripe’s dashboard to STRIPE_SECRET_KEY.',
    )
  }
  if (statusCode === 403) {
    return failed(
      name,
      `The key may not read ${permission}.`,
      `Give the restricted key the permission “${permission}: Read”.`,
    )
  }
  const message = statusCode === undefined ? 'Stripe does not answer.' : `Stripe answers ${statusCode}.`
  return failed(name, message, 'Look at status.stripe.com, then try again.')
}

async function checkPermission(
  stripe: Stripe,
  [permission, probe]: (typeof PERMISSION_PROBES)[number],
): Promise<StripeCheck> {
  const name = `Stripe: ${permission}`
  try {
    await probe(stripe)
    return passed(name, 'can be read')
  } catch (error) {
    return failure(name, permission, error)
  }
}

const endpointName = (connect: boolean): string =>
  connect ? 'Stripe: webhook endpoint for partners' : 'Stripe: webhook endpoint'

function describeEndpoint(
  endpoint: Stripe.WebhookEndpoint | undefined,
  address: string,
  connect: boolean,
): StripeCheck[] {
  const name = endpointName(connect)
  const fix = 'Run `npx regulars setup stripe`.'
  if (endpoint === undefined) return [failed(name, `There is none at ${address}.`, fix)]
  if (endpoint.status !== 'enabled') return [failed(name, `The one at ${address} is disabled.`, fix)]
  const missing = missingEvents(endpoint)
  if (missing.length > 0) return [failed(name, `It does not get ${missing.join(', ')}.`, fix)]
  if (connect) return [passed(name, `${address} gets all events of connected accounts`)]
  const version = endpoint.api_version ?? 'the account’s default'
  return [
    passed(name, `${address} gets all events`),
    passed('Stripe: API version', `events come in ${version}; any is understood`),
  ]
}

async function checkEndpoint(stripe: Stripe, url: string | null, connect: boolean): Promise<StripeCheck[]> {
  const name = endpointName(connect)
  if (url === null) return [failed(name, 'PUBLIC_URL is not set, so Stripe cannot reach us.', 'Set PUBLIC_URL.')]
  try {
    return describeEndpoint(await findEndpoint(stripe, webhookUrl(url), connect), webhookUrl(url), connect)
  } catch (error) {
    return [failure(name, 'Webhook Endpoints', error)]
  }
}

/** The key's mode, from an object that says it: a test key never sees live ones. */
async function checkKey(stripe: Stripe): Promise<StripeCheck> {
  const name = 'Stripe: key'
  try {
    const { livemode } = await stripe.balance.retrieve()
    return passed(name, livemode ? 'works, in live mode' : 'works, in test mode')
  } catch (error) {
    // A restricted key need not read the balance; that it was refused by name shows that the key itself is good.
    const isRestricted = isStripeFailure(error) && error.statusCode === 403
    return isRestricted ? passed(name, 'works (restricted)') : failure(name, 'Balance', error)
  }
}

/**
 * The doctor's look at Stripe: the key and its mode, what it may read, the endpoint and its events; with `connect` also
 * the one for partners.
 */
export async function checkStripe({
  stripe,
  url,
  connect = false,
}: {
  stripe: Stripe
  url: string | null
  connect?: boolean
}): Promise<StripeCheck[]> {
  const key = await checkKey(stripe)
  if (!key.ok) return [key]
  const checks = [key]
  for (const probe of PERMISSION_PROBES) checks.push(await checkPermission(stripe, probe))
  checks.push(...(await checkEndpoint(stripe, url, false)))
  if (connect && url !== null) checks.push(...(await checkEndpoint(stripe, url, true)))
  return checks
}
