// What staff do with alerts in a chat: taking what is free, being told when a rest is over, and names that go with whoever is
// forgotten.
import { expect, test } from 'vitest'
import { type AlertWorld, createAlertWorld } from '../support/alerts.ts'
import { makeProgram } from '../support/programs.ts'
import { staff } from '../support/world.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 22, 12)
const EVERYBODY = { issuer: ['*'] }
const person = (id: string) => ({ source: `slack:${id}`, actor: `slack:${id}` })

async function world(): Promise<AlertWorld & { id: string }> {
  const made = await createAlertWorld({ program: makeProgram({ staff: EVERYBODY }), now: NOW })
  await made.app.enrolMember({ email: 'ada@example.org', name: 'Ada' }, staff, null)
  await made.open('email:ada@example.org')
  const [alert] = await made.alertsOf('email:ada@example.org')
  if (alert === undefined) throw new Error('there is no alert')
  return { ...made, id: alert.id }
}

test('taken while it is free: by the first, and of the second conflict; whoever has it may say so again', async () => {
  const { move, id } = await world()
  const take = { do: 'assign', ifFree: true } as const
  const all = await Promise.all([move(id, take, person('U0SAM')), move(id, take, person('U0IRA'))])
  expect(all.filter(({ ok }) => ok)).toHaveLength(1)
  expect(all.find(({ ok }) => !ok)).toMatchObject({ ok: false, code: 'conflict' })
  const again = await move(id, take, person(all[0]?.ok ? 'U0SAM' : 'U0IRA'))
  expect(again).toMatchObject({ ok: true })
  expect(again.ok && again.value.steps.filter(({ did }) => did === 'assigned')).toHaveLength(1)
})

test('given to somebody by name: whoever had it before has it no more', async () => {
  const { move, id } = await world()
  await move(id, { do: 'assign' }, person('U0SAM'))
  expect(await move(id, { do: 'assign', to: 'slack:U0IRA' })).toMatchObject({
    ok: true,
    value: { assignee: 'slack:U0IRA' },
  })
})

test('put off: Slack is told at once, and once more when it is there again', async () => {
  const { move, id, store } = await world()
  await move(id, { do: 'snooze', days: 7 })
  const rows = await store.dueEffects({ kinds: ['slack.alert'], now: Number.MAX_SAFE_INTEGER, limit: 10 })
  expect(rows.map(({ key, payload }) => [key, payload])).toEqual([
    [id, { alert: id }],
    [`${id}@${NOW + 7 * DAY}`, { alert: id, wake: true }],
  ])
  expect(await store.dueEffects({ kinds: ['slack.alert'], now: NOW + 7 * DAY - 1, limit: 10 })).toHaveLength(1)
})

test('refused to be put off: nobody is woken', async () => {
  const { move, id, store } = await world()
  await move(id, { do: 'resolve', outcome: 'helped' })
  expect(await move(id, { do: 'snooze', days: 7 })).toMatchObject({ ok: false, code: 'conflict' })
  expect(await move(id, { do: 'snooze', days: 900 })).toMatchObject({ ok: false, code: 'invalid_request' })
  const rows = await store.dueEffects({ kinds: ['slack.alert'], now: Number.MAX_SAFE_INTEGER, limit: 10 })
  expect(rows.map(({ key }) => key)).toEqual([id])
})

test('forgotten: Slack is told of every alert of theirs, long over or not, so that no name is left there', async () => {
  const { move, id, app, clock, open, told, store } = await world()
  await move(id, { do: 'resolve', outcome: 'helped' })
  await open('email:ada@example.org', { kind: 'unhappy', occasion: 'act_1' })
  clock.at += 400 * DAY
  await open('email:ada@example.org', { kind: 'points_expiring', occasion: '2028-01-01' })
  const before = await store.dueEffects({ kinds: ['slack.alert'], now: clock.at, limit: 10 })
  await store.acknowledge(before)
  expect(await told()).toEqual({})
  await app.eraseMember('email:ada@example.org', staff)
  expect(Object.keys(await told()).sort()).toEqual(before.map(({ key }) => key).sort())
})
