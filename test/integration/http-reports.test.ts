// Reports over HTTP: who may read them, what they take, and that amounts are minor units.
import { describe, expect, test } from 'vitest'
import { REPORT_NAMES } from '../../src/app/reports/shapes.ts'
import {
  campaignsReport,
  causesReport,
  liabilityReport,
  partnersReport,
  productsReport,
  summaryReport,
} from '../../src/http/api/report-schemas.ts'
import { cohortsReport, retentionReport } from '../../src/http/api/retention-schemas.ts'
import { createTestServer, KEYS } from '../support/http-test-server.ts'
import { reports } from '../support/reports.ts'

const SCHEMAS = {
  summary: summaryReport,
  liability: liabilityReport,
  retention: retentionReport,
  cohorts: cohortsReport,
  campaigns: campaignsReport,
  partners: partnersReport,
  causes: causesReport,
  products: productsReport,
}

describe.each(REPORT_NAMES)('GET /reports/%s', (name) => {
  const path = `/api/v1/reports/${name}`

  test('answers the report as the document describes it, in minor units', async () => {
    const { send, calls } = createTestServer()
    const answer = await send(path, { key: KEYS.reader })
    expect([answer.status, answer.json]).toEqual([200, reports[name]])
    expect(answer.headers.get('cache-control')).toContain('no-store')
    // Nothing is answered that the document does not have.
    expect(SCHEMAS[name].strict().parse(answer.json)).toEqual(answer.json)
    expect(calls).toContainEqual(['report', name, {}])
  })

  test('takes a span of months or days', async () => {
    const { send, calls } = createTestServer()
    expect((await send(`${path}?from=2026-01&to=2026-02-28`, { key: KEYS.reader })).status).toBe(200)
    expect(calls).toContainEqual(['report', name, { from: '2026-01', to: '2026-02-28' }])
  })

  test.each(['?from=January', '?from=2026-1', "?to=2026-01-01'--", '?month=2026-01', '?from=2026-01&from=x'])(
    'refuses %s as invalid_request',
    async (query) => {
      const { send, calls } = createTestServer()
      const answer = await send(`${path}${query}`, { key: KEYS.reader })
      expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request'])
      expect(calls).toEqual([])
    },
  )

  test('passes on why a span is refused, and that a key is needed', async () => {
    const refusal = { ok: false as const, code: 'invalid_request' as const, message: '"to" must not be before "from"' }
    const { send } = createTestServer({ report: async () => refusal })
    const answer = await send(path, { key: KEYS.reader })
    expect([answer.status, answer.json.detail]).toEqual([400, refusal.message])
    expect((await send(path, { key: null })).json.code).toBe('unauthorized')
  })
})

test('reports that there are not yet are not found', async () => {
  const { send } = createTestServer()
  for (const name of ['churn', 'everything'])
    expect((await send(`/api/v1/reports/${name}`, { key: KEYS.reader })).json.code).toBe('not_found')
})

test('cohorts are told by currency, other reports are not', async () => {
  const { send, calls } = createTestServer()
  expect((await send('/api/v1/reports/cohorts?currency=EUR', { key: KEYS.reader })).status).toBe(200)
  expect(calls).toContainEqual(['report', 'cohorts', { currency: 'EUR' }])
  for (const path of ['retention?currency=eur', 'cohorts?currency=euro', 'cohorts?currency=%27--'])
    expect((await send(`/api/v1/reports/${path}`, { key: KEYS.reader })).json.code).toBe('invalid_request')
})
