import { describe, expect, test } from 'vitest'
import { type App, StoreUnavailable } from '../../src/app/ports.ts'
import { ada } from '../support/http-fake-app.ts'
import { createDoors, type Doors } from '../support/hubspot-doors.ts'
import { stripePayment } from '../support/stripe-events.ts'

const SAM = 'sam@example.org'
const ADDED = (email: string) => `userId=7&userEmail=${encodeURIComponent(email)}&portalId=33&appId=9`
const look = (doors: Doors, email = SAM, asked = 'objectId=42&email=ada%40example.org') =>
  doors.call('GET /hubspot/card', { query: `?${asked}&${ADDED(email)}` })
const issue = (doors: Doors, over: Record<string, unknown> = {}, email = SAM) =>
  doors.call('POST /hubspot/card/rewards', {
    query: `?${ADDED(email)}`,
    body: {
      contactId: '42',
      email: 'ada@example.org',
      reward: 'tote',
      charge: 'member',
      note: '',
      ticket: 'look-0',
      ...over,
    },
  })
const enrol = (doors: Doors, over: Record<string, unknown> = {}, email = SAM) =>
  doors.call('POST /hubspot/card/enrol', {
    query: `?${ADDED(email)}`,
    body: { contactId: '42', email: 'ada@example.org', name: 'Ada Lovelace', ticket: 'look-0', ...over },
  })
const redemptions = async (doors: Doors) => {
  const found = await doors.world.app.memberRedemptions('email:ada@example.org', { limit: 20 })
  return found.ok ? found.value.items : []
}

describe('the card', () => {
  test('shows a member in a few lines', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 700 })
    const answer = await look(doors)
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      kind: 'member',
      program: 'Corner Club',
      headline: 'Insider · 700 points',
      status: null,
      progress: { percent: 0, label: 'Gold: 500 points more by Dec 31, 2026' },
      expiring: null,
      risk: null,
      badges: [],
      history: [{ id: expect.any(Number), on: 'Nov 22, 2026', points: '+700', text: '700 points added by staff' }],
      rewards: [
        { id: 'tote', label: 'Free tote · 600 points · leaves 100', byPoints: true },
        { id: 'five-off', label: '$5 off · 500 points · leaves 200', byPoints: true },
      ],
      mayIssue: true,
      ticket: expect.stringMatching(/^[\w.-]{1,60}$/),
    })
  })

  test('says in words what expires, how likely they come again, what they were given and how far the next tier is', async () => {
    const badges = [{ id: 'regular', name: 'Regular' }]
    const retention = {
      rfm: '543',
      isEstimate: false,
      probabilityAlive: 0.38,
      risk: 'high' as const,
      usualDays: 21,
      buysWithin90Days: 0.4,
      expectedPurchases30Days: 1,
      expectedPurchases90Days: 2,
      expectedPurchases365Days: 8,
      lifetimeValue: { amount: 41_200, currency: 'usd' },
      subscription: null,
    }
    const getMember: App['getMember'] = async () => ({ ok: true, value: { ...ada, badges, retention } })
    const standing = { tierProgress: 62 }
    const contactsOf = (async () => [{ standing }]) as unknown as App['contactsOf']
    const ledger: App['ledger'] = async () => ({ ok: true, value: { items: [], next: null } })
    const memberRewards: App['memberRewards'] = async () => ({ ok: true, value: { available: 1240, rewards: [] } })
    const doors = await createDoors({
      app: { getMember, contactsOf, ledger, memberRewards },
      over: {
        tiers: {
          metric: 'spend',
          levels: [
            { id: 'gold', name: 'Gold', threshold: 0 },
            { id: 'platinum', name: 'Platinum', threshold: 2_000 },
          ],
        },
      },
    })
    expect((await look(doors)).json).toMatchObject({
      headline: 'Gold · 1,240 points',
      progress: { percent: 62, label: 'Platinum: $7.60 more by Dec 31, 2026' },
      expiring: '300 expire on Dec 31, 2026',
      risk: {
        level: 'high',
        text: 'May be leaving. Usually buys every 3 weeks; it has been 9. Likely still a customer: 38%.',
      },
      badges: [{ id: 'regular', name: '🏅 Regular' }],
    })
  })

  test('shows the last five lines, the newest first', async () => {
    const doors = await createDoors()
    const member = await doors.member('ada@example.org', { record: '42' })
    for (const points of [1, 2, 3, 4, 5, 6, -7])
      await doors.world.app.adjustPoints(member.id, { points, reason: 'x' }, { source: 'test', actor: 'test' }, null)
    const { history } = (await look(doors)).json as { history: { points: string }[] }
    expect(history.map(({ points }) => points)).toEqual(['−7', '+6', '+5', '+4', '+3'])
  })

  test('finds a member who is not linked yet by the address', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org')
    expect((await look(doors)).json).toMatchObject({ kind: 'member' })
  })

  test('says of who is none that they are not a member yet, and whether they can be enrolled', async () => {
    const doors = await createDoors()
    expect((await look(doors)).json).toMatchObject({ kind: 'none', message: 'Not a member yet.', mayEnrol: true })
    expect((await look(doors, SAM, 'objectId=42')).json).toMatchObject({ kind: 'none', mayEnrol: false })
    expect((await look(doors, 'viewer@example.org')).json).toMatchObject({ kind: 'none', mayEnrol: false })
  })

  test('says what who has not joined would have earned, refunds aside, and posts nothing', async () => {
    const doors = await createDoors({ over: { enrolment: { automatic: false } } })
    const at = doors.world.clock.at - 86_400_000
    const kept = stripePayment({ at, amount: 32_000, email: 'ada@example.org' })
    const refunded = stripePayment({ at, amount: 9_900, email: 'ada@example.org' })
    await doors.world.deliverAll([
      kept.charge(),
      kept.intent(),
      refunded.charge(),
      refunded.intent(),
      refunded.refunded(9_900),
    ])
    expect((await look(doors)).json).toMatchObject({
      kind: 'none',
      message: 'Not a member yet. Would have earned 320 points.',
      mayEnrol: true,
    })
    expect(await doors.world.app.getMember('email:ada@example.org')).toMatchObject({
      value: { status: 'candidate', points: { earned: 0 } },
    })
  })

  test('tells who left from who takes part, and offers them nothing', async () => {
    const doors = await createDoors()
    const member = await doors.member('ada@example.org', { record: '42', points: 700 })
    await doors.world.app.updateMember(member.id, { status: 'left' }, { source: 'test', actor: 'test' })
    expect((await look(doors)).json).toMatchObject({
      kind: 'member',
      status: 'They left the program.',
      mayIssue: false,
      rewards: [],
    })
  })

  test('offers nothing to issue to whoever may only look', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 700 })
    expect((await look(doors, 'viewer@example.org')).json).toMatchObject({ kind: 'member', mayIssue: false })
  })

  test('is refused as forbidden to whoever may not look', async () => {
    const doors = await createDoors({ over: { staff: { viewer: [] } } })
    expect(await look(doors)).toMatchObject({
      status: 403,
      json: { code: 'forbidden', detail: 'You may not look members up' },
    })
  })

  test.each([
    ['no contact', 'email=ada%40example.org'],
    ['a contact that is none', 'objectId=..%2F42'],
    ['zero', 'objectId=0'],
  ])('answers 400 to %s', async (_title, query) => {
    const doors = await createDoors()
    expect(await look(doors, SAM, query)).toMatchObject({ status: 400, json: { code: 'invalid_request' } })
  })
})

