// Puts store, integrations, use cases and clock together. The hosts bring what differs between them: a database, time,
// chance, and the environment, already read.
import type { Hono } from 'hono'
import type { App, Clock, Deliverer, Logger } from './app/ports.ts'
import { createRetentionShelf } from './app/retention-shelf.ts'
import type { Store, Unit } from './app/store-port.ts'
import { createUseCases } from './app/use-cases.ts'
import type { OuterHost } from './compose/doors.ts'
import { createHubspotDeliverer, HUBSPOT_CONTACT } from './compose/hubspot.ts'
import { createNewCode, createNewId } from './compose/ids.ts'
import { refuseHalf } from './compose/pausing.ts'
import { enactProgram } from './compose/programs.ts'
import { createHashName, noteLive } from './compose/secrets.ts'
import { createSlackDeliverer, SLACK_KINDS } from './compose/slack.ts'
import { createRetranslate, createStripeDeliverer, STRIPE_KINDS } from './compose/stripe.ts'
import type { Config } from './config.ts'
import type { Program } from './program/schema.ts'

export interface Host {
  /** Open, its migrations run. */
  store: Store
  program: Program
  clock: Clock
  /** So many random bytes. */
  random: (count: number) => Uint8Array
  logger: Logger
  /** Works beside a server that has put this program in force. Default: it does so itself. */
  isBeside?: boolean
  /** Somebody looks on at what goes out. */
  watchDeliverer?: (deliverer: Deliverer) => Deliverer
  /** Who may do what, in the place of the program's own lists. */
  staff?: Program['staff']
}

/** What the use cases need of whoever serves them, beside a host. */
export interface InnerHost extends Host {
  /** Called after a commit that put something in the outbox. */
  onEffects?: () => void
}

export interface ServerHost extends InnerHost, OuterHost {}

/** The use cases alone, for the command line and whatever else serves nothing. */
export async function composeApp(config: Config, host: Host): Promise<App> {
  const { store, clock, logger, random, watchDeliverer = (deliverer) => deliverer } = host
  await refuseHalf(store, config.paused)
  const enacting = enactProgram(store, host.program, clock.now(), host.isBeside, !config.paused)
  const enacted = withStaff(await enacting, host.staff)
  const { program } = enacted.program
  const stripe = createStripeDeliverer(config, clock)
  const hubspot = createHubspotDeliverer({ config, clock, contacts: () => app, program: host.program })
  const slack = createSlackDeliverer({ config, clock, logger, app: () => app, program })
  const retention = createRetentionShelf(store, clock)
  // What was learnt can be learnt again: it must not keep a server from starting.
  await retention
    .read()
    .catch((error: unknown) => logger.error('what was learnt of customers could not be read', { error: String(error) }))
  const app = createUseCases({
    store,
    retention,
    clock,
    logger,
    newId: createNewId({ now: clock.now, random }),
    newCode: createNewCode(random),
    hashName: await createHashName(store, random, !config.paused),
    ...enacted,
    // A host that is paused delivers nothing: what waits goes out from where its rows are taken to.
    deliverers: config.paused
      ? []
      : [stripe, hubspot, slack].filter((deliverer) => deliverer !== null).map(watchDeliverer),
    isPaused: config.paused,
    // Without any credentials it is the sandbox's database, whose server delivers all there is.
    effectKinds: [
      ...STRIPE_KINDS,
      ...(config.local || config.hubspot.accessToken !== null ? [HUBSPOT_CONTACT] : []),
      ...(config.local || config.slack.botToken !== null ? SLACK_KINDS : []),
    ],
    retranslate: createRetranslate(clock),
  })
  return app
}

type Enacted = Awaited<ReturnType<typeof enactProgram>>

/** The program stays the one that it is: who may do what is no part of what payments are decided by. */
function withStaff({ program: inForce, programs }: Enacted, staff: Program['staff'] | undefined): Enacted {
  if (staff === undefined) return { program: inForce, programs }
  const program = { ...inForce.program, staff }
  return { program: { ...inForce, program }, programs: { ...programs, current: program } }
}

/** What lies behind the doors. */
export interface Inner {
  app: App
  webhookSecrets: readonly string[]
}

export interface Server extends Pick<Inner, 'app'> {
  http: Hono
}

/** Everything, ready to serve. */
export async function compose(config: Config, host: ServerHost): Promise<Server> {
  const [inner, { composeHttp }] = await Promise.all([composeInner(config, host), import('./compose/doors.ts')])
  return { app: inner.app, http: await composeHttp(config, inner, host) }
}

/** The use cases, and what the doors must know. */
export async function composeInner(config: Config, host: InnerHost): Promise<Inner> {
  const store = host.onEffects === undefined ? host.store : noticingEffects(host.store, host.onEffects)
  // Before anything is written.
  await refuseHalf(store, config.paused)
  await noteLive(store, !config.local && !config.paused)
  return { app: await composeApp(config, { ...host, store }), webhookSecrets: config.stripe.webhookSecrets }
}

/** The same store, which says so when something was put in the outbox. */
function noticingEffects(store: Store, onEffects: () => void): Store {
  return {
    ...store,
    commit: (unit) => {
      const noticed = noticing(unit)
      return store.commit(noticed.unit).then((outcome) => {
        if (noticed.hasEffects()) onEffects()
        return outcome
      })
    },
    commitAll: async (units) => {
      const noticed = units.map(noticing)
      const settled = await store.commitAll(noticed.map(({ unit }) => unit))
      if (settled.some(({ status }, i) => status === 'fulfilled' && noticed[i]?.hasEffects())) onEffects()
      return settled
    },
  }
}

function noticing<Outcome>(unit: Unit<Outcome>): { unit: Unit<Outcome>; hasEffects(): boolean } {
  let hasEffects = false
  return {
    unit: (tx) => {
      const decided = unit(tx)
      // The last run is the one that counts.
      hasEffects = (decided.changes?.effects?.length ?? 0) > 0
      return decided
    },
    hasEffects: () => hasEffects,
  }
}
