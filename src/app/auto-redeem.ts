/**
 * Rewards that are issued by themselves once a member has points enough: what they chose, or the program's default. By the
 * same rules as if they had asked; where those say no, the points simply wait.
 */

import { localDay, startOfDay } from '../core/calendar.ts'
import { settleMember } from '../core/member-progress.ts'
import { latestOn, nextOn, parseBirthday } from '../core/occasions.ts'
import { type RedemptionRefusal, whyNot } from '../core/redemption-checks.ts'
import { BY_ITSELF, stockCounter } from '../core/redemptions.ts'
import type { Redemption } from '../core/reward-state.ts'
import type { Member } from '../core/state.ts'
import type { Program } from '../program/schema.ts'
import type { Desk } from './desk.ts'
import { beginRedemption, proceed } from './move-redemption.ts'

type Automatic = Program['autoRedeem'][number]

/** So many in one unit; the rest follow at once in the next. */
const AT_ONCE_LIMIT = 50

/** What is issued by itself for this member; null: nothing. */
export const automaticFor = (
  { autoRedeem }: Program,
  { autoRedeem: chosen }: Pick<Member, 'autoRedeem'>,
): Automatic | null =>
  autoRedeem.find(({ reward }) => reward === chosen) ?? autoRedeem.find((one) => one.default) ?? null

export function autoRedeem(desk: Desk, id: string): void {
  const { current: program } = desk.programs
  if (program.autoRedeem.length === 0) return
  const member = desk.member(id)
  const automatic = automaticFor(program, member)
  if (automatic === null || member.status !== 'active' || member.available < automatic.atPoints) return
  // A fact of long ago settles the books up to its own time only: what has ended since is not there to be spent.
  settleMember(desk.books(id), desk.programs, desk.history(id), desk.now)
  if (member.available < automatic.atPoints) return
  const { isToday, lastAt, nextAt } = windowsOf(automatic, program.timezone, desk.now)
  if (isToday) issueThose(desk, member, automatic, { lastAt, goOnAt: desk.now + 1 })
  // Where the rest is to follow, the time to look again is past: nobody would know else that the day was missed.
  else if (isMissed(desk, member, lastAt)) issueThose(desk, member, automatic, { lastAt, goOnAt: lastAt })
  if (nextAt !== null && member.available >= automatic.atPoints) desk.books(id).wakeAt(nextAt)
}

/** Nobody looked at the member since before that day began: the clock stood still over it, and it is made up for. */
function isMissed(desk: Desk, { id, createdAt }: Member, lastAt: number): boolean {
  const dueAt = desk.wasDueAt(id)
  return dueAt !== null && dueAt <= lastAt && createdAt < lastAt
}

interface Turn {
  /** Since when what is issued counts to this window. */
  lastAt: number
  /** When to look again where there is more than one unit takes. */
  goOnAt: number
}

function issueThose(desk: Desk, member: Member, automatic: Automatic, { lastAt, goOnAt }: Turn): void {
  const own = (): Redemption[] =>
    desk.given.redemptionsOf(member.id).filter(({ requestedBy }) => requestedBy === BY_ITSELF)
  for (let issued = 0; member.available >= automatic.atPoints; issued++) {
    if (issued === AT_ONCE_LIMIT) {
      desk.books(member.id).wakeAt(goOnAt)
      return
    }
    const had = own()
    if (isFull(automatic, had, lastAt) || wasRefused(member, automatic, had, lastAt)) return
    const refusal = whyNotNow(desk, member, automatic)
    if (refusal !== null) {
      if (refusal.until !== null && Number.isFinite(refusal.until)) desk.books(member.id).wakeAt(refusal.until)
      return
    }
    issueOne(desk, member, automatic)
  }
}

function issueOne(desk: Desk, { id: member }: Member, { reward }: Automatic): void {
  const redemption = beginRedemption(desk, {
    member,
    version: desk.programs.version,
    reward,
    charge: 'member',
    partner: null,
    again: null,
    grant: null,
    requestedBy: BY_ITSELF,
    note: null,
  })
  proceed(desk, redemption)
}

const whyNotNow = (desk: Desk, member: Member, { reward }: Automatic): RedemptionRefusal | null =>
  whyNot({
    program: desk.programs.current,
    member,
    reward,
    charge: 'member',
    partner: null,
    byItself: true,
    now: desk.now,
    redemptions: () => desk.given.redemptionsOf(member.id),
    gone: () => desk.given.counter(stockCounter(reward)),
    staff: () => null,
  })

/** Whether this window's share is issued. */
function isFull({ windows, maximumPerWindow }: Automatic, own: readonly Redemption[], lastAt: number): boolean {
  if (windows.length === 0 || maximumPerWindow === null) return false
  const issued = own.filter(({ createdAt, state }) => createdAt >= lastAt && state !== 'cancelled')
  return issued.length >= maximumPerWindow
}

/** The last one was cancelled, by Stripe or by staff: it would be again, so it waits until the member buys something. */
function wasRefused(
  { lastPurchaseAt }: Member,
  { reward, windows }: Automatic,
  own: readonly Redemption[],
  lastAt: number,
): boolean {
  const last = own.findLast((one) => one.reward === reward)
  if (last?.state !== 'cancelled' || last.endedAt === null) return false
  const isAnotherWindow = windows.length > 0 && last.createdAt < lastAt
  return (lastPurchaseAt ?? 0) <= last.endedAt && !isAnotherWindow
}

/** When the last of its days began, whether that is today, and when the next one begins; null: it is no matter of days. */
function windowsOf(
  { windows }: Automatic,
  zone: string,
  at: number,
): { isToday: boolean; lastAt: number; nextAt: number | null } {
  if (windows.length === 0) return { isToday: true, lastAt: at, nextAt: null }
  const today = localDay(at, zone)
  const days = windows.map((window) => parseBirthday(`--${window}`)).filter((yearly) => yearly !== null)
  const last = Math.max(...days.map((yearly) => latestOn(yearly, today)))
  return {
    isToday: last === today,
    lastAt: startOfDay(last, zone),
    nextAt: startOfDay(Math.min(...days.map((yearly) => nextOn(yearly, today))), zone),
  }
}
