// A club with a member or two, for tests of what members are given: the use cases over a store, with a clock to turn.
import { expect } from 'vitest'
import type { AwardView, MemberView } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from './programs.ts'
import { type PaymentOptions, stripePayment } from './stripe-events.ts'
import { createWorld, staff, type World } from './world.ts'

export const ADA = 'email:ada@example.org'
export const DAY = 86_400_000

export interface Club {
  world: World
  enrol(over?: { email?: string; birthday?: string; enrolledAt?: number }): Promise<MemberView>
  buy(options: PaymentOptions): Promise<ReturnType<typeof stripePayment>>
  member(ref?: string): Promise<MemberView>
  points(ref?: string): Promise<MemberView['points']>
  /** Oldest first. */
  sentences(ref?: string): Promise<string[]>
  awards(ref?: string): Promise<AwardView[]>
  /** Turns the clock and has done what is due by then. */
  goTo(at: number): Promise<void>
  /** The journal agrees with what is kept. */
  isSound(): Promise<void>
}

export async function openClub(over: Partial<ProgramInput>, now: number, store?: Store): Promise<Club> {
  const world = await createWorld({ program: makeProgram(over), now, ...(store && { store }) })
  const { app, clock } = world
  const opened = <T>(result: { ok: true; value: T } | { ok: false; message: string }): T => {
    if (!result.ok) throw new Error(result.message)
    return result.value
  }
  const club: Club = {
    world,
    // Ethiopian, Armenian and Azerbaijani names: none of them may matter.
    enrol: async ({ email = 'ada@example.org', ...rest } = {}) =>
      opened(await app.enrolMember({ email, name: 'ሰላም Հայկ Əli', ...rest }, staff, null)),
    buy: async (options) => {
      const bought = stripePayment(options)
      expect(await world.deliver(bought.charge())).toBe('recorded')
      return bought
    },
    member: async (ref = ADA) => opened(await app.getMember(ref)),
    points: async (ref) => (await club.member(ref)).points,
    sentences: async (ref = ADA) =>
      opened(await app.ledger(ref, { limit: 200 }))
        .items.map(({ reason }) => reason)
        .reverse(),
    awards: async (ref = ADA) => opened(await app.listAwards(ref, { limit: 200 })).items,
    goTo: async (at) => {
      clock.at = at
      while ((await app.settleDue(100)) > 0);
    },
    isSound: async () => expect((await app.verify()).discrepancies).toEqual([]),
  }
  return club
}
