// What is told of a subscriber and what they say of the shop: in every database, also where events come at the same moment.
import { describe, expect, test } from 'vitest'
import { makeProgram } from '../support/programs.ts'
import { KINDS, useStores } from '../support/stores.ts'
import { stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { failedEvent, paidEvent, subscriptionEvent } from '../support/subscriptions.ts'
import { createWorld, staff } from '../support/world.ts'

const at = (day: number): number => Date.UTC(2026, 10, day, 12)
const ADA = 'email:ada@example.org'
const TEXT = 'ዘገየ ። Ուշացավ։ Gecikdi, əla deyil. Ilichelewa.'

describe.each(KINDS)('in %s', (kind) => {
  const open = useStores(kind)
  test('a subscriber’s alerts are opened, told anew and over, and feedback is kept once, told and forgotten', async () => {
    const { store } = await open()
    const world = await createWorld({ store, program: makeProgram(), now: at(22) })
    const told = async (state: 'open' | 'resolved' = 'open') => {
      const page = await world.app.listAlerts({ state, limit: 50 })
      if (!page.ok) throw new Error(page.message)
      return page.value.items.map(({ reason, outcome }) => `${reason}${outcome === null ? '' : ` ${outcome}`}`).sort()
    }
    const wish = { cancel_at_period_end: true, canceled_at: Math.floor(at(12) / 1000) }
    await world.deliver(stripeEvent('customer.created', { id: 'cus_ada', email: 'ada@example.org' }, at(1)))
    await world.deliver(stripePayment({ at: at(2), customer: 'cus_ada', email: 'ada@example.org' }).charge())
    // As webhooks come: nobody waits for the one before.
    await Promise.all([
      world.deliver(subscriptionEvent(at(12), wish)),
      world.deliver(failedEvent(at(20))),
      world.deliver(failedEvent(at(21), { attempt: 2 })),
      world.deliver(failedEvent(at(21), {}, { id: 'in_2', subscription: null, amount: 700 })),
    ])
    const cancelled = 'Cancelled on Nov 12, 2026; the $19.00 monthly subscription ends on Dec 3, 2026.'
    const declined = 'The payment for the $19.00 monthly subscription was declined twice; no further try is planned.'
    const alone = 'The payment of $7.00 for an invoice was declined; no further try is planned.'
    expect(await told()).toEqual([cancelled, declined, alone])
    await Promise.all([
      world.deliver(subscriptionEvent(at(22))),
      world.deliver(paidEvent(at(22))),
      world.deliver(paidEvent(at(22), { id: 'in_2', subscription: null, amount: 700 })),
    ])
    expect(await told()).toEqual([])
    expect(await told('resolved')).toEqual([`${cancelled} came_back`, `${declined} passed`, `${alone} passed`])

    const key = { holder: 'test', route: 'POST', key: 'key-1', hash: 'hash' }
    const say = () => world.app.recordAction(ADA, { action: 'feedback', data: { score: 2, text: TEXT } }, staff, key)
    const [first, second] = await Promise.all([say(), say()])
    expect(first).toEqual(second)
    expect(await told()).toEqual(['Gave 2 of 10 and wrote a comment.'])
    const found = await world.app.getMember(ADA)
    expect(found).toMatchObject({ ok: true, value: { feedback: [{ score: 2, text: TEXT }] } })
    await world.app.eraseMember(ADA, staff)
    const kept = found.ok ? await store.read((tx) => tx.feedbackOf(found.value.id, 10)) : []
    expect(kept).toMatchObject([{ score: 2, text: null }])
    expect((await world.app.verify()).discrepancies).toEqual([])
  }, 60_000)

  test('a failure and the word that it was made good see each other, though they come at the same moment', async () => {
    const { store } = await open()
    const world = await createWorld({ store, program: makeProgram(), now: at(22) })
    const customers = ['cus_1', 'cus_2', 'cus_3', 'cus_4']
    for (const customer of customers) {
      const email = `${customer}@example.org`
      await world.deliver(stripePayment({ at: at(2), customer, email }).charge())
    }
    await Promise.all(
      customers.flatMap((customer) => [
        world.deliver(failedEvent(at(20), {}, { id: `in_${customer}`, customer, subscription: `sub_${customer}` })),
        world.deliver(subscriptionEvent(at(21), {}, { id: `sub_${customer}`, customer })),
      ]),
    )
    expect(await world.app.listAlerts({ state: 'open', limit: 50 })).toMatchObject({ ok: true, value: { items: [] } })
  }, 60_000)
})
