// A shop with a past, for tests of what the night's look makes of it: customers who come regularly, seldom, or no more.
import type { LookAheadOptions, LookAheadProgress } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { IN_WORKERD } from './host.ts'
import { makeProgram } from './programs.ts'
import { stripePayment } from './stripe-events.ts'
import { createWorld, type World } from './world.ts'

export const DAY_MS = 86_400_000
/** Noon, so that a few minutes more are the same day. */
export const TODAY = Date.UTC(2026, 10, 22, 12)
const SHOP_AGE = 420

export interface ShopOptions {
  customers: number
  program?: Partial<ProgramInput>
  store?: Store
  seed?: number
  /** Default: noon of a day in November. */
  now?: number
}

export const emailOf = (customer: number): string => `c${customer}@example.org`

/** Days before today on which a customer bought; the same for the same number. */
export function daysAgo(customer: number): number[] {
  const first = SHOP_AGE - ((customer * 37) % 200)
  const every = 9 + ((customer * 13) % 30)
  // A third never came back, a third left at some time, a third still comes.
  const last = customer % 3 === 0 ? first : customer % 3 === 1 ? 20 + ((customer * 53) % 200) : customer % 15
  const days: number[] = []
  for (let day = first; day >= last; day -= every + ((customer + days.length) % 5)) days.push(day)
  return days
}

export async function openShop({ customers, program = {}, store, seed = 7, now = TODAY }: ShopOptions): Promise<World> {
  const world = await createWorld({ program: makeProgram(program), now, seed, ...(store && { store }) })
  const events = Array.from({ length: customers }, (_, customer) =>
    daysAgo(customer).map((day) => purchase(customer, now - day * DAY_MS)),
  ).flat()
  await (IN_WORKERD ? world.deliverTogether(events) : world.deliverAll(events))
  return world
}

function purchase(customer: number, at: number) {
  const amount = 500 + ((customer * 131) % 9_000)
  return stripePayment({ at, amount, email: emailOf(customer) }).charge()
}

export async function buy(world: World, customer: number, at: number): Promise<void> {
  await world.deliver(purchase(customer, at))
}

/** Slices until it is done. */
export async function lookAll(
  { app }: Pick<World, 'app'>,
  options: Partial<LookAheadOptions> = {},
): Promise<LookAheadProgress> {
  const slice = { limit: 25, ...options }
  let progress = await app.lookAhead({ ...slice, begin: true })
  for (let slices = 0; !progress.isDone && slices < 1_000; slices++)
    progress = await app.lookAhead({ limit: slice.limit })
  return progress
}

/** Everything that a look writes, with versions: equal only where nothing was written. */
export async function written({ store }: Pick<World, 'store'>) {
  const members = await store.membersWithPurchases({ after: 0, limit: 10_000 })
  return {
    members: members.map(({ member: { id, version, segment, alerts }, outlook }) => ({
      id,
      version,
      segment,
      alerts,
      outlook,
    })),
    alerts: await store.alertsAfter('', 10_000),
    models: await Promise.all((['fit', 'rfm', 'renewals'] as const).map((kind) => store.models(kind))),
    outbox: (await store.outboxPage({ limit: 10_000, after: 0 })).map(({ kind, key, revision }) => ({
      kind,
      key,
      revision,
    })),
  }
}

/** What a look came to, without when it was found out and in how many steps it was written. */
export async function foundOut(world: Pick<World, 'store'>) {
  const { members, alerts, models } = await written(world)
  return {
    members: members.map(({ id, segment, alerts: watched, outlook }) => ({
      id,
      segment,
      watched,
      outlook: outlook && { ...outlook, at: 0 },
    })),
    alerts: alerts.map(({ id, kind, state, valueMinor, reason, facts }) => ({
      id,
      kind,
      state,
      valueMinor,
      reason,
      facts,
    })),
    models: models.map((kind) => kind.map(({ body }) => body.replaceAll(/"at":\d+/g, '"at":0'))),
  }
}
