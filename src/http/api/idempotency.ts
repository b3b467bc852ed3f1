// Idempotency-Key: required on every POST, so that a call whose answer was lost can simply be sent again.
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Idempotency } from '../../app/ports.ts'
import { canonicalJson, sha256Hex } from '../digest.ts'
import type { ApiEnv } from './auth.ts'

const HEADER = 'Idempotency-Key'
const RULE = 'must be 1 to 255 printable ASCII characters, chosen by you and new for each operation'

export const idempotencyHeaders = z.object({
  [HEADER]: z
    .string({ error: RULE })
    .regex(/^[\x20-\x7e]{1,255}$/, { error: RULE })
    .openapi({
      description: 'Chosen by you, and new for each operation: 1 to 255 printable ASCII characters.',
      example: 'parcel-4711-goodwill',
    }),
})

/**
 * The key with what it stands for. The content is the body as sent, whatever the order of its keys. What the path
 * names goes in as a digest: it may be an e-mail address, and these rows are not where personal data belongs.
 *
 * @param route the route's pattern: `POST /members/{ref}/merge`
 */
export async function idempotencyOf(
  c: Context<ApiEnv>,
  route: string,
  key: string,
  ref?: string,
): Promise<Idempotency> {
  return idempotencyWith(c, route, key, ref, await c.req.json())
}

/** The same for a call that may come without a body. */
export async function idempotencyWith(
  c: Context<ApiEnv>,
  route: string,
  key: string,
  ref: string | undefined,
  content: unknown,
): Promise<Idempotency> {
  const hash = await sha256Hex(canonicalJson(content))
  const about = ref === undefined ? '' : ` ${await sha256Hex(sameRef(ref))}`
  return { holder: c.get('holder').name, route: `${route}${about}`, key, hash }
}

/** Addresses are the same in any case; ids of vendors are not. */
const sameRef = (ref: string) => (ref.toLowerCase().startsWith('email:') ? ref.toLowerCase() : ref)
