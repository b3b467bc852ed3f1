/** Members who bring others: by which code, with which purchase it counts, and how many count for one member. */
import type { Program } from '../program/schema.ts'
import { DAY_MS, startOfDay } from './calendar.ts'
import { currencyExponent } from './currency.ts'
import { derivePayment } from './derive-payment.ts'
import { dayAt, periodAt } from './limits.ts'
import { spendMinor } from './spend.ts'
import type { Payment } from './state.ts'

/** So long points for a referral wait: the time in which most orders go back. */
const PENDING_DAYS = 30

/** When points for a purchase made at `at` can be used. */
export const referralAvailableAt = (at: number): number => at + PENDING_DAYS * DAY_MS

const METADATA = ['referral_code', 'referralCode'] as const
const CODE_CHARACTERS = 10
const CODE_LIMIT = 40

/** As codes are stored: people write them small, or leave out what stands between. Null for what cannot be one. */
export function normalCode(written: string): string | null {
  const code = written.trim().toUpperCase()
  if (code === '' || code.length > CODE_LIMIT) return null
  const half = CODE_CHARACTERS / 2
  return code.length === CODE_CHARACTERS && !code.includes('-') ? `${code.slice(0, half)}-${code.slice(half)}` : code
}

/** The code that a purchase was made with; null where there was none. */
export function codeOf({ parts: { metadata } }: Pick<Payment, 'parts'>): string | null {
  const written = METADATA.map((key) => metadata[key]).find((value) => value !== undefined)
  return written === undefined ? null : normalCode(written)
}

/**
 * Whether a friend's purchase counts. It is judged on what was paid, net, by the program it was decided under; refunded in
 * part it still counts, like any `minimum`, refunded in full it does not. Nobody is brought by what they bought on days
 * before they joined by themselves (`joinedAt`).
 */
export function qualifies(payment: Payment, program: Program, joinedAt: number | null): boolean {
  const { counted, eligible, parts } = payment
  if (program.referral === null || !eligible || counted.at === null || counted.purchases === 0) return false
  const zone = program.timezone
  if (joinedAt !== null && counted.at < startOfDay(dayAt(joinedAt, zone), zone)) return false
  const paid = spendMinor(program, { ...derivePayment(parts), refundedMinor: 0 })
  return paid >= Math.round(program.referral.minimumPurchase * 10 ** currencyExponent(program.currency))
}

/** A friend's purchase that counts for who brought them. */
export interface Brought {
  payment: string
  at: number
  /** The program by whose terms it counts. */
  program: Program
}

const firstFirst = (a: Brought, b: Brought): number => a.at - b.at || (a.payment < b.payment ? -1 : 1)

/** Those within the limit: in each period the first so many, by when they were made. */
export function withinLimit<One extends Brought>(all: readonly One[]): Set<One> {
  const standing = new Set<One>()
  for (const one of [...all].sort(firstFirst)) {
    const limit = one.program.referral?.limit ?? null
    if (limit !== null) {
      const { from, to } = periodAt(one.at, limit.per, one.program.timezone)
      const before = [...standing].filter(({ at }) => at >= from && (to === null || at < to)).length
      if (before >= limit.times) continue
    }
    standing.add(one)
  }
  return standing
}
