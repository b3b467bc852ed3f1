/** Where approvers and whoever asked are told, what is kept of it, and what stands in the way, in words that say what to do. */
import type { ApprovalView } from '../../src/app/ports/approvals.ts'
import type { DeliveryOutcome } from '../../src/app/ports.ts'
import type { CallFailure } from './calls.ts'
import { outcomeOf } from './deliver.ts'

export const DONE: DeliveryOutcome = { kind: 'done' }

/** What is kept of the card, and of what whoever asked was told. */
export const cardSubject = (id: string): string => `approval:${id}`
export const toldSubject = (id: string): string => `told:${id}`

export const isErased = ({ member }: Pick<ApprovalView, 'member'>): boolean =>
  member.name === null && member.email === null

/** What somebody in Slack can mend, after which it comes by itself. */
const MENDED_BY: Record<string, (channel: string) => string> = {
  not_in_channel: (channel) => `Invite @Regulars to ${channel}: it is not in there`,
  channel_not_found: (channel) =>
    `Slack finds no channel ${channel}: invite @Regulars to it where it is private, or set staff.approvalsChannel to its id`,
  is_archived: (channel) => `${channel} is archived: bring it back, or set staff.approvalsChannel to another channel`,
  restricted_action: (channel) => `Only some people may post in ${channel}: let @Regulars post there as well`,
}

export function channelOutcome(failure: CallFailure, channel: string): DeliveryOutcome {
  const mended = Object.hasOwn(MENDED_BY, failure.reason) ? MENDED_BY[failure.reason] : undefined
  if (failure.because !== 'refused' || mended === undefined) return outcomeOf(failure)
  const named = /^(#|[CG][A-Z0-9]{2,}$)/.test(channel) ? channel : `#${channel}`
  return { kind: 'held', reason: `${mended(named)}. /loyalty approvals shows what waits` }
}
