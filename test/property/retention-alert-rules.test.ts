// Whatever a customer did, whatever was fitted and whatever the clock says: alerts are whole, and a new fit opens none.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addContribution, startTiers } from '../../src/core/tiers.ts'
import { judgeMember } from '../../src/retention/alert-rules/judge-member.ts'
import type { EndingPoints } from '../../src/retention/alert-rules/situation.ts'
import type { BgNbd, Fit } from '../../src/retention/types.ts'
import { DAY_MS, dayNumber, type Judged, judged, makeFit, noonOf } from '../support/alert-judging.ts'
import { levels, makeProgram } from '../support/programs.ts'

const FIRST = dayNumber('2024-01-01')
const TIERS = { levels: levels(['base', 0], ['silver', 10_000], ['gold', 50_000]), metric: 'spend' as const }
const programs = [
  makeProgram(),
  makeProgram({ tiers: TIERS, locale: 'sw' }),
  makeProgram({
    currency: 'jpy',
    timezone: 'Africa/Addis_Ababa',
    locale: 'am',
    tiers: { ...TIERS, downgrade: 'one_step' },
  }),
  makeProgram({
    tiers: { ...TIERS, window: { kind: 'rolling', months: 2 }, keep: { months: 2 } },
    retention: { atRiskBelow: 1, expiringDays: 365 },
    locale: 'hy',
  }),
]

// Often nothing, one day, or many in a row; spend may be nothing, given back, or all the money there is.
const days = fc.oneof(
  fc.uniqueArray(fc.integer({ min: 0, max: 800 }), { maxLength: 12 }),
  fc.integer({ min: 1, max: 60 }).map((interval) => Array.from({ length: 10 }, (_, n) => n * interval)),
  fc.constant(Array.from({ length: 120 }, (_, n) => n)),
)
const spend = fc.oneof(fc.integer({ min: 100, max: 20_000 }), fc.constantFrom(0, -5_000, 1, Number.MAX_SAFE_INTEGER))
const history = fc.tuple(days, fc.array(spend, { minLength: 1, maxLength: 5 })).map(([list, amounts]) => ({
  bought: list.map((day) => FIRST + day).sort((a, b) => a - b),
  spend: list.map((_, n) => amounts[n % amounts.length] ?? 0),
}))
const parameter = fc.double({ min: 0.02, max: 20, noNaN: true })
const model = fc.record<BgNbd>({ r: parameter, alpha: parameter, a: parameter, b: parameter })
const fitted = fc.record({ bg: model, mbg: model, spread: fc.double({ min: 0.05, max: 2, noNaN: true }) }).map(
  ({ bg, mbg, spread }): Fit =>
    makeFit({
      bgNbd: { ...bg, logLikelihood: -1, customers: 500 },
      mbgNbd: { ...mbg, logLikelihood: -1, customers: 500 },
      rhythm: { medianDays: 30, logSpread: spread },
    }),
)
const fit = fc.option(fitted, { freq: 4 })
const today = fc.integer({ min: -100, max: 1_600 }).map((day) => FIRST + day)
const ending = fc.array(
  fc.record<EndingPoints>({
    at: fc.integer({ min: -100, max: 1_600 }).map((day) => (FIRST + day) * DAY_MS),
    points: fc.integer({ min: 0, max: 10 ** 9 }),
    byInactivity: fc.boolean(),
  }),
  { maxLength: 4 },
)
/** Days after the last purchase: when alerts are due. */
const silence = fc.integer({ min: 1, max: 250 })
const lastOf = ({ bought }: { bought: readonly number[] }): number => bought.at(-1) ?? FIRST
const program = fc.constantFrom(...programs)

type Bought = Omit<Judged, 'bought' | 'spend'> & { bought: readonly number[]; spend: readonly number[] }

/** With the tiers that so much spend earns. */
function given(one: Bought, pointsEnding: EndingPoints[]) {
  const { program: by = makeProgram(), bought } = one
  let tiers = startTiers(by, 'v1', noonOf(FIRST))
  for (const [n, day] of bought.entries())
    if (tiers !== null)
      tiers = addContribution(tiers, by, { at: noonOf(day), amount: Math.min(10 ** 9, Math.max(0, one.spend[n] ?? 0)) })
  return judged({ ...one, over: { member: { status: 'active', tiers, subscriptions: {} }, pointsEnding } })
}

