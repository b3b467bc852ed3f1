// HubSpot's part in the whole. What calls it is loaded when there is something to write.

import type { Contacts } from '../app/ports/contacts.ts'
import type { Clock, Deliverer } from '../app/ports.ts'
import type { Config } from '../config.ts'
import type { Program } from '../program/schema.ts'

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
  const { accessToken, apiUrl } = config.hubspot
  if (accessToken === null) return null
  let loaded: Promise<Deliverer> | undefined
  const load = async (): Promise<Deliverer> => {
    const [{ createHubspotClient }, { createHubspotSync }] = await Promise.all([
      import('../../integrations/hubspot/client.ts'),
      import('../../integrations/hubspot/sync.ts'),
    ])
    const client = createHubspotClient({ accessToken, apiUrl, clock, quotaShare: program.hubspot.quotaShare })
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
