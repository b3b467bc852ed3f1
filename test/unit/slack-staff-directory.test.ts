// Who of Slack's people asks, whatever Slack answers: nobody is ever allowed more than it said.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Called, CallFailure, SlackUser } from '../../integrations/slack/calls.ts'
import { createStaffDirectory, type DirectoryCalls } from '../../integrations/slack/staff-directory.ts'
import { mayDo } from '../../src/core/staff-policy.ts'
import { makeProgram } from '../support/programs.ts'

const MINUTE = 60_000
const sam: SlackUser = {
  id: 'U0SAM',
  teamId: 'T0US',
  isGuest: false,
  email: 'Sam@shop.test',
  locale: 'en-US',
}
const fails = (reason: string, because: CallFailure['because'] = 'refused', forMs = 0): CallFailure => ({
  ok: false,
  because,
  reason,
  forMs,
})

interface World {
  user?: (id: string) => Called<SlackUser>
  group?: (id: string) => Called<string[]>
  me?: () => Called<{ teamId: string; isForAll: boolean }>
}

function directoryWith(world: World = {}) {
  const clock = { at: 1_000_000_000, now: () => clock.at }
  const asked: string[] = []
  const said: object[] = []
  const slack: DirectoryCalls = {
    user: async (id) => {
      asked.push(`user ${id}`)
      return world.user?.(id) ?? { ok: true, value: { ...sam, id } }
    },
    group: async (id) => {
      asked.push(`group ${id}`)
      return world.group?.(id) ?? { ok: true, value: [] }
    },
    me: async () => {
      asked.push('me')
      return world.me?.() ?? { ok: true, value: { teamId: 'T0US', isForAll: false } }
    },
  }
  const directory = createStaffDirectory(slack, clock, {
    warn: (message, fields) => void said.push({ message, ...fields }),
  })
  const program = makeProgram({
    staff: { approver: ['slack:S0ONE', 'slack:U0SAM'], issuer: ['slack:S0TWO'], viewer: ['*'] },
  })
  const identify = async (id = 'U0SAM') => {
    const found = await directory.identify(id, program)
    if (!found.ok) throw new Error(found.because)
    return found
  }
  return { clock, asked, said, world, directory, program, identify }
}

const isOutsider = async (world: World): Promise<boolean> =>
  (await directoryWith(world).identify()).origin.isOutsider === true

describe('who is from outside', () => {
  const user = (over: Partial<SlackUser>): World => ({ user: () => ({ ok: true, value: { ...sam, ...over } }) })
  const grid = (teams: string[], id = 'E0ORG') => ({ teamId: 'T0ELSE', enterprise: { id, teams } })

  test.each<[string, World, boolean]>([
    ['one of ours', {}, false],
    ['a guest, a bot, a stranger, somebody whose account has ended', user({ isGuest: true }), true],
    ['somebody of another workspace', user({ teamId: 'T0ELSE' }), true],
    ['somebody of whom Slack does not say where they belong', user({ teamId: '' }), true],
    ['one of Grid who is in this workspace among others', user(grid(['T0ELSE', 'T0US'])), false],
    ['one of Grid without a workspace of their own', user({ ...grid(['T0US']), teamId: '' }), false],
    ['one of the same organization who is not in this workspace', user(grid(['T0ELSE'])), true],
    ['a guest of Grid who is in this workspace', user({ ...grid(['T0US']), isGuest: true }), true],
    ['one whom Slack does not know', { user: () => fails('user_not_found') }, true],
    ['one whom we may not see', { user: () => fails('user_not_visible') }, true],
  ])('%s', async (_, world, expected) => {
    expect(await isOutsider(world)).toBe(expected)
  })

  test('where the app is installed for an organization: everybody else’s', async () => {
    const me = () => ({ ok: true as const, value: { teamId: 'E0ORG', isForAll: true } })
    expect(await isOutsider({ me, ...user(grid(['T0ELSE'])) })).toBe(false)
    expect(await isOutsider({ me, ...user(grid(['T0ELSE'], 'E0OTHER')) })).toBe(true)
    expect(await isOutsider({ me })).toBe(true)
  })

  test('Slackbot, which says that it is no bot', async () => {
    expect((await directoryWith().identify('USLACKBOT')).origin.isOutsider).toBe(true)
  })

  test('has no groups, though a list names them', async () => {
    const found = await directoryWith({
      ...user({ isGuest: true }),
      group: () => ({ ok: true, value: ['U0SAM'] }),
    }).identify()
    expect(found.origin).toMatchObject({ isOutsider: true, groups: [] })
  })

  test('nobody is known while Slack cannot be asked who they are, or who we are', async () => {
    const { directory, program } = directoryWith({ user: () => fails('no answer', 'down') })
    expect(await directory.identify('U0SAM', program)).toEqual({ ok: false, because: 'unknown' })
    const other = directoryWith({ me: () => fails('invalid_auth') })
    expect(await other.directory.identify('U0SAM', other.program)).toEqual({ ok: false, because: 'unknown' })
  })

  test('people bear the name that they have in the CRM', async () => {
    expect((await directoryWith().identify()).origin.aliases).toEqual(['hubspot:sam@shop.test'])
  })
})

