/**
 * HubSpot's signatures, checked here and not by the SDK: its helper neither decodes the URI as HubSpot does nor compares in
 * constant time. Source: https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Why a signature was refused. `unconfigured`: there is no secret to check with. */
export type SignatureRefusal = 'unconfigured' | 'missing' | 'malformed' | 'stale' | 'future' | 'mismatch'

export type SignatureResult = { ok: true } | { ok: false; reason: SignatureRefusal }

export interface SignedRequest {
  method: string
  /** The whole address that HubSpot called, its query included, as it came. */
  uri: string
  /** As it came, not parsed and written again. */
  body: Uint8Array
  header: (name: string) => string | undefined
}

export interface SignatureOptions {
  /** The app's client secrets; several while one is being rotated. */
  secrets: readonly string[]
  nowMs: number
}

/** How far the timestamp may be off, in either direction. */
const TOLERANCE_MS = 300_000
const MILLISECONDS = /^\d{1,15}$/
/** 32 bytes in base64. */
const HMAC_BASE64 = /^[A-Za-z0-9+/]{43}=$/
const SHA256_HEX = /^[0-9a-f]{64}$/i
/** `:` `/` `?` `@` `!` `$` `'` `(` `)` `*` `,` `;`: HubSpot signs these as they are, and everything else as it was encoded. */
const DECODED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi

export const signedUri = (uri: string): string => uri.replace(DECODED, decodeURIComponent)

const refuse = (reason: SignatureRefusal): SignatureResult => ({ ok: false, reason })

/** An empty secret would let anyone sign. */
const usable = (secrets: readonly string[]): string[] => secrets.filter((secret) => secret !== '')

/** Version 3, of webhooks and of what a card asks: HMAC over method, URI, body and timestamp. Never throws. */
export function verifyV3({ method, uri, body, header }: SignedRequest, options: SignatureOptions): SignatureResult {
  const secrets = usable(options.secrets)
  if (secrets.length === 0) return refuse('unconfigured')
  const signature = header('x-hubspot-signature-v3')
  const timestamp = header('x-hubspot-request-timestamp')
  if (!signature || !timestamp) return refuse('missing')
  if (!MILLISECONDS.test(timestamp) || !HMAC_BASE64.test(signature)) return refuse('malformed')
  const ageMs = options.nowMs - Number(timestamp)
  if (ageMs > TOLERANCE_MS) return refuse('stale')
  if (ageMs < -TOLERANCE_MS) return refuse('future')
  const given = Buffer.from(signature, 'base64')
  const expected = (secret: string) =>
    createHmac('sha256', secret)
      .update(`${method}${signedUri(uri)}`)
      .update(body)
      .update(timestamp)
      .digest()
  return anyIs(given, secrets.map(expected))
}

/**
 * Version 2, of workflow actions: a hash over secret, method, URI and body. It has no timestamp, so a call that was overheard
 * can be sent again: what it asks for must be done once only.
 */
export function verifyV2({ method, uri, body, header }: SignedRequest, options: SignatureOptions): SignatureResult {
  const secrets = usable(options.secrets)
  if (secrets.length === 0) return refuse('unconfigured')
  const signature = header('x-hubspot-signature')
  if (!signature) return refuse('missing')
  const version = header('x-hubspot-signature-version') ?? 'v2'
  if (version.toLowerCase() !== 'v2' || !SHA256_HEX.test(signature)) return refuse('malformed')
  const given = Buffer.from(signature, 'hex')
  const expected = (secret: string) => createHash('sha256').update(`${secret}${method}${uri}`).update(body).digest()
  return anyIs(given, secrets.map(expected))
}

/** Workflow actions carry version 2, and lately version 3 beside it: either proves who calls. */
export function verifyV2OrV3(request: SignedRequest, options: SignatureOptions): SignatureResult {
  const newer = verifyV3(request, options)
  if (newer.ok || newer.reason === 'unconfigured') return newer
  const older = verifyV2(request, options)
  // What the newer one lacks says more than that the older one is not there.
  return older.ok || newer.reason === 'missing' ? older : newer
}

function anyIs(given: Buffer, expected: readonly Buffer[]): SignatureResult {
  let found = false
  for (const one of expected) if (timingSafeEqual(given, one)) found = true
  return found ? { ok: true } : refuse('mismatch')
}
