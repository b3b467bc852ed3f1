// The SDK's client as we use it: over fetch, which Node and Workers both have, and at another address when told so.
import Stripe from 'stripe'

export interface StripeClientOptions {
  apiKey: string
  /** Another base URL, for tests and proxies, such as `http://127.0.0.1:4001`. Default: Stripe's. */
  apiUrl?: string | null
  fetch?: typeof fetch
  /** How often a call is tried again after a failure of the connection or of Stripe. Default 2. */
  maxNetworkRetries?: number
}

const TIMEOUT_MS = 20_000

/** Where the SDK connects to. @throws TypeError when `apiUrl` is no http or https address */
function addressOf(apiUrl: string): { protocol: 'http' | 'https'; host: string; port: string } {
  const url = new URL(apiUrl)
  const protocol = url.protocol.slice(0, -1)
  if (protocol !== 'http' && protocol !== 'https')
    throw new TypeError('STRIPE_API_URL must begin with http:// or https://')
  return { protocol, host: url.hostname, port: url.port === '' ? (protocol === 'https' ? '443' : '80') : url.port }
}

export function createStripeClient(options: StripeClientOptions): Stripe {
  const { apiKey, apiUrl, maxNetworkRetries = 2 } = options
  // Looked up at each call: whoever stands in for the network may come later than this client.
  const fetchFunction: typeof fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  return new Stripe(apiKey, {
    httpClient: Stripe.createFetchHttpClient(fetchFunction),
    maxNetworkRetries,
    timeout: TIMEOUT_MS,
    telemetry: false,
    appInfo: { name: 'Regulars' },
    ...(apiUrl ? addressOf(apiUrl) : {}),
  })
}
