// Writes what waits for HubSpot until it is done, HubSpot will take no more for long, or somebody pressed Ctrl-C.
import type { App } from '../app/ports.ts'
import type { Context } from './command.ts'
import { count, duration, plural } from './format.ts'

export interface Drained {
  /** `stuck`: nothing went out for a while, or HubSpot asks to wait for long. */
  how: 'drained' | 'interrupted' | 'stuck'
  waiting: number
  /** Until it may be tried again; null where that is not known. */
  dueInMs: number | null
}

/** Nobody watches a line that does not move for longer. */
const PATIENCE_MS = 120_000
const SHORTEST_REST_MS = 100
const LONGEST_REST_MS = 1_000
const LOOKED_AT = 100

/** @param downTo so many may be left waiting */
export async function drain(
  { interrupted, monotonic, now, sleep }: Context,
  app: Pick<App, 'drainOutbox' | 'contactsWaiting'>,
  downTo: number,
  onProgress: (waiting: number) => void,
): Promise<Drained> {
  let fewest = Number.POSITIVE_INFINITY
  let movedAt = monotonic()
  for (;;) {
    // Another process may hold the pen: then this only watches.
    const tried = await app.drainOutbox('hubspot')
    const { waiting, nextAt } = await app.contactsWaiting()
    onProgress(waiting)
    const dueInMs = nextAt === null ? null : Math.max(0, nextAt - now())
    if (waiting <= downTo) return { how: 'drained', waiting, dueInMs }
    if (interrupted.aborted) return { how: 'interrupted', waiting, dueInMs }
    if (waiting < fewest) [fewest, movedAt] = [waiting, monotonic()]
    const isStuck = monotonic() - movedAt > PATIENCE_MS || (dueInMs ?? 0) > PATIENCE_MS
    if (isStuck) return { how: 'stuck', waiting, dueInMs }
    if (tried === 0 || (dueInMs ?? 0) > 0)
      await sleep(Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, dueInMs ?? 0)))
  }
}

/** Says what is left, and why. Answers whether all went out. */
export async function tellDrained({ stdout }: Context, app: App, ended: Drained): Promise<boolean> {
  const { parked } = await app.contactsWaiting()
  if (ended.how === 'stuck') {
    const when = ended.dueInMs === null ? '' : ` HubSpot may be asked again in ${duration(ended.dueInMs)}.`
    const why = await reasonOf(app)
    await stdout.line(`${plural(ended.waiting, 'member')} still to be written: ${why}.${when}`)
    await stdout.line('Nothing is lost: the server goes on with it, as does: npx regulars sync hubspot')
  }
  if (parked > 0)
    await stdout.line(
      `${count(parked)} refused by HubSpot: npx regulars doctor says why, as does GET /api/v1/contacts?state=refused`,
    )
  return ended.how === 'drained'
}

async function reasonOf(app: Pick<App, 'listOutbox'>): Promise<string> {
  const { items } = await app.listOutbox({ limit: LOOKED_AT })
  const waiting = items.filter(({ kind, state }) => kind === 'hubspot.contact' && state === 'waiting')
  return waiting.find(({ reason }) => reason !== null)?.reason ?? 'another process is at it'
}
