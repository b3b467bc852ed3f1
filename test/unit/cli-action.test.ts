import { describe, expect, test } from 'vitest'
import { runInMemory } from '../support/cli-context.ts'
import { goodwill, testProgram } from '../support/http-fake-app.ts'

const origin = { source: 'cli:action', actor: 'cli' }

describe('regulars action', () => {
  test('notes what a member did and says what it gave', async () => {
    const done = await runInMemory(['action', 'ada@example.org', 'review'])
    const stands = 'Ada Lovelace has 1,240 points now and 100 pending, Gold.'
    expect(done).toMatchObject({ code: 0, out: `${goodwill.reason}\n${stands}\n`, err: '' })
    expect(done.calls).toContainEqual(['recordAction', 'email:ada@example.org', { action: 'review' }, origin, null])
  })

  test.each([
    ['mem_1', 'mem_1'],
    ['stripe:cus_1', 'stripe:cus_1'],
    ['email:ada@example.org', 'email:ada@example.org'],
    ['ሰላም@example.org', 'email:ሰላም@example.org'],
  ])('finds a member by %s', async (written, ref) => {
    const { calls } = await runInMemory(['action', written, 'review'])
    expect(calls).toContainEqual(['recordAction', ref, { action: 'review' }, origin, null])
  })

  test('takes a day of the program’s zone', async () => {
    const app = { program: () => testProgram({ timezone: 'America/New_York' }) }
    const { calls } = await runInMemory(['action', 'mem_1', 'review', '--at', '2026-11-20'], { app })
    const at = Date.UTC(2026, 10, 20, 5)
    expect(calls).toContainEqual(['recordAction', 'mem_1', { action: 'review', at }, origin, null])
  })

  test.each([
    [['--score', '3', '--text', 'ዘገየ, Ուշ, Gec, Late'], { score: 3, text: 'ዘገየ, Ուշ, Gec, Late' }],
    [['--stars', '5'], { stars: 5 }],
    // Whether it is right the use case says.
    [['--score', 'ten'], { score: Number.NaN }],
    [['--score', ' '], { score: Number.NaN }],
    [['--score', '3', '--stars', '3'], { score: 3, stars: 3 }],
  ])('takes feedback with %j', async (options, data) => {
    const { calls } = await runInMemory(['action', 'mem_1', 'feedback', ...options])
    expect(calls).toContainEqual(['recordAction', 'mem_1', { action: 'feedback', data }, origin, null])
  })

  test('refuses what is said with another action than feedback', async () => {
    const { code, err, calls } = await runInMemory(['action', 'mem_1', 'review', '--stars', '3'])
    expect(code).toBe(2)
    expect(err).toContain('--score, --stars and --text go with the action feedback')
    expect(calls.map(([name]) => name)).not.toContain('recordAction')
  })

  test('refuses a time that is none, before anything is written', async () => {
    const { code, err, calls } = await runInMemory(['action', 'mem_1', 'review', '--at', 'yesterday'])
    expect(code).toBe(2)
    expect(err).toContain('--at must be a date')
    expect(calls.map(([name]) => name)).not.toContain('recordAction')
  })

  test('says why nothing was given, and fails', async () => {
    const message = 'This counts once a month, again from Dec 1, 2026'
    const app = { recordAction: async () => ({ ok: false, code: 'limit_reached', message }) as const }
    expect(await runInMemory(['action', 'mem_1', 'review'], { app })).toMatchObject({
      code: 1,
      out: '',
      err: `regulars action: ${message}\n`,
    })
  })
})
