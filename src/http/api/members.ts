// Members: find, read, enrol, change, erase.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { App, Enrolment, MemberPatch } from '../../app/ports.ts'
import { answer } from '../problems.ts'
import { type ApiEnv, originOf } from './auth.ts'
import { idempotencyHeaders, idempotencyOf } from './idempotency.ts'
import { asOfQuery, ledgerQuery, memberChanges, memberQuery, newMember, refParams } from './input.ts'
import { entryPage, erased, exported, heldTiers, member, memberPage } from './output.ts'
import { presentEntries, presentMember, presentMembers, presentTiers } from './present.ts'
import { jsonBody, present, responses, scoped } from './route.ts'

const tags = ['Members']

const list = createRoute({
  method: 'get',
  path: '/members',
  tags,
  summary: 'Finds members',
  ...scoped('read'),
  request: { query: memberQuery },
  responses: responses(200, memberPage, 'Members, a page at a time.', 'invalid_request'),
})

const enrol = createRoute({
  method: 'post',
  path: '/members',
  tags,
  summary: 'Enrols a member',
  ...scoped('write'),
  request: { headers: idempotencyHeaders, body: jsonBody(newMember) },
  responses: responses(
    201,
    member,
    'The new member.',
    'invalid_request',
    'idempotency_conflict',
    'conflict',
    'too_large',
  ),
})

const read = createRoute({
  method: 'get',
  path: '/members/{ref}',
  tags,
  summary: 'Reads a member, now or as of an instant',
  ...scoped('read'),
  request: { params: refParams, query: asOfQuery },
  responses: responses(200, member, 'The member.', 'invalid_request', 'not_found'),
})

const change = createRoute({
  method: 'patch',
  path: '/members/{ref}',
  tags,
  summary: 'Changes what is kept of a member, or their status',
  ...scoped('write'),
  request: { params: refParams, body: jsonBody(memberChanges) },
  responses: responses(
    200,
    member,
    'The member as changed.',
    'invalid_request',
    'not_found',
    'conflict',
    'member_inactive',
    'too_large',
  ),
})

const erase = createRoute({
  method: 'delete',
  path: '/members/{ref}',
  tags,
  summary: 'Erases all personal data of a member; the books still add up',
  ...scoped('admin'),
  request: { params: refParams },
  responses: responses(200, erased, 'The id of the member who was.', 'invalid_request', 'not_found', 'conflict'),
})

const ledger = createRoute({
  method: 'get',
  path: '/members/{ref}/ledger',
  tags,
  summary: 'Reads a member’s history, newest first',
  ...scoped('read'),
  request: { params: refParams, query: ledgerQuery },
  responses: responses(200, entryPage, 'Entries, a page at a time.', 'invalid_request', 'not_found'),
})

const tiers = createRoute({
  method: 'get',
  path: '/members/{ref}/tiers',
  tags,
  summary: 'Reads which tiers a member held and why, newest first',
  ...scoped('read'),
  request: { params: refParams },
  responses: responses(200, heldTiers, 'The tiers.', 'invalid_request', 'not_found'),
})

const takeOut = createRoute({
  method: 'get',
  path: '/members/{ref}/export',
  tags,
  summary: 'Hands out all that is kept of a member',
  ...scoped('admin'),
  request: { params: refParams },
  responses: responses(200, exported, 'Everything, as JSON.', 'invalid_request', 'not_found'),
})

export function addMemberRoutes(api: OpenAPIHono<ApiEnv>, app: App): void {
  api.openapi(list, async (c) => answer(c, await app.listMembers(present(c.req.valid('query'))), 200, presentMembers))

  api.openapi(enrol, async (c) => {
    const input = c.req.valid('json')
    const once = await idempotencyOf(c, 'POST /members', c.req.valid('header')['Idempotency-Key'])
    const enrolment: Enrolment = present(input)
    return answer(c, await app.enrolMember(enrolment, originOf(c), once), 201, presentMember)
  })

  api.openapi(read, async (c) => {
    const { ref } = c.req.valid('param')
    return answer(c, await app.getMember(ref, c.req.valid('query').asOf), 200, presentMember)
  })

  api.openapi(change, async (c) => {
    const patch: MemberPatch = present(c.req.valid('json'))
    return answer(c, await app.updateMember(c.req.valid('param').ref, patch, originOf(c)), 200, presentMember)
  })

  api.openapi(erase, async (c) => {
    const result = await app.eraseMember(c.req.valid('param').ref, originOf(c))
    return answer(c, result, 200, ({ id }) => ({ id }))
  })

  api.openapi(ledger, async (c) => {
    const { ref } = c.req.valid('param')
    return answer(c, await app.ledger(ref, present(c.req.valid('query'))), 200, presentEntries)
  })

  api.openapi(tiers, async (c) => answer(c, await app.memberTiers(c.req.valid('param').ref), 200, presentTiers))

  api.openapi(takeOut, async (c) =>
    answer(c, await app.exportMember(c.req.valid('param').ref), 200, (everything) => everything as object),
  )
}
