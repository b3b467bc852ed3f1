// Slack for tests: the double, reached by the official client in this process (msw), or listening for spawned processes;
// and the loyalty desk over it: people type and press in Slack, and see what comes of it.
//
//   const slack = startSlack()                          // once a file
//
//   it('looks a member up', async () => {
//     const desk = await createDesk(slack, { members: ['ada', { name: 'Հայկ', email: 'hayk@example.org' }] })
//     await desk.buys('ada', 40)                        // $40.00, by Stripe's events
//     await desk.command('sam', '/loyalty ada')         // in #loyalty; waits for all that comes of it
//     expect(desk.reads('sam')).toContain('40 points')  // the newest message that Sam sees, as text
//
//     await desk.press('sam', 'Issue reward')           // by what is written on it, or its action_id
//     await desk.submit('sam', { Reward: '$10 off' })   // by label, block id or action id
//     expect(desk.window('sam')?.reads).toContain('is ready')
//     await desk.flush()                                // the clock goes on, the outbox is delivered
//     expect(desk.channel('approvals')).toHaveLength(1)
//   })
//
// People: sam and ira issue (ira by a user group), ana approves, ada administers, vic looks; noa is on no list ("*" aside);
// gus is a guest, eve of another workspace. `desk.slack` is the double: `script({method: 'views.open', kind: 'slow', ms: 900})`,
// `settings.down = 'broken'`, `settings.scopes`, `callsTo('chat.update')`, `retry()`, `sees(PEOPLE.sam)`, `workspace`; two at
// once: `Promise.all([desk.slack.press(PEOPLE.ana, …), desk.slack.press(PEOPLE.ada, …)])`, then `desk.settled()`. What they see
// has `live`: mentions and links that work in it, none where a name tried. `workspace.refusedBlocks = ['data_visualization']`
// has Slack refuse charts. Slow or failing use cases: `appWith`. For the server as a process, see test/runtime/slack.test.ts.
import { Hono } from 'hono'
import {
  createSlackDouble,
  type SlackDouble,
  type SlackDoubleOptions,
} from '../../integrations/sandbox/doubles/slack/create-double.ts'
import type { Given } from '../../integrations/sandbox/doubles/slack/fields.ts'
import type { PressOptions, Where } from '../../integrations/sandbox/doubles/slack/places.ts'
import type { SeenMessage, SeenView } from '../../integrations/sandbox/doubles/slack/sight.ts'
import type { Submission } from '../../integrations/sandbox/doubles/slack/windows.ts'
import { createSlackCalls } from '../../integrations/slack/calls.ts'
import { createSlackDeliverer } from '../../integrations/slack/deliverer.ts'
import type { DeskSettings } from '../../integrations/slack/desk.ts'
import { createSlackDoor } from '../../integrations/slack/doors.ts'
import { SCOPES } from '../../integrations/slack/registered.ts'
import type { App, Deliverer, Enrolment, MemberView } from '../../src/app/ports.ts'
import type { Store } from '../../src/app/store-port.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from './programs.ts'
import { RewardVendor } from './reward-vendor.ts'
import {
  CHANNELS,
  type ChannelName,
  createShopWorkspace,
  PEOPLE,
  type Person,
  SLACK_API_URL,
  SLACK_SECRET,
  SLACK_TOKEN,
  STAFF,
} from './slack-workspace.ts'
import { stripePayment } from './stripe-events.ts'
import { createWorld, staff, type World } from './world.ts'

export * from './slack-workspace.ts'

/** What the app asks for when it is installed, and nothing more. */
const GRANTED = Object.keys(SCOPES)

/** `ada`: Ada, ada@example.org. */
export type NewMember = string | (Partial<Enrolment> & { email: string })

export interface DeskOptions {
  /** On top of a program of these people. */
  program?: Partial<ProgramInput>
  members?: readonly NewMember[]
  /** ms */
  now?: number
  double?: Partial<SlackDoubleOptions>
  settings?: Partial<DeskSettings>
  /** The address of whoever looks after a member. */
  ownerOf?: (member: string) => Promise<string | null>
  store?: Store
  /** On top of Slack's, of a vendor of rewards, and of a CRM that takes everything. */
  deliverers?: Deliverer[]
  /** Changes use cases: one that is slow, or fails. */
  appWith?: (app: App) => App
}

