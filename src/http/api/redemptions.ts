// Rewards on their way to members: asked for, approved, handed over, cancelled.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { App, RedemptionRequest, RedemptionStep } from '../../app/ports.ts'
import { REDEMPTION_REFUSALS } from '../../core/redemption-checks.ts'
import type { Scope } from '../api-keys.ts'
import { answer } from '../problems.ts'
import { type ApiEnv, originOf } from './auth.ts'
import { idempotencyHeaders, idempotencyOf, idempotencyWith } from './idempotency.ts'
import { refParams } from './input.ts'
import {
  memberRedemptionQuery,
  memberRewards,
  newRedemption,
  presentMemberRewards,
  presentRedemption,
  presentRedemptions,
  redemption,
  redemptionPage,
  redemptionParams,
  redemptionQuery,
  step as stepBody,
} from './redemption-schemas.ts'
import { jsonBody, present, responses, scoped } from './route.ts'

const tags = ['Rewards']

const redeem = createRoute({
  method: 'post',
  path: '/members/{ref}/redemptions',
  tags,
  summary: 'Redeems a reward, for the member’s points or as a present',
  ...scoped('write'),
  request: { params: refParams, headers: idempotencyHeaders, body: jsonBody(newRedemption) },
  responses: responses(
    201,
    redemption,
    'The redemption, and its code where it has one by now.',
    'invalid_request',
    'not_found',
    'idempotency_conflict',
    ...REDEMPTION_REFUSALS,
    'too_large',
  ),
})

const listOfMember = createRoute({
  method: 'get',
  path: '/members/{ref}/redemptions',
  tags,
  summary: 'Lists a member’s redemptions, newest first',
  ...scoped('read'),
  request: { params: refParams, query: memberRedemptionQuery },
  responses: responses(200, redemptionPage, 'Redemptions, a page at a time.', 'invalid_request', 'not_found'),
})

const rewardsOfMember = createRoute({
  method: 'get',
  path: '/members/{ref}/rewards',
  tags,
  summary: 'Lists the rewards with whether this member may have each now, and why not',
  ...scoped('read'),
  request: { params: refParams },
  responses: responses(200, memberRewards, 'All of them.', 'invalid_request', 'not_found'),
})

const list = createRoute({
  method: 'get',
  path: '/redemptions',
  tags,
  summary: 'Lists redemptions of one state or all, newest first',
  ...scoped('read'),
  request: { query: redemptionQuery },
  responses: responses(200, redemptionPage, 'Redemptions, a page at a time.', 'invalid_request'),
})

const read = createRoute({
  method: 'get',
  path: '/redemptions/{id}',
  tags,
  summary: 'Reads a redemption',
  ...scoped('read'),
  request: { params: redemptionParams },
  responses: responses(200, redemption, 'The redemption.', 'invalid_request', 'not_found'),
})

const moving = <Path extends string>(path: Path, summary: string, scope: Scope) =>
  createRoute({
    method: 'post',
    path,
    tags,
    summary,
    ...scoped(scope),
    request: {
      params: redemptionParams,
      headers: idempotencyHeaders,
      body: { ...jsonBody(stepBody), required: false as const },
    },
    responses: responses(
      200,
      redemption,
      'The redemption as it stands now.',
      'invalid_request',
      'not_found',
      'idempotency_conflict',
      'conflict',
      'member_inactive',
      'too_large',
    ),
  })

const steps = {
  approve: moving('/redemptions/{id}/approve', 'Approves what somebody else asked for', 'admin'),
  reject: moving('/redemptions/{id}/reject', 'Does not approve it: it is cancelled', 'admin'),
  fulfil: moving('/redemptions/{id}/fulfil', 'Notes that it was handed over, or its code used at the counter', 'write'),
  cancel: moving('/redemptions/{id}/cancel', 'Cancels what the member has not used yet', 'write'),
} satisfies Record<RedemptionStep, unknown>

export function addRedemptionRoutes(api: OpenAPIHono<ApiEnv>, app: App): void {
  api.openapi(redeem, async (c) => {
    const { ref } = c.req.valid('param')
    const key = c.req.valid('header')['Idempotency-Key']
    const once = await idempotencyOf(c, 'POST /members/{ref}/redemptions', key, ref)
    const request: RedemptionRequest = present(c.req.valid('json'))
    return answer(c, await app.redeem(ref, request, originOf(c), once), 201, presentRedemption)
  })

  api.openapi(listOfMember, async (c) => {
    const { ref } = c.req.valid('param')
    return answer(c, await app.memberRedemptions(ref, present(c.req.valid('query'))), 200, presentRedemptions)
  })

  api.openapi(rewardsOfMember, async (c) =>
    answer(c, await app.memberRewards(c.req.valid('param').ref), 200, presentMemberRewards),
  )

  api.openapi(list, async (c) =>
    answer(c, await app.listRedemptions(present(c.req.valid('query'))), 200, presentRedemptions),
  )

  api.openapi(read, async (c) => answer(c, await app.getRedemption(c.req.valid('param').id), 200, presentRedemption))

  for (const [step, route] of Object.entries(steps) as [RedemptionStep, (typeof steps)[RedemptionStep]][])
    api.openapi(route, async (c) => {
      const { id } = c.req.valid('param')
      const input = present(c.req.valid('json') ?? {})
      const key = c.req.valid('header')['Idempotency-Key']
      const once = await idempotencyWith(c, `POST /redemptions/{id}/${step}`, key, id, input)
      return answer(c, await app.moveRedemption(id, step, input, originOf(c), once), 200, presentRedemption)
    })
}
