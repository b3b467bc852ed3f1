// Durable Objects that hold members (object-worker.ts), in workerd, as tests and the bench talk to them.
import { fileURLToPath } from 'node:url'
import { createTestHarness } from 'wrangler'
import { listMigrations } from '../../src/store/migrate.ts'
import type { Asked } from './object-worker.ts'
import type { StripeEvent } from './stripe-events.ts'

export interface ObjectAnswer {
  bytes: number
  outcomes?: (string | null)[]
  stats?: { members: number; payments: number; entries: number }
  verify?: { members: number; discrepancies: unknown[] }
  names?: string[]
}

export interface Objects {
  /** Brings its database up to date, as its constructor would. */
  open(name: string): Promise<ObjectAnswer>
  record(name: string, events: readonly StripeEvent[]): Promise<ObjectAnswer>
  look(name: string, query: string): Promise<ObjectAnswer>
  close(): Promise<void>
}

export async function startObjects(): Promise<Objects> {
  const harness = createTestHarness({
    root: fileURLToPath(new URL('../../', import.meta.url)),
    workers: [
      {
        config: {
          name: 'regulars-objects',
          main: 'test/support/object-worker.ts',
          compatibility_date: '2026-10-01',
          compatibility_flags: ['nodejs_compat'],
          durable_objects: { bindings: [{ name: 'MEMBERS', class_name: 'MembersObject' }] },
          migrations: [{ tag: 'v1', new_sqlite_classes: ['MembersObject'] }],
        },
      },
    ],
  })
  await harness.listen()
  const ask = async (name: string, asked: Asked): Promise<ObjectAnswer> => {
    const response = await harness.fetch(`/${name}`, { method: 'POST', body: JSON.stringify(asked) })
    if (!response.ok) throw new Error(`${name} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as ObjectAnswer
  }
  return {
    open: (name) => ask(name, { migrate: listMigrations().map(({ sql }) => sql) }),
    record: (name, events) => ask(name, { events }),
    look: (name, query) => ask(name, { look: { query } }),
    close: () => harness.close(),
  }
}
