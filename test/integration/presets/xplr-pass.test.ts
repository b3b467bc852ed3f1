// Two years of Explorer Pass: rewards in three windows a year, extras up to a hundred, field tests.
import { expect, test } from 'vitest'
import { openPreset } from '../../support/preset-scene.ts'

test('$10 for 100 points in three windows a year, at most $50 each; the rest rolls over', async () => {
  const scene = await openPreset('xplr-pass', '2026-01-10')
  await scene.enrol('ada')
  await scene.buy('ada', 740)
  await scene.goTo('2026-02-28')
  expect([await scene.available('ada'), await scene.rewards('ada')]).toEqual([740, []])
  await scene.goTo('2026-03-01')
  // Five of 740 / 100.
  expect([await scene.available('ada'), await scene.rewardStates('ada')]).toEqual([240, { issued: 5 }])
  await scene.goTo('2026-03-02')
  await scene.buy('ada', 400)
  expect(await scene.available('ada')).toBe(640)
  await scene.goTo('2026-07-01')
  expect([await scene.available('ada'), await scene.rewardStates('ada')]).toEqual([140, { issued: 10 }])
  await scene.buy('ada', 1_000)
  await scene.goTo('2026-11-01')
  // 1,140: five again. $150 in the year are fifteen.
  expect([await scene.available('ada'), await scene.rewardStates('ada')]).toEqual([640, { issued: 15 }])
  // The first five ended after 11 months: the last day to use them was 1 February 2027.
  await scene.goTo('2027-02-01')
  expect(await scene.rewardStates('ada')).toEqual({ issued: 15 })
  await scene.goTo('2027-02-02')
  expect(await scene.rewardStates('ada')).toEqual({ issued: 10, expired: 5 })
  // A new year, a new window: five of 640, and points themselves never end.
  await scene.goTo('2027-03-01')
  expect(await scene.available('ada')).toBe(140)
  await scene.goTo('2028-02-28')
  expect((await scene.member('ada')).points).toMatchObject({ earned: 2_140, expired: 0 })
  await scene.close()
})

test('rewards come in their windows only: nobody asks for one in between, nor has more than fifteen a year', async () => {
  const scene = await openPreset('xplr-pass', '2026-02-10')
  await scene.enrol('eli')
  await scene.buy('eli', 3_000)
  expect(await scene.redeem('eli', 'ten-off')).toBe('not_eligible')
  // Staff may make a present of one: no points move, but it is one of the year's fifteen.
  expect(await scene.redeem('eli', 'ten-off', 'house')).toMatchObject({ state: 'issued', charge: 'house', cost: 0 })
  expect(await scene.available('eli')).toBe(3_000)
  for (const [day, left] of [
    ['2026-03-01', 2_500],
    ['2026-07-01', 2_000],
    // 1 + 5 + 5 were had: four are left of fifteen.
    ['2026-11-01', 1_600],
    ['2027-02-28', 1_600],
    ['2027-03-01', 1_100],
  ] as const) {
    await scene.goTo(day)
    expect([day, await scene.available('eli')]).toEqual([day, left])
  }
  expect(await scene.redeem('eli', 'ten-off')).toBe('not_eligible')
  await scene.close()
})

test('a reward used on an order that is refunded is given once more', async () => {
  const scene = await openPreset('xplr-pass', '2026-02-28')
  await scene.enrol('bea')
  await scene.buy('bea', 100)
  await scene.goTo('2026-03-01')
  const [made] = scene.vendor.made.values()
  const order = await scene.buy('bea', { dollars: 80, code: made?.promotionCode ?? '' })
  expect(await scene.rewardStates('bea')).toEqual({ used: 1 })
  await scene.refund(order)
  expect(await scene.rewardStates('bea')).toEqual({ used: 1, issued: 1 })
  // The 80 are taken back.
  expect(await scene.available('bea')).toBe(0)
  await scene.close()
})

test('extras bring at most 100 a year together, part of the last one', async () => {
  const scene = await openPreset('xplr-pass', '2026-01-10')
  await scene.enrol('cy')
  for (const action of ['refer', 'refer', 'own-bag']) expect(await scene.act('cy', action)).toBeNull()
  // A renewed jacket for $40 brings its dollars too, which are no extras.
  await scene.buy('cy', { dollars: 40, items: [['prod_renewed_item', 40]] })
  expect(await scene.available('cy')).toBe(25 + 25 + 10 + 40 + 25)
  // Once a day, once ever.
  expect(await scene.act('cy', 'own-bag')).toBe('limit_reached')
  expect(await scene.act('cy', 'app')).toBeNull()
  expect(await scene.act('cy', 'app')).toBe('limit_reached')
  // 95 of 100: of the next 25 only 5 are left, then nothing.
  expect(await scene.act('cy', 'refer')).toBeNull()
  expect(await scene.available('cy')).toBe(140)
  expect(await scene.act('cy', 'check-in')).toBe('limit_reached')
  // Another jacket: its 10 dollars, and nothing extra.
  await scene.buy('cy', { dollars: 10, items: [['prod_renewed_item', 10]] })
  expect(await scene.available('cy')).toBe(150)
  await scene.goTo('2027-01-01')
  // One reward in March 2026 took them; a new year begins at nought.
  expect(await scene.act('cy', 'check-in')).toBeNull()
  expect(await scene.act('cy', 'app')).toBe('limit_reached')
  expect((await scene.member('cy')).points).toMatchObject({ available: 55, earned: 155, redeemed: 100 })
  await scene.close()
})

test('gift cards earn nothing, and a member may field-test two products a year', async () => {
  const scene = await openPreset('xplr-pass', '2026-05-10')
  await scene.enrol('di')
  await scene.buy('di', { dollars: 60, items: [['prod_gift_card', 60]] })
  expect(await scene.available('di')).toBe(0)
  // It costs no points, so staff give it; the limit holds for them too.
  expect(await scene.redeem('di', 'field-test')).toBe('not_eligible')
  for (let n = 0; n < 2; n++)
    expect(await scene.redeem('di', 'field-test', 'house')).toMatchObject({ state: 'reserved', charge: 'house' })
  expect(await scene.redeem('di', 'field-test', 'house')).toBe('limit_reached')
  await scene.goTo('2027-01-01')
  expect(await scene.redeem('di', 'field-test', 'house')).toMatchObject({ state: 'reserved' })
  await scene.close()
})