describe('alerts about anybody', () => {
  it('have whole figures, sentences without a hole and something at stake', () => {
    let told = 0
    fc.assert(
      fc.property(
        history,
        fit,
        today,
        program,
        ending,
        fc.option(today),
        (bought, by, day, club, points, lastCheck) => {
          const { drafts, over } = judgeMember(
            given({ ...bought, fit: by, today: day, program: club, lastCheck }, points),
          )
          expect(over).toEqual([])
          told += drafts.length
          for (const draft of drafts) {
            expect(Number.isSafeInteger(draft.valueMinor) && draft.valueMinor > 0).toBe(true)
            expect(Number.isInteger(draft.windowDays) && draft.windowDays >= 30).toBe(true)
            expect(draft.occasion).toMatch(/^([a-z]+\.)?\d{4}-\d{2}-\d{2}$/)
            expect(draft.reason).not.toMatch(/NaN|Infinity|undefined|null|-\d| {2}/)
            expect(draft.reason).toMatch(/^[A-Z\p{N}].*\.$/u)
            for (const fact of Object.values(draft.facts))
              if (typeof fact === 'number') expect(Number.isFinite(fact)).toBe(true)
          }
          expect(drafts.map(({ valueMinor }) => valueMinor)).toEqual(
            drafts.map(({ valueMinor }) => valueMinor).sort((a, b) => b - a),
          )
          const lapses = drafts.filter(({ kind }) => kind === 'at_risk' || kind === 'overdue')
          expect(lapses.length).toBeLessThan(2)
        },
      ),
      { numRuns: 1_500 },
    )
    expect(told).toBeGreaterThan(50)
  })
})

describe('a new fit', () => {
  it('opens nothing of those who were judged today already, whatever it says', () => {
    fc.assert(
      fc.property(history, fit, fit, today, program, (bought, before, after, day, club) => {
        for (const by of [before, after]) {
          const { drafts } = judgeMember(given({ ...bought, fit: by, today: day, program: club, lastCheck: day }, []))
          expect(drafts).toEqual([])
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('alarms only where the customer is worse off than the night before by that very fit', () => {
    let told = 0
    fc.assert(
      fc.property(history, fitted, silence, program, (bought, by, days, club) => {
        const day = lastOf(bought) + days
        const input = given({ ...bought, fit: by, today: day, program: club }, [])
        for (const { kind } of judgeMember(input).drafts) {
          if (kind !== 'at_risk') continue
          told++
          const [before, now] = [day - 1, day].map((one) => input.outlookAt(one)?.probabilityAlive ?? 0)
          const { atRiskBelow } = club.retention
          expect(now).toBeLessThan(atRiskBelow)
          expect(before).toBeGreaterThan(now ?? 1)
          expect(before).toBeGreaterThanOrEqual(atRiskBelow - 0.05)
        }
      }),
      { numRuns: 2_000 },
    )
    expect(told).toBeGreaterThan(5)
  })

  it('a thousand times over tells the same', () => {
    const bought = Array.from({ length: 10 }, (_, n) => FIRST + n * 21)
    const one = { bought, today: FIRST + 250, lastCheck: null }
    const first = judgeMember(judged({ ...one, fit: makeFit() }))
    expect(first.drafts).toHaveLength(1)
    const again = Array.from({ length: 1_000 }, (_, at) =>
      JSON.stringify(judgeMember(judged({ ...one, fit: makeFit({ at }) }))),
    )
    expect(new Set(again)).toEqual(new Set([JSON.stringify(first)]))
  })
})

it('tells the same lapses looking once in a while as looking every night', () => {
  let told = 0
  fc.assert(
    fc.property(history, fit, silence, fc.integer({ min: 1, max: 30 }), (bought, by, days, rest) => {
      const day = lastOf(bought) + days
      // What is bought on the way begins another lapse.
      const known = { bought: bought.bought.filter((one) => one <= day - rest), spend: bought.spend, fit: by }
      const lapses = (one: Omit<Judged, 'fit'>) =>
        judgeMember(judged({ ...known, ...one })).drafts.map(({ occasion }) => occasion)
      const nightly = Array.from({ length: rest }, (_, n) => lapses({ today: day - n })).flat()
      const once = lapses({ today: day, lastCheck: day - rest })
      expect(once).toEqual([...new Set(nightly)])
      told += once.length
    }),
    { numRuns: 200 },
  )
  expect(told).toBeGreaterThan(5)
})
