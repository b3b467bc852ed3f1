/**
 * Who may see the sandbox: a browser on this machine that was told to come here. A page of somebody else's could otherwise point
 * its own name at 127.0.0.1, or post to us in a visitor's name.
 */
import type { MiddlewareHandler } from 'hono'

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
}

const refuse = (detail: string): Response =>
  Response.json(
    { type: 'about:blank', title: 'Forbidden', status: 403, code: 'forbidden', detail },
    { status: 403, headers: { 'content-type': 'application/problem+json', ...HEADERS } },
  )

/** @param port as browsers know it; asked for at each request, since it may be chosen only on listening */
export const onlyFromHere =
  (port: () => number): MiddlewareHandler =>
  async (c, next) => {
    const hosts = ['localhost', '127.0.0.1', '[::1]'].flatMap((name) => [
      `${name}:${port()}`,
      // Browsers leave the standard port out.
      ...(port() === 80 ? [name] : []),
    ])
    if (!hosts.includes((c.req.header('host') ?? '').toLowerCase()))
      return refuse(`The sandbox is only shown at http://localhost:${port()}/.`)
    // Browsers say where a request comes from; a link that was followed comes from elsewhere, and only looks.
    const site = c.req.header('sec-fetch-site')
    const isLooking = c.req.method === 'GET' && c.req.header('sec-fetch-mode') === 'navigate'
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isLooking)
      return refuse('The sandbox only does what its own page asks.')
    // What changes something is JSON: no form of another site's can send that unasked.
    if (c.req.method !== 'GET' && !(c.req.header('content-type') ?? '').startsWith('application/json'))
      return refuse('The sandbox is asked in JSON.')
    await next()
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
    return undefined
  }
