// Stripe's webhook signature, checked here and not by the SDK: ours takes several secrets (rotation) and refuses
// timestamps from the future too. Source: https://docs.stripe.com/webhooks#verify-manually
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Why a signature was refused. `unconfigured`: there is no secret to check with. */
export type SignatureRefusal = 'unconfigured' | 'missing' | 'malformed' | 'stale' | 'future' | 'mismatch'

export type SignatureResult = { ok: true } | { ok: false; reason: SignatureRefusal }

export interface SignatureCheck {
  /** The body as it came, not parsed and written again. */
  payload: string | Uint8Array
  /** `Stripe-Signature`: `t=<seconds>,v1=<hex>[,v1=<hex>…]`. */
  header: string | null | undefined
  secrets: readonly string[]
  nowMs: number
  /** How far the timestamp may be off, in either direction. Default: five minutes. */
  toleranceMs?: number
}

const DEFAULT_TOLERANCE_MS = 300_000
const MAX_HEADER_CHARACTERS = 4096
/** Stripe sends one per secret in rotation, so two; more than this is someone else. */
const MAX_SIGNATURES = 16
const SECONDS = /^\d{1,12}$/
const SHA256_HEX = /^[0-9a-f]{64}$/

interface ParsedHeader {
  t: string
  signatures: string[]
}

const refuse = (reason: SignatureRefusal): SignatureResult => ({ ok: false, reason })

/** The timestamp and the `v1` signatures; null when there is not exactly one timestamp and a bounded list of them. */
function parseHeader(header: string): ParsedHeader | null {
  if (header.length > MAX_HEADER_CHARACTERS) return null
  let t: string | null = null
  const signatures: string[] = []
  for (const part of header.split(',')) {
    const cut = part.indexOf('=')
    const key = part.slice(0, cut).trim()
    const value = part.slice(cut + 1).trim()
    if (key === 't') {
      if (t !== null || !SECONDS.test(value)) return null
      t = value
    } else if (key === 'v1') {
      // A v1 of another shape can match nothing, so it is passed over like an unknown scheme.
      if (SHA256_HEX.test(value)) signatures.push(value)
      if (signatures.length > MAX_SIGNATURES) return null
    }
  }
  return t === null || signatures.length === 0 ? null : { t, signatures }
}

/**
 * Whether `payload` was signed by one of `secrets` within the tolerance of `nowMs`. Never throws; compares in
 * constant time. Time counts in whole seconds, as Stripe's does.
 */
export function verifyStripeSignature(check: SignatureCheck): SignatureResult {
  const { payload, header, nowMs, toleranceMs = DEFAULT_TOLERANCE_MS } = check
  // An empty secret would let anyone sign.
  const secrets = check.secrets.filter((secret) => secret !== '')
  if (secrets.length === 0) return refuse('unconfigured')
  if (header === null || header === undefined || header === '') return refuse('missing')
  const parsed = parseHeader(header)
  if (parsed === null) return refuse('malformed')
  const ageMs = (Math.floor(nowMs / 1000) - Number(parsed.t)) * 1000
  if (ageMs > toleranceMs) return refuse('stale')
  if (ageMs < -toleranceMs) return refuse('future')
  const signatures = parsed.signatures.map((signature) => Buffer.from(signature, 'hex'))
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(`${parsed.t}.`).update(payload).digest()
    for (const signature of signatures) if (timingSafeEqual(signature, expected)) return { ok: true }
  }
  return refuse('mismatch')
}
