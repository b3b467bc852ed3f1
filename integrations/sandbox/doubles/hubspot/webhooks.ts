/** What HubSpot tells others of its contacts: events in batches, signed as version 3. */
import { createHmac } from 'node:crypto'
import type { PortalEvent } from './contacts.ts'

export interface WebhookTarget {
  url: string
  clientSecret: string
  fetch?: typeof fetch
}

/** As HubSpot signs: over method, URI, body and timestamp (ms). */
export function signV3(
  { method, uri, body, at }: { method: string; uri: string; body: string; at: number },
  clientSecret: string,
): Record<string, string> {
  const signature = createHmac('sha256', clientSecret).update(`${method}${uri}${body}${at}`).digest('base64')
  return { 'X-HubSpot-Signature-v3': signature, 'X-HubSpot-Request-Timestamp': String(at) }
}

export async function sendEvents(
  { url, clientSecret, fetch: send = fetch }: WebhookTarget,
  events: readonly PortalEvent[],
  now: number,
): Promise<number> {
  const body = JSON.stringify(events)
  const signature = signV3({ method: 'POST', uri: url, body, at: now }, clientSecret)
  const response = await send(url, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...signature },
  })
  await response.body?.cancel()
  return response.status
}
