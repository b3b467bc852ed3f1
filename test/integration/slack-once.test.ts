// What staff do in Slack is done once, whatever memory of it is lost; and what Stripe is slow with is waited for in the window.
import { expect, test } from 'vitest'
import { textOf } from '../../integrations/sandbox/doubles/slack/text-of.ts'
import { actionSubmissions } from '../../integrations/slack/commands/action.ts'
import { adjustCommand, adjustSubmissions } from '../../integrations/slack/commands/adjust.ts'
import { enrolSubmissions } from '../../integrations/slack/commands/enrol.ts'
import { rewardButtons, rewardSubmissions } from '../../integrations/slack/commands/reward.ts'
import type { Asking, Fields, Reply, Submitted, Tools } from '../../integrations/slack/desk.ts'
import { createWords } from '../../src/words/words.ts'
import { makeProgram } from '../support/programs.ts'
import { RewardVendor } from '../support/reward-vendor.ts'
import { SHOP } from '../support/slack-shop.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff } from '../support/world.ts'

async function scene() {
  const program = makeProgram({ ...SHOP, staff: { issuer: ['slack:U0SAM'] } })
  const vendor = new RewardVendor()
  const world = await createWorld({ program, deliverers: [vendor.deliverer] })
  const { app, clock } = world
  const enrolled = await app.enrolMember({ email: 'ada@example.org', name: 'Ada' }, staff, null)
  if (!enrolled.ok) throw new Error(enrolled.message)
  const payment = stripePayment({ amount: 124_000, email: 'ada@example.org', at: clock.at })
  await world.deliverAll([payment.intent(), payment.charge()])
  const rests: number[] = []
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const tools: Tools = {
    app,
    clock,
    logger: silent,
    // Handlers answer; they do not talk to Slack themselves.
    slack: {} as Tools['slack'],
    settings: { alertChannel: null, hubspotUrl: async () => null, stripeUrl: async () => null },
    rest: async (ms) => {
      rests.push(ms)
      await new Promise((done) => setTimeout(done, 1))
    },
  }
  const origin = { source: 'slack:U0SAM', actor: 'slack:U0SAM' }
  const words = createWords({ language: 'en', program, now: clock.at })
  const asking: Asking = { origin, user: 'U0SAM', words, program, now: clock.at, channel: null, groupsAreKnown: true }
  const available = async (): Promise<number> => {
    const found = await app.getMember(enrolled.value.id)
    return found.ok ? found.value.points.available : Number.NaN
  }
  return { ...world, vendor, tools, asking, rests, member: enrolled.value.id, available }
}

const sent = (about: unknown, values: Fields, once = 'same'): Submitted => ({
  once,
  values,
  view: { id: 'V1', isHome: false, callbackId: 'x', about: JSON.stringify(about), values },
})

const reads = (reply: Reply): string =>
  'view' in reply
    ? textOf(reply.view.blocks as never)
    : 'message' in reply
      ? textOf(reply.message.blocks as never)
      : reply.do

const issue = rewardSubmissions['reward.issue']
const tree = { 'charge-0': 'member', 'reward-0': 'tree', note: null, why: null }

test('a reward sent in twice is issued once, and answered the same', async () => {
  const { tools, asking, member, available, app } = await scene()
  const input = sent({ member, charge: 'member', turn: 0 }, tree)
  const answers = await Promise.all([issue?.answer(input, asking, tools), issue?.answer(input, asking, tools)])
  const [first, second] = answers.map((reply) => reply && reads(reply))
  expect(first).toContain('*A tree* is given in Ada’s name.')
  expect(second).toBe(first)
  expect(await available()).toBe(1_040)
  const given = await app.memberRedemptions(member, { limit: 10 })
  expect(given.ok && given.value.items).toHaveLength(1)
})

test('points sent in twice are moved once, by window and by command', async () => {
  const { tools, asking, member, available } = await scene()
  const input = sent({ member }, { points: '+10', reason: 'x' })
  await adjustSubmissions['adjust.send']?.answer(input, asking, tools)
  await adjustSubmissions['adjust.send']?.answer(input, asking, tools)
  const typed = { args: 'ada@example.org +5 x', once: 'typed' }
  await adjustCommand.answer(typed, asking, tools)
  await adjustCommand.answer(typed, asking, tools)
  expect(await available()).toBe(1_255)
})

