// The whole server in this process, on a database in a file, with what the fuzz watches it by: what it logs as an error,
// what it lets escape, and how much memory it keeps.
import { rmSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Hono } from 'hono'
import { createSandboxRoutes } from '../../integrations/sandbox/routes.ts'
import { signPayload } from '../../integrations/stripe/test-event.ts'
import type { App } from '../../src/app/ports.ts'
import { openDatabase } from '../../src/compose/open-database.ts'
import { compose } from '../../src/compose.ts'
import { parseConfig } from '../../src/config.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import type { Chance } from '../support/load.ts'
import { makeProgram } from '../support/programs.ts'
import { openTestSandbox } from '../support/sandbox.ts'
import { databaseIn, newFolder } from '../support/server.ts'

export const KEYS = { admin: 'admin-key-0123456789', read: 'read-key-0123456789' }
const SECRET = 'whsec_fuzz'
export const FUZZ_NOW = Date.UTC(2026, 10, 22, 12)

export interface Harness {
  app: App
  http: Hono
  /** Everything logged as an error, and everything that nobody caught. Empty at the end, or there is a bug. */
  surprises: string[]
  deliver(body: string | Uint8Array): Promise<Response>
  close(): Promise<void>
}

export interface HarnessOptions {
  chance: Chance
  program?: Partial<ProgramInput>
}

/** What must not happen, written down as it does. */
function watchSurprises() {
  const surprises: string[] = []
  const onEscape = (error: unknown) => {
    surprises.push(`escaped: ${error instanceof Error ? error.stack : String(error)}`)
  }
  process.on('unhandledRejection', onEscape)
  process.on('uncaughtException', onEscape)
  const logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (message: string, fields?: Record<string, unknown>) => {
      const { error, ...rest } = fields ?? {}
      surprises.push(`${message} ${JSON.stringify(rest)} ${error instanceof Error ? error.stack : String(error)}`)
    },
  }
  return {
    surprises,
    logger,
    stop: () => {
      process.off('unhandledRejection', onEscape)
      process.off('uncaughtException', onEscape)
    },
  }
}

const API_KEYS = `admin:${KEYS.admin}:admin,read:${KEYS.read}:read`
// So many that the brake on guessing keys does not stop everything.
const anywhere = (chance: Chance) => () => `10.0.${chance.below(256)}.${chance.below(256)}`

/** The whole sandbox, page and all. */
export async function createSandboxHarness({ chance }: Pick<HarnessOptions, 'chance'>): Promise<Harness> {
  const { surprises, logger, stop } = watchSurprises()
  const { sandbox } = await openTestSandbox({
    now: FUZZ_NOW,
    logger,
    apiKeys: API_KEYS,
    remoteAddress: anywhere(chance),
  })
  const http = new Hono()
  http.route('/', createSandboxRoutes({ sandbox, port: () => 8787, file: () => null, fillYear: async () => '' }))
  http.all('*', (c) => sandbox.fetch(c.req.raw, c.env))
  return {
    app: sandbox.app,
    http,
    surprises,
    deliver: async () => new Response(null, { status: 501 }),
    close: async () => {
      stop()
      await sandbox.close()
    },
  }
}

export async function createHarness({ chance, program }: HarnessOptions): Promise<Harness> {
  const folder = newFolder()
  const { store } = await openDatabase(databaseIn(folder))
  const { surprises, logger, stop } = watchSurprises()
  const parsed = parseConfig({ API_KEYS, STRIPE_WEBHOOK_SECRET: SECRET })
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  const { app, http } = await compose(parsed.config, {
    store,
    program: makeProgram(program),
    clock: { now: () => FUZZ_NOW },
    random: (count) => Uint8Array.from({ length: count }, () => chance.below(256)),
    logger,
    metrics: createMetrics(),
    remoteAddress: anywhere(chance),
  })
  return {
    app,
    http,
    surprises,
    deliver: async (body) =>
      http.request('/stripe/webhook', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          'stripe-signature': signPayload(body, SECRET, FUZZ_NOW / 1000),
        },
        body: body as string,
      }),
    close: async () => {
      stop()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Bytes of the heap that are in use, rubbish aside. */
export function usedHeap(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
