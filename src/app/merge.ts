/** Two that prove to be one: everything of the first goes to the second, and the books of both say so. */
import { applyHandOver } from '../core/hand-over.ts'
import type { Member } from '../core/state.ts'
import { joinAlerts } from './alerts/follow-alerts.ts'
import { handContactOver } from './contact-links.ts'
import type { Desk } from './desk.ts'
import { emailName } from './identify.ts'

/** Moves names, payments, points and totals of `from` to `into`. `from` stays as a pointer to where they went. */
export function mergeInto(desk: Desk, from: string, into: string): void {
  const [source, target] = [desk.change(from), desk.change(into)]
  for (const customer of Object.keys(source.customers)) {
    desk.link(customer, target.id)
    target.customers[customer] = source.customers[customer] ?? { at: 0, rank: -1 }
  }
  const addresses = [...source.formerEmails, ...(source.profile.email === null ? [] : [source.profile.email])]
  for (const email of addresses) desk.link(emailName(email), target.id)
  const { profile } = target
  for (const field of ['email', 'name', 'phone', 'birthday', 'language'] as const)
    profile[field] ??= source.profile[field]
  target.formerEmails = [...new Set([...target.formerEmails, ...addresses])].filter((email) => email !== profile.email)
  takeOver(target, source)
  applyHandOver({
    from: desk.books(source.id),
    into: desk.books(target.id),
    histories: [desk.history(source.id), desk.history(target.id)],
    programs: desk.programs,
    now: desk.now,
  })
  source.status = 'merged'
  source.mergedInto = target.id
  target.absorbed = [...target.absorbed, source.id, ...source.absorbed]
  source.absorbed = []
  source.customers = {}
  source.subscriptions = {}
  source.formerEmails = []
  source.profile = { email: null, name: null, phone: null, birthday: null, language: null }
  handContactOver(desk, source.id, target.id)
  desk.given.handOver(source.id, target.id)
  joinAlerts(desk, source, target)
  desk.changes.handOver = { from: source.id, to: target.id }
  desk.reindex(source.id)
  desk.reindex(target.id)
}

/** Whoever brought the one who joined first; who only ever bought is asked for the code of their first purchase later. */
function broughtBy(target: Member, source: Member): string | null {
  if (source.joinedAt === null)
    return target.joinedAt === null ? (target.referredBy ?? source.referredBy) : target.referredBy
  return target.joinedAt === null || source.joinedAt < target.joinedAt ? source.referredBy : target.referredBy
}

/** Honours and choices of both; challenges and tiers follow from what both did. */
function takeOver(target: Member, source: Member): void {
  const held = new Set(target.badges.map(({ id }) => id))
  target.badges = [...target.badges, ...source.badges.filter(({ id }) => !held.has(id))]
  target.subscriptions = { ...source.subscriptions, ...target.subscriptions }
  target.autoRedeem ??= source.autoRedeem
  target.referredBy = broughtBy(target, source)
  Object.assign(source, { badges: [], challenges: {}, autoRedeem: null, referredBy: null })
}

/** A customer proves to be somebody else's: what they subscribe to goes with them. */
export function moveSubscriptions(desk: Desk, from: Member, to: Member, customer: string | null): void {
  const moving = Object.entries(from.subscriptions).filter(([, held]) => held.customer === customer)
  if (moving.length === 0) return
  const staying = Object.entries(from.subscriptions).filter(([, held]) => held.customer !== customer)
  desk.change(from.id).subscriptions = Object.fromEntries(staying)
  desk.change(to.id).subscriptions = { ...Object.fromEntries(moving), ...to.subscriptions }
}
