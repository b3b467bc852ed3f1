/** A member as marketing is to see them: what the CRM's contact is filled from. */
import { isHeldOut, isWithin } from '../core/campaigns.ts'
import { currencyExponent } from '../core/currency.ts'
import type { Programs } from '../core/decide-payment.ts'
import { isLapsed } from '../core/redemptions.ts'
import type { Redemption } from '../core/reward-state.ts'
import { findReward } from '../core/reward-terms.ts'
import type { Member } from '../core/state.ts'
import type { Campaign } from '../program/campaigns.ts'
import type { Program } from '../program/schema.ts'
import { viewMember } from './member-view.ts'
import type { ContactStanding, ContactState } from './ports/contacts.ts'
import type { MemberView } from './ports.ts'
import { NO_KNOWLEDGE } from './retention-shelf.ts'
import type { StoredContact, StoredOutlook, Tx } from './store-port.ts'

interface Seen {
  tx: Tx
  programs: Programs
  now: number
  contacts: ReadonlyMap<string, StoredContact>
  outlooks: ReadonlyMap<string, StoredOutlook>
}

/** Null for whoever is nobody's contact: a candidate of whom nothing was ever written. */
export function contactState(seen: Seen, member: Member): ContactState | null {
  const stored = seen.contacts.get(member.id)
  const isMember = member.status === 'active' || member.status === 'left' || member.status === 'suspended'
  if (!isMember && stored === undefined) return null
  const { email, name, phone, language } = member.profile
  return {
    member: member.id,
    email,
    name,
    phone,
    language,
    standing: isMember ? standingOf(seen, member, member.status as ContactStanding['status']) : null,
    record: stored?.record ?? null,
    written: stored?.written ?? {},
    ...(stored?.state === 'refused' && { isRefused: true }),
  }
}

const ms = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso))

function standingOf(
  { tx, programs, now, outlooks }: Seen,
  member: Member,
  status: ContactStanding['status'],
): ContactStanding {
  const program = programs.current
  // What models say was made known in steps: what they would say this moment is nobody's business here.
  const view = viewMember({ tx, programs, member, now, knowledge: NO_KNOWLEDGE, isBrief: true })
  const { available, pending, earned, nextExpiry } = view.points
  const { tier } = view
  const outlook = outlooks.get(member.id)
  return {
    status,
    enrolledAt: ms(view.enrolledAt),
    points: {
      available,
      pending,
      earned,
      nextExpiry: nextExpiry && { points: nextExpiry.points, at: Date.parse(nextExpiry.at) },
    },
    tier: tier && { id: tier.id, since: Date.parse(tier.since), until: ms(tier.until) },
    tierProgress: progressOf(program, tier),
    nextTier: tier?.next ? { id: tier.next.id, remaining: majorUnits(program, tier.next.remaining) } : null,
    segment: view.segment,
    outlook: outlook
      ? {
          risk: outlook.risk,
          rfm: outlook.rfm,
          probabilityAlive: outlook.probabilityAlive,
          lifetimeValueMinor: outlook.lifetimeValueMinor,
          expectedPurchases90Days: outlook.expected90,
        }
      : null,
    purchases: view.purchases,
    spendLast12MonthsMinor: view.spend.last12Months,
    lastPurchaseAt: ms(view.lastPurchaseAt),
    ...rewardsOf(tx, programs, member, now),
    offers: offersFor(program, member, view.tier?.id ?? null, now),
    badges: view.badges.map(({ id }) => id),
    referralCode: view.referralCode,
  }
}

/** What is missing of a tier by spend, in major units; points and purchases as they are. */
const majorUnits = (program: Program, remaining: number): number =>
  program.tiers?.metric === 'spend' ? remaining / 10 ** currencyExponent(program.currency) : remaining

/** How far the next tier is, of what it takes: whole steps, down. */
function progressOf(program: Program, tier: MemberView['tier']): number | null {
  const next = tier?.next
  const threshold = program.tiers?.levels.find(({ id }) => id === next?.id)?.threshold ?? null
  if (!next || threshold === null || threshold <= 0) return null
  const reached = threshold - majorUnits(program, next.remaining)
  return Math.min(100, Math.max(0, Math.floor((reached / threshold) * 100)))
}

function rewardsOf(
  tx: Tx,
  programs: Programs,
  member: Member,
  now: number,
): Pick<ContactStanding, 'openRewards' | 'lastReward'> {
  const issued = tx.redemptionsOf(member.id).filter(({ issuedAt }) => issuedAt !== null)
  const nameOf = ({ program, reward }: Redemption): string =>
    findReward(programs.byVersion(program), reward)?.name ?? reward
  const last = issued
    .filter(({ state }) => state !== 'cancelled')
    .reduce<Redemption | null>((newest, one) => ((one.issuedAt ?? 0) >= (newest?.issuedAt ?? 0) ? one : newest), null)
  return {
    openRewards: issued
      .filter((one) => one.state === 'issued' && one.code !== null && !isLapsed(one, now))
      .map((one) => ({ name: nameOf(one), code: one.code, until: one.expiresAt })),
    lastReward: last === null ? null : { name: nameOf(last), at: last.issuedAt ?? 0 },
  }
}

/** Campaigns that not everybody is told of, that run now, and that this member is in. */
function offersFor(program: Program, member: Member, tier: string | null, now: number): string[] {
  if (member.status !== 'active') return []
  const isIn = ({ when: { tiers, segments } }: Campaign): boolean =>
    (tiers.length === 0 || (tier !== null && tiers.includes(tier))) &&
    (segments.length === 0 || segments.some((segment) => segment === member.segment))
  return program.campaigns
    .filter(
      (campaign) =>
        !campaign.announced &&
        isWithin(campaign, now, program.timezone) &&
        !isHeldOut(campaign, member.id) &&
        isIn(campaign),
    )
    .map(({ id }) => id)
}
