// The night's look at HubSpot's contacts: queues members whose properties changed by time alone, and reads a seventh of the
// contacts to see what somebody edited by hand. In small slices with rests between them, so that it holds up no payment.
import type { HubspotClient } from '../../integrations/hubspot/client.ts'
import type { DriftReport } from '../../integrations/hubspot/drift.ts'
import type { ContactState } from '../app/ports/contacts.ts'
import type { App, Clock, Logger } from '../app/ports.ts'
import type { Config } from '../config.ts'
import { hubspotClient } from './hubspot-client.ts'
import { createNightRound, type NightState } from './night-round.ts'

export const HUBSPOT_NIGHT = 'hubspot_night'
const DAY_MS = 86_400_000
const NIGHTS = 7
/** Members looked at in one go: some milliseconds. */
const SLICE = 50
/** Contacts read in one call. */
const BATCH = 100
/** HubSpot's window is ten seconds: such a wait is waited out. */
const SHORT_WAIT_MS = 15_000
const DOWN_REST_MS = 5_000
/** A night that fails so often at one place is over. */
const TRIES = 3
/** It rests so many times as long as it works. */
const REST_SHARE = 3
const LONGEST_REST_MS = 2_000

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

export interface HubspotNightOptions {
  config: Pick<Config, 'hubspot'>
  app: Pick<
    App,
    | 'program'
    | 'getSetting'
    | 'putSetting'
    | 'contactsAfter'
    | 'contactsOf'
    | 'queueContacts'
    | 'resyncContacts'
    | 'holdContacts'
    | 'releaseContacts'
  >
  clock: Clock
  logger: Logger
  /** Waits; default: by a timer. */
  rest?: (ms: number) => Promise<unknown>
  /** Whether payments take most of the time now: then it rests as long as it ever does. Default: they never do. */
  isBusy?: () => boolean
}

interface Night extends NightState {
  /** The number of the last member who was looked at. */
  after: number
  /** HubSpot would not be read any more: the rest of this night's contacts are compared in a week. */
  isBlind: boolean
  tries: number
  queued: number
  compared: number
  edited: number
  gone: number
}

/** A round to be called now and then, most of which do nothing. Does nothing without a token. */
export function createHubspotNight(options: HubspotNightOptions): (isStopped: () => boolean) => Promise<void> {
  const { config, app, clock } = options
  if (config.hubspot.accessToken === null) return async () => {}
  const none = { queued: 0, compared: 0, edited: 0, gone: 0 }
  return createNightRound<Night>({
    app,
    clock,
    setting: HUBSPOT_NIGHT,
    begin: (date) => ({ date, after: 0, isDone: false, isBlind: false, tries: 0, ...none }),
    hold: () => app.holdContacts(),
    release: () => app.releaseContacts(),
    run: (night, isStopped) => new Watch(options, night).run(isStopped),
  })
}

class Watch {
  readonly #options: HubspotNightOptions
  readonly #night: Night
  /** To be read with others. A crash loses them: they are compared in a week. */
  #waiting: ContactState[] = []

  constructor(options: HubspotNightOptions, night: Night) {
    this.#options = options
    this.#night = night
  }

