// Actions: what rules give, how limits hold, and what they mean for points that end by inactivity.
import { afterEach, describe, expect, test } from 'vitest'
import type { Action, MemberView } from '../../src/app/ports.ts'
import { emptyParts, type Fact } from '../../src/core/facts.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from '../support/programs.ts'
import { type PaymentOptions, stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'

let world: World
afterEach(() => world.close())

const review = { id: 'review', on: 'action', action: 'review', points: 50 } as const

async function open(over: Partial<ProgramInput> = {}, now = NOW): Promise<void> {
  world = await createWorld({ program: makeProgram({ earning: [review], ...over }), now })
  await enrol()
}

async function enrol(email = 'ada@example.org'): Promise<MemberView> {
  const enrolled = await world.app.enrolMember({ email, name: 'ሰላም Հայկ Əli' }, staff, null)
  if (!enrolled.ok) throw new Error(enrolled.message)
  return enrolled.value
}

const act = (input: Action | string, key: string | null = null, ref = ADA) =>
  world.app.recordAction(
    ref,
    typeof input === 'string' ? { action: input } : input,
    staff,
    key === null ? null : { holder: 'test', route: 'POST', key, hash: JSON.stringify(input) },
  )

async function buy(options: PaymentOptions) {
  const bought = stripePayment(options)
  expect(await world.deliver(bought.charge())).toBe('recorded')
  return bought
}

async function member(ref = ADA): Promise<MemberView> {
  const found = await world.app.getMember(ref)
  if (!found.ok) throw new Error(found.message)
  return found.value
}
const points = async (ref = ADA) => (await member(ref)).points

async function sentences(ref = ADA): Promise<string[]> {
  const page = await world.app.ledger(ref, { limit: 100 })
  if (!page.ok) throw new Error(page.message)
  return page.value.items.map(({ reason }) => reason).reverse()
}

async function awards(ref = ADA) {
  const page = await world.app.listAwards(ref, { limit: 100 })
  if (!page.ok) throw new Error(page.message)
  return page.value.items
}

const clean = async () => expect((await world.app.verify()).discrepancies).toEqual([])

describe('an action', () => {
  test('gives what its rule says, and the entry names it', async () => {
    await open()
    expect(await act('review')).toMatchObject({
      ok: true,
      value: { kind: 'earn', code: 'action', points: 50, balance: 50, reason: 'Review: 50 points', source: 'api:test' },
    })
    expect(await points()).toMatchObject({ available: 50, earned: 50 })
    expect(await awards()).toMatchObject([
      { occasion: 'action', rule: 'review', subject: 'review', state: 'given', points: 50, options: [] },
    ])
    await clean()
  })

  test('that is sent again with its key answers the first entry again, also when its points have ended since', async () => {
    await open({ points: { expiry: { kind: 'after', months: 1 } } })
    const first = await act('review', 'key-1')
    world.clock.at += 60 * DAY
    await world.app.settleDue(10)
    expect(await act('review', 'key-1')).toEqual(first)
    expect(await points()).toMatchObject({ available: 0, expired: 50 })
    await clean()
  })

  test('that nobody knows is refused as invalid_request, naming those there are', async () => {
    await open({
      challenges: [
        { id: 'c', name: 'C', goal: { count: 3, of: 'action', actions: ['check-in'] }, award: { points: 5 } },
      ],
    })
    expect(await act('tweet')).toEqual({
      ok: false,
      code: 'invalid_request',
      message: 'action must be one of review, check-in, feedback',
    })
    await world.close()
    await open({ earning: [] })
    expect(await act('tweet')).toMatchObject({ code: 'invalid_request', message: 'action must be feedback' })
  })

  test.each([
    ['in the future', { at: NOW + 5 * 60_000 + 1 }, 'at must not lie in the future'],
    ['from before the member joined', { at: NOW - DAY }, 'at must not be before the day of joining, Nov 22, 2026'],
  ])('%s is refused as invalid_request', async (_, over, message) => {
    await open()
    expect(await act({ action: 'review', ...over })).toEqual({ ok: false, code: 'invalid_request', message })
    expect(await points()).toMatchObject({ earned: 0 })
  })

  test('may be a little ahead of our clock, and counts now then', async () => {
    await open()
    expect(await act({ action: 'review', at: NOW + 5 * 60_000 })).toMatchObject({
      ok: true,
      value: { at: new Date(NOW).toISOString() },
    })
  })

  test('counts on the day of joining, whatever the hour', async () => {
    await open()
    expect(await act({ action: 'review', at: NOW - 12 * 3_600_000 })).toMatchObject({ ok: true })
  })

  test('of nobody known is refused as not_found', async () => {
    await open()
    expect(await act('review', null, 'email:nobody@example.org')).toMatchObject({ ok: false, code: 'not_found' })
  })

  test.each(['left', 'suspended'] as const)('of a member who has %s is refused as member_inactive', async (status) => {
    await open()
    await world.app.updateMember(ADA, { status }, staff)
    expect(await act('review')).toMatchObject({ ok: false, code: 'member_inactive' })
  })

  test('of a customer who is no member is refused as member_inactive', async () => {
    await open({ enrolment: { automatic: false } })
    await buy({ email: 'guest@example.org', at: NOW })
    expect(await act('review', null, 'email:guest@example.org')).toMatchObject({ code: 'member_inactive' })
  })

  test('reported by who may only look members up is refused as forbidden', async () => {
    await open({ staff: { viewer: ['api:kiosk'] } })
    const kiosk = { source: 'api:kiosk', actor: 'api:kiosk' }
    expect(await world.app.recordAction(ADA, { action: 'review' }, kiosk, null)).toMatchObject({ code: 'forbidden' })
    expect(await points()).toMatchObject({ earned: 0 })
  })

  test('only for another tier is refused as not_eligible', async () => {
    await open({
      earning: [
        { ...review, when: { tiers: ['gold'] } },
        { id: 'purchase', on: 'purchase' },
      ],
      tiers: { levels: [{ id: 'gold', name: 'Gold', threshold: 100 }] },
    })
    expect(await act('review')).toMatchObject({ ok: false, code: 'not_eligible' })
    await buy({ amount: 10_000, email: 'ada@example.org', at: NOW })
    expect(await act('review')).toMatchObject({ ok: true, value: { points: 50 } })
    await clean()
  })

  test('that only a challenge counts is kept, and moves no points', async () => {
    await open({
      challenges: [{ id: 'c', name: 'C', goal: { count: 30, of: 'action', actions: [] }, award: { points: 5 } }],
    })
    expect(await act('check-in')).toMatchObject({ ok: true, value: { kind: 'note', points: 0, reason: 'Check in' } })
    expect(await awards()).toMatchObject([{ occasion: 'action', rule: '', subject: 'check-in', points: 0 }])
  })

  test('gives by all its rules where the program stacks them', async () => {
    await open({ stacking: 'all', earning: [review, { ...review, id: 'photo', points: 5 }] })
    expect(await act('review')).toMatchObject({ ok: true, value: { reason: 'Review: 50 points' } })
    expect(await sentences()).toEqual(['Review: 50 points', 'Review (photo): 5 points'])
    expect(await points()).toMatchObject({ available: 55 })
    await clean()
  })

  test('gives a badge once, says which cause it supported, and still has an entry each time', async () => {
    await open({
      badges: [{ id: 'critic', name: 'Critic' }],
      causes: [{ id: 'trees', name: 'Plant a tree' }],
      earning: [
        { id: 'review', on: 'action', action: 'review', award: { badge: 'critic' } },
        { id: 'ride', on: 'action', action: 'ride', award: { cause: 'trees', points: 1 } },
      ],
    })
    expect(await act('review')).toMatchObject({
      ok: true,
      value: { code: 'badge_given', reason: 'Review: Critic badge' },
    })
    expect(await act('review')).toMatchObject({ ok: true, value: { code: 'action', points: 0, reason: 'Review' } })
    expect(await act('ride')).toMatchObject({ ok: true, value: { points: 1 } })
    expect(await sentences()).toEqual(['Review: Critic badge', 'Review', 'Ride: 1 point', 'Ride: Plant a tree'])
    expect((await member()).badges).toEqual([{ id: 'critic', name: 'Critic' }])
    await clean()
  })
})

describe('a limit', () => {
  test('is refused as limit_reached with a sentence that says when it counts again, by the local calendar', async () => {
    await open({ timezone: 'America/New_York', earning: [{ ...review, limit: { times: 2, per: 'month' } }] })
    await act('review')
    await act('review')
    const refused = { ok: false, code: 'limit_reached', message: 'This counts 2 times a month, again from Dec 1, 2026' }
    expect(await act('review')).toEqual(refused)
    // Midnight in New York is at five in the morning, UTC.
    world.clock.at = Date.UTC(2026, 11, 1, 4, 59, 59)
    expect(await act('review')).toEqual(refused)
    world.clock.at = Date.UTC(2026, 11, 1, 5)
    expect(await act('review')).toMatchObject({ ok: true })
    // What was done in November counts there.
    expect(await act({ action: 'review', at: Date.UTC(2026, 10, 23) })).toEqual(refused)
    expect(await points()).toMatchObject({ available: 150 })
    await clean()
  })

  test('does not keep an action from counting towards a challenge', async () => {
    await open({
      earning: [{ ...review, limit: { times: 1, per: 'lifetime' } }],
      challenges: [
        { id: 'c', name: 'C', goal: { count: 30, of: 'action', actions: ['review'] }, award: { points: 5 } },
      ],
    })
    await act('review')
    expect(await act('review')).toMatchObject({ ok: true, value: { points: 0 } })
    expect(await points()).toMatchObject({ available: 50 })
  })

  test('that rules share gives what is left of it, says so, and refuses when none is', async () => {
    await open({
      earning: [review, { id: 'check-in', on: 'action', action: 'check-in', points: 30 }],
      limits: [{ id: 'extras', rules: ['review', 'check-in'], points: 70, per: 'week' }],
    })
    await act('review')
    expect(await act('check-in')).toMatchObject({
      ok: true,
      value: {
        points: 20,
        reason: 'Check in: 20 points. Extras bring at most 70 points a week, again from Nov 23, 2026',
      },
    })
    const message = 'Extras bring at most 70 points a week, again from Nov 23, 2026'
    expect(await act('check-in')).toEqual({ ok: false, code: 'limit_reached', message })
    world.clock.at += DAY
    expect(await act('check-in')).toMatchObject({ ok: true, value: { points: 30 } })
    expect(await points()).toMatchObject({ available: 100 })
    await clean()
  })

  test('may be shared by items bought: a purchase earns what is left, and the entry says so', async () => {
    await open({
      earning: [
        { id: 'renewed', on: 'item', products: ['prod_renewed'], points: 25 },
        { ...review, points: 40 },
      ],
      limits: [{ id: 'extras', rules: ['renewed', 'review'], points: 100, per: 'year' }],
    })
    const buyItems = async (quantity: number) => {
      const bought = await buy({ at: NOW, amount: 1_000 })
      const list = [{ product: 'prod_renewed', price: null, quantity, amountMinor: 1_000 }]
      const parts = { ...emptyParts(), names: [bought.pi], items: { rank: 3, list } }
      const facts: Fact[] = [{ kind: 'payment', parts }]
      await world.app.learnFacts({ source: 'stripe:items', livemode: null, facts, lookups: [] })
      return bought
    }
    const first = await buyItems(2)
    await act('review')
    await buyItems(1)
    await buyItems(1)
    expect(await act('review')).toMatchObject({ ok: false, code: 'limit_reached' })
    expect(await sentences()).toEqual([
      '25 points each for 2 items',
      'Review: 40 points',
      '25 points each for 1 item. Extras bring at most 100 points a year, again from Jan 1, 2027',
      'Extras bring at most 100 points a year, again from Jan 1, 2027',
    ])
    expect(await points()).toMatchObject({ available: 100 })
    // What a refund takes back is there for others.
    await world.deliver(first.refunded(1_000))
    expect(await points()).toMatchObject({ available: 50 })
    expect(await act('review')).toMatchObject({ ok: true, value: { points: 40 } })
    await clean()
  })

  test('on points leaves what else an award gives', async () => {
    await open({
      badges: [{ id: 'critic', name: 'Critic' }],
      earning: [review, { id: 'photo', on: 'action', action: 'photo', award: { points: 5, badge: 'critic' } }],
      limits: [{ id: 'extras', rules: ['review', 'photo'], points: 50, per: 'year' }],
    })
    await act('review')
    expect(await act('photo')).toMatchObject({ ok: true, value: { code: 'badge_given', points: 0 } })
    expect((await member()).badges).toMatchObject([{ id: 'critic' }])
  })
})

describe('activity', () => {
  const idle = { points: { expiry: { kind: 'inactivity', months: 6 } as const } }
  const both: Partial<ProgramInput> = { ...idle, earning: [{ id: 'purchase', on: 'purchase' }, review] }

  test('is an action as well: it keeps points that end by inactivity', async () => {
    await open(both)
    await buy({ amount: 10_000, email: 'ada@example.org', at: NOW })
    world.clock.at += 150 * DAY
    await act('review')
    world.clock.at += 150 * DAY
    await world.app.settleDue(10)
    expect(await points()).toMatchObject({ available: 150, expired: 0 })
    world.clock.at += 50 * DAY
    await world.app.settleDue(10)
    expect(await points()).toMatchObject({ available: 0, expired: 150 })
    await clean()
  })

  test('is not lost when a purchase before it is refunded', async () => {
    await open(both)
    await act({ action: 'review', at: NOW })
    const bought = await buy({ amount: 10_000, email: 'ada@example.org', at: NOW - 3_600_000 })
    await world.deliver(bought.refunded(10_000))
    const [ada] = await world.store.membersAfter('', 10)
    expect(ada?.activeAt).toBe(NOW)
    await clean()
  })

  test('that we hear of late brings back what had ended only because of that', async () => {
    await open(both)
    await buy({ amount: 10_000, email: 'ada@example.org', at: NOW })
    world.clock.at += 200 * DAY
    await world.app.settleDue(10)
    expect(await points()).toMatchObject({ available: 0, expired: 100 })
    await act({ action: 'review', at: NOW + 100 * DAY })
    expect(await points()).toMatchObject({ available: 150, expired: 0 })
    await clean()
  })

  test('of long ago gives points that have ended by now', async () => {
    await open({ points: { expiry: { kind: 'after', months: 1 } } })
    world.clock.at += 100 * DAY
    expect(await act({ action: 'review', at: NOW + DAY })).toMatchObject({ ok: true, value: { points: 50 } })
    expect(await points()).toMatchObject({ available: 0, expired: 50, earned: 50 })
    await clean()
  })

  test('of long ago gives points that later activity came too late to keep', async () => {
    await open(both)
    world.clock.at += 400 * DAY
    await act('review')
    await act({ action: 'review', at: NOW + DAY })
    expect(await points()).toMatchObject({ available: 50, expired: 50 })
    await clean()
  })
})
