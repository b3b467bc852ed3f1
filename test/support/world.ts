// The use cases over a real store, with a clock that tests turn by hand.
import { createHmac } from 'node:crypto'
import { translateEvent } from '../../integrations/stripe/translate.ts'
import type { App, Deliverer, EventOutcome, IncomingEvent, Origin } from '../../src/app/ports.ts'
import { createRetentionShelf, type RetentionShelf } from '../../src/app/retention-shelf.ts'
import type { Store } from '../../src/app/store-port.ts'
import { createUseCases } from '../../src/app/use-cases.ts'
import { createNewCode, createNewId } from '../../src/compose/ids.ts'
import { enactProgram } from '../../src/compose/programs.ts'
import type { Program } from '../../src/program/schema.ts'
import { createStore } from '../../src/store/store.ts'
import { openDatabase } from './database.ts'
import { makeProgram } from './programs.ts'
import type { StripeEvent } from './stripe-events.ts'

export const staff: Origin = { source: 'api:test', actor: 'test' }

export interface World {
  app: App
  store: Store
  clock: { at: number; now(): number }
  /** What the use cases know of the whole shop: read it after putting a model in the store by hand. */
  retention: RetentionShelf
  /** Delivers an event as the webhook would; answers the outcome. */
  deliver(event: StripeEvent): Promise<EventOutcome>
  deliverAll(events: readonly StripeEvent[]): Promise<EventOutcome[]>
  /** As a Worker's queue does: many to a commit. */
  deliverTogether(events: readonly StripeEvent[]): Promise<void>
  /** What a member's books come to, without what differs between two runs (ids, seq). */
  books(ref: string): Promise<Books>
  close(): Promise<void>
}

export interface Books {
  points: unknown
  tier: unknown
  spend: unknown
  purchases: number
  lastPurchaseAt: string | null
  enrolledAt: string | null
  status: string
}

export interface WorldOptions {
  program?: Program
  now?: number
  /** An opened, migrated store; a fresh one in memory else. */
  store?: Store
  deliverers?: Deliverer[]
  /** Two worlds with the same one, to which the same happens, make the same ids. */
  seed?: number
  /** The use cases as they are called: for whoever wants to watch. */
  wrap?: (app: App) => App
}

const silent = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (message: string, fields?: object) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
}

let worlds = 1

/** As in a new process: where one runs several files, each of them begins with the same ids. */
export function beginSeeds(): void {
  worlds = 1
}

/** Mulberry32: the same bytes in every run. */
function seededRandom(seed: number): (count: number) => Uint8Array {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 24
  }
  return (count) => Uint8Array.from({ length: count }, next)
}

const incoming = (event: StripeEvent): IncomingEvent => ({
  id: event.id,
  type: event.type,
  livemode: event.livemode,
  at: event.created * 1000,
  translation: translateEvent(event),
  payload: JSON.stringify(event),
})

export const memoryStore = async (): Promise<Store> => createStore(await openDatabase())

export async function createWorld({
  program = makeProgram(),
  now = Date.UTC(2026, 10, 22, 12),
  store,
  deliverers = [],
  seed = worlds++,
  wrap = (app) => app,
}: WorldOptions = {}): Promise<World> {
  const opened = store ?? (await memoryStore())
  const clock = { at: now, now: () => clock.at }
  const retention = createRetentionShelf(opened, clock)
  // Two worlds over one store must not make the same ids.
  const random = seededRandom(seed)
  const app = wrap(
    createUseCases({
      store: opened,
      clock,
      retention,
      logger: silent,
      newId: createNewId({ now: () => clock.at, random }),
      newCode: createNewCode(random),
      hashName: (name) => createHmac('sha256', 'test').update(name).digest('hex'),
      ...(await enactProgram(opened, program, now)),
      deliverers,
      effectKinds: [
        'stripe.invoice',
        'stripe.session',
        'stripe.items',
        'stripe.customer',
        'stripe.charge',
        'stripe.event',
        'stripe.reward',
        'hubspot.contact',
      ],
      retranslate: (payload) => translateEvent(JSON.parse(payload)),
    }),
  )
  const deliver = (event: StripeEvent) => app.recordEvent(incoming(event))
  return {
    app,
    store: opened,
    clock,
    retention,
    deliver,
    deliverAll: async (events) => {
      const outcomes: EventOutcome[] = []
      for (const event of events) outcomes.push(await deliver(event))
      return outcomes
    },
    deliverTogether: async (events) => {
      for (const { outcome, isFailure } of await app.recordEvents(events.map(incoming)))
        if (isFailure) throw new Error(`an event could not be recorded: ${outcome}`)
    },
    books: async (ref) => {
      const found = await app.getMember(ref)
      if (!found.ok) throw new Error(`${ref}: ${found.message}`)
      const { points, tier, spend, purchases, lastPurchaseAt, enrolledAt, status } = found.value
      return { points, tier, spend, purchases, lastPurchaseAt, enrolledAt, status }
    },
    close: () => opened.close(),
  }
}
