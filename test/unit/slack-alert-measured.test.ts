import { expect, test } from 'vitest'
import { readMeasured, refreshMeasured } from '../../integrations/slack/alert-measured.ts'
import type { Delivering } from '../../integrations/slack/deliver.ts'
import { makeProgram } from '../support/programs.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 22)
const arm = (share: number) => ({ customers: 200, returned: share * 200, share })

interface Holdout {
  shown: ReturnType<typeof arm>
  heldOut: ReturnType<typeof arm>
  effect: { shareLow: number } | null
}

function shop(share: number, holdout: Holdout | null | Error | Promise<Holdout>) {
  const settings = new Map<string, string>()
  const made = { reports: 0, warned: 0, holdout }
  const app = {
    getSetting: async (name: string) => settings.get(name) ?? null,
    putSetting: async (name: string, value: string) => void settings.set(name, value),
    report: async () => {
      made.reports++
      if (made.holdout instanceof Error) throw made.holdout
      return { ok: true, value: { impact: { holdout: await made.holdout } } }
    },
  }
  const program = makeProgram({ retention: { holdout: share } })
  const delivering = { app, program: () => program, logger: { warn: () => made.warned++ } } as unknown as Delivering
  return {
    ...made,
    made,
    settings,
    refresh: (now: number): Promise<void> => refreshMeasured(delivering, now),
    read: () => readMeasured(app),
  }
}

const clear = { shown: arm(0.4), heldOut: arm(0.2), effect: { shareLow: 0.1 } }

test('what showing alerts is worth is reckoned once a day', async () => {
  const { made, refresh, read } = shop(0.1, clear)
  expect(await read()).toBeNull()
  await refresh(NOW)
  expect(await read()).toEqual({ shown: 0.4, heldOut: 0.2 })
  await refresh(NOW + DAY - 1)
  expect(made.reports).toBe(1)
  await refresh(NOW + DAY)
  expect(made.reports).toBe(2)
})

test.each<[string, Holdout | null]>([
  ['nobody is held out yet', null],
  ['there are too few to say', { ...clear, effect: null }],
  ['chance explains the difference', { ...clear, effect: { shareLow: -0.01 } }],
  ['fewer came back of those shown', { shown: arm(0.2), heldOut: arm(0.4), effect: { shareLow: -0.3 } }],
])('nothing is said where %s', async (_title, holdout) => {
  const { refresh, read } = shop(0.1, holdout)
  await refresh(NOW)
  expect(await read()).toBeNull()
})

test('a program that holds nobody out costs no report, and what was said before is said no more', async () => {
  const { made, refresh, read, settings } = shop(0, clear)
  await refresh(NOW)
  expect([made.reports, settings.size]).toEqual([0, 0])
  settings.set('slack_alerts_measured', JSON.stringify({ at: NOW, measured: { shown: 0.4, heldOut: 0.2 } }))
  await refresh(NOW)
  expect([made.reports, await read()]).toEqual([0, null])
})

test('a report that fails is told to the log, and not asked for again before the next day', async () => {
  const { made, refresh, read } = shop(0.1, new Error('no'))
  await refresh(NOW)
  await refresh(NOW + 5_000)
  expect([made.reports, made.warned, await read()]).toEqual([1, 1, null])
})

test('a report that never ends is not begun again with each delivery', async () => {
  const { made, refresh } = shop(0.1, clear)
  made.holdout = new Promise(() => {})
  void refresh(NOW)
  await new Promise((done) => setTimeout(done, 5))
  await refresh(NOW + 5_000)
  expect(made.reports).toBe(1)
})

test('a setting that cannot be read is as if there was none', async () => {
  const { settings, read } = shop(0.1, clear)
  settings.set('slack_alerts_measured', '{odd')
  expect(await read()).toBeNull()
})
