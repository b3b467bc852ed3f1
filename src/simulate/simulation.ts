// One run of a program over a history: units on desks over memory, in the order of time.
import { conclude } from '../app/conclude.ts'
import { ANYBODY_ERASED, ANYBODY_SUBSCRIBED, Desk } from '../app/desk.ts'
import { namesInFact, recordPayment } from '../app/record-payment.ts'
import { recordReward } from '../app/record-reward.ts'
import type { Programs } from '../core/decide-payment.ts'
import type { RewardOrder } from '../core/facts.ts'
import { settleMember } from '../core/member-progress.ts'
import type { Effect, Member } from '../core/state.ts'
import { heldSegments } from '../core/tiers.ts'
import type { Program } from '../program/schema.ts'
import { AssumedRedemption } from './assumed-redemption.ts'
import { DueMembers } from './due-members.ts'
import type { HistoryFact } from './history.ts'
import { MemoryData } from './memory-data.ts'
import { MemoryTx } from './memory-tx.ts'
import { type MembersByTier, outcomeOf, type PeriodOutcome, type Simulated, worthOf } from './outcome.ts'
import type { Period } from './periods.ts'
import { addEntry, nothing } from './tally.ts'
import { WeeklyLook } from './weekly-look.ts'

const ORIGIN = { source: 'simulation', actor: 'simulation' }
const VERSION = 'simulated'
/** Orders to make or end a reward at the vendor: here they are carried out at once. */
const REWARD = 'stripe.reward'
const EFFECTS: ReadonlySet<string> = new Set([REWARD])

export class Simulation {
  readonly data: MemoryData
  readonly #tx: MemoryTx
  readonly #program: Program
  readonly #programs: Programs
  readonly #due = new DueMembers()
  /** When each member stands in `#due`. */
  readonly #queued = new Map<string, number>()
  readonly #assumed: AssumedRedemption
  readonly #look: WeeklyLook
  readonly #redeemShare: number
  readonly #ahead: Period[]
  readonly #overTime: PeriodOutcome[] = []
  readonly #sums = nothing()
  #since = nothing()
  readonly #rewards = { made: 0, used: 0, usedWorth: 0 }
  #usedRest = 0
  #now = 0
  #ids = 0
  readonly #newId = (prefix: string): string => `${prefix}_${this.#nextId()}`
  readonly #newCode = (): string => this.#nextId()

  /** @param redeemShare of points, or of the rewards that the program gives by itself; 0 to 1 */
  constructor(program: Program, redeemShare: number, periods: readonly Period[], keepsJournal = false) {
    this.data = new MemoryData({ keepsJournal })
    this.#tx = new MemoryTx(this.data)
    this.#program = everybodyJoins(program)
    const current = this.#program
    this.#programs = { version: VERSION, current, byVersion: () => current }
    this.#redeemShare = redeemShare
    this.#look = new WeeklyLook(current, this.data.members)
    this.#assumed = new AssumedRedemption(turnsByItself(program) ? 0 : redeemShare)
    this.#ahead = [...periods]
  }

