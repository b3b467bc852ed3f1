// backfill and reconcile, against a made-up history.
import { describe, expect, test } from 'vitest'
import { historyWindows, type StripeHistory, type StripePayment } from '../../integrations/stripe/history.ts'
import type { App, PaymentBrief } from '../../src/app/ports.ts'
import { reconcile } from '../../src/app/reconcile.ts'
import { emptyParts, type PaymentFact } from '../../src/core/facts.ts'
import { runInMemory } from '../support/cli-context.ts'
import { createFakeApp, testProgram } from '../support/http-fake-app.ts'

const DAY_MS = 86_400_000
const fact = (id: string): PaymentFact => ({ kind: 'payment', parts: { ...emptyParts(), names: [id] } })

function payment(id: string, over: Partial<StripePayment> = {}): StripePayment {
  const names = [id, `pi_${id}`]
  const sums = { amountMinor: 1_000, refundedMinor: 0, currency: 'usd' }
  return {
    names,
    ...sums,
    at: Date.parse('2026-10-05T12:00:00Z'),
    customer: null,
    livemode: false,
    fact: fact(id),
    ...over,
  }
}

function historyOf(
  payments: StripePayment[],
  onWindow: (n: number) => void = () => {},
): StripeHistory & { read: string[] } {
  const read: string[] = []
  return {
    read,
    windows: (sinceMs, untilMs) => historyWindows(sinceMs, untilMs),
    async factsOf(window, onRequest) {
      onRequest?.()
      read.push(new Date(window.fromMs).toISOString().slice(0, 10))
      onWindow(read.length)
      const within = payments.filter(({ at }) => at >= window.fromMs && at < window.toMs)
      return { facts: within.map((one) => one.fact), requests: 1, livemode: false, odd: [] }
    },
    async *payments(fromMs, toMs) {
      yield* payments.filter(({ at }) => at >= fromMs && at < toMs)
    },
    slices: () => [],
  }
}

const brief = (id: string, over: Partial<PaymentBrief> = {}): PaymentBrief => ({
  id: `pay_${id}`,
  names: [id],
  paidMinor: 1_000,
  refundedMinor: 0,
  currency: 'usd',
  at: null,
  ...over,
})

/** An app that knows these payments, and learns what it is told in full. */
function appWith(known: Record<string, PaymentBrief>): Pick<App, 'findPayments' | 'learnFacts'> {
  return {
    findPayments: async (names) => new Map(names.flatMap((name) => (known[name] ? [[name, known[name]]] : []))),
    learnFacts: async ({ facts }) => {
      for (const one of facts) {
        const [id = ''] = one.kind === 'payment' ? one.parts.names : []
        if (id !== 'ch_stubborn') known[id] = brief(id)
      }
      return { changed: facts.length }
    },
  }
}