export interface Logged {
  level: 'debug' | 'info' | 'warn' | 'error'
  message: string
  fields: object
}

export interface LoyaltyDesk extends World {
  program: Program
  slack: SlackDouble
  /** Makes codes when the outbox is delivered; `isDown`, `refusing`. */
  vendor: RewardVendor
  logs: Logged[]
  enrol(member: NewMember): Promise<MemberView>
  /** In major units, now; by Stripe's events. */
  buys(member: string, amount: number, at?: number): Promise<void>
  member(ref: string): Promise<MemberView>
  /** Typed in #loyalty, unless told otherwise (`dm` is their own with the app). Waits for all that comes of it. */
  command(person: Person, line: string, channel?: ChannelName | 'dm'): Promise<void>
  press(person: Person, named: string, where?: Where, options?: PressOptions): Promise<void>
  /** The window in front. */
  submit(person: Person, values?: Record<string, Given>): Promise<Submission>
  openHome(person: Person): Promise<SeenView>
  /** The newest message that they see. */
  last(person: Person): SeenMessage
  /** The same as text, buttons as `[ Label ]`. */
  reads(person: Person): string
  window(person: Person): SeenView | null
  home(person: Person): SeenView | null
  /** What everybody in a channel sees; the oldest first. */
  channel(name: ChannelName): SeenMessage[]
  /** What the app told them alone, or in its direct messages. */
  toldAlone(person: Person): SeenMessage[]
  /** Waits for what goes on after acknowledgements, and delivers what is due. */
  settled(): Promise<void>
  /** The clock goes on by six seconds (or `ms`), and what is due then is delivered. */
  flush(ms?: number): Promise<void>
}

const START = Date.UTC(2026, 10, 22, 12)
const SETTLE_WITHIN_MS = 20_000

