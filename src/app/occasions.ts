/** Birthdays and anniversaries: awards that fall due with the calendar, for members who are there on the day. */
import { type AwardRule, offersOf } from '../core/award-rules.ts'
import { DAY_MS, startOfDay } from '../core/calendar.ts'
import { dayAt } from '../core/limits.ts'
import {
  isNear,
  LATE_DAYS,
  type OccasionPlan,
  parseBirthday,
  planOccasion,
  type Yearly,
  yearlyOf,
} from '../core/occasions.ts'
import type { Grant } from '../core/reward-state.ts'
import { usedPoints } from '../core/shared-limits.ts'
import type { Member } from '../core/state.ts'
import type { Program } from '../program/schema.ts'
import { stands } from './award-series.ts'
import type { Desk } from './desk.ts'
import { giveAward, withdrawAward } from './give-award.ts'

type On = 'birthday' | 'anniversary'
const OCCASIONS = ['birthday', 'anniversary'] as const
const REASONS = { birthday: 'Birthday', anniversary: 'Anniversary of joining' } satisfies Record<On, string>
/** Awards older than a year and the days in which one may come late do not matter. */
const REMEMBERED_MS = (366 + 2 * LATE_DAYS + 2) * DAY_MS

type Rules = Record<On, readonly AwardRule[]>
const rulesOf = new WeakMap<Program, Rules>()

function occasionRules(program: Program): Rules {
  const known = rulesOf.get(program)
  if (known !== undefined) return known
  const made = {
    birthday: program.earning.filter((rule) => rule.on === 'birthday'),
    anniversary: program.earning.filter((rule) => rule.on === 'anniversary'),
  }
  rulesOf.set(program, made)
  return made
}

/** Gives what is due today and says when to look again. */
export function celebrate(desk: Desk, id: string): void {
  const rules = occasionRules(desk.programs.current)
  if (rules.birthday.length === 0 && rules.anniversary.length === 0) return
  const member = desk.member(id)
  if (desk.changes.handOver?.to === id) for (const on of OCCASIONS) keepOnce(desk, member, on)
  if (member.status !== 'active' || member.enrolledAt === null) return
  for (const on of OCCASIONS) if (rules[on].length > 0) celebrateOn(desk, member, on, rules[on])
}

/** Two records that prove to be one person had the same day twice: what they have chosen stays, else the first. */
function keepOnce(desk: Desk, member: Member, on: On): void {
  const isOpen = ({ state }: Grant): number => (state === 'open' ? 1 : 0)
  const standing = desk.given
    .grantsOf(member.id, { occasion: on })
    .filter(stands)
    .sort((a, b) => isOpen(a) - isOpen(b) || a.at - b.at || (a.id < b.id ? -1 : 1))
  const seen = new Map<string, string>()
  for (const grant of standing) {
    const whose = grant.id.slice(0, grant.id.indexOf('/'))
    const first = seen.get(grant.subject) ?? whose
    seen.set(grant.subject, first)
    // Several rules may have given something to one of them.
    if (first !== whose) withdrawAward(desk, grant, 'the same person was given it before')
  }
}

function celebrateOn(desk: Desk, member: Member, on: On, rules: readonly AwardRule[]): void {
  const zone = desk.programs.current.timezone
  const joined = dayAt(member.enrolledAt ?? desk.now, zone)
  const yearly = yearlyFor(on, member, joined)
  if (yearly === null) return
  const today = dayAt(desk.now, zone)
  // The day of joining is no anniversary of it.
  const from = Math.max(on === 'birthday' ? joined : joined + 1, keptSince(desk, on, zone))
  const last = isNear(yearly, { today, from }) ? lastGiven(desk, member, on, zone) : null
  const plan = planOccasion(yearly, { today, from, last })
  if (plan.due !== null) giveOn(desk, member, on, rules, plan)
  desk.books(member.id).wakeAt(startOfDay(plan.next, zone))
}

function yearlyFor(on: On, { profile }: Member, joined: number): Yearly | null {
  if (on === 'anniversary') return yearlyOf(joined)
  return profile.birthday === null ? null : parseBirthday(profile.birthday)
}

/** The local day since when the program has had rules for it: it is not kept for the time before. */
function keptSince(desk: Desk, on: On, zone: string): number {
  const since = desk.programs.since?.((program) => occasionRules(program)[on].length > 0)
  return since === undefined ? Number.NEGATIVE_INFINITY : dayAt(since, zone)
}

function lastGiven(desk: Desk, member: Member, on: On, zone: string): number | null {
  const given = desk.given
    .grantsOf(member.id, { occasion: on, since: desk.now - REMEMBERED_MS })
    .filter(({ state }) => state !== 'withdrawn')
  return given.length === 0 ? null : Math.max(...given.map(({ at }) => dayAt(at, zone)))
}

function giveOn(desk: Desk, member: Member, on: On, rules: readonly AwardRule[], { due }: OccasionPlan): void {
  const { current: program } = desk.programs
  const today = due ?? 0
  const year = new Date(today * DAY_MS).getUTCFullYear()
  // Whoever joins on their birthday has it from then on.
  const at = Math.max(startOfDay(today, program.timezone), Math.min(member.enrolledAt ?? 0, desk.now))
  const ids = rules.map(({ id }) => id)
  const used = usedPoints(program, desk.books(member.id), ids, at)
  for (const { rule, award, cutBecause } of offersOf(program, rules, { member, at, given: [], used }).list)
    giveAward(desk, member.id, {
      id: `${member.id}/${on}/${rule.id}/${year}`,
      occasion: on,
      rule: rule.id,
      subject: String(year),
      at,
      award,
      payment: null,
      code: on,
      reason: REASONS[on],
      cutBecause,
    })
}
