// A Worker that cannot start, because its database is away or holds only a part of what is moved into it, while the queue
// hands over what was acknowledged before.
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { QueuedMessage } from '../../src/compose/event-queue.ts'
import worker, { type Env } from '../../src/worker.ts'

const away = (): never => {
  throw new Error('D1_ERROR: Network connection lost.')
}
const env = {
  DB: { prepare: away, batch: away, withSession: away },
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
} as unknown as Env
const context = {} as Parameters<typeof worker.queue>[2]

async function handOver(queue: string, attempts: number, given = env) {
  const ack = vi.fn()
  const retry = vi.fn<QueuedMessage['retry']>()
  const messages = [{ id: 'm1', body: '{}', attempts, ack, retry }]
  await worker.queue({ queue, messages } as unknown as Parameters<typeof worker.queue>[0], given, context)
  return { ack, retry }
}

describe('a Worker that cannot start', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each([
    ['regulars-events', 1, 5],
    ['regulars-events', 5, 300],
    ['regulars-events-dead', 1, 5],
    ['regulars-events-dead', 50, 3_600],
  ])(
    'has messages of %s come again later, at try %i in %i seconds, so that they are not used up',
    async (queue, attempts, delaySeconds) => {
      const told = vi.spyOn(console, 'error').mockReturnValue()
      const { ack, retry } = await handOver(queue, attempts)
      expect(retry.mock.calls).toEqual([[{ delaySeconds }]])
      expect(ack).not.toHaveBeenCalled()
      expect(told.mock.calls.join()).toContain('could not start')
    },
  )

  it('whose start was cut off is started again by whoever comes half a minute later', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const asked = vi.fn(() => new Promise(() => {}))
    const silent = { ...env, DB: { prepare: () => ({ bind: () => ({}) }), batch: asked } } as unknown as Env
    void handOver('regulars-events', 1, silent)
    await vi.waitFor(() => expect(asked).toHaveBeenCalled())
    const later = Date.now() + 31_000
    vi.spyOn(Date, 'now').mockImplementation(() => later)
    expect((await handOver('regulars-events', 1)).retry).toHaveBeenCalled()
  })
})
