// Who a customer is, and how they stand: what staff ask who have them on the telephone.
import { describe, expect, test } from 'vitest'
import { makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const DAY = 86_400_000
const HOLD = { earning: [{ id: 'purchase', on: 'purchase' as const }], points: { holdDays: 10 } }

const enrol = async ({ app }: World, email: string, name: string | null = null) => {
  const enrolled = await app.enrolMember({ email, name }, staff, null)
  if (!enrolled.ok) throw new Error(enrolled.message)
  return enrolled.value
}
const paid = (world: World, amount: number, daysAgo: number, currency = 'usd') =>
  stripePayment({ amount, email: 'ada@example.org', currency, at: world.clock.at - daysAgo * DAY })
const closeUp = async ({ app }: World, limit = 5) => {
  const found = await app.closeUp('email:ada@example.org', limit)
  if (!found.ok) throw new Error(found.message)
  return found.value
}
const moved = async (world: World, limit?: number) =>
  (await closeUp(world, limit)).money.map(({ kind, amount, currency, at }) => [
    kind,
    amount,
    currency,
    Math.round((world.clock.at - Date.parse(at)) / DAY),
  ])

describe('a close-up', () => {
  test('has purchases and refunds, each in its currency and at its time, the newest first', async () => {
    const world = await createWorld()
    const [one, two, euro] = [paid(world, 4_000, 30), paid(world, 8_400, 9), paid(world, 500, 20, 'eur')]
    await world.deliverAll([one.charge(), two.charge(), euro.charge()])
    await world.deliverAll([
      one.refund(1_000, { later: 5 * DAY }),
      one.refund(500, { later: 28 * DAY }),
      one.refund(700, { later: 29 * DAY, status: 'failed' }),
    ])
    expect(await moved(world)).toEqual([
      ['refund', 500, 'usd', 2],
      ['purchase', 8_400, 'usd', 9],
      ['purchase', 500, 'eur', 20],
      ['refund', 1_000, 'usd', 25],
      ['purchase', 4_000, 'usd', 30],
    ])
    expect(await moved(world, 2)).toEqual([
      ['refund', 500, 'usd', 2],
      ['purchase', 8_400, 'usd', 9],
    ])
  })

  test('has a refund of which only the sum is known, and money that a dispute took', async () => {
    const world = await createWorld()
    const [told, disputed] = [paid(world, 4_000, 30), paid(world, 2_500, 40)]
    await world.deliverAll([told.charge(), disputed.charge(), told.refunded(1_500, 20 * DAY)])
    expect(await moved(world)).toContainEqual(['refund', 1_500, 'usd', 10])
    await world.deliverAll([disputed.dispute('funds_withdrawn', 'needs_response', 2_500, { later: 35 * DAY })])
    expect(await moved(world)).toContainEqual(['dispute', 2_500, 'usd', 5])
  })

  test('says which pending points can be spent next, and when', async () => {
    const world = await createWorld({ program: makeProgram(HOLD) })
    expect((await enrol(world, 'ada@example.org')).points.pending).toBe(0)
    expect((await closeUp(world)).nextAvailable).toBeNull()
    await world.deliverAll([paid(world, 4_000, 4).charge(), paid(world, 3_000, 1).charge()])
    const { nextAvailable } = await closeUp(world)
    expect(nextAvailable?.points).toBe(40)
    expect(Date.parse(nextAvailable?.at ?? '') - world.clock.at).toBeLessThanOrEqual(6 * DAY + DAY)
    world.clock.at += 7 * DAY
    expect((await closeUp(world)).nextAvailable?.points).toBe(30)
    world.clock.at += 30 * DAY
    expect((await closeUp(world)).nextAvailable).toBeNull()
  })

  test('of nobody is refused: not_found', async () => {
    const { app } = await createWorld()
    expect(await app.closeUp('mem_nobody', 3)).toMatchObject({ ok: false, code: 'not_found' })
  })
})

describe('finding', () => {
  test('shows pages of those it put in order, and says how many there are', async () => {
    const world = await createWorld()
    for (let n = 0; n < 7; n++) await enrol(world, `ada${n}@example.org`, `Ada ${n}`)
    const first = await world.app.findMembers('ada', { limit: 3 })
    const rest = await world.app.findMembers('ada', { from: 3, limit: 10 })
    expect([first.total, first.isMore, first.items.length, rest.items.length]).toEqual([7, false, 3, 4])
    expect(new Set([...first.items, ...rest.items].map(({ id }) => id)).size).toBe(7)
    expect(await world.app.findMembers('ada', { from: 50, limit: 10 })).toMatchObject({ items: [], total: 7 })
  })

  test('counts no further than anybody reads: less of one or two letters', async () => {
    const world = await createWorld()
    for (let n = 0; n < 45; n++) await enrol(world, `zz${n}@example.org`, `Zz Top${n}`)
    expect(await world.app.findMembers('zz', { limit: 1 })).toMatchObject({ total: 40, isMore: true })
    expect(await world.app.findMembers('zz top', { limit: 1 })).toMatchObject({ total: 45, isMore: false })
  })

  test('finds customers who are no members where no member is', async () => {
    const world = await createWorld({ program: makeProgram({ enrolment: { automatic: false } }) })
    await world.deliver(paid(world, 4_000, 1).charge())
    expect((await world.app.findMembers('ada', { limit: 5 })).items).toMatchObject([{ status: 'candidate' }])
    await enrol(world, 'adam@example.org', 'Adam')
    expect((await world.app.findMembers('ada', { limit: 5 })).items).toMatchObject([{ email: 'adam@example.org' }])
  })

  test('takes a code for its holder, and for nobody once they are erased', async () => {
    const world = await createWorld()
    const ada = await enrol(world, 'ada@example.org', 'Ada')
    const typed = ada.referralCode.toLowerCase().replace('-', ' ')
    expect((await world.app.findMembers(typed, { limit: 5 })).items).toMatchObject([{ id: ada.id }])
    await world.app.eraseMember(ada.id, staff)
    expect(await world.app.findMembers(typed, { limit: 5 })).toEqual({ items: [], total: 0, isMore: false })
    expect(await world.app.similarMembers('adaa', 3)).toEqual([])
  })

  test('knows which mode of Stripe’s the database is pinned to', async () => {
    const world = await createWorld()
    expect(await world.app.stripeMode()).toBeNull()
    await world.deliver(paid(world, 4_000, 1).charge())
    expect(await world.app.stripeMode()).toBe('test')
  })
})
