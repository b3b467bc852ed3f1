/** Reads what HubSpot sends: whole, bounded, and only when its signature holds. */
import type { Context } from 'hono'
import type { Clock, Logger } from '../../src/app/ports.ts'
import { parseJson, problem } from './problems.ts'
import type { SignatureOptions, SignatureRefusal, SignatureResult, SignedRequest } from './verify-signature.ts'

/** HubSpot's webhooks of 100 events are far smaller. */
export const MAX_BODY_BYTES = 1_048_576

export interface DoorOptions {
  /** The app's client secrets; several while one is being rotated. */
  secrets: readonly string[]
  /** How HubSpot reaches us, where that is not what the request says of itself. */
  publicUrl: string | null
  clock: Clock
  logger: Logger
}

type Verify = (request: SignedRequest, options: SignatureOptions) => SignatureResult
export type SignedContent = { ok: true; url: URL; json: () => unknown } | { ok: false; response: Response }

const DETAILS: Record<SignatureRefusal, string> = {
  unconfigured: 'No client secret is configured: set HUBSPOT_CLIENT_SECRET.',
  missing: 'The X-HubSpot-Signature header is missing.',
  malformed: 'The X-HubSpot-Signature header is malformed.',
  stale: 'The signature is more than five minutes old.',
  future: 'The signature is from more than five minutes in the future.',
  mismatch: 'The signature does not match. Behind a proxy, PUBLIC_URL must be the address that HubSpot calls.',
}

/** The address that was signed: behind a proxy a request does not know by which name it was called. */
export function calledUri(url: string, publicUrl: string | null): string {
  if (publicUrl === null) return url
  const path = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] ?? ''
  return `${publicUrl.replace(/\/+$/, '')}${path}`
}

const decoder = new TextDecoder()

/** The content of a request that HubSpot signed, or the refusal to answer with. @param route its pattern, for the log */
export async function readSigned(
  c: Context,
  route: string,
  verify: Verify,
  { secrets, publicUrl, clock, logger }: DoorOptions,
): Promise<SignedContent> {
  const no = (response: Response): SignedContent => ({ ok: false, response })
  // A body that cannot be read to its end was given up by the sender.
  const body = await readBody(c).catch(() => undefined)
  if (body === undefined) return no(problem(400, 'invalid_request', 'The body could not be read.'))
  if (body === null) return no(problem(413, 'too_large', 'The body is larger than 1 MiB.'))
  const uri = calledUri(c.req.url, publicUrl)
  const request = { method: c.req.method, uri, body, header: (name: string) => c.req.header(name) }
  const verified = verify(request, { secrets, nowMs: clock.now() })
  if (!verified.ok) {
    logger.warn('a call in HubSpot’s name was refused', { route, reason: verified.reason })
    const detail = DETAILS[verified.reason]
    if (verified.reason === 'unconfigured') return no(problem(503, 'unavailable', detail))
    return no(problem(401, 'unauthorized', detail))
  }
  return { ok: true, url: new URL(c.req.url), json: () => parseJson(decoder.decode(body)) }
}

/** The body's bytes, null when there are more than the limit. */
async function readBody({ req }: Context): Promise<Uint8Array | null> {
  const declared = req.header('content-length')
  if (declared !== undefined && /^\d+$/.test(declared) && Number(declared) > MAX_BODY_BYTES) return null
  if (req.raw.body === null) return new Uint8Array()
  const reader = req.raw.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks)
    length += value.byteLength
    if (length > MAX_BODY_BYTES) {
      await reader.cancel()
      return null
    }
    chunks.push(value)
  }
}
