// The one client of HubSpot's that a process has: its limiter keeps one account of all calls. Loaded when there is something
// to ask.
import type { HubspotClient } from '../../integrations/hubspot/client.ts'
import type { Clock } from '../app/ports.ts'
import type { Config } from '../config.ts'

export interface HubspotClientParts {
  config: { hubspot: Pick<Config['hubspot'], 'accessToken' | 'apiUrl'> }
  clock: Clock
  quotaShare: number
}

/** By clock: a process has one, and tests have many. */
const clients = new WeakMap<Clock, Map<string, Promise<HubspotClient>>>()

/** Null without a token. */
export function hubspotClient({ config, clock, quotaShare }: HubspotClientParts): Promise<HubspotClient> | null {
  const { accessToken, apiUrl } = config.hubspot
  if (accessToken === null) return null
  const known = clients.get(clock) ?? new Map<string, Promise<HubspotClient>>()
  clients.set(clock, known)
  const key = JSON.stringify([apiUrl, accessToken, quotaShare])
  const client = known.get(key) ?? make({ accessToken, apiUrl, clock, quotaShare })
  known.set(key, client)
  return client
}

async function make(options: {
  accessToken: string
  apiUrl: string | null
  clock: Clock
  quotaShare: number
}): Promise<HubspotClient> {
  const { createHubspotClient } = await import('../../integrations/hubspot/client.ts')
  return createHubspotClient(options)
}
