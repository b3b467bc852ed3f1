// Awards for joining, choices, what becomes of awards when two members prove to be one, and a new program for all.
import { afterEach, describe, expect, test } from 'vitest'
import { isHeldOut } from '../../src/core/campaigns.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { ADA, type Club, DAY, openClub } from '../support/clubs.ts'
import { makeProgram } from '../support/programs.ts'
import { stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { memoryStore, staff } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const BO = 'email:bo@example.org'

let club: Club
afterEach(() => club.world.close())
const open = async (over: Partial<ProgramInput>, now = NOW) => {
  club = await openClub(over, now)
}

const welcome: Partial<ProgramInput> = {
  enrolment: { award: { points: 100, badge: 'new' } },
  badges: [{ id: 'new', name: 'New here' }],
}

describe('joining', () => {
  test('gives the program’s award to who is enrolled, once', async () => {
    await open(welcome)
    const ada = await club.enrol()
    expect(ada).toMatchObject({ points: { available: 100 }, badges: [{ id: 'new', name: 'New here' }] })
    await club.buy({ at: NOW, amount: 1_000 })
    await club.world.app.updateMember(ADA, { status: 'left' }, staff)
    await club.world.app.updateMember(ADA, { status: 'active' }, staff)
    expect(await club.sentences()).toEqual([
      'For joining: 100 points',
      'For joining: New here badge',
      '1 point per $1 on $10.00',
    ])
    await club.isSound()
  })

  test('gives it to who joins by a first payment, for that payment’s time, and it stays when all is refunded', async () => {
    await open(welcome)
    const bought = await club.buy({ at: NOW - 3 * DAY, amount: 1_000 })
    expect(await club.points()).toMatchObject({ available: 110 })
    expect(await club.awards()).toMatchObject([{ occasion: 'enrolment', at: new Date(NOW - 3 * DAY).toISOString() }])
    await club.world.deliver(bought.refunded(1_000))
    expect(await club.points()).toMatchObject({ available: 100 })
    await club.isSound()
  })

  test('by a list of another program’s members gives nothing: that is in their balance', async () => {
    await open(welcome)
    await club.world.app.enrolMember({ email: 'ada@example.org' }, { source: 'cli:import', actor: 'cli' }, null)
    await club.buy({ at: NOW, amount: 1_000 })
    expect(await club.points()).toMatchObject({ available: 10 })
    expect(await club.awards()).toEqual([])
  })

  test('gives nothing to members there were before the program gave anything', async () => {
    const store = await memoryStore()
    await (await openClub({}, NOW, store)).enrol()
    club = await openClub(welcome, NOW + DAY, store)
    await club.goTo(NOW + 2 * DAY)
    await club.buy({ at: NOW, amount: 1_000 })
    expect(await club.awards()).toEqual([])
    await club.isSound()
  })

  test('counts from the first payment, in whatever order payments come', async () => {
    const over = { ...welcome, points: { expiry: { kind: 'after', months: 1 } as const } }
    const first = stripePayment({ at: NOW - 40 * DAY, amount: 1_000 })
    const second = stripePayment({ at: NOW - 5 * DAY, amount: 1_000 })
    const books: unknown[] = []
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      await open(over)
      for (const payment of order) await club.world.deliver(payment.charge())
      await club.goTo(NOW)
      books.push(await club.world.books(ADA))
      expect(await club.points()).toMatchObject({ available: 10, expired: 110 })
      await club.isSound()
      await club.world.close()
    }
    expect(books[0]).toEqual(books[1])
    await open({})
  })

  test('of two records of one person is given once', async () => {
    await open(welcome)
    const ada = await club.enrol()
    club.world.clock.at += DAY
    const bo = await club.enrol({ email: 'bo@example.org' })
    await club.world.app.adjustPoints(bo.id, { points: -60, reason: 'spent' }, staff, null)
    const merged = await club.world.app.mergeMembers(ada.id, bo.id, staff, null)
    expect(merged).toMatchObject({ ok: true, value: { points: { available: 40 }, badges: [{ id: 'new' }] } })
    expect((await club.awards(bo.id)).map(({ state, points }) => [state, points])).toEqual([
      ['withdrawn', 0],
      ['given', 100],
    ])
    await club.buy({ at: NOW + DAY, amount: 1_000, email: 'bo@example.org' })
    expect(await club.points(bo.id)).toMatchObject({ available: 50 })
    await club.isSound()
  })

  test('of a guest who proves to be somebody else is given once, in whatever order we hear of it', async () => {
    const late = stripePayment({ at: NOW - DAY, amount: 1_000, email: null, customer: 'cus_1' })
    const customer = stripeEvent(
      'customer.created',
      { id: 'cus_1', object: 'customer', email: 'ada@example.org', created: NOW / 1000, metadata: {} },
      NOW,
    )
    const own = stripePayment({ at: NOW - 2 * DAY, amount: 1_000 })
    for (const events of [
      [late.charge(), own.charge(), customer],
      [customer, own.charge(), late.charge()],
      [own.charge(), customer, late.charge()],
      [own.charge(), late.charge(), customer],
    ]) {
      await open(welcome)
      await club.world.deliverAll(events)
      expect(await club.points()).toMatchObject({ available: 120 })
      expect((await club.awards()).filter(({ state }) => state === 'given')).toHaveLength(1)
      await club.isSound()
      await club.world.close()
    }
    await open({})
  })
})

