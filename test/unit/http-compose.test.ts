// The parts that put a server together: ids, the background, the end.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LOOKUP_KINDS } from '../../integrations/stripe/lookups.ts'
import { REWARD_KIND } from '../../integrations/stripe/rewards.ts'
import { type BackgroundOptions, startBackground } from '../../src/compose/background.ts'
import { createNewCode, createNewId } from '../../src/compose/ids.ts'
import { readProgram } from '../../src/compose/read-program.ts'
import { closeServer, createLateWork } from '../../src/compose/shutdown.ts'
import { STRIPE_KINDS, STRIPE_LOOKUP_KINDS } from '../../src/compose/stripe.ts'
import { createFakeApp } from '../support/http-fake-app.ts'

const random = (count: number) => crypto.getRandomValues(new Uint8Array(count))

describe('ids', () => {
  test('carry their prefix and sort by time', () => {
    let now = Date.parse('2026-11-22T09:30:00Z')
    const newId = createNewId({ now: () => now, random })
    const ids = Array.from({ length: 50 }, () => {
      now += 1 + (now % 997)
      return newId('pay')
    })
    expect(ids.every((id) => /^pay_[0-9a-hjkmnp-tv-z]{22}$/.test(id))).toBe(true)
    expect(ids.toSorted()).toEqual(ids)
  })

  test('of one moment differ', () => {
    const newId = createNewId({ now: () => 0, random })
    expect(new Set(Array.from({ length: 1_000 }, () => newId('mem'))).size).toBe(1_000)
  })

  test('to read out have no letter that is mistaken for another', () => {
    const newCode = createNewCode(random)
    const codes = Array.from({ length: 1_000 }, newCode)
    expect(codes.every((code) => /^[2-9BCDFGHJKMNP-TV-Z]{5}-[2-9BCDFGHJKMNP-TV-Z]{5}$/.test(code))).toBe(true)
    expect(new Set(codes).size).toBe(1_000)
  })
})

test('the questions to Stripe are those that its integration answers', () => {
  expect([...STRIPE_LOOKUP_KINDS].sort()).toEqual([...LOOKUP_KINDS].sort())
  expect([...STRIPE_KINDS].sort()).toEqual([...LOOKUP_KINDS, REWARD_KIND].sort())
})

describe('a program', () => {
  test('is read from its text', () => {
    expect(readProgram('{"name":"Club","currency":"usd"}')).toMatchObject({ ok: true, program: { name: 'Club' } })
  })

  test.each([
    ['no JSON', '{"name":'],
    ['a wrong value', '{"name":"Club","currency":"dollars"}'],
    [
      'what is not built yet',
      '{"name":"Club","currency":"usd","earning":[{"id":"p","on":"purchase"}],"limits":[{"id":"l","rules":["p"],"points":100}]}',
    ],
  ])('with %s is refused in words', (_, text) => {
    expect(readProgram(text)).toMatchObject({ ok: false, problems: expect.stringMatching(/\w+/) })
  })
})

