// The sandbox's Stripe against the real server: what a shop does there comes to the points that it should.
import { describe, expect, test } from 'vitest'
import { NotPossible } from '../../integrations/sandbox/doubles/stripe/shop.ts'
import type { MemberView } from '../../src/app/ports.ts'
import { createTown, startStripe, type Town } from '../support/stripe-shop.ts'

const stripe = startStripe()
const DAY = 86_400_000

const memberOf = async ({ app }: Town, ref: string): Promise<MemberView> => {
  const found = await app.getMember(ref)
  if (!found.ok) throw new Error(found.message)
  return found.value
}

async function openShop(over: Parameters<typeof createTown>[1] = {}) {
  const town = await createTown(stripe, over)
  const { shop } = town.stripe
  const coffee = shop.addProduct({ name: 'Coffee', amount: 450, currency: 'usd' })
  const beans = shop.addProduct({ name: 'Beans', amount: 4_000, currency: 'usd' })
  const box = shop.addProduct({ name: 'Box', amount: 2_000, currency: 'usd', interval: 'month' })
  const ada = shop.addCustomer({ email: 'ada@example.org', name: 'Ada Lovelace', language: 'sw-KE' })
  return { ...town, town, shop, coffee, beans, box, ada }
}

describe('a shop at the Stripe double', () => {
  test('sells, and each purchase is awarded once, however its events come', async () => {
    for (const habits of [{}, { twice: true }, { shuffled: true }, { twice: true, shuffled: true, lateMs: 60_000 }]) {
      const { town, shop, beans, coffee, ada } = await openShop()
      Object.assign(town.stripe.habits, habits)
      shop.buy({
        customer: ada.id,
        lines: [
          { price: beans.price, quantity: 2 },
          { price: coffee.price, quantity: 1 },
        ],
      })
      await town.settle()
      town.clock.at += 120_000
      await town.settle()
      const member = await memberOf(town, `stripe:${ada.id}`)
      expect(member).toMatchObject({ points: { available: 84, earned: 84 }, purchases: 1, language: 'sw-KE' })
      expect(town.stripe.account.deliveries.every(({ status, dueAt }) => status === 200 && dueAt === null)).toBe(true)
      await town.close()
    }
  })

  test('knows a guest by the address alone', async () => {
    const { town, shop, beans } = await openShop()
    shop.buy({ customer: null, email: 'bob@example.org', lines: [{ price: beans.price, quantity: 1 }] })
    await town.settle()
    expect(await memberOf(town, 'email:bob@example.org')).toMatchObject({ points: { available: 40 } })
  })

  test('gives money back, in part, again, and not more than was paid', async () => {
    const { town, shop, beans, ada } = await openShop()
    const { charge } = shop.buy({ customer: ada.id, lines: [{ price: beans.price, quantity: 1 }] })
    shop.refund(String(charge), 1_000)
    await town.settle()
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(30)
    const refund = shop.refund(String(charge))
    await town.settle()
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(0)
    expect(() => shop.refund(String(charge), 1)).toThrow(NotPossible)
    shop.failRefund(refund.id)
    await town.settle()
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(30)
  })

  test('loses money to a dispute, and has it back when it is won', async () => {
    const { town, shop, beans, ada } = await openShop()
    const { charge } = shop.buy({ customer: ada.id, lines: [{ price: beans.price, quantity: 1 }] })
    const dispute = shop.dispute(String(charge))
    await town.settle()
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(0)
    expect(() => shop.refund(String(charge))).toThrow('The bank has this money now')
    shop.closeDispute(dispute.id, 'won')
    await town.settle()
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(40)
  })

  test('renews subscriptions as time goes on, and tells renewals from first payments', async () => {
    const { town, shop, box, ada } = await openShop()
    const subscription = shop.subscribe({ customer: ada.id, price: box.price })
    await town.settle()
    expect(await memberOf(town, `stripe:${ada.id}`)).toMatchObject({ points: { available: 20 }, purchases: 1 })
    town.clock.at += 62 * DAY
    expect(shop.settleDue()).toBe(2)
    await town.settle()
    expect(await memberOf(town, `stripe:${ada.id}`)).toMatchObject({ points: { available: 60 }, purchases: 3 })
    shop.cancelSubscription(subscription.id)
    town.clock.at += 62 * DAY
    expect(shop.settleDue()).toBe(1)
    expect(shop.settleDue()).toBe(0)
    await town.settle()
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(60)
  })

  test('warns when a renewal fails, and goes on once it is paid', async () => {
    const { town, shop, box, ada } = await openShop()
    const subscription = shop.subscribe({ customer: ada.id, price: box.price })
    shop.failPayment(subscription.id)
    await town.settle()
    const open = await town.app.listAlerts({ limit: 10 })
    expect(open.ok && open.value.items.map(({ kind }) => kind)).toEqual(['payment_failed'])
    shop.payOpenInvoice(subscription.id)
    await town.settle()
    const after = await town.app.listAlerts({ limit: 10 })
    expect(after.ok && after.value.items).toEqual([])
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(40)
  })

  const rewards = [
    { id: 'ten-off', name: '$10 off', cost: 50, fulfil: { kind: 'promotion_code' as const, amountOff: 10 } },
    { id: 'credit', name: '$5 credit', cost: 20, fulfil: { kind: 'credit' as const, amount: 5 } },
  ]
  const staff = { source: 'api:test', actor: 'api:test' }

  test('makes the code of a reward, takes it once, and from its customer alone', async () => {
    const { town, shop, beans, ada } = await openShop({ program: { rewards } })
    const bob = shop.addCustomer({ email: 'bob@example.org' })
    const two = [{ price: beans.price, quantity: 2 }]
    shop.buy({ customer: ada.id, lines: two })
    await town.settle()
    const asked = await town.app.redeem(`stripe:${ada.id}`, { reward: 'ten-off' }, staff, null)
    await town.settle()
    const made = asked.ok ? await town.app.getRedemption(asked.value.id) : asked
    if (!made.ok) throw new Error(made.message)
    expect(made.value).toMatchObject({ state: 'issued' })
    const code = made.value.code ?? ''
    expect(() => shop.buy({ customer: bob.id, lines: two, code })).toThrow('somebody else’s')
    const bought = shop.buy({ customer: ada.id, lines: two, code: ` ${code.toLowerCase()} ` })
    expect(bought.amount).toBe(7_000)
    expect(() => shop.buy({ customer: ada.id, lines: two, code })).toThrow('was used')
    await town.settle()
    expect(await town.app.getRedemption(made.value.id)).toMatchObject({ value: { state: 'used' } })
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(80 - 50 + 70)
    // The order is given back, and with it the reward.
    shop.refund(String(bought.charge))
    await town.settle()
    const again = await town.app.memberRedemptions(`stripe:${ada.id}`, { limit: 10 })
    expect(again.ok && again.value.items.some((one) => one.again === made.value.id && one.state === 'issued')).toBe(
      true,
    )
  })

  test('keeps a credit, which the next invoice uses', async () => {
    const { town, shop, box, ada } = await openShop({ program: { rewards } })
    shop.subscribe({ customer: ada.id, price: box.price })
    await town.settle()
    await town.app.redeem(`stripe:${ada.id}`, { reward: 'credit' }, staff, null)
    await town.settle()
    expect(town.stripe.account.objects.customers[ada.id]).toMatchObject({ balance: -500 })
    town.clock.at += 31 * DAY
    shop.settleDue()
    await town.settle()
    expect(town.stripe.account.objects.customers[ada.id]).toMatchObject({ balance: 0 })
    // $20 less the credit of $5, and the 20 points are spent.
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(15)
  })

  test('delivers again what nobody took', async () => {
    let isUp = false
    const { town, shop, beans, ada } = await openShop({
      onDelivered: () => {
        isUp = true
      },
    })
    const { send } = town
    town.intercept((request) => (isUp ? send(request) : Promise.reject(new TypeError('fetch failed'))))
    shop.buy({ customer: ada.id, lines: [{ price: beans.price, quantity: 1 }] })
    await town.settle()
    const waiting = town.stripe.account.deliveries.filter(({ dueAt }) => dueAt !== null)
    expect(waiting).toMatchObject([{ tries: 1, status: 0 }])
    town.clock.at = town.stripe.deliveries.nextAt() ?? 0
    await town.settle()
    expect(town.stripe.deliveries.nextAt()).toBeNull()
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(40)
  })

  test('is kept as JSON and goes on from it', async () => {
    const { town, shop, beans, ada } = await openShop()
    const { charge } = shop.buy({ customer: ada.id, lines: [{ price: beans.price, quantity: 1 }] })
    await town.settle()
    town.stripe.importState(JSON.parse(JSON.stringify(town.stripe.exportState())))
    town.stripe.shop.refund(String(charge))
    await town.settle()
    expect((await memberOf(town, `stripe:${ada.id}`)).points.available).toBe(0)
    const { status, answer } = (await town.stripe.deliveries.again(town.stripe.account.events.at(-1)?.id ?? '')) ?? {}
    expect([status, answer]).toEqual([200, '{"outcome":"duplicate"}'])
  })
})
