// Two years of Star Rewards: Stars by tier, Stars that end and Stars that do not, cups, reloads and double days.
import { expect, test } from 'vitest'
import { openPreset } from '../../support/preset-scene.ts'

test('Green earns 1 Star a dollar, Gold 1.2 from 500 in 12 months, Reserve 1.7 from 2,500', async () => {
  const scene = await openPreset('starbucks-rewards', '2026-03-10')
  await scene.enrol('ada')
  await scene.buy('ada', 499)
  expect([await scene.tier('ada'), await scene.available('ada')]).toEqual(['green', 499])
  await scene.goTo('2026-03-11')
  await scene.buy('ada', 1)
  expect(await scene.tier('ada')).toBe('gold')
  // 1.2 × 100 = 120; tiers count the 100.
  await scene.buy('ada', 100)
  expect(await scene.available('ada')).toBe(620)
  // 600 + 1,900 = 2,500 base Stars: Reserve. The purchase itself still earned 1.2 × 1,900 = 2,280.
  await scene.buy('ada', 1_900)
  expect([await scene.tier('ada'), await scene.available('ada')]).toEqual(['reserve', 2_900])
  // 1.7 × 10.
  await scene.buy('ada', 10)
  expect(await scene.available('ada')).toBe(2_917)
  await scene.close()
})

test('a cup of one’s own doubles, double days are a tier’s own, and of both only one counts', async () => {
  const scene = await openPreset('starbucks-rewards', '2026-03-10')
  for (const who of ['bea', 'cy']) await scene.enrol(who)
  await scene.buy('bea', { dollars: 10, metadata: { cup: 'reusable' } })
  expect(await scene.available('bea')).toBe(20)
  await scene.buy('bea', { dollars: 10, metadata: { cup: 'paper' } })
  expect(await scene.available('bea')).toBe(30)
  await scene.buy('cy', 500)
  await scene.goTo('2026-04-06')
  // A double day of Gold and Reserve: nothing for Green, 2 × 1.2 × 10 = 24 for Gold, with the cup too.
  await scene.buy('bea', 10)
  await scene.buy('cy', { dollars: 10, metadata: { cup: 'reusable' } })
  expect([await scene.available('bea'), await scene.available('cy')]).toEqual([40, 524])
  await scene.goTo('2026-07-13')
  // Reserve's day only.
  await scene.buy('cy', 10)
  expect(await scene.available('cy')).toBe(536)
  await scene.close()
})

test('a reload brings Stars more', async () => {
  const scene = await openPreset('starbucks-rewards', '2026-03-10')
  await scene.enrol('di')
  await scene.buy('di', { dollars: 30, items: [['prod_reload_30', 30]] })
  expect(await scene.available('di')).toBe(40)
  await scene.buy('di', { dollars: 100, items: [['prod_reload_50', 100, 2]] })
  // 100 for the dollars, 2 × 20 for two reloads.
  expect(await scene.available('di')).toBe(180)
  await scene.close()
})

test('Green’s Stars end after six months without activity, Gold’s and Reserve’s never', async () => {
  const scene = await openPreset('starbucks-rewards', '2026-03-10')
  for (const who of ['eve', 'flo', 'gia', 'kim']) await scene.enrol(who)
  await scene.buy('kim', 2_500)
  await scene.buy('eve', 100)
  await scene.buy('flo', 100)
  await scene.buy('gia', 600)
  await scene.goTo('2026-08-20')
  await scene.buy('flo', 5)
  await scene.goTo('2026-09-10')
  expect([await scene.available('eve'), await scene.available('flo')]).toEqual([100, 105])
  await scene.goTo('2026-09-11')
  expect([await scene.available('eve'), await scene.available('flo')]).toEqual([0, 105])
  expect((await scene.member('eve')).points.expired).toBe(100)
  // Gia is Gold for twelve months, to the end of 10 March 2027; her Stars do not end meanwhile.
  await scene.goTo('2027-03-10')
  expect([await scene.tier('gia'), await scene.available('gia')]).toEqual(['gold', 600])
  expect([await scene.tier('kim'), await scene.available('kim')]).toEqual(['reserve', 2_500])
  await scene.goTo('2027-03-11')
  expect(await scene.tier('gia')).toBe('green')
  // Kim was Reserve as long, and after it is what twelve months without a purchase make of anybody.
  expect([await scene.tier('kim'), await scene.available('kim')]).toEqual(['green', 2_500])
  // Green's six months begin with the loss of Gold.
  await scene.goTo('2027-09-11')
  expect(await scene.available('gia')).toBe(600)
  await scene.goTo('2027-09-12')
  expect([await scene.available('gia'), await scene.available('kim')]).toEqual([0, 0])
  await scene.close()
})

test('Stars become what 25, 60, 100, 200, 300 and 400 buy', async () => {
  const scene = await openPreset('starbucks-rewards', '2026-03-10')
  await scene.enrol('hal')
  await scene.buy('hal', 499)
  // 25 + 60 + 100 + 200 = 385 of 499, 114 are left.
  for (const reward of ['modifier', 'brewed', 'handcrafted'])
    expect(await scene.redeem('hal', reward)).toMatchObject({ state: 'reserved' })
  expect(await scene.redeem('hal', 'two-off')).toMatchObject({ state: 'issued', code: expect.any(String) })
  expect((await scene.member('hal')).points.available).toBe(114)
  expect(await scene.redeem('hal', 'lunch')).toBe('insufficient_points')
  expect(await scene.redeem('hal', 'merchandise')).toBe('insufficient_points')
  await scene.goTo('2026-03-11')
  await scene.buy('hal', 586)
  // 114 + 586 = 700: exactly the last two.
  expect(await scene.redeem('hal', 'lunch')).toMatchObject({ state: 'reserved', cost: 300 })
  expect(await scene.redeem('hal', 'merchandise')).toMatchObject({ state: 'reserved', cost: 400 })
  expect((await scene.member('hal')).points).toMatchObject({ available: 0, earned: 1_085 })
  await scene.close()
})

test('the birthday treat lasts longer the higher the tier', async () => {
  const scene = await openPreset('starbucks-rewards', '2026-03-10')
  for (const who of ['ida', 'jo', 'kim']) await scene.enrol(who, { birthday: '--05-05' })
  await scene.buy('jo', 500)
  await scene.buy('kim', 2_500)
  await scene.goTo('2026-05-05')
  const treats = []
  for (const who of ['ida', 'jo', 'kim']) treats.push((await scene.rewards(who)).map(({ reward }) => reward))
  expect(treats).toEqual([['birthday-treat'], ['birthday-treat-gold'], ['birthday-treat-reserve']])
  const states = async () => {
    const found = []
    for (const who of ['ida', 'jo', 'kim']) found.push((await scene.rewards(who))[0]?.state)
    return found
  }
  // From the day it was given so many days more, to the end of the last.
  await scene.goTo('2026-05-06')
  expect(await states()).toEqual(['issued', 'issued', 'issued'])
  await scene.goTo('2026-05-07')
  expect(await states()).toEqual(['expired', 'issued', 'issued'])
  await scene.goTo('2026-05-12')
  expect(await states()).toEqual(['expired', 'issued', 'issued'])
  await scene.goTo('2026-05-13')
  expect(await states()).toEqual(['expired', 'expired', 'issued'])
  await scene.goTo('2026-06-04')
  expect(await states()).toEqual(['expired', 'expired', 'issued'])
  await scene.goTo('2026-06-05')
  expect(await states()).toEqual(['expired', 'expired', 'expired'])
  await scene.close()
})
