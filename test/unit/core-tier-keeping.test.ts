// What it takes to keep a tier, said for one member at a time.
import { describe, expect, it } from 'vitest'
import type { HeldSubscription } from '../../src/core/state.ts'
import { keepingTier } from '../../src/core/tier-keeping.ts'
import { addContribution, rebaseTiers, startTiers } from '../../src/core/tiers.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'

const at = (date: string): number => Date.parse(`${date}T12:00:00Z`)
const LEVELS = levels(['base', 0], ['silver', 100], ['gold', 300])

function member(program: Program, bought: [date: string, amount: number][], subscriptions = {}) {
  let tiers = startTiers(program, 'v1', at('2024-01-01')) ?? expect.unreachable()
  for (const [date, amount] of bought) tiers = addContribution(tiers, program, { at: at(date), amount })
  return { tiers, subscriptions }
}
const yearly = (over: Partial<NonNullable<ProgramInput['tiers']>> = {}) =>
  makeProgram({ tiers: { levels: LEVELS, ...over } })

describe('a tier of the calendar year', () => {
  it('needs the threshold again in its last year', () => {
    const kept = keepingTier(
      member(yearly(), [
        ['2025-05-01', 320],
        ['2026-03-01', 120],
      ]),
      yearly(),
      at('2026-12-10'),
    )
    expect(kept).toEqual({
      levelId: 'gold',
      until: Date.UTC(2027, 0, 1),
      missing: 180,
      missingByEnd: 180,
      unit: 'points',
      fallsTo: 'silver',
    })
  })

  it('cannot be kept for longer in the year it was reached in', () => {
    expect(keepingTier(member(yearly(), [['2025-05-01', 320]]), yearly(), at('2025-12-10'))).toBeNull()
  })

  it('is kept already once the threshold is reached again', () => {
    const bought: [string, number][] = [
      ['2025-05-01', 320],
      ['2026-03-01', 300],
    ]
    expect(keepingTier(member(yearly(), bought), yearly(), at('2026-12-10'))).toBeNull()
  })

  it('has ended for whoever asks later', () => {
    expect(keepingTier(member(yearly(), [['2025-05-01', 320]]), yearly(), at('2027-01-02'))).toBeNull()
  })

  it('falls one level at most where the program says so', () => {
    const program = yearly({ downgrade: 'one_step' })
    expect(keepingTier(member(program, [['2025-05-01', 320]]), program, at('2026-12-10'))?.fallsTo).toBe('silver')
    expect(keepingTier(member(yearly(), [['2025-05-01', 320]]), yearly(), at('2026-12-10'))?.fallsTo).toBe('base')
  })
})

it('counts spend in minor units of the program’s currency', () => {
  const program = yearly({ metric: 'spend' })
  const kept = keepingTier(
    member(program, [
      ['2025-05-01', 30_000],
      ['2026-02-01', 29_950],
    ]),
    program,
    at('2026-12-10'),
  )
  expect(kept).toMatchObject({ unit: 'spend', missing: 50, fallsTo: 'silver' })
})

it('asks for a purchase of a rolling tier even where enough counts: time alone prolongs nothing', () => {
  const program = yearly({ window: { kind: 'rolling', months: 12 }, keep: { months: 6 } })
  const kept = keepingTier(member(program, [['2026-05-01', 320]]), program, at('2026-10-20'))
  expect(kept).toMatchObject({ levelId: 'gold', missing: 1, missingByEnd: 1, fallsTo: 'base' })
})

it('says how much more it is by the end where purchases fall out of the window on the way', () => {
  const program = yearly({ window: { kind: 'rolling', months: 6 }, keep: { months: 3 } })
  const kept = keepingTier(
    member(program, [
      ['2026-01-10', 200],
      ['2026-05-01', 120],
    ]),
    program,
    at('2026-06-10'),
  )
  expect(kept).toMatchObject({ missing: 1, missingByEnd: 180 })
})

describe('a tier held by subscription', () => {
  const program = makeProgram({
    tiers: { levels: [...LEVELS, { id: 'prime', name: 'Prime', paid: { products: ['prod_prime'] } }] },
  })
  const subscription = (cancelAt: number | null): HeldSubscription => ({
    at: at('2026-01-01'),
    rank: 0,
    status: 'active',
    products: ['prod_prime'],
    prices: [],
    trialEnd: null,
    cancelAt,
    endedAt: null,
    paused: false,
    customer: 'cus_1',
    startedAt: at('2026-01-01'),
    currentPeriodEnd: null,
    pastDueSince: null,
    earlier: [],
  })

  it('leaves nothing to be lost while it runs', () => {
    const held = member(program, [['2025-05-01', 320]], { sub_1: subscription(null) })
    expect(keepingTier(held, program, at('2026-12-10'))).toBeNull()
  })

  it('leaves the earned one to be kept where it ends before', () => {
    const held = member(program, [['2025-05-01', 320]], { sub_1: subscription(at('2026-12-20')) })
    expect(keepingTier(held, program, at('2026-12-10'))).toMatchObject({ levelId: 'gold', fallsTo: 'base' })
  })
})

describe('where there is nothing to keep', () => {
  it('says nothing without tiers, of the base level, and of a level that is no more', () => {
    expect(keepingTier({ tiers: null, subscriptions: {} }, yearly(), at('2026-12-10'))).toBeNull()
    expect(keepingTier(member(yearly(), []), makeProgram(), at('2026-12-10'))).toBeNull()
    expect(keepingTier(member(yearly(), []), yearly(), at('2026-12-10'))).toBeNull()
    const renamed = makeProgram({ tiers: { levels: levels(['base', 0], ['platinum', 300]) } })
    expect(keepingTier(member(yearly(), [['2025-05-01', 320]]), renamed, at('2026-12-10'))).toBeNull()
  })

  it('goes by a promise of an earlier program where the tier is for life now', () => {
    const forLife = yearly({ window: { kind: 'lifetime' } })
    const { tiers } = member(yearly(), [['2025-05-01', 320]])
    const rebased = rebaseTiers({ ...tiers, sums: [[0, 250]] }, forLife, 'v2', at('2025-06-01'))
    expect(keepingTier({ tiers: rebased, subscriptions: {} }, forLife, at('2026-12-10'))).toMatchObject({ missing: 50 })
  })

  it('takes a clock in the past for the time of the newest purchase', () => {
    const kept = keepingTier(
      member(yearly(), [
        ['2025-05-01', 320],
        ['2026-03-01', 120],
      ]),
      yearly(),
      at('2026-02-10'),
    )
    expect(kept).toMatchObject({ levelId: 'gold', missing: 180 })
  })
})
