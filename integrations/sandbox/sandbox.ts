/**
 * The sandbox: the whole system, unchanged, between three made-up vendors, over one world that is kept. What one does to it is
 * here; what is shown of it in view.ts.
 */
import type { Hono } from 'hono'
import type { App, Clock, Deliverer, Logger } from '../../src/app/ports.ts'
import type { Changes } from '../../src/app/store-port.ts'
import { currencyExponent } from '../../src/core/currency.ts'
import type { Program } from '../../src/program/schema.ts'
import { createSandboxClock, laterBy, type SandboxClock, stopsBetween } from './clock.ts'
import { CHANNELS, furnishShop, furnishSlack, staffOfSandbox } from './first-day.ts'
import { createTrace, type Trace, vendorOf } from './trace.ts'
import { ADDRESSES, CREDENTIALS, startVendors, type Vendors } from './vendors.ts'
import { newWorld, openWorld, type WorldFile } from './world.ts'

/** The server that the sandbox is around. */
export interface InnerServer {
  app: App
  http: Pick<Hono, 'fetch'>
  webhookSecret: string
  provision(): Promise<void>
  catchUp(what: { night: boolean }): Promise<void>
  /** Looks ahead now, whatever the hour. */
  look(): Promise<void>
  close(): Promise<void>
}

export interface SandboxHost {
  openServer(parts: {
    program: Program
    /** In the place of the program's own lists. */
    staff: Program['staff']
    /** Variables as DESIGN.md §6 names them. */
    variables: Record<string, string>
    clock: Clock
    watch: { onCommit: (changes: Changes) => void; deliverer: (deliverer: Deliverer) => Deliverer }
  }): Promise<InnerServer>
  /** Forgets the database's file. */
  dropDatabase(): void
  /** Where the vendors' world is kept; null: nowhere. */
  worldPath: string | null
  /** The machine's, ms. */
  now: () => number
  logger: Logger
  program: Program
  presets: readonly { id: string; name: string; load: () => Program }[]
}

export interface Progress {
  what: string
  /** 0 to 1 */
  share: number
}

export interface Sandbox {
  readonly app: App
  readonly vendors: Vendors
  readonly trace: Trace
  readonly clock: SandboxClock
  readonly program: Program
  readonly preset: string | null
  readonly presets: SandboxHost['presets']
  readonly world: WorldFile['world']
  readonly webhookSecret: string
  /** Judges every member now, and opens alerts. */
  look(): Promise<void>
  /** The server's own door, for whatever is not the sandbox's. */
  fetch(request: Request, env?: unknown): Promise<Response>
  /** Somebody did something: webhooks go out, what they left open is asked, the others are told. */
  settle(): Promise<void>
  goOn(by: { days?: number; months?: number }, onProgress: (progress: Progress) => void): Promise<void>
  usePreset(id: string | null): Promise<void>
  startOver(): Promise<void>
  /** Nothing goes out to this vendor meanwhile. */
  hold(vendor: string, isHeld: boolean): void
  /** One long work at a time. */
  readonly isBusy: boolean
  alone<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | 'busy'>
  touch(): void
  /** Told whenever a vendor was asked or asks: something may look otherwise now. */
  watch(listener: () => void): void
  close(): Promise<void>
}

const SETTLE_ROUNDS = 20
const SOONEST_MS = 50
const LATEST_MS = 3_600_000

