/** What goes out to Slack by itself: alerts, what became of rewards, the day's digest. Each kind has a file of its own. */
import type { App, Clock, Deliverer, DeliveryOutcome, Logger, OutboxRow } from '../../src/app/ports.ts'
import type { Program } from '../../src/program/schema.ts'
import { createWords, type Words } from '../../src/words/words.ts'
import type { CallFailure, SlackCalls } from './calls.ts'
import type { DeskSettings } from './desk.ts'

export const SLACK_ALERT = 'slack.alert'
export const SLACK_REDEMPTION = 'slack.redemption'
export const SLACK_ADJUSTMENT = 'slack.adjustment'
export const SLACK_DIGEST = 'slack.digest'

export interface Delivering {
  app: App
  clock: Clock
  logger: Logger
  slack: SlackCalls
  settings: DeskSettings
  program: () => Program
  /** In English: what is posted to a channel is read by many. */
  words: () => Words
  /** The e-mail address of whoever looks after the member in the CRM; null where nobody does, or no CRM is connected. */
  ownerOf: (member: string) => Promise<string | null>
}

export type DeliverOne = (row: OutboxRow, delivering: Delivering) => Promise<DeliveryOutcome>
export type DeliverMany = (rows: readonly OutboxRow[], delivering: Delivering) => Promise<DeliveryOutcome[]>

/** Of a failed call, what is to become of what should have been said. */
export function outcomeOf(failure: CallFailure): DeliveryOutcome {
  if (failure.because === 'limited') return { kind: 'wait', forMs: failure.forMs }
  if (failure.because === 'down') return { kind: 'down', reason: `Slack does not answer (${failure.reason})` }
  return { kind: 'refused', reason: `Slack refused: ${failure.reason}` }
}

export type DeliveringOptions = Omit<Delivering, 'words'>

export function createDeliverers(
  options: DeliveringOptions,
  one: Record<string, DeliverOne>,
  alerts: DeliverMany,
): Pick<Deliverer, 'deliver'> & { together: (rows: readonly OutboxRow[]) => Promise<DeliveryOutcome[]> } {
  const words = (): Words => createWords({ language: 'en', program: options.program(), now: options.clock.now() })
  const delivering: Delivering = { ...options, words }
  return {
    deliver: async (row) => {
      const deliver = Object.hasOwn(one, row.kind) ? one[row.kind] : undefined
      if (deliver === undefined) return { kind: 'refused', reason: `Nobody delivers ${row.kind}` }
      return deliver(row, delivering)
    },
    together: (rows) => alerts(rows, delivering),
  }
}
