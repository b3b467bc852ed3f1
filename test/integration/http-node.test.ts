// The Node host as a process: what it prints, what it serves, how it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
let children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regulars-host-'))
  writeFileSync(join(folder, 'program.json'), '{"name":"Corner Club","currency":"usd"}')
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  rmSync(folder, { recursive: true, force: true })
})

interface Host {
  child: ChildProcess
  output: () => string
  ended: Promise<number | null>
  /** Where it listens, once it says so. */
  url: () => Promise<string>
}

function startHost(env: Record<string, string> = {}): Host {
  const child = spawn(process.execPath, ['src/node.ts'], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATABASE_PATH: join(folder, 'data', 'regulars.db'),
      PROGRAM_FILE: join(folder, 'program.json'),
      ...env,
    },
  })
  children.push(child)
  let output = ''
  const ended = new Promise<number | null>((done) => child.once('close', done))
  const url = new Promise<string>((done, fail) => {
    const collect = (data: Buffer) => {
      output += data.toString()
      const port = /http:\/\/[\w.]+:(\d+)/.exec(output)?.[1]
      if (port !== undefined) done(`http://127.0.0.1:${port}`)
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    void ended.then(() => fail(new Error(`it ended: ${output}`)))
  })
  url.catch(() => {})
  return { child, output: () => output, ended, url: () => url }
}

test('without credentials it opens the sandbox, which is served to this machine’s own browser alone', async () => {
  const host = startHost()
  const url = await host.url()
  expect(host.output()).toContain('The sandbox is running')
  expect(host.output()).toContain('npx regulars pay ada@example.org 49.90')
  const state = await fetch(`${url}/sandbox/state`)
  expect(await state.json()).toMatchObject({ program: { name: 'Corner Club' }, shop: { counts: { customers: 5 } } })
  expect(state.headers.get('content-security-policy')).toContain("default-src 'none'")
  const elsewhere = await fetch(`${url}/sandbox/state`, { headers: { 'sec-fetch-site': 'cross-site' } })
  expect(elsewhere.status).toBe(403)
  const unsigned = await fetch(`${url}/stripe/webhook`, { method: 'POST', body: '{}' })
  expect(unsigned.status).toBe(400)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  host.child.kill('SIGTERM')
  expect(await host.ended).toBe(0)
  expect(existsSync(join(folder, 'data', 'sandbox.db'))).toBe(true)
  expect(existsSync(join(folder, 'data', 'sandbox.json'))).toBe(true)
  expect(existsSync(join(folder, 'data', 'regulars.db'))).toBe(false)
})

test.each<[string, Record<string, string>]>([
  ['off loopback', { HOST: '0.0.0.0' }],
  ['in production', { NODE_ENV: 'production' }],
  ['with a credential of HubSpot’s', { HUBSPOT_ACCESS_TOKEN: 'pat-1' }],
  ['with a credential of Slack’s', { SLACK_SIGNING_SECRET: 'secret' }],
])('%s there is no sandbox', async (_, env) => {
  const host = startHost(env)
  const url = await host.url()
  for (const path of ['/', '/sandbox/state', '/sandbox/events']) expect((await fetch(`${url}${path}`)).status).toBe(404)
  host.child.kill('SIGTERM')
  expect(await host.ended).toBe(0)
})

test('with credentials there is no sandbox, and neither is there one beside its database ever after', async () => {
  const live = startHost({ STRIPE_WEBHOOK_SECRET: 'whsec_host' })
  expect((await fetch(await live.url())).status).toBe(404)
  live.child.kill('SIGINT')
  expect(await live.ended).toBe(0)

  const later = startHost()
  const url = await later.url()
  expect((await fetch(url)).status).toBe(404)
  expect((await fetch(`${url}/stripe/webhook`, { method: 'POST', body: '{}' })).status).toBe(503)
})

test('a signal that comes twice, as npm and the terminal both send it, still ends in good order', async () => {
  const host = startHost()
  await host.url()
  host.child.kill('SIGTERM')
  host.child.kill('SIGTERM')
  expect(await host.ended).toBe(0)
  expect(host.output()).toContain('"message":"stopped"')
})

test.each<[string, Record<string, string>, string]>([
  ['a configuration', { PORT: 'many', LOG_LEVEL: 'loud' }, 'PORT must be a port'],
  ['a program', { PROGRAM_FILE: 'package.json' }, 'currency is missing'],
  ['no program', { PROGRAM_FILE: 'nowhere.json' }, 'npx regulars init'],
  ['a database', { DATABASE_PATH: 'package.json' }, 'package.json cannot be used'],
])('%s that is not right ends it at once, in words', async (_, env, words) => {
  const host = startHost(env)
  expect(await host.ended).toBe(1)
  expect(host.output()).toContain(words)
  expect(host.output()).not.toMatch(/\n\s+at /)
})
