// What waits or is stuck: events that could not be understood, and deliveries to vendors.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { App } from '../../app/ports.ts'
import { answer } from '../problems.ts'
import type { ApiEnv } from './auth.ts'
import { idempotencyHeaders } from './idempotency.ts'
import { inboxParams, outboxParams, queueQuery } from './input.ts'
import { delivery, inboxPage, outboxPage, retried } from './output.ts'
import { presentDelivery, presentInbox, presentOutbox } from './present.ts'
import { present, responses, scoped } from './route.ts'

const tags = ['Health']

const inbox = createRoute({
  method: 'get',
  path: '/inbox',
  tags,
  summary: 'Lists events that were kept because they could not be understood',
  ...scoped('read'),
  request: { query: queueQuery },
  responses: responses(200, inboxPage, 'Events, a page at a time.', 'invalid_request'),
})

const retryEvent = createRoute({
  method: 'post',
  path: '/inbox/{id}/retry',
  tags,
  summary: 'Tries to understand a kept event again',
  ...scoped('admin'),
  request: { params: inboxParams, headers: idempotencyHeaders },
  responses: responses(200, retried, 'What became of it.', 'invalid_request', 'not_found', 'conflict'),
})

const outbox = createRoute({
  method: 'get',
  path: '/outbox',
  tags,
  summary: 'Lists what is to be delivered to vendors, or was refused by them',
  ...scoped('read'),
  request: { query: queueQuery },
  responses: responses(200, outboxPage, 'Deliveries, a page at a time.', 'invalid_request'),
})

const retryDelivery = createRoute({
  method: 'post',
  path: '/outbox/{id}/retry',
  tags,
  summary: 'Makes a delivery due again at once',
  ...scoped('admin'),
  request: { params: outboxParams, headers: idempotencyHeaders },
  responses: responses(200, delivery, 'The delivery as it stands now.', 'invalid_request', 'not_found', 'conflict'),
})

/** Trying again is idempotent by nature: the key is asked for as everywhere, but nothing has to be kept of it. */
export function addQueueRoutes(api: OpenAPIHono<ApiEnv>, app: App): void {
  api.openapi(inbox, async (c) => c.json(presentInbox(await app.listInbox(present(c.req.valid('query'))))))
  api.openapi(retryEvent, async (c) =>
    answer(c, await app.retryInbox(c.req.valid('param').id), 200, ({ outcome }) => ({ outcome })),
  )
  api.openapi(outbox, async (c) => c.json(presentOutbox(await app.listOutbox(present(c.req.valid('query'))))))
  api.openapi(retryDelivery, async (c) =>
    answer(c, await app.retryOutbox(c.req.valid('param').id), 200, presentDelivery),
  )
}
