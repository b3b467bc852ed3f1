import { describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/app/ports.ts'
import type { HubspotRoute } from '../../src/http/hubspot-routes.ts'
import { createDoors, type Doors, runOf } from '../support/hubspot-doors.ts'

const AWARD = 'POST /hubspot/actions/award-points'
const PERFORM = 'POST /hubspot/actions/perform-action'
const ISSUE = 'POST /hubspot/actions/issue-reward'
const ENROL = 'POST /hubspot/actions/enrol-member'

type Fields = Record<string, unknown>

/** As HubSpot signs workflow actions. */
const run = async (doors: Doors, route: HubspotRoute, callbackId: string, fields: Fields, object: Fields = {}) => {
  const answer = await doors.call(route, { body: runOf(callbackId, fields, object), version: 'v2' })
  return { ...answer, outputs: (answer.json.outputFields ?? {}) as Fields }
}
const pointsOf = async (doors: Doors, ref = 'email:ada@example.org') => {
  const found = await doors.world.app.getMember(ref)
  return found.ok ? found.value.points.available : found.code
}
const FAILED = { hs_execution_state: 'FAIL_CONTINUE' }
const WENT = { hs_execution_state: 'SUCCESS', outcome: 'done' }

describe('award points', () => {
  test('gives the points, and says so in outputs', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 100 })
    const { status, outputs } = await run(doors, AWARD, 'ap-1', { points: '250', reason: 'Webinar' })
    expect(status).toBe(200)
    expect(outputs).toEqual({ ...WENT, message: '250 points given', points: 250, balance: 350 })
    const entries = await doors.world.app.ledger('hubspot:42', { limit: 1 })
    expect(entries).toMatchObject({
      value: { items: [{ points: 250, source: 'hubspot:action:ap-1', actor: 'workflow:192814114', note: 'Webinar' }] },
    })
  })

  test('gives them once, however often the run is asked for, also at once', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    const asked = () => run(doors, AWARD, 'ap-1', { points: 250 })
    const answers = await Promise.all([asked(), asked(), asked(), asked()])
    answers.push(await asked())
    for (const { outputs } of answers) expect(outputs).toEqual(answers[0]?.outputs)
    expect(await pointsOf(doors)).toBe(250)
    await run(doors, AWARD, 'ap-2', { points: 250 })
    expect(await pointsOf(doors)).toBe(500)
  })

  test('refuses other content under the same run as idempotency_conflict', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    await run(doors, AWARD, 'ap-1', { points: 250 })
    const { status, outputs } = await run(doors, AWARD, 'ap-1', { points: 9_999 })
    expect(status).toBe(200)
    expect(outputs).toMatchObject({ ...FAILED, outcome: 'idempotency_conflict' })
    expect(await pointsOf(doors)).toBe(250)
  })

  test('is no person’s: roles, approval and the day’s limit do not hold it', async () => {
    const doors = await createDoors({ over: { staff: { viewer: [], dailyLimitPoints: 10, approvalAbovePoints: 5 } } })
    await doors.member('ada@example.org', { record: '42' })
    expect((await run(doors, AWARD, 'ap-1', { points: 5_000 })).outputs).toMatchObject(WENT)
  })

  test.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['zero', '0'],
    ['a negative number', -5],
    ['part of a point', '2.5'],
    ['a number that is none', 'NaN'],
    ['a million and one', 1_000_001],
    ['more than numbers hold', '9'.repeat(40)],
    ['another way of writing', '1e3'],
    ['an object', { toString: 'x' }],
    ['a list', [5]],
  ])('refuses %s as invalid_request, in words', async (_title, points) => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    const { status, outputs } = await run(doors, AWARD, 'ap-1', { points })
    expect(status).toBe(200)
    expect(outputs).toEqual({
      ...FAILED,
      outcome: 'invalid_request',
      message: 'points must be a whole number from 1 to 1000000',
    })
    expect(await pointsOf(doors)).toBe(0)
  })

  test('refuses who is not a member as not_a_member, and who is suspended as member_inactive', async () => {
    const doors = await createDoors()
    expect((await run(doors, AWARD, 'ap-1', { points: 5 })).outputs).toMatchObject({
      ...FAILED,
      outcome: 'not_a_member',
    })
    expect((await run(doors, AWARD, 'ap-2', { points: 5 }, { properties: {} })).outputs).toMatchObject({
      outcome: 'not_a_member',
      message: expect.stringMatching(/no e-mail address/),
    })
    const ada = await doors.member('ada@example.org')
    await doors.world.app.updateMember(ada.id, { status: 'suspended' }, { source: 'test', actor: 'test' })
    expect((await run(doors, AWARD, 'ap-3', { points: 5 })).outputs).toMatchObject({
      ...FAILED,
      outcome: 'member_inactive',
    })
  })

  test('enrols who is not a member first, where the action says so, once', async () => {
    const doors = await createDoors()
    const asked = () => run(doors, AWARD, 'ap-1', { points: 5, enrol: 'true' })
    const answers = await Promise.all([asked(), asked()])
    for (const { outputs } of answers) expect(outputs).toMatchObject({ ...WENT, balance: 5 })
    expect((await asked()).outputs).toMatchObject({ ...WENT, balance: 5 })
    expect(await doors.world.app.getMember('email:ada@example.org')).toMatchObject({
      value: { name: 'Ada Lovelace', status: 'active', points: { available: 5 } },
    })
  })

  test('finds the member by the link before the address', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    await doors.member('bob@example.org')
    await run(doors, AWARD, 'ap-1', { points: 5 }, { properties: { email: 'bob@example.org' } })
    expect(await pointsOf(doors)).toBe(5)
    expect(await pointsOf(doors, 'email:bob@example.org')).toBe(0)
  })

  test('reads a number of HubSpot’s with its decimals', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    expect((await run(doors, AWARD, 'ap-1', { points: '250.00' })).outputs).toMatchObject({ ...WENT, points: 250 })
  })

  test('reads fields as newer definitions send them', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    const body = {
      ...runOf('ap-1', {}),
      inputFields: undefined,
      fields: { points: { type: 'STATIC_VALUE', value: '7' } },
    }
    await doors.call(AWARD, { body })
    expect(await pointsOf(doors)).toBe(7)
  })
})

