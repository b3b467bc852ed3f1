// Every route of the API with what it needs and a call that it accepts. The document is held to this list.
import type { Scope } from '../../src/http/api-keys.ts'

export interface TestRoute {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
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
  path: `/api/v1${pattern.replace(MEMBER, ADA).replace('{id}', '3').replace('{number}', '0').replace('{award}', 'mem_ada.birthday.birthday.2026')}`,
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
  route('GET', `${MEMBER}/tiers`, 'read'),
  route('GET', `${MEMBER}/export`, 'admin'),
  route('POST', `${MEMBER}/adjustments`, 'write', 201, { points: 25, reason: 'Goodwill' }),
  route('POST', `${MEMBER}/merge`, 'admin', 200, { into: 'mem_bo' }),
  route('POST', `${MEMBER}/actions`, 'write', 201, { action: 'review', data: { stars: 5 } }),
  route('GET', `${MEMBER}/awards`, 'read'),
  route('POST', `${MEMBER}/awards/{award}/choose`, 'write', 200, { option: 0 }),
  ...['summary', 'liability', 'retention', 'cohorts', 'campaigns', 'partners', 'causes', 'products'].map((name) =>
    route('GET', `/reports/${name}`, 'read'),
  ),
  route('GET', `${MEMBER}/rewards`, 'read'),
  route('GET', `${MEMBER}/redemptions`, 'read'),
  route('POST', `${MEMBER}/redemptions`, 'write', 201, { reward: 'five-off' }),
  route('GET', '/redemptions', 'read'),
  route('GET', '/redemptions/{id}', 'read'),
  route('POST', '/redemptions/{id}/approve', 'admin'),
  route('POST', '/redemptions/{id}/reject', 'admin'),
  route('POST', '/redemptions/{id}/fulfil', 'write'),
  route('POST', '/redemptions/{id}/cancel', 'write'),
  route('GET', '/alerts', 'read'),
  route('GET', '/alerts/{id}', 'read'),
  route('POST', '/alerts/{id}/assign', 'write'),
  route('POST', '/alerts/{id}/snooze', 'write', 200, { days: 7 }),
  route('POST', '/alerts/{id}/resolve', 'write', 200, { outcome: 'helped' }),
  route('POST', '/alerts/{id}/reopen', 'write'),
  route('GET', '/inbox', 'read'),
  route('POST', '/inbox/{id}/retry', 'admin'),
  route('GET', '/outbox', 'read'),
  route('GET', '/contacts', 'read'),
  route('POST', '/outbox/{id}/retry', 'admin'),
  route('GET', '/transfer', 'admin'),
  route('POST', '/transfer/pages', 'admin', 200, { table: 'member', after: null }),
  route('PUT', '/transfer/{id}', 'admin', 200, { digest: '0'.repeat(64), chunks: 1 }),
  route('DELETE', '/transfer/{id}', 'admin'),
  route('PUT', '/transfer/{id}/chunks/{number}', 'admin', 200, {
    table: 'setting',
    columns: ['name', 'value'],
    rows: [],
  }),
  route('POST', '/transfer/{id}/index', 'admin'),
  route('POST', '/transfer/{id}/finish', 'admin'),
  route('POST', '/verify', 'admin', 200, { next: null }),
]
