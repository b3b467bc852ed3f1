// HubSpot's part in the whole. What calls it is loaded when there is something to write.

import type { Contacts } from '../app/ports/contacts.ts'
import type { App, Clock, Deliverer, Logger } from '../app/ports.ts'
import type { Config } from '../config.ts'
import type { HubspotHandlers } from '../http/hubspot-routes.ts'
import type { Metrics } from '../metrics.ts'
import type { Program } from '../program/schema.ts'
import { hubspotClient } from './hubspot-client.ts'

/** Members to be written to HubSpot, one row each. */
export const HUBSPOT_CONTACT = 'hubspot.contact'
/** As the deliverer says itself, which is loaded late. */
const MOST = 100
const FLUSH_EVERY_MS = 2_000

interface HubspotParts {
  config: Pick<Config, 'hubspot'>
  clock: Clock
  /** Asked for when something is delivered: the use cases are put together with their deliverers. */
  contacts: () => Pick<Contacts, 'contactsOf' | 'noteContacts'>
  program: Program
}

/** Null without a token to call HubSpot with. */
export function createHubspotDeliverer({ config, clock, contacts, program }: HubspotParts): Deliverer | null {
  if (config.hubspot.accessToken === null) return null
  let loaded: Promise<Deliverer> | undefined
  const load = async (): Promise<Deliverer> => {
    const [client, { createHubspotSync }] = await Promise.all([
      hubspotClient({ config, clock, quotaShare: program.hubspot.quotaShare }),
      import('../../integrations/hubspot/sync.ts'),
    ])
    if (client === null) throw new Error('HubSpot is not connected')
    return createHubspotSync({ client, contacts: contacts(), program: () => program })
  }
  const get = () => {
    loaded ??= load()
    return loaded
  }
  return {
    vendor: 'hubspot',
    kinds: [HUBSPOT_CONTACT],
    deliver: async (row) => (await get()).deliver(row),
    together: {
      kind: HUBSPOT_CONTACT,
      most: MOST,
      everyMs: FLUSH_EVERY_MS,
      deliver: async (rows) => (await (await get()).together?.deliver(rows)) ?? [],
    },
  }
}

/** What HubSpot calls; nothing without a secret to check its signatures with. Several may be listed, while one is rotated. */
export async function createHubspotHandlers(
  { hubspot: { clientSecret }, publicUrl }: Pick<Config, 'hubspot' | 'publicUrl'>,
  { app, clock, logger, metrics }: { app: App; clock: Clock; logger: Logger; metrics: Metrics },
): Promise<{ hubspot?: HubspotHandlers }> {
  if (clientSecret === null) return {}
  const { createHubspotDoors } = await import('../../integrations/hubspot/doors.ts')
  const secrets = clientSecret.split(',').map((secret) => secret.trim())
  const count = metrics.webhookOutcome.bind(metrics, 'hubspot')
  return { hubspot: createHubspotDoors({ app, clock, logger, secrets, publicUrl, count }) }
}
