/** What staff are told when something may not be done: one sentence for each reason, and the use case's own where it says more. */
import type { Refusal, RefusalCode } from '../../src/app/ports.ts'
import type { WordKey, Words } from '../../src/words/words.ts'
import { esc } from './blocks.ts'

const SENTENCES = {
  invalid_request: 'staff.refusal.invalid_request',
  not_found: 'staff.refusal.not_found',
  idempotency_conflict: 'staff.refusal.idempotency_conflict',
  conflict: 'staff.refusal.conflict',
  member_inactive: 'staff.refusal.member_inactive',
  unknown_reward: 'staff.refusal.unknown_reward',
  reward_closed: 'staff.refusal.reward_closed',
  not_eligible: 'staff.refusal.not_eligible',
  redeeming_frozen: 'staff.refusal.redeeming_frozen',
  limit_reached: 'staff.refusal.limit_reached',
  out_of_stock: 'staff.refusal.out_of_stock',
  insufficient_points: 'staff.refusal.insufficient_points',
  staff_limit: 'staff.refusal.staff_limit',
  forbidden: 'staff.refusal.forbidden',
} as const satisfies Record<RefusalCode, WordKey>

/** `instead`: what it says is said to staff, and says all. `behind`: likewise, and adds to ours. `toThem`: it is worded for the member. */
const OWN: Partial<Record<RefusalCode, 'instead' | 'behind' | 'toThem'>> = {
  conflict: 'instead',
  staff_limit: 'behind',
  reward_closed: 'toThem',
  not_eligible: 'toThem',
  redeeming_frozen: 'toThem',
  limit_reached: 'toThem',
  insufficient_points: 'toThem',
}

const LENGTH_LIMIT = 400

/** In mrkdwn. `about`: rewards are refused in words for the member, other things in words for staff. */
export function refusalSentence(
  words: Words,
  { code, message }: Pick<Refusal, 'code' | 'message'>,
  about: 'reward' | 'other',
): string {
  const sentence = words.say(SENTENCES[code])
  const said = esc(message, LENGTH_LIMIT)
  const how = OWN[code]
  if (how === undefined || said === '') return sentence
  if (how === 'instead') return `${said}.`
  if (how === 'toThem' && about === 'reward') return `${sentence} ${words.say('staff.refusal.toThem', { said })}`
  return `${sentence} ${said}.`
}
