/** Opens the sandbox and everything that is served of it: its page, and whatever the server itself answers. */
import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { createSandboxRoutes } from './routes.ts'
import { openSandbox, type Sandbox, type SandboxHost } from './sandbox.ts'
import { fillYear, yearOf } from './year.ts'

export interface RunningSandbox {
  http: Hono
  sandbox: Sandbox
  /** Whoever looks on is told no more: a page that is open would keep its connection, and the server with it. */
  hangUp(): void
  close(): Promise<void>
}

const PAGE = new URL('./page/dist/', import.meta.url)
const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

export interface RunOptions extends SandboxHost {
  port: () => number
  /** How long *A year in a minute* is: see `yearOf`. */
  year?: string | undefined
}

export async function runSandbox(options: RunOptions): Promise<RunningSandbox> {
  const sandbox = await openSandbox(options)
  const http = new Hono()
  const year = yearOf(options.year)
  const ending = new AbortController()
  http.route(
    '/',
    createSandboxRoutes({
      sandbox,
      port: options.port,
      ending: ending.signal,
      file: readPage,
      fillYear: (of, onProgress) => fillYear(of, onProgress, year),
    }),
  )
  http.all('*', (c) => sandbox.fetch(c.req.raw, c.env))
  return { http, sandbox, hangUp: () => ending.abort(), close: () => sandbox.close() }
}

/** One of the files that were built for the page; nothing else of this machine. */
function readPage(name: string): { body: Uint8Array<ArrayBuffer>; type: string } | null {
  const extension = /^[\w-]+\.(\w+)$/.exec(name)?.[1] ?? ''
  const type = Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined
  if (type === undefined) return null
  try {
    return { body: new Uint8Array(readFileSync(new URL(name, PAGE))), type }
  } catch {
    return null
  }
}