describe('perform action', () => {
  test('gives what the program gives for it, within its limits', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    expect((await run(doors, PERFORM, 'ap-1', { action: 'review' })).outputs).toMatchObject({
      ...WENT,
      points: 50,
      balance: 50,
    })
    await run(doors, PERFORM, 'ap-2', { action: 'review' })
    expect((await run(doors, PERFORM, 'ap-2', { action: 'review' })).outputs).toMatchObject({ ...WENT, balance: 100 })
    expect((await run(doors, PERFORM, 'ap-3', { action: 'review' })).outputs).toMatchObject({
      ...FAILED,
      outcome: 'limit_reached',
    })
    expect(await pointsOf(doors)).toBe(100)
  })

  test('keeps what a member says of the shop, by its score', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    expect((await run(doors, PERFORM, 'ap-1', { action: 'feedback', score: '9' })).outputs).toMatchObject(WENT)
    expect(await doors.world.app.getMember('hubspot:42')).toMatchObject({
      value: { feedback: [{ scale: 'nps', score: 9 }] },
    })
  })

  test.each<[string, Fields]>([
    ['an action that the program does not know', { action: 'somersault' }],
    ['no action', {}],
    ['a score that is none', { action: 'feedback', score: 'eleven' }],
    ['a score beyond ten', { action: 'feedback', score: 11 }],
    ['feedback without a score', { action: 'feedback' }],
  ])('refuses %s as invalid_request', async (_title, fields) => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    const { status, outputs } = await run(doors, PERFORM, 'ap-1', fields)
    expect(status).toBe(200)
    expect(outputs).toMatchObject({ ...FAILED, outcome: 'invalid_request', message: expect.stringMatching(/\w+ \w+/) })
  })
})

