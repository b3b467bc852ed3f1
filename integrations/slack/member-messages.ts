/**
 * What staff copy for a customer, in the customer's language: whole, plain texts. What staff typed for one another, and why, is
 * not in them.
 */
import type { AwardView, MemberRewardsView, MemberView } from '../../src/app/ports.ts'
import { minorUnits } from '../../src/core/reward-terms.ts'
import type { Program } from '../../src/program/schema.ts'
import { awardInWords, type Line, lastDay, letter, price, type Speaking, speakTo } from './customer-words.ts'
import { rewardsWithinReach } from './member-rewards.ts'

export { rewardMessage } from './reward-message.ts'

// ------------------------------------------------------------------------------------------------------------- balance

/** `rewards`: what the use cases say this member may have; left out, it is reckoned from the program. */
export function balanceMessage(member: MemberView, program: Program, now: number, rewards?: MemberRewardsView): string {
  const speaking = speakTo(member, program, now)
  const { say, words } = speaking
  const { available, pending, nextExpiry } = member.points
  const expiring =
    nextExpiry === null || available <= 0
      ? null
      : say('member.balance.expiring', {
          points: words.points(nextExpiry.points),
          date: words.longDate(lastDay(nextExpiry.at)),
        })
  return letter(
    speaking,
    member,
    [pointsSentence(member, speaking), expiring],
    [pending > 0 ? say('member.balance.pending', { points: words.points(pending) }) : null],
    tierLine(member, speaking),
    reachLine(member, speaking, now, rewards),
  )
}

function pointsSentence({ points: { available } }: MemberView, { say, words, program }: Speaking): string {
  const points = words.points(available)
  if (available < 0) return say('member.balance.owes', { points })
  const worth = minorUnits(available * program.points.value, program.currency)
  if (worth === 0) return say('member.balance.has', { points })
  return say('member.balance.hasWorth', { points, worth: words.money(worth, program.currency) })
}

function tierLine({ tier }: MemberView, speaking: Speaking): Line {
  const { say, words, name } = speaking
  if (tier === null) return []
  const held = { tier: name(tier.name) }
  return [
    tier.until === null
      ? say('member.balance.tier', held)
      : say('member.balance.tierUntil', { ...held, date: words.longDate(lastDay(tier.until)) }),
    tier.next === null ? null : nextTierSentence(tier.next, speaking),
  ]
}

type NextTier = NonNullable<NonNullable<MemberView['tier']>['next']>

function nextTierSentence({ name: tier, remaining, by }: NextTier, speaking: Speaking): string {
  const { say, words, name } = speaking
  const values = { tier: name(tier), missing: missingInWords(remaining, speaking) }
  if (by === null) return say('member.balance.toTier', values)
  return say('member.balance.toTierBy', { ...values, date: words.longDate(lastDay(by)) })
}

/** As the program counts: points, money or purchases. */
function missingInWords(remaining: number, { say, words, program }: Speaking): string {
  const metric = program.tiers?.metric ?? 'points'
  if (metric === 'spend') return words.price(remaining, program.currency)
  return metric === 'purchases' ? say('member.balance.purchases', { count: remaining }) : words.points(remaining)
}

/** What they can have now, else how far the nearest reward is. */
function reachLine(member: MemberView, speaking: Speaking, now: number, rewards?: MemberRewardsView): Line {
  const { say, words, name, program } = speaking
  const { affordable, nearest } = rewardsWithinReach(member, program, now, rewards)
  if (affordable.length > 0) {
    const named = affordable.map(({ name: reward, cost }) =>
      say('member.balance.rewardFor', { reward: name(reward), points: words.points(cost) }),
    )
    return [say('member.balance.canHave', { rewards: words.list(named) })]
  }
  if (nearest === null) return []
  const points = words.points(nearest.cost - member.points.available)
  return [say('member.balance.toReward', { points, reward: name(nearest.name) })]
}

/** Null where nothing of theirs ends. */
export function pointsExpiringMessage(
  member: MemberView,
  program: Program,
  now: number,
  rewards?: MemberRewardsView,
): string | null {
  const { nextExpiry } = member.points
  if (nextExpiry === null) return null
  const speaking = speakTo(member, program, now)
  const { say, words } = speaking
  const values = { points: words.points(nextExpiry.points), date: words.longDate(lastDay(nextExpiry.at)) }
  return letter(speaking, member, [say('member.expiring.notice', values)], reachLine(member, speaking, now, rewards))
}

