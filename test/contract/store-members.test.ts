// What units ask of members beside their rows: whose code it is, and what was said of their tiers.
import { describe, expect, test } from 'vitest'
import { enrol, refOf, viewOf } from '../support/members.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { KINDS, useStores } from '../support/stores.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const program = makeProgram({ tiers: { levels: levels(['base', 0], ['silver', 100]) } })

describe.each(KINDS)('members in %s', (kind) => {
  const open = useStores(kind)

  test('are found by their code as it is stored, also once they are part of another', async () => {
    const { store } = await open()
    const world = await createWorld({ store, program, now: NOW })
    const ada = await enrol(world, 'ada')
    await enrol(world, 'bea')
    const found = (code: string) => store.read((tx) => tx.memberWithCode(code))
    expect(await found(ada.referralCode)).toBe(ada.id)
    for (const code of [ada.referralCode.toLowerCase(), `${ada.referralCode} `, '%', '', 'ሀለሐ'])
      expect(await found(code)).toBeNull()
    await world.app.mergeMembers(refOf('ada'), refOf('bea'), staff, null)
    expect(await found(ada.referralCode)).toBe(ada.id)
  })

  test('have what was said of their tiers, oldest first, and of nobody else’s', async () => {
    const { store } = await open()
    const world = await createWorld({ store, program, now: NOW })
    for (const name of ['ada', 'bea']) await enrol(world, name, { enrolledAt: NOW - 90 * DAY })
    const payment = stripePayment({ at: NOW - 9 * DAY, amount: 20_000 })
    await world.deliver(payment.charge())
    await world.deliver(payment.refund(20_000))
    const notes = async (...names: string[]) => {
      const ids = await Promise.all(names.map(async (name) => (await viewOf(world, name)).id))
      return store.read((tx) => tx.tierNotes(ids))
    }
    const said = [
      { at: NOW - 9 * DAY, reason: 'Silver until Dec 31, 2027: 200 points in 2026' },
      { at: NOW, reason: 'Silver ended at once: the purchase it rested on was refunded' },
    ]
    expect(await notes('ada', 'bea')).toEqual(said)
    expect(await notes('bea')).toEqual([])
    expect(await notes()).toEqual([])
  })
})
