// A minute of a host that is called by the clock: every job has its turn, whatever becomes of the others.
import { describe, expect, test } from 'vitest'
import { type TickOptions, tick } from '../../src/compose/clock-tick.ts'
import { testProgram } from '../support/http-fake-app.ts'

const JOBS = [
  'the digest',
  'what is due',
  'the search index',
  'deliveries',
  'Stripe’s lists',
  'the look ahead',
  'HubSpot’s contacts',
]

function minute(failing: readonly string[] = []) {
  const done: string[] = []
  const lines: string[] = []
  const job = (name: string) => async () => {
    done.push(name)
    if (failing.includes(name)) throw new Error(`${name} failed`)
    return 0
  }
  const progress = async () => ({ isDone: true }) as never
  const options: TickOptions = {
    app: {
      settleDue: job('what is due'),
      indexMembers: job('the search index'),
      drainOutbox: job('deliveries'),
      getSetting: async () => {
        await job('the look ahead')()
        return null
      },
      program: () => ({ program: testProgram, version: 'v1' }) as never,
      lookAhead: progress,
    },
    logger: {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (message, fields) => void lines.push(`${message}: ${fields?.job}`),
    },
    now: Date.UTC(2026, 10, 22, 12),
    untilLater: () => () => false,
    queueDigest: async () => void (await job('the digest')()),
    lookAtPayments: async () => void (await job('Stripe’s lists')()),
    lookAtContacts: async () => void (await job('HubSpot’s contacts')()),
  }
  return { done, lines, options }
}

describe('a tick of the clock', () => {
  test('does its jobs in turn, what takes long last', async () => {
    const { done, options } = minute()
    await tick(options)
    expect(done).toEqual(JOBS)
  })

  test.each(JOBS)('goes on when %s fails, says so, and is known to have failed', async (name) => {
    const { done, lines, options } = minute([name])
    await expect(tick(options)).rejects.toThrow(`${name} failed`)
    expect(done).toEqual(JOBS)
    expect(lines).toEqual([`a job of the clock failed; it is tried again in a minute: ${name}`])
  })
})