/** `points`: signed, as they moved. */
export function adjustmentMessage(
  { points }: { points: number },
  member: MemberView,
  program: Program,
  now: number,
): string {
  const speaking = speakTo(member, program, now)
  const { say, words } = speaking
  const said = points < 0 ? 'member.adjustment.taken' : 'member.adjustment.added'
  return letter(
    speaking,
    member,
    [say(said, { points: words.points(Math.abs(points)) })],
    [say('member.adjustment.now', { points: words.points(member.points.available) })],
  )
}

// ----------------------------------------------------------------------------------------------------------- occasions

export function welcomeMessage(member: MemberView, program: Program, now: number): string {
  const speaking = speakTo(member, program, now)
  const { say, words, name } = speaking
  const award = awardInWords(program.enrolment.award, speaking)
  const earns = program.earning.some(({ on }) => on === 'purchase' || on === 'item')
  return letter(
    speaking,
    member,
    [
      say('member.welcome.title', { program: name(program.name) }),
      earns ? say('member.welcome.earns', { pointsName: words.pointsName() }) : null,
    ],
    [award === '' ? null : say('member.welcome.award', { award })],
    [program.referral === null ? null : say('member.referral.code', { code: member.referralCode })],
  )
}

/** Null for whoever holds no tier. */
export function tierReachedMessage(member: MemberView, program: Program, now: number): string | null {
  const { tier } = member
  if (tier === null) return null
  const speaking = speakTo(member, program, now)
  const { say, words, name } = speaking
  const level = program.tiers?.levels.find(({ id }) => id === tier.id)
  const times = level?.multiplier ?? 1
  const perks = words.list(member.perks.map((perk) => name(perk.name)))
  const award = level?.entry ? awardInWords(level.entry, speaking) : ''
  return letter(
    speaking,
    member,
    [
      say('member.tier.reached', { tier: name(tier.name) }),
      tier.until === null ? null : say('member.tier.until', { date: words.longDate(lastDay(tier.until)) }),
    ],
    [
      times > 1 ? say('member.tier.times', { times, pointsName: words.pointsName() }) : null,
      perks === '' ? null : say('member.tier.perks', { perks }),
    ],
    [award === '' ? null : say('member.tier.award', { award })],
  )
}

/** `given`: what they were given for it, as the award says; without one it is a wish alone. */
export function birthdayMessage(member: MemberView, program: Program, now: number, given?: AwardView): string {
  const speaking = speakTo(member, program, now)
  const award = given === undefined ? '' : givenInWords(given, speaking)
  return letter(
    speaking,
    member,
    [speaking.say('member.birthday.wish', { program: speaking.name(program.name) })],
    [award === '' ? null : speaking.say('member.birthday.award', { award })],
  )
}

/** Of one that is open, its options; of one chosen, the choice. */
function givenInWords({ award, options, chosen, state }: AwardView, speaking: Speaking): string {
  const choice = chosen === null ? undefined : options[chosen]
  return awardInWords(choice ?? { ...award, choose: state === 'open' ? options : [] }, speaking)
}

/** Null where the program has no referrals. */
export function referralMessage(member: MemberView, program: Program, now: number): string | null {
  const { referral } = program
  if (referral === null) return null
  const speaking = speakTo(member, program, now)
  const { say } = speaking
  const friend = awardInWords(referral.friend, speaking)
  const referrer = awardInWords(referral.referrer, speaking)
  const count = [friend, referrer].filter((award) => award !== '').length
  return letter(
    speaking,
    member,
    [say('member.referral.code', { code: member.referralCode })],
    [
      friend === '' ? null : say('member.referral.friend', { award: friend }),
      referrer === '' ? null : say('member.referral.you', { award: referrer }),
    ],
    [
      referral.minimumPurchase > 0
        ? say('member.referral.when', { count, amount: price(referral.minimumPurchase, speaking) })
        : say('member.referral.whenAny', { count }),
    ],
  )
}

/** Null where nothing is left to choose. Numbered from 1, as people count. */
export function awardChoiceMessage(award: AwardView, member: MemberView, program: Program, now: number): string | null {
  if (award.state !== 'open' || award.options.length === 0) return null
  const speaking = speakTo(member, program, now)
  const options = award.options.map((option, index) => [
    speaking.say('member.choice.option', { number: index + 1, option: awardInWords(option, speaking) }),
  ])
  return letter(speaking, member, [speaking.say('member.choice.ask')], ...options, [
    speaking.say('member.choice.answer'),
  ])
}
