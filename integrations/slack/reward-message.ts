/** What a customer is told of a reward of theirs, whatever became of it. */
import type { MemberView, RedemptionView } from '../../src/app/ports.ts'
import type { Program } from '../../src/program/schema.ts'
import { type Line, lastDay, letter, price, type Speaking, speakTo } from './customer-words.ts'

/** Whatever became of it. Of what it is worth only where the program still has it as it was. */
export function rewardMessage(redemption: RedemptionView, member: MemberView, program: Program, now: number): string {
  const speaking = speakTo(member, program, now)
  const { say, name } = speaking
  const reward = name(redemption.name)
  switch (redemption.state) {
    case 'awaiting_approval':
      return letter(speaking, member, [say('member.reward.asked', { reward })])
    case 'used':
      return letter(speaking, member, [say('member.reward.used', { reward })])
    case 'expired':
      return letter(speaking, member, [
        endedSentence(redemption, reward, speaking, now),
        back(redemption, member, speaking),
      ])
    case 'cancelled':
      return letter(speaking, member, [say('member.reward.cancelled', { reward }), back(redemption, member, speaking)])
    case 'reserved':
    case 'issued': {
      const given = redemption.charge === 'house' ? 'member.reward.present' : 'member.reward.ready'
      const account = [accountSentence(redemption, member, speaking)]
      return letter(speaking, member, [say(given, { reward })], ...howToUse(redemption, speaking), account)
    }
    default: {
      const unknown: never = redemption.state
      return unknown
    }
  }
}

function endedSentence({ expiresAt, endedAt }: RedemptionView, reward: string, { say, words }: Speaking, now: number) {
  const day = expiresAt === null ? (endedAt ?? now) : lastDay(expiresAt)
  return say('member.reward.ended', { reward, date: words.longDate(day) })
}

const back = ({ points, cost }: RedemptionView, { points: { available } }: MemberView, { say, words }: Speaking) =>
  points > 0 || cost === 0
    ? null
    : say('member.reward.back', { points: words.points(cost), left: words.points(available) })

function accountSentence(
  { charge, cost }: RedemptionView,
  { points: { available } }: MemberView,
  { say, words }: Speaking,
) {
  if (charge === 'house') return available > 0 ? say('member.reward.kept', { points: words.points(available) }) : null
  return cost > 0 ? say('member.reward.spent', { points: words.points(cost), left: words.points(available) }) : null
}

type Fulfil = Program['rewards'][number]['fulfil']

/** What the reward is, as the program has it now; null where that need not be what was given. */
function termsOf({ reward, name, kind, charge, cost }: RedemptionView, program: Program): Fulfil | null {
  const now = program.rewards.find(({ id }) => id === reward)
  const isSame =
    now?.name === name && now.fulfil.kind === kind && (charge === 'house' || cost === 0 || now.cost === cost)
  return isSame ? now.fulfil : null
}

function howToUse(redemption: RedemptionView, speaking: Speaking): Line[] {
  const { say } = speaking
  const terms = termsOf(redemption, speaking.program)
  switch (redemption.kind) {
    case 'promotion_code':
      return codeLines(redemption, terms, speaking)
    case 'credit': {
      const amount = terms?.kind === 'credit' ? price(terms.amount, speaking) : null
      return [[amount === null ? say('member.reward.creditPlain') : say('member.reward.credit', { amount })]]
    }
    case 'manual':
      return [[say(redemption.state === 'issued' ? 'member.reward.handedOver' : 'member.reward.collect')]]
    case 'donation':
      return [[donationSentence(terms, speaking)]]
    default: {
      const unknown: never = redemption.kind
      return unknown
    }
  }
}

function codeLines({ code, expiresAt }: RedemptionView, terms: Fulfil | null, speaking: Speaking): Line[] {
  const { say, words } = speaking
  if (code === null) return [[say('member.reward.making')]]
  const off = terms?.kind === 'promotion_code' ? offInWords(terms, speaking) : null
  return [
    // By itself, so that it is copied without a full stop.
    [say('member.reward.code', { code })],
    [
      off === null ? say('member.reward.enter') : say('member.reward.takesOff', { off }),
      expiresAt === null
        ? say('member.reward.once')
        : say('member.reward.onceUntil', { date: words.longDate(lastDay(expiresAt)) }),
    ],
  ]
}

function offInWords(terms: Extract<Fulfil, { kind: 'promotion_code' }>, speaking: Speaking): string | null {
  if (terms.amountOff !== null) return price(terms.amountOff, speaking)
  return terms.percentOff === null ? null : speaking.words.percent(terms.percentOff / 100)
}

function donationSentence(terms: Fulfil | null, speaking: Speaking): string {
  const { say, name, program } = speaking
  const cause = terms?.kind === 'donation' ? program.causes.find(({ id }) => id === terms.cause) : undefined
  if (terms?.kind !== 'donation' || cause === undefined) return say('member.reward.donationPlain')
  return say('member.reward.donation', { amount: price(terms.amount, speaking), cause: name(cause.name) })
}
