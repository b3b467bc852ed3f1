/**
 * Segments in a simulation: everybody is looked at once a week, where a server does so each night. Programs without rules
 * for segments pay nothing for it.
 */
import { NO_KNOWLEDGE } from '../app/retention-shelf.ts'
import { standingOf } from '../app/segment.ts'
import { DAY_MS, localDay } from '../core/calendar.ts'
import type { Member } from '../core/state.ts'
import type { Program } from '../program/schema.ts'
import { RfmTally } from '../retention/rfm.ts'
import type { Knowledge } from '../retention/types.ts'

const EVERY_MS = 7 * DAY_MS

export class WeeklyLook {
  readonly #program: Program
  readonly #members: ReadonlyMap<string, Member>
  readonly #isWanted: boolean
  #nextAt = Number.NEGATIVE_INFINITY
  #knowledge = NO_KNOWLEDGE

  constructor(program: Program, members: ReadonlyMap<string, Member>) {
    this.#program = program
    this.#members = members
    this.#isWanted = usesSegments(program)
  }

  /** What is known of all customers at the moment; learnt anew where a week has passed. */
  at(now: number): Knowledge {
    if (this.#isWanted && now >= this.#nextAt) this.#look(now)
    return this.#knowledge
  }

  #look(now: number): void {
    this.#nextAt = now + EVERY_MS
    const zone = this.#program.timezone
    const today = localDay(now, zone)
    const tally = new RfmTally()
    for (const { lastPurchaseAt, purchases, spendMinor } of this.#members.values())
      if (lastPurchaseAt !== null)
        tally.add({ daysSince: today - localDay(lastPurchaseAt, zone), purchases, spendMinor })
    const cuts = tally.cuts(now)
    this.#knowledge = { ...NO_KNOWLEDGE, cuts }
    if (cuts === null) return
    // Between units the objects are the data's own.
    for (const member of this.#members.values()) member.segment = standingOf(member, cuts, today, zone)?.segment ?? null
  }
}

/** Whether any rule asks for a segment. */
const usesSegments = ({ earning, campaigns, rewards }: Program): boolean =>
  [...earning, ...campaigns].some(({ when }) => when.segments.length > 0) ||
  rewards.some(({ segments }) => segments.length > 0)