describe('a campaign for joining', () => {
  const campaign = {
    id: 'spring',
    name: 'Spring',
    on: 'enrolment',
    from: '2026-11-20',
    to: '2026-11-22',
    bonus: 40,
  } as const

  test('gives its bonus to who joins while it runs, by the program’s zone', async () => {
    await open({ campaigns: [campaign], timezone: 'America/New_York' }, Date.UTC(2026, 10, 23, 4, 59))
    await club.enrol()
    expect(await club.sentences()).toEqual(['Spring, for joining: 40 points'])
    club.world.clock.at = Date.UTC(2026, 10, 23, 5)
    await club.enrol({ email: 'bo@example.org' })
    expect(await club.points(BO)).toMatchObject({ available: 0 })
    await club.isSound()
  })

  test('is taken back from who joined before it, and given to who joined while it ran, as payments come to light', async () => {
    await open({ campaigns: [campaign], earning: [{ id: 'purchase', on: 'purchase' }] }, NOW + 10 * DAY)
    await club.buy({ at: NOW + 5 * DAY, amount: 100 })
    expect(await club.points()).toMatchObject({ available: 1 })
    await club.buy({ at: NOW, amount: 100 })
    expect(await club.points()).toMatchObject({ available: 42 })
    await club.buy({ at: NOW - 10 * DAY, amount: 100 })
    expect(await club.points()).toMatchObject({ available: 3 })
    expect((await club.sentences()).at(-1)).toBe('40 points taken back: the campaign was not on at the time of joining')
    await club.isSound()
  })

  test('that is given again counts from the time of joining that is known then', async () => {
    await open({ campaigns: [campaign], points: { expiry: { kind: 'after', months: 1 } } }, NOW + DAY)
    const elsewhere = stripePayment({ at: NOW - 10 * DAY, amount: 100 })
    await club.buy({ at: NOW, amount: 100 })
    await club.world.deliver(elsewhere.charge())
    await club.buy({ at: NOW - 2 * DAY, amount: 100 })
    expect(await club.points()).toMatchObject({ available: 3 })
    // The checkout says whose the first purchase was: somebody else's.
    const session = elsewhere.session()
    Object.assign(session.data.object, { customer_details: { email: 'bo@example.org', name: null, phone: null } })
    await club.world.deliver(session)
    expect(await club.points()).toMatchObject({ available: 42 })
    const bonus = (await club.awards()).find(({ rule }) => rule === 'spring')
    expect(bonus).toMatchObject({
      rule: 'spring',
      state: 'given',
      points: 40,
      at: new Date(NOW - 2 * DAY).toISOString(),
    })
    // The 20th of December is its last day, as it is the purchase's of the 20th of November.
    await club.goTo(Date.UTC(2026, 11, 21))
    expect(await club.points()).toMatchObject({ available: 1, expired: 41 })
    await club.isSound()
  })

  test('is the best of several, or all of them', async () => {
    const campaigns = [campaign, { ...campaign, id: 'more', name: 'More', bonus: 60 }]
    await open({ campaigns })
    expect((await club.enrol()).points.available).toBe(60)
    await club.world.close()
    await open({ campaigns, campaignStacking: 'all', enrolment: { award: { points: 5 } } })
    expect((await club.enrol()).points.available).toBe(105)
  })

  test('that is not announced leaves the same share out for ever', async () => {
    const quiet = { ...campaign, announced: false, holdout: 0.5 }
    await open({ campaigns: [quiet] })
    const [made] = makeProgram({ campaigns: [quiet] }).campaigns
    if (made === undefined) throw new Error('no campaign')
    const given = new Set<boolean>()
    for (let n = 0; n < 12; n++) {
      const { id, points } = await club.enrol({ email: `member${n}@example.org` })
      expect(points.available).toBe(isHeldOut(made, id) ? 0 : 40)
      given.add(isHeldOut(made, id))
    }
    expect(given.size).toBe(2)
  })
})

