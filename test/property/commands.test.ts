// Whatever happens to members, in whatever order, under whatever program: refunds never take more than was earned nor
// twice what expired, no point comes from nowhere, and the books agree with their journal after every step.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LedgerRow } from '../../src/app/store-port.ts'
import { balanceOf } from '../../src/core/rebuild.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { anyCommand, anyProgram, type Bought, type Command, Shop } from '../support/fault-commands.ts'
import { makeProgram } from '../support/programs.ts'
import { createWorld, type World } from '../support/world.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 60)
const NOW = Date.UTC(2026, 10, 22, 12)
const STEPS = 24
const anyCommands = fc.array(anyCommand, { maxLength: STEPS, size: 'max' })

async function journal({ store }: World): Promise<LedgerRow[]> {
  const members = await store.membersAfter('', 100)
  return store.entriesOf(members.map(({ id }) => id))
}

/** Points of members come from the program and from what was forgiven, and go nowhere else. */
async function expectConserved(world: World, rows: readonly LedgerRow[]): Promise<void> {
  const isOutside = (account: string): boolean =>
    ['program', 'forgiven', 'forfeited'].includes(account) || account.startsWith('partner/')
  let given = 0
  for (const [from, to, points] of rows.flatMap(({ postings }) => postings)) {
    expect(points).toBeGreaterThan(0)
    given += (isOutside(from) ? points : 0) - (isOutside(to) ? points : 0)
  }
  const members = await world.store.membersAfter('', 100)
  const held = members.reduce(
    (sum, one) => sum + one.available + one.pending + one.reserved + one.redeemed + one.expired,
    0,
  )
  expect(held).toBe(given)
}

/** Of each lot: never more taken back than was given, never more back from `expired` than had expired. */
function expectNoneTwice(rows: readonly LedgerRow[]): void {
  const net = new Map<string, number>()
  const expired = new Map<string, number>()
  for (const { about, code, postings } of rows.toSorted((a, b) => a.seq - b.seq)) {
    if (about === null || code === 'adjustment') continue
    for (const [from, to, points, lot] of postings) {
      const change = (balanceOf(from) === 'program' ? points : 0) - (balanceOf(to) === 'program' ? points : 0)
      net.set(about, (net.get(about) ?? 0) + change)
      if (lot === null) continue
      const ended = (to === 'expired' ? points : 0) - (from === 'expired' ? points : 0)
      expired.set(lot, (expired.get(lot) ?? 0) + ended)
    }
    expect(net.get(about) ?? 0, `what ${about} brought`).toBeGreaterThanOrEqual(0)
  }
  for (const [lot, points] of expired) expect(points, `what expired of ${lot}`).toBeGreaterThanOrEqual(0)
}

async function expectSound(world: World): Promise<void> {
  expect((await world.app.verify()).discrepancies).toEqual([])
  const rows = await journal(world)
  await expectConserved(world, rows)
  expectNoneTwice(rows)
}

/** Where no tier multiplies: the points of each payment follow from its amounts alone. */
function expectedOf({ amount, refunds, disputed }: Bought, rounding: string): number {
  const refunded = disputed ? amount : refunds.reduce((sum, { part }) => sum + part, 0)
  const kept = (amount - Math.min(amount, refunded)) / 100
  return rounding === 'ceil' ? Math.ceil(kept) : rounding === 'nearest' ? Math.floor(kept + 0.5) : Math.floor(kept)
}

describe('any sequence of commands', () => {
  test(
    'leaves books in which refunds took no more than was earned, nor twice what expired',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyProgram, anyCommands, async (input, commands) => {
          const world = await createWorld({ program: makeProgram(input), now: NOW })
          const shop = new Shop(world)
          for (const one of commands) {
            await shop.run(one)
            await expectSound(world)
          }
          if (isPlain(input, commands)) await expectAmounts(shop, input)
          await world.close()
        }),
        { numRuns: RUNS },
      )
    },
    20_000 + RUNS * 500,
  )

  /** Nobody's purchases count for nothing, and neither tier nor campaign multiplies. */
  const isPlain = (input: Partial<ProgramInput>, commands: readonly Command[]): boolean =>
    input.tiers === undefined &&
    input.campaigns === undefined &&
    input.enrolment?.automatic === true &&
    !commands.some((one) => one.do === 'erase')

  async function expectAmounts({ world, bought }: Shop, input: Partial<ProgramInput>): Promise<void> {
    for (const one of bought.filter(({ account }) => account === null)) {
      const [brief] = (await world.store.findPayments([one.made.ch])).values()
      const [stored] = (await world.store.paymentsAfter('', 100)).filter(({ id }) => id === brief?.id)
      expect(stored?.posted.purchase ?? 0, one.made.ch).toBe(expectedOf(one, input.points?.rounding ?? 'floor'))
    }
  }

  test(
    'that refunds everything in the end leaves nothing earned',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyProgram, anyCommands, async (input, commands) => {
          const world = await createWorld({ program: makeProgram(input), now: NOW })
          const shop = new Shop(world)
          for (const one of commands) if (!['adjust', 'dispute', 'erase'].includes(one.do)) await shop.run(one)
          for (let index = 0; index < shop.bought.length; index++)
            await shop.run({ do: 'refund', payment: index, percent: 100, state: 'succeeded', snapshot: false })
          await expectSound(world)
          for (const member of await world.store.membersAfter('', 100))
            expect([member.available, member.pending, member.expired, member.spendMinor, member.purchases]).toEqual([
              0, 0, 0, 0, 0,
            ])
          await world.close()
        }),
        { numRuns: RUNS },
      )
    },
    20_000 + RUNS * 500,
  )
})
