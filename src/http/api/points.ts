// What moves points by hand: adjustments, and merging two members into one.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { App } from '../../app/ports.ts'
import { answer } from '../problems.ts'
import { type ApiEnv, originOf } from './auth.ts'
import { idempotencyHeaders, idempotencyOf } from './idempotency.ts'
import { adjustment, merging, refParams } from './input.ts'
import { entry, member } from './output.ts'
import { presentEntry, presentMember } from './present.ts'
import { jsonBody, responses, scoped } from './route.ts'

const adjust = createRoute({
  method: 'post',
  path: '/members/{ref}/adjustments',
  tags: ['Members'],
  summary: 'Adds or takes points, with a reason that is kept',
  ...scoped('write'),
  request: { params: refParams, headers: idempotencyHeaders, body: jsonBody(adjustment) },
  responses: responses(
    201,
    entry,
    'The entry in the member’s history.',
    'invalid_request',
    'not_found',
    'idempotency_conflict',
    'conflict',
    'member_inactive',
    'insufficient_points',
    'staff_limit',
    'too_large',
  ),
})

const merge = createRoute({
  method: 'post',
  path: '/members/{ref}/merge',
  tags: ['Members'],
  summary: 'Merges this member into another, who keeps everything',
  ...scoped('admin'),
  request: { params: refParams, headers: idempotencyHeaders, body: jsonBody(merging) },
  responses: responses(
    200,
    member,
    'The member who remains.',
    'invalid_request',
    'not_found',
    'idempotency_conflict',
    'conflict',
    'member_inactive',
    'too_large',
  ),
})

export function addPointRoutes(api: OpenAPIHono<ApiEnv>, app: App): void {
  api.openapi(adjust, async (c) => {
    const { ref } = c.req.valid('param')
    const key = c.req.valid('header')['Idempotency-Key']
    const once = await idempotencyOf(c, 'POST /members/{ref}/adjustments', key, ref)
    return answer(c, await app.adjustPoints(ref, c.req.valid('json'), originOf(c), once), 201, presentEntry)
  })

  api.openapi(merge, async (c) => {
    const { ref } = c.req.valid('param')
    const key = c.req.valid('header')['Idempotency-Key']
    const once = await idempotencyOf(c, 'POST /members/{ref}/merge', key, ref)
    return answer(c, await app.mergeMembers(ref, c.req.valid('json').into, originOf(c), once), 200, presentMember)
  })
}
