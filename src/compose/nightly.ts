// The night's look at Stripe's lists: what no webhook brought in the last 35 days is fetched, and said.
import type { App, Clock, Logger } from '../app/ports.ts'
import { type PaymentHistory, type ReconcileReport, reconcile } from '../app/reconcile.ts'
import type { Config } from '../config.ts'
import { programNeedsItems } from '../core/earning.ts'
import type { NightlyJob } from './background.ts'

const DAY_MS = 86_400_000
/** A little more than the longest month, and than Stripe keeps events. */
const DAYS_BACK = 35
/** What is newer may still be on its way to us. */
const HOUR_MS = 3_600_000
const LISTED = 20

export interface NightlyOptions {
  config: Pick<Config, 'stripe'>
  app: Pick<App, 'findPayments' | 'learnFacts' | 'program'>
  clock: Clock
  logger: Logger
  /** Default: Stripe's lists, by the key that is configured. */
  openHistory?: (withItems: boolean) => Promise<PaymentHistory>
}

/** Nothing without a key to ask Stripe with. */
export function nightlyJobs({ config, app, clock, logger, openHistory }: NightlyOptions): NightlyJob[] {
  const { secretKey, apiUrl } = config.stripe
  if (secretKey === null) return []
  const openStripe = async (withItems: boolean) => {
    const { createStripeTools } = await import('./stripe-tools.ts')
    return createStripeTools({ secretKey, apiUrl, clock }).history(withItems)
  }
  const look = async () => {
    const history = await (openHistory ?? openStripe)(programNeedsItems(app.program().program))
    const to = clock.now() - HOUR_MS
    tell(await reconcile(app, history, { from: to - DAYS_BACK * DAY_MS, to, fix: true }), logger)
  }
  return [{ name: 'reconcile with Stripe', run: look }]
}

function tell({ payments, matched, differences, unlisted, remaining }: ReconcileReport, logger: Logger): void {
  if (differences.length === 0) {
    logger.info('the last 35 days agree with Stripe', { payments })
    return
  }
  const ids = (kind: 'missing' | 'other_amount') =>
    differences.flatMap((one) => (one.kind === kind ? [one.id] : [])).slice(0, LISTED)
  logger.warn('payments differed from Stripe, and what could be learnt was', {
    payments,
    matched,
    differences: differences.length + unlisted,
    remaining,
    missing: ids('missing'),
    otherAmount: ids('other_amount'),
  })
}