test('an action sent in twice is noted once', async () => {
  const { tools, asking, member, app } = await scene()
  const input = sent({ member }, { action: 'feedback', score: 'score:9', said: null })
  await actionSubmissions['action.send']?.answer(input, asking, tools)
  await actionSubmissions['action.send']?.answer(input, asking, tools)
  const found = await app.getMember(member)
  expect(found.ok && found.value.feedback).toHaveLength(1)
})

test('somebody sent in twice is enrolled once, and welcomed both times', async () => {
  const { tools, asking } = await scene()
  const input = sent({}, { email: 'bo@example.org', name: 'Bo' })
  const first = await enrolSubmissions['enrol.send']?.answer(input, asking, tools)
  const second = await enrolSubmissions['enrol.send']?.answer(input, asking, tools)
  expect(first && reads(first)).toContain('*Bo* is a member now')
  expect(second).toEqual(first)
})

test('what Stripe is slow with is waited for, and told of once it is ready', async () => {
  const { tools, asking, member, vendor, rests } = await scene()
  vendor.isDown = true
  const reply = await issue?.answer(
    sent({ member, charge: 'member', turn: 0 }, { ...tree, 'reward-0': 'ten' }),
    asking,
    tools,
  )
  expect(reply && reads(reply)).toContain('Stripe is making the code…')
  const after = reply?.after?.()
  const late = after && (await after)
  expect(late && reads(late)).toContain(
    'Stripe has not answered yet. Nothing is lost: you will hear by message when it is ready.',
  )
  expect(rests.filter((ms) => ms !== 1_000).reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(15_000)
})

test('the outbox that cannot be asked is no reason to say nothing', async () => {
  const { tools, asking, member } = await scene()
  const app = new Proxy(tools.app, {
    get: (target, method) =>
      method === 'drainOutbox' ? () => Promise.reject(new Error('x')) : Reflect.get(target, method),
  })
  const reply = await issue?.answer(
    sent({ member, charge: 'member', turn: 0 }, { ...tree, 'reward-0': 'ten' }),
    asking,
    {
      ...tools,
      app,
    },
  )
  const late = await reply?.after?.()
  expect(late && reads(late)).toContain('Stripe has not answered yet.')
})

test('a code that Stripe does not end in time is said to end', async () => {
  const { tools, asking, member, vendor, app } = await scene()
  const issued = await app.redeem(member, { reward: 'ten' }, staff, null)
  await app.drainOutbox()
  vendor.isDown = true
  const value = issued.ok ? issued.value.id : ''
  const pressed = { action: 'reward.cancel', value, once: '1', message: null, view: null }
  const reply = await rewardButtons['reward.cancel']?.answer(pressed, asking, tools)
  expect(reply?.do).toBe('replace')
  expect(reply && reads(reply)).toContain('Stripe is ending the code…')
  const late = await reply?.after?.()
  expect(late && reads(late)).toContain('The code ends as soon as it does, and the points come back.')
})

test.each([
  ['not JSON', 'x'],
  ['of something else', '{"member":7}'],
  ['nothing', ''],
])('a window about %s says that there is no such member', async (_, about) => {
  const { tools, asking } = await scene()
  const input = { ...sent({}, tree), view: { ...sent({}, tree).view, about } }
  const reply = await issue?.answer(input, asking, tools)
  expect(reply && reads(reply)).toContain('There is no such member any more')
})

test('a redemption that there is not is said to be gone', async () => {
  const { tools, asking } = await scene()
  const pressed = { action: 'reward.cancel', value: 'red_none', once: '1', message: null, view: null }
  const reply = await rewardButtons['reward.cancel']?.answer(pressed, asking, tools)
  expect(reply && reads(reply)).toContain('This is no longer there')
})

test('a note of 10,000 characters with what no database keeps is kept as far as it can be', async () => {
  const { tools, asking, member, app } = await scene()
  const note = `\u0000\ud800${'x'.repeat(10_000)}`
  await issue?.answer(sent({ member, charge: 'member', turn: 0 }, { ...tree, note }), asking, tools)
  const given = await app.memberRedemptions(member, { limit: 1 })
  const kept = given.ok ? (given.value.items[0]?.note ?? '') : ''
  expect(kept.length).toBeLessThanOrEqual(500)
  expect(kept).toMatch(/^\ufffdx+…$/)
})