  take({ at, fact }: HistoryFact): void {
    this.advanceTo(at)
    this.#unit(at, (desk) => {
      const told = fact()
      desk.loadNames([ANYBODY_ERASED, ANYBODY_SUBSCRIBED, ...namesInFact(told)])
      const payment = recordPayment(desk, told)
      const member = payment === null ? null : desk.payment(payment).member
      if (member !== null && desk.member(member).status === 'active') this.#assumed.spend(desk.books(member), at)
    })
  }

  /** Lets time pass: what is due by itself happens, and periods end. */
  advanceTo(at: number): void {
    for (;;) {
      const [period] = this.#ahead
      if (period === undefined || period.end > at) break
      // What happens at midnight belongs to the next day.
      this.#settle(period.end - 1)
      this.#close(period.name)
      this.#ahead.shift()
    }
    this.#settle(at)
  }

  /** @param until exclusive, like the end of a period */
  end(until: number): Simulated {
    this.advanceTo(until - 1)
    const [open] = this.#ahead
    if (open !== undefined) this.#close(open.name)
    return outcomeOf({
      program: this.#program,
      data: this.data,
      sums: this.#sums,
      overTime: this.#overTime,
      members: this.#membersByTier(),
      rewards: this.#rewards,
      assumed: this.#assumed.spent,
    })
  }

  #settle(until: number): void {
    for (let due = this.#due.take(until); due !== null; due = this.#due.take(until)) {
      const [at, id] = due
      if (this.#queued.get(id) !== at) continue
      this.#queued.delete(id)
      const now = Math.max(at, this.#now)
      this.#unit(now, (desk) => {
        const books = desk.books(id)
        settleMember(books, this.#programs, desk.history(id), now)
        this.#assumed.spend(books, now)
      })
    }
  }

  #unit(now: number, work: (desk: Desk) => void): void {
    this.#now = now
    const desk = new Desk({
      tx: this.#tx,
      programs: this.#programs,
      now,
      origin: ORIGIN,
      newId: this.#newId,
      newCode: this.#newCode,
      hashName: (name) => name,
      effectKinds: EFFECTS,
      conclude,
      knowledge: this.#look.at(now),
    })
    work(desk)
    const changes = desk.finish()
    if (changes === null) return
    const { entries = [] } = changes
    for (const entry of entries) addEntry(this.#sums, entry)
    this.#assumed.note(entries)
    const effects = this.data.apply(changes)
    for (const member of changes.members ?? []) this.#queue(member)
    for (const effect of effects) this.#carryOut(effect)
  }

  #nextId(): string {
    this.#ids++
    return this.#ids.toString(36).padStart(8, '0')
  }

  #queue({ id, nextAt }: Member): void {
    // What a unit at this moment left due has been looked at.
    if (nextAt === null || nextAt <= this.#now || this.#queued.get(id) === nextAt) return
    this.#queued.set(id, nextAt)
    this.#due.add(nextAt, id)
  }

  /** Stands in for the vendor: makes every reward at once, of which some are used. */
  #carryOut({ payload }: Effect): void {
    const order = payload as RewardOrder
    if (order.do !== 'make') return
    const { redemption } = order
    const promotionCode = `promo_${redemption}`
    const at = this.#now
    const isUsed = this.#usesNext()
    this.#rewards.made++
    if (isUsed) this.#rewards.used++
    if (isUsed) this.#rewards.usedWorth += worthOf(this.#program, this.data.redemptions.get(redemption)?.reward ?? '')
    this.#unit(at, (desk) => {
      recordReward(desk, {
        kind: 'reward_made',
        redemption,
        code: redemption,
        promotionCode,
        coupon: null,
        transaction: null,
      })
      if (isUsed) recordReward(desk, { kind: 'code', promotionCode, at, timesRedeemed: 1, active: false })
    })
  }

  /** Of every so many rewards one is used: not by chance, so that the share holds. */
  #usesNext(): boolean {
    // Floating point: ten times 40 % are four.
    this.#usedRest += this.#redeemShare + 1e-12
    if (this.#usedRest < 1) return false
    this.#usedRest -= 1
    return true
  }

  #close(period: string): void {
    const [before, now] = [this.#since, this.#sums]
    this.#since = { ...now }
    this.#overTime.push({
      period,
      issued: now.issued - before.issued,
      redeemed: now.redeemed - before.redeemed,
      expired: now.expired - before.expired,
      members: this.#membersByTier(),
    })
  }

  #membersByTier(): MembersByTier {
    const levels = this.#program.tiers?.levels.map(({ id }) => id) ?? []
    const members: MembersByTier = Object.fromEntries(levels.map((id) => [id, 0]))
    for (const member of this.data.members.values()) {
      if (member.status !== 'active') continue
      const tier = heldSegments(member).at(-1)?.id ?? 'none'
      members[tier] = (members[tier] ?? 0) + 1
    }
    return members
  }
}

/** What a program turns into rewards by itself is redeemed without anybody's doing. */
export const turnsByItself = ({ autoRedeem }: Program): boolean => autoRedeem.length > 0

/** Everybody who buys takes part: what a program would do is asked of all customers. */
const everybodyJoins = (program: Program): Program => ({
  ...program,
  enrolment: { ...program.enrolment, automatic: true, consent: 'implied' },
})
