// The API under /api/v1: routes, keys, limits and the document that describes them.
import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import type { App } from '../../app/ports.ts'
import { problem } from '../problems.ts'
import { addActionRoutes } from './actions.ts'
import { addAlertRoutes } from './alerts.ts'
import { type ApiEnv, type AuthOptions, createAuthentication } from './auth.ts'
import { addContactRoutes } from './contacts.ts'
import { refuseInvalid } from './field-errors.ts'
import { addMemberRoutes } from './members.ts'
import { addPointRoutes } from './points.ts'
import { addProgramRoutes } from './program.ts'
import { addQueueRoutes } from './queues.ts'
import { addRedemptionRoutes } from './redemptions.ts'
import { addReportRoutes } from './reports.ts'
import { addTransferRoutes, TRANSFER_PATH } from './transfer.ts'

export const API_PATH = '/api/v1'

export interface ApiOptions extends AuthOptions {
  app: App
  bodyBytes: number
  transferBytes: number
}

/** The routes that need a key. */
export function createApi({ app, bodyBytes, transferBytes, ...auth }: ApiOptions): OpenAPIHono<ApiEnv> {
  const api = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
  api.use('*', createAuthentication(auth))
  const upTo = (maxSize: number) =>
    bodyLimit({ maxSize, onError: (c) => problem(c, 'too_large', `The body may have ${maxSize} bytes at most.`) })
  const [usual, ofRows] = [upTo(bodyBytes), upTo(transferBytes)]
  api.use('*', (c, next) => (c.req.path.includes(`${API_PATH}${TRANSFER_PATH}`) ? ofRows : usual)(c, next))
  addProgramRoutes(api, app)
  addMemberRoutes(api, app)
  addPointRoutes(api, app)
  addRedemptionRoutes(api, app)
  addActionRoutes(api, app)
  addAlertRoutes(api, app)
  addQueueRoutes(api, app)
  addContactRoutes(api, app)
  addReportRoutes(api, app)
  addTransferRoutes(api, app)
  return api
}

const DESCRIPTION = `Points, members and what waits, of one loyalty program.

Send your key as "Authorization: Bearer <key>". A key has a scope: read, write (also POST and PATCH) or admin (also
erase, export, merge, retry and approve). Every POST needs an Idempotency-Key: sent again with the same content it gives the
first answer again, with other content idempotency_conflict. Amounts are integers in minor units, times are ISO 8601
in UTC. Lists come in pages: pass "next" as cursor to get the one after.`

export type ApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>

/** The OpenAPI document, made from the routes themselves. */
export function describeApi(api: OpenAPIHono<ApiEnv>): ApiDocument {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Regulars', version: '1', description: DESCRIPTION },
    servers: [{ url: API_PATH }],
  })
}
