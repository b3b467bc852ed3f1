// The OpenAPI document: valid, complete, and true to the router.
import { expect, test } from 'vitest'
import { ROUTES } from '../support/http-routes.ts'
import { createTestServer } from '../support/http-test-server.ts'

interface Document {
  openapi: string
  info: { title: string; version: string }
  paths: Record<
    string,
    Record<string, { security: unknown; responses: Record<string, object>; parameters?: unknown[] }>
  >
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> }
}

async function readDocument(): Promise<Document> {
  const { send } = createTestServer()
  const answer = await send('/api/v1/openapi.json', { key: null })
  expect(answer.status).toBe(200)
  return JSON.parse(answer.text)
}

const operations = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`))

test('the document lists every route of the contract, each with the scope it needs', async () => {
  const document = await readDocument()
  expect(document.openapi).toBe('3.1.0')
  expect(operations(document).sort()).toEqual(ROUTES.map(({ method, pattern }) => `${method} ${pattern}`).sort())
  for (const { method, pattern, scope, status } of ROUTES) {
    const operation = document.paths[pattern]?.[method.toLowerCase()]
    expect(operation?.security).toEqual([{ bearer: [scope] }])
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining([String(status), '401', '403', '503']),
    )
  }
})

test('the document and the router have the same routes', async () => {
  const document = await readDocument()
  const { app } = createTestServer()
  const routed = app.routes
    .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/v1/'))
    .map(({ method, path }) => `${method} ${path.replace('/api/v1', '').replaceAll(/:(\w+)/g, '{$1}')}`)
    .filter((route) => !['GET /openapi.json', 'GET /docs'].includes(route))
  expect([...new Set(routed)].sort()).toEqual(operations(document).sort())
})

test('every reference in the document leads somewhere', async () => {
  const document = await readDocument()
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  )
  expect(references.length).toBeGreaterThan(0)
  expect(references.filter((name) => name === undefined || !(name in document.components.schemas))).toEqual([])
  expect(document.components.securitySchemes).toEqual({ bearer: { type: 'http', scheme: 'bearer' } })
})

test('every POST asks for an Idempotency-Key, and every parameter of a path is described', async () => {
  const { paths } = await readDocument()
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const names = (operation.parameters ?? []).map((parameter) => (parameter as { name: string }).name)
      expect(names.includes('Idempotency-Key')).toBe(method === 'post')
      for (const [, name] of path.matchAll(/\{(\w+)\}/g)) expect(names).toContain(name)
    }
  }
})

test('the page to read it shows every route and every code, and runs nothing', async () => {
  const { send } = createTestServer()
  const page = await send('/api/v1/docs', { key: null })
  expect(page.headers.get('content-type')).toContain('text/html')
  for (const { method, pattern } of ROUTES) expect(page.text).toContain(`${method} ${pattern}`)
  for (const code of ['idempotency_conflict', 'rate_limited', 'staff_limit'])
    expect(page.text).toContain(`id="${code}"`)
  expect(page.text).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+='/)
})