describe('a choice', () => {
  const over: Partial<ProgramInput> = {
    earning: [
      { id: 'birthday', on: 'birthday', award: { choose: [{ reward: 'gift' }, { points: 250 }, { badge: 'star' }] } },
    ],
    rewards: [{ id: 'gift', name: 'Birthday gift', cost: 0, stock: 1, fulfil: { kind: 'manual' } }],
    badges: [{ id: 'star', name: 'Star' }],
    points: { expiry: { kind: 'after', months: 1 } },
  }
  const choose = (award: string, option: number, ref = ADA, key: string | null = null) =>
    club.world.app.chooseAward(
      ref,
      award,
      option,
      staff,
      key === null ? null : { holder: 'test', route: 'choose', key, hash: String(option) },
    )
  const openOne = async () => {
    await open(over)
    await club.enrol({ birthday: '--11-22' })
    return (await club.awards())[0]?.id ?? ''
  }

  test('is offered, and waits until it is made', async () => {
    const id = await openOne()
    expect(id).toMatch(/^mem_\w+\.birthday\.birthday\.2026$/)
    expect(await club.sentences()).toEqual(['Birthday: a present to choose'])
    expect(await club.awards()).toMatchObject([
      { state: 'open', points: 0, chosen: null, options: [{ reward: 'gift' }, { points: 250 }, { badge: 'star' }] },
    ])
    expect((await club.member()).points.earned).toBe(0)
  })

  test('of points gives them from now on, once', async () => {
    const id = await openOne()
    club.world.clock.at += 60 * DAY
    const chosen = await choose(id, 1, ADA, 'key')
    expect(chosen).toMatchObject({ ok: true, value: { id, state: 'given', chosen: 1, points: 250 } })
    expect(await choose(id, 1, ADA, 'key')).toEqual(chosen)
    expect(await choose(id, 1)).toEqual(chosen)
    expect(await choose(id, 0)).toMatchObject({ ok: false, code: 'conflict' })
    expect(await club.points()).toMatchObject({ available: 250, earned: 250 })
    expect((await club.sentences()).at(-1)).toBe('Chosen for birthday: 250 points')
    await club.isSound()
  })

  test('of a reward or a badge gives that', async () => {
    const id = await openOne()
    expect(await choose(id, 2)).toMatchObject({ ok: true, value: { points: 0, chosen: 2 } })
    expect((await club.member()).badges).toEqual([{ id: 'star', name: 'Star' }])
    await club.isSound()
  })

  test('of a reward of which none are left is refused as out_of_stock, and stays open', async () => {
    const id = await openOne()
    await club.enrol({ email: 'bo@example.org', birthday: '--11-22' })
    const [theirs] = await club.awards(BO)
    expect(await choose(theirs?.id ?? '', 0, BO)).toMatchObject({ ok: true, value: { chosen: 0 } })
    expect(await choose(id, 0)).toMatchObject({ ok: false, code: 'out_of_stock' })
    expect(await choose(id, 1)).toMatchObject({ ok: true, value: { points: 250 } })
    await club.isSound()
  })

  test('of what is not there is refused', async () => {
    const id = await openOne()
    expect(await choose(id, 3)).toMatchObject({
      ok: false,
      code: 'invalid_request',
      message: 'option must be a whole number from 0 to 2',
    })
    expect(await choose('mem_1.birthday.birthday.2026', 0)).toMatchObject({ ok: false, code: 'not_found' })
    expect(await choose('%00/../..', 0)).toMatchObject({ ok: false, code: 'not_found' })
    await club.enrol({ email: 'bo@example.org' })
    expect(await choose(id, 0, BO)).toMatchObject({ ok: false, code: 'not_found' })
    await club.world.app.updateMember(ADA, { status: 'suspended' }, staff)
    expect(await choose(id, 0)).toMatchObject({ ok: false, code: 'member_inactive' })
  })

  test('where there is nothing to choose is a conflict', async () => {
    await open(welcome)
    await club.enrol()
    const [award] = await club.awards()
    expect(await choose(award?.id ?? '', 0)).toMatchObject({ ok: false, code: 'conflict' })
  })

  test('beside points ends by its own time', async () => {
    await open({
      ...over,
      earning: [{ id: 'birthday', on: 'birthday', award: { points: 10, choose: [{ points: 20 }, { badge: 'star' }] } }],
    })
    await club.enrol({ birthday: '--11-22' })
    club.world.clock.at += 20 * DAY
    await choose((await club.awards())[0]?.id ?? '', 0)
    expect(await club.points()).toMatchObject({ available: 30 })
    await club.goTo(NOW + 40 * DAY)
    expect(await club.points()).toMatchObject({ available: 20, expired: 10 })
    await club.isSound()
  })

  test('is held to the limit that its rule shares', async () => {
    await open({
      ...over,
      earning: [
        { id: 'birthday', on: 'birthday', award: { choose: [{ points: 250 }, { badge: 'star' }] } },
        { id: 'review', on: 'action', action: 'review', points: 100 },
      ],
      limits: [{ id: 'extras', rules: ['birthday', 'review'], points: 100, per: 'year' }],
    })
    await club.enrol({ birthday: '--11-22' })
    await club.world.app.recordAction(ADA, { action: 'review' }, staff, null)
    const award = (await club.awards()).find(({ state }) => state === 'open')?.id ?? ''
    expect(await choose(award, 0)).toMatchObject({ ok: false, code: 'limit_reached' })
    expect(await choose(award, 1)).toMatchObject({ ok: true })
  })

  test('is listed a page at a time, newest first', async () => {
    await open({ earning: [{ id: 'review', on: 'action', action: 'review', points: 1 }] })
    await club.enrol()
    for (let n = 0; n < 5; n++) await club.world.app.recordAction(ADA, { action: 'review' }, staff, null)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await club.world.app.listAwards(ADA, { limit: 2, ...(cursor !== undefined && { cursor }) })
      if (!page.ok) throw new Error(page.message)
      seen.push(...page.value.items.map(({ id }) => id))
      cursor = page.value.next ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(5)
    expect(seen).toEqual((await club.awards()).map(({ id }) => id))
    for (const wrong of ['', 'x', '1 2 3', '99999999999999999999 a'])
      expect(await club.world.app.listAwards(ADA, { limit: 2, cursor: wrong })).toMatchObject({
        code: 'invalid_request',
      })
    expect(await club.world.app.listAwards('email:nobody@example.org', { limit: 2 })).toMatchObject({
      code: 'not_found',
    })
  })
})

