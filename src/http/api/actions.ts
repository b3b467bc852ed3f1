// What members do beside buying, and what they were given for it.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { App } from '../../app/ports.ts'
import { FEEDBACK } from '../../core/feedback.ts'
import { answer } from '../problems.ts'
import { type ApiEnv, originOf } from './auth.ts'
import { idempotencyHeaders, idempotencyOf } from './idempotency.ts'
import { awardParams, awardQuery, choosing, newAction, refParams } from './input.ts'
import { award, awardPage, entry } from './output.ts'
import { presentAward, presentAwards, presentEntry } from './present.ts'
import { jsonBody, present, responses, scoped } from './route.ts'

const tags = ['Awards']

const act = createRoute({
  method: 'post',
  path: '/members/{ref}/actions',
  tags,
  summary: 'Reports something that a member did: a review, a check-in, feedback',
  description:
    'Gives what the program’s rules give for it, and counts towards challenges. At most as often as a rule’s limit says: then limit_reached, with a sentence that says when it counts again. What members say of you is the action feedback, which every program knows: it is always recorded, without points where a limit is reached, and staff hear at once of whoever is unhappy.',
  ...scoped('write'),
  request: { params: refParams, headers: idempotencyHeaders, body: jsonBody(newAction) },
  responses: responses(
    201,
    entry,
    'The first entry of what it gave.',
    'invalid_request',
    'not_found',
    'idempotency_conflict',
    'member_inactive',
    'not_eligible',
    'limit_reached',
    'too_large',
  ),
})

const list = createRoute({
  method: 'get',
  path: '/members/{ref}/awards',
  tags,
  summary: 'Lists what a member was given, newest first, and what they may still choose',
  ...scoped('read'),
  request: { params: refParams, query: awardQuery },
  responses: responses(200, awardPage, 'Awards, a page at a time.', 'invalid_request', 'not_found'),
})

const choose = createRoute({
  method: 'post',
  path: '/members/{ref}/awards/{award}/choose',
  tags,
  summary: 'Chooses one of an award’s options',
  description: 'Once. Choosing the same again answers the same; choosing another is a conflict.',
  ...scoped('write'),
  request: { params: awardParams, headers: idempotencyHeaders, body: jsonBody(choosing) },
  responses: responses(
    200,
    award,
    'The award, with what was chosen.',
    'invalid_request',
    'not_found',
    'idempotency_conflict',
    'conflict',
    'member_inactive',
    'limit_reached',
    'out_of_stock',
    'too_large',
  ),
})

export function addActionRoutes(api: OpenAPIHono<ApiEnv>, app: App): void {
  api.openapi(act, async (c) => {
    const { ref } = c.req.valid('param')
    // Of other actions than feedback `data` is part of what the key stands for, and of nothing else.
    const { action, at, data } = c.req.valid('json')
    const once = await idempotencyOf(c, 'POST /members/{ref}/actions', c.req.valid('header')['Idempotency-Key'], ref)
    const input = { action, ...(typeof at === 'number' && { at }), ...(action === FEEDBACK && { data }) }
    return answer(c, await app.recordAction(ref, input, originOf(c), once), 201, presentEntry)
  })

  api.openapi(list, async (c) => {
    const { ref } = c.req.valid('param')
    return answer(c, await app.listAwards(ref, present(c.req.valid('query'))), 200, presentAwards)
  })

  api.openapi(choose, async (c) => {
    const { ref, award: id } = c.req.valid('param')
    const key = c.req.valid('header')['Idempotency-Key']
    const once = await idempotencyOf(c, 'POST /members/{ref}/awards/{award}/choose', key, `${ref} ${id}`)
    return answer(c, await app.chooseAward(ref, id, c.req.valid('json').option, originOf(c), once), 200, presentAward)
  })
}