export async function createDesk(
  slack: { use(double: SlackDouble): SlackDouble },
  options: DeskOptions = {},
): Promise<LoyaltyDesk> {
  const { now = START, members = [], program: over = {} } = options
  const program = makeProgram({ ...over, staff: { ...STAFF, ...over.staff } })
  const clock = { at: now, now: () => clock.at }
  const logs: Logged[] = []
  const logger = loggerTo(logs)
  const http = new Hono()
  const double = slack.use(
    createSlackDouble({
      now: () => clock.at,
      workspace: createShopWorkspace(),
      scopes: GRANTED,
      send: async (request) => http.fetch(request),
      ...options.double,
    }),
  )
  const settings = { ...SETTINGS, ...options.settings }
  const calls = createSlackCalls({ token: SLACK_TOKEN, apiUrl: SLACK_API_URL })
  const vendor = new RewardVendor()
  let world: World | null = null
  const later = new Proxy({} as App, {
    get: (_, method) => {
      if (world === null) throw new Error('not yet')
      return Reflect.get(world.app, method)
    },
  })
  const deliverer = createSlackDeliverer({
    app: later,
    clock,
    logger,
    slack: calls,
    settings,
    program: () => program,
    ownerOf: options.ownerOf ?? (async () => null),
  })
  world = await createWorld({
    program,
    now,
    deliverers: [deliverer, vendor.deliverer, ...crmUnless(options.deliverers ?? [])],
    ...(options.store !== undefined && { store: options.store }),
  })
  const made = world
  made.clock.now = () => clock.at
  const pending = new Set<Promise<unknown>>()
  const app = ofAnotherThread(options.appWith?.(made.app) ?? made.app)
  const door = await createSlackDoor({
    app,
    clock,
    logger,
    secrets: [SLACK_SECRET],
    token: SLACK_TOKEN,
    apiUrl: SLACK_API_URL,
    settings,
    waitUntil: () => (work) => {
      const noted = work.finally(() => pending.delete(noted))
      pending.add(noted)
    },
  })
  http.post('/slack/events', (c) => door(c))

  async function settled(): Promise<void> {
    const until = performance.now() + SETTLE_WITHIN_MS
    for (;;) {
      const delivered = await made.app.drainOutbox()
      if (pending.size === 0 && delivered === 0) return
      if (performance.now() > until) throw new Error('what goes on after an acknowledgement does not come to an end')
      // Work may wait for what only the outbox brings.
      await Promise.race([Promise.allSettled(pending), new Promise((done) => setTimeout(done, 5))])
    }
  }

  async function enrol(member: NewMember): Promise<MemberView> {
    const enrolment = typeof member === 'string' ? { email: addressOf(member), name: nameOf(member) } : member
    const enrolled = await made.app.enrolMember(enrolment, staff, null)
    if (!enrolled.ok) throw new Error(enrolled.message)
    return enrolled.value
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
  const desk: LoyaltyDesk = {
    ...made,
    clock: shared,
    program,
    slack: double,
    vendor,
    logs,
    enrol,
    settled,
    buys: async (member, amount, at = clock.at) => {
      const payment = stripePayment({ amount: Math.round(amount * 100), email: addressOf(member), at })
      await made.deliverAll([payment.intent(), payment.charge()])
    },
    member: async (ref) => {
      const found = await made.app.getMember(ref.includes(':') ? ref : `email:${addressOf(ref)}`)
      if (!found.ok) throw new Error(`${ref}: ${found.message}`)
      return found.value
    },
    command: async (person, line, channel = 'loyalty') => {
      await double.command(PEOPLE[person], channel === 'dm' ? 'dm' : CHANNELS[channel], line)
      await settled()
    },
    press: async (person, named, where, pressed) => {
      await double.press(PEOPLE[person], where, named, pressed)
      await settled()
    },
    submit: async (person, values = {}) => {
      const submission = await double.submit(PEOPLE[person], null, values)
      await settled()
      return { ...submission, view: double.sees(PEOPLE[person]).view }
    },
    openHome: async (person) => {
      await double.openHome(PEOPLE[person])
      await settled()
      const { home } = double.sees(PEOPLE[person])
      if (home === null) throw new Error('nothing was published in App Home')
      return home
    },
    last: (person) => double.lastSeenBy(PEOPLE[person]),
    reads: (person) => double.lastSeenBy(PEOPLE[person]).reads,
    window: (person) => double.sees(PEOPLE[person]).view,
    home: (person) => double.sees(PEOPLE[person]).home,
    // Ada is in every channel.
    channel: (name) =>
      double.sees(PEOPLE.ada).messages.filter(({ channel, isEphemeral }) => channel === CHANNELS[name] && !isEphemeral),
    toldAlone: (person) =>
      double.sees(PEOPLE[person]).messages.filter(({ isEphemeral, channel }) => isEphemeral || channel.startsWith('D')),
    flush: async (ms = 6_000) => {
      clock.at += ms
      await settled()
    },
  }
  for (const member of members) await enrol(member)
  return desk
}

/** With one that takes what is for the CRM, unless a test has its own: nothing else is to wait than what a test is about. */
const crmUnless = (given: Deliverer[]): Deliverer[] => {
  const crm: Deliverer = { vendor: 'hubspot', kinds: ['hubspot.contact'], deliver: async () => ({ kind: 'done' }) }
  return given.some(({ vendor }) => vendor === crm.vendor) ? given : [...given, crm]
}

/** As the HTTP thread of Node has it: what goes in and comes out is copied, and everything but the program takes its time. */
const ofAnotherThread = (app: App): App =>
  new Proxy(app, {
    get: (_, name) => {
      const method: unknown = Reflect.get(app, name)
      if (name === 'program' || typeof method !== 'function') return method
      return async (...given: unknown[]): Promise<unknown> =>
        structuredClone(await Reflect.apply(method, app, structuredClone(given)))
    },
  })

const SETTINGS: DeskSettings = {
  alertChannel: CHANNELS.alerts,
  hubspotUrl: async (record) => `https://app.hubspot.com/contacts/4242/record/0-1/${record}`,
  stripeUrl: async (customer) => `https://dashboard.stripe.com/customers/${customer}`,
}

const addressOf = (member: string): string => (member.includes('@') ? member : `${member.toLowerCase()}@example.org`)
const nameOf = (member: string): string => `${member[0]?.toUpperCase()}${member.slice(1)}`

function loggerTo(logs: Logged[]) {
  const to =
    (level: Logged['level']) =>
    (message: string, fields: object = {}) =>
      void logs.push({ level, message, fields })
  return { debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error') }
}
