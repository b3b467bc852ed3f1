// Two years of Shoe VIP: rewards that arrive by themselves, tiers by a year's spend, shoes given on.
import { expect, test } from 'vitest'
import { openPreset, ref } from '../../support/preset-scene.ts'
import { staff } from '../../support/world.ts'

test('points turn into $5 by themselves at 100, and what is left stays', async () => {
  const scene = await openPreset('dsw-vip', '2026-01-10')
  await scene.enrol('ada')
  // 1 point a dollar; the $30 gift card earns nothing: 150 of 180.
  await scene.buy('ada', {
    dollars: 180,
    items: [
      ['prod_boots', 150],
      ['prod_gift_card', 30],
    ],
  })
  // 150 − 100 for one reward.
  expect(await scene.available('ada')).toBe(50)
  const [reward] = await scene.rewards('ada')
  expect(reward).toMatchObject({ reward: 'five-off', state: 'issued', cost: 100, charge: 'member' })
  expect(reward?.code).not.toBeNull()
  // A donation brings 50, once a day: 50 + 50 = 100, which is another reward at once.
  expect(await scene.act('ada', 'donate-shoes')).toBeNull()
  expect(await scene.act('ada', 'donate-shoes')).toBe('limit_reached')
  expect(await scene.available('ada')).toBe(0)
  expect(await scene.rewardStates('ada')).toEqual({ issued: 2 })
  // 90 days later nobody used them: their points are lost.
  await scene.goTo('2026-04-12')
  expect(await scene.rewardStates('ada')).toEqual({ expired: 2 })
  expect((await scene.member('ada')).points).toMatchObject({ available: 0, redeemed: 200, earned: 200 })
  await scene.close()
})

test('a member may choose $10 at 200 or $20 at 400 instead', async () => {
  const scene = await openPreset('dsw-vip', '2026-01-10')
  await scene.enrol('bea')
  await scene.world.app.updateMember(ref('bea'), { autoRedeem: 'twenty-off' }, staff)
  await scene.buy('bea', 150)
  // Nothing at 100.
  expect(await scene.available('bea')).toBe(150)
  // Spend of the year: 150 + 240 = 390, Gold since 200, where a dollar is a point too: 390 points.
  await scene.goTo('2026-01-20')
  await scene.buy('bea', 240)
  expect([await scene.tier('bea'), await scene.available('bea')]).toEqual(['gold', 390])
  await scene.goTo('2026-01-21')
  await scene.buy('bea', 15)
  // 405 − 400.
  expect(await scene.available('bea')).toBe(5)
  expect((await scene.rewards('bea')).map(({ reward }) => reward)).toEqual(['twenty-off'])
  await scene.close()
})

test('or $10 at 200, and goes back to $5 at 100 when they like', async () => {
  const scene = await openPreset('dsw-vip', '2026-01-10')
  await scene.enrol('fay')
  const choose = (reward: string | null) => scene.world.app.updateMember(ref('fay'), { autoRedeem: reward }, staff)
  expect(await choose('birthday-five')).toMatchObject({ ok: false, code: 'invalid_request' })
  await choose('ten-off')
  await scene.buy('fay', 199)
  expect([await scene.available('fay'), await scene.rewards('fay')]).toEqual([199, []])
  await scene.goTo('2026-01-11')
  await scene.buy('fay', 61)
  // 260 − 200.
  expect(await scene.available('fay')).toBe(60)
  await choose(null)
  await scene.goTo('2026-01-12')
  await scene.buy('fay', 45)
  expect(await scene.available('fay')).toBe(5)
  expect((await scene.rewards('fay')).map(({ reward }) => reward)).toEqual(['ten-off', 'five-off'])
  await scene.close()
})

test('Gold from $200 and Elite from $500 of a calendar year, kept through the next; Elite earns two', async () => {
  const scene = await openPreset('dsw-vip', '2026-02-01')
  await scene.enrol('cy')
  expect(await scene.tier('cy')).toBe('club')
  await scene.buy('cy', 199.99)
  expect(await scene.tier('cy')).toBe('club')
  await scene.buy('cy', 300.01)
  expect(await scene.tier('cy')).toBe('elite')
  // 199 as Club, 300 as Club still (the tier held before it): 499, four rewards and 99 left.
  expect(await scene.available('cy')).toBe(99)
  expect(await scene.rewardStates('cy')).toEqual({ issued: 4 })
  await scene.goTo('2026-03-01')
  // 2 points a dollar: 99 + 80 = 179, one reward, 79 left.
  await scene.buy('cy', 40)
  expect(await scene.available('cy')).toBe(79)
  // Kept to the end of 2027 though 2027 brings nothing, then down to what is reached: Club.
  await scene.goTo('2027-12-31')
  expect(await scene.tier('cy')).toBe('elite')
  await scene.goTo('2028-01-01')
  expect(await scene.tier('cy')).toBe('club')
  await scene.close()
})

test('points end 24 months after they were earned, the birthday brings $5, bonus days double', async () => {
  const scene = await openPreset('dsw-vip', '2026-11-26')
  await scene.enrol('di', { birthday: '1990-12-24' })
  await scene.buy('di', 20)
  await scene.goTo('2026-11-27')
  // A bonus day: 2 × 15. With the 20 of the day before: 50.
  await scene.buy('di', 15)
  expect(await scene.available('di')).toBe(50)
  await scene.goTo('2026-12-24')
  const [gift] = await scene.rewards('di')
  expect(gift).toMatchObject({ reward: 'birthday-five', state: 'issued', charge: 'house', cost: 0 })
  // The 20 of 26 November 2026 last until the end of 26 November 2028, the 30 a day longer.
  await scene.goTo('2028-11-26')
  expect(await scene.available('di')).toBe(50)
  await scene.goTo('2028-11-27')
  expect(await scene.available('di')).toBe(30)
  await scene.goTo('2028-11-28')
  expect((await scene.member('di')).points).toMatchObject({ available: 0, expired: 50, earned: 50 })
  // Three birthdays by now would be one too many: 2026 and 2027.
  expect((await scene.rewards('di')).filter(({ reward }) => reward === 'birthday-five')).toHaveLength(2)
  await scene.close()
})

test('a refund takes back what the purchase brought, also where it became a reward', async () => {
  const scene = await openPreset('dsw-vip', '2026-01-10')
  await scene.enrol('eve')
  const bought = await scene.buy('eve', 130)
  expect(await scene.available('eve')).toBe(30)
  await scene.refund(bought)
  // 130 are taken back: the 30 there, and 100 are owed, because the reward is out.
  expect((await scene.member('eve')).points).toMatchObject({ available: -100, earned: 0, redeemed: 100 })
  await scene.goTo('2026-02-10')
  await scene.buy('eve', 100)
  expect(await scene.available('eve')).toBe(0)
  await scene.close()
})
