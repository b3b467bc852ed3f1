// Who may do what is asked again whenever something is done: what stands in a button or a window is no permission.
import { describe, expect, test } from 'vitest'
import { ISSUERS, type LoyaltyDesk, PEOPLE, startSlack } from '../support/slack.ts'
import { alertsOn } from '../support/slack-alerts.ts'
import { available, createRewardShop, inFront, redemptionsOf } from '../support/slack-shop.ts'

const slack = startSlack()
const MINUTE = 60_000

/** Changes what stands in the window's hidden part, as somebody would who signs for Slack. */
function forge(desk: LoyaltyDesk, user: string, about: unknown): void {
  const { workspace } = desk.slack
  const view = Object.values(workspace.views).find((one) => one?.user === user && one.type === 'modal')
  if (view === undefined) throw new Error('no window')
  view.privateMetadata = typeof about === 'string' ? about : JSON.stringify(about)
}

describe('a role that is lost while a window is open', () => {
  test.each([
    ['adjust', { points: '+10', reason: 'x' }],
    ['reward', { 'reward-0': 'tree' }],
    ['action', { action: 'feedback', score: 'score:3' }],
  ] as const)('does nothing by %s', async (command, values) => {
    const desk = await createRewardShop(slack)
    await desk.command('ira', `/loyalty ${command} ada@example.org`)
    if (command === 'action') await desk.press('ira', 'action.pick', undefined, { selectedOption: 'feedback' })
    desk.slack.workspace.groups[ISSUERS]?.users.splice(0)
    desk.clock.at += 3 * MINUTE
    await desk.submit('ira', values)
    expect(inFront(desk, 'ira')).toContain('You may not look members up')
    expect(await available(desk)).toBe(1_240)
    expect(await redemptionsOf(desk)).toHaveLength(0)
  })

  test('whose account ends does nothing more', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty adjust ada@example.org')
    const sam = desk.slack.workspace.users[PEOPLE.sam]
    if (sam === undefined) throw new Error('no Sam')
    sam.isDeleted = true
    desk.clock.at += 6 * MINUTE
    await desk.submit('sam', { points: '+10', reason: 'x' })
    expect(await available(desk)).toBe(1_240)
    expect(inFront(desk)).toContain('Guests and people of other workspaces cannot use this.')
  })
})

describe('a window of a reward, forged', () => {
  test('names a reward that there is not: refused in words', async () => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty reward ada@example.org')
    const view = Object.values(desk.slack.workspace.views).find((one) => one?.user === PEOPLE.sam)
    const json = JSON.stringify(view?.blocks).replaceAll('"value":"tree"', '"value":"gold"')
    if (view) view.blocks = JSON.parse(json)
    await desk.submit('sam', { 'reward-0': 'gold' })
    expect(await redemptionsOf(desk)).toHaveLength(0)
    expect(inFront(desk)).toContain('This reward is not in the program any more. Choose another.')
  })

  test('about another member gives to that one what they may have, and is told of them', async () => {
    const desk = await createRewardShop(slack, { members: ['bo'] })
    const bo = await desk.member('bo')
    await desk.command('sam', '/loyalty reward ada@example.org')
    forge(desk, PEOPLE.sam, { member: bo.id, charge: 'member', turn: 0 })
    await desk.submit('sam', { 'reward-0': 'tree' })
    expect(await redemptionsOf(desk)).toHaveLength(0)
    expect(await redemptionsOf(desk, 'bo')).toHaveLength(0)
    expect(inFront(desk)).toContain('Bo')
  })

  test('about another’s alert is not held against it', async () => {
    const desk = await createRewardShop(slack, { members: ['bo'] })
    const alerts = await alertsOn(desk)
    const alert = await alerts.open('bo')
    await desk.flush()
    const ada = await desk.member('ada')
    await desk.command('sam', '/loyalty reward ada@example.org')
    forge(desk, PEOPLE.sam, { member: ada.id, charge: 'member', turn: 0, alert: alert.id })
    await desk.submit('sam', { 'reward-0': 'tree' })
    expect(await redemptionsOf(desk)).toHaveLength(1)
    expect((await alerts.alert(alert.id)).steps).toEqual(alert.steps)
  })

  test.each([
    '{"member":"mem_x","charge":"house","turn":1e308}',
    '{"member":"mem_x","charge":"bank","turn":0}',
    '[]',
    'null',
    '{"__proto__":{"member":"x"}}',
    `{"member":"${'x'.repeat(2_500)}"}`,
  ])('holding %s says so, and does nothing', async (about) => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty reward ada@example.org')
    forge(desk, PEOPLE.sam, about)
    await desk.submit('sam', { 'reward-0': 'tree' })
    expect(await redemptionsOf(desk)).toHaveLength(0)
    expect(inFront(desk)).toMatch(/no such member/)
  })
})

describe('points that are no points', () => {
  test.each([
    '1e21',
    '-0',
    '0',
    'NaN',
    'Infinity',
    '+9007199254740993',
    '99999999999999999999999999',
    '0x10',
    '1.5',
    '½',
    '10²',
    '--5',
    '+-5',
    '∞',
    '1/2',
    '१.५',
  ])('%s is refused beside the field', async (points) => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty adjust ada@example.org')
    const { errors } = await desk.submit('sam', { points, reason: 'x' })
    expect(errors?.points).toBeTypeOf('string')
    expect(await available(desk)).toBe(1_240)
  })

  test.each([
    ['１００', 100],
    ['+१०', 10],
    ['٥٠', 50],
    ['−٣', -3],
    ['1 000', 1_000],
    ['፲፪', 12],
  ])('%s is %i', async (points, added) => {
    const desk = await createRewardShop(slack)
    await desk.command('sam', '/loyalty adjust ada@example.org')
    await desk.submit('sam', { points, reason: 'x' })
    expect(await available(desk)).toBe(1_240 + added)
  })
})

test('two approvers of whom one asked: only the other’s yes counts, though both press at once', async () => {
  const desk = await createRewardShop(slack, { program: { staff: { approvalAbovePoints: 5 } } })
  await desk.command('ada', '/loyalty adjust ada@example.org +10 Sorry')
  await desk.flush()
  const [card] = desk.channel('approvals')
  if (card === undefined) throw new Error('no card')
  await Promise.all([
    desk.slack.press(PEOPLE.ada, card, 'approval.approve'),
    desk.slack.press(PEOPLE.ana, card, 'approval.approve'),
    desk.slack.press(PEOPLE.ada, card, 'approval.approve'),
  ])
  await desk.settled()
  expect(await available(desk)).toBe(1_250)
  const requests = await desk.app.listAdjustmentRequests({ limit: 5 })
  expect(requests.ok && requests.value.items[0]?.decidedBy).toBe('slack:U0ANA')
})
