// Every route of the API with what it needs and a call that it accepts. The document is held to this list.
import type { Scope } from '../../src/http/api-keys.ts'

export interface TestRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** As in DESIGN.md §7, under /api/v1. */
  pattern: string
  path: string
  scope: Scope
  status: 200 | 201
  body?: unknown
}

const MEMBER = '/members/{ref}'
const ADA = '/members/email%3Aada%40example.org'

const route = (
  method: TestRoute['method'],
  pattern: string,
  scope: Scope,
  status: TestRoute['status'] = 200,
  body?: unknown,
): TestRoute => ({
  method,
  pattern,
  path: `/api/v1${pattern.replace(MEMBER, ADA).replace('{id}', '3')}`,
  scope,
  status,
  ...(body !== undefined && { body }),
})

export const ROUTES: TestRoute[] = [
  route('GET', '/program', 'read'),
  route('GET', '/rewards', 'read'),
  route('GET', '/members', 'read'),
  route('POST', '/members', 'write', 201, { email: 'ada@example.org' }),
  route('GET', MEMBER, 'read'),
  route('PATCH', MEMBER, 'write', 200, { name: 'Ada' }),
  route('DELETE', MEMBER, 'admin'),
  route('GET', `${MEMBER}/ledger`, 'read'),
  route('GET', `${MEMBER}/export`, 'admin'),
  route('POST', `${MEMBER}/adjustments`, 'write', 201, { points: 25, reason: 'Goodwill' }),
  route('POST', `${MEMBER}/merge`, 'admin', 200, { into: 'mem_bo' }),
  route('GET', '/inbox', 'read'),
  route('POST', '/inbox/{id}/retry', 'admin'),
  route('GET', '/outbox', 'read'),
  route('POST', '/outbox/{id}/retry', 'admin'),
]
