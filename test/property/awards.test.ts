// Any mix and order of actions, birthdays changed, purchases, refunds, choices and time: limits hold, nothing is given twice,
// and the journal agrees with what is kept.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/app/ports.ts'
import { addMonths } from '../../src/core/calendar.ts'
import { emptyParts } from '../../src/core/facts.ts'
import { dayAt, periodAt } from '../../src/core/limits.ts'
import type { Grant } from '../../src/core/reward-state.ts'
import type { Lot } from '../../src/core/state.ts'
import type { Period } from '../../src/program/awards.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { type Club, openClub } from '../support/clubs.ts'
import { makeProgram } from '../support/programs.ts'
import { EVERY_KIND, type Kind, useStores } from '../support/stores.ts'
import type { stripePayment } from '../support/stripe-events.ts'
import { staff } from '../support/world.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 60)
const START = Date.UTC(2026, 1, 20, 12)
const HOUR = 3_600_000
const DAY = 24 * HOUR
const MEMBERS = ['ada@example.org', 'bo@example.org']
const STEPS = 30

const anyPer = fc.constantFrom('day', 'week', 'month', 'year', 'lifetime')
const anyProgram: fc.Arbitrary<Partial<ProgramInput>> = fc
  .record({
    timezone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Baku', 'Pacific/Apia'),
    stacking: fc.constantFrom('best', 'all'),
    expiry: fc.constantFrom({ kind: 'never' }, { kind: 'after', months: 2 }, { kind: 'inactivity', months: 2 }),
    shortfall: fc.constantFrom('owe', 'forgive'),
    often: fc.record({ times: fc.integer({ min: 1, max: 3 }), per: anyPer }),
    shared: fc.record({ points: fc.integer({ min: 1, max: 120 }), per: anyPer }),
    joining: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ timezone, stacking, expiry, shortfall, often, shared, joining }) => ({
    timezone,
    stacking,
    points: { expiry, shortfall } as ProgramInput['points'],
    enrolment: { award: { points: joining, badge: 'new' } },
    badges: [{ id: 'new', name: 'New' }],
    earning: [
      { id: 'purchase', on: 'purchase' },
      { id: 'renewed', on: 'item', products: ['prod_renewed'], points: 9 },
      { id: 'reused', on: 'item', products: ['prod_renewed'], points: 4 },
      { id: 'review', on: 'action', action: 'review', points: 30, limit: often },
      { id: 'photo', on: 'action', action: 'review', award: { points: 7, badge: 'new' } },
      { id: 'visit', on: 'action', action: 'visit', points: 11, limit: { times: 2, per: 'day' } },
      { id: 'birthday', on: 'birthday', award: { choose: [{ points: 25 }, { badge: 'new' }] } },
      { id: 'anniversary', on: 'anniversary', points: 13 },
    ],
    limits: [{ id: 'extras', rules: ['review', 'visit', 'birthday', 'renewed', 'reused'], ...shared }],
  }))

