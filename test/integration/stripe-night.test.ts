// The night's look at Stripe's lists, on any host: in slices, cut off anywhere, by one process at a time.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { App, Logger } from '../../src/app/ports.ts'
import type { HistoryPayment, PaymentHistory } from '../../src/app/reconcile.ts'
import type { Store } from '../../src/app/store-port.ts'
import { createStripeNight, STRIPE_NIGHT } from '../../src/compose/stripe-night.ts'
import { charge, partsOf } from '../support/payments.ts'
import { makeProgram } from '../support/programs.ts'
import { createWorld, memoryStore, type World } from '../support/world.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000
/** Four in the morning, in the program's zone. */
const NIGHT = Date.UTC(2026, 10, 22, 4)
const KEY = { stripe: { secretKey: 'sk_test_1', webhookSecrets: [], apiUrl: null } }
const goOn = () => false

function payment(id: string, at: number, amountMinor = 1_000): HistoryPayment {
  const names = [id, `pi_${id}`]
  const paid = charge({ intent: `pi_${id}`, amountMinor, at, snapshot: { at, refundedMinor: 0 } })
  const parts = partsOf({ names, currency: 'usd', customer: `cus_${id}`, charges: { [id]: paid }, succeededAt: at })
  return {
    names,
    amountMinor,
    refundedMinor: 0,
    currency: 'usd',
    at,
    livemode: false,
    fact: { kind: 'payment', parts },
  }
}

/** Stripe's lists, a day to a slice; `fails` says which days cannot be read. */
function listsOf(payments: readonly HistoryPayment[]) {
  const read: string[] = []
  const spans: [number, number][] = []
  const lists = { fails: (_day: string) => false, before: async () => {} }
  const history: Pick<PaymentHistory, 'slices'> = {
    slices(fromMs, toMs) {
      spans.push([fromMs, toMs])
      return Array.from({ length: (toMs - fromMs) / DAY }, (_, n) => ({
        async *payments() {
          const from = fromMs + n * DAY
          const day = new Date(from).toISOString().slice(0, 10)
          read.push(day)
          await lists.before()
          if (lists.fails(day)) throw new Error('Stripe does not answer')
          yield* payments.filter(({ at }) => at >= from && at < from + DAY)
        },
      }))
    },
  }
  return Object.assign(lists, { history, read, spans })
}

interface Line {
  level: string
  message: string
  fields: Record<string, unknown>
}

const opened: Store[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const store of opened.splice(0)) await store.close()
})

async function open(payments: readonly HistoryPayment[], timezone = 'UTC', now = NIGHT) {
  const store = await memoryStore()
  opened.push(store)
  const lists = listsOf(payments)
  const lines: Line[] = []
  const note =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, message, fields })
  const logger: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const learnt: string[] = []
  const worlds: World[] = []
  /** Another process over the same database. */
  const start = async (over: Partial<App> = {}) => {
    const world = await createWorld({ store, now: worlds[0]?.clock.at ?? now, program: makeProgram({ timezone }) })
    worlds.push(world)
    const app: App = {
      ...world.app,
      learnFacts: (news) => {
        learnt.push(news.source)
        return world.app.learnFacts(news)
      },
      ...over,
    }
    const openHistory = async () => lists.history
    return createStripeNight({ config: KEY, app, clock: world.clock, logger, openHistory })
  }
  const round = await start()
  const [{ app, clock }] = worlds as [World]
  return {
    app,
    lists,
    lines,
    learnt,
    start,
    round,
    clock,
    move: (ms: number) => {
      for (const one of worlds) one.clock.at += ms
    },
    standing: async () => JSON.parse((await app.getSetting(STRIPE_NIGHT)) ?? 'null'),
    known: async () => [...(await app.findPayments(payments.flatMap(({ names }) => names))).keys()].length / 2,
  }
}

/** One on each of the last days, and some of them twice. */
const spread = (count: number): HistoryPayment[] =>
  Array.from({ length: count }, (_, n) => payment(`ch_${n}`, NIGHT - 2 * HOUR - (n % 30) * DAY - n))

