// From the use cases' views to JSON: each field by name and in one order, so that an answer given again is the same
// text, and a field that a view gains is not published by accident.
import type {
  AwardParts,
  AwardView,
  EntryView,
  InboxRow,
  MemberView,
  OutboxRow,
  Page,
  RetentionView,
  TierView,
} from '../../app/ports.ts'

const iso = (at: number): string => new Date(at).toISOString()

export const presentMember = (view: MemberView) => ({
  id: view.id,
  email: view.email,
  name: view.name,
  phone: view.phone,
  birthday: view.birthday,
  language: view.language,
  status: view.status,
  enrolledAt: view.enrolledAt,
  points: presentPoints(view.points),
  tier: view.tier && presentTier(view.tier),
  perks: view.perks.map(presentNamed),
  spend: {
    total: view.spend.total,
    last12Months: view.spend.last12Months,
    currency: view.spend.currency,
  },
  purchases: view.purchases,
  lastPurchaseAt: view.lastPurchaseAt,
  segment: view.segment,
  badges: view.badges.map(presentNamed),
  challenges: view.challenges.map(({ id, name, progress, goal, met }) => ({ id, name, progress, goal, met })),
  referralCode: view.referralCode,
  autoRedeem: view.autoRedeem,
  retention: view.retention && presentRetention(view.retention),
  feedback: view.feedback.map(({ id, at, scale, score, text }) => ({ id, at, scale, score, text })),
  stripeCustomers: view.stripeCustomers,
})

const presentAmount = ({ amount, currency }: { amount: number; currency: string }) => ({ amount, currency })

const presentRetention = (view: RetentionView) => ({
  rfm: view.rfm,
  isEstimate: view.isEstimate,
  probabilityAlive: view.probabilityAlive,
  expectedPurchases30Days: view.expectedPurchases30Days,
  expectedPurchases90Days: view.expectedPurchases90Days,
  expectedPurchases365Days: view.expectedPurchases365Days,
  buysWithin90Days: view.buysWithin90Days,
  lifetimeValue: presentAmount(view.lifetimeValue),
  risk: view.risk,
  usualDays: view.usualDays,
  subscription: view.subscription && {
    monthly: presentAmount(view.subscription.monthly),
    since: view.subscription.since,
    renewalProbability: view.subscription.renewalProbability,
  },
})

const presentNamed = ({ id, name }: { id: string; name: string }) => ({ id, name })

const presentPoints = (points: MemberView['points']) => ({
  available: points.available,
  pending: points.pending,
  reserved: points.reserved,
  earned: points.earned,
  redeemed: points.redeemed,
  expired: points.expired,
  nextExpiry: points.nextExpiry && { points: points.nextExpiry.points, at: points.nextExpiry.at },
})

const presentTier = ({ id, name, since, until, next }: NonNullable<MemberView['tier']>) => ({
  id,
  name,
  since,
  until,
  next: next && { id: next.id, name: next.name, remaining: next.remaining, by: next.by },
})

export const presentEntry = (view: EntryView) => ({
  seq: view.seq,
  at: view.at,
  recordedAt: view.recordedAt,
  kind: view.kind,
  points: view.points,
  balance: view.balance,
  code: view.code,
  reason: view.reason,
  source: view.source,
  actor: view.actor,
  note: view.note,
})

const presentParts = ({ points, reward, badge, cause }: AwardParts) => ({ points, reward, badge, cause })

export const presentAward = (view: AwardView) => ({
  id: view.id,
  occasion: view.occasion,
  rule: view.rule,
  subject: view.subject,
  at: view.at,
  recordedAt: view.recordedAt,
  state: view.state,
  points: view.points,
  award: presentParts(view.award),
  options: view.options.map(presentParts),
  chosen: view.chosen,
})

const presentEvent = ({ id, type, state, reason, receivedAt, eventAt, tries }: InboxRow) => ({
  id,
  type,
  state,
  reason,
  receivedAt,
  eventAt,
  tries,
})

export const presentDelivery = (row: OutboxRow) => ({
  id: row.id,
  kind: row.kind,
  key: row.key,
  payload: row.payload,
  revision: row.revision,
  tries: row.tries,
  state: row.state,
  reason: row.reason,
  dueAt: iso(row.dueAt),
  createdAt: iso(row.createdAt),
})

export const presentTiers = (tiers: readonly TierView[]) => ({
  tiers: tiers.map(({ tier, name, since, until, reason }) => ({ tier, name, since, until, reason })),
})

export const presentMembers = ({ items, next }: Page<MemberView>) => ({ members: items.map(presentMember), next })
export const presentEntries = ({ items, next }: Page<EntryView>) => ({ entries: items.map(presentEntry), next })
export const presentAwards = ({ items, next }: Page<AwardView>) => ({ awards: items.map(presentAward), next })
export const presentInbox = ({ items, next }: Page<InboxRow>) => ({ events: items.map(presentEvent), next })
export const presentOutbox = ({ items, next }: Page<OutboxRow>) => ({ deliveries: items.map(presentDelivery), next })
