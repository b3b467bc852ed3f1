// Points that wait for an approver, on every driver: given once whoever presses, counted, handed over, forgotten.
import { describe, expect, test } from 'vitest'
import type { Idempotency, Origin, Result } from '../../src/app/ports.ts'
import { StoreUnavailable } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import { makeProgram } from '../support/programs.ts'
import { KINDS, useStores } from '../support/stores.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'
const BOB = 'email:bob@example.org'
const person = (id: string): Origin => ({ source: `slack:${id}`, actor: `slack:${id}` })
const SAM = person('U0SAM')
const APPROVERS = ['U0ANA', 'U0ADA', 'U0IVY', 'U0EVE'].map(person)
const [ANA = SAM, BEA = SAM] = APPROVERS
const keyOf = (key: string): Idempotency => ({ holder: ANA.actor, route: 'approve', key, hash: 'h' })

const program = makeProgram({
  staff: {
    issuer: ['slack:U0SAM', 'slack:U0ANA'],
    approver: APPROVERS.map(({ actor }) => actor),
    approvalAbovePoints: 1_000,
    dailyLimitPoints: 5_000,
  },
})

function ok<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.value
}

async function shop(store: Store): Promise<World> {
  const world = await createWorld({ store, now: NOW, program })
  for (const ref of [ADA, BOB]) await world.app.enrolMember({ email: ref.slice('email:'.length) }, staff, null)
  return world
}

async function ask(world: World, points = 1_500, ref = ADA, origin = SAM): Promise<string> {
  const asked = ok(await world.app.askForAdjustment(ref, { points, reason: 'A late parcel' }, origin, null))
  if (!('waits' in asked)) throw new Error('it was given at once')
  return asked.waits.id
}

const decide = (
  world: World,
  id: string,
  step: 'approve' | 'reject' = 'approve',
  origin = ANA,
  key: Idempotency | null = null,
) => world.app.decideAdjustment(id, step, { reason: step === 'reject' ? 'Too much' : null }, origin, key)
const available = async (world: World, ref = ADA): Promise<number> =>
  ok(await world.app.getMember(ref)).points.available
const givenToday = async (world: World): Promise<number> => (await world.app.givenToday(SAM.actor)).points

