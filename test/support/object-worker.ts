// A SQLite Durable Object that holds some of the members: the store, the migrations and the use cases as they are, on a driver
// of a few lines. Nothing of it is deployed; it shows that nothing in the store stands against it.
import { translateEvent } from '../../integrations/stripe/translate.ts'
import type { App } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import { createUseCases } from '../../src/app/use-cases.ts'
import { createNewCode, createNewId } from '../../src/compose/ids.ts'
import { enactProgram } from '../../src/compose/programs.ts'
import type { Driver, SqlValue, Statement } from '../../src/store/driver.ts'
import { createStore } from '../../src/store/store.ts'
import { makeProgram } from './programs.ts'
import type { StripeEvent } from './stripe-events.ts'

/** What is asked of it: one of these. */
export interface Asked {
  migrate?: readonly string[]
  events?: readonly StripeEvent[]
  look?: { query: string }
}

/** The parts of Durable Objects that are used. */
interface ObjectStorage {
  sql: { exec(text: string, ...params: SqlValue[]): { toArray(): unknown[] }; readonly databaseSize: number }
  transactionSync<Outcome>(work: () => Outcome): Outcome
}
interface ObjectNamespace {
  idFromName(name: string): object
  get(id: object): { fetch(url: string, request: { method: 'POST'; body: string }): Promise<Response> }
}

/** A unit reads and writes within one transaction, as on Node: what it read cannot change meanwhile. */
function objectDriver(storage: ObjectStorage): Driver {
  const all = <Row>(text: string, params: readonly SqlValue[]): Row[] =>
    storage.sql.exec(text, ...params).toArray() as Row[]
  const run = ({ sql: text, params, changes }: Statement): void => {
    all(text, params)
    const [changed] = changes === undefined ? [] : all<{ rows: number }>('SELECT changes() AS rows', [])
    if (changed !== undefined && changed.rows !== changes) throw new Error(`${changed.rows} rows were changed: ${text}`)
  }
  return {
    commit: async (unit) =>
      storage.transactionSync(() => {
        const { outcome, writes } = unit({ all })
        for (const write of writes) run(write)
        return outcome
      }),
    read: async (unit) => unit({ all }),
    all: async (text, params) => all(text, params),
    close: async () => {},
  }
}

const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))
const ignore = (): void => {}

async function openApp(store: Store): Promise<App> {
  const clock = { now: () => Date.now() }
  return createUseCases({
    store,
    clock,
    // What fails is parked, which whoever asked is told.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    newId: createNewId({ now: clock.now, random }),
    newCode: createNewCode(random),
    hashName: (name) => name,
    ...(await enactProgram(store, makeProgram(), clock.now())),
    deliverers: [],
    effectKinds: ['hubspot.contact'],
    retranslate: (payload) => translateEvent(JSON.parse(payload)),
  })
}

export class MembersObject {
  readonly #storage: ObjectStorage
  readonly #store: Store
  #app: App | null = null

  constructor({ storage }: { storage: ObjectStorage }) {
    this.#storage = storage
    this.#store = createStore(objectDriver(storage))
  }

  async fetch(request: Request): Promise<Response> {
    const { migrate = [], events = [], look } = (await request.json()) as Asked
    for (const migration of migrate) this.#storage.sql.exec(migration)
    this.#app ??= await openApp(this.#store)
    const recordings = await this.#app.recordEvents(
      events.map((event) => ({
        id: event.id,
        type: event.type,
        livemode: event.livemode,
        at: event.created * 1000,
        translation: translateEvent(event),
        payload: JSON.stringify(event),
      })),
    )
    const bytes = this.#storage.sql.databaseSize
    if (look === undefined) return Response.json({ bytes, outcomes: recordings.map(({ outcome }) => outcome) })
    while ((await this.#store.indexMembers()) > 0);
    const found = await this.#app.listMembers({ query: look.query, limit: 10 })
    const names = found.ok ? found.value.items.map(({ name }) => name) : []
    return Response.json({ bytes, stats: await this.#store.stats(), verify: await this.#app.verify(), names })
  }
}

export default {
  fetch: async (request: Request, { MEMBERS }: { MEMBERS: ObjectNamespace }): Promise<Response> => {
    const object = MEMBERS.get(MEMBERS.idFromName(new URL(request.url).pathname))
    return object.fetch(request.url, { method: 'POST', body: await request.text() })
  },
}
