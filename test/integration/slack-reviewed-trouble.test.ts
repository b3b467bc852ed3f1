// Slack in trouble at every call of every flow: nothing is done twice or by half, and whoever asked hears of it once.
import { describe, expect, test, vi } from 'vitest'
import type { Scripted } from '../../integrations/sandbox/doubles/slack/create-double.ts'
import { createWords } from '../../src/words/words.ts'
import { sized } from '../support/host.ts'
import { makeProgram } from '../support/programs.ts'
import { type LoyaltyDesk, startSlack } from '../support/slack.ts'
import { alertsOn } from '../support/slack-alerts.ts'
import { available, createRewardShop, redemptionsOf } from '../support/slack-shop.ts'

const slack = startSlack()

const KINDS: Record<string, Omit<Extract<Scripted, { kind: string }>, 'method'>> = {
  'is limited': { kind: 'limit', retryAfterS: 30 },
  'answers 500': { kind: 'status', status: 500 },
  'breaks the connection': { kind: 'broken' },
  'breaks it once all was done': { kind: 'broken', after: true },
  'says invalid_blocks': { kind: 'error', error: 'invalid_blocks' },
  'says channel_not_found': { kind: 'error', error: 'channel_not_found' },
  'says the trigger is over': { kind: 'error', error: 'expired_trigger_id' },
  'says the view is gone': { kind: 'error', error: 'not_found' },
} as never

const METHODS = [
  'response',
  'views.open',
  'views.push',
  'views.update',
  'chat.postEphemeral',
  'chat.postMessage',
  'chat.update',
  'users.info',
  'usergroups.users.list',
  'auth.test',
  'views.publish',
]

interface Flow {
  prepare?: (desk: LoyaltyDesk) => Promise<void>
  run: (desk: LoyaltyDesk) => Promise<void>
  check: (desk: LoyaltyDesk) => Promise<void>
}

const FLOWS: Record<string, Flow> = {
  'look up': { run: (desk) => desk.command('sam', '/loyalty ada'), check: async () => {} },
  adjust: {
    run: (desk) => desk.command('sam', '/loyalty adjust ada@example.org +10 Sorry'),
    check: async (desk) => expect([1_240, 1_250]).toContain(await available(desk)),
  },
  'adjust by window': {
    prepare: (desk) => desk.command('sam', '/loyalty adjust ada@example.org'),
    run: async (desk) => void (await desk.submit('sam', { points: '+10', reason: 'Sorry' })),
    check: async (desk) => expect([1_240, 1_250]).toContain(await available(desk)),
  },
  'open a reward': { run: (desk) => desk.command('sam', '/loyalty reward ada@example.org'), check: async () => {} },
  'issue a reward': {
    prepare: (desk) => desk.command('sam', '/loyalty reward ada@example.org'),
    run: async (desk) => void (await desk.submit('sam', { 'reward-0': 'ten' })),
    check: async (desk) => expect((await redemptionsOf(desk)).length).toBeLessThanOrEqual(1),
  },
  'take an alert': {
    prepare: async (desk) => {
      await (await alertsOn(desk)).open('ada')
      await desk.flush()
    },
    run: (desk) => desk.press('sam', 'alert.take'),
    check: async () => {},
  },
  'turn a window’s choice': {
    prepare: (desk) => desk.command('sam', '/loyalty reward ada@example.org'),
    run: (desk) => desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' }),
    check: async () => {},
  },
}

const seenBySam = (desk: LoyaltyDesk) => ({
  alone: desk.toldAlone('sam').length,
  window: desk.window('sam')?.reads ?? null,
  hash: desk.window('sam')?.hash ?? null,
  alerts: desk
    .channel('alerts')
    .map(({ reads }) => reads)
    .join('\n'),
})

/** A window that is gone while it stands there is no trouble of Slack's. */
const isPossible = (flow: string, method: string, kind: string): boolean =>
  !(flow === 'turn a window’s choice' && method === 'views.update' && kind === 'says the view is gone')