describe('reconcile', () => {
  const theirs = [
    payment('ch_same'),
    payment('ch_missing'),
    payment('ch_refunded', { refundedMinor: 400 }),
    payment('ch_other', { amountMinor: 2_000 }),
  ]
  const ours = () => ({ pi_ch_same: brief('ch_same'), ch_refunded: brief('ch_refunded'), ch_other: brief('ch_other') })
  const october = { from: Date.parse('2026-10-01'), to: Date.parse('2026-11-01') }

  test('says what matches, what is missing and what has another amount', async () => {
    const report = await reconcile(appWith(ours()), historyOf(theirs), { ...october, fix: false })
    expect(report).toMatchObject({ payments: 4, matched: 1, remaining: 3, unlisted: 0 })
    expect(report.differences).toMatchObject([
      { kind: 'missing', id: 'ch_missing', ours: null, theirs: { paidMinor: 1_000 } },
      { kind: 'other_amount', id: 'ch_refunded', ours: { refundedMinor: 0 }, theirs: { refundedMinor: 400 } },
      { kind: 'other_amount', id: 'ch_other', ours: { paidMinor: 1_000 }, theirs: { paidMinor: 2_000 } },
    ])
  })

  test('learns what differs where it may, and tells what differs even then', async () => {
    const history = historyOf([payment('ch_missing'), payment('ch_stubborn')])
    const report = await reconcile(appWith({}), history, { ...october, fix: true })
    expect(report.differences.map(({ id, fixed }) => [id, fixed])).toEqual([
      ['ch_missing', true],
      ['ch_stubborn', false],
    ])
    expect(report.remaining).toBe(1)
  })

  test('asks in batches, and tells how far it is', async () => {
    const many = Array.from({ length: 250 }, (_, n) => payment(`ch_${n}`))
    const app = createFakeApp(appWith({}))
    const told: number[] = []
    const report = await reconcile(app, historyOf(many), { ...october, fix: false }, (done) => told.push(done))
    expect(app.calls.filter(([name]) => name === 'findPayments')).toHaveLength(3)
    expect([told, report.remaining]).toEqual([[100, 200, 250], 250])
  })

  test('as a command lists each difference, and ends with 1 while some remain', async () => {
    const setup = { stripe: { history: () => historyOf(theirs) } }
    const run = await runInMemory(['reconcile', '--month', '2026-10'], { ...setup, app: appWith(ours()) })
    expect(run.code).toBe(1)
    expect(run.out).toContain('4 payments at Stripe: 1 match, 1 missing here, 2 with another amount.')
    expect(run.out).toContain('✗ 2026-10-05 ch_missing: missing, Stripe 10.00 usd')
    expect(run.out).toContain('ch_refunded: Stripe 10.00 usd less 4.00 refunded, here 10.00 usd')
    expect(run.out).toContain('--fix')
    const only = { stripe: { history: () => historyOf([payment('ch_missing')]) }, app: appWith({}) }
    const fixed = await runInMemory(['reconcile', '--month', '2026-10', '--fix'], only)
    expect([fixed.code, fixed.out]).toEqual([0, expect.stringContaining('All of it was learnt.')])
    const json = await runInMemory(['reconcile', '--month', '2026-09', '--json'], setup)
    expect([json.code, JSON.parse(json.out)]).toEqual([0, expect.objectContaining({ payments: 0, remaining: 0 })])
  })

  test('needs a month that has begun, and a key', async () => {
    for (const words of [[], ['--month', 'May'], ['--month', '2031-01']]) {
      expect((await runInMemory(['reconcile', ...words], { stripe: { history: () => historyOf([]) } })).code).toBe(2)
    }
    expect(await runInMemory(['reconcile', '--month', '2026-10'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('STRIPE_SECRET_KEY is not set'),
    })
  })
})

describe('backfill', () => {
  const since = '2026-11-15'
  const payments = [1, 3, 3, 5].map((day, n) => payment(`ch_${n}`, { at: Date.parse(since) + day * DAY_MS }))

  function setup(over: { settings?: Record<string, string>; interruptAt?: number } = {}) {
    const kept = new Map(Object.entries(over.settings ?? {}))
    const controller = new AbortController()
    const history = historyOf(payments, (n) => {
      if (n === over.interruptAt) controller.abort()
    })
    const app: Partial<App> = {
      program: () => testProgram(),
      getSetting: async (name) => kept.get(name) ?? null,
      putSetting: async (name, value) => void kept.set(name, value),
      learnFacts: async () => ({ changed: 1 }),
    }
    const run = (...words: string[]) =>
      runInMemory(['backfill', '--since', since, ...words], {
        app,
        stripe: { history: () => history },
        interrupted: controller.signal,
      })
    return { kept, history, run }
  }
  const NAME = 'backfill:2026-11-15T00:00:00.000Z'
  const learnt = ({ calls }: Awaited<ReturnType<typeof runInMemory>>) =>
    calls.flatMap((call) => (call[0] === 'learnFacts' ? [call[1].source] : []))

  test('reads day by day, oldest first, and remembers how far it came', async () => {
    const { kept, history, run } = setup()
    const done = await run()
    expect(done.code).toBe(0)
    expect(history.read).toEqual(['15', '16', '17', '18', '19', '20', '21', '22'].map((day) => `2026-11-${day}`))
    expect(learnt(done)).toEqual(['stripe:ch_0', 'stripe:ch_1', 'stripe:ch_2', 'stripe:ch_3'])
    expect(kept.get(NAME)).toBe('2026-11-22T09:30:00.000Z')
    expect(done.out).toContain('8 days: 4 objects read with 8 requests, 4 of them new to us')
  })

  test('goes on where it was, with the day that was not over', async () => {
    const { history, run } = setup({ settings: { [NAME]: '2026-11-20T09:00:00.000Z' } })
    const done = await run()
    expect(history.read).toEqual(['2026-11-20', '2026-11-21', '2026-11-22'])
    expect(done.err).toContain('Going on from 2026-11-20')
    const again = setup({ settings: { [NAME]: '2026-11-20T00:00:00.000Z' } })
    await again.run('--restart', '--until', '2026-11-16')
    expect(again.history.read).toEqual(['2026-11-15', '2026-11-16'])
  })

  test('after Ctrl-C keeps the resume point, and says how to go on', async () => {
    const { kept, run } = setup({ interruptAt: 2 })
    const done = await run()
    expect([done.code, kept.get(NAME)]).toEqual([130, '2026-11-16T00:00:00.000Z'])
    expect(done.err).toContain('Go on with: npx regulars backfill --since 2026-11-15')
  })

  test('needs a day to begin with, and a key', async () => {
    const stripe = { history: () => historyOf([]) }
    for (const words of [
      [],
      ['--since', 'May'],
      ['--since', '2031-01-01'],
      ['--since', '2026-01-02', '--until', '2026-01-01'],
    ]) {
      expect((await runInMemory(['backfill', ...words], { stripe })).code).toBe(2)
    }
    expect(await runInMemory(['backfill', '--since', since])).toMatchObject({ code: 1 })
  })

  test('tells what could not be understood', async () => {
    const history = historyOf([])
    const odd = {
      ...history,
      factsOf: async () => ({ facts: [], requests: 1, livemode: null, odd: [{ id: 'ch_odd', reason: 'no amount' }] }),
    }
    const { out } = await runInMemory(['backfill', '--since', '2026-11-22'], { stripe: { history: () => odd } })
    expect(out).toContain('1 object could not be understood:\n  ch_odd: no amount')
  })
})

describe('verify', () => {
  const report = { members: 2, payments: 3, entries: 4, postings: 5, discrepancies: [], restless: 0 }

  test('says how much was added up', async () => {
    const { code, out } = await runInMemory(['verify'], { app: { verify: async () => report } })
    expect([code, out]).toEqual([0, expect.stringMatching(/^2 members, 3 payments, 4 entries, 5 postings in .*\n✓/)])
  })

  test('says of how many members nothing could be said', async () => {
    const verify = async () => ({ ...report, restless: 2 })
    const { code, out } = await runInMemory(['verify'], { app: { verify } })
    expect([code, out]).toEqual([0, expect.stringContaining('2 members changed at every look')])
  })

  test('says each difference, and ends with 1', async () => {
    const discrepancies = [{ what: 'balance available', id: 'mem_1', expected: '5', found: '7' }]
    const verify = async () => ({ ...report, discrepancies })
    const { code, out } = await runInMemory(['verify'], { app: { verify } })
    expect([code, out]).toEqual([1, expect.stringContaining('balance available of mem_1: 7 instead of 5')])
    const json = await runInMemory(['verify', '--json'], { app: { verify } })
    expect([json.code, JSON.parse(json.out)]).toEqual([1, { ...report, discrepancies }])
  })
})