const anyMember = fc.nat(MEMBERS.length - 1)
const anyCommand = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      who: anyMember,
      action: fc.constantFrom('review', 'visit'),
      hoursAgo: fc.oneof(fc.constant(0), fc.nat(24 * 90)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.oneof(fc.nat(48), fc.nat(24 * 70)) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('birthday' as const),
      who: anyMember,
      daysAhead: fc.integer({ min: -40, max: 40 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      who: anyMember,
      amount: fc.integer({ min: 1, max: 9_000 }),
      daysAgo: fc.nat(60),
      pieces: fc.nat(8),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refund' as const), which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('choose' as const), who: anyMember, option: fc.nat(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('take' as const), who: anyMember, points: fc.integer({ min: 1, max: 60 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('merge' as const) }) },
)
type Command = typeof anyCommand extends fc.Arbitrary<infer T> ? T : never

const refOf = (who: number): string => `email:${MEMBERS[who]}`

class Life {
  readonly club: Club
  readonly bought: ReturnType<typeof stripePayment>[] = []
  hasMerged = false

  constructor(club: Club) {
    this.club = club
  }

  async run(command: Command): Promise<void> {
    const { app, clock } = this.club.world
    switch (command.do) {
      case 'act': {
        const at = clock.at - command.hoursAgo * HOUR
        await app.recordAction(refOf(command.who), { action: command.action, at }, staff, null)
        return
      }
      case 'wait':
        await this.club.goTo(clock.at + command.hours * HOUR)
        return
      case 'birthday': {
        const birthday = new Date(clock.at + command.daysAhead * DAY).toISOString().slice(0, 10)
        await app.updateMember(refOf(command.who), { birthday }, staff)
        return
      }
      case 'buy': {
        const at = clock.at - command.daysAgo * DAY
        const bought = await this.club.buy({ at, amount: command.amount, email: MEMBERS[command.who] ?? null })
        const list = [{ product: 'prod_renewed', price: null, quantity: command.pieces, amountMinor: command.amount }]
        const parts = { ...emptyParts(), names: [bought.pi], items: { rank: 3, list } }
        await app.learnFacts({
          source: 'stripe:items',
          livemode: null,
          facts: [{ kind: 'payment', parts }],
          lookups: [],
        })
        this.bought.push(bought)
        return
      }
      case 'refund': {
        const bought = this.bought[command.which]
        if (bought) await this.club.world.deliver(bought.refund(1_000_000, { id: `re_${bought.ch}` }))
        return
      }
      case 'choose': {
        const open = (await this.club.awards(refOf(command.who))).find(({ state }) => state === 'open')
        if (open) await app.chooseAward(refOf(command.who), open.id, command.option, staff, null)
        return
      }
      case 'take':
        await app.adjustPoints(refOf(command.who), { points: -command.points, reason: 'spent' }, staff, null)
        return
      case 'merge':
        if (!this.hasMerged) this.hasMerged = (await app.mergeMembers(refOf(1), refOf(0), staff, null)).ok
        return
      default: {
        const unknown: never = command
        return unknown
      }
    }
  }
}

const grantsOf = ({ world }: Club, member: string): Promise<Grant[]> =>
  world.store
    .grantsPage({ member, limit: 10_000, before: null })
    .then((grants) => grants.filter(({ state }) => state !== 'withdrawn'))

/** No more in any period than the rules and the limits they share allow. */
function expectWithinLimits(
  { earning, limits, timezone }: Program,
  grants: readonly Grant[],
  lots: readonly Pick<Lot, 'rule' | 'earnedAt' | 'points'>[],
): void {
  const isIn = (per: Period, around: number, at: number): boolean => {
    const { from, to } = periodAt(around, per, timezone)
    return at >= from && (to === null || at < to)
  }
  for (const rule of earning) {
    if (rule.on !== 'action' || rule.limit === null) continue
    const { times, per } = rule.limit
    const given = grants.filter((grant) => grant.rule === rule.id)
    for (const { at } of given) expect(given.filter((one) => isIn(per, at, one.at)).length).toBeLessThanOrEqual(times)
  }
  for (const { rules, points, per } of limits) {
    const earned = lots.filter((lot) => rules.includes(lot.rule))
    for (const { earnedAt } of earned) {
      const together = earned.filter((one) => isIn(per, earnedAt, one.earnedAt))
      expect(together.reduce((sum, one) => sum + one.points, 0)).toBeLessThanOrEqual(points)
    }
  }
}

/** A birthday and an anniversary once in twelve months, joining once. */
function expectOnce({ timezone }: Program, grants: readonly Grant[]): void {
  for (const occasion of ['birthday', 'anniversary']) {
    const days = grants
      .filter((grant) => grant.occasion === occasion)
      .map(({ at }) => dayAt(at, timezone))
      .sort((a, b) => a - b)
    days.forEach((day, i) => {
      const before = days[i - 1]
      if (before !== undefined) expect(day).toBeGreaterThanOrEqual(addMonths(before, 12))
    })
  }
  expect(grants.filter(({ occasion }) => occasion === 'enrolment').length).toBeLessThanOrEqual(1)
}

/** What grants say was given is what the journal says their lots brought. */
async function expectLots(club: Club, grants: readonly Grant[], members: readonly string[]): Promise<void> {
  const lots = new Map((await club.world.store.lotsOf(members)).map((lot) => [lot.id, lot]))
  for (const { id, points } of grants) expect(lots.get(id)?.points ?? 0).toBe(points)
}

describe('whatever members do', () => {
  test(
    'they are given nothing twice and nothing beyond a limit, and the books are sound',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          anyProgram,
          fc.array(anyCommand, { maxLength: STEPS, size: 'max' }),
          async (input, commands) => {
            const club = await openClub(input, START)
            for (const email of MEMBERS) await club.enrol({ email })
            const program = makeProgram(input)
            const life = new Life(club)
            for (const command of commands) await life.run(command)
            const members = (await club.world.store.membersAfter('', 10)).map(({ id }) => id)
            for (const member of members) {
              const grants = await grantsOf(club, member)
              // Two people's limits and birthdays were two people's.
              if (!life.hasMerged) {
                expectWithinLimits(program, grants, await club.world.store.lotsOf([member]))
                expectOnce(program, grants)
              }
              expect(grants.filter(({ occasion }) => occasion === 'enrolment').length).toBeLessThanOrEqual(1)
              await expectLots(club, grants, members)
            }
            await club.isSound()
            await club.world.close()
          },
        ),
        { numRuns: RUNS },
      )
    },
    20_000 + RUNS * 500,
  )
})

