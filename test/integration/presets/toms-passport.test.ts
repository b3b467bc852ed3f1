// A year of Passport: points for discounts, products, sweepstakes or a giving partner, a pair given for each sold, friends.
import { expect, test } from 'vitest'
import { openPreset, type Scene } from '../../support/preset-scene.ts'

async function causes(scene: Scene) {
  const report = await scene.world.app.report('causes', {})
  if (!report.ok) throw new Error(report.message)
  return new Map(report.value.causes.map((cause) => [cause.id, cause]))
}

test('points become a discount, a pair, an entry in the sweepstakes, or a gift to a partner', async () => {
  const scene = await openPreset('toms-passport', '2026-03-01')
  await scene.enrol('ada')
  await scene.buy('ada', { dollars: 1_300, items: [['prod_classics', 1_300, 20]] })
  expect(await scene.redeem('ada', 'five-off')).toMatchObject({ state: 'issued', code: expect.any(String) })
  const pair = await scene.redeem('ada', 'free-pair')
  expect(pair).toMatchObject({ state: 'reserved', cost: 1_000, instructions: expect.stringContaining('classics') })
  expect(await scene.redeem('ada', 'sweepstakes')).toMatchObject({ state: 'reserved', cost: 25 })
  // 1,300 − 100 − 1,000 − 25.
  expect((await scene.member('ada')).points).toMatchObject({ available: 175, reserved: 1_025, redeemed: 100 })
  expect(await scene.redeem('ada', 'give-five')).toMatchObject({ cost: 100 })
  expect(await scene.available('ada')).toBe(75)
  const giving = (await causes(scene)).get('giving-fund')
  expect(giving).toMatchObject({ donations: { rewards: 1, amount: 500 } })
  await scene.close()
})

test('each pair sold gives a pair, and a share of what is spent; a refund takes it back', async () => {
  const scene = await openPreset('toms-passport', '2026-03-01')
  await scene.enrol('bea')
  await scene.buy('bea', { dollars: 120, items: [['prod_classics', 120, 2]] })
  const returned = await scene.buy('bea', { dollars: 60, items: [['prod_boots', 60, 1]] })
  // A gift card is no pair: three of those, and 3 % of $180 and of its $50.
  await scene.enrol('fay')
  await scene.buy('fay', { dollars: 50, items: [['prod_gift_card', 50, 2]] })
  let given = await causes(scene)
  expect([given.get('pairs')?.items, given.get('giving-fund')?.amount]).toEqual([3, 540 + 150])
  await scene.refund(returned)
  given = await causes(scene)
  expect([given.get('pairs')?.items, given.get('giving-fund')?.amount]).toEqual([2, 360 + 150])
  expect(await scene.available('bea')).toBe(120)
  await scene.close()
})

test('who brings a friend, and the friend, get $20 each for the first purchase, once and not for oneself', async () => {
  const scene = await openPreset('toms-passport', '2026-03-01')
  const cy = await scene.enrol('cy')
  await scene.enrol('di', { referredBy: cy.referralCode })
  expect([await scene.rewards('cy'), await scene.rewards('di')]).toEqual([[], []])
  // $19.99 is too little.
  await scene.buy('di', 19.99)
  expect(await scene.rewards('cy')).toEqual([])
  const bought = await scene.buy('di', 60)
  await scene.goTo('2026-04-05')
  for (const who of ['cy', 'di'])
    expect((await scene.rewards(who)).map(({ reward, charge }) => [reward, charge])).toEqual([['twenty-off', 'house']])
  await scene.buy('di', 60)
  expect(await scene.rewards('cy')).toHaveLength(1)
  // The purchase falls, and so do both rewards; the next one that stands takes its place.
  await scene.refund(bought)
  await scene.goTo('2026-05-10')
  const standing = async (who: string) =>
    (await scene.rewards(who)).filter(({ state }) => state === 'issued').map(({ reward }) => reward)
  expect([await standing('cy'), await standing('di')]).toEqual([['twenty-off'], ['twenty-off']])
  await scene.close()
})

test('double-point days double, gift cards earn nothing, points end after a year without activity', async () => {
  const scene = await openPreset('toms-passport', '2026-11-26')
  await scene.enrol('eve')
  await scene.buy('eve', 50)
  await scene.goTo('2026-11-27')
  await scene.buy('eve', {
    dollars: 80,
    items: [
      ['prod_classics', 55],
      ['prod_gift_card', 25],
    ],
  })
  // 50, and 2 × 55 of the 80.
  expect(await scene.available('eve')).toBe(160)
  await scene.goTo('2027-11-27')
  expect(await scene.available('eve')).toBe(160)
  await scene.goTo('2027-11-28')
  expect((await scene.member('eve')).points).toMatchObject({ available: 0, expired: 160 })
  await scene.close()
})
