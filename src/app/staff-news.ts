/** What staff are to hear of: a question to the approvers, what was said to it, and what Stripe would not make. */
import type { AdjustmentRequest } from '../core/adjustment-request.ts'
import type { Redemption } from '../core/reward-state.ts'
import type { Desk } from './desk.ts'

export const SLACK_REDEMPTION = 'slack.redemption'
export const SLACK_ADJUSTMENT = 'slack.adjustment'

/** So long at the least the window in which it was asked for is kept up to date: it shows the code itself. */
const WATCHED_MS = 15_000

/** Something about it that staff should see. Whoever delivers looks at how it is then. */
export const tellOfRedemption = (desk: Desk, { id }: Pick<Redemption, 'id'>): void =>
  desk.effect({ kind: SLACK_REDEMPTION, key: id, payload: { redemption: id }, dueAt: null })

export const tellOfRequest = (desk: Desk, { id }: Pick<AdjustmentRequest, 'id'>): void =>
  desk.effect({ kind: SLACK_ADJUSTMENT, key: id, payload: { request: id }, dueAt: null })

/** It is made: whoever asked in Slack and no longer looks is told. */
export function tellOfMade(desk: Desk, redemption: Redemption): void {
  const { requestedBy, decision, createdAt } = redemption
  if (!requestedBy.startsWith('slack:')) return
  if (decision !== null || desk.now - createdAt > WATCHED_MS) tellOfRedemption(desk, redemption)
}