describe('whoever asks', () => {
  test('is refused as unauthorized when HubSpot does not say who', async () => {
    const doors = await createDoors()
    for (const query of ['?objectId=42', '?objectId=42&userEmail=', '?objectId=42&userEmail=nobody'])
      expect(await doors.call('GET /hubspot/card', { query })).toMatchObject({
        status: 401,
        json: { code: 'unauthorized' },
      })
  })

  test('cannot say that they are somebody else', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 700 })
    const query = `?userEmail=${SAM}&${ADDED('viewer@example.org')}`
    const body = { contactId: '42', reward: 'tote', charge: 'member', ticket: 'look-0' }
    expect(await doors.call('POST /hubspot/card/rewards', { query, body })).toMatchObject({
      status: 401,
      json: { code: 'unauthorized' },
    })
    expect(await redemptions(doors)).toEqual([])
  })

  test('is the same person however the address is written', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 700 })
    expect(await issue(doors, {}, 'SAM@Example.org')).toMatchObject({ status: 200 })
  })
})

describe('issuing a reward', () => {
  test('from the card is done as the user, and kept with the reason', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 700 })
    expect(await issue(doors, { note: 'Her birthday' })).toMatchObject({
      status: 200,
      json: { message: 'Free tote: Behind the counter. 100 points left.', code: null, state: 'reserved' },
    })
    expect(await redemptions(doors)).toMatchObject([
      { reward: 'tote', requestedBy: 'hubspot:sam@example.org', note: 'Her birthday' },
    ])
  })

  test('is done once for two clicks, and again from another look', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 1_300 })
    const answers = await Promise.all([issue(doors), issue(doors), issue(doors)])
    answers.push(await issue(doors))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(await redemptions(doors)).toHaveLength(1)
    await issue(doors, { ticket: 'look-1' })
    expect(await redemptions(doors)).toHaveLength(2)
  })

  test('with the same ticket for something else is refused as idempotency_conflict', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 1_300 })
    await issue(doors)
    expect(await issue(doors, { reward: 'five-off' })).toMatchObject({
      status: 409,
      json: { code: 'idempotency_conflict' },
    })
  })

  test.each<[string, number, Record<string, unknown>, string]>([
    ['forbidden', 403, {}, 'viewer@example.org'],
    ['insufficient_points', 422, { reward: 'tote' }, SAM],
    ['unknown_reward', 422, { reward: 'moon' }, SAM],
    ['not_eligible', 422, { reward: 'gold-only' }, SAM],
    ['not_found', 404, { contactId: '43', email: null }, SAM],
    ['invalid_request', 400, { charge: 'nobody' }, SAM],
    ['invalid_request', 400, { ticket: 'a b' }, SAM],
    ['invalid_request', 400, { ticket: undefined }, SAM],
    ['invalid_request', 400, { contactId: { $ne: 1 } }, SAM],
    ['invalid_request', 400, { reward: ['tote'] }, SAM],
  ])('is refused as %s (%i): %o', async (code, status, over, email) => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 20 })
    expect(await issue(doors, over, email)).toMatchObject({
      status,
      json: { code, detail: expect.stringMatching(/\w+ \w+/) },
    })
    expect(await redemptions(doors)).toEqual([])
  })

  test('as presents ends at the day’s limit, refused as staff_limit', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42' })
    for (const n of [1, 2, 3])
      expect(await issue(doors, { charge: 'house', ticket: `look-${n}` })).toMatchObject({ status: 200 })
    expect(await issue(doors, { charge: 'house', ticket: 'look-4' })).toMatchObject({
      status: 422,
      json: { code: 'staff_limit', detail: 'You can give away 200 points more today' },
    })
  })

  test('beyond what one may give alone waits for approval', async () => {
    const doors = await createDoors({
      over: { staff: { issuer: ['hubspot:sam@example.org'], approvalAbovePoints: 500 } },
    })
    await doors.member('ada@example.org', { record: '42' })
    expect(await issue(doors, { charge: 'house' })).toMatchObject({
      status: 200,
      json: {
        state: 'awaiting_approval',
        code: null,
        message: '600 points need a second pair of eyes: this waits for approval.',
      },
    })
  })

  test.each([['{'], ['null'], ['[]'], ['""']])('answers 400 to a body that is %s', async (body) => {
    const doors = await createDoors()
    expect(await doors.call('POST /hubspot/card/rewards', { query: `?${ADDED(SAM)}`, body })).toMatchObject({
      status: 400,
    })
  })

  test('that cannot be stored is answered 503', async () => {
    const doors = await createDoors({ app: { redeem: () => Promise.reject(new StoreUnavailable('ada@example.org')) } })
    await doors.member('ada@example.org', { record: '42', points: 700 })
    const answer = await issue(doors)
    expect(answer).toMatchObject({ status: 503, json: { code: 'unavailable' } })
    expect(JSON.stringify([answer.text, doors.logs])).not.toContain('ada@')
  })
})