export async function openSandbox(host: SandboxHost): Promise<Sandbox> {
  const file = await openWorld(host.worldPath, (message) => host.logger.warn(message))
  const { world } = file
  const clock = createSandboxClock(host.now, world.aheadMs, (aheadMs) => {
    world.aheadMs = aheadMs
    file.touch()
  })
  const trace = createTrace(clock.now)
  const watchers = new Set<() => void>()
  const changed = (): void => {
    file.touch()
    for (const watcher of watchers) watcher()
  }
  let server: InnerServer | null = null
  let isBusy = false
  const held = new Set<string>()
  let isClosed = false
  const running = (): InnerServer => {
    if (server === null) throw new Error('the sandbox is being opened')
    return server
  }
  const vendors = startVendors({
    world,
    now: clock.now,
    trace,
    webhookSecret: () => running().webhookSecret,
    send: async (request) => running().http.fetch(request),
    onChange: changed,
  })

  const programOf = (): Program => {
    const chosen = host.presets.find(({ id }) => id === world.preset)
    return chosen === undefined ? host.program : chosen.load()
  }

  async function start(): Promise<void> {
    const program = programOf()
    server = await host.openServer({
      program,
      staff: staffOfSandbox(program.staff),
      variables: VARIABLES,
      clock,
      watch: watch(trace, clock, held),
    })
    // As the command line finds it, whose clock is the machine's.
    await server.app.putSetting('sandbox_ahead_ms', String(clock.ahead()))
    if (Object.keys(world.slack.channels).length === 0) furnishSlack(world.slack)
    if (Object.keys(world.stripe.objects.products).length === 0) {
      const minorPerCent = 10 ** currencyExponent(program.currency) / 100
      const opening = { vendor: 'stripe', title: 'The shop opens, and has its first customers', detail: null } as const
      await trace.asOne(opening, () => {
        furnishShop(vendors.stripe.shop, program.currency, minorPerCent)
        return settle()
      })
    }
    await server.provision()
    file.touch()
    wakeForLate()
  }

  async function settle(): Promise<void> {
    const { app } = running()
    for (let round = 0; round < SETTLE_ROUNDS; round++) {
      const done = (await vendors.stripe.deliveries.flush()) + (await app.drainOutbox())
      if (done === 0) break
    }
    file.touch()
    wakeForLate()
  }

  /** What is to come late, or is to be tried again, comes when its time has come. */
  let late: NodeJS.Timeout | undefined
  function wakeForLate(): void {
    clearTimeout(late)
    const at = vendors.stripe.deliveries.nextAt()
    if (at === null || isClosed) return
    const wait = Math.min(LATEST_MS, Math.max(SOONEST_MS, at - clock.now()))
    late = setTimeout(() => {
      // Whoever is at work settles it all when they are done.
      if (server !== null && !isBusy) settle().catch(() => host.logger.warn('what came late could not be settled'))
    }, wait)
    late.unref()
  }

  const goOn: Sandbox['goOn'] = (by, onProgress) => {
    const title = by.months === undefined ? days(by.days ?? 0) : months(by.months)
    return trace.asOne({ vendor: 'regulars', title, detail: by }, () => letPass(by, onProgress))
  }

  async function letPass(
    by: { days?: number; months?: number },
    onProgress: (progress: Progress) => void,
  ): Promise<void> {
    const { timezone, retention } = programOf()
    const from = clock.now()
    const to = laterBy(from, timezone, by)
    for (const { at, isNight } of stopsBetween(from, to, timezone, retention.digestAt)) {
      clock.goTo(at)
      vendors.stripe.shop.settleDue()
      await vendors.stripe.deliveries.flush()
      await running().catchUp({ night: isNight })
      onProgress({ what: 'time', share: (at - from) / (to - from) })
    }
    await running().app.putSetting('sandbox_ahead_ms', String(clock.ahead()))
    await settle()
  }

  const restart = async (): Promise<void> => {
    const before = running()
    server = null
    await before.close()
    await start()
  }

  await start()
  return {
    get app() {
      return running().app
    },
    vendors,
    trace,
    clock,
    get program() {
      return programOf()
    },
    get preset() {
      return world.preset
    },
    presets: host.presets,
    world,
    get webhookSecret() {
      return running().webhookSecret
    },
    look: async () => {
      await running().look()
      await running().catchUp({ night: false })
    },
    fetch: async (request, env) => running().http.fetch(request, env as object),
    settle,
    goOn,
    usePreset: async (id) => {
      world.preset = id
      await restart()
    },
    startOver: async () => {
      const before = running()
      server = null
      await before.close()
      host.dropDatabase()
      clock.reset()
      const fresh = newWorld()
      // The doubles hold parts of it: they are emptied where they are.
      vendors.stripe.importState(fresh.stripe)
      vendors.hubspot.importState(fresh.hubspot)
      vendors.slack.importState(fresh.slack)
      Object.assign(world, fresh, {
        aheadMs: 0,
        stripe: vendors.stripe.account,
        hubspot: vendors.hubspot.portal,
        slack: vendors.slack.workspace,
      })
      trace.clear()
      // Nor does anything go wrong any more.
      Object.assign(vendors.stripe.habits, { twice: false, shuffled: false, lateMs: 0 })
      vendors.stripe.trouble.isDown = false
      vendors.hubspotTrouble.is = 'none'
      await start()
    },
    get isBusy() {
      return isBusy
    },
    hold: (vendor, isHeld) => {
      if (isHeld) held.add(vendor)
      else held.delete(vendor)
    },
    alone: async (work) => {
      if (isBusy) return 'busy'
      isBusy = true
      try {
        return await work()
      } finally {
        isBusy = false
      }
    },
    touch: file.touch,
    watch: (listener) => void watchers.add(listener),
    close: async () => {
      isClosed = true
      clearTimeout(late)
      await running().close()
      vendors.close()
      await file.flush()
    },
  }
}

