// Says what is wrong with a request in words, field by field. A value is never said back: it may be personal.
import type { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type FieldError, problem } from '../problems.ts'

type Issue = z.core.$ZodIssue
/** Names of fields that a caller made up are said back only where they look like names. */
const NAME = /^[A-Za-z][\w-]{0,39}$/
const ERRORS_LIMIT = 20

/** The answer to a request that its schema refuses; nothing when it does not. */
export function refuseInvalid(
  result: { target: string } & ({ success: true } | { success: false; error: z.ZodError }),
  c: Context,
): Response | undefined {
  if (result.success) return undefined
  const found = result.error.issues.flatMap((issue) => describe(issue, result.target))
  // The first that is said of a field is the plainest; what follows from it would only confuse.
  const firsts = found.filter(({ path }, index) => found.findIndex((other) => other.path === path) === index)
  const errors = firsts.slice(0, ERRORS_LIMIT)
  const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ')
  return problem(c, 'invalid_request', detail, { errors })
}

const PLACES: Record<string, string> = {
  json: 'the body',
  query: 'the query',
  param: 'the path',
  header: 'the headers',
}

function describe(issue: Issue, target: string): FieldError[] {
  const path = issue.path.length === 0 ? (PLACES[target] ?? target) : issue.path.map(String).join('.')
  if (issue.code !== 'unrecognized_keys') return [{ path, message: messageOf(issue) }]
  return issue.keys.map((key) => ({ path: NAME.test(key) ? key : path, message: unknownField(key) }))
}

const unknownField = (key: string) => (NAME.test(key) ? 'is not a field of this request' : 'has an unknown field')

/** What zod says of its own accord begins so; what does not is ours, and already says what would be right. */
const STANDARD = /^(?:Invalid|Too big|Too small)/

function messageOf(issue: Issue): string {
  if (!STANDARD.test(issue.message)) return issue.message
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is missing'
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}`
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${unit(issue.origin)}`
  if (issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1) return 'must not be empty'
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}${unit(issue.origin)}`
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`
  return issue.message
}

const article = (what: string) => (what === 'int' ? 'a whole number' : `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`)
const unit = (origin: string) => (origin === 'string' ? ' characters long' : '')
