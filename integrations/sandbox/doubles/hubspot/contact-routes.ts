/** One contact at a time: looked up, changed, archived, merged, forgotten. */
import type { Hono } from 'hono'
import { PATH, show } from './contact-batches.ts'
import { archive, forget, makeContact, merge, refusal, write } from './contacts.ts'
import { notFound } from './failures.ts'
import { contactByValue, contactOf } from './portal.ts'
import { bodyOf, fail, isRecord, type Json, type Scene } from './scope.ts'

const propertiesIn = ({ properties }: Json): Json => (isRecord(properties) ? properties : {})
const names = (given: string | undefined): string[] => (given === undefined ? [] : given.split(','))

export function addContactRoutes(app: Hono, { desk: open }: Scene): void {
  app.post(`${PATH}/merge`, async (c) => {
    const body = await bodyOf(c)
    const made = merge(open(), String(body.primaryObjectId), String(body.objectIdToMerge))
    return 'body' in made ? fail(c, made) : c.json(show(made, Object.keys(made.properties)))
  })
  app.post(`${PATH}/gdpr-delete`, async (c) => {
    const { objectId, idProperty } = await bodyOf(c)
    forget(open(), idProperty === 'email' ? { email: String(objectId) } : { id: String(objectId) })
    return c.body(null, 204)
  })
  app.post(PATH, async (c) => {
    const desk = open()
    const properties = propertiesIn(await bodyOf(c))
    const why = refusal(desk, properties, null)
    return why === null ? c.json(show(makeContact(desk, properties), Object.keys(properties)), 201) : fail(c, why)
  })
  app.get(`${PATH}/:id`, (c) => {
    const { portal } = open()
    const by = c.req.query('idProperty')
    const id = c.req.param('id')
    const contact = by === undefined ? contactOf(portal, id) : contactByValue(portal, by, id.toLowerCase())
    if (contact === undefined) return fail(c, notFound())
    return c.json(show(contact, names(c.req.query('properties')), names(c.req.query('propertiesWithHistory'))))
  })
  app.patch(`${PATH}/:id`, async (c) => {
    const desk = open()
    const body = await bodyOf(c)
    const contact = contactOf(desk.portal, c.req.param('id'))
    if (contact === undefined) return fail(c, notFound())
    const properties = propertiesIn(body)
    const why = refusal(desk, properties, contact)
    if (why !== null) return fail(c, why)
    write(desk, contact, properties)
    return c.json(show(contact, Object.keys(properties)))
  })
  app.delete(`${PATH}/:id`, (c) => {
    const why = archive(open(), c.req.param('id'))
    return why === null ? c.body(null, 204) : fail(c, why)
  })
}
