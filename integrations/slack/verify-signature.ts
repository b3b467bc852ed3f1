/**
 * Slack's signature, checked here and not by Bolt: its own check lets timestamps from the future pass.
 * Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Why a signature was refused. `unconfigured`: there is no secret to check with. */
export type SignatureRefusal = 'unconfigured' | 'missing' | 'malformed' | 'stale' | 'future' | 'mismatch'
export type SignatureResult = { ok: true } | { ok: false; reason: SignatureRefusal }

export interface SignatureCheck {
  /** As it came, not parsed and written again. */
  body: Uint8Array
  /** `X-Slack-Signature`: `v0=<hex>`. */
  signature: string | undefined
  /** `X-Slack-Request-Timestamp`: seconds. */
  timestamp: string | undefined
  /** Several while one is being rotated. */
  secrets: readonly string[]
  nowMs: number
}

/** How far the timestamp may be off, in either direction. */
const TOLERANCE_MS = 300_000
const SECONDS = /^\d{1,12}$/
const SIGNATURE = /^v0=[0-9a-f]{64}$/

const refuse = (reason: SignatureRefusal): SignatureResult => ({ ok: false, reason })

/** Never throws; compares in constant time. */
export function verifySlackSignature({ body, signature, timestamp, secrets, nowMs }: SignatureCheck): SignatureResult {
  // An empty secret would let anyone sign.
  const usable = secrets.filter((secret) => secret !== '')
  if (usable.length === 0) return refuse('unconfigured')
  if (!signature || !timestamp) return refuse('missing')
  if (!SECONDS.test(timestamp) || !SIGNATURE.test(signature)) return refuse('malformed')
  const ageMs = (Math.floor(nowMs / 1_000) - Number(timestamp)) * 1_000
  if (ageMs > TOLERANCE_MS) return refuse('stale')
  if (ageMs < -TOLERANCE_MS) return refuse('future')
  const given = Buffer.from(signature.slice('v0='.length), 'hex')
  const isSigned = usable.some((secret) =>
    timingSafeEqual(given, createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest()),
  )
  return isSigned ? { ok: true } : refuse('mismatch')
}
