/** What can be expected of one member, reckoned from their purchases whenever they are looked at: it is never stale. */
import { localDay } from '../core/calendar.ts'
import type { Member } from '../core/state.ts'
import type { Program } from '../program/schema.ts'
import { historyOf } from '../retention/buying-history.ts'
import { buysWithin } from '../retention/buys-within.ts'
import { outlook } from '../retention/outlook-model.ts'
import type { Knowledge, Outlook } from '../retention/types.ts'
import type { RetentionView } from './ports.ts'
import { together } from './reading.ts'
import { standingOf } from './segment.ts'
import type { Purchase, Tx } from './store-port.ts'
import { type SubscriptionOutlook, subscriptionOutlook } from './subscription-outlook.ts'

/** What is to come is worth so much less each year. */
export const YEARLY_DISCOUNT = 0.1

interface Judged {
  member: Pick<Member, 'lastPurchaseAt' | 'purchases' | 'spendMinor'>
  /** Kept, oldest first. */
  purchases: readonly Purchase[]
  knowledge: Knowledge
  program: Program
  /** A local day. */
  today: number
}

/** Of one-off purchases; null for whoever made none by then. */
export function outlookOfMember({ member, purchases, knowledge, program, today }: Judged): Outlook | null {
  const { timezone, retention } = program
  const standing = knowledge.cuts === null ? null : standingOf(member, knowledge.cuts, today, timezone)
  return outlook(historyOf(purchases, timezone), knowledge.fit, today, {
    atRiskBelow: retention.atRiskBelow,
    rfm: standing?.rfm ?? null,
    segment: standing?.segment ?? null,
  })
}

interface Viewed {
  tx: Tx
  member: Member
  /** A member whose payments become this one's in this very unit. */
  joining: string | null
  knowledge: Knowledge
  program: Program
  now: number
}

/** Null for whoever never bought, subscriptions included. */
export function viewRetention({ tx, member, joining, knowledge, program, now }: Viewed): RetentionView | null {
  if (member.version === 0 || (member.purchases === 0 && Object.keys(member.customers).length === 0)) return null
  const today = localDay(now, program.timezone)
  const judging = { program, renewals: knowledge.renewals, now, discount: YEARLY_DISCOUNT }
  const [purchases, subscription] = together(
    () => (member.purchases === 0 ? [] : purchasesOf(tx, member.id, joining)),
    () => subscriptionOutlook(tx, member, judging),
  )
  const buying = outlookOfMember({ member, purchases, knowledge, program, today })
  if (buying === null && subscription === null) return null
  const rfm = rfmOf({ member, purchases, knowledge, program, today })
  const buys = buysWithin(historyOf(purchases, program.timezone), knowledge.fit, today, 90)
  return { ...viewOf({ buying, subscription, program, rfm }), buysWithin90Days: rounded(buys, 4) }
}

function purchasesOf(tx: Tx, member: string, joining: string | null): Purchase[] {
  const own = tx.purchasesOf(member)
  return joining === null ? own : [...own, ...tx.purchasesOf(joining)].sort((a, b) => a.at - b.at)
}

const rfmOf = ({ member, knowledge: { cuts }, program, today }: Judged): string | null =>
  cuts === null ? null : (standingOf(member, cuts, today, program.timezone)?.rfm ?? null)

/** Whoever pays by subscription is a customer as long as it is renewed, however long ago they last bought beside it. */
export function viewOf({
  buying,
  subscription,
  program: { currency },
  rfm,
}: {
  buying: Outlook | null
  subscription: SubscriptionOutlook | null
  program: Program
  rfm: string | null
}): Omit<RetentionView, 'buysWithin90Days'> {
  const { days30 = 0, days90 = 0, days365 = 0 } = buying?.expectedPurchases ?? {}
  const value = (buying?.lifetimeValueMinor ?? 0) + (subscription?.valueMinor ?? 0)
  return {
    rfm,
    isEstimate: [buying, subscription].some((part) => part?.isEstimate === true),
    probabilityAlive: rounded(Math.max(buying?.probabilityAlive ?? 0, subscription?.renewalProbability ?? 0), 4),
    expectedPurchases30Days: rounded(days30, 3),
    expectedPurchases90Days: rounded(days90, 3),
    expectedPurchases365Days: rounded(days365, 3),
    lifetimeValue: { amount: Math.min(value, Number.MAX_SAFE_INTEGER), currency },
    risk: subscription?.risk ?? buying?.risk ?? 'low',
    usualDays: buying?.usualDays ?? null,
    subscription: subscription && {
      monthly: { amount: subscription.monthlyMinor, currency },
      since: new Date(subscription.since).toISOString(),
      renewalProbability: rounded(subscription.renewalProbability, 4),
    },
  }
}

/** More digits would claim to know more than a model does. */
const rounded = (value: number, places: number): number => Math.round(value * 10 ** places) / 10 ** places
