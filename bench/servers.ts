// Servers under test, each a process of its own: started, waited for, stopped.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { get } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { API_KEY, WEBHOOK_SECRET } from './requests.ts'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

export type ServerKind = 'ceiling' | 'bare' | 'four' | 'ours'

export interface ServerOptions {
  kind: ServerKind
  /** Where its database and its log are. */
  folder: string
  /** Default: `bench.db` in the folder. */
  database?: string
  /** Written before the script: `--cpu-prof`. */
  nodeArgs?: string[]
  /** A command that runs node, with its arguments: strace. */
  under?: string[]
  /** Whether HubSpot is connected, so that each change is put in the outbox. Default true. */
  hubspot?: boolean
  /** Further variables of its environment. */
  variables?: Record<string, string>
}

export interface Server {
  port: number
  pid: number
  database: string
  /** From starting the process to its first 200 of /healthz. */
  startupMs: number
  /** Holds the process still, so that it takes nothing from the one that is measured. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

const START_WITHIN_MS = 20_000
/** Whatever ends the bench, no server stays: one that is held still could not end by itself. */
const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

const STOP_WITHIN_MS = 20_000

/** The environment of our server; also of the command line beside it. Nothing of the caller's credentials gets in. */
export function environment(database: string, port: number, hubspot = true): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  return {
    ...(PATH !== undefined && { PATH }),
    ...(HOME !== undefined && { HOME }),
    PORT: String(port),
    DATABASE_PATH: database,
    PROGRAM_FILE: join(ROOT, 'program.json'),
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    API_KEYS: `bench:${API_KEY}:admin`,
    // A port where nobody listens: what is put in the outbox stays there.
    ...(hubspot && { HUBSPOT_ACCESS_TOKEN: 'bench', HUBSPOT_API_URL: 'http://127.0.0.1:9' }),
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const { kind, folder, nodeArgs = [], under = [], hubspot = true, variables = {} } = options
  const database = options.database ?? join(folder, 'bench.db')
  const port = await freePort()
  const script = kind === 'ours' ? startScript() : ['bench/baseline-server.ts', kind, database]
  const [command = '', ...args] = [...under, process.execPath, ...nodeArgs, ...script]
  const log = join(folder, `${kind}.log`)
  const out = openSync(log, 'w')
  const startedAt = performance.now()
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...environment(database, port, hubspot), ...variables },
    stdio: ['ignore', out, out],
    detached: under.length > 0,
  })
  closeSync(out)
  alive.add(child)
  child.once('exit', () => alive.delete(child))
  const { pid } = child
  if (pid === undefined) throw new Error(`${command} cannot be started`)
  await untilAlive(child, port, kind, log)
  const startupMs = performance.now() - startedAt
  return {
    port,
    pid,
    database,
    startupMs,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    stop: () => stop(child, under.length > 0),
  }
}

/** What `npm start` gives to node. */
function startScript(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').slice(1)
}

async function untilAlive(child: ChildProcess, port: number, kind: ServerKind, log: string): Promise<void> {
  const path = kind === 'ceiling' ? '/' : '/healthz'
  for (const until = performance.now() + START_WITHIN_MS; performance.now() < until; ) {
    if (child.exitCode !== null) break
    if ((await statusOf(port, path)) === 200) return
    await wait(2)
  }
  child.kill('SIGKILL')
  throw new Error(`the server ${kind} did not start: ${readFileSync(log, 'utf8').slice(-2_000)}`)
}

const statusOf = (port: number, path: string): Promise<number> =>
  new Promise((done) => {
    const request = get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      response.resume()
      done(response.statusCode ?? 0)
    })
    request.on('error', () => done(0))
  })

/** What is run under a tracer ends with the tracer's group, so that the tracer can write its report. */
async function stop(child: ChildProcess, isGroup: boolean): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const exited = once(child, 'exit')
  child.kill('SIGCONT')
  process.kill(isGroup ? -child.pid : child.pid, 'SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await exited
  clearTimeout(late)
}