describe('issue reward', () => {
  test('from the member’s points', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 700 })
    const asked = () => run(doors, ISSUE, 'ap-1', { reward: 'tote', charge: 'member', reason: 'Birthday' })
    expect((await asked()).outputs).toMatchObject({ ...WENT, points: 600, balance: 100 })
    expect((await asked()).outputs).toMatchObject({ ...WENT, points: 600, balance: 100 })
    expect(await doors.world.app.memberRedemptions('hubspot:42', { limit: 10 })).toMatchObject({
      value: { items: [{ reward: 'tote', requestedBy: 'workflow:192814114', note: 'Birthday' }] },
    })
  })

  test('as a present, though the points are lacking', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    const { outputs } = await run(doors, ISSUE, 'ap-1', { reward: 'tote', charge: 'house' })
    expect(outputs).toMatchObject({ ...WENT, points: 0, balance: 0 })
  })

  test.each<[string, Fields]>([
    ['unknown_reward', { reward: 'moon' }],
    ['insufficient_points', { reward: 'tote' }],
    ['not_eligible', { reward: 'gold-only' }],
    ['invalid_request', { reward: '' }],
    ['invalid_request', { reward: 'tote', charge: 'nobody' }],
  ])('refused as %s goes on: %o', async (outcome, fields) => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 20 })
    const { status, outputs } = await run(doors, ISSUE, 'ap-1', fields)
    expect(status).toBe(200)
    expect(outputs).toMatchObject({ ...FAILED, outcome, message: expect.stringMatching(/\w+ \w+/) })
  })
})

describe('enrol member', () => {
  test('makes the contact a member, and says of a member that they are one', async () => {
    const doors = await createDoors({ over: { enrolment: { award: { points: 25 } } } })
    expect((await run(doors, ENROL, 'ap-1', {})).outputs).toEqual({
      ...WENT,
      message: 'Welcome to Corner Club',
      balance: 25,
    })
    expect((await run(doors, ENROL, 'ap-1', {})).outputs).toMatchObject(WENT)
    expect((await run(doors, ENROL, 'ap-2', {})).outputs).toMatchObject({
      hs_execution_state: 'SUCCESS',
      outcome: 'already_member',
      balance: 25,
    })
  })

  test.each([
    ['ፋሲካ በቀለ', 'ፋሲካ በቀለ'],
    ['Աննա Հակոբյան', 'Աննա Հակոբյան'],
    ['Əli Şükürov', 'Əli Şükürov'],
    ['Mwanaisha wa Juma', 'Mwanaisha wa Juma'],
    ['\u0000\ud800 Zoë\n', 'Zoë'],
  ])('keeps the name %j as %s', async (firstname, name) => {
    const doors = await createDoors()
    await run(doors, ENROL, 'ap-1', {}, { properties: { email: 'a@b.example', firstname, lastname: null } })
    expect(await doors.world.app.getMember('email:a@b.example')).toMatchObject({ value: { name } })
  })

  test('refuses a contact without an address as invalid_request', async () => {
    const doors = await createDoors()
    for (const properties of [{}, { email: '' }, { email: 'a b' }, { email: ['x@y.example'] }, null]) {
      const { outputs } = await run(doors, ENROL, `ap-${JSON.stringify(properties).length}`, {}, { properties })
      expect(outputs).toMatchObject({
        ...FAILED,
        outcome: 'invalid_request',
        message: expect.stringMatching(/no e-mail address/),
      })
    }
  })
})

