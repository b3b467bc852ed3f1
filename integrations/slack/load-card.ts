/** All that a member's card shows, asked for at once. */
import type { CloseUp } from '../../src/app/ports/finding.ts'
import type { AlertView, MemberRewardsView, MemberView, RedemptionView, Result } from '../../src/app/ports.ts'
import type { Asking, Tools } from './desk.ts'
import { isSomebody } from './find-member.ts'
import { isOpen } from './views/reward-result.ts'

export interface CardData {
  member: MemberView
  closeUp: CloseUp
  rewards: MemberRewardsView
  alerts: AlertView[]
  /** On their way, or waiting to be used; the newest first. */
  open: RedemptionView[]
  /** Points that a customer who is no member would have; null for members. */
  wouldHaveEarned: number | null
  /** Where they are looked at by hand; null where that cannot be said. */
  hubspotUrl: string | null
  stripeUrl: string | null
  mayIssue: boolean
}

const MONEY_LINES = 3
const ALERTS = 3
const REDEMPTIONS = 20

const NOTHING_NEAR: CloseUp = { money: [], nextAvailable: null }
const NO_REWARDS: MemberRewardsView = { available: 0, rewards: [] }

/** Null for whoever is not there, or not any more. Also under another id since: merged members lead to where they went. */
export async function loadCard(
  id: string,
  { origin }: Pick<Asking, 'origin'>,
  { app, settings }: Pick<Tools, 'app' | 'settings'>,
): Promise<CardData | null> {
  const found = await app.getMember(id)
  if (!found.ok || !isSomebody(found.value)) return null
  const member = found.value
  const isMember = member.status !== 'candidate'
  const [closeUp, rewards, alerts, redemptions, wouldHaveEarned, hubspotUrl, stripeUrl, mayIssue] = await Promise.all([
    app.closeUp(member.id, MONEY_LINES),
    isMember ? app.memberRewards(member.id) : null,
    app.listAlerts({ member: member.id, state: 'open', limit: ALERTS }),
    isMember ? app.memberRedemptions(member.id, { limit: REDEMPTIONS }) : null,
    isMember ? null : app.wouldHaveEarned(member.id),
    contactUrl(member.id, app, settings),
    customerUrl(member, settings),
    app.mayStaff(origin, 'issue'),
  ])
  return {
    member,
    closeUp: orElse(closeUp, NOTHING_NEAR),
    rewards: orElse(rewards, NO_REWARDS),
    alerts: orElse(alerts, { items: [], next: null }).items,
    open: orElse(redemptions, { items: [], next: null }).items.filter(isOpen),
    wouldHaveEarned: isMember ? null : orElse(wouldHaveEarned, 0),
    hubspotUrl,
    stripeUrl,
    mayIssue,
  }
}

/** Whoever is erased in this very moment has nothing. */
const orElse = <Value>(result: Result<Value> | null, nothing: Value): Value =>
  result?.ok === true ? result.value : nothing

async function contactUrl(id: string, app: Tools['app'], settings: Tools['settings']): Promise<string | null> {
  if (settings.isHubspotConnected === false) return null
  const [contact] = await app.contactsOf([id])
  return contact === undefined || contact.record === null ? null : settings.hubspotUrl(contact.record)
}

async function customerUrl({ stripeCustomers }: MemberView, settings: Tools['settings']): Promise<string | null> {
  const newest = stripeCustomers.at(-1)
  return newest === undefined ? null : settings.stripeUrl(newest)
}