  async run(isStopped: () => boolean): Promise<void> {
    const { logger, rest = wait, isBusy = () => false } = this.#options
    const night = this.#night
    // Noted first: what brings the server down must not do so for ever.
    night.tries++
    if (night.tries > TRIES) {
      night.isDone = true
      logger.error('the night’s look at HubSpot’s contacts is given up until tomorrow', { after: night.after })
    }
    await this.#keep()
    let { after } = night
    while (!night.isDone && !isStopped()) {
      // Lost by the clock: whoever has it now goes on from what was kept.
      if (!(await this.#options.app.holdContacts())) return
      const startedAt = performance.now()
      const next = await this.#slice(after)
      after = next ?? after
      night.isDone = next === null
      if (night.isDone || this.#waiting.length >= BATCH) await this.#compare(after, night.isDone)
      const restMs = Math.min(LONGEST_REST_MS, (performance.now() - startedAt) * REST_SHARE)
      await rest(isBusy() ? LONGEST_REST_MS : Math.ceil(restMs))
    }
    // What was collected is read, so that short turns get on, too.
    if (!night.isDone && after > night.after) await this.#compare(after, true)
    if (night.isDone) this.#tell()
  }

  /** Queues who changed by time alone; answers where the next slice begins, null at the end. */
  async #slice(after: number): Promise<number | null> {
    const { app } = this.#options
    const { program } = app.program()
    const [{ propertiesOf }, { changedSince, hash32 }, { isComparable }] = await modules()
    const { contacts, next } = await app.contactsAfter(after, SLICE)
    const known = contacts.filter(isComparable)
    const changed = known.filter(
      (contact) =>
        Object.keys(changedSince(contact.written, propertiesOf(contact, program), program.hubspot.prefix)).length > 0,
    )
    await app.queueContacts(changed.map(({ member }) => member))
    this.#night.queued += changed.length
    const turn = Math.floor(Date.parse(this.#night.date) / DAY_MS) % NIGHTS
    const isTurn = ({ member }: ContactState): boolean => Number.parseInt(hash32(member), 36) % NIGHTS === turn
    if (!this.#night.isBlind) this.#waiting.push(...known.filter(isTurn))
    return next
  }

  /** Reads what is collected, and keeps how far it came. What is left over is a part of the next batch. */
  async #compare(after: number, isOver: boolean): Promise<void> {
    const night = this.#night
    while (this.#waiting.length >= BATCH || (isOver && this.#waiting.length > 0)) await this.#read()
    night.after = after
    night.tries = 0
    await this.#keep()
  }

  async #read(): Promise<void> {
    const { app } = this.#options
    const batch = this.#waiting.splice(0, BATCH)
    const report = await this.#ask(batch)
    const night = this.#night
    night.compared += report.checked
    night.edited += report.drifted.length
    night.gone += report.gone.length
    const members = [...report.drifted.map(({ member }) => member), ...report.gone]
    if (members.length > 0) await app.resyncContacts(members)
    if (report.later === null) return
    night.isBlind = true
    this.#waiting = []
  }

  /** As they are now, some moments after they were collected. A short wait is waited out, and one failure is no reason to stop. */
  async #ask(batch: readonly ContactState[]): Promise<DriftReport> {
    const { config, app, clock, rest = wait } = this.#options
    const { program } = app.program()
    const { quotaShare } = program.hubspot
    const client = (await hubspotClient({ config, clock, quotaShare })) as HubspotClient
    const { readDrift } = await import('../../integrations/hubspot/drift.ts')
    const contacts = await app.contactsOf(batch.map(({ member }) => member))
    for (let tries = 1; ; tries++) {
      const report = await readDrift({ client, program, contacts: app }, contacts)
      const { later } = report
      const restMs = later?.kind === 'wait' ? later.forMs : DOWN_REST_MS
      if (later === null || restMs > SHORT_WAIT_MS || tries >= TRIES) return report
      await rest(restMs)
    }
  }

  #keep(): Promise<void> {
    return this.#options.app.putSetting(HUBSPOT_NIGHT, JSON.stringify(this.#night))
  }

  #tell(): void {
    const { date, queued, compared, edited, gone, isBlind } = this.#night
    const { logger } = this.#options
    const counts = { date, queued, compared, edited, gone }
    if (isBlind) logger.warn('HubSpot’s contacts were looked through; not all of this night’s could be read', counts)
    else logger.info('HubSpot’s contacts were looked through', counts)
  }
}

const modules = () =>
  Promise.all([
    import('../../integrations/hubspot/properties.ts'),
    import('../../integrations/hubspot/written.ts'),
    import('../../integrations/hubspot/drift.ts'),
  ])