describe('any action', () => {
  test.each<[string, unknown]>([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', []],
    ['no run', {}],
    ['a run without its id', { ...runOf('x', {}), callbackId: undefined }],
    ['a run whose id is text of any kind', { ...runOf('x', {}), callbackId: 'hubspot:sam@example.org\n' }],
    ['a run on nothing', { ...runOf('x', {}), object: null }],
    ['a run on a record that is none', runOf('x', {}, { objectId: '../42' })],
  ])('answers 400 to %s', async (_title, body) => {
    const doors = await createDoors()
    for (const route of [AWARD, PERFORM, ISSUE, ENROL] as const)
      expect(await doors.call(route, { body })).toMatchObject({ status: 400, json: { code: 'invalid_request' } })
  })

  test('works on contacts only', async () => {
    const doors = await createDoors()
    const { outputs } = await run(doors, ENROL, 'ap-1', {}, { objectType: 'DEAL' })
    expect(outputs).toMatchObject({
      ...FAILED,
      outcome: 'invalid_request',
      message: 'This works in workflows on contacts only',
    })
  })

  test('is asked for again when it could not be stored', async () => {
    const doors = await createDoors({ app: { adjustPoints: () => Promise.reject(new StoreUnavailable('no')) } })
    await doors.member('ada@example.org', { record: '42' })
    expect(await run(doors, AWARD, 'ap-1', { points: 5 })).toMatchObject({ status: 503, json: { code: 'unavailable' } })
  })

  test('leaves books that balance, whatever came twice', async () => {
    const doors = await createDoors()
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        run(
          doors,
          n % 2 ? AWARD : PERFORM,
          `ap-${n % 4}`,
          n % 2 ? { points: 600, enrol: true } : { action: 'review', enrol: true },
        ),
      ),
    )
    await run(doors, ISSUE, 'ap-9', { reward: 'tote' })
    expect((await doors.world.app.verify()).discrepancies).toEqual([])
    expect(await pointsOf(doors)).toBe(1_300 - 600)
  })
})

describe('choices', () => {
  const ask = (doors: Doors, name: 'rewards' | 'actions', body: unknown) =>
    doors.call(`POST /hubspot/actions/options/${name}`, { body, version: 'v2' })

  test('of rewards and actions are the program’s', async () => {
    const doors = await createDoors()
    const rewards = await ask(doors, 'rewards', { inputFieldName: 'reward', fetchOptions: { q: '' } })
    expect(rewards.json).toMatchObject({
      searchable: true,
      options: [{ label: 'Free tote · 600 points', value: 'tote' }, { value: 'five-off' }, { value: 'gold-only' }],
    })
    const actions = await ask(doors, 'actions', {})
    expect(actions.json).toMatchObject({
      options: [
        { label: 'Review', value: 'review' },
        { label: 'Feedback', value: 'feedback' },
      ],
    })
  })

  test('are searched, and come a page at a time', async () => {
    const fulfil = { kind: 'manual', instructions: 'Here' } as const
    const many = Array.from({ length: 130 }, (_, n) => ({ id: `r-${n}`, name: `Reward ${n}`, cost: 1, fulfil }))
    const doors = await createDoors({ over: { rewards: many } })
    const first = await ask(doors, 'rewards', { fetchOptions: { q: 'REWARD' } })
    expect(first.json).toMatchObject({ after: '100' })
    const second = await ask(doors, 'rewards', { fetchOptions: { q: 'REWARD', after: '100' } })
    expect((first.json.options as unknown[]).length + (second.json.options as unknown[]).length).toBe(130)
    expect(second.json.after).toBeUndefined()
    expect((await ask(doors, 'rewards', { fetchOptions: { q: 'reward 77' } })).json).toMatchObject({
      options: [{ value: 'r-77' }],
    })
  })

  test.each<[unknown]>([['{'], ['null'], [{ fetchOptions: 'x' }], [{ fetchOptions: { q: 7, after: '-1' } }]])(
    'are there though what was asked is odd: %j',
    async (body) => {
      const doors = await createDoors()
      expect(await ask(doors, 'actions', body)).toMatchObject({
        status: 200,
        json: { options: [{ value: 'review' }, { value: 'feedback' }] },
      })
    },
  )
})
