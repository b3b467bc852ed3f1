/**
 * Alerts from Stripe's subscriptions and invoices, in the unit that records the fact. All of a member's are looked at again
 * whenever one of them, a payment of theirs or their membership changes: what stands is opened or told anew, the rest ends.
 */
import { type Alert, type AlertKind, type AlertOutcome, alertId } from '../core/alert-state.ts'
import { addStep } from '../core/alerts.ts'
import { derivePayment } from '../core/derive-payment.ts'
import type { InvoiceFailureFact, SubscriptionFact } from '../core/facts.ts'
import type { Member } from '../core/state.ts'
import { cancelling, newestFailure, paymentFailed, type Standing } from '../retention/subscriber-alerts.ts'
import { closeAlert, openAlert, putChanged } from './alerts/open.ts'
import { ANYBODY_SUBSCRIBED, type Desk } from './desk.ts'

const KINDS: ReadonlySet<AlertKind> = new Set(['payment_failed', 'cancelling'])
/** Said of one that opens again without anybody's doing: what had ended it was undone. */
const BY_ITSELF = 'by_itself'
/** Ends that nobody of the staff has made. */
const BY_PROGRAM: ReadonlySet<AlertOutcome> = new Set(['passed', 'came_back', 'member_left'])

const isWanted = ({ programs }: Desk, kind: AlertKind): boolean => programs.current.retention.alerts.includes(kind)
/** Whether the program wants to hear of subscribers. */
const isAnyWanted = (desk: Desk): boolean => [...KINDS].some((kind) => isWanted(desk, kind))

/** Something was heard of a subscription or a failed invoice: from now on members are looked at for it. */
export function noteSubscribed(desk: Desk): void {
  if (desk.name(ANYBODY_SUBSCRIBED) === null) desk.link(ANYBODY_SUBSCRIBED, 'seen')
}

/** A step of concluding: a payment may have made good what failed, a merge may have brought subscriptions. */
export function keepSubscriptionAlerts(desk: Desk, memberId: string): void {
  const member = desk.member(memberId)
  const isMerged = desk.changes.handOver?.to === member.id
  if (isMerged || watchedOf(desk, member).length > 0) followSubscriptions(desk, member.id)
}

const watchedOf = (desk: Desk, { alerts }: Member): Alert[] =>
  alerts.length === 0 ? [] : desk.alerts.all(alerts).filter(({ kind }) => KINDS.has(kind))

/** Brings a member's alerts in line with what stands of their subscriptions and invoices. */
export function followSubscriptions(desk: Desk, memberId: string): void {
  if (desk.name(ANYBODY_SUBSCRIBED) === null) return
  const member = desk.member(memberId)
  // Of kinds that are wanted no more, none is opened, and what is open ends in its time.
  if (member.status !== 'active' || !(isAnyWanted(desk) || watchedOf(desk, member).length > 0)) return
  // Their version stands for what is read here: of two facts of one moment the second sees the first.
  desk.change(member.id)
  const standing = standingOf(desk, member)
  for (const one of standing) raise(desk, member, one)
  const wanted = new Set(standing.map(({ draft: { kind, occasion } }) => `${kind} ${occasion}`))
  for (const alert of watchedOf(desk, member))
    if (alert.state === 'open' && !wanted.has(`${alert.kind} ${alert.occasion}`) && !wasReopened(alert))
      closeAlert(desk, alert, goesOn(desk, member, alert) ? 'came_back' : 'passed')
}

/** The wish was withdrawn, or another one taken; a subscription that proves to be somebody else's says nothing. */
const goesOn = (desk: Desk, member: Member, { kind, facts }: Alert): boolean =>
  kind === 'cancelling' && subscriptionsOf(desk, member).has(String(facts.subscription))

/** Staff opened it again: they have their reasons, and end it themselves. */
const wasReopened = ({ steps }: Alert): boolean =>
  steps.some(({ did, detail }) => did === 'reopened' && detail !== BY_ITSELF)

