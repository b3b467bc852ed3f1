// A reward that answers an alert is given once, however many of staff ask for it; and what can be a present is told.
import { describe, expect, test } from 'vitest'
import type { Origin } from '../../src/app/ports.ts'
import { createAlertWorld } from '../support/alerts.ts'
import { makeProgram } from '../support/programs.ts'
import { RewardVendor } from '../support/reward-vendor.ts'
import { staff } from '../support/world.ts'

const sam: Origin = { source: 'slack:U0SAM', actor: 'slack:U0SAM' }
const ira: Origin = { source: 'slack:U0IRA', actor: 'slack:U0IRA' }
const ADA = 'email:ada@example.org'

async function scene(approvalAbovePoints = 1_000) {
  const vendor = new RewardVendor()
  const world = await createAlertWorld({
    program: makeProgram({
      rewards: [
        { id: 'tote', name: 'Free tote', cost: 600, fulfil: { kind: 'manual' } },
        { id: 'ten', name: '$10 off', cost: 500, fulfil: { kind: 'promotion_code', amountOff: 10 } },
      ],
      staff: { issuer: ['*'], approver: ['slack:U0ANA'], approvalAbovePoints },
    }),
    deliverers: [vendor.deliverer],
  })
  for (const email of ['ada@example.org', 'bo@example.org']) await world.app.enrolMember({ email }, staff, null)
  await world.open(ADA)
  const { items } = ((await world.app.listAlerts({ member: ADA, limit: 1 })) as { value: { items: { id: string }[] } })
    .value
  return { ...world, vendor, alert: items[0]?.id ?? '' }
}

describe('a reward for an alert', () => {
  const present = { reward: 'tote', charge: 'house' } as const

  test('is given once by many at once', async () => {
    const { app, alert } = await scene()
    const origins = Array.from({ length: 8 }, (_, n): Origin => ({ source: `slack:U${n}00`, actor: `slack:U${n}00` }))
    const answers = await Promise.all(origins.map((origin) => app.redeem(ADA, { ...present, alert }, origin, null)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ code: 'conflict' })
  })

  test('that waits for an approver is not asked for twice, whichever it is', async () => {
    const { app, alert } = await scene(100)
    expect(await app.redeem(ADA, { ...present, alert }, sam, null)).toMatchObject({
      value: { state: 'awaiting_approval' },
    })
    expect(await app.redeem(ADA, { reward: 'ten', charge: 'house', alert }, ira, null)).toMatchObject({
      code: 'conflict',
    })
  })

  test('that Stripe would not make can be given again', async () => {
    const { app, alert, vendor } = await scene()
    vendor.refusing = 'no'
    await app.redeem(ADA, { reward: 'ten', charge: 'house', alert }, sam, null)
    await app.drainOutbox('stripe')
    expect(await app.redeem(ADA, { ...present, alert }, ira, null)).toMatchObject({ ok: true })
  })

  test('does not keep anybody from giving more without it', async () => {
    const { app, alert } = await scene()
    await app.redeem(ADA, { ...present, alert }, sam, null)
    expect(await app.redeem(ADA, present, ira, null)).toMatchObject({ ok: true })
  })

  test('is not held up by what the member redeemed, nor by another member’s alert, nor by one that there is not', async () => {
    const { app, alert } = await scene()
    await app.adjustPoints(ADA, { points: 600, reason: 'x' }, staff, null)
    await app.redeem(ADA, { reward: 'tote' }, staff, null)
    expect(await app.redeem(ADA, { ...present, alert }, sam, null)).toMatchObject({ ok: true })
    expect(await app.redeem('email:bo@example.org', { ...present, alert }, sam, null)).toMatchObject({ ok: true })
    expect(await app.redeem(ADA, { ...present, alert: 'alr_none' }, sam, null)).toMatchObject({ ok: true })
  })
})

test('what cannot be had for points may still be a present', async () => {
  const { app } = await scene()
  const rewards = await app.memberRewards(ADA)
  expect(rewards.ok && rewards.value.rewards[0]).toMatchObject({
    refusal: { code: 'insufficient_points' },
    forHouse: null,
  })
  await app.updateMember(ADA, { status: 'left' }, staff)
  const gone = await app.memberRewards(ADA)
  expect(gone.ok && gone.value.rewards[0]).toMatchObject({ forHouse: { code: 'member_inactive' } })
})