/** As callers do: what could not be stored is sent again. */
async function insist<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }
}

describe.each<Kind>([...EVERY_KIND])('many at once on %s', (kind) => {
  const openStore = useStores(kind)
  const CALLS = 12

  test('give what a limit allows and refuse the rest as limit_reached', { timeout: 60_000 }, async () => {
    const { store } = await openStore()
    const program: Partial<ProgramInput> = {
      earning: [
        { id: 'review', on: 'action', action: 'review', points: 30, limit: { times: 3, per: 'day' } },
        { id: 'visit', on: 'action', action: 'visit', points: 20 },
      ],
      limits: [{ id: 'extras', rules: ['visit'], points: 50, per: 'month' }],
    }
    const club = await openClub(program, START, store)
    await club.enrol()
    const act = (action: string) =>
      insist(() => club.world.app.recordAction('email:ada@example.org', { action }, staff, null))
    const outcomes = await Promise.all(Array.from({ length: CALLS }, (_, n) => act(n % 2 === 0 ? 'review' : 'visit')))
    const given = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value.points] : []))
    expect(given.sort((a, b) => a - b)).toEqual([10, 20, 20, 30, 30, 30])
    expect(outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.code]))).toEqual(
      Array(CALLS - 6).fill('limit_reached'),
    )
    expect(await club.points()).toMatchObject({ available: 140 })
    await club.isSound()
  })

  test('make one choice, and give one birthday', { timeout: 60_000 }, async () => {
    const { store } = await openStore()
    const program: Partial<ProgramInput> = {
      earning: [{ id: 'birthday', on: 'birthday', award: { choose: [{ points: 25 }, { points: 50 }] } }],
    }
    const club = await openClub(program, START, store)
    await club.enrol()
    const { app } = club.world
    const ref = 'email:ada@example.org'
    await Promise.all(
      ['--02-20', '--02-19', '--02-20', '--02-18'].map((birthday) =>
        insist(() => app.updateMember(ref, { birthday }, staff)),
      ),
    )
    await insist(() => app.updateMember(ref, { birthday: '--02-20' }, staff))
    const [award, ...others] = await club.awards()
    expect(others).toEqual([])
    const outcomes = await Promise.all(
      [0, 1, 0, 1].map((option) => insist(() => app.chooseAward(ref, award?.id ?? '', option, staff, null))),
    )
    const [chosen] = await club.awards()
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(2)
    expect(outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.code]))).toEqual(['conflict', 'conflict'])
    expect(await club.points()).toMatchObject({ available: chosen?.chosen === 0 ? 25 : 50 })
    await club.isSound()
  })

  test('wake every member once for a new program, while members act', { timeout: 60_000 }, async () => {
    const { store } = await openStore()
    const before = await openClub({}, START, store)
    for (let n = 0; n < 6; n++) await before.enrol({ email: `member${n}@example.org`, birthday: '--02-21' })
    const club = await openClub({ earning: [{ id: 'birthday', on: 'birthday', points: 25 }] }, START + DAY, store)
    const { app } = club.world
    const tasks = Array.from({ length: 6 }, (_, n) => [
      () => app.settleDue(2),
      () => app.adjustPoints(`email:member${n}@example.org`, { points: 1, reason: 'at once' }, staff, null),
    ]).flat()
    await Promise.all(tasks.map((task) => insist(task as () => Promise<unknown>)))
    await club.goTo(START + 2 * DAY)
    for (let n = 0; n < 6; n++)
      expect(await club.points(`email:member${n}@example.org`)).toMatchObject({ available: 26 })
    await club.isSound()
  })
})