describe('the background', () => {
  const errors: string[] = []
  const silent = () => {}
  const logger = { debug: silent, info: silent, warn: silent, error: (message: string) => void errors.push(message) }
  const started = (over: Partial<BackgroundOptions> = {}) => startBackground({ app: createFakeApp(), logger, ...over })

  beforeEach(() => {
    vi.useFakeTimers()
    errors.length = 0
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('delivers each second, and at once when woken', async () => {
    const drainOutbox = vi.fn(async () => 0)
    const background = started({ app: createFakeApp({ drainOutbox }) })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(drainOutbox).toHaveBeenCalledTimes(3)
    background.wake()
    background.wake()
    await vi.advanceTimersByTimeAsync(50)
    expect(drainOutbox).toHaveBeenCalledTimes(4)
    await background.stop()
  })

  test('looks every minute whether the day’s digest is due, whatever came of it before', async () => {
    const queueDigest = vi.fn(async () => {
      throw new Error('locked')
    })
    const background = started({ queueDigest })
    await vi.advanceTimersByTimeAsync(125_000)
    expect(queueDigest).toHaveBeenCalledTimes(3)
    expect(errors).toHaveLength(3)
    await background.stop()
  })

  test('goes round again when woken during a round, and never twice at a time', async () => {
    let running = 0
    let most = 0
    let rounds = 0
    const drainOutbox = async () => {
      rounds++
      most = Math.max(most, ++running)
      await new Promise((done) => setTimeout(done, 500))
      running--
      return 1
    }
    const background = started({ app: createFakeApp({ drainOutbox }) })
    await vi.advanceTimersByTimeAsync(1_100)
    background.wake()
    await vi.advanceTimersByTimeAsync(600)
    expect([rounds, most]).toEqual([2, 1])
    const stopped = background.stop()
    await vi.advanceTimersByTimeAsync(1_000)
    await stopped
  })

  test('goes on after a round that failed', async () => {
    const drainOutbox = vi.fn(() => Promise.reject(new Error('down')))
    const background = started({ app: createFakeApp({ drainOutbox }) })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(drainOutbox).toHaveBeenCalledTimes(2)
    expect(errors).toHaveLength(2)
    await background.stop()
  })

  test('does not wait for a vendor that is slow, and ends only when it is done', async () => {
    const slow: (() => void)[] = []
    const drainOutbox = vi.fn(() => new Promise<number>((done) => slow.push(() => done(1))))
    const background = started({ app: createFakeApp({ drainOutbox }) })
    await vi.advanceTimersByTimeAsync(3_500)
    expect(drainOutbox).toHaveBeenCalledTimes(2)
    let isStopped = false
    const stopped = background.stop().then(() => {
      isStopped = true
    })
    await vi.advanceTimersByTimeAsync(5_000)
    expect([isStopped, slow.length]).toEqual([false, 2])
    for (const done of slow) done()
    await stopped
    expect(errors).toEqual([])
  })

  test('settles what is due in slices until nothing is left', async () => {
    const slices = [100, 100, 7]
    const settleDue = vi.fn(async () => slices.shift() ?? 0)
    const background = started({ app: createFakeApp({ settleDue }) })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(settleDue).toHaveBeenCalledTimes(3)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(settleDue).toHaveBeenCalledTimes(4)
    await background.stop()
  })

  test('asks each minute whether it is time for Stripe’s lists, and again when that failed', async () => {
    const lookAtPayments = vi.fn(async () => {
      if (lookAtPayments.mock.calls.length === 1) throw new Error('no')
    })
    const background = started({ lookAtPayments })
    await vi.advanceTimersByTimeAsync(121_000)
    expect(lookAtPayments).toHaveBeenCalledTimes(3)
    expect(errors).toHaveLength(1)
    await background.stop()
  })

  test('ends with the slice of Stripe’s lists that it is at', async () => {
    let slices = 0
    const lookAtPayments = async (isStopped: () => boolean) => {
      for (; !isStopped(); slices++) await new Promise((done) => setTimeout(done, 100))
    }
    const background = started({ lookAtPayments })
    await vi.advanceTimersByTimeAsync(1_350)
    const stopping = background.stop()
    await vi.advanceTimersByTimeAsync(1_000)
    await stopping
    expect(slices).toBe(4)
  })

  test('rests once it is stopped', async () => {
    const drainOutbox = vi.fn(async () => 0)
    const background = started({ app: createFakeApp({ drainOutbox }) })
    await background.stop()
    background.wake()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(drainOutbox).not.toHaveBeenCalled()
  })
})

describe('the end', () => {
  const listen = async (answerAfterMs: number) => {
    const server = createServer((_, response) => void setTimeout(() => response.end('done'), answerAfterMs))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  test('finishes a request in flight, on a connection that is kept alive, and takes no other', async () => {
    const { server, url } = await listen(200)
    await (await fetch(url)).text()
    const inFlight = fetch(url).then((response) => response.text())
    await new Promise((done) => setTimeout(done, 50))
    const closing = closeServer(server, 5_000)
    await expect(fetch(url)).rejects.toThrow()
    expect(await inFlight).toBe('done')
    expect(await closing).toBe(true)
  })

  test('waits for what goes on after an answer, and for what that begins', async () => {
    const late = createLateWork()
    const done: string[] = []
    const pause = (ms: number) => new Promise((over) => setTimeout(over, ms))
    late.add(
      pause(20).then(() => {
        done.push('first')
        late.add(pause(20).then(() => done.push('second')))
      }),
    )
    late.add(Promise.reject(new Error('a bug')))
    expect(await late.finish(5_000)).toBe(true)
    expect(done).toEqual(['first', 'second'])
    expect(await late.finish(0)).toBe(true)
  })

  test('does not wait for ever for what goes on after an answer', async () => {
    const late = createLateWork()
    late.add(new Promise(() => {}))
    expect(await late.finish(20)).toBe(false)
  })

  test('cuts off a request that takes too long', async () => {
    const { server, url } = await listen(60_000)
    const inFlight = fetch(url).then(
      () => 'answered',
      () => 'cut off',
    )
    await new Promise((done) => setTimeout(done, 50))
    expect(await closeServer(server, 100)).toBe(false)
    expect(await inFlight).toBe('cut off')
  })
})
