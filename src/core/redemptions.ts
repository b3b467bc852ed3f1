/** The life of a reward on its way to a member: what its states mean, and the sentences that the ledger has for each step. */
import type { Program } from '../program/schema.ts'
import type { Redemption, Taken } from './reward-state.ts'
import { findReward, type RewardTerms } from './reward-terms.ts'
import { count, day, pointsWord } from './sentences.ts'

/** Who asks where nobody does: an award gives it, a refund gives it again, or it is issued by itself. */
export const BY_PROGRAM = 'program'
export const BY_ITSELF = 'auto'

/** Why a replacement ends: what it stood in for was used after all. */
export const REFUND_FAILED = 'The refund of the order that the first was used on did not go through'

type Status = Pick<Redemption, 'state' | 'expiresAt' | 'code'>

/** Only a code can be used later: whatever else was issued is in the member's hands. */
export const isUsable = ({ state, code }: Pick<Redemption, 'state' | 'code'>): boolean =>
  state === 'issued' && code !== null

export const isLapsed = (redemption: Status, at: number): boolean =>
  isUsable(redemption) && redemption.expiresAt !== null && redemption.expiresAt <= at

/** Whether the member still waits for it or has yet to use it. */
export const isOpen = (redemption: Status, at: number): boolean =>
  redemption.state === 'reserved' ||
  redemption.state === 'awaiting_approval' ||
  (isUsable(redemption) && !isLapsed(redemption, at))

/** Where the points of it stand: set aside, or spent. Points that came back are in no redemption. */
export const holdsReserved = ({ state }: Pick<Redemption, 'state'>): boolean =>
  state === 'reserved' || state === 'awaiting_approval'

export const pointsIn = (taken: Taken): number => taken.reduce((sum, [, points]) => sum + points, 0)

/**
 * Whether it is one of the reward's stock: the program by which it was asked for says how many there are. One that is given
 * once more stands in for another, which counts already.
 */
export const countsInStock = (
  redemption: Pick<Redemption, 'reward' | 'again' | 'state'>,
  askedUnder: Program,
): boolean =>
  redemption.state !== 'cancelled' &&
  redemption.again === null &&
  (findReward(askedUnder, redemption.reward)?.stock ?? null) !== null

export const stockCounter = (reward: string): string => `stock:${reward}`

/** Whether it counts among those that a member may have in a period: what they, or staff for them, asked for. */
export const countsInLimit = (redemption: Redemption): boolean =>
  redemption.state !== 'cancelled' && redemption.grant === null && redemption.again === null

// ---------------------------------------------------------------------------------------------------------- sentences

const inPoints = (points: number, program: Program): string =>
  `${count(points, program.locale)} ${pointsWord(points, program)}`

export const rewardSentences = {
  reserved: ({ reward, program }: RewardTerms, points: number) =>
    `${inPoints(points, program)} set aside: ${reward.name}`,
  given: ({ reward }: RewardTerms) => `A present from us: ${reward.name}`,
  givenAgain: ({ reward }: RewardTerms) =>
    `The order that it was used on was refunded, so it is given once more: ${reward.name}`,
  issued: ({ reward, program }: RewardTerms, points: number) =>
    points > 0 ? `${inPoints(points, program)} spent: ${reward.name}` : `Ready to use: ${reward.name}`,
  handedOver: ({ reward, program }: RewardTerms, points: number) =>
    points > 0 ? `${inPoints(points, program)} spent, handed over: ${reward.name}` : `Handed over: ${reward.name}`,
  donated: ({ reward, program }: RewardTerms, points: number, cause: string) =>
    points > 0 ? `${inPoints(points, program)} given to ${cause}: ${reward.name}` : `Given to ${cause}: ${reward.name}`,
  used: ({ reward }: RewardTerms) => `Used: ${reward.name}`,
  cancelled: ({ reward, program }: RewardTerms, points: number) =>
    withPoints(`Cancelled: ${reward.name}`, program, points),
  refused: ({ reward, program }: RewardTerms, points: number) =>
    withPoints(`It could not be made: ${reward.name}`, program, points),
  lapsed: ({ reward, program }: RewardTerms, at: number, points: number) =>
    withPoints(`Ended unused on ${day(at, program, true)}: ${reward.name}`, program, points),
  usedAfterAll: ({ reward, program }: RewardTerms, points: number) =>
    points > 0 ? `${inPoints(points, program)} spent after all: ${reward.name}` : `It counts after all: ${reward.name}`,
  outOfStock: ({ reward }: RewardTerms, occasion: string) => `${occasion}, but there is none left: ${reward.name}`,
  cannotBeMade: ({ reward }: RewardTerms, occasion: string) =>
    `${occasion}, but a credit needs a customer at Stripe: ${reward.name}`,
}

const withPoints = (sentence: string, program: Program, points: number): string =>
  points > 0 ? `${sentence}; ${inPoints(points, program)} are there again` : sentence
