// Calls as HubSpot makes them: signed over what it sends.
import { createHash, createHmac } from 'node:crypto'

export const SECRET = 'client-secret-of-the-app'

export interface Call {
  method?: string
  uri: string
  body?: string
  secret?: string
}

/** HubSpot signs these characters as they are, however they were sent. */
const asSigned = (uri: string): string =>
  Object.entries({
    '%3A': ':',
    '%2F': '/',
    '%3F': '?',
    '%40': '@',
    '%2C': ',',
    '%3B': ';',
    '%21': '!',
    '%24': '$',
  }).reduce(
    (text, [code, character]) => text.replaceAll(code, character).replaceAll(code.toLowerCase(), character),
    uri,
  )

export function signV3(
  { method = 'POST', uri, body = '', secret = SECRET }: Call,
  atMs: number,
): Record<string, string> {
  const signature = createHmac('sha256', secret)
    .update(`${method}${asSigned(uri)}${body}${atMs}`)
    .digest('base64')
  return { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': String(atMs) }
}

export function signV2({ method = 'POST', uri, body = '', secret = SECRET }: Call): Record<string, string> {
  const signature = createHash('sha256').update(`${secret}${method}${uri}${body}`).digest('hex')
  return { 'x-hubspot-signature': signature, 'x-hubspot-signature-version': 'v2' }
}
