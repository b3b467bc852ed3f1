// When rewards can be had and when they end: local days, month ends, clocks that are turned, amounts without cents.
import { describe, expect, it } from 'vitest'
import { endOfIssued, findReward, frozenUntil, openingOf, orderOf } from '../../src/core/reward-terms.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from '../support/programs.ts'

const fulfil = { kind: 'promotion_code' as const, percentOff: 10 }

function terms(reward: object, over: Partial<ProgramInput> = {}) {
  const program = makeProgram({ rewards: [{ id: 'one', name: 'One', cost: 100, fulfil, ...reward }], ...over })
  const found = findReward(program, 'one')
  if (found === null) throw new Error('there is one')
  return { program, reward: found }
}
const at = (iso: string): number => Date.parse(iso)
const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString())

describe('what is issued ends', () => {
  it.each([
    ['2027-01-31T12:00:00Z', 1, '2027-03-01T00:00:00.000Z'],
    ['2028-01-31T12:00:00Z', 1, '2028-03-01T00:00:00.000Z'],
    ['2027-01-30T23:59:59Z', 1, '2027-03-01T00:00:00.000Z'],
    ['2027-03-31T00:00:00Z', 11, '2028-03-01T00:00:00.000Z'],
    ['2028-02-29T12:00:00Z', 12, '2029-03-01T00:00:00.000Z'],
  ])('from %s after %s months at the end of the day %s', (from, validMonths, until) => {
    expect(iso(endOfIssued(terms({ validMonths }, { timezone: 'UTC' }), at(from)))).toBe(until)
  })
  it.each([
    // Spring: the day has 23 hours; autumn: 25. Santiago's and Beirut's clocks skip midnight itself.
    ['America/New_York', '2027-03-13T12:00:00Z', '2027-03-15T04:00:00.000Z'],
    ['America/New_York', '2027-11-06T12:00:00Z', '2027-11-08T05:00:00.000Z'],
    ['Asia/Beirut', '2027-03-26T12:00:00Z', '2027-03-27T22:00:00.000Z'],
  ])('in %s, issued at %s, at its local midnight', (timezone, from, until) => {
    expect(iso(endOfIssued(terms({ validDays: 1 }, { timezone }), at(from)))).toBe(until)
  })
  it('never where nothing says so, and only what is yet to be used', () => {
    expect(endOfIssued(terms({ validDays: null }), 0)).toBe(null)
    expect(endOfIssued(terms({ validDays: 5, fulfil: { kind: 'manual' } }), 0)).toBe(null)
  })
})

describe('days', () => {
  const timezone = 'America/New_York'
  it('a reward can be had on are inclusive and local', () => {
    const { program, reward } = terms({ from: '2026-11-01', to: '2026-11-01' }, { timezone })
    const open = (time: string) => openingOf({ program, reward }, at(time))
    expect(open('2026-11-01T03:59:59.999Z')).toEqual({ open: false, opensAt: at('2026-11-01T04:00:00Z') })
    expect(open('2026-11-01T04:00:00Z').open).toBe(true)
    // The clocks are turned back on that day: it has 25 hours.
    expect(open('2026-11-02T04:59:59.999Z').open).toBe(true)
    expect(open('2026-11-02T05:00:00Z')).toEqual({ open: false, opensAt: null })
  })
  it('on which redeeming rests are inclusive and local, or have no end', () => {
    const frozen = (freeze: { from: string; to: string | null }, time: string) =>
      frozenUntil(makeProgram({ timezone, redeeming: { freeze } }), at(time))
    const days = { from: '2026-11-22', to: '2026-11-22' }
    expect(frozen(days, '2026-11-22T04:59:59.999Z')).toBe(null)
    expect(frozen(days, '2026-11-22T05:00:00Z')).toBe(at('2026-11-23T05:00:00Z'))
    expect(frozen(days, '2026-11-23T04:59:59.999Z')).toBe(at('2026-11-23T05:00:00Z'))
    expect(frozen(days, '2026-11-23T05:00:00Z')).toBe(null)
    expect(frozen({ from: '2026-11-22', to: null }, '2099-01-01T00:00:00Z')).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('what Stripe is asked for', () => {
  const redemption = { id: 'red_1', code: 'AB', expiresAt: null }
  const amounts = (currency: string, amountOff: number, currencies: Record<string, number>) => {
    const code = { kind: 'promotion_code' as const, amountOff, currencies }
    const order = orderOf(terms({ fulfil: code }, { currency }), redemption, null)
    return order?.do === 'make' && order.fulfil.kind === 'promotion_code' ? order.fulfil.amountsOff : null
  }
  it('is in the minor units of each currency', () => {
    expect(amounts('usd', 4.35, { jpy: 600, kwd: 1.25, eur: 0.29 })).toEqual({ usd: 435, jpy: 600, kwd: 1250, eur: 29 })
    expect(amounts('jpy', 500, { usd: 1.1 })).toEqual({ jpy: 500, usd: 110 })
    expect(amounts('ugx', 2_000, {})).toEqual({ ugx: 200_000 })
  })
  it('is a credit in the program’s currency', () => {
    const credit = terms({ fulfil: { kind: 'credit', amount: 700 } }, { currency: 'jpy' })
    expect(orderOf(credit, redemption, 'cus_1')).toMatchObject({
      customer: 'cus_1',
      fulfil: { kind: 'credit', amountMinor: 700, currency: 'jpy' },
    })
  })
})
