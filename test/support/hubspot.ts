// HubSpot for tests: the double, reached by the official client in this process (msw), or listening for spawned processes;
// and the app over it, with helpers that say whether both hold the same.
import { serve } from '@hono/node-server'
import { HttpResponse, http, passthrough } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { createHubspotClient } from '../../integrations/hubspot/client.ts'
import { KINDS, PROPERTIES, propertiesOf } from '../../integrations/hubspot/properties.ts'
import { createHubspotSync } from '../../integrations/hubspot/sync.ts'
import { translateEvents } from '../../integrations/hubspot/translate-events.ts'
import type { PortalEvent } from '../../integrations/sandbox/doubles/hubspot/contacts.ts'
import {
  createHubspotDouble,
  type HubspotDouble,
  type HubspotDoubleOptions,
} from '../../integrations/sandbox/doubles/hubspot/create-double.ts'
import type { Portal, PortalContact } from '../../integrations/sandbox/doubles/hubspot/portal.ts'
import type { ContactEvent, ContactState } from '../../src/app/ports/contacts.ts'
import type { App, Deliverer } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import type { Driver } from '../../src/store/driver.ts'
import { createStore } from '../../src/store/store.ts'
import { openDatabase } from './database.ts'
import { makeProgram } from './programs.ts'
import type { OpenStore } from './stores.ts'
import { createWorld, staff, type World } from './world.ts'

export const HUBSPOT_URL = 'http://api.hubspot.test:4002'
export const TOKEN = 'pat-test'

/** The double that answers at `HUBSPOT_URL` from now on, for all tests of this file. */
export function startHubspot() {
  let double: HubspotDouble | null = null
  const server = setupServer(
    // D1 is asked over a socket of this machine.
    http.all(/^http:\/\/(127\.0\.0\.1|localhost)[:/]/, () => passthrough()),
    http.all(`${HUBSPOT_URL}/*`, async ({ request }) => {
      try {
        return (await double?.fetch(request)) ?? HttpResponse.error()
      } catch {
        return HttpResponse.error()
      }
    }),
  )
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterAll(() => server.close())
  return {
    use(given: HubspotDouble): HubspotDouble {
      double = given
      return given
    },
  }
}