describe('enrolling', () => {
  test('from the card makes the contact a member, once', async () => {
    const doors = await createDoors()
    const answers = await Promise.all([enrol(doors), enrol(doors)])
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 200, json: { message: 'Welcome to Corner Club' } })
    expect((await look(doors)).json).toMatchObject({ kind: 'member', headline: 'Insider · 0 points' })
  })

  test.each<[string, number, Record<string, unknown>, string]>([
    ['forbidden', 403, {}, 'viewer@example.org'],
    ['invalid_request', 400, { email: null }, SAM],
    ['invalid_request', 400, { email: 'nobody' }, SAM],
    ['invalid_request', 400, { ticket: '' }, SAM],
    ['conflict', 409, { email: 'bob@example.org' }, SAM],
  ])('is refused as %s (%i): %o', async (code, status, over, email) => {
    const doors = await createDoors()
    await doors.member('bob@example.org')
    expect(await enrol(doors, over, email)).toMatchObject({ status, json: { code } })
  })
})

test('no address stands in a log or in the key of an idempotent call', async () => {
  const doors = await createDoors()
  const seen: unknown[] = []
  await doors.member('ada@example.org', { record: '42', points: 700 })
  const spying = await createDoors({
    app: {
      getMember: async () => ({ ok: true, value: ada }),
      redeem: async (...args) => {
        seen.push(args[3])
        return { ok: false, code: 'conflict', message: 'no' }
      },
    },
  })
  await issue(spying)
  await look(doors)
  expect(seen).toHaveLength(1)
  expect(JSON.stringify([seen, doors.logs, spying.logs])).not.toMatch(/sam@|ada@|example\.org\?/)
})