function raise(desk: Desk, member: Member, { draft, isNews }: Standing): void {
  if (!isWanted(desk, draft.kind)) return
  const ids = [member.id, ...member.absorbed].map((id) => alertId(id, draft.kind, draft.occasion))
  const all = desk.alerts.all(ids)
  const known = all.find(({ outcome }) => outcome === null) ?? all[0]
  if (known === undefined && !isNews) return
  if (known !== undefined) reopen(desk, member, known)
  openAlert(desk, member.id, draft)
}

/** What had ended it by itself does not hold any more. What staff ended stays so. */
function reopen(desk: Desk, member: Member, alert: Alert): void {
  const { state, outcome } = alert
  if (state !== 'resolved' || outcome === null || !BY_PROGRAM.has(outcome)) return
  const step = { at: desk.now, actor: desk.origin.actor, did: 'reopened', detail: BY_ITSELF } as const
  const steps = addStep(alert.steps, step)
  putChanged(desk, { ...alert, state: 'open', outcome: null, resolvedAt: null, steps })
  if (!member.alerts.includes(alert.id)) desk.change(member.id).alerts = [...member.alerts, alert.id]
}

// ------------------------------------------------------------------------------------------------- what stands

function standingOf(desk: Desk, member: Member): Standing[] {
  const subscriptions = subscriptionsOf(desk, member)
  const known = { program: desk.programs.current, now: desk.now }
  const owed = new Set<string>()
  const unpaid = failuresOf(desk, member).flatMap((failures): Standing[] => {
    const last = newestFailure(failures)
    const subscription = subscriptions.get(last?.subscription ?? '') ?? null
    const invoice = { failures, isPaid: false, subscription, ...known }
    // Whether it was paid is looked up only where it matters.
    const standing = paymentFailed(invoice)
    if (last === undefined || standing === null || isPaid(desk, last)) return []
    if (last.subscription !== null) owed.add(last.subscription)
    return [standing]
  })
  const all = [...subscriptions.values()]
  const leaving = all.flatMap((subscription): Standing[] => {
    const others = all.filter((other) => other !== subscription)
    const standing = cancelling({ subscription, others, isOwed: owed.has(subscription.id), ...known })
    return standing === null ? [] : [standing]
  })
  return [...unpaid, ...leaving]
}

/** The newest of each, those of this very unit included; connected accounts' are not the merchant's. */
function subscriptionsOf(desk: Desk, member: Member): Map<string, SubscriptionFact> {
  const customers = Object.keys(member.customers)
  const stored = customers.length === 0 ? [] : desk.tx.subscriptionsOf(customers)
  const fresh = (desk.changes.subscriptions ?? []).filter(({ customer }) => isOf(member, customer))
  const newest = new Map<string, SubscriptionFact>()
  for (const fact of [...stored, ...fresh]) {
    const known = newest.get(fact.id)
    // As the store keeps them: of two of one moment and rank the later told.
    const isNewer = known === undefined || fact.at > known.at || (fact.at === known.at && fact.rank >= known.rank)
    if (fact.account === null && isNewer) newest.set(fact.id, fact)
  }
  return newest
}

/** What is known to have failed, by invoice. */
function failuresOf(desk: Desk, member: Member): InvoiceFailureFact[][] {
  const customers = Object.keys(member.customers)
  const stored = customers.length === 0 ? [] : desk.tx.invoiceFailuresOf(customers)
  const fresh = (desk.changes.invoiceFailures ?? []).filter(({ customer }) => isOf(member, customer))
  const own = [...stored, ...fresh].filter(({ account }) => account === null)
  return [...Map.groupBy(own, ({ invoice }) => invoice).values()]
}

const isOf = ({ customers }: Member, customer: string | null): boolean =>
  customer !== null && Object.hasOwn(customers, customer)

/** Whether the invoice is known to be paid: it says so itself, or what was paid for it is all that was owed. */
function isPaid(desk: Desk, { invoice, amountMinor }: InvoiceFailureFact): boolean {
  const id = desk.paymentNamed(invoice)
  if (id === null) return false
  const { parts } = desk.payment(id)
  const { paidMinor } = derivePayment(parts)
  return parts.invoices[invoice] !== undefined || (paidMinor > 0 && paidMinor >= amountMinor)
}
