// What HubSpot is to hold of a member is what the API says of them, whatever they bought, in every currency and zone.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertiesOf } from '../../integrations/hubspot/properties.ts'
import type { MemberView } from '../../src/app/ports.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const RUNS = Number(process.env.HUBSPOT_RUNS ?? 60)
const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 22, 12)
const PLACES: Record<string, number> = { usd: 2, jpy: 0, kwd: 3 }
const ADA = 'email:ada@example.org'

type Step =
  | { do: 'buy'; amount: number; daysAgo: number; refunded: boolean }
  | { do: 'adjust'; points: number }
  | { do: 'status'; status: 'active' | 'left' | 'suspended' }
  | { do: 'wait'; hours: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      amount: fc.integer({ min: 1, max: 2_000_000 }),
      daysAgo: fc.nat(800),
      refunded: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('adjust' as const), points: fc.integer({ min: -900, max: 900 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('status' as const),
      status: fc.constantFrom('active' as const, 'left' as const, 'suspended' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.nat(9_000) }) },
)

const programs = fc.record({
  currency: fc.constantFrom('usd', 'jpy', 'kwd'),
  timezone: fc.constantFrom('UTC', 'Pacific/Kiritimati', 'America/Los_Angeles', 'Africa/Addis_Ababa', 'Africa/Cairo'),
  metric: fc.constantFrom('points' as const, 'spend' as const, 'purchases' as const),
  window: fc.constantFrom(
    { kind: 'calendar_year' as const },
    { kind: 'rolling' as const, months: 12 },
    { kind: 'lifetime' as const },
  ),
  expiry: fc.constantFrom(
    { kind: 'never' as const },
    { kind: 'after' as const, months: 3 },
    { kind: 'inactivity' as const, months: 2 },
  ),
})

function inputOf({
  currency,
  timezone,
  metric,
  window,
  expiry,
}: typeof programs extends fc.Arbitrary<infer T> ? T : never): Partial<ProgramInput> {
  const threshold = metric === 'purchases' ? 3 : 1_000
  return {
    currency,
    timezone,
    points: { name: { one: 'point', other: 'points' }, expiry },
    tiers: { metric, window, levels: levels(['bronze', 0], ['silver', threshold], ['gold', threshold * 4]) },
  }
}

async function play(world: World, { currency }: Program, one: Step): Promise<void> {
  switch (one.do) {
    case 'buy': {
      const at = world.clock.now() - one.daysAgo * DAY
      const payment = stripePayment({ email: 'ada@example.org', amount: one.amount, currency, at })
      await world.deliver(payment.charge())
      if (one.refunded)
        await world.deliver(payment.charge({ amount_refunded: one.amount, refunded: true }, 'charge.refunded'))
      return
    }
    case 'adjust':
      await world.app.adjustPoints(ADA, { points: one.points, reason: 'test' }, staff, null)
      return
    case 'status':
      await world.app.updateMember(ADA, { status: one.status }, staff)
      return
    default:
      world.clock.at += one.hours * 3_600_000
  }
}

/** By the platform's own calendar, not by ours. */
const dayIn = (iso: string, timeZone: string, before = 0): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(Date.parse(iso) - before)
const decimal = (minor: number, places: number): string => {
  const digits = String(Math.abs(minor)).padStart(places + 1, '0')
  const whole = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
  return `${minor < 0 ? '-' : ''}${whole}`
}

function told(member: MemberView, { currency, timezone, tiers }: Program): Record<string, string> {
  const { points, tier } = member
  const places = PLACES[currency] ?? 0
  const last = (iso: string | null | undefined): string => (iso == null ? '' : dayIn(iso, timezone, 1))
  const left = tier?.next?.remaining
  return {
    loyalty_status: member.status,
    loyalty_points: String(points.available),
    loyalty_points_pending: String(points.pending),
    loyalty_points_earned: String(points.earned),
    loyalty_points_expiring: String(points.nextExpiry?.points ?? 0),
    loyalty_points_expire_on: last(points.nextExpiry?.at),
    loyalty_tier: tier?.id ?? '',
    loyalty_tier_since: tier === null ? '' : dayIn(tier.since, timezone),
    loyalty_tier_until: last(tier?.until),
    loyalty_next_tier: tier?.next?.id ?? '',
    loyalty_to_next_tier:
      left === undefined ? '' : String(tiers?.metric === 'spend' ? Number(decimal(left, places)) : left),
    loyalty_purchases: String(member.purchases),
    loyalty_spend_12m: decimal(member.spend.last12Months, places),
    loyalty_last_purchase_on: member.lastPurchaseAt === null ? '' : dayIn(member.lastPurchaseAt, timezone),
    loyalty_member_since: member.enrolledAt === null ? '' : dayIn(member.enrolledAt, timezone),
    loyalty_referral_code: member.referralCode,
  }
}

test('properties say what the API says', { timeout: 200_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(programs, fc.array(step, { minLength: 1, maxLength: 12 }), async (made, steps) => {
      const program = makeProgram(inputOf(made))
      const world = await createWorld({ program, now: NOW })
      try {
        await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
        for (const one of steps) await play(world, program, one)
        const found = await world.app.getMember(ADA)
        if (!found.ok) throw new Error(found.message)
        const [contact] = await world.app.contactsOf([found.value.id])
        if (contact === undefined) throw new Error('no contact')
        const properties = propertiesOf(contact, program)
        expect(properties).toMatchObject(told(found.value, program))
        const progress = properties.loyalty_tier_progress ?? ''
        expect(progress === '').toBe(found.value.tier?.next == null)
        if (progress !== '') expect([Number(progress) >= 0, Number(progress) <= 100]).toEqual([true, true])
        // As HubSpot reads numbers.
        for (const [name, value] of Object.entries(properties))
          if (/points|purchases|spend|to_next|progress/.test(name) && !/_on$/.test(name) && value !== '')
            expect(value).toMatch(/^-?\d+(\.\d+)?$/)
      } finally {
        await world.close()
      }
    }),
    { numRuns: RUNS },
  )
})
