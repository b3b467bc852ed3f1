// Two years of Beauty Insider: a point a dollar at every tier, tiers by a year's spend, cash and Rouge rewards.
import { expect, test } from 'vitest'
import type { Program } from '../../../src/program/schema.ts'
import { openPreset, ref } from '../../support/preset-scene.ts'
import { staff } from '../../support/world.ts'

test('VIB from $350 and Rouge from $1,000 of a calendar year, kept through the next; a point a dollar at all', async () => {
  const scene = await openPreset('beauty-insider', '2026-01-15')
  await scene.enrol('ada')
  expect(await scene.tier('ada')).toBe('insider')
  await scene.buy('ada', 349.99)
  expect(await scene.tier('ada')).toBe('insider')
  await scene.buy('ada', 0.01)
  expect(await scene.tier('ada')).toBe('vib')
  await scene.goTo('2026-06-01')
  await scene.buy('ada', 650)
  // 349 + 0 + 650: each rounded down, no multiplier.
  expect([await scene.tier('ada'), await scene.available('ada')]).toEqual(['rouge', 999])
  await scene.goTo('2027-05-01')
  // In 2027 only $400, a VIB's year: Rouge to the end of it, then VIB through 2028, then Insider.
  await scene.buy('ada', 400)
  expect([await scene.tier('ada'), await scene.available('ada')]).toEqual(['rouge', 1399])
  await scene.goTo('2027-12-31')
  expect(await scene.tier('ada')).toBe('rouge')
  await scene.goTo('2028-01-01')
  expect(await scene.tier('ada')).toBe('vib')
  await scene.goTo('2029-01-01')
  expect(await scene.tier('ada')).toBe('insider')
  await scene.close()
})

test('500 points are $10; 2,500 are $100 for Rouge only, while there are any', async () => {
  const scene = await openPreset('beauty-insider', '2026-01-15')
  await scene.enrol('bea')
  await scene.buy('bea', 300)
  expect(await scene.redeem('bea', 'ten-off')).toBe('insufficient_points')
  // Insider has too few and is not Rouge: who may not have it is told so first.
  expect(await scene.redeem('bea', 'rouge-reward')).toBe('not_eligible')
  await scene.buy('bea', 2_900)
  expect(await scene.tier('bea')).toBe('rouge')
  expect(await scene.redeem('bea', 'rouge-reward')).toMatchObject({ state: 'issued', cost: 2500 })
  const [stocked] = (await scene.world.app.listRewards()).filter(({ id }) => id === 'rouge-reward')
  expect(stocked?.left).toBe(499)
  expect(await scene.redeem('bea', 'ten-off')).toMatchObject({ state: 'issued', code: expect.any(String) })
  // 3,200 − 2,500 − 500.
  expect((await scene.member('bea')).points).toMatchObject({ available: 200, redeemed: 3000, earned: 3200 })
  await scene.close()
})

test('Rouge Rewards are gone when they are gone, and there again when one is cancelled', async () => {
  const one = (reward: Program['rewards'][number]) => (reward.id === 'rouge-reward' ? { ...reward, stock: 1 } : reward)
  const scene = await openPreset('beauty-insider', '2026-01-15', (program) => ({
    ...program,
    rewards: program.rewards.map(one),
  }))
  for (const who of ['hal', 'ida']) {
    await scene.enrol(who)
    await scene.buy(who, 2_600)
  }
  const had = await scene.redeem('hal', 'rouge-reward')
  expect(had).toMatchObject({ state: 'issued', cost: 2_500 })
  expect(await scene.redeem('ida', 'rouge-reward')).toBe('out_of_stock')
  const id = typeof had === 'string' ? had : had.id
  await scene.world.app.moveRedemption(id, 'cancel', {}, staff, null)
  await scene.settle()
  expect([await scene.available('hal'), await scene.available('ida')]).toEqual([2_600, 2_600])
  expect(await scene.redeem('ida', 'rouge-reward')).toMatchObject({ state: 'issued', cost: 2_500 })
  expect(await scene.redeem('hal', 'rouge-reward')).toBe('out_of_stock')
  await scene.close()
})

test('on the birthday the member chooses the gift or 250 points', async () => {
  const scene = await openPreset('beauty-insider', '2026-01-15')
  for (const who of ['cy', 'di']) await scene.enrol(who, { birthday: '1990-02-20' })
  await scene.goTo('2026-02-19')
  expect(await scene.awards('cy')).toEqual([])
  await scene.goTo('2026-02-20')
  const [award] = await scene.awards('cy')
  expect(award).toMatchObject({ occasion: 'birthday', state: 'open' })
  await scene.world.app.chooseAward(ref('cy'), award?.id ?? '', 1, staff, null)
  expect(await scene.available('cy')).toBe(250)
  // Chosen is chosen.
  const again = await scene.world.app.chooseAward(ref('cy'), award?.id ?? '', 0, staff, null)
  expect(again).toMatchObject({ ok: false, code: 'conflict' })
  const [other] = await scene.awards('di')
  await scene.world.app.chooseAward(ref('di'), other?.id ?? '', 0, staff, null)
  expect([await scene.available('di'), (await scene.rewards('di')).map(({ reward }) => reward)]).toEqual([
    0,
    ['birthday-gift'],
  ])
  await scene.close()
})

test('points end after twelve months without activity; a purchase or a redemption keeps them', async () => {
  const scene = await openPreset('beauty-insider', '2026-01-15')
  for (const who of ['eve', 'flo']) await scene.enrol(who)
  await scene.buy('eve', 600)
  await scene.buy('flo', 600)
  await scene.goTo('2026-12-15')
  expect(await scene.redeem('flo', 'ten-off')).toMatchObject({ state: 'issued' })
  await scene.goTo('2027-01-15')
  expect(await scene.available('eve')).toBe(600)
  await scene.goTo('2027-01-16')
  expect((await scene.member('eve')).points).toMatchObject({ available: 0, expired: 600 })
  // Flo's 100 that were left last a year from the redemption.
  await scene.goTo('2027-12-15')
  expect(await scene.available('flo')).toBe(100)
  await scene.goTo('2027-12-16')
  expect(await scene.available('flo')).toBe(0)
  await scene.close()
})

test('a refund ends at once the tier that only its purchase had earned', async () => {
  const scene = await openPreset('beauty-insider', '2026-01-15')
  await scene.enrol('gia')
  await scene.buy('gia', 100)
  const bought = await scene.buy('gia', 300)
  expect(await scene.tier('gia')).toBe('vib')
  await scene.refund(bought, 100)
  // $300 kept of $400: 100 + 200 points, an Insider.
  expect([await scene.tier('gia'), await scene.available('gia')]).toEqual(['insider', 300])
  await scene.close()
})
