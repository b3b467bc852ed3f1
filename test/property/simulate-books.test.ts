// A simulation keeps its books in memory. Fed the same facts, the database comes to the same; and its journal says what
// its lots and balances say.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RefundPart } from '../../src/core/facts.ts'
import { rebuild } from '../../src/core/rebuild.ts'
import type { Redemption } from '../../src/core/reward-state.ts'
import type { Lot, Member } from '../../src/core/state.ts'
import { heldSegments } from '../../src/core/tiers.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { type HistoryFact, storedFacts } from '../../src/simulate/history.ts'
import { Simulation } from '../../src/simulate/simulation.ts'
import { charge, DAY, partsOf, T0 } from '../support/payments.ts'
import { preset } from '../support/presets.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { RewardVendor } from '../support/reward-vendor.ts'
import { createWorld, type World } from '../support/world.ts'

const PROGRAMS: Record<string, Program> = mapped({
  'points that end after a while': { points: { expiry: { kind: 'after', months: 3 } } },
  'points that end by inactivity, held at first': {
    points: { holdDays: 14, expiry: { kind: 'inactivity', months: 2 }, shortfall: 'forgive' },
  },
  'tiers that are kept and lost, with their own terms': {
    points: { expiry: { kind: 'inactivity', months: 4 } },
    tiers: {
      metric: 'spend',
      window: { kind: 'rolling', months: 3 },
      keep: { months: 2 },
      levels: levels(['base', 0], ['gold', 200, { multiplier: 1.5, expiry: { kind: 'never' } }]),
    },
  },
})

/** Those of the presets in which most happens by itself. */
for (const name of ['dsw-vip', 'starbucks-rewards', 'tarte', 'xplr-pass']) PROGRAMS[name] = preset(name)

function mapped(inputs: Record<string, Partial<ProgramInput>>): Record<string, Program> {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, makeProgram(input)]))
}

interface Bought {
  customer: number
  day: number
  minor: number
  refund: { day: number; share: number } | null
}

const bought = fc.record({
  customer: fc.nat(3),
  day: fc.nat(400),
  minor: fc.integer({ min: 1, max: 40_000 }),
  refund: fc.option(fc.record({ day: fc.nat(60), share: fc.constantFrom(0.25, 0.5, 1) }), { freq: 4 }),
})

function factsOf(history: readonly Bought[]): HistoryFact[] {
  const facts = history.flatMap(({ customer, day, minor, refund }, n) => {
    // No two at the same moment: then there is one order only.
    const at = T0 + day * DAY + n * 1_000
    const [id, intent] = [`ch_${n}`, `pi_${n}`]
    const refunded: RefundPart | null = refund && {
      charge: id,
      intent,
      amountMinor: Math.ceil(minor * refund.share),
      state: 'succeeded',
      at: at + refund.day * DAY + 500,
      failedAt: null,
    }
    const parts = partsOf({
      names: [id, intent],
      currency: 'usd',
      charges: { [id]: charge({ intent, amountMinor: minor, at, snapshot: null }) },
      refunds: refunded === null ? {} : { [`re_${n}`]: refunded },
      succeededAt: at,
      items: { rank: 3, list: [] },
    })
    return storedFacts(parts, String(customer))
  })
  return facts.sort((a, b) => a.at - b.at)
}

const shown = (member: Member, lots: readonly Lot[], rewards: readonly Redemption[]) => ({
  customer: Object.keys(member.customers),
  balances: [member.available, member.pending, member.reserved, member.redeemed, member.expired],
  spend: [member.spendMinor, member.purchases, member.lastPurchaseAt],
  tiers: heldSegments(member),
  lots: lots
    .map(({ earnedAt, points, remaining, spent, expired, state }) => [
      earnedAt,
      points,
      remaining,
      spent,
      expired,
      state,
    ])
    .map((lot) => lot.join(' '))
    .sort(),
  rewards: rewards.map(({ reward, state, cost, createdAt }) => `${createdAt} ${reward} ${state} ${cost}`).sort(),
})

const END = T0 + 500 * DAY

function inMemory(program: Program, facts: readonly HistoryFact[]) {
  const simulation = new Simulation(program, 0, [], true)
  for (const fact of facts) simulation.take(fact)
  simulation.advanceTo(END)
  const { members, lots, redemptions } = simulation.data
  return byCustomer([...members.values()].map((member) => shown(member, lots.of(member.id), redemptions.of(member.id))))
}

/** The clock stops wherever something is due, as the simulation's does. */
async function advance({ app, store, clock }: World, until: number): Promise<void> {
  for (;;) {
    await app.drainOutbox()
    const due = (await store.membersAfter('', 100)).map(({ nextAt }) => nextAt).filter((at) => at !== null)
    const next = Math.min(...due)
    if (next > until) break
    clock.at = Math.max(clock.at, next)
    await app.settleDue(100)
  }
  clock.at = until
}

async function inDatabase(program: Program, facts: readonly HistoryFact[]) {
  const world = await createWorld({ program, now: T0, deliverers: [new RewardVendor().deliverer] })
  const { app, store } = world
  try {
    for (const { at, fact } of facts) {
      await advance(world, at)
      await app.learnFacts({ source: 'test', livemode: null, facts: [fact()], lookups: [] })
    }
    await advance(world, END)
    const all = await store.redemptionsAfter('', 1_000)
    const members = []
    for (const member of await store.membersAfter('', 100)) {
      const rewards = all.filter((redemption) => redemption.member === member.id)
      members.push(shown(member, await store.lotsOf([member.id]), rewards))
    }
    expect((await app.verify()).discrepancies).toEqual([])
    return byCustomer(members)
  } finally {
    await world.close()
  }
}

const byCustomer = <Row extends { customer: string[] }>(rows: Row[]): Row[] =>
  rows.sort((a, b) => String(a.customer).localeCompare(String(b.customer)))

describe.each(Object.entries(PROGRAMS))('%s', (_, program) => {
  test('come to the same in memory as in the database', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(bought, { minLength: 1, maxLength: 14 }), async (history) => {
        const facts = factsOf(history)
        expect(inMemory(program, facts)).toEqual(await inDatabase(program, facts))
      }),
      { numRuns: 15 },
    )
  })

  test('are what the journal of the simulation says, also where points are redeemed by assumption', () => {
    fc.assert(
      fc.property(fc.array(bought, { minLength: 1, maxLength: 30 }), fc.constantFrom(0, 0.4, 1), (history, share) => {
        const simulation = new Simulation(program, share, [], true)
        for (const fact of factsOf(history)) simulation.take(fact)
        simulation.advanceTo(END)
        const { members, journal } = simulation.data
        for (const { id, available, pending, reserved, redeemed, expired } of members.values()) {
          const { balances } = rebuild(journal?.get(id) ?? [])
          expect(balances).toEqual({ available, pending, reserved, redeemed, expired })
        }
      }),
      { numRuns: 25 },
    )
  })
})