describe('the night’s look at Stripe', () => {
  test('goes back 35 days, learns what is missing, and says so', async () => {
    const { round, lists, lines, known } = await open([payment('ch_missing', NIGHT - 3 * DAY)])
    await round(goOn)
    expect(lists.spans).toEqual([[NIGHT - HOUR - 35 * DAY, NIGHT - HOUR]])
    expect(lists.read).toHaveLength(35)
    expect(await known()).toBe(1)
    const sums = { payments: 1, matched: 0, differences: 1, remaining: 0, missing: ['ch_missing'], otherAmount: [] }
    expect(lines).toEqual([
      { level: 'warn', message: 'payments differed from Stripe, and what could be learnt was', fields: sums },
    ])
  })

  test('says that all agrees', async () => {
    const { round, lines, learnt, move } = await open(spread(3))
    await round(goOn)
    move(DAY)
    await round(goOn)
    expect(learnt).toHaveLength(3)
    expect(lines.slice(1)).toEqual([
      { level: 'info', message: 'the last 35 days agree with Stripe', fields: { payments: 3 } },
    ])
  })

  test('learns another amount, and says which payment had it', async () => {
    const { round, app, lines } = await open([payment('ch_more', NIGHT - DAY, 2_500)])
    const { fact } = payment('ch_more', NIGHT - DAY, 900)
    await app.learnFacts({ source: 'test', livemode: false, facts: [fact], lookups: [] })
    await round(goOn)
    expect(lines[0]?.fields).toMatchObject({ differences: 1, missing: [], otherAmount: ['ch_more'] })
  })

  test('cut off after every slice, goes on with the next, in whatever process, and tells the sums once', async () => {
    const { start, lists, lines, learnt, known, move } = await open(spread(60))
    let rounds = 0
    while (lines.length === 0 && rounds < 100) {
      let asked = 0
      const night = await start()
      await night(() => asked++ > 0)
      rounds++
      move(MINUTE)
    }
    expect(rounds).toBe(35)
    expect(new Set(lists.read).size).toBe(35)
    expect([lists.read.length, learnt.length, await known()]).toEqual([35, 60, 60])
    // Of one look, whenever its slices were read.
    expect(new Set(lists.spans.map(([, to]) => to)).size).toBe(1)
    expect(lines).toEqual([
      {
        level: 'warn',
        message: expect.any(String),
        fields: expect.objectContaining({ payments: 60, differences: 60 }),
      },
    ])
    expect(lines[0]?.fields.missing).toHaveLength(20)
  })

  test('cut off within a long day, goes on with the payment after, and counts none twice', async () => {
    const day = Array.from({ length: 120 }, (_, n) => payment(`ch_${n}`, NIGHT - DAY + n))
    const { start, lists, lines, learnt, move } = await open(day)
    const round = await start()
    await round(() => learnt.length > 0)
    expect(learnt).toHaveLength(50)
    for (let rounds = 0; lines.length === 0 && rounds < 5; rounds++) {
      const before = learnt.length
      move(MINUTE)
      await round(() => learnt.length > before)
    }
    expect([learnt.length, new Set(learnt).size, lists.read.length]).toEqual([120, 120, 37])
    expect(lines[0]?.fields).toMatchObject({ payments: 120, matched: 0, differences: 120, remaining: 0 })
  })

  test('of a process that was killed, goes on half a minute later, and learns nothing twice', async () => {
    const { start, lines, learnt, move } = await open(spread(40))
    const dead = await start({ releasePayments: async () => {} })
    const killed = dead(() => {
      // Before it wrote how far it came.
      if (learnt.length > 10) throw new Error('killed')
      return false
    })
    await expect(killed).rejects.toThrow('killed')
    const next = await start()
    move(20_000)
    await next(goOn)
    expect(lines).toEqual([])
    move(11_000)
    await next(goOn)
    expect(lines).toHaveLength(1)
    expect(new Set(learnt).size).toBe(40)
    expect(learnt).toHaveLength(40)
  })

  test('is done once where two begin at once, and the second need not', async () => {
    const { start, lists, lines, learnt, round } = await open(spread(40))
    const other = await start()
    await Promise.all([round(goOn), other(goOn), round(goOn)])
    await other(goOn)
    expect([lists.read.length, learnt.length, lines.length]).toEqual([35, 40, 1])
  })

  test('is left to who took over while Stripe took long to answer', async () => {
    const { start, lists, lines, learnt, round, move, standing } = await open(spread(40))
    const other = await start()
    let letGo = () => {}
    const held = new Promise<void>((done) => {
      letGo = done
    })
    let reads = 0
    lists.before = () => (++reads === 10 ? held : Promise.resolve())
    const slow = round(goOn)
    await vi.waitFor(() => expect(reads).toBe(10))
    // It is thought dead, and is not.
    move(MINUTE)
    await other(goOn)
    expect(lines).toHaveLength(1)
    const done = await standing()
    letGo()
    await slow
    expect(await standing()).toEqual(done)
    expect([lines.length, learnt.length]).toEqual([1, 40])
    expect(lines[0]?.fields).toMatchObject({ payments: 40, differences: 40 })
  })

  test('stays with who has it, however long Stripe takes', async () => {
    const { start, lists, round, move } = await open(spread(3))
    const other = await start()
    let letGo = () => {}
    const held = new Promise<void>((done) => {
      letGo = done
    })
    let reads = 0
    lists.before = () => (++reads === 10 ? held : Promise.resolve())
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const slow = round(goOn)
    await vi.waitFor(() => expect(reads).toBe(10))
    for (let turn = 0; turn < 12; turn++) {
      move(10_000)
      vi.advanceTimersByTime(10_000)
      await new Promise((done) => setTimeout(done, 5))
      await other(goOn)
    }
    expect(reads).toBe(10)
    letGo()
    await slow
    expect(reads).toBe(35)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('tries a day that fails three times, then gives the night up and says what it found; the next begins anew', async () => {
    const { round, lists, lines, known, move, standing } = await open(spread(30))
    lists.fails = (day) => day === '2026-11-10'
    for (let n = 0; n < 3; n++) {
      await expect(round(goOn)).rejects.toThrow('Stripe does not answer')
      move(MINUTE)
    }
    expect(lines).toEqual([])
    const reads = lists.read.length
    await round(goOn)
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'the night’s look at Stripe is given up until tomorrow',
        fields: expect.objectContaining({ payments: await known(), differences: await known(), remaining: 0 }),
      },
    ])
    move(MINUTE)
    await round(goOn)
    expect([lists.read.length, lines.length, (await standing()).isDone]).toEqual([reads, 1, true])
    lists.fails = goOn
    move(DAY)
    await round(goOn)
    expect([lines.length, await known()]).toEqual([2, 30])
  })

  test('that fails and goes on is not given up, however often it fails elsewhere', async () => {
    const { round, lists, lines, known, move } = await open(spread(30))
    const failed = new Set<string>()
    // Each day fails once.
    lists.fails = (day) => !failed.has(day) && failed.add(day) !== null
    for (let n = 0; n < 35; n++) {
      await expect(round(goOn)).rejects.toThrow('Stripe does not answer')
      move(MINUTE)
    }
    await round(goOn)
    expect([lines.length, await known()]).toEqual([1, 30])
    expect(lines[0]?.message).toContain('differed')
  })

  test('that was cut off before a day that fails has its three tries all the same', async () => {
    const { round, lists, lines, move } = await open(spread(30))
    let asked = 0
    await round(() => asked++ > 0)
    lists.fails = () => true
    for (let n = 0; n < 2; n++) {
      await expect(round(goOn)).rejects.toThrow('Stripe does not answer')
      move(MINUTE)
    }
    lists.fails = goOn
    await round(goOn)
    expect(lines.map(({ fields }) => fields.payments)).toEqual([30])
  })

  test('that had no time left has not failed', async () => {
    const { round, lists, lines, move } = await open(spread(2))
    for (let n = 0; n < 5; n++) {
      await round(() => true)
      move(MINUTE)
    }
    expect([lists.read, lines]).toEqual([[], []])
    await round(goOn)
    expect(lines).toHaveLength(1)
  })

  test('is there with a key alone', async () => {
    const config = { stripe: { ...KEY.stripe, secretKey: null } }
    const { app, clock, standing } = await open([])
    const logger: Logger = { debug: goOn, info: goOn, warn: goOn, error: goOn }
    await createStripeNight({ config, app, clock, logger })(goOn)
    expect(await standing()).toBeNull()
  })
})