const VARIABLES: Record<string, string> = {
  PUBLIC_URL: ADDRESSES.self,
  STRIPE_SECRET_KEY: CREDENTIALS.stripeKey,
  STRIPE_API_URL: ADDRESSES.stripe,
  HUBSPOT_ACCESS_TOKEN: CREDENTIALS.hubspotToken,
  HUBSPOT_CLIENT_SECRET: CREDENTIALS.hubspotSecret,
  HUBSPOT_API_URL: ADDRESSES.hubspot,
  SLACK_BOT_TOKEN: CREDENTIALS.slackToken,
  SLACK_SIGNING_SECRET: CREDENTIALS.slackSecret,
  SLACK_API_URL: `${ADDRESSES.slack}/api/`,
  SLACK_ALERT_CHANNEL: CHANNELS.desk,
}

/** Looks on at what goes out. */
const watch = (trace: Trace, clock: SandboxClock, held: ReadonlySet<string>) => ({
  onCommit: (changes: Changes) => trace.committed(changes),
  deliverer: (deliverer: Deliverer): Deliverer => {
    type Row = Parameters<Deliverer['deliver']>[0]
    /** Several journeys' rows in one call are no single one's. */
    const causeOf = (rows: readonly Row[]): { journey: string } | null => {
      const [journey, ...others] = new Set(rows.map((row) => trace.waitingFor(row).at(-1) ?? null))
      return journey === undefined || journey === null || others.length > 0 ? null : { journey }
    }
    /** @param told those that were told of this call already: they waited for it once */
    const note = (row: Row, waiting: readonly string[], outcome: string, tookMs: number, told: Set<string | null>) => {
      const isTrouble = outcome === 'down' || outcome === 'refused' || outcome === 'held'
      for (const journey of waiting.length === 0 ? [null] : waiting) {
        const took = told.has(journey) ? 0 : tookMs
        told.add(journey)
        const about = { stage: 'sent', vendor: vendorOf(row.kind), title: outcome, detail: row } as const
        trace.add({ ...about, journey, tookMs: took, isTrouble })
      }
      if (outcome === 'done' || outcome === 'learnt') trace.arrived(row, waiting)
    }
    const { together } = deliverer
    return {
      ...deliverer,
      deliver: async (row) => {
        const startedAt = performance.now()
        // Who comes to wait for it meanwhile waits for the next one.
        const waiting = trace.waitingFor(row)
        const outcome = await trace.within(causeOf([row]), () => deliverer.deliver(row))
        note(row, waiting, outcome.kind, performance.now() - startedAt, new Set())
        return outcome
      },
      ...(together !== undefined && {
        together: {
          ...together,
          // Somebody looks on: it need not be gathered for long.
          everyMs: Math.min(together.everyMs, FLUSH_EVERY_MS),
          deliver: async (rows) => {
            if (held.has(deliverer.vendor)) return rows.map(() => ({ kind: 'wait' as const, forMs: HELD_FOR_MS }))
            const startedAt = performance.now()
            const waiting = rows.map((row) => trace.waitingFor(row))
            const outcomes = await trace.within(causeOf(rows), () => together.deliver(rows))
            const tookMs = performance.now() - startedAt
            const told = new Set<string | null>()
            for (const [n, row] of rows.entries())
              note(row, waiting[n] ?? [], outcomes[n]?.kind ?? 'down', tookMs, told)
            return outcomes
          },
        },
      }),
    }
  },
  now: clock.now,
})

const days = (count: number): string => (count === 1 ? 'A day goes by' : `${count} days go by`)
const months = (count: number): string => (count === 1 ? 'A month goes by' : `${count} months go by`)

const FLUSH_EVERY_MS = 200
/** In the sandbox's time, which runs fast then. */
const HELD_FOR_MS = 2_000