describe.each(KINDS)('points that wait for an approver, with %s', (kind) => {
  const open = useStores(kind)

  test('are asked for, shown, and given with both names in the history', async () => {
    const { store } = await open()
    const world = await shop(store)
    const id = await ask(world)
    expect(ok(await world.app.listAdjustmentRequests({ state: 'waiting', limit: 10 })).items).toMatchObject([
      { id, points: 1_500, state: 'waiting', requestedBy: SAM.actor, decidedBy: null, note: 'A late parcel' },
    ])
    expect(await givenToday(world)).toBe(1_500)
    world.clock.at += 60_000
    expect(ok(await decide(world, id))).toMatchObject({
      state: 'approved',
      decidedBy: ANA.actor,
      decision: { verdict: 'approved', at: new Date(NOW + 60_000).toISOString(), why: null },
    })
    expect(await available(world)).toBe(1_500)
    const [entry] = ok(await world.app.ledger(ADA, { limit: 5 })).items
    expect(entry).toMatchObject({ code: 'adjustment', points: 1_500, actor: SAM.actor, source: ANA.actor })
    expect(ok(await world.app.listAdjustmentRequests({ state: 'waiting', limit: 10 })).items).toEqual([])
    expect((await world.app.verify()).discrepancies).toEqual([])
    expect(await decide(world, id)).toMatchObject({ ok: false, code: 'conflict' })
  })

  test('are given once, however many approve or reject at once', async () => {
    const { store } = await open()
    const world = await shop(store)
    const id = await ask(world)
    const results = await Promise.all(
      APPROVERS.map((origin, n) => decide(world, id, n % 2 === 0 ? 'approve' : 'reject', origin)),
    )
    expect(results.filter((result) => result.ok)).toHaveLength(1)
    for (const result of results) if (!result.ok) expect(result.code).toBe('conflict')
    const { state, decidedBy } = ok(await world.app.getApproval(id))
    const winner = results.findIndex((result) => result.ok)
    expect(decidedBy).toBe(APPROVERS[winner]?.actor)
    expect(await available(world)).toBe(state === 'approved' ? 1_500 : 0)
    expect(await givenToday(world)).toBe(state === 'approved' ? 1_500 : 0)
    expect(ok(await world.app.ledger(ADA, { limit: 5 })).items).toHaveLength(state === 'approved' ? 1 : 0)
  })

  test('are given once though the answer is lost on the way and it is asked again', async () => {
    const { store } = await open()
    const world = await shop(store)
    const id = await ask(world)
    let isLost = false
    const losing: Store = {
      ...store,
      commit: async (unit) => {
        const outcome = await store.commit(unit)
        if (isLost) throw new StoreUnavailable('the answer was lost')
        return outcome
      },
    }
    const unlucky = await createWorld({ store: losing, now: NOW, program })
    isLost = true
    await expect(decide(unlucky, id, 'approve', ANA, keyOf('once'))).rejects.toThrow(StoreUnavailable)
    isLost = false
    expect(ok(await decide(unlucky, id, 'approve', ANA, keyOf('once')))).toMatchObject({ state: 'approved' })
    expect(await available(world)).toBe(1_500)
  })

  test('never exceed a day, however many are asked for at once', async () => {
    const { store } = await open()
    const world = await shop(store)
    const asked = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        world.app.askForAdjustment(n % 2 === 0 ? ADA : BOB, { points: 1_400, reason: 'x' }, SAM, null),
      ),
    )
    expect(asked.filter((result) => result.ok)).toHaveLength(3)
    for (const result of asked) if (!result.ok) expect(result.code).toBe('staff_limit')
    expect(asked.find((result) => !result.ok)).toMatchObject({ message: 'You can give away 800 points more today' })
    expect(await givenToday(world)).toBe(4_200)
  })

  test('are pages, newest first, and one line with what else waits', async () => {
    const { store } = await open()
    const world = await shop(store)
    const ids: string[] = []
    for (let n = 0; n < 3; n++) {
      world.clock.at += 1_000
      ids.unshift(await ask(world, 1_100))
    }
    const first = ok(await world.app.listAdjustmentRequests({ limit: 2 }))
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const second = ok(await world.app.listAdjustmentRequests({ limit: 2, cursor: first.next ?? '' }))
    expect(second).toMatchObject({ items: [{ id: ids[2] }], next: null })
    expect(await world.app.listAdjustmentRequests({ limit: 2, cursor: 'nonsense' })).toMatchObject({
      code: 'invalid_request',
    })
    const waiting = await world.app.listApprovals(2)
    expect(waiting).toMatchObject({
      hasMore: true,
      items: [{ id: ids[0], kind: 'points', member: { email: 'ada@example.org' } }, {}],
    })
  })

  test('are cancelled and what was typed is forgotten with the member', async () => {
    const { store, rows } = await open()
    const world = await shop(store)
    const waiting = await ask(world)
    const rejected = await ask(world)
    ok(await decide(world, rejected, 'reject'))
    ok(await world.app.eraseMember(ADA, staff))
    expect(ok(await world.app.getApproval(waiting))).toMatchObject({
      state: 'cancelled',
      why: null,
      reason: 'The member was erased',
    })
    expect(ok(await world.app.getApproval(rejected))).toMatchObject({
      state: 'rejected',
      why: null,
      decision: { why: null },
    })
    expect(await decide(world, waiting)).toMatchObject({ ok: false, code: 'conflict' })
    expect(await givenToday(world)).toBe(0)
    expect(JSON.stringify(await rows('SELECT * FROM adjustment_request'))).not.toMatch(/late parcel|Too much/)
    expect(JSON.stringify(await rows('SELECT * FROM idempotency'))).not.toMatch(/late parcel|Too much/)
  })

  test('go with a member who becomes part of another, and are in what the member is given of themselves', async () => {
    const { store } = await open()
    const world = await shop(store)
    const id = await ask(world)
    ok(await world.app.mergeMembers(ADA, BOB, staff, null))
    expect(ok(await world.app.getApproval(id)).member.email).toBe('bob@example.org')
    ok(await decide(world, id))
    expect(await available(world, BOB)).toBe(1_500)
    const whole = ok(await world.app.exportMember(BOB)) as { adjustmentRequests: { id: string; note: string }[] }
    expect(whole.adjustmentRequests).toMatchObject([{ id, note: 'A late parcel', state: 'approved' }])
    expect((await world.app.verify()).discrepancies).toEqual([])
  })

  test.each([
    ['who asked for them', SAM, 'forbidden'],
    ['who may not approve', person('U0VIC'), 'forbidden'],
  ] as const)('are not approved by one %s', async (_, origin, code) => {
    const { store } = await open()
    const world = await shop(store)
    expect(await decide(world, await ask(world), 'approve', origin)).toMatchObject({ ok: false, code })
    expect(await available(world)).toBe(0)
  })

  test('are not approved by an approver who asked for them, under whatever name', async () => {
    const { store } = await open()
    const world = await shop(store)
    const id = await ask(world, 1_500, ADA, ANA)
    expect(await decide(world, id)).toMatchObject({ ok: false, code: 'forbidden' })
    const alias = { ...BEA, aliases: ['hubspot:x@shop.test', ANA.actor.toUpperCase()] }
    expect(await decide(world, id, 'approve', alias)).toMatchObject({ ok: false, code: 'forbidden' })
    expect(ok(await decide(world, id, 'approve', BEA))).toMatchObject({ state: 'approved' })
  })

  test('are not given to somebody who left, and count on the day on which they were asked for', async () => {
    const { store } = await open()
    const world = await shop(store)
    const id = await ask(world)
    ok(await world.app.updateMember(ADA, { status: 'left' }, staff))
    expect(await decide(world, id)).toMatchObject({ ok: false, code: 'member_inactive' })
    world.clock.at += DAY
    expect(await givenToday(world)).toBe(0)
    ok(await decide(world, id, 'reject'))
    expect(await givenToday(world)).toBe(0)
    world.clock.at -= DAY
    expect(await givenToday(world)).toBe(0)
  })
})

