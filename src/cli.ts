// The command line's host: reads the environment and the words, brings time, chance and the database, and ends with the
// command's exit code. What a command does not need is not loaded.
import { getRandomValues, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Store } from './app/store-port.ts'
import type { Backend, Opened, OpenOptions, Settings } from './cli/backend.ts'
import type { Command, Context } from './cli/command.ts'
import { describeError, Failure } from './cli/failures.ts'
import { EXIT, runCli } from './cli/main.ts'
import { createOutput } from './cli/output.ts'
import { createWrangler } from './cli/wrangler.ts'
import { chooseDatabase, sandboxAheadMs } from './compose/sandbox-path.ts'
import { type Config, parseConfig } from './config.ts'
import { createLogger } from './logger.ts'
import type { Program } from './program/schema.ts'
import type { NodeDriver } from './store/node-driver.ts'

const ID_BYTES = 12
/** A terminal sends Ctrl-C to every process of the group, and npm passes it on: one wish, several signals. */
const SAME_SIGNAL_MS = 1_000

/** The machine's, or the sandbox's where its database is worked on. */
const clock = { aheadMs: 0, now: (): number => Date.now() + clock.aheadMs }
const random = (count: number): Uint8Array => getRandomValues(new Uint8Array(count))

function readEnvironment(): Record<string, string | undefined> {
  // What the environment has already counts; the file fills in the rest.
  if (existsSync('.env')) loadEnvFile('.env')
  return process.env
}

/** The variables that are right, by leaving out those that are named as wrong. */
function readLeniently(env: Record<string, string | undefined>): { settings: Config | null; problems: string[] } {
  const parsed = parseConfig(env)
  if (parsed.ok) return { settings: onItsDatabase(parsed.config), problems: [] }
  const wrong = new Set(parsed.problems.map((problem) => problem.split(' ')[0]))
  const rest = parseConfig(Object.fromEntries(Object.entries(env).filter(([name]) => !wrong.has(name))))
  return { settings: rest.ok ? onItsDatabase(rest.config) : null, problems: parsed.problems }
}

/** Without any vendor's credentials everything is the sandbox's, as it is for the server. */
function onItsDatabase(config: Config): Config {
  const chosen = chooseDatabase(config)
  clock.aheadMs = sandboxAheadMs(chosen)
  return { ...config, databasePath: chosen.path }
}

function createBackend(env: Record<string, string | undefined>): Backend {
  // Settings are a part of the configuration: which whole one they came from is remembered here.
  const lenient = readLeniently(env)
  const config = (): Config => {
    if (lenient.settings === null) throw new Failure('the configuration cannot be read.')
    return lenient.settings
  }
  return {
    readSettings: () =>
      lenient.settings !== null && lenient.problems.length === 0
        ? { ok: true, settings: lenient.settings }
        : { ok: false, problems: lenient.problems },
    readSettingsLeniently: () => lenient,
    readVariables(variables) {
      const parsed = parseConfig(variables)
      return parsed.ok ? { ok: true, settings: parsed.config } : parsed
    },
    open: (settings, options) =>
      open(
        { ...config(), ...pathOf(settings, options), ...(options?.isPaused === true && { paused: true }) },
        options?.givesWay === true,
      ),
    async migrations() {
      const { listMigrations } = await import('./store/migrate.ts')
      return listMigrations().map(({ name }) => name)
    },
    async stripe({ stripe: { secretKey, apiUrl } }) {
      if (secretKey === null) return null
      const { createStripeTools } = await import('./compose/stripe-tools.ts')
      return createStripeTools({ secretKey, apiUrl, clock })
    },
    async hubspot({ hubspot }) {
      if (hubspot.accessToken === null) return null
      const { createHubspotTools } = await import('./compose/hubspot-tools.ts')
      return createHubspotTools({ config: { hubspot }, clock })
    },
    async slack({ slack }) {
      if (slack.botToken === null) return null
      const { createSlackTools } = await import('./compose/slack-tools.ts')
      return createSlackTools({ config: { slack }, clock, fetch })
    },
  }
}

const pathOf = ({ databasePath }: Settings, { leaveNoFile = false }: OpenOptions = {}): { databasePath: string } => ({
  databasePath: leaveNoFile && !existsSync(databasePath) ? ':memory:' : databasePath,
})

