// Any mix of asking, deciding and leaving, by anybody, at once or one after another: points are given once each approved
// request, nobody's day is exceeded or left with what was not given, and nobody approves their own.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Origin, Result } from '../../src/app/ports.ts'
import { makeProgram } from '../support/programs.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const PEOPLE = ['U0SAM', 'U0ANA', 'U0ADA']
const originOf = (n: number): Origin => ({ source: `slack:${PEOPLE[n]}`, actor: `slack:${PEOPLE[n]}` })
const MEMBERS = ['ada', 'bob', 'cy']
const refOf = (n: number): string => `email:${MEMBERS[n]}@example.org`
const LIMIT = 5_000

const program = makeProgram({
  staff: {
    issuer: PEOPLE.map((id) => `slack:${id}`),
    approver: ['slack:U0ANA', 'slack:U0ADA'],
    approvalAbovePoints: 1_000,
    dailyLimitPoints: LIMIT,
  },
})

const person = fc.nat({ max: PEOPLE.length - 1 })
const member = fc.nat({ max: MEMBERS.length - 1 })
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      person,
      member,
      points: fc.integer({ min: 1, max: 2_000 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      person,
      which: fc.nat(),
      how: fc.constantFrom('approve' as const, 'reject' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tomorrow' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('merge' as const), member, into: member }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

interface Run {
  world: World
  ids: string[]
  /** Points given: by approval, or at once. */
  given: number
}

async function take(run: Run, one: Step): Promise<void> {
  const { app, clock } = run.world
  switch (one.do) {
    case 'ask': {
      const input = { points: one.points, reason: 'because' }
      const asked = await app.askForAdjustment(refOf(one.member), input, originOf(one.person), null)
      if (!asked.ok) return
      if ('waits' in asked.value) run.ids.push(asked.value.waits.id)
      else run.given += one.points
      return
    }
    case 'decide': {
      const id = run.ids[one.which % Math.max(1, run.ids.length)]
      if (id === undefined) return
      const decided = await app.decideAdjustment(id, one.how, { reason: 'so' }, originOf(one.person), null)
      if (decided.ok && decided.value.state === 'approved') run.given += decided.value.points
      return
    }
    case 'tomorrow':
      clock.at += DAY
      return
    case 'erase':
      await app.eraseMember(refOf(one.member), staff)
      return
    case 'merge':
      await app.mergeMembers(refOf(one.member), refOf(one.into), staff, null)
      return
    default: {
      const unknown: never = one
      return unknown
    }
  }
}

function ok<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.message)
  return result.value
}

async function check({ world: { app, store }, ids, given }: Run): Promise<void> {
  const requests = ok(await app.listAdjustmentRequests({ limit: 100 })).items
  expect(requests).toHaveLength(ids.length)
  const members = await store.membersAfter('', 100)
  expect(members.reduce((sum, { available }) => sum + available, 0)).toBe(given)
  for (const { requestedBy, decidedBy, state, decision, note, member } of requests) {
    if (state === 'approved') expect(decidedBy).not.toBe(requestedBy)
    expect(decision?.verdict ?? 'none').toBe(state === 'approved' || state === 'rejected' ? state : 'none')
    const owner = members.find(({ id }) => id === member)
    expect(owner?.status).not.toBe('merged')
    if (owner?.status === 'erased') expect({ note, why: decision?.why ?? null }).toEqual({ note: null, why: null })
  }
  expect((await app.verify()).discrepancies).toEqual([])
}

/** Everybody's day is what was given at once, and what was asked for and not turned down. */
async function checkDay({ world: { app, clock } }: Run): Promise<void> {
  const today = new Date(clock.at).toISOString().slice(0, 10)
  const requests = ok(await app.listAdjustmentRequests({ limit: 100 })).items
  for (const n of PEOPLE.keys()) {
    const { actor } = originOf(n)
    const { points } = await app.givenToday(actor)
    const open = requests.filter(
      ({ requestedBy, createdAt, state }) =>
        requestedBy === actor && createdAt.startsWith(today) && state !== 'rejected' && state !== 'cancelled',
    )
    expect(points).toBeLessThanOrEqual(LIMIT)
    expect(points).toBeGreaterThanOrEqual(open.reduce((sum, one) => sum + one.points, 0))
  }
}

const begin = async (): Promise<Run> => {
  const world = await createWorld({ now: NOW, program })
  for (const name of MEMBERS) await world.app.enrolMember({ email: `${name}@example.org` }, staff, null)
  return { world, ids: [], given: 0 }
}

describe('points that wait for an approver', () => {
  test('come out right, one thing after another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const run = await begin()
        for (const one of steps) {
          await take(run, one)
          await checkDay(run)
        }
        await check(run)
        await run.world.close()
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  test('come out right, several things at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 8 }), async (rounds) => {
        const run = await begin()
        for (const round of rounds) {
          await Promise.all(round.map((one) => take(run, one)))
          await checkDay(run)
        }
        await check(run)
        await run.world.close()
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})
