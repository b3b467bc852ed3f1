// Whatever happens to members: the months of the liability report add up, each opens with what the one before closed with,
// and the last closes with what members have.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LiabilityReport } from '../../src/app/reports/shapes.ts'
import { addFlow, growth, noFlows } from '../../src/core/report-flows.ts'
import { anyCommand, anyProgram, Shop } from '../support/fault-commands.ts'
import { makeProgram } from '../support/programs.ts'
import { RewardVendor } from '../support/reward-vendor.ts'
import { type StripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 40)
const NOW = Date.UTC(2026, 10, 22, 12)

async function liability({ app }: World): Promise<LiabilityReport> {
  const report = await app.report('liability', { from: '2026-01' })
  if (!report.ok) throw new Error(report.message)
  return report.value
}

function expectAddsUp({ months, outstanding }: LiabilityReport): void {
  let last: number | null = null
  for (const { opening, issued, forgiven, reversed, redeemed, donated, expired, forfeited, closing } of months) {
    expect(opening + issued + forgiven - reversed - redeemed - donated - expired - forfeited).toBe(closing)
    if (last !== null) expect(opening).toBe(last)
    last = closing
  }
  expect(last).toBe(outstanding.points)
}

describe('the liability report', () => {
  test(
    'adds up after any sequence of commands, to what members have',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyProgram, fc.array(anyCommand, { maxLength: 24, size: 'max' }), async (input, commands) => {
          const world = await createWorld({ program: makeProgram(input), now: NOW })
          const shop = new Shop(world)
          for (const one of commands) await shop.run(one)
          const report = await liability(world)
          expectAddsUp(report)
          const members = await world.store.membersAfter('', 100)
          const sum = (of: (one: (typeof members)[number]) => number) => members.reduce((all, one) => all + of(one), 0)
          expect(report.outstanding.points).toBe(sum((one) => one.available + one.pending + one.reserved))
          expect(report.outstanding.owed).toBe(sum((one) => Math.max(0, -one.available)))
          const open = report.ages.reduce((all, { points }) => all + points, 0)
          expect(open).toBe(sum((one) => Math.max(0, one.available) + one.pending))
          const ends = report.expiring.reduce((all, { points }) => all + points, 0)
          expect(ends + report.withoutEnd.points).toBe(open)
          const { points } = report.breakage
          if (points !== null) expect(points >= 0 && points <= open).toBe(true)
          await world.close()
        }),
        { numRuns: RUNS },
      )
    },
    20_000 + RUNS * 500,
  )

  test(
    'adds up with rewards that are used, cancelled, donated or lapse, and with points of a partner',
    async () => {
      const email = (who: number): string => `shopper${who}@example.org`
      const shopper = fc.nat(1)
      const weighted = <Made>(weight: number, arbitrary: fc.Arbitrary<Made>) => ({ weight, arbitrary })
      const command = fc.oneof(
        weighted(
          4,
          fc.record({
            do: fc.constant('buy' as const),
            shopper,
            amount: fc.integer({ min: 2_000, max: 6_000 }),
            there: fc.boolean(),
          }),
        ),
        weighted(
          4,
          fc.record({ do: fc.constant('refund' as const), payment: fc.nat(9), percent: fc.constantFrom(40, 100, 100) }),
        ),
        weighted(
          6,
          fc.record({ do: fc.constant('redeem' as const), shopper, reward: fc.constantFrom('cup', 'kept', 'tree') }),
        ),
        weighted(
          1,
          fc.record({
            do: fc.constant('move' as const),
            index: fc.nat(9),
            step: fc.constantFrom('fulfil' as const, 'cancel' as const),
          }),
        ),
        weighted(1, fc.record({ do: fc.constant('merge' as const), shopper, into: shopper })),
        weighted(2, fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 12, 40) })),
      )
      const fulfil = { kind: 'promotion_code' as const, amountOff: 5 }
      const program = makeProgram({
        points: { shortfall: 'forgive', expiry: { kind: 'after', months: 2 } },
        rewards: [
          { id: 'cup', name: 'A cup', cost: 30, fulfil, validDays: 5 },
          { id: 'kept', name: 'Kept', cost: 20, fulfil, validDays: 5, onExpiry: 'return' },
          { id: 'tree', name: 'A tree', cost: 15, fulfil: { kind: 'donation', cause: 'trees', amount: 1 } },
        ],
        causes: [{ id: 'trees', name: 'Trees' }],
        partners: [{ id: 'cafe', name: 'Café', stripeAccount: 'acct_cafe', points: 3, holdDays: 10 }],
      })
      const seen = { redeemed: 0, donated: 0, expired: 0, forfeited: 0, forgiven: 0, reversed: 0, partner: 0 }
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 40, size: 'max' }), async (commands) => {
          const world = await createWorld({ program, now: NOW, deliverers: [new RewardVendor().deliverer] })
          const { app, clock } = world
          const bought: { made: ReturnType<typeof stripePayment>; amount: number; there: boolean }[] = []
          const send = (event: StripeEvent, there: boolean) =>
            world.deliver(there ? { ...event, account: 'acct_cafe' } : event)
          const asked: string[] = []
          for (const one of commands) {
            clock.at += 10_000
            if (one.do === 'buy') {
              const made = stripePayment({ at: clock.at - 10_000, amount: one.amount, email: email(one.shopper) })
              bought.push({ made, amount: one.amount, there: one.there })
              await send(made.charge(), one.there)
            }
            const paid = one.do === 'refund' ? bought[one.payment % Math.max(1, bought.length)] : undefined
            if (one.do === 'refund' && paid)
              await send(paid.made.refund(Math.ceil((paid.amount * one.percent) / 100)), paid.there)
            if (one.do === 'redeem') {
              const made = await app.redeem(`email:${email(one.shopper)}`, { reward: one.reward }, staff, null)
              if (made.ok) asked.push(made.value.id)
              await app.drainOutbox()
            }
            const redemption = one.do === 'move' ? asked[one.index % Math.max(1, asked.length)] : undefined
            if (one.do === 'move' && redemption) await app.moveRedemption(redemption, one.step, {}, staff, null)
            if (one.do === 'merge')
              await app.mergeMembers(`email:${email(one.shopper)}`, `email:${email(one.into)}`, staff, null)
            if (one.do === 'wait') {
              clock.at += one.days * 86_400_000
              await app.settleDue(100)
            }
          }
          const report = await liability(world)
          expectAddsUp(report)
          const members = await world.store.membersAfter('', 100)
          expect(report.outstanding.points).toBe(
            members.reduce((all, one) => all + one.available + one.pending + one.reserved, 0),
          )
          const partners = await app.report('partners', { from: '2026-01' })
          const causes = await app.report('causes', {})
          if (!partners.ok || !causes.ok) throw new Error('reports were refused')
          const total = (of: (line: LiabilityReport['months'][number]) => number) =>
            report.months.reduce((all, line) => all + of(line), 0)
          expect(causes.value.totals.points).toBe(total(({ donated }) => donated))
          // What partners issued is in what was issued.
          const issuedThere = partners.value.partners.reduce((all, one) => all + one.total.issued, 0)
          expect(issuedThere).toBeLessThanOrEqual(total(({ issued }) => issued))
          seen.partner += issuedThere
          for (const part of ['redeemed', 'donated', 'expired', 'forfeited', 'forgiven', 'reversed'] as const)
            seen[part] += total((line) => line[part])
          expect((await app.verify()).discrepancies).toEqual([])
          await world.close()
        }),
        { numRuns: RUNS },
      )
      // A property over what never happens would prove nothing.
      if (RUNS >= 40) for (const [part, points] of Object.entries(seen)) expect(points, part).toBeGreaterThan(0)
    },
    30_000 + RUNS * 1_000,
  )

  test('has a place for every movement: what its parts come to is what members’ accounts change by', () => {
    const inside = ['available', 'pending', 'reserved']
    const account = fc.constantFrom(
      ...inside,
      'program',
      'partner/cafe',
      'redeemed',
      'expired',
      'forgiven',
      'forfeited',
      'cause/trees',
    )
    const movement = fc.tuple(account, account, fc.integer({ min: 1, max: 1_000_000 }))
    fc.assert(
      fc.property(fc.array(movement), (movements) => {
        const flows = noFlows()
        let change = 0
        for (const [source, target, points] of movements) {
          addFlow(flows, source, target, points)
          change += (inside.includes(target) ? points : 0) - (inside.includes(source) ? points : 0)
        }
        expect(growth(flows)).toBe(change)
      }),
    )
  })
})
