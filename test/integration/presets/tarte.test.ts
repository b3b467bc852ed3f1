// A year of Beauty VIP, the one in which redeeming rested from 17 February to 1 September while earning went on.
import { expect, test } from 'vitest'
import { openPreset } from '../../support/preset-scene.ts'

test('earning goes on while redeeming is frozen', async () => {
  const scene = await openPreset('tarte', '2022-02-01')
  await scene.enrol('ada')
  // 100 for joining, 10 a dollar.
  await scene.buy('ada', 190)
  expect(await scene.available('ada')).toBe(2_000)
  expect(await scene.redeem('ada', 'three-off')).toMatchObject({ state: 'issued', cost: 1_000 })
  await scene.goTo('2022-02-17')
  expect(await scene.redeem('ada', 'three-off')).toBe('redeeming_frozen')
  await scene.buy('ada', 50)
  expect(await scene.act('ada', 'review')).toBeNull()
  // 1,000 + 500 + 100.
  expect(await scene.available('ada')).toBe(1_600)
  await scene.goTo('2022-09-01')
  expect(await scene.redeem('ada', 'three-off')).toBe('redeeming_frozen')
  await scene.goTo('2022-09-02')
  // The first code ended unused after 90 days, so none is open.
  expect(await scene.redeem('ada', 'three-off')).toMatchObject({ state: 'issued' })
  expect(await scene.available('ada')).toBe(600)
  await scene.close()
})

test('5,000 points are $25 or 25 %, and only one redemption may be open', async () => {
  const scene = await openPreset('tarte', '2023-01-10')
  await scene.enrol('bea')
  await scene.buy('bea', 1_100)
  expect(await scene.available('bea')).toBe(11_100)
  const percent = await scene.redeem('bea', 'quarter-off')
  expect(percent).toMatchObject({ state: 'issued', cost: 5_000 })
  expect(await scene.redeem('bea', 'twenty-five-off')).toBe('limit_reached')
  // Used on an order: the next may be redeemed.
  const [made] = scene.vendor.made.values()
  await scene.buy('bea', { dollars: 75, code: made?.promotionCode ?? '' })
  expect(await scene.rewardStates('bea')).toMatchObject({ used: 1 })
  expect(await scene.redeem('bea', 'twenty-five-off')).toMatchObject({ state: 'issued', cost: 5_000 })
  // 11,100 + 750 − 10,000.
  expect(await scene.available('bea')).toBe(1_850)
  await scene.close()
})

test('new arrivals bring double, line by line', async () => {
  const scene = await openPreset('tarte', '2023-01-10')
  await scene.enrol('cy')
  await scene.buy('cy', {
    dollars: 100,
    items: [
      ['prod_mascara', 60],
      ['prod_new_arrival', 40],
    ],
  })
  // 100 for joining, 10 × 60, 2 × 10 × 40.
  expect(await scene.available('cy')).toBe(100 + 600 + 800)
  await scene.close()
})

test('what members tell earns, so often and no oftener', async () => {
  const scene = await openPreset('tarte', '2023-01-10')
  await scene.enrol('di')
  for (const action of ['review', 'review', 'review-photo', 'quiz', 'follow', 'follow', 'follow', 'sms-sign-up'])
    expect(await scene.act('di', action)).toBeNull()
  for (const action of ['review', 'quiz', 'follow', 'sms-sign-up'])
    expect(await scene.act('di', action)).toBe('limit_reached')
  // 100 for joining, 2 × 100, 50, 50, 3 × 50, 200.
  expect(await scene.available('di')).toBe(750)
  await scene.goTo('2023-02-01')
  // A new month.
  expect(await scene.act('di', 'review')).toBeNull()
  expect(await scene.act('di', 'follow')).toBe('limit_reached')
  expect(await scene.available('di')).toBe(850)
  await scene.close()
})

test('Gold from 4,500 and Platinum from 10,000 points of a year, each with a welcome gift, once', async () => {
  const scene = await openPreset('tarte', '2023-01-10')
  await scene.enrol('eve', { birthday: '--06-01' })
  await scene.buy('eve', 449)
  // The 100 for joining do not count: 4,490.
  expect(await scene.tier('eve')).toBe('silver')
  await scene.buy('eve', 1)
  expect(await scene.tier('eve')).toBe('gold')
  await scene.buy('eve', 550)
  expect(await scene.tier('eve')).toBe('platinum')
  await scene.goTo('2023-06-01')
  expect((await scene.rewards('eve')).map(({ reward }) => reward)).toEqual([
    'welcome-gift',
    'welcome-gift',
    'birthday-mini',
  ])
  // Kept through 2024. The anniversary of joining brought 100.
  await scene.goTo('2024-01-10')
  expect([await scene.tier('eve'), await scene.available('eve')]).toEqual(['platinum', 100 + 10_000 + 100])
  await scene.goTo('2025-01-01')
  expect(await scene.tier('eve')).toBe('silver')
  await scene.close()
})

test('points end after twelve months without a purchase or an action', async () => {
  const scene = await openPreset('tarte', '2023-01-10')
  await scene.enrol('flo')
  await scene.buy('flo', 10)
  await scene.goTo('2023-12-01')
  expect(await scene.act('flo', 'quiz')).toBeNull()
  // 100 + 100 + 50, and 100 for the first anniversary. Those of before end a year after the quiz; the anniversary's,
  // which is no activity, a year after it was earned, on the day of the second.
  await scene.goTo('2024-12-01')
  expect(await scene.available('flo')).toBe(350)
  await scene.goTo('2024-12-02')
  expect(await scene.available('flo')).toBe(100)
  await scene.goTo('2025-01-11')
  expect((await scene.member('flo')).points).toMatchObject({ available: 100, expired: 350, earned: 450 })
  await scene.close()
})
