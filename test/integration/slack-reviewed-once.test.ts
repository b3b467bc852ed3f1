// Attacks on "exactly once" that a review thought of: answers that are lost, wishes changed after they were sent, limits raced.
import { describe, expect, test } from 'vitest'
import type { App } from '../../src/app/ports.ts'
import { type LoyaltyDesk, PEOPLE, type Person, startSlack } from '../support/slack.ts'
import { available, createRewardShop, inFront, redemptionsOf, SHOP } from '../support/slack-shop.ts'

const slack = startSlack()

/** Sends the window in; Slack never hears the answer, so the window stands there as it was. */
async function submitUnheard(desk: LoyaltyDesk, person: Person, values: Parameters<LoyaltyDesk['submit']>[1]) {
  const { workspace } = desk.slack
  const user = PEOPLE[person]
  const { views, stacks } = structuredClone({ views: workspace.views, stacks: workspace.stacks })
  await desk.submit(person, values)
  workspace.views = views
  workspace.stacks = stacks
  expect(desk.window(person)?.submit).not.toBeNull()
  return user
}

describe('a window whose answer was lost, sent in again with something else in it', () => {
  test('adds points once, and says that the second was not done', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty adjust ada@example.org')
    await submitUnheard(desk, 'sam', { points: '+100', reason: 'Late parcel' })
    expect(await available(desk)).toBe(1_340)
    await desk.submit('sam', { points: '+100', reason: 'Late parcel, sorry' })
    expect(await available(desk)).toBe(1_340)
    expect(inFront(desk)).toContain('The second was not done')
  })

  test('sent in again with the same in it is answered as the first time', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty adjust ada@example.org')
    await submitUnheard(desk, 'sam', { points: '+100', reason: 'Late parcel' })
    await desk.submit('sam', { points: '+100', reason: 'Late parcel' })
    expect(await available(desk)).toBe(1_340)
    expect(inFront(desk)).toContain('100')
    expect(inFront(desk)).not.toContain('The second was not done')
  })

  test('issues one reward', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty reward ada@example.org')
    await submitUnheard(desk, 'sam', { Reward: 'A tree · 200 points · leaves 1,040', 'Note to Ada': 'Thanks' })
    await desk.submit('sam', { Reward: 'A tree · 200 points · leaves 1,040', 'Note to Ada': 'Thank you' })
    expect(await redemptionsOf(desk)).toHaveLength(1)
    expect(await available(desk)).toBe(1_040)
  })

  test('notes one action', async () => {
    const desk = await createRewardShop(slack, {
      program: {
        ...SHOP,
        earning: [
          { id: 'review', on: 'action', action: 'review', points: 50 },
          { id: 'visit', on: 'action', action: 'visit', points: 5 },
        ],
      },
    })
    const before = await available(desk)
    await desk.command('sam', '/loyalty action ada')
    await submitUnheard(desk, 'sam', { action: 'review' })
    await desk.submit('sam', { action: 'visit' })
    expect((await available(desk)) - before).toBe(50)
  })

  test('what was refused is asked for anew once it is another window', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty adjust ada@example.org')
    await desk.submit('sam', { points: '-5000', reason: 'Wrong' })
    expect(await available(desk)).toBe(1_240)
    await desk.submit('sam', { points: '-500', reason: 'Wrong' })
    expect(await available(desk)).toBe(740)
  })
})

test('twenty presses at once give away no more than a day’s limit', async () => {
  const desk = await createRewardShop(slack, {
    members: Array.from({ length: 20 }, (_, n) => `m${n}`),
    program: { staff: { dailyLimitPoints: 500, approvalAbovePoints: 1_000 } },
  })
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      desk.slack.command(PEOPLE.sam, 'C0LOYALTY', `/loyalty adjust m${n}@example.org +100 Sorry`),
    ),
  )
  await desk.settled()
  const members = await Promise.all(Array.from({ length: 20 }, (_, n) => desk.member(`m${n}`)))
  expect(members.reduce((sum, { points }) => sum + points.available, 0)).toBe(500)
})

test('an answer stays with whom it was given to: the same key of another person is another wish', async () => {
  const desk = await createRewardShop(slack)
  await Promise.all(
    (['sam', 'ada'] as const).map((person) =>
      desk.slack.command(PEOPLE[person], 'C0LOYALTY', '/loyalty adjust ada@example.org +10 Sorry'),
    ),
  )
  await desk.settled()
  expect(await available(desk)).toBe(1_260)
})

/** What comes back from this use case is lost, from the `nth` time on. */
const losing =
  (method: string, isOn: () => boolean) =>
  (app: App): App =>
    new Proxy(app, {
      get: (_, name) => {
        const own: unknown = Reflect.get(app, name)
        if (name !== method || typeof own !== 'function') return own
        return async (...given: unknown[]) => {
          const value: unknown = await Reflect.apply(own, app, given)
          if (isOn()) throw new Error('lost')
          return value
        }
      },
    })

