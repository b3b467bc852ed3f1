// The Node host: reads the environment and the program, opens the database, serves, and ends in good order.
import { existsSync } from 'node:fs'
import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { enableCompileCache, flushCompileCache } from 'node:module'
import type { AddressInfo } from 'node:net'
import { loadEnvFile } from 'node:process'
import { fileURLToPath } from 'node:url'
import type { ServerType } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import type { Clock, Logger } from './app/ports.ts'
import type { SandboxMachine } from './compose/sandbox-host.ts'
import type { LateWork } from './compose/shutdown.ts'
import type { StoreThreadListener } from './compose/store-thread.ts'
import type { Inner } from './compose.ts'
import type { Config } from './config.ts'
import type { Program } from './program/schema.ts'

// Stripping types and compiling is most of the start: it is kept for the next one. Static imports would be loaded
// before this line runs. A folder that cannot be written only costs the time.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/regulars', import.meta.url)))
const { startStoreThread } = await import('./compose/store-thread.ts')
// It loads what it needs while this thread does the same.
const thread = startStoreThread()
const { parseConfig } = await import('./config.ts')
const { createLogger } = await import('./logger.ts')
const { createMetrics } = await import('./metrics.ts')
const { loadProgram } = await import('./compose/load-program.ts')
const { closeServer, createLateWork, FINISH_WITHIN_MS, withTimeout } = await import('./compose/shutdown.ts')
const { composeHttp } = await import('./compose/doors.ts')
const { serve } = await import('@hono/node-server')
// What `composeHttp` will load, while the other thread is not ready yet anyway.
await import('./http/create-app.ts')

const clock: Clock = { now: () => Date.now() }
const STOP_BACKGROUND_WITHIN_MS = 5_000
/** Whoever presses Ctrl-C sends the signal to npm and to us, and npm passes it on: one wish, twice. */
const SAME_SIGNAL_MS = 1_000
const PARENT_CHECK_MS = 100
/** Longer than the proxies in front usually keep theirs, so that none sends into a closing connection. */
const KEEP_ALIVE_MS = 65_000

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function loadConfig(): Config {
  // What the environment has already counts; the file that `setup` fills in says the rest.
  if (existsSync('.env')) loadEnvFile('.env')
  const parsed = parseConfig(process.env)
  return parsed.ok ? parsed.config : fail(`The configuration is not right:\n${parsed.problems.join('\n')}`)
}

function readProgramFile({ programFile }: Config): Program {
  const read = loadProgram(programFile)
  return read.ok ? read.program : fail(read.problems)
}

async function open(config: Config, program: Program, listener: StoreThreadListener): Promise<Inner> {
  try {
    return await thread.start(config, program, listener)
  } catch (error) {
    return fail(
      `The database at ${config.databasePath} cannot be used: ${error instanceof Error ? error.message : 'no reason'}`,
    )
  }
}

const remoteAddress = (c: Context): string =>
  (c.env as { incoming?: IncomingMessage }).incoming?.socket.remoteAddress ?? 'unknown'

async function start(): Promise<void> {
  const config = loadConfig()
  const write = (line: string) => void process.stdout.write(line)
  const logger = createLogger({ level: config.logLevel, write, now: clock.now })
  dieOnSurprise(logger)
  const metrics = createMetrics()
  const program = readProgramFile(config)
  const { chooseDatabase } = await import('./compose/sandbox-path.ts')
  const chosen = chooseDatabase(config)
  if (chosen.kind === 'sandbox') return startSandbox({ config, program, databasePath: chosen.path, logger })
  const onLost = (error: unknown) => die(logger, error)
  for (const warning of config.warnings) logger.warn(warning)

  const inner = await open(config, program, { onCommit: metrics.storeBatch, writeLine: write, onLost })
  let port = config.port
  const isReady = () => thread.isUpToDate()
  const late = createLateWork()
  const http = await composeHttp(config, inner, {
    clock,
    logger,
    metrics,
    remoteAddress,
    isReady,
    waitUntil: () => late.add,
  })
  const listening = await listen(config, http)
  port = (listening.address() as AddressInfo).port
  endOnSignal({ listening, logger, finish: finishThread(late, logger) })
  // Last, so that whoever waits for these words may end it in good order from then on.
  greet(config, port, logger)
  flushCompileCache()
}

