/** What Stripe says of a subscription: kept for churn, told to staff where it is about to end, and for paid tiers. */
import type { SubscriptionFact } from '../core/facts.ts'
import { rebuildTiers, settleMember } from '../core/member-progress.ts'
import { enrolsAt, hasPaidLevels, learnSubscription } from '../core/paid-tiers.ts'
import type { Member } from '../core/state.ts'
import { startTiers } from '../core/tiers.ts'
import { stands } from './award-series.ts'
import type { Desk } from './desk.ts'
import { identify } from './identify.ts'
import { unwelcome, welcome, welcomeOf } from './joining.ts'
import { ask } from './record-payment.ts'
import { followSubscriptions, noteSubscribed } from './subscription-alerts.ts'

export const namesInSubscription = ({ customer }: SubscriptionFact): string[] => (customer === null ? [] : [customer])

/** Answers the subscription's id. */
export function recordSubscription(desk: Desk, fact: SubscriptionFact): string {
  desk.changes.subscriptions = [...(desk.changes.subscriptions ?? []), fact]
  noteSubscribed(desk)
  const member = subscriber(desk, fact)
  const before = member === null ? null : enrolsAt(member, desk.programs.current)
  if (member !== null && learn(desk, member, fact)) {
    enrolBySubscription(desk, member, before)
    settleMember(desk.books(member.id), desk.programs, desk.history(member.id), desk.now)
  }
  const { account, customer } = fact
  const known = account === null && customer !== null ? desk.memberNamed(customer) : null
  if (known !== null) followSubscriptions(desk, known)
  return fact.id
}

/** Whose it is, where that matters to the program; a customer we have not heard of yet becomes a candidate. */
function subscriber(desk: Desk, { account, customer }: SubscriptionFact): Member | null {
  // The subscribers of connected accounts are not the merchant's.
  if (account !== null || customer === null || !hasPaidLevels(desk.programs.current)) return null
  const member = identify(desk, { customer, email: null, name: null, phone: null, language: null })
  if (member?.profile.email === null && member.customers[customer]?.rank === -1)
    ask(desk, { kind: 'stripe.customer', id: customer, account })
  return member
}

/** Answers whether anything was new. */
function learn(desk: Desk, member: Member, fact: SubscriptionFact): boolean {
  const before = member.subscriptions
  const known = Object.keys(before).length === 0 ? [...heardBefore(desk, member), fact] : [fact]
  const subscriptions = { ...before }
  for (const one of known) subscriptions[one.id] = learnSubscription(subscriptions[one.id], one)
  if (Object.keys(subscriptions).every((id) => subscriptions[id] === before[id])) return false
  desk.change(member.id).subscriptions = subscriptions
  return true
}

/** What was only kept, as the program had no paid tiers then. */
const heardBefore = (desk: Desk, member: Member): SubscriptionFact[] =>
  member.version === 0
    ? []
    : desk.tx.subscriptionsOf(Object.keys(member.customers)).filter(({ account }) => account === null)

/**
 * Whoever holds a paid tier is a member, also while nothing was charged for it yet (a trial), where members need not ask
 * for it: since they first held it, or since an earlier payment.
 */
function enrolBySubscription(desk: Desk, { id }: Member, before: number | null): void {
  const { current, version } = desk.programs
  const member = desk.change(id)
  const subscribedAt = enrolsAt(member, current)
  const at = subscribedAt === null ? null : Math.min(subscribedAt, desk.now)
  if (member.status === 'candidate') {
    if (at === null) return
    Object.assign(member, { status: 'active', enrolledAt: at, tiers: startTiers(current, version, at) })
    welcome(desk, member)
  } else if (member.enrolledAt !== null && subscribedAt !== before) moveEnrolment(desk, member, at)
}

/** They held it earlier, or later, than we knew, or never did. */
function moveEnrolment(desk: Desk, member: Member, subscribedAt: number | null): void {
  const history = desk.history(member.id)
  const times = [history.extremes('').firstEligibleAt, member.joinedAt, subscribedAt].filter((time) => time !== null)
  if (times.length === 0) {
    takeEnrolmentBack(desk, member)
    return
  }
  const enrolledAt = Math.min(...times)
  if (enrolledAt === member.enrolledAt) return
  member.enrolledAt = enrolledAt
  rebuildTiers(desk.books(member.id), desk.programs, history)
}

/** Nothing else made them a member. Whoever has or was given anything meanwhile stays one. */
function takeEnrolmentBack(desk: Desk, member: Member): void {
  if (member.status !== 'active') return
  const books = desk.books(member.id)
  settleMember(books, desk.programs, desk.history(member.id), desk.now)
  desk.conclude(member.id)
  const joined = welcomeOf(desk, member)
  const keeps =
    desk.given.grantsOf(member.id).some((grant) => stands(grant) && !joined.includes(grant.id)) ||
    desk.given.redemptionsOf(member.id).length > 0 ||
    books.openLots().some(({ id }) => !joined.includes(id))
  if (keeps) return
  unwelcome(desk, member, 'the subscription did not bring the tier after all')
  Object.assign(member, { status: 'candidate', enrolledAt: null, tiers: null })
}