/** For processes of their own: `HUBSPOT_API_URL` is `url`. */
export function listenAsHubspot(options: HubspotDoubleOptions) {
  const double = createHubspotDouble(options)
  return new Promise<{ double: HubspotDouble; url: string; close: () => Promise<void> }>((done) => {
    const server = serve({ fetch: double.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      done({
        double,
        url: `http://127.0.0.1:${port}`,
        close: () => new Promise((closed) => server.close(() => closed())),
      }),
    )
  })
}

/** As `setup hubspot` leaves a portal. */
export function provision(portal: Portal, program: Program): void {
  portal.groups.loyalty = { name: 'loyalty', label: 'Loyalty', displayOrder: 1 }
  for (const { name, label, description, kind, isUnique, options } of PROPERTIES)
    portal.properties[`${program.hubspot.prefix}${name}`] = {
      name: `${program.hubspot.prefix}${name}`,
      label,
      description,
      groupName: 'loyalty',
      ...KINDS[kind],
      options: (options?.(program) ?? []).map((option, n) => ({ ...option, displayOrder: n, hidden: false })),
      hasUniqueValue: isUnique === true,
      hubspotDefined: false,
    }
}

export interface Club extends World {
  program: Program
  double: HubspotDouble
  deliverer: Deliverer
  driver: Driver
  /** Pairs that staff are asked about. */
  proposals(): Promise<[string, string][]>
  /** What HubSpot told meanwhile reaches the app; `order` may shuffle it. */
  hear(order?: (events: ContactEvent[]) => ContactEvent[]): Promise<void>
  /** Once: what is due now. */
  flush(): Promise<number>
  /** Until nothing waits; the clock goes on to whatever is due next. */
  flushAll(most?: number): Promise<void>
}

export interface ClubOptions {
  program?: Partial<ProgramInput>
  double?: Partial<HubspotDoubleOptions>
  isProvisioned?: boolean
  timeoutMs?: number
  /** A migrated database; a fresh one in memory else. */
  opened?: Pick<OpenStore, 'driver' | 'store'>
  /** Another process over the same books and the same portal. */
  beside?: Club
}

const START = Date.UTC(2026, 10, 22, 12)
const KIND = 'hubspot.contact'

/** Members in the app, contacts in the double, and the real deliverer between them. */
export async function createClub(
  hubspot: { use(double: HubspotDouble): HubspotDouble },
  { program: over = {}, double: doubleOptions = {}, isProvisioned = true, timeoutMs, beside, opened }: ClubOptions = {},
): Promise<Club> {
  const program = makeProgram(over)
  let world: World | null = null
  const clock: { at: number; now(): number } = beside?.clock ?? { at: START, now: () => clock.at }
  const told: PortalEvent[] = []
  const onEvents = (events: readonly PortalEvent[]): void => void told.push(...events)
  const double = beside?.double ?? hubspot.use(createHubspotDouble({ now: () => clock.at, onEvents, ...doubleOptions }))
  if (isProvisioned && beside === undefined) provision(double.portal, program)
  const client = createHubspotClient({
    accessToken: TOKEN,
    apiUrl: HUBSPOT_URL,
    clock: { now: () => clock.at },
    quotaShare: program.hubspot.quotaShare,
    sleep: (ms) => {
      clock.at += ms
      return Promise.resolve()
    },
    ...(timeoutMs !== undefined && { timeoutMs }),
  })
  const app = (): App => {
    if (world === null) throw new Error('not yet')
    return world.app
  }
  const deliverer = createHubspotSync({
    client,
    contacts: {
      contactsOf: (members) => app().contactsOf(members),
      noteContacts: (notes) => app().noteContacts(notes),
    },
    program: () => program,
  })
  const driver = beside?.driver ?? opened?.driver ?? (await inMemory())
  world = await createWorld({
    program,
    now: START,
    deliverers: [deliverer],
    store: beside?.store ?? opened?.store ?? createStore(driver),
  })
  const made = world
  // One time for all.
  made.clock.now = () => clock.at
  const flush = (): Promise<number> => {
    clock.at += 2_000
    return made.app.drainOutbox()
  }
  const shared = {
    get at(): number {
      return clock.at
    },
    set at(at: number) {
      clock.at = at
    },
    now: () => clock.at,
  }
  return {
    ...made,
    clock: shared,
    program,
    double,
    deliverer,
    driver,
    proposals: async () =>
      (await driver.all<{ member: string; other: string }>('SELECT member, other FROM merge_proposal', [])).map(
        ({ member, other }) => [member, other],
      ),
    hear: async (order = (events) => events) => {
      await double.tellAll()
      const { events } = translateEvents(told.splice(0), program.hubspot.prefix)
      await made.app.recordContactEvents(order(events))
    },
    flush,
    flushAll: async (most = 2_000) => {
      for (let round = 0; round < most; round++) {
        const tried = await flush()
        // It waits for HubSpot: the clock need not go by two seconds then.
        if (tried === 0) clock.at += 60_000
        const next = await nextDue(made.store)
        if (next === null) return
        clock.at = Math.max(clock.at, next - 2_000)
      }
      throw new Error(`something still waits after ${most} rounds`)
    },
  }
}

async function inMemory(): Promise<Driver> {
  const driver = await openDatabase()
  return driver
}

/** When the first that waits is due; null where nothing does. */
async function nextDue(store: Store): Promise<number | null> {
  const [first] = await store.dueEffects({ kinds: [KIND], now: Number.MAX_SAFE_INTEGER, limit: 1 })
  return first?.dueAt ?? null
}

export const parked = async ({ app }: World): Promise<{ key: string; reason: string | null }[]> => {
  const page = await app.listOutbox({ limit: 1_000 })
  return page.items.filter(({ state }) => state === 'parked').map(({ key, reason }) => ({ key, reason }))
}

/** Members named m0, m1, …, by their ids. */
export async function enrolMany({ app }: World, count: number, from = 0): Promise<string[]> {
  const ids: string[] = []
  for (let at = from; at < from + count; at += 500) {
    const names = Array.from({ length: Math.min(500, from + count - at) }, (_, n) => `m${at + n}`)
    const made = await Promise.all(
      names.map((name) => app.enrolMember({ email: `${name}@example.com`, name: `${name} Doe` }, staff, null)),
    )
    for (const one of made) {
      if (!one.ok) throw new Error(one.message)
      ids.push(one.value.id)
    }
  }
  return ids
}

export async function give({ app }: World, members: readonly string[], points = 10): Promise<void> {
  for (let at = 0; at < members.length; at += 500)
    await Promise.all(
      members.slice(at, at + 500).map(async (member) => {
        const given = await app.adjustPoints(member, { points, reason: 'test' }, staff, null)
        if (!given.ok) throw new Error(given.message)
      }),
    )
}

export async function stateOf({ app }: World, member: string): Promise<ContactState> {
  const [state] = await app.contactsOf([member])
  if (state === undefined) throw new Error(`no contact state of ${member}`)
  return state
}

export function contactsBearing({ double, program }: Club, member: string): PortalContact[] {
  const name = `${program.hubspot.prefix}member_id`
  return Object.values(double.portal.contacts).filter(
    ({ archived, properties }) => !archived && properties[name] === member,
  )
}

/** Whether the member's contact holds exactly what it is to hold. */
export async function expectInSync(club: Club, members: readonly string[]): Promise<void> {
  const states: ContactState[] = []
  for (let at = 0; at < members.length; at += 500)
    states.push(...(await club.app.contactsOf(members.slice(at, at + 500))))
  const byMember = new Map<string, PortalContact[]>()
  for (const contact of Object.values(club.double.portal.contacts)) {
    const member = contact.properties[`${club.program.hubspot.prefix}member_id`]
    if (!contact.archived && member !== undefined) byMember.set(member, [...(byMember.get(member) ?? []), contact])
  }
  for (const state of states) {
    const contacts = byMember.get(state.member) ?? []
    expect(contacts.map(({ id }) => id)).toEqual([state.record])
    expect(loyaltyOf(club, contacts[0])).toEqual(wanted(club, state))
  }
}

const wanted = ({ program }: Club, state: ContactState): Record<string, string> =>
  Object.fromEntries(Object.entries(propertiesOf(state, program)).filter(([, value]) => value !== ''))

export const loyaltyOf = ({ program }: Club, contact: PortalContact | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(contact?.properties ?? {}).filter(([name]) => name.startsWith(program.hubspot.prefix)),
  )

export const first = <T>(list: readonly T[]): T => {
  const [one] = list
  if (one === undefined) throw new Error('none')
  return one
}

/** Clubs that close after each test. */
export function useClubs(hubspot: { use(double: HubspotDouble): HubspotDouble }) {
  const clubs: Club[] = []
  afterEach(async () => {
    for (const club of clubs.splice(0)) await club.close()
  })
  const open = async (options: ClubOptions = {}): Promise<Club> => {
    const club = await createClub(hubspot, options)
    if (options.beside === undefined) clubs.push(club)
    return club
  }
  return {
    open,
    /** Members who are linked and up to date; the calls that took are forgotten. */
    async linked(count: number, options: ClubOptions = {}): Promise<{ club: Club; members: string[] }> {
      const club = await open(options)
      const members = await enrolMany(club, count)
      await club.flushAll()
      club.double.calls.length = 0
      return { club, members }
    },
  }
}