test('a small gift, and whatever is taken, waits for nobody', async () => {
  const world = await createWorld({ now: NOW, program })
  await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
  expect(await world.app.askForAdjustment(ADA, { points: 1_000, reason: 'x' }, SAM, null)).toMatchObject({
    value: { done: { points: 1_000, actor: SAM.actor, source: SAM.actor, reason: '1,000 points added by staff' } },
  })
  expect(await world.app.askForAdjustment(ADA, { points: -900, reason: 'x' }, SAM, null)).toMatchObject({
    value: { done: { points: -900 } },
  })
  expect(await world.app.askForAdjustment(ADA, { points: -900, reason: 'x' }, SAM, null)).toMatchObject({
    code: 'insufficient_points',
  })
})

test('a key that a role lists has nobody to wait for, and the API asks for nothing', async () => {
  const keyed = makeProgram({ staff: { issuer: ['api:pos', 'slack:U0SAM'], approvalAbovePoints: 1_000 } })
  const world = await createWorld({ now: NOW, program: keyed })
  await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
  const pos = { source: 'api:pos', actor: 'api:pos' }
  expect(await world.app.askForAdjustment(ADA, { points: 1_500, reason: 'x' }, pos, null)).toMatchObject({
    code: 'staff_limit',
  })
  expect(await world.app.adjustPoints(ADA, { points: 1_500, reason: 'x' }, SAM, null)).toMatchObject({
    code: 'staff_limit',
  })
  expect(ok(await world.app.listAdjustmentRequests({ limit: 5 })).items).toEqual([])
})

test('asked again with the same key, it is one request, shown as it stands now', async () => {
  const world = await createWorld({ now: NOW, program })
  await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
  const input = { points: 1_500, reason: 'x' }
  const first = ok(await world.app.askForAdjustment(ADA, input, SAM, keyOf('ask')))
  if (!('waits' in first)) throw new Error('it was given at once')
  ok(await decide(world, first.waits.id))
  expect(ok(await world.app.askForAdjustment(ADA, input, SAM, keyOf('ask')))).toMatchObject({
    waits: { id: first.waits.id, state: 'approved' },
  })
  expect(await available(world)).toBe(1_500)
})

test('where nobody is told of it in Slack, nothing is kept to be told', async () => {
  const world = await createWorld({ now: NOW, program })
  await world.app.enrolMember({ email: 'ada@example.org' }, staff, null)
  ok(await decide(world, await ask(world)))
  const { items } = await world.app.listOutbox({ limit: 50 })
  expect(items.map(({ kind }) => kind).filter((kind) => kind.startsWith('slack.'))).toEqual([])
})
