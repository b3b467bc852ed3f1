// The real command line as a process of its own, a trial's server beside it, and a Stripe that has only lists.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type ApiCall, pagesOf, type Route } from './stripe-api.ts'

const cli = fileURLToPath(new URL('../../bin/regulars.mjs', import.meta.url))
const host = fileURLToPath(new URL('../../src/node.ts', import.meta.url))

export interface Ended {
  code: number | null
  out: string
  err: string
}

export interface CliProcess {
  child: ChildProcess
  ended: Promise<Ended>
  /** Resolves once it wrote this to either stream. */
  wrote(text: string): Promise<void>
}

/** Starts `regulars` in a folder, with these variables and no others. */
export function spawnCli(folder: string, words: readonly string[], env: Record<string, string> = {}): CliProcess {
  const child = spawn(process.execPath, [cli, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { out: '', err: '' }
  child.stdout.on('data', (text: Buffer) => {
    written.out += text.toString()
  })
  child.stderr.on('data', (text: Buffer) => {
    written.err += text.toString()
  })
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...written }))
  const wrote = async (text: string): Promise<void> => {
    while (!(written.out + written.err).includes(text)) {
      if (child.exitCode !== null) throw new Error(`regulars ended without “${text}”: ${written.out}${written.err}`)
      await new Promise((done) => setTimeout(done, 5))
    }
  }
  return { child, ended, wrote }
}

export const runCliIn = (folder: string, words: readonly string[], env?: Record<string, string>): Promise<Ended> =>
  spawnCli(folder, words, env).ended

/** The sandbox, as `npm start` without credentials opens it, on a port of its own. */
export async function startSandbox(folder: string): Promise<{ port: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [host], { cwd: folder, env: { PATH: process.env.PATH, PORT: '0' } })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let text = ''
  const started = new Promise<string>((done, fail) => {
    const onData = (chunk: Buffer) => {
      text += chunk.toString()
      const port = /running at http:\/\/localhost:(\d+)\//.exec(text)?.[1]
      if (port !== undefined) done(port)
    }
    child.stdout.on('data', onData)
    child.stderr.on('data', onData)
    child.once('exit', () => fail(new Error(`The server did not start: ${text}`)))
  })
  const port = await started
  return {
    port,
    stop: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
      process.off('exit', kill)
    },
  }
}

/** A Stripe on a port of its own that answers lists of what it has; other routes as told. */
export async function startStripe(
  objects: Record<string, Record<string, unknown>[]>,
  routes: Record<string, Route> = {},
) {
  const calls: ApiCall[] = []
  const server = createServer(async (request, response) => {
    const call = await readCall(request)
    calls.push(call)
    const list = pagesOf(objects[call.path] ?? [])
    const answer = await (routes[`${call.method} ${call.path}`] ?? list)(call)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function readCall(request: IncomingMessage): Promise<ApiCall> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const url = new URL(request.url ?? '/', 'http://stripe.test')
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: Object.fromEntries(new URLSearchParams(body)),
    account: null,
    version: null,
    idempotencyKey: null,
  }
}
