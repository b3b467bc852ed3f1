/** Lots of points that are no purchase's: adjustments, and awards for what members do. */
import type { Books } from './books.ts'
import type { Programs } from './decide-payment.ts'
import { lotEnding } from './expiry.ts'
import type { Lot } from './state.ts'
import { heldSegments } from './tiers.ts'

export interface AwardLot {
  /** The adjustment's or the grant's id. */
  id: string
  rule: string
  earnedAt: number
  /** When the points can be used; until then they are pending. */
  availableAt: number
  now: number
}

/** The lot of this id; opened with the terms of the program in force where there is none yet. */
export function openAwardLot(
  books: Books,
  programs: Programs,
  { id, rule, earnedAt, availableAt, now }: AwardLot,
  stored = true,
): Lot {
  const [known] = books.lotsById([id], stored)
  if (known) return known
  const lot: Lot = {
    id,
    member: books.member.id,
    rule,
    payment: null,
    program: programs.version,
    earnedAt,
    points: 0,
    remaining: 0,
    spent: 0,
    expired: 0,
    forgiven: 0,
    expiredAt: null,
    returnedAt: null,
    state: availableAt > now ? 'pending' : 'available',
    availableAt,
    ...termsOf(lotEnding(programs.current, earnedAt, heldSegments(books.member), null)),
  }
  books.addLot(lot)
  return lot
}

const termsOf = ({ expiresAt, idleMonths, notBefore }: ReturnType<typeof lotEnding>) => ({
  expiresAt,
  idleMonths,
  notBefore,
})
