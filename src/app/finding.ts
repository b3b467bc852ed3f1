/** Who a customer is, and how they stand: for staff who have them on the telephone (ports/finding.ts). */
import type { DerivedPayment } from '../core/derive-payment.ts'
import { derivePayment } from '../core/derive-payment.ts'
import type { PaymentParts } from '../core/facts.ts'
import type { Member, Payment } from '../core/state.ts'
import { type Context, done, findMember, noMember } from './context.ts'
import { STRIPE_MODE } from './events.ts'
import { iso, projectBooks, viewMember } from './member-view.ts'
import type { CloseUp, Finding, FoundMembers, MoneyMoved } from './ports/finding.ts'
import type { MemberView, Result } from './ports.ts'
import { eachOf } from './reading.ts'
import type { Tx } from './store-port.ts'

/** So many are put in order and counted; whoever finds more types another letter. */
const COUNTED = 110
/** Of one or two letters, which many have. */
const COUNTED_OF_FEW = 40
const FEW_LETTERS = 2
/** As `createNewCode` makes them, with or without the dash. */
const CODE = /^[2-9BCDFGHJKMNPQRSTVWXYZ]{10}$/
const CODE_HALF = 5
/** Payments looked at: what was given back of late may be of one of long ago. */
const PAYMENTS = 20

export function createFinding(context: Context): Finding {
  const { store } = context
  return {
    findMembers: (text, page) => findMembers(context, text, page),
    similarMembers: async (text, limit) => viewAll(context, await store.similarMembers({ text, limit })),
    mentionedMembers: async (text, limit) => viewAll(context, await store.mentionedMembers({ text, limit })),
    closeUp: (ref, limit) => closeUp(context, ref, limit),
    stripeMode: async () => {
      const mode = (await context.read((tx) => tx.names([STRIPE_MODE]))).get(STRIPE_MODE)
      return mode === 'live' || mode === 'test' ? mode : null
    },
  }
}

async function findMembers(
  context: Context,
  text: string,
  { from = 0, limit }: { from?: number; limit: number },
): Promise<FoundMembers> {
  const holder = await holderOfCode(context, text)
  if (holder !== null) return { items: await viewAll(context, [holder]), total: 1, isMore: false }
  const most = [...text.trim()].length <= FEW_LETTERS ? COUNTED_OF_FEW : COUNTED
  let { members, isMore } = await context.store.findMembers({ text, status: null, most })
  if (members.length === 0) ({ members, isMore } = await context.store.findMembers({ text, status: 'candidate', most }))
  return { items: await viewAll(context, members.slice(from, from + limit)), total: members.length, isMore }
}

/** Also of somebody who has become part of another since. */
function holderOfCode(context: Context, text: string): Promise<Member | null> {
  const letters = text.replace(/[\s-]/g, '').toUpperCase()
  if (!CODE.test(letters)) return Promise.resolve(null)
  return context.read((tx) => {
    const id = tx.memberWithCode(`${letters.slice(0, CODE_HALF)}-${letters.slice(CODE_HALF)}`)
    const member = id === null ? null : findMember(tx, id)
    return member?.status === 'erased' ? null : member
  })
}

function viewAll(context: Context, members: readonly Member[]): Promise<MemberView[]> {
  if (members.length === 0) return Promise.resolve([])
  const now = context.clock.now()
  const knowledge = context.retention.current()
  return context.read((tx) => {
    const programs = context.programsIn(tx)
    return eachOf(members, (member) => viewMember({ tx, programs, member, now, knowledge, isBrief: true }))
  })
}

async function closeUp(context: Context, ref: string, limit: number): Promise<Result<CloseUp>> {
  const now = context.clock.now()
  const member = await context.read((tx) => findMember(tx, ref))
  if (member === null) return noMember()
  const payments = await context.store.newestPayments(member.id, PAYMENTS)
  const nextAvailable = await context.read((tx) => nextOf(context, tx, member, now))
  return done({ money: payments.flatMap(moneyOf).sort(newestFirst).slice(0, limit), nextAvailable })
}

const newestFirst = (a: MoneyMoved, b: MoneyMoved): number => Date.parse(b.at) - Date.parse(a.at)

function nextOf(context: Context, tx: Tx, member: Member, now: number): CloseUp['nextAvailable'] {
  if (member.pending === 0) return null
  const books = projectBooks(tx, context.programsIn(tx), member, now)
  const waiting = books.openLots().filter(({ state, availableAt }) => state === 'pending' && (availableAt ?? 0) > now)
  const at = Math.min(...waiting.map(({ availableAt }) => availableAt ?? Number.POSITIVE_INFINITY))
  if (!Number.isFinite(at)) return null
  const points = waiting.filter(({ availableAt }) => availableAt === at).reduce((sum, lot) => sum + lot.remaining, 0)
  return { points, at: iso(at) }
}

function moneyOf({ parts, counted }: Payment): MoneyMoved[] {
  const derived = derivePayment(parts)
  const { paidMinor, currency } = derived
  const at = counted.at ?? derived.at
  if (paidMinor <= 0 || at === null || currency === null) return []
  const back = refundsOf(parts, derived).map((one) => ({ ...one, currency }))
  // Of the same moment, what followed stands first.
  return [...back.toReversed(), { at: iso(at), kind: 'purchase', amount: paidMinor, currency }]
}

/** One by one where they are known so and come to what is gone; else together, as of the newest. */
function refundsOf(
  parts: PaymentParts,
  { refundedMinor, refundedAt, at }: DerivedPayment,
): Omit<MoneyMoved, 'currency'>[] {
  if (refundedMinor === 0) return []
  const refunds = Object.values(parts.refunds).flatMap(({ state, at, amountMinor }) =>
    state === 'failed' ? [] : [{ at: iso(at), kind: 'refund' as const, amount: amountMinor }],
  )
  const disputes = Object.values(parts.disputes).flatMap(({ moved, amountMinor }) =>
    moved?.withdrawn === true ? [{ at: iso(moved.at), kind: 'dispute' as const, amount: amountMinor }] : [],
  )
  const known = [...refunds, ...disputes]
  const isAll = known.reduce((sum, { amount }) => sum + amount, 0) === refundedMinor
  return isAll ? known : [{ at: iso(refundedAt ?? at ?? 0), kind: 'refund', amount: refundedMinor }]
}