describe('a night', () => {
  /** The local dates on which a look began, with a tick every half an hour. */
  async function beginnings(timezone: string, from: number, to: number): Promise<string[]> {
    const { start, move, lists, round } = await open([], timezone, from)
    const begun: string[] = []
    let night = round
    for (let at = from; at < to; at += 30 * MINUTE) {
      const before = lists.spans.length
      // Nothing is remembered but what is written down.
      if (at % DAY === 0) night = await start()
      await night(goOn)
      if (lists.spans.length > before) begun.push(new Date(at).toISOString().slice(0, 16))
      move(30 * MINUTE)
    }
    return begun
  }

  test('is one a day, from three o’clock on in the program’s zone', async () => {
    expect(await beginnings('Asia/Kolkata', Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 3))).toEqual([
      '2026-11-01T00:00',
      '2026-11-01T21:30',
      '2026-11-02T21:30',
    ])
  })

  test('is there on the days when clocks change', async () => {
    // Forward on 29 March at 01:00 UTC, back on 25 October at 01:00 UTC.
    expect(await beginnings('Europe/Berlin', Date.UTC(2026, 2, 28), Date.UTC(2026, 2, 31))).toEqual([
      '2026-03-28T02:00',
      '2026-03-29T01:00',
      '2026-03-30T01:00',
    ])
    expect(await beginnings('Europe/Berlin', Date.UTC(2026, 9, 24), Date.UTC(2026, 9, 27))).toEqual([
      '2026-10-24T01:00',
      '2026-10-25T02:00',
      '2026-10-26T02:00',
    ])
  })

  test('is one at a month’s end, and of a year', async () => {
    expect(await beginnings('America/New_York', Date.UTC(2026, 11, 30, 12), Date.UTC(2027, 0, 2))).toEqual([
      '2026-12-30T12:00',
      '2026-12-31T08:00',
      '2027-01-01T08:00',
    ])
  })

  test('that is under way at the next is gone on with first, and the next follows', async () => {
    const { round, lists, lines, move } = await open(spread(5))
    let asked = 0
    await round(() => asked++ > 0)
    move(DAY)
    await round(goOn)
    expect([lines.length, lists.read.length]).toEqual([1, 35])
    await round(goOn)
    expect([lines.length, lists.read.length]).toEqual([2, 70])
  })
})
