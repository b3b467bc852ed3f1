// A move between hosts, in pieces that any host can take: `regulars export --all` and `import --all` call these. Each may be
// sent again when its answer was lost. What names people is in bodies: addresses of requests stand in logs.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { App } from '../../app/ports.ts'
import { answer } from '../problems.ts'
import type { ApiEnv } from './auth.ts'
import { idempotencyHeaders } from './idempotency.ts'
import { jsonBody, responses, scoped } from './route.ts'
import {
  chunkParams,
  cleared,
  indexed,
  newTransfer,
  pageQuery,
  transferChunk,
  transferPage,
  transferParams,
  transferRecord,
  transferStatus,
  verifyQuery,
  verifySlice,
} from './transfer-schemas.ts'

/** Bodies below it may be as large as the largest row, written as JSON. */
export const TRANSFER_PATH = '/transfer/'

const tags = ['Moving between hosts']
const admin = { tags, ...scoped('admin') }
const headers = idempotencyHeaders

const status = createRoute({
  method: 'get',
  path: '/transfer',
  ...admin,
  summary: 'Says what there is to move, and what has arrived',
  responses: responses(200, transferStatus, 'The database as a whole.'),
})

const page = createRoute({
  method: 'post',
  path: '/transfer/pages',
  ...admin,
  summary: 'Gives some rows of a table as they are',
  request: { headers, body: jsonBody(pageQuery) },
  responses: responses(200, transferPage, 'Rows in the order of their key.', 'invalid_request', 'not_found'),
})

const begin = createRoute({
  method: 'put',
  path: '/transfer/{id}',
  ...admin,
  summary: 'Begins a transfer into an empty database, or finds it begun',
  request: { params: transferParams, body: jsonBody(newTransfer) },
  responses: responses(200, transferRecord, 'The transfer as it stands.', 'invalid_request', 'conflict'),
})

const take = createRoute({
  method: 'put',
  path: '/transfer/{id}/chunks/{number}',
  ...admin,
  summary: 'Stores a chunk, once',
  request: { params: chunkParams, body: jsonBody(transferChunk) },
  responses: responses(200, transferRecord, 'The transfer as it stands.', 'invalid_request', 'conflict', 'too_large'),
})

const index = createRoute({
  method: 'post',
  path: '/transfer/{id}/index',
  ...admin,
  summary: 'Makes the search index of what arrived, some of it',
  request: { params: transferParams, headers },
  responses: responses(200, indexed, 'How many members are left.', 'invalid_request', 'conflict'),
})

const finish = createRoute({
  method: 'post',
  path: '/transfer/{id}/finish',
  ...admin,
  summary: 'Ends a transfer that has arrived: the database may be served',
  request: { params: transferParams, headers },
  responses: responses(200, transferRecord, 'The transfer as it stands.', 'invalid_request', 'conflict'),
})

const clear = createRoute({
  method: 'delete',
  path: '/transfer/{id}',
  ...admin,
  summary: 'Takes back what arrived of an unfinished transfer, some of it',
  request: { params: transferParams },
  responses: responses(200, cleared, 'Whether nothing is left of it.', 'invalid_request', 'not_found', 'conflict'),
})

const verify = createRoute({
  method: 'post',
  path: '/verify',
  ...admin,
  summary: 'Adds up the books of some members again and says what differs',
  request: { headers, body: jsonBody(verifyQuery) },
  responses: responses(200, verifySlice, 'What was found; send next to go on.', 'invalid_request'),
})

export function addTransferRoutes(api: OpenAPIHono<ApiEnv>, app: App): void {
  api.openapi(status, async (c) => c.json(await app.transferStatus()))
  api.openapi(page, async (c) => {
    const { table, after } = c.req.valid('json')
    return answer(c, await app.transferPage(table, after), 200, (value) => value)
  })
  api.openapi(begin, async (c) =>
    answer(c, await app.beginTransfer({ ...c.req.valid('param'), ...c.req.valid('json') }), 200, (value) => value),
  )
  api.openapi(take, async (c) => {
    const { id, number } = c.req.valid('param')
    return answer(c, await app.takeChunk(id, number, c.req.valid('json')), 200, (value) => value)
  })
  api.openapi(index, async (c) => answer(c, await app.indexTransfer(c.req.valid('param').id), 200, (value) => value))
  api.openapi(finish, async (c) => answer(c, await app.finishTransfer(c.req.valid('param').id), 200, (value) => value))
  api.openapi(clear, async (c) => answer(c, await app.clearTransfer(c.req.valid('param').id), 200, (value) => value))
  api.openapi(verify, async (c) => c.json(await app.verifySlice(c.req.valid('json').next)))
}
