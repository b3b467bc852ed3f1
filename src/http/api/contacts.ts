// What the CRM makes of members: contacts that it refuses, with its words.
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { App } from '../../app/ports.ts'
import type { ApiEnv } from './auth.ts'
import { queueQuery } from './input.ts'
import { present, responses, scoped } from './route.ts'

const refused = z
  .object({
    member: z.string(),
    state: z.literal('refused'),
    record: z.string().nullable().openapi({ description: 'HubSpot’s record id; null while there is none.' }),
    reason: z.string().openapi({ description: 'Why, in HubSpot’s words; addresses are left out.' }),
    at: z.iso.datetime().openapi({ description: 'When it was refused last.' }),
  })
  .openapi('RefusedContact')

const contacts = createRoute({
  method: 'get',
  path: '/contacts',
  tags: ['Health'],
  summary: 'Lists members whose contact HubSpot refuses, the newest first',
  description: 'Each is sent again when the member changes, or by POST /outbox/{id}/retry.',
  ...scoped('read'),
  request: {
    query: queueQuery.extend({
      state: z.literal('refused').default('refused').openapi({ description: 'The only one that is listed.' }),
    }),
  },
  responses: responses(
    200,
    z.object({
      contacts: z.array(refused),
      next: z.string().nullable().openapi({ description: 'The cursor of the next page; null on the last.' }),
    }),
    'Contacts, a page at a time.',
    'invalid_request',
  ),
})

export function addContactRoutes(api: OpenAPIHono<ApiEnv>, app: App): void {
  api.openapi(contacts, async (c) => {
    const { state, ...page } = present(c.req.valid('query'))
    const { items, next } = await app.refusedContacts(page)
    return c.json({ contacts: items.map((item) => ({ ...item, state })), next })
  })
}