test('what a member was given is part of what is handed out to them', async () => {
  await open(welcome)
  await club.enrol()
  expect(await club.world.app.exportMember(ADA)).toMatchObject({
    ok: true,
    value: { awards: [{ occasion: 'enrolment', points: 100, award: { badge: 'new' } }] },
  })
})

describe('a new program', () => {
  const birthday: Partial<ProgramInput> = { earning: [{ id: 'birthday', on: 'birthday', points: 250 }] }

  test('is seen by every member, also by those who are quiet, a slice at a time', async () => {
    const store = await memoryStore()
    const before = await openClub({}, NOW, store)
    for (let n = 0; n < 7; n++) await before.enrol({ email: `member${n}@example.org`, birthday: '--11-25' })
    await before.enrol({ email: 'gone@example.org', birthday: '--11-25' })
    await before.world.app.updateMember('email:gone@example.org', { status: 'left' }, staff)
    expect(await before.world.app.settleDue(3)).toBe(0)
    club = await openClub(birthday, NOW + DAY, store)
    const { app, clock } = club.world
    expect(await app.settleDue(3)).toBe(3)
    // Another process goes on where this one was stopped.
    club = await openClub(birthday, NOW + DAY, store)
    expect([
      await club.world.app.settleDue(3),
      await club.world.app.settleDue(3),
      await club.world.app.settleDue(3),
    ]).toEqual([3, 1, 0])
    clock.at = NOW + 5 * DAY
    club.world.clock.at = NOW + 5 * DAY
    expect(await club.world.app.settleDue(10)).toBe(7)
    for (let n = 0; n < 7; n++)
      expect(await club.points(`email:member${n}@example.org`)).toMatchObject({ available: 250 })
    expect(await club.points('email:gone@example.org')).toMatchObject({ available: 0 })
    await club.isSound()
  })

  test('that was in force before is one again', async () => {
    const store = await memoryStore()
    const first = await openClub({}, NOW, store)
    await first.enrol({ birthday: '--11-25' })
    await (await openClub(birthday, NOW + DAY, store)).goTo(NOW + DAY)
    await (await openClub({}, NOW + 2 * DAY, store)).goTo(NOW + 2 * DAY)
    club = await openClub(birthday, NOW + 3 * DAY, store)
    expect(await club.world.app.settleDue(10)).toBe(1)
  })
})