/** Nothing is connected: the whole system between made-up vendors, in one thread. */
async function startSandbox({
  config,
  program,
  databasePath,
  logger,
}: Omit<SandboxMachine, 'clock' | 'remoteAddress'>) {
  await thread.abandon()
  const [{ runSandbox }, { sandboxHost }] = await Promise.all([
    import('../integrations/sandbox/run.ts'),
    import('./compose/sandbox-host.ts'),
  ])
  let port = config.port
  // Nobody's data moves from there.
  const host = sandboxHost({
    config: { ...config, paused: false },
    program,
    databasePath,
    clock,
    logger,
    remoteAddress,
  })
  const year = process.env.REGULARS_SANDBOX_YEAR
  const sandbox = await runSandbox({ ...host, port: () => port, year }).catch((error: unknown) =>
    fail(`The sandbox cannot be opened: ${error instanceof Error ? error.message : 'no reason'}`),
  )
  const listening = await listen(config, sandbox.http)
  port = (listening.address() as AddressInfo).port
  const finish = async (closed: Promise<boolean>): Promise<void> => {
    sandbox.hangUp()
    await closed
    await sandbox.close()
  }
  endOnSignal({ listening, logger, finish })
  console.log(`
  The sandbox is running at http://localhost:${port}/

  A shop with Stripe, HubSpot and Slack, none of them real, on this machine alone.
  Try it there, or:  npx regulars pay ada@example.org 49.90
  Connect Stripe:    npx regulars setup stripe

  Everything is kept in ${databasePath}. Stop with Ctrl-C.
`)
  flushCompileCache()
}

function listen({ host, port }: Config, http: Hono): Promise<HttpServer> {
  return new Promise((done) => {
    const listening: ServerType = serve({ fetch: http.fetch, port, hostname: host }, () =>
      done(listening as HttpServer),
    )
    Object.assign(listening, { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: KEEP_ALIVE_MS + 1_000 })
    listening.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      fail(taken ? `Port ${port} of ${host} is in use already: set another PORT.` : `Cannot listen: ${error.message}`)
    })
  })
}

function greet(config: Config, port: number, logger: Logger): void {
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  logger.info('listening', { url, version: process.version, database: config.databasePath })
  if (config.paused) logger.warn('paused (REGULARS_PAUSED): nothing is recorded, nothing is delivered')
  if (config.local) logger.warn('no credentials are set, but this database was used with some: there is no sandbox')
  else if (config.stripe.webhookSecrets.length === 0)
    logger.warn('STRIPE_WEBHOOK_SECRET is not set: no payment arrives')
}

interface Running {
  listening: HttpServer
  logger: Logger
  /** Brings what is behind the doors to its end; they are shut meanwhile. */
  finish: (closed: Promise<boolean>) => Promise<void>
}

function endOnSignal(running: Running): void {
  let askedAt: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now()
    if (askedAt === undefined) {
      askedAt = now
      end(running, signal).then(
        () => process.exit(0),
        (error: unknown) => die(running.logger, error),
      )
    } else if (now - askedAt > SAME_SIGNAL_MS) process.exit(1)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  onLosingNpm(() => onSignal('SIGTERM'))
}

/**
 * `npm start` runs us in a shell of its own. A signal to npm ends that shell and goes no further, so we notice that
 * our parent is gone instead.
 */
function onLosingNpm(onLost: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    onLost()
  }, PARENT_CHECK_MS)
  watch.unref()
}

async function end({ listening, logger, finish }: Running, signal: NodeJS.Signals): Promise<void> {
  logger.info('stopping', { signal })
  await finish(
    closeServer(listening).then((finished) => {
      if (!finished) logger.warn('requests in flight were cut off')
      return finished
    }),
  )
  logger.info('stopped')
}

const finishThread =
  (late: LateWork, logger: Logger) =>
  async (closed: Promise<boolean>): Promise<void> => {
    const endsAt = performance.now() + FINISH_WITHIN_MS
    const stopped = thread.stopBackground()
    await closed
    // What was acknowledged to Slack is done, and whoever asked is told.
    if (!(await late.finish(Math.max(0, endsAt - performance.now())))) logger.warn('work for Slack was cut off')
    // A delivery that hangs is sent again after the next start.
    await withTimeout(stopped, STOP_BACKGROUND_WITHIN_MS, undefined)
    await thread.close()
  }

/** After an error that nobody caught, nothing in memory can be trusted; what was acknowledged is in the database. */
function dieOnSurprise(logger: Logger): void {
  process.on('uncaughtException', (error) => die(logger, error))
  process.on('unhandledRejection', (reason) => die(logger, reason))
}

function die(logger: Logger, error: unknown): never {
  logger.error('the server ends on an error that nobody expected', { error })
  process.exit(1)
}

await start()
