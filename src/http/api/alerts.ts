// Alerts: customers about to leave, for staff to take, put off and resolve.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { z } from 'zod'
import type { AlertFilter, AlertStepInput, App } from '../../app/ports.ts'
import { answer, type ProblemCode } from '../problems.ts'
import {
  alert,
  alertPage,
  alertParams,
  alertQuery,
  assigning,
  presentAlert,
  presentAlerts,
  reopening,
  resolving,
  snoozeStep,
  snoozing,
} from './alert-schemas.ts'
import { type ApiEnv, originOf } from './auth.ts'
import { idempotencyHeaders, idempotencyWith } from './idempotency.ts'
import { jsonBody, present, responses, scoped } from './route.ts'

const tags = ['Alerts']

const list = createRoute({
  method: 'get',
  path: '/alerts',
  tags,
  summary: 'Lists alerts, the most at stake first',
  ...scoped('read'),
  request: { query: alertQuery },
  responses: responses(200, alertPage, 'Alerts, a page at a time.', 'invalid_request', 'not_found'),
})

const read = createRoute({
  method: 'get',
  path: '/alerts/{id}',
  tags,
  summary: 'Reads an alert',
  ...scoped('read'),
  request: { params: alertParams },
  responses: responses(200, alert, 'The alert.', 'invalid_request', 'not_found'),
})

const CODES: ProblemCode[] = ['invalid_request', 'not_found', 'idempotency_conflict', 'conflict', 'too_large']

const moving = <Path extends string, Body extends z.ZodType, Required extends boolean>(
  path: Path,
  summary: string,
  body: Body,
  required: Required,
) =>
  createRoute({
    method: 'post',
    path,
    tags,
    summary,
    ...scoped('write'),
    request: { params: alertParams, headers: idempotencyHeaders, body: { ...jsonBody(body), required } },
    responses: responses(200, alert, 'The alert as it stands now.', ...CODES),
  })

const assign = moving('/alerts/{id}/assign', 'Gives it to somebody, or takes it', assigning, false)
const snooze = moving('/alerts/{id}/snooze', 'Puts it off: it comes back by itself', snoozing, true)
const resolve = moving('/alerts/{id}/resolve', 'Says how it ended', resolving, true)
const reopen = moving('/alerts/{id}/reopen', 'Opens it again', reopening, false)

export function addAlertRoutes(api: OpenAPIHono<ApiEnv>, app: App): void {
  const move = async (c: Context<ApiEnv>, id: string, key: string, body: object, step: AlertStepInput) => {
    const once = await idempotencyWith(c, `POST /alerts/{id}/${step.do}`, key, id, body)
    return answer(c, await app.moveAlert(id, step, originOf(c), once), 200, presentAlert)
  }

  api.openapi(list, async (c) => {
    const filter: AlertFilter = present(c.req.valid('query'))
    return answer(c, await app.listAlerts(filter), 200, presentAlerts)
  })

  api.openapi(read, async (c) => answer(c, await app.getAlert(c.req.valid('param').id), 200, presentAlert))

  api.openapi(assign, (c) => {
    const body = present(c.req.valid('json') ?? {})
    const key = c.req.valid('header')['Idempotency-Key']
    return move(c, c.req.valid('param').id, key, body, { do: 'assign', ...body })
  })

  api.openapi(snooze, (c) => {
    const body = c.req.valid('json')
    return move(c, c.req.valid('param').id, c.req.valid('header')['Idempotency-Key'], present(body), snoozeStep(body))
  })

  api.openapi(resolve, (c) => {
    const body = present(c.req.valid('json'))
    const key = c.req.valid('header')['Idempotency-Key']
    return move(c, c.req.valid('param').id, key, body, { do: 'resolve', ...body })
  })

  api.openapi(reopen, (c) =>
    move(c, c.req.valid('param').id, c.req.valid('header')['Idempotency-Key'], {}, { do: 'reopen' }),
  )
}
