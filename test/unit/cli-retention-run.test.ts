// regulars retention run: what it says, and how it ends.
import { describe, expect, test } from 'vitest'
import { runInMemory } from '../support/cli-context.ts'
import { looked } from '../support/http-fake-app.ts'

const run = (over: Partial<typeof looked>, words: string[] = []) =>
  runInMemory(['retention', 'run', ...words], { app: { lookAhead: async () => ({ ...looked, ...over }) } })

describe('retention run', () => {
  test('says what it came to, and how often such alerts would have been right', async () => {
    const { code, out } = await run({ judged: 2_357, opened: 14, closed: 2 })
    expect(code).toBe(0)
    expect(out).toMatch(/^Judged 2,357 members in \d+ ms; 14 alerts opened, 2 closed\. /)
    expect(out).toContain(
      'Model: MBG/NBD, learnt from 2,357 customers on 2026-11-20; of ten such alerts, eight would have been right.',
    )
  })

  test('says so where little is known', async () => {
    const model = {
      ...looked.model,
      name: 'estimate',
      learntAt: '2026-11-20T12:00:00Z',
      customers: 3,
      sampled: 3,
    } as const
    expect((await run({ model: { ...model, rightOfTen: null } })).out).toContain(
      'Too few customers for a model: a plain rule estimates, learnt from 3 customers on 2026-11-20.',
    )
    expect((await run({ model: { ...model, name: 'bg_nbd', customers: 9, rightOfTen: null } })).out).toContain(
      'Model: BG/NBD, learnt from 3 of 9 customers on 2026-11-20; too few such alerts in the past to say how often they are right.',
    )
    expect((await run({ model: null })).out).toContain('Nobody has bought yet.')
    const nobody = await run({ model: { ...model, customers: 0, sampled: 0, rightOfTen: null } })
    expect(nobody.out).toMatch(/closed\. Nobody has bought yet\.\n$/)
    expect((await run({ failed: 2 })).out).toContain('2 members could not be judged')
  })

  test('asks for a fit where that is wanted, and answers in JSON', async () => {
    const { out, calls } = await run({}, ['--refit', '--json'])
    expect(calls).toContainEqual(['lookAhead', { limit: 500, begin: true, refit: true }])
    expect(JSON.parse(out)).toEqual(looked)
  })

  test('broken off, it gives the look back and says how to go on', async () => {
    const interrupted = AbortSignal.abort()
    const lookAhead = async () => ({ ...looked, isDone: false, judged: 500 })
    const { code, out, calls } = await runInMemory(['retention', 'run'], { app: { lookAhead }, interrupted })
    expect(code).toBe(130)
    expect(out).toContain('Broken off after 500 members')
    expect(out).toContain('npx regulars retention run')
    expect(calls).toContainEqual(['lookAhead', { limit: 500, release: true }])
  })
})
