// What no route foresaw: exceptions and unknown paths. The caller learns a code, the log what happened; never a stack
// in an answer, never a URL in the log.
import type { Context, ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { routePath } from 'hono/route'
import { type Logger, StorePaused, StoreUnavailable } from '../app/ports.ts'
import { problem } from './problems.ts'

const RETRY_AFTER_S = '1'
/** A move takes minutes. */
const PAUSED_RETRY_AFTER_S = '60'
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'])

/** The pattern that a request matched, `/api/v1/members/:ref`, so that no log and no metric holds what was in it. */
export const routeOf = (c: Context): string => routePath(c, -1) || 'unmatched'
/** Any method can be sent; what is counted must stay few. */
export const methodOf = (c: Context): string => (METHODS.has(c.req.method) ? c.req.method : 'OTHER')

export const createErrorHandler =
  (logger: Logger): ErrorHandler =>
  (error, c) => {
    if (error instanceof StorePaused) {
      const detail = 'Regulars is paused while its data is moved. Nothing was stored; send it again in some minutes.'
      return problem(c, 'unavailable', detail, { headers: { 'retry-after': PAUSED_RETRY_AFTER_S } })
    }
    if (error instanceof StoreUnavailable) {
      logger.warn('the store is unavailable', { route: routeOf(c), method: methodOf(c), error })
      const detail = 'The database cannot be used right now. Nothing was stored; try again.'
      return problem(c, 'unavailable', detail, { headers: { 'retry-after': RETRY_AFTER_S } })
    }
    if (error instanceof HTTPException && error.status < 500) return fromHttpException(c, error)
    logger.error('a request failed', { route: routeOf(c), method: methodOf(c), error })
    return problem(c, 'internal', 'The server met an error that it did not expect. It was logged.')
  }

/** Hono's own validators throw these: a body that is no JSON, or is not said to be. */
function fromHttpException(c: Context, { status }: HTTPException): Response {
  if (status === 413) return problem(c, 'too_large', 'The body is too large.')
  if (status === 415)
    return problem(c, 'invalid_request', 'The body must be JSON: send content-type: application/json.')
  return problem(c, 'invalid_request', 'The body is not valid JSON.')
}

export const notFound: NotFoundHandler = (c) =>
  problem(c, 'not_found', 'There is nothing at this path. What there is stands at /api/v1/docs.')
