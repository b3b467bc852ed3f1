// Three years of the Coalition: many shops, one card, points that wait, fall with returns and end on New Year’s Eve.
import { expect, test } from 'vitest'
import { openPreset, ref } from '../../support/preset-scene.ts'
import { staff } from '../../support/world.ts'

test('points from partners wait as long as each of them says, and are revoked on return', async () => {
  const scene = await openPreset('plenti', '2024-01-10')
  await scene.enrol('ada')
  // $90 of fuel at a point for $3, $40 at the pharmacy, $100 of energy at 2 points, $60 at the shop itself.
  await scene.buy('ada', { dollars: 90, account: 'acct_fuel' })
  await scene.buy('ada', { dollars: 40, account: 'acct_pharmacy' })
  const energy = await scene.buy('ada', { dollars: 100, account: 'acct_energy' })
  await scene.buy('ada', 60)
  // An account that is nobody's earns nothing.
  await scene.buy('ada', { dollars: 500, account: 'acct_stranger' })
  expect((await scene.member('ada')).points).toMatchObject({ available: 0, pending: 30 + 40 + 200 + 60 })
  await scene.goTo('2024-01-13')
  expect((await scene.member('ada')).points).toMatchObject({ available: 70, pending: 260 })
  await scene.refund(energy, 50)
  expect((await scene.member('ada')).points).toMatchObject({ available: 70, pending: 160 })
  await scene.goTo('2024-04-10')
  expect((await scene.member('ada')).points).toMatchObject({ available: 230, pending: 0, earned: 230 })
  await scene.close()
})

test('what a partner pays for is what was recorded in the month: a return counts in its own', async () => {
  const scene = await openPreset('plenti', '2024-01-10')
  await scene.enrol('dan')
  await scene.buy('dan', { dollars: 90, account: 'acct_fuel' })
  const returned = await scene.buy('dan', { dollars: 40.5, account: 'acct_fuel' })
  await scene.goTo('2024-02-10')
  await scene.refund(returned)
  const report = await scene.world.app.report('partners', { from: '2024-01', to: '2024-02' })
  // A point for $3: 30 and 13 of them in January, the 13 back in February.
  expect(report.ok && report.value.partners.find(({ id }) => id === 'fuel')?.months).toMatchObject([
    { month: '2024-01', purchases: 2, spend: 13_050, issued: 43, owedByPartner: 43 },
    { month: '2024-02', purchases: 0, spend: 0, issued: -13, owedByPartner: -13 },
  ])
  await scene.close()
})

test('a point is a cent: 200 are $2, at the partners that redeem', async () => {
  const scene = await openPreset('plenti', '2024-01-10')
  await scene.enrol('bea')
  await scene.buy('bea', { dollars: 250, account: 'acct_pharmacy' })
  await scene.goTo('2024-01-13')
  const { app } = scene.world
  const at = (partner: string) => app.redeem(ref('bea'), { reward: 'two-off', partner }, staff, null)
  expect(await at('energy')).toMatchObject({ ok: false, code: 'not_eligible' })
  expect(await at('fuel')).toMatchObject({ ok: true, value: { cost: 200, partner: 'fuel' } })
  await scene.settle()
  expect(await scene.available('bea')).toBe(50)
  expect(await scene.redeem('bea', 'two-off')).toBe('insufficient_points')
  const report = await app.report('partners', {})
  const lines = new Map((report.ok ? report.value.partners : []).map((one) => [one.id, one.total]))
  // $250 of one purchase. Each of 250 points costs the pharmacy a cent; the filling stations are paid $0.009 for each of 200.
  expect(lines.get('pharmacy')).toMatchObject({
    purchases: 1,
    spend: 25_000,
    issued: 250,
    owedByPartner: 250,
    owedToPartner: 0,
  })
  expect(lines.get('fuel')).toMatchObject({ redeemed: 200, owedByPartner: 0, owedToPartner: 180, net: -180 })
  await scene.close()
})

test('on 31 December points older than two years end', async () => {
  const scene = await openPreset('plenti', '2024-05-10')
  await scene.enrol('cy')
  await scene.buy('cy', { dollars: 100, account: 'acct_department_store' })
  await scene.goTo('2024-12-31')
  await scene.buy('cy', { dollars: 20, account: 'acct_department_store' })
  await scene.goTo('2025-01-01')
  await scene.buy('cy', { dollars: 7, account: 'acct_department_store' })
  // Earned in May 2024: two years old in May 2026, gone with that year. So are those of New Year's Eve 2024.
  await scene.goTo('2026-12-31')
  expect(await scene.available('cy')).toBe(127)
  await scene.goTo('2027-01-01')
  expect((await scene.member('cy')).points).toMatchObject({ available: 7, expired: 120 })
  // Those of New Year's Day 2025 are two years old on that day of 2027: gone with 2027.
  await scene.goTo('2027-12-31')
  expect(await scene.available('cy')).toBe(7)
  await scene.goTo('2028-01-01')
  expect(await scene.available('cy')).toBe(0)
  await scene.close()
})

test('there is one partner for a category', async () => {
  const scene = await openPreset('plenti', '2024-01-10')
  const { partners } = scene.world.app.program().program
  const categories = partners.map(({ category }) => category)
  expect(new Set(categories).size).toBe(categories.length)
  expect(partners.filter(({ redeem }) => !redeem).map(({ id }) => id)).toEqual(['telephone', 'insurance', 'energy'])
  expect(Math.max(...partners.map(({ holdDays }) => holdDays))).toBe(90)
  await scene.close()
})