async function open(config: Config, givesWay: boolean): Promise<Opened> {
  const [{ composeApp }, { openDatabase }] = await Promise.all([
    import('./compose.ts'),
    import('./compose/open-database.ts'),
  ])
  const { databasePath, logLevel } = config
  const { store: prompt, driver } = await openDatabase(databasePath, undefined, givesWay, config.paused)
  const store = givesWay ? await createPoliteStore(driver, config.paused) : prompt
  try {
    const program = await programFor(config, await store.programs())
    const level = logLevel === 'info' ? 'warn' : logLevel
    const logger = createLogger({ level, write: (line) => process.stderr.write(line), now: clock.now })
    const app = await composeApp(config, { store, program, clock, random, logger })
    return { app, backupTo: (path) => driver.backupTo(path), close: () => store.close() }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function createPoliteStore(driver: NodeDriver, isPaused: boolean): Promise<Store> {
  const [{ createStore }, { politely }] = await Promise.all([
    import('./store/store.ts'),
    import('./compose/polite-driver.ts'),
  ])
  return createStore(politely(driver), { isPaused })
}

/**
 * The program in force, where the database has one: a command runs beside a server, and must not put an edited file in
 * force behind its back. That happens when the server starts.
 */
async function programFor(
  { programFile }: Config,
  stored: readonly { body: string; since: number }[],
): Promise<Program> {
  const [{ loadProgram }, { parseProgram }] = await Promise.all([
    import('./compose/load-program.ts'),
    import('./program/parse.ts'),
  ])
  const newest = stored.toSorted((a, b) => b.since - a.since)[0]
  const inForce = newest === undefined ? null : parseProgram(JSON.parse(newest.body))
  if (inForce?.ok === true) return inForce.program
  const read = loadProgram(programFile)
  if (read.ok) return read.program
  throw new Failure(read.problems)
}

function interruptible(): { signal: AbortSignal; endsInOrder: (command: Command) => void } {
  const controller = new AbortController()
  let current: Command | undefined
  let askedAt: number | undefined
  process.on('SIGINT', () => {
    const now = performance.now()
    if (askedAt !== undefined && now - askedAt < SAME_SIGNAL_MS) return
    if (askedAt !== undefined || current?.endsInOrder !== true) process.exit(EXIT.interrupted)
    askedAt = now
    controller.abort()
    process.stderr.write('\nFinishing what is under way. Ctrl-C again ends at once.\n')
  })
  return {
    signal: controller.signal,
    endsInOrder: (command) => {
      current = command
    },
  }
}

/** Nothing said, or Ctrl-C, is no. */
function askOnTerminal(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  return new Promise((done) => {
    lines.question(`${question} [y/N] `, (said) => {
      done(/^y(?:es)?$/i.test(said.trim()))
      lines.close()
    })
    lines.once('close', () => done(false))
    // A terminal that is read by lines keeps Ctrl-C to itself.
    lines.once('SIGINT', () => {
      process.emit('SIGINT', 'SIGINT')
      lines.close()
    })
  })
}

function readVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return version
}

async function main(): Promise<number> {
  const env = readEnvironment()
  const { signal, endsInOrder } = interruptible()
  const root = fileURLToPath(new URL('..', import.meta.url))
  const context: Context = {
    stdout: createOutput(process.stdout),
    stderr: createOutput(process.stderr),
    now: () => clock.now(),
    monotonic: () => performance.now(),
    sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
    newId: () => randomBytes(ID_BYTES).toString('hex'),
    fetch,
    interrupted: signal,
    backend: createBackend(env),
    ask: process.stdin.isTTY && process.stdout.isTTY ? askOnTerminal : null,
    deployment: { root, wrangler: createWrangler(root, env), accountId: env.CLOUDFLARE_ACCOUNT_ID || null },
  }
  const debug = env.LOG_LEVEL?.toLowerCase() === 'debug'
  return runCli(process.argv.slice(2), { context, version: readVersion(), debug, onCommand: endsInOrder })
}

// Set rather than exited with, so that what was written reaches whoever reads it.
const code = await main().catch((error: unknown) => {
  process.stderr.write(`regulars: ${describeError(error)}\n`)
  return EXIT.failed
})
// An output that broke has set one already.
if (code !== EXIT.done) process.exitCode = code
