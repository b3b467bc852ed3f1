// Bearer keys on the API: who calls (401), whether they may (403), and a brake on guessing (429).
import type { Context, MiddlewareHandler } from 'hono'
import type { Origin } from '../../app/ports.ts'
import { type KeyHolder, type Keyring, mayAct, type Scope } from '../api-keys.ts'
import { problem, refuseTooMany } from '../problems.ts'
import type { RateLimiter } from '../rate-limiter.ts'

export type ApiEnv = { Variables: { holder: KeyHolder } }

export interface AuthOptions {
  keyring: Keyring
  countFailure: RateLimiter
  remoteAddress: (c: Context) => string
}

/** A good key is looked at first and never waits, whoever else fails from the same address. */
export const createAuthentication =
  ({ keyring, countFailure, remoteAddress }: AuthOptions): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const presented = bearerToken(c.req.header('authorization'))
    const holder = presented === null ? null : await keyring.find(presented)
    if (holder === null) {
      const waitMs = await countFailure(remoteAddress(c))
      return waitMs > 0
        ? refuseTooMany(c, waitMs, 'Too many requests without a valid key came from this address.')
        : refuseUnknown(c, keyring, presented)
    }
    c.set('holder', holder)
    await next()
    return undefined
  }

const bearerToken = (header: string | undefined): string | null => /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null

function refuseUnknown(c: Context, keyring: Keyring, presented: string | null): Response {
  const headers = { 'www-authenticate': 'Bearer realm="regulars"' }
  if (keyring.isEmpty) {
    return problem(c, 'unauthorized', 'This server has no API keys: its operator sets them in API_KEYS.', { headers })
  }
  const missing = 'Send your key in the header "Authorization: Bearer <key>".'
  return problem(c, 'unauthorized', presented === null ? missing : 'This key is not known.', { headers })
}

/** Lets only holders of a scope, or of one above it, go on. */
export const needs =
  (scope: Scope): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const holder = c.get('holder')
    if (!mayAct(holder, scope)) {
      return problem(c, 'forbidden', `This needs the scope ${scope}; the key "${holder.name}" has ${holder.scope}.`)
    }
    await next()
    return undefined
  }

/** How the books name whoever calls. */
export function originOf(c: Context<ApiEnv>): Origin {
  const name = `api:${c.get('holder').name}`
  return { source: name, actor: name }
}
