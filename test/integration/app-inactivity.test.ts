// Points that end when nothing was done for so long: what counts as doing, what tiers change of it, also when we hear of it
// late, and what the ledger says.
import { expect, test } from 'vitest'
import { ADA, type Club, DAY, openClub } from '../support/clubs.ts'
import { levels } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { memoryStore, staff } from '../support/world.ts'

const START = Date.UTC(2026, 0, 1, 12)
const day = (count: number): number => START + count * DAY
const idle = { expiry: { kind: 'inactivity', months: 1 } } as const
const forEver = levels(['base', 0], ['gold', 80, { expiry: { kind: 'never' } }])

const lastSentence = async (club: Club): Promise<string | undefined> => (await club.sentences()).at(-1)

test('says that nothing was done, as actions count like purchases', async () => {
  const club = await openClub(
    {
      points: idle,
      earning: [
        { id: 'purchase', on: 'purchase' },
        { id: 'visit', on: 'action', action: 'visit', points: 1 },
      ],
    },
    START,
  )
  await club.enrol()
  await club.buy({ at: START, amount: 1_000 })
  await club.goTo(day(20))
  await club.world.app.recordAction(ADA, { action: 'visit' }, staff, null)
  await club.goTo(day(40))
  expect((await club.points()).available).toBe(11)
  await club.goTo(day(60))
  expect((await club.points()).available).toBe(0)
  expect((await club.sentences()).slice(-2)).toEqual([
    '10 points from Jan 1, 2026 ended on Feb 21, 2026: no activity for a month',
    '1 point from Jan 21, 2026 ended on Feb 21, 2026: no activity for a month',
  ])
  await club.isSound()
})

test('ends points that only a tier since refunded kept, though purchases came since', async () => {
  const club = await openClub({ points: idle, tiers: { window: { kind: 'lifetime' }, levels: forEver } }, START)
  await club.enrol()
  await club.buy({ at: START, amount: 1_000 })
  const large = await club.buy({ at: day(0) + 1_000, amount: 9_000 })
  await club.goTo(day(100))
  await club.buy({ at: day(100), amount: 2_000 })
  expect((await club.points()).available).toBe(120)
  await club.goTo(day(101))
  await club.world.deliver(large.refunded(9_000, 101 * DAY))
  expect((await club.points()).available).toBe(20)
  expect(await lastSentence(club)).toContain('ended')
  expect((await club.points()).expired).toBe(10)
  await club.isSound()
})

test('returns points that ended before we heard that a tier kept them, though it is lost by now', async () => {
  const club = await openClub(
    {
      points: idle,
      tiers: { window: { kind: 'rolling', months: 2 }, keep: { months: 1 }, levels: forEver },
    },
    day(40),
  )
  await club.enrol({ enrolledAt: START })
  await club.buy({ at: START, amount: 1_000 })
  expect((await club.points()).expired).toBe(10)
  // Gold from day 1 to 1 February at the end of the day, a month more by the loss of it.
  await club.buy({ at: day(1), amount: 9_000 })
  expect([(await club.points()).available, (await club.points()).expired]).toEqual([100, 0])
  await club.goTo(day(70))
  expect((await club.points()).expired).toBe(100)
  await club.isSound()
})

test('returns points that ended in one record while the other was active, once both are one', async () => {
  const club = await openClub({ points: idle }, START)
  await club.enrol()
  await club.enrol({ email: 'bo@example.org' })
  await club.buy({ at: START, amount: 1_000 })
  await club.buy({ at: day(20), amount: 500, email: 'bo@example.org' })
  await club.goTo(day(35))
  await club.buy({ at: day(35), amount: 500, email: 'bo@example.org' })
  expect((await club.points()).expired).toBe(10)
  await club.world.app.mergeMembers('email:bo@example.org', ADA, staff, null)
  expect([(await club.points()).available, (await club.points()).expired]).toEqual([20, 0])
  await club.isSound()
})

test('ends points that only a purchase kept that proves to be somebody else’s', async () => {
  const club = await openClub({ points: idle }, START)
  await club.enrol()
  await club.enrol({ email: 'bo@example.org' })
  await club.buy({ at: START, amount: 1_000 })
  await club.goTo(day(50))
  // A guest by Ada’s address in what we hear first, by Bo’s in what counts more.
  const bought = stripePayment({ at: day(20), amount: 2_000 })
  await club.world.deliver(bought.charge())
  await club.buy({ at: day(49), amount: 3_000 })
  expect((await club.points()).available).toBe(60)
  const session = bought.session()
  const customer_details = { email: 'bo@example.org', name: null, phone: null }
  await club.world.deliver({ ...session, data: { object: { ...session.data.object, customer_details } } })
  expect((await club.points('email:bo@example.org')).earned).toBe(20)
  expect([(await club.points()).available, (await club.points()).expired]).toEqual([30, 10])
  await club.isSound()
})

test('ends points by the tiers held also when the program has changed in other things since', async () => {
  const program = { points: idle, tiers: { window: { kind: 'lifetime' } as const, levels: forEver } }
  const store = await memoryStore()
  const before = await openClub(program, START, store)
  await before.enrol()
  await before.buy({ at: START, amount: 1_000 })
  const large = await before.buy({ at: day(0) + 1_000, amount: 9_000 })
  const club = await openClub({ ...program, purpose: 'A tree for every coffee' }, day(100), store)
  await club.buy({ at: day(100), amount: 2_000 })
  expect((await club.points()).available).toBe(120)
  await club.goTo(day(101))
  await club.world.deliver(large.refunded(9_000, 101 * DAY))
  expect([(await club.points()).available, (await club.points()).expired]).toEqual([20, 10])
  await club.isSound()
})

test('keeps what was promised when the program ends points sooner from now on', async () => {
  const store = await memoryStore()
  const before = await openClub({}, START, store)
  await before.enrol()
  await before.buy({ at: START, amount: 1_000 })
  const club = await openClub({ points: idle }, day(1), store)
  await club.buy({ at: day(1), amount: 2_000 })
  await club.goTo(day(100))
  expect([(await club.points()).available, (await club.points()).expired]).toEqual([10, 20])
  await club.isSound()
})