describe('what may be done although its answer was lost is not said to be undone', () => {
  test.each(['askForAdjustment', 'getMember'])('points, where %s fails behind them', async (method) => {
    let isOn = false
    const desk = await createRewardShop(slack, { appWith: losing(method, () => isOn) })
    await desk.command('sam', '/loyalty adjust ada@example.org')
    isOn = true
    await desk.submit('sam', { points: '+10', reason: 'Sorry' })
    expect(await available(desk)).toBe(1_250)
    expect(inFront(desk)).toContain('look before you do it again')
    expect(inFront(desk)).not.toContain('could not be done')
  })

  test.each(['redeem', 'getRedemption', 'getMember'])('a reward, where %s fails behind it', async (method) => {
    let isOn = false
    const desk = await createRewardShop(slack, { appWith: losing(method, () => isOn) })
    await desk.command('sam', '/loyalty reward ada@example.org')
    isOn = true
    await desk.submit('sam', { 'reward-0': 'ten' })
    expect(await redemptionsOf(desk)).toHaveLength(1)
    expect(inFront(desk)).toContain('look before you do it again')
    expect(inFront(desk)).not.toContain('could not be done')
  })

  test('a window that Slack does not change says so too', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty reward ada@example.org')
    desk.slack.script({ method: 'views.update', kind: 'error', error: 'invalid_blocks', times: 1 })
    await desk.submit('sam', { 'reward-0': 'ten' })
    expect(await redemptionsOf(desk)).toHaveLength(1)
    expect(inFront(desk)).toContain('look before you do it again')
  })

  test('who only looked is told to try again', async () => {
    let isOn = false
    const desk = await createRewardShop(slack, { appWith: losing('getMember', () => isOn) })
    isOn = true
    await desk.command('sam', '/loyalty ada@example.org')
    expect(desk.reads('sam')).toBe('This could not be done now. Try again in a moment.')
  })
})

test('points moved by another word for it are not said to be undone either', async () => {
  let isOn = false
  const desk = await createRewardShop(slack, { appWith: losing('askForAdjustment', () => isOn) })
  isOn = true
  await desk.command('sam', '/loyalty points ada@example.org +10 Sorry')
  expect(await available(desk)).toBe(1_250)
  expect(desk.reads('sam')).toContain('look before you do it again')
})

describe('Home that Slack does not take', () => {
  test('says all the same what became of what was decided there', async () => {
    const desk = await createRewardShop(slack, { program: { staff: { approvalAbovePoints: 5 } } })
    await desk.command('sam', '/loyalty adjust ada@example.org +10 Sorry')
    await desk.openHome('ana')
    const before = desk.toldAlone('ana').length
    desk.slack.script({ method: 'views.publish', kind: 'error', error: 'invalid_arguments', times: 1 })
    await desk.press('ana', 'Approve', 'home')
    expect(await available(desk)).toBe(1_250)
    expect(desk.window('ana')?.reads ?? '').toMatch(/Approved/)
    expect(desk.toldAlone('ana')).toHaveLength(before)
  })

  test('says that it could not be shown anew', async () => {
    const desk = await createRewardShop(slack)
    await desk.openHome('ana')
    desk.slack.script({ method: 'views.publish', kind: 'status', status: 503, times: 1 })
    await desk.press('ana', 'home.refresh', 'home')
    expect(desk.window('ana')?.reads ?? '').toContain('This could not be done now. Try again in a moment.')
  })
})

describe('two who enrol the same customer at once', () => {
  test('make one member, and the second is shown whom there is', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty enrol bo@example.org')
    await desk.command('ada', '/loyalty enrol bo@example.org')
    await Promise.all([
      desk.slack.submit(PEOPLE.sam, null, { name: 'Bo' }),
      desk.slack.submit(PEOPLE.ada, null, { name: 'Bo Diddley' }),
    ])
    await desk.settled()
    const found = await desk.app.listMembers({ query: 'bo@example.org', limit: 5 })
    expect(found.ok && found.value.items).toHaveLength(1)
    const reads = [inFront(desk, 'sam'), inFront(desk, 'ada')]
    expect(reads.filter((one) => one.includes('is a member now'))).toHaveLength(1)
    expect(reads.filter((one) => one.includes('is a member already'))).toHaveLength(1)
  })

  test('an address that was mended beside its field is enrolled from the same window', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty enrol bo@example.org')
    const { errors } = await desk.submit('sam', { birthday: '2099-01-01' })
    expect(errors?.birthday).toBeTypeOf('string')
    await desk.submit('sam', { birthday: '1990-01-01' })
    expect((await desk.member('bo')).birthday).toBe('1990-01-01')
  })
})

describe('what this version no longer knows', () => {
  test('a button on an old message says that it is no longer there', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty ada@example.org')
    const message = desk.slack.workspace.messages.at(-1)
    if (message === undefined) throw new Error('no message')
    message.blocks = JSON.parse(JSON.stringify(message.blocks).replaceAll('"reward.open"', '"reward.ancient"'))
    const before = desk.toldAlone('sam').length
    await desk.press('sam', 'reward.ancient')
    expect(desk.toldAlone('sam')).toHaveLength(before + 1)
    expect(desk.reads('sam')).toContain('This is no longer there')
  })

  test('a window sent in says so', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty adjust ada@example.org')
    const view = Object.values(desk.slack.workspace.views).find((one) => one?.user === PEOPLE.sam)
    if (view === undefined) throw new Error('no window')
    view.callbackId = 'adjust.ancient'
    await desk.submit('sam', { points: '+10', reason: 'x' })
    expect(inFront(desk)).toContain('This is no longer there')
    expect(await available(desk)).toBe(1_240)
  })
})
