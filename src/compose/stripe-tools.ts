// What the command line and the night's work ask of Stripe. The SDK is loaded with it, so it is imported late.
import { createStripeClient } from '../../integrations/stripe/client.ts'
import { createStripeHistory, type StripeHistory } from '../../integrations/stripe/history.ts'
import {
  checkStripe,
  type StripeCheck,
  setupStripeWebhook,
  type WebhookSetup,
  webhookUrl,
} from '../../integrations/stripe/setup.ts'
import type { Clock } from '../app/ports.ts'

export type { HistoryWindow, StripeHistory, WindowFacts } from '../../integrations/stripe/history.ts'
export type { StripeCheck, WebhookSetup } from '../../integrations/stripe/setup.ts'

export interface StripeTools {
  /** `withItems`: also the lines of orders, for programs whose rules look at products. */
  history(withItems: boolean): StripeHistory
  /** The webhook endpoint's whole address below a public URL. */
  webhookUrl(url: string): string
  /** `connect`: the endpoint for connected accounts, which partners have. */
  setup(url: string, connect: boolean): Promise<WebhookSetup>
  check(url: string | null, connect: boolean): Promise<StripeCheck[]>
}

export interface StripeToolsOptions {
  secretKey: string
  apiUrl: string | null
  clock: Clock
}

export function createStripeTools({ secretKey, apiUrl, clock }: StripeToolsOptions): StripeTools {
  const stripe = createStripeClient({ apiKey: secretKey, apiUrl })
  return {
    history: (withItems) => createStripeHistory({ stripe, clock, withItems }),
    webhookUrl,
    setup: (url, connect) => setupStripeWebhook({ stripe, url, connect }),
    check: (url, connect) => checkStripe({ stripe, url, connect }),
  }
}
