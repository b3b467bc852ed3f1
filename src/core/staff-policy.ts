/**
 * Who of the merchant's people may do what, and how much they may give away: one policy for Slack, HubSpot and the API.
 * Pure: what somebody gave away today is told, not looked up.
 */
import type { Program } from '../program/schema.ts'
import { localDate } from './calendar.ts'

/** Whoever asks, as origins name them: `slack:U…`, `hubspot:<email>`, `api:<key>`; others are the system's own. */
export interface Staff {
  actor: string
  /** Slack user groups they are in: `slack:S…`. */
  groups?: readonly string[] | undefined
  /** A guest or somebody of another workspace: may do nothing, whatever the lists say. */
  isOutsider?: boolean | undefined
  /** What they are called elsewhere: nobody approves what they asked for under another name. */
  aliases?: readonly string[] | undefined
}

/** `view`: look up. `issue`: rewards, adjustments, enrolment, actions. `approve`: what others ask for. `administer`: all the rest. */
export type StaffTask = 'view' | 'issue' | 'approve' | 'administer'

type Role = 'admin' | 'approver' | 'issuer' | 'viewer'
type StaffSection = Pick<Program['staff'], Role | 'approvalAbovePoints' | 'dailyLimitPoints'>

/** Whose lists allow a task. Whoever may do something may look. */
const ALLOWED: Record<StaffTask, readonly Role[]> = {
  view: ['viewer', 'issuer', 'approver', 'admin'],
  issue: ['issuer', 'admin'],
  approve: ['approver', 'admin'],
  administer: ['admin'],
}

const ROLES = ALLOWED.view

/**
 * `person`: held to roles, approval and the daily limit. `key`: an API key that a role lists, held likewise but with nobody
 * to wait for. `free`: an unlisted key acts by its scope; the command line, the clock and Stripe by their nature.
 */
export type Standing = 'person' | 'key' | 'free'

export function standingOf(section: StaffSection, { actor }: Staff): Standing {
  if (/^(slack|hubspot):/.test(actor)) return 'person'
  // "*" is everyone on the team: a key is listed by its name alone.
  const isListed = actor.startsWith('api:') && ROLES.some((role) => section[role].includes(actor))
  return isListed ? 'key' : 'free'
}

const nameOf = (actor: string): string => (actor.startsWith('hubspot:') ? actor.toLowerCase() : actor)

const namesOf = ({ actor, groups = [] }: Staff, standing: Standing): string[] =>
  standing === 'person' ? [nameOf(actor), ...groups, '*'] : [nameOf(actor)]

export function mayDo(section: StaffSection, staff: Staff, task: StaffTask): boolean {
  const standing = standingOf(section, staff)
  if (standing === 'free') return true
  if (staff.isOutsider) return false
  const names = namesOf(staff, standing)
  return ALLOWED[task].some((role) => section[role].some((listed) => names.includes(listed)))
}

/** The counter of what somebody gave away on the local day of an instant: one for an address, however it is written. */
export const staffDay = (actor: string, at: number, zone: string): string =>
  `staff:${nameOf(actor)}:${localDate(at, zone)}`

export interface Giving {
  /** Points given away, or what the present costs in points. */
  points: number
  /** What they gave away today before. */
  givenToday: number
  /** Whether somebody else can be asked for it: an adjustment is made at once or not at all. */
  canWait: boolean
}

export type Judgement =
  | { verdict: 'free' }
  | { verdict: 'counted' }
  | { verdict: 'approval' }
  /** How many points are left today, or the most that needs nobody else. */
  | { verdict: 'refused'; because: 'day'; left: number }
  | { verdict: 'refused'; because: 'amount'; most: number }

/** Whether somebody who may issue may give so much away, and whether somebody else must agree first. */
export function judgeGiving(section: StaffSection, staff: Staff, { points, givenToday, canWait }: Giving): Judgement {
  const standing = standingOf(section, staff)
  if (standing === 'free') return { verdict: 'free' }
  const needsApproval = points > section.approvalAbovePoints
  if (needsApproval && (standing === 'key' || !canWait))
    return { verdict: 'refused', because: 'amount', most: section.approvalAbovePoints }
  const left = section.dailyLimitPoints - givenToday
  if (points > left) return { verdict: 'refused', because: 'day', left: Math.max(0, left) }
  return { verdict: needsApproval ? 'approval' : 'counted' }
}

/** Nobody approves what they asked for themselves. */
export const mayApprove = (section: StaffSection, staff: Staff, requestedBy: string): boolean =>
  mayDo(section, staff, 'approve') &&
  [staff.actor, ...(staff.aliases ?? [])].every((name) => name.toLowerCase() !== requestedBy.toLowerCase())
