/** Everything that goes out to Slack by itself, each kind to its file. */
import type { Deliverer } from '../../src/app/ports.ts'
import {
  createDeliverers,
  type DeliveringOptions,
  SLACK_ADJUSTMENT,
  SLACK_ALERT,
  SLACK_DIGEST,
  SLACK_REDEMPTION,
} from './deliver.ts'
import { deliverAlerts } from './deliver-alert.ts'
import { deliverDigest } from './deliver-digest.ts'
import { deliverAdjustment, deliverRedemption } from './deliver-redemption.ts'

/** So many alerts at once, so that many become one summary. */
const MOST = 100
const EVERY_MS = 5_000

export function createSlackDeliverer(options: DeliveringOptions): Deliverer {
  const one = {
    [SLACK_REDEMPTION]: deliverRedemption,
    [SLACK_ADJUSTMENT]: deliverAdjustment,
    [SLACK_DIGEST]: deliverDigest,
  }
  const { deliver, together } = createDeliverers(options, one, deliverAlerts)
  return {
    vendor: 'slack',
    kinds: [SLACK_ALERT, SLACK_REDEMPTION, SLACK_ADJUSTMENT, SLACK_DIGEST],
    deliver,
    isOneAtATime: true,
    together: { kind: SLACK_ALERT, most: MOST, everyMs: EVERY_MS, deliver: together },
  }
}
