// The program in force, and the rewards it has.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { App } from '../../app/ports.ts'
import type { ApiEnv } from './auth.ts'
import { programInForce } from './output.ts'
import { rewards } from './redemption-schemas.ts'
import { responses, scoped } from './route.ts'

const readProgram = createRoute({
  method: 'get',
  path: '/program',
  tags: ['Program'],
  summary: 'Reads the program in force',
  ...scoped('read'),
  responses: responses(200, programInForce, 'The program, its version and since when it holds.'),
})

const readRewards = createRoute({
  method: 'get',
  path: '/rewards',
  tags: ['Program'],
  summary: 'Lists the rewards of the program',
  ...scoped('read'),
  responses: responses(200, rewards, 'All of them, with what is left of each and whether it can be had now.'),
})

export function addProgramRoutes(api: OpenAPIHono<ApiEnv>, app: App): void {
  api.openapi(readProgram, (c) => {
    const { program, version, since } = app.program()
    return c.json({ program, version, since: new Date(since).toISOString() })
  })
  api.openapi(readRewards, async (c) => c.json({ rewards: await app.listRewards() }))
}
