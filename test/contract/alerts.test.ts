// Alerts over each driver: nothing is opened twice, nothing that somebody did is lost, and what is forgotten stays so.
import { describe, expect, test } from 'vitest'
import type { Result } from '../../src/app/ports.ts'
import { createAlertWorld } from '../support/alerts.ts'
import { makeProgram } from '../support/programs.ts'
import { KINDS, type Kind, useStores } from '../support/stores.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { staff } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'

function ok<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.value
}

describe.each<Kind>([...KINDS])('%s', (kind) => {
  const stores = useStores(kind)

  async function open() {
    const { store } = await stores()
    const rewards = [
      { id: 'rare', name: 'A rare one', cost: 0, stock: 3, fulfil: { kind: 'manual' as const } },
      { id: 'mug', name: 'A mug', cost: 100, stock: 3, fulfil: { kind: 'manual' as const } },
    ]
    const world = await createAlertWorld({ now: NOW, program: makeProgram({ rewards }), store })
    await world.deliver(stripePayment({ at: NOW - 65 * DAY, amount: 12_000 }).charge())
    return world
  }

  test('two that find the same at once open one alert', async () => {
    const world = await open()
    const found = await Promise.all([world.open(ADA), world.open(ADA, { kind: 'at_risk' }), world.open(ADA)])
    expect(found.sort()).toEqual(['known', 'known', 'opened'])
    const alerts = await world.alertsOf(ADA)
    expect(alerts.map(({ version, steps, suggestion }) => [version, steps.length, suggestion])).toEqual([
      [1, 1, { reward: 'mug', charge: 'member' }],
    ])
    expect(await world.watched(ADA)).toEqual(alerts.map(({ id }) => id))
  })

  test('different alerts opened at once are all watched', async () => {
    const world = await open()
    await Promise.all([world.open(ADA), world.open(ADA, { kind: 'unhappy' }), world.open(ADA, { kind: 'cancelling' })])
    expect((await world.watched(ADA)).sort()).toEqual((await world.alertsOf(ADA)).map(({ id }) => id).sort())
    expect(await world.watched(ADA)).toHaveLength(3)
  })

  test('of what staff and the customer do at once, all counts', async () => {
    const world = await open()
    await world.open(ADA)
    const [{ id } = { id: '' }] = await world.alertsOf(ADA)
    ok(await world.move(id, { do: 'assign', to: 'api:first' }))
    world.clock.at = NOW + DAY
    const purchase = stripePayment({ at: NOW + DAY - 5_000, amount: 4_000 }).charge()
    const [taken, , gift, noted] = await Promise.all([
      world.move(id, { do: 'assign', to: 'api:second' }),
      world.deliver(purchase),
      world.app.redeem(ADA, { reward: 'rare', charge: 'house' }, staff, null),
      world.move(id, { do: 'resolve', outcome: 'helped', note: 'Ընկերաբար' }),
    ])
    // Whoever comes after the purchase finds it resolved: a conflict is said, never lost.
    for (const moved of [taken, noted]) if (!moved.ok) expect(moved.code).toBe('conflict')
    ok(gift)
    const alert = await world.stored(id)
    expect(alert).toMatchObject({
      state: 'resolved',
      returned: { amountMinor: 4_000 },
      cameBack: { amountMinor: 4_000 },
    })
    const told = alert.steps.map(({ did }) => did)
    expect(told.filter((did) => did === 'assigned')).toHaveLength(taken.ok ? 2 : 1)
    expect(told.filter((did) => did === 'resolved')).toHaveLength(1)
    expect(alert.note).toBe(noted.ok ? 'Ընկերաբար' : null)
  })

  test('of two who resolve at once, one does: conflict', async () => {
    const world = await open()
    await world.open(ADA)
    const [{ id } = { id: '' }] = await world.alertsOf(ADA)
    const ends = await Promise.all([
      world.move(id, { do: 'resolve', outcome: 'gone' }),
      world.move(id, { do: 'resolve', outcome: 'helped' }),
    ])
    expect(ends.map((end) => (end.ok ? 'ok' : end.code)).sort()).toEqual(['conflict', 'ok'])
    expect((await world.stored(id)).steps.map(({ did }) => did)).toEqual(['opened', 'resolved'])
  })

  test('four who prove to be one have each warning once, and nothing is left when they are forgotten', async () => {
    const { store } = await stores()
    const program = makeProgram({ retention: { holdout: 0.5 } })
    const world = await createAlertWorld({ now: NOW, program, store })
    const refs = ['ada', 'bea', 'cat', 'dan'].map((name) => `email:${name}@example.org`)
    for (const ref of refs) {
      const email = ref.slice('email:'.length)
      await world.deliver(stripePayment({ at: NOW - 65 * DAY, email, customer: null }).charge())
      await world.open(ref)
      await world.open(ref, { kind: 'points_expiring', occasion: '2026-12-31' })
      ok(await world.app.recordAction(ref, { action: 'feedback', data: { score: 2, text: 'ዘገየ' } }, staff, null))
    }
    const [ada = '', bea = '', cat = '', dan = ''] = refs
    for (const [from, into] of [[ada, bea] as const, [cat, dan] as const, [bea, dan] as const])
      ok(await world.app.mergeMembers(from, into, staff, null))
    const running = (await world.alertsOf(dan)).filter(({ state, outcome }) => state !== 'resolved' && outcome === null)
    const complaints = refs.map(() => 'unhappy')
    expect(running.map(({ kind }) => kind).sort()).toEqual(['overdue', 'points_expiring', ...complaints])
    expect((await world.watched(dan)).sort()).toEqual((await world.alertsOf(dan)).map(({ id }) => id).sort())
    const { id } = ok(await world.app.eraseMember(ada, staff))
    const [alerts, feedback] = await world.store.read((tx) => [tx.alertsOf(id), tx.feedbackOf(id, 9)] as const)
    expect(alerts.filter(({ outcome }) => outcome === null)).toEqual([])
    expect(feedback.map(({ text }) => text)).toEqual([null, null, null, null])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test('merged and erased: alerts and feedback are the survivor’s, then nobody’s words are left', async () => {
    const world = await open()
    await world.open(ADA)
    const [{ id, member } = { id: '', member: '' }] = await world.alertsOf(ADA)
    ok(await world.move(id, { do: 'resolve', outcome: 'no_answer', note: 'Ada Lovelace, +1 555 0100' }))
    ok(await world.move(id, { do: 'reopen' }))
    await world.onDesk((desk) =>
      desk.alerts.addFeedback({
        id: 'f1',
        member,
        at: NOW,
        recordedAt: NOW,
        scale: 'stars',
        score: 1,
        text: 'Ada was here',
        source: 'api:test',
      }),
    )
    ok(await world.app.enrolMember({ email: 'bea@example.org' }, staff, null))
    const bea = ok(await world.app.mergeMembers(ADA, 'email:bea@example.org', staff, null))
    expect(ok(await world.app.exportMember(bea.id))).toMatchObject({
      alerts: [{ id }],
      feedback: [{ id: 'f1', score: 1 }],
    })
    ok(await world.app.eraseMember(bea.id, staff))
    const [alerts, feedback] = await world.store.read((tx) => [tx.alertsOf(bea.id), tx.feedbackOf(bea.id, 9)] as const)
    expect(alerts.map(({ state, outcome, note }) => [state, outcome, note])).toEqual([
      ['resolved', 'member_left', null],
    ])
    expect(feedback.map(({ score, text }) => [score, text])).toEqual([[1, null]])
  })
})
