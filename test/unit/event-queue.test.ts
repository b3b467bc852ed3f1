// The queue before the books without a host: when events go to it, and what becomes of its messages.
import { describe, expect, it, vi } from 'vitest'
import { type EventOutcome, type IncomingEvent, type Recording, StoreUnavailable } from '../../src/app/ports.ts'
import { createEventDoor, readMessage, recordQueued, writeMessage } from '../../src/compose/event-queue.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const T0 = Date.UTC(2026, 10, 22, 12)

const eventOf = (id: string, fields: Partial<IncomingEvent> = {}): IncomingEvent => ({
  id,
  type: 'charge.succeeded',
  livemode: false,
  at: T0,
  translation: { kind: 'facts', facts: [], lookups: [] },
  payload: `{"id":"${id}"}`,
  ...fields,
})

interface DoorOptions {
  record?: () => Promise<EventOutcome>
  send?: (message: string) => Promise<unknown>
}

function openDoor({ record = async () => 'recorded', send = async () => {} }: DoorOptions = {}) {
  const clock = { at: T0, now: () => clock.at }
  const sent = vi.fn(send)
  const door = createEventDoor({ recordEvent: record }, { send: sent, clock, logger: silent })
  return { door, clock, sent }
}

describe('the door before the queue', () => {
  it('records what comes one after the other', async () => {
    const { door, clock, sent } = openDoor()
    for (let i = 0; i < 100; i++) {
      expect(await door(eventOf(`evt_${i}`))).toBe('recorded')
      clock.at += 100
    }
    expect(sent).not.toHaveBeenCalled()
  })

  it('queues from the ninth on that comes while others are recorded, until two calm seconds later', async () => {
    const { door, clock } = openDoor()
    const outcomes = await Promise.all(Array.from({ length: 12 }, (_, i) => door(eventOf(`evt_${i}`))))
    expect(outcomes).toEqual([...Array(8).fill('recorded'), ...Array(4).fill('queued')])
    clock.at += 1_999
    expect(await door(eventOf('evt_a'))).toBe('queued')
    clock.at += 1
    expect(await door(eventOf('evt_b'))).toBe('recorded')
  })

  it('queues from the seventeenth on in one second', async () => {
    const { door } = openDoor()
    for (let i = 0; i < 16; i++) expect(await door(eventOf(`evt_${i}`))).toBe('recorded')
    expect(await door(eventOf('evt_a'))).toBe('queued')
  })

  it('counts nothing that need not be stored', async () => {
    const { door } = openDoor()
    const ignored = eventOf('evt_i', { translation: { kind: 'ignored' } })
    for (let i = 0; i < 50; i++) expect(await door(ignored)).toBe('ignored')
    expect(await door(eventOf('evt_1'))).toBe('recorded')
  })

  it('queues what the database cannot take, and throws where the queue cannot either', async () => {
    const down = async (): Promise<EventOutcome> => {
      throw new StoreUnavailable('down')
    }
    expect(await openDoor({ record: down }).door(eventOf('evt_1'))).toBe('queued')
    const full = async () => {
      throw new Error('overloaded')
    }
    await expect(openDoor({ record: down, send: full }).door(eventOf('evt_1'))).rejects.toThrow(StoreUnavailable)
  })

  it('does not queue an event because of an error of its own', async () => {
    const broken = async (): Promise<EventOutcome> => {
      throw new TypeError('a bug')
    }
    const { door, sent } = openDoor({ record: broken })
    await expect(door(eventOf('evt_1'))).rejects.toThrow('a bug')
    expect(sent).not.toHaveBeenCalled()
  })

  it('records in a burst what is too large for a message, by its bytes', async () => {
    const { door } = openDoor()
    await Promise.all(Array.from({ length: 9 }, (_, i) => door(eventOf(`evt_${i}`))))
    // Fewer than 128,000 characters, and more bytes.
    expect(await door(eventOf('evt_am', { payload: 'ሰ'.repeat(50_000) }))).toBe('recorded')
    expect(await door(eventOf('evt_en', { payload: 's'.repeat(50_000) }))).toBe('queued')
  })
})

describe('a message', () => {
  it('says the event whole', () => {
    const event = eventOf('evt_1', { payload: '{"name":"İlham “Ə” ሰላም"}' })
    expect(readMessage('m1', writeMessage(event), T0)).toEqual(event)
  })

  it('of another version is read by its payload', () => {
    const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: 'unheard.of', livemode: true, created: 1 })
    const body = JSON.stringify({ version: 99, event: { payload } })
    expect(readMessage('m1', body, T0)).toMatchObject({
      id: 'evt_1',
      livemode: true,
      translation: { kind: 'ignored' },
      payload,
    })
  })

  it.each([undefined, null, 7, 'x', '{"version":1}', '{"version":1,"event":{"id":7}}', { version: 1, event: [] }])(
    'that is none of ours is odd and kept whole: %j',
    (body) => {
      const event = readMessage('7f-a.b', body, T0)
      expect(event).toMatchObject({ id: 'evt_queue_7f_a_b', livemode: null, translation: { kind: 'odd' } })
    },
  )
})

describe('the consumer', () => {
  const take = async (recordings: Recording[], { attempts = 1, areDead = false } = {}) => {
    const said: unknown[] = recordings.map(() => null)
    const messages = recordings.map((_, i) => ({
      id: `m${i}`,
      body: writeMessage(eventOf(`evt_${i}`)),
      attempts,
      ack: () => {
        said[i] = 'ack'
      },
      retry: ({ delaySeconds }: { delaySeconds: number }) => {
        said[i] = delaySeconds
      },
    }))
    const app = { recordEvents: async () => recordings }
    const metrics = { webhookOutcome: vi.fn() }
    await recordQueued({ messages, areDead }, { app, clock: { now: () => T0 }, logger: silent, metrics })
    return said
  }
  const recorded: Recording = { outcome: 'recorded', isFailure: false }
  const odd: Recording = { outcome: 'parked', isFailure: false }
  const failed: Recording = { outcome: 'parked', isFailure: true }
  const notStored: Recording = { outcome: null, isFailure: true }

  it('acknowledges what is stored, and only the rest is tried again', async () => {
    expect(await take([recorded, failed, odd, notStored, recorded])).toEqual(['ack', 5, 'ack', 5, 'ack'])
  })

  it('waits longer each time', async () => {
    expect(await take([notStored], { attempts: 3 })).toEqual([80])
    expect(await take([notStored], { attempts: 50 })).toEqual([300])
  })

  it('lets dead letters rest once they are parked, and never drops what is not stored', async () => {
    expect(await take([failed, notStored], { areDead: true, attempts: 9 })).toEqual(['ack', 3_600])
  })

  it('acknowledges nothing that it was told nothing of', async () => {
    const ack = vi.fn()
    const retry = vi.fn()
    const messages = [{ id: 'm', body: 'x', attempts: 1, ack, retry }]
    const app = { recordEvents: async () => [] }
    const metrics = { webhookOutcome: vi.fn() }
    await recordQueued({ messages, areDead: false }, { app, clock: { now: () => T0 }, logger: silent, metrics })
    expect([ack.mock.calls.length, retry.mock.calls.length]).toEqual([0, 1])
  })
})
