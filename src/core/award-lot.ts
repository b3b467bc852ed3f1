/** Lots of points that are no purchase's: adjustments, and awards for what members do. */
import type { Books } from './books.ts'
import type { Programs } from './decide-payment.ts'
import { endsAsToday, longerEnding, lotEnding } from './expiry.ts'
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
    ...termsOf(books, programs, earnedAt),
  }
  books.addLot(lot)
  return lot
}

/** What was given counts from another time than was thought: its points end accordingly. */
export function moveAwardLot(books: Books, programs: Programs, lot: Lot, earnedAt: number): void {
  // How long points wait is counted from when they were earned.
  const availableAt = lot.availableAt === null ? null : lot.availableAt - lot.earnedAt + earnedAt
  const terms = termsOf(books, programs, earnedAt, lot.returnedAt)
  // No change of the program shortens what was promised.
  const longer = endsAsToday(programs, lot.program) ? terms : longerEnding(terms, lot)
  books.setTerms(lot, { ...longer, earnedAt, availableAt })
}

/** An emptied lot whose award is given again begins anew. */
export function reopenAwardLot(
  books: Books,
  programs: Programs,
  lot: Lot,
  { earnedAt, availableAt, now }: Pick<AwardLot, 'earnedAt' | 'availableAt' | 'now'>,
): void {
  books.setTerms(lot, { ...termsOf(books, programs, earnedAt), earnedAt, availableAt })
  // What was forgiven of it was available, and comes back as such.
  if (lot.forgiven === 0) lot.state = availableAt > now ? 'pending' : 'available'
}

function termsOf(
  books: Books,
  programs: Programs,
  earnedAt: number,
  returnedAt: number | null = null,
): Pick<Lot, 'expiresAt' | 'idleMonths' | 'notBefore'> {
  const held = heldSegments(books.member)
  const { expiresAt, idleMonths, notBefore } = lotEnding(programs.current, earnedAt, held, returnedAt)
  return { expiresAt, idleMonths, notBefore }
}
