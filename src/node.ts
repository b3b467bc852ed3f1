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
const { closeServer, withTimeout } = await import('./compose/shutdown.ts')
const { composeHttp } = await import('./compose.ts')
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
  const onLost = (error: unknown) => die(logger, error)
  for (const warning of config.warnings) logger.warn(warning)

  const inner = await open(config, program, { onCommit: metrics.storeBatch, writeLine: write, onLost })
  let port = config.port
  const isReady = () => thread.isUpToDate()
  const http = await composeHttp(config, inner, {
    clock,
    logger,
    metrics,
    remoteAddress,
    isReady,
    page: { port: () => port },
  })
  const listening = await listen(config, http)
  port = (listening.address() as AddressInfo).port
  endOnSignal({ listening, logger })
  // Last, so that whoever waits for these words may end it in good order from then on.
  greet(config, inner, port, logger)
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

function greet(config: Config, { mode }: Inner, port: number, logger: Logger): void {
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  if (mode === 'live') {
    logger.info('listening', { url, version: process.version, database: config.databasePath })
    if (config.local)
      logger.warn('no credentials are set, but this database was used with some: there is no trial page')
    else if (config.stripe.webhookSecrets.length === 0)
      logger.warn('STRIPE_WEBHOOK_SECRET is not set: no payment arrives')
    return
  }
  console.log(`
  Regulars is running at http://localhost:${port}/

  Try it:            npx regulars pay ada@example.org 49.90
  then reload:       http://localhost:${port}/
  Connect Stripe:    npx regulars setup stripe

  This is a trial on this machine: no Stripe, HubSpot or Slack credentials are set.
  Everything is kept in ${config.databasePath}. Stop with Ctrl-C.
`)
}

interface Running {
  listening: HttpServer
  logger: Logger
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

async function end({ listening, logger }: Running, signal: NodeJS.Signals): Promise<void> {
  logger.info('stopping', { signal })
  const stopped = thread.stopBackground()
  const finished = await closeServer(listening)
  if (!finished) logger.warn('requests in flight were cut off')
  // A delivery that hangs is sent again after the next start.
  await withTimeout(stopped, STOP_BACKGROUND_WITHIN_MS, undefined)
  await thread.close()
  logger.info('stopped')
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
