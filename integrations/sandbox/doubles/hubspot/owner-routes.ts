/** People of the portal who own contacts: https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide */
import type { Hono } from 'hono'
import { notFound } from './failures.ts'
import { DATED, fail, type Scene } from './scope.ts'

export function addOwnerRoutes(app: Hono, { desk: open }: Scene): void {
  app.get(`/crm/owners/${DATED}/:id`, (c) => {
    const owner = open().portal.owners[c.req.param('id')]
    // Whoever left is found only by those who ask for the archived.
    const isAsked = owner !== undefined && owner.archived === (c.req.query('archived') === 'true')
    if (!isAsked) return fail(c, notFound())
    return c.json({ ...owner, type: 'PERSON', userId: Number(owner.id) + 1, teams: [] })
  })
}
