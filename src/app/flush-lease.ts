/**
 * Who may write to a CRM now: one process at a time, though several deliver from one outbox (a server, the command line, many
 * isolates). Two that write one record at once could leave the older state there.
 */
import type { Context } from './context.ts'
import { StoreUnavailable } from './ports.ts'

/** Renewed before each batch; a process that was killed loses it by the clock. */
const HELD_MS = 30_000
const RENEW_BELOW_MS = 20_000
const RENEW_EVERY_MS = 10_000
/** So far apart two machines' clocks may be, or the moments at which two asked: heard later than that, a clock was set back. */
const CLOCKS_APART_MS = 30_000
const ORIGIN = { source: 'clock', actor: 'clock' }

interface Held {
  holder: string | null
  heardAt: number
  until: number
}

export interface FlushLease {
  /** Answers whether it is ours now. */
  hold(): Promise<boolean>
  /** Keeps what is held for as long as the work takes, which may be longer than it is held for. */
  during<Outcome>(work: () => Promise<Outcome>): Promise<Outcome>
  release(): Promise<void>
}

export function createFlushLease(context: Context, kind: string): FlushLease {
  const name = `flush:${kind}`
  let holder: string | undefined
  let goodUntil = Number.NEGATIVE_INFINITY
  const hold = (own: string) =>
    context.onDesk(ORIGIN, (desk): number | null => {
      const now = desk.now
      const held = read(desk.tx.setting(name))
      // A clock that was set back must not keep it held for long.
      const isHeard = held.until > now && held.heardAt <= now + CLOCKS_APART_MS
      const isOthers = held.holder !== null && held.holder !== own && isHeard
      if (isOthers) return null
      const next: Held = { holder: own, heardAt: now, until: now + HELD_MS }
      desk.changes.settings = [[name, JSON.stringify(next)]]
      return next.until
    })
  async function holdOn(): Promise<boolean> {
    const left = goodUntil - context.clock.now()
    if (left > RENEW_BELOW_MS && left <= HELD_MS) return true
    holder ??= context.newId('flush')
    goodUntil = (await hold(holder)) ?? Number.NEGATIVE_INFINITY
    return goodUntil !== Number.NEGATIVE_INFINITY
  }
  return {
    hold: holdOn,
    async during(work) {
      let renewing: Promise<unknown> = Promise.resolve()
      const timer = setInterval(() => {
        // Where that fails it is lost by the clock; whoever works on asks before the next.
        renewing = renewing.then(holdOn).catch(() => {})
      }, RENEW_EVERY_MS)
      try {
        return await work()
      } finally {
        clearInterval(timer)
        // It must not take anew what is given back next.
        await renewing
      }
    },
    async release() {
      if (holder === undefined || goodUntil === Number.NEGATIVE_INFINITY) return
      goodUntil = Number.NEGATIVE_INFINITY
      const given = context.onDesk(ORIGIN, (desk) => {
        if (read(desk.tx.setting(name)).holder !== holder) return
        const free: Held = { holder: null, heardAt: desk.now, until: desk.now }
        desk.changes.settings = [[name, JSON.stringify(free)]]
      })
      // What became of the deliveries is what matters: else it is lost by the clock.
      await given.catch((error: unknown) => {
        if (!(error instanceof StoreUnavailable)) throw error
      })
    },
  }
}

const read = (setting: string | null): Held =>
  setting === null ? { holder: null, heardAt: 0, until: 0 } : (JSON.parse(setting) as Held)
