/** How things are outside: what waits because a vendor does not answer, what was refused, whether the night's look came to its end. */

import type { KindStanding } from '../../src/app/ports/upkeep.ts'
import type { App, InboxRow } from '../../src/app/ports.ts'
import type { DeskSettings } from './desk.ts'

export interface HubspotHealth {
  waiting: number
  refused: number
  /** When the first of those refused was; null where none is. */
  since: string | null
}

export interface Health {
  /** Null: not connected. */
  hubspot: HubspotHealth | null
  /** Contacts aside: those are HubSpot's own line. */
  kinds: readonly KindStanding[]
  /** Parked events, some of them. */
  events: readonly InboxRow[]
  parkedEvents: number
  /** When the newest look that came to its end did, ms; null: none has. */
  lookedAt: number | null
}

export const CONTACT_KIND = 'hubspot.contact'
const EVENTS_SHOWN = 3
const EVENTS_READ = 100
const REFUSED_READ = 100

type Reads = Pick<App, 'outboxStanding' | 'refusedContacts' | 'listInbox' | 'stats'>

export async function readHealth(app: Reads, isHubspotConnected: boolean): Promise<Health> {
  const [kinds, stats] = await Promise.all([app.outboxStanding(), app.stats()])
  const contacts = kinds.find(({ kind }) => kind === CONTACT_KIND)
  return {
    hubspot: isHubspotConnected ? await readHubspot(app, contacts) : null,
    kinds: kinds.filter(({ kind, failing, parked }) => failing !== null || (parked > 0 && kind !== CONTACT_KIND)),
    events: stats.inboxParked > 0 ? await parkedEvents(app) : [],
    parkedEvents: stats.inboxParked,
    lookedAt: stats.lookedAheadAt,
  }
}

export async function readHubspot(
  app: Pick<App, 'refusedContacts'>,
  contacts: KindStanding | undefined,
): Promise<HubspotHealth> {
  const refused = contacts?.parked ?? 0
  // The newest come first: of very many the first is not looked for.
  const listed = refused > 0 ? (await app.refusedContacts({ limit: REFUSED_READ })).items : []
  return {
    waiting: contacts?.waiting ?? 0,
    refused,
    since: listed.at(-1)?.at ?? contacts?.refused?.since ?? null,
  }
}

async function parkedEvents(app: Pick<App, 'listInbox'>): Promise<InboxRow[]> {
  const found: InboxRow[] = []
  let cursor: string | undefined
  // Those that were retried stay in the list.
  for (let read = 0; read < EVENTS_READ * 10 && found.length < EVENTS_SHOWN; read += EVENTS_READ) {
    const page = await app.listInbox({ limit: EVENTS_READ, ...(cursor !== undefined && { cursor }) })
    found.push(...page.items.filter(({ state }) => state === 'parked'))
    if (page.next === null) break
    cursor = page.next
  }
  return found.slice(0, EVENTS_SHOWN)
}

export const isHubspotConnected = async ({
  isHubspotConnected: isKnown,
  hubspotUrl,
}: Pick<DeskSettings, 'isHubspotConnected' | 'hubspotUrl'>): Promise<boolean> =>
  isKnown ?? (await hubspotUrl('1').catch(() => null)) !== null