describe.each(Object.keys(FLOWS))('%s', (name) => {
  const all = METHODS.flatMap((method) => Object.keys(KINDS).map((kind) => [method, kind] as const))
  // What Slack says is the same on every host.
  const cases = all.filter((_, n) => n % sized(1, 11) === 0)
  test.each(cases.filter(([method, kind]) => isPossible(name, method, kind)))(
    'while %s %s',
    async (method, kind) => {
      const flow = FLOWS[name]
      if (flow === undefined) throw new Error(name)
      const desk = await createRewardShop(slack)
      await flow.prepare?.(desk)
      const before = seenBySam(desk)
      desk.slack.script({ ...(KINDS[kind] as Scripted), method, times: 1 })
      await flow.run(desk)
      await flow.check(desk)
      const after = seenBySam(desk)
      const told = after.alone - before.alone
      const isShown = after.hash !== before.hash || after.window !== before.window || after.alerts !== before.alerts
      const what = JSON.stringify(
        {
          told: desk.toldAlone('sam').map(({ reads }) => reads),
          after,
          calls: desk.slack.calls.slice(-8).map(({ method: m, error, status }) => [m, error, status]),
        },
        null,
        1,
      )
      expect(told + (isShown ? 1 : 0), what).toBeGreaterThan(0)
      if (kind !== 'breaks it once all was done') expect(told, what).toBeLessThanOrEqual(1)
      expect(desk.logs.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([])
    },
    20_000,
  )
})

const TROUBLES = ['throws', 'throws once it is done', 'hangs for two seconds'] as const

/** What hangs takes real time: once by a window, once by a command. */
const HANGING = ['adjust by window', 'open a reward']
/** So many of the use cases, unless all are asked for: `HANGS=99`. */
const HANGS = Number(process.env.HANGS ?? 3)

describe.each(Object.keys(FLOWS))('%s', (name) => {
  const troubles = TROUBLES.filter((trouble) => !trouble.startsWith('hangs') || HANGING.includes(name))
  test.each(troubles)('while each use case in turn %s', { timeout: 600_000 }, async (trouble) => {
    const flow = FLOWS[name]
    if (flow === undefined) throw new Error(name)
    const used = new Set<string>()
    const runWith = async (broken: string | null) => {
      let isOn = false
      const desk = await createRewardShop(slack, {
        appWith: (app) =>
          new Proxy(app, {
            get: (_, method) => {
              const own: unknown = Reflect.get(app, method)
              if (typeof own !== 'function' || method === 'program') return own
              return async (...given: unknown[]) => {
                if (isOn) used.add(String(method))
                if (!isOn || method !== broken) return Reflect.apply(own, app, given)
                if (trouble === 'throws') throw new Error('ada@example.org')
                const value: unknown = await Reflect.apply(own, app, given)
                if (trouble === 'throws once it is done') throw new Error('ada@example.org')
                await new Promise((done) => setTimeout(done, 2_000))
                return value
              }
            },
          }),
      })
      await flow.prepare?.(desk)
      const before = seenBySam(desk)
      isOn = true
      await flow.run(desk)
      isOn = false
      await flow.check(desk)
      const after = seenBySam(desk)
      const told = after.alone - before.alone
      const isShown = after.hash !== before.hash || after.window !== before.window || after.alerts !== before.alerts
      const what = `${broken}: ${JSON.stringify({ told: desk.toldAlone('sam').map(({ reads }) => reads), after }, null, 1)}`
      expect.soft(told + (isShown ? 1 : 0), what).toBeGreaterThan(0)
      expect.soft(told, what).toBeLessThanOrEqual(1)
      expect.soft(after.window ?? '', what).not.toContain('working on it')
      expect.soft(JSON.stringify(desk.logs)).not.toContain('ada@example.org')
    }
    await runWith(null)
    const isSlow = trouble.startsWith('hangs')
    for (const method of [...used].slice(0, isSlow ? HANGS : undefined)) await runWith(method)
  })
})

describe('whoever chose a language is told of trouble in it', () => {
  const sentences = createWords({ language: 'sw', program: makeProgram(), now: 0 })

  test('where a use case fails', async () => {
    let isOn = false
    const desk = await createRewardShop(slack, {
      appWith: (app) =>
        new Proxy(app, {
          get: (_, name) =>
            isOn && name === 'askForAdjustment' ? () => Promise.reject(new Error('no')) : Reflect.get(app, name),
        }),
    })
    await desk.command('sam', '/loyalty language sw')
    isOn = true
    await desk.command('sam', '/loyalty adjust ada@example.org +10 Sorry')
    expect(desk.reads('sam')).toBe(sentences.say('staff.common.unsure'))
  })

  test('where it takes its time', async () => {
    const desk = await createRewardShop(slack, {
      appWith: (app) =>
        new Proxy(app, {
          get: (_, name) =>
            name === 'memberRewards'
              ? async (...given: Parameters<typeof app.memberRewards>) => {
                  await new Promise((done) => setTimeout(done, 2_500))
                  return app.memberRewards(...given)
                }
              : Reflect.get(app, name),
        }),
    })
    await desk.command('sam', '/loyalty language sw')
    const asked = desk.command('sam', '/loyalty reward ada@example.org')
    await vi.waitUntil(() => desk.window('sam') !== null, { timeout: 5_000 })
    expect(desk.window('sam')?.reads).toContain(sentences.say('staff.common.working'))
    await asked
  })
})
