/** Alerts: something about a member that staff should hear of while it can still be changed. */

export type AlertKind =
  | 'at_risk'
  | 'overdue'
  | 'tier_at_risk'
  | 'points_expiring'
  | 'payment_failed'
  | 'cancelling'
  | 'unhappy'

/** `held_out`: never shown, so that one can learn what acting is worth. */
export type AlertState = 'open' | 'resolved' | 'held_out'

/**
 * How it ended. By staff: they helped (spoke, made a gift), nobody answered, there was no need, the customer is gone. By
 * itself: the customer came back, the occasion passed (the card was charged, the points ended), the member left.
 */
export type AlertOutcome = 'helped' | 'no_answer' | 'not_needed' | 'gone' | 'came_back' | 'passed' | 'member_left'

/** A purchase that followed. Minor units of the program's currency. */
export interface Comeback {
  at: number
  payment: string
  amountMinor: number
}

export interface AlertStep {
  at: number
  actor: string
  did: 'opened' | 'assigned' | 'snoozed' | 'resolved' | 'reopened' | 'rewarded' | 'came_back'
  /** To whom, until when (ISO), with which outcome, which redemption; null where there is nothing to say. */
  detail: string | null
}

export interface Alert {
  /** `alertId(member, kind or 'lapse', occasion)`. */
  id: string
  /** 0 while not stored yet. */
  version: number
  member: string
  kind: AlertKind
  /** What it is about: the day of the last purchase, an invoice, a date. */
  occasion: string
  state: AlertState
  openedAt: number
  /** What is at stake, minor units of the program's currency. */
  valueMinor: number
  /** The sentence that staff read: the customer's situation. No names, no jargon. */
  reason: string
  /** The figures in the sentence, for whoever draws or translates. */
  facts: Record<string, string | number | null>
  /** A reward of the program that fits: from their points, or as a present. */
  suggestion: { reward: string; charge: 'member' | 'house' } | null
  /** Not shown before; null or past: it is there. */
  snoozedUntil: number | null
  assignee: string | null
  outcome: AlertOutcome | null
  resolvedAt: number | null
  note: string | null
  /** When somebody first acted on it: took it, gave a reward, or resolved it as helped. */
  actedAt: number | null
  /** Days within which a purchase counts as coming back: 30, or the member's own usual interval where that is longer. */
  windowDays: number
  /** Of a lapse: their last purchase as known when it was opened. Whatever they bought after it ends the lapse. */
  lastPurchaseAt: number | null
  /** The first purchase kept within the window after it was opened, whoever acted: for comparing with those held out. */
  returned: Comeback | null
  /** The first purchase kept within the window after somebody acted. */
  cameBack: Comeback | null
  steps: AlertStep[]
}

/** What is known when an alert is to be opened. `suggestion: null`: one is looked for. */
export type AlertDraft = Pick<
  Alert,
  'kind' | 'occasion' | 'valueMinor' | 'reason' | 'facts' | 'suggestion' | 'windowDays'
>

/** They tell of the same: a customer who stays away. */
export const isLapse = (kind: AlertKind): boolean => kind === 'at_risk' || kind === 'overdue'

/** One per member, kind and occasion; at risk and overdue are one lapse. Fit to stand in a path. */
export const alertId = (member: string, kind: AlertKind, occasion: string): string =>
  `alr_${member.replace(/^mem_/, '')}.${isLapse(kind) ? 'lapse' : kind}.${occasion.replaceAll('/', '.')}`

/** What a member said of the shop. */
export interface Feedback {
  /** That of the action it came with. */
  id: string
  member: string
  at: number
  recordedAt: number
  /** `nps`: 0 to 10, how likely they are to recommend the shop; `stars`: 1 to 5. */
  scale: 'nps' | 'stars'
  score: number
  /** Their words; erasable. */
  text: string | null
  source: string
}
