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
  const { isToday, nextAt } = windowsOf(automatic, program.timezone, desk.now)
  if (isToday) issueThose(desk, member, automatic)
  if (nextAt !== null && member.available >= automatic.atPoints) desk.books(id).wakeAt(nextAt)
}

function issueThose(desk: Desk, member: Member, automatic: Automatic): void {
  const own = (): Redemption[] =>
    desk.given.redemptionsOf(member.id).filter(({ requestedBy }) => requestedBy === BY_ITSELF)
  for (let issued = 0; member.available >= automatic.atPoints; issued++) {
    if (issued === AT_ONCE_LIMIT) {
      desk.books(member.id).wakeAt(desk.now + 1)
      return
    }
    if (isFull(desk, automatic, own()) || wasRefused(desk, member, automatic, own())) return
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
    now: desk.now,
    redemptions: () => desk.given.redemptionsOf(member.id),
    gone: () => desk.given.counter(stockCounter(reward)),
    staff: () => null,
  })

/** Whether this window's share is issued. Between two days of the year all count to the day they were issued on. */
function isFull(desk: Desk, { windows, maximumPerWindow }: Automatic, own: readonly Redemption[]): boolean {
  if (windows.length === 0 || maximumPerWindow === null) return false
  const { timezone } = desk.programs.current
  const today = localDay(desk.now, timezone)
  const issued = own.filter(({ createdAt, state }) => localDay(createdAt, timezone) === today && state !== 'cancelled')
  return issued.length >= maximumPerWindow
}

/** The last one was cancelled, by Stripe or by staff: it would be again, so it waits until the member buys something. */
function wasRefused(
  desk: Desk,
  { lastPurchaseAt }: Member,
  { reward, windows }: Automatic,
  own: readonly Redemption[],
): boolean {
  const last = own.findLast((one) => one.reward === reward)
  if (last?.state !== 'cancelled' || last.endedAt === null) return false
  const { timezone } = desk.programs.current
  const isAnotherWindow = windows.length > 0 && localDay(desk.now, timezone) !== localDay(last.createdAt, timezone)
  return (lastPurchaseAt ?? 0) <= last.endedAt && !isAnotherWindow
}

/** Whether one of its days is today, and when the next one begins; null: it is no matter of days. */
function windowsOf({ windows }: Automatic, zone: string, at: number): { isToday: boolean; nextAt: number | null } {
  if (windows.length === 0) return { isToday: true, nextAt: null }
  const today = localDay(at, zone)
  const days = windows.map((window) => parseBirthday(`--${window}`)).filter((yearly) => yearly !== null)
  return {
    isToday: days.some((yearly) => latestOn(yearly, today) === today),
    nextAt: startOfDay(Math.min(...days.map((yearly) => nextOn(yearly, today))), zone),
  }
}
