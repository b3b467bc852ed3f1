// What all routes of the API share, so that each one's definition says only what is its own.
import type { RouteConfig, z } from '@hono/zod-openapi'
import type { Scope } from '../api-keys.ts'
import { PROBLEM_TYPE, PROBLEMS, type ProblemCode } from '../problems.ts'
import { needs } from './auth.ts'
import { problemDetails } from './output.ts'

/** Guards a route and says so in the document. */
export const scoped = (scope: Scope) => ({ middleware: [needs(scope)], security: [{ bearer: [scope] }] })

export const jsonBody = <S extends z.ZodType>(schema: S) => ({
  required: true as const,
  content: { 'application/json': { schema } },
})

/** Any route may answer these. */
const ALWAYS: ProblemCode[] = ['unauthorized', 'forbidden', 'rate_limited', 'unavailable']

/** A route's good answer and the problems it may answer instead. */
export function responses(
  status: 200 | 201,
  schema: z.ZodType,
  description: string,
  ...codes: ProblemCode[]
): RouteConfig['responses'] {
  return {
    [status]: { description, content: { 'application/json': { schema } } },
    ...problemResponses([...codes, ...ALWAYS]),
  }
}

function problemResponses(codes: ProblemCode[]): RouteConfig['responses'] {
  const byStatus = Object.groupBy(codes, (code) => PROBLEMS[code].status)
  const content = { [PROBLEM_TYPE]: { schema: problemDetails } }
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, group]) => [status, { description: group?.join(', ') ?? '', content }]),
  )
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> } & {}

/** Without the fields that were not given: to the use cases, absent and undefined are not the same. */
export function present<T extends object>(given: T): Present<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<T>
}