describe('user groups', () => {
  test('are asked for once in two minutes, by however many at once', async () => {
    const { identify, asked, clock } = directoryWith({ group: () => ({ ok: true, value: ['U0SAM'] }) })
    const found = await Promise.all(Array.from({ length: 20 }, () => identify()))
    expect(found.every(({ origin }) => origin.groups?.length === 2)).toBe(true)
    expect(asked.toSorted()).toEqual(['group S0ONE', 'group S0TWO', 'me', 'user U0SAM'])
    clock.at += 2 * MINUTE - 1
    await identify('U0ANA')
    expect(asked.filter((one) => one.startsWith('group'))).toHaveLength(2)
    clock.at += 1
    await identify()
    expect(asked.filter((one) => one.startsWith('group'))).toHaveLength(4)
  })

  test('let go of whoever left within two minutes', async () => {
    const members = new Set(['U0SAM'])
    const { identify, clock } = directoryWith({ group: () => ({ ok: true, value: [...members] }) })
    expect((await identify()).origin.groups).toEqual(['slack:S0ONE', 'slack:S0TWO'])
    members.clear()
    clock.at += 2 * MINUTE
    expect((await identify()).origin.groups).toEqual([])
  })

  test('that were deleted have nobody in them', async () => {
    const { identify, said } = directoryWith({ group: () => fails('no_such_subteam') })
    expect(await identify()).toMatchObject({ groupsAreKnown: true, unknownGroups: [] })
    expect(said).toEqual([])
  })

  test.each(['missing_scope', 'plan_upgrade_required', 'invalid_auth'])(
    'that Slack refuses (%s) are unknown at once, and an administrator reads why once',
    async (reason) => {
      const world: World = { group: () => ({ ok: true, value: ['U0SAM'] }) }
      const { identify, clock, said } = directoryWith(world)
      await identify()
      world.group = (id) => (id === 'S0ONE' ? fails(reason) : { ok: true, value: ['U0SAM'] })
      clock.at += 2 * MINUTE
      const found = await identify()
      expect(found).toMatchObject({ groupsAreKnown: false, unknownGroups: ['slack:S0ONE'] })
      expect(found.origin.groups).toEqual(['slack:S0TWO'])
      clock.at += 10 * MINUTE
      await identify()
      expect(said).toHaveLength(1)
      expect(said[0]).toMatchObject({ group: 'S0ONE', reason, fix: expect.any(String) })
    },
  )

  test('keep what Slack said while it is down, for a quarter of an hour', async () => {
    const world: World = { group: () => ({ ok: true, value: ['U0SAM'] }) }
    const { identify, clock } = directoryWith(world)
    await identify()
    world.group = () => fails('no answer', 'down')
    world.user = () => fails('no answer', 'down')
    clock.at += 14 * MINUTE
    expect((await identify()).origin.groups).toEqual(['slack:S0ONE', 'slack:S0TWO'])
    clock.at += 4 * MINUTE
    const found = await identify()
    expect(found.origin.groups).toEqual([])
    expect(found.unknownGroups).toEqual(['slack:S0ONE', 'slack:S0TWO'])
  })

  test('are not asked for again at once when that failed: as long as Slack said, a minute at the most', async () => {
    const { identify, clock, asked } = directoryWith({ group: () => fails('ratelimited', 'limited', 3_600_000) })
    await identify()
    clock.at += MINUTE - 1
    await identify()
    expect(asked.filter((one) => one === 'group S0ONE')).toHaveLength(1)
    clock.at += 1
    await identify()
    expect(asked.filter((one) => one === 'group S0ONE')).toHaveLength(2)
  })

  test('a clock that stepped back does not make old news young', async () => {
    const members = new Set(['U0SAM'])
    const { identify, clock } = directoryWith({ group: () => ({ ok: true, value: [...members] }) })
    await identify()
    members.clear()
    clock.at -= 60 * MINUTE
    expect((await identify()).origin.groups).toEqual([])
  })
})

test('of very many people the oldest are asked for again, and no more are kept', async () => {
  const { identify, asked } = directoryWith()
  for (let n = 0; n <= 5_000; n++) await identify(`U${n}`)
  asked.length = 0
  await identify('U5000')
  await identify('U1')
  expect(asked).toEqual([])
  await identify('U0')
  expect(asked).toEqual(['user U0'])
})

test('nobody gets more by any failure than by Slack’s answer', async () => {
  const failure = fc.constantFrom(
    fails('missing_scope'),
    fails('plan_upgrade_required'),
    fails('no_such_subteam'),
    fails('no answer', 'down'),
    fails('ratelimited', 'limited', 30_000),
  )
  const step = fc.record({
    failing: fc.option(failure, { nil: null }),
    members: fc.subarray(['U0SAM', 'U0ANA']),
    forMs: fc.integer({ min: 0, max: 20 * MINUTE }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      let now: { failing: CallFailure | null; members: string[] } = { failing: null, members: [] }
      /** When each was last in the group, as Slack had it. */
      const lastIn = new Map<string, number>()
      const { clock, directory } = directoryWith({ group: () => now.failing ?? { ok: true, value: now.members } })
      const program = makeProgram({ staff: { approver: ['slack:S0ONE'] } })
      for (const { failing, members, forMs } of steps) {
        for (const member of now.members) lastIn.set(member, clock.at)
        now = { failing, members }
        for (const member of members) lastIn.set(member, clock.at)
        for (const id of ['U0SAM', 'U0ANA']) {
          const found = await directory.identify(id, program)
          if (!found.ok || !mayDo(program.staff, found.origin, 'approve')) continue
          expect(clock.at - (lastIn.get(id) ?? Number.NEGATIVE_INFINITY)).toBeLessThanOrEqual(17 * MINUTE)
        }
        clock.at += forMs
      }
    }),
    { numRuns: 200 },
  )
})
