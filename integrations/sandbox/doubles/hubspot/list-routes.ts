/** Lists of contacts, as far as setting some up needs them. Their members are whoever their filters fit: not kept here. */
import type { Hono } from 'hono'
import { failure } from './failures.ts'
import { bodyOf, DATED, fail, invalidInput, isRecord, type Scene } from './scope.ts'

const PATH = `/crm/lists/${DATED}`

export function addListRoutes(app: Hono, { desk }: Scene): void {
  app.post(`${PATH}/search`, async (c) => {
    const body = await bodyOf(c)
    const query = typeof body.query === 'string' ? body.query.toLowerCase() : ''
    const offset = typeof body.offset === 'number' ? body.offset : 0
    const count = typeof body.count === 'number' ? Math.min(body.count, 500) : 20
    const all = desk().portal.lists.filter(({ name }) => name.toLowerCase().includes(query))
    const lists = all.slice(offset, offset + count)
    return c.json({
      lists,
      offset: offset + lists.length,
      hasMore: offset + lists.length < all.length,
      total: all.length,
    })
  })
  app.post(PATH, async (c) => {
    const { portal, now } = desk()
    const { name, objectTypeId, processingType, filterBranch } = await bodyOf(c)
    if (
      typeof name !== 'string' ||
      name === '' ||
      typeof objectTypeId !== 'string' ||
      typeof processingType !== 'string'
    )
      return fail(c, invalidInput('name, objectTypeId and processingType are required'))
    if (portal.lists.some((list) => list.name.toLowerCase() === name.toLowerCase()))
      return fail(
        c,
        failure(400, 'VALIDATION_ERROR', `A list named '${name}' already exists.`, {
          subCategory: 'ILS.DUPLICATE_LIST_NAMES',
        }),
      )
    const wrong = processingType === 'DYNAMIC' ? wrongIn(filterBranch, portal.properties) : null
    if (wrong !== null) return fail(c, failure(400, 'VALIDATION_ERROR', wrong, { subCategory: 'ILS.INVALID_FILTERS' }))
    const listId = String(portal.nextList++)
    const list = { listId, name, objectTypeId, processingType, filterBranch, createdAt: new Date(now).toISOString() }
    portal.lists.push(list)
    return c.json({ list: { ...list, listVersion: 1, processingStatus: 'PROCESSING' } })
  })
}

/** An OR of ANDs, as HubSpot demands, over properties that are there. */
function wrongIn(branch: unknown, properties: Readonly<Record<string, unknown>>): string | null {
  if (!isRecord(branch) || branch.filterBranchType !== 'OR') return 'The root filter branch must be an OR'
  const branches = Array.isArray(branch.filterBranches) ? branch.filterBranches.filter(isRecord) : []
  if (branches.length === 0) return 'The root filter branch needs an AND branch'
  for (const one of branches) {
    if (one.filterBranchType !== 'AND') return 'Branches below the root must be AND'
    for (const filter of Array.isArray(one.filters) ? one.filters.filter(isRecord) : [])
      if (filter.filterType === 'PROPERTY' && properties[String(filter.property)] === undefined)
        return `Property ${String(filter.property)} does not exist`
  }
  return null
}
