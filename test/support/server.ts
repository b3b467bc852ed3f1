// The real server: a process of its own, on its own data folder, that tests may stop, kill and start again.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { VerifyReport } from '../../src/app/ports.ts'
import { openDatabase } from '../../src/compose/open-database.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { type Client, createClient } from './load.ts'
import { makeProgram, plain } from './programs.ts'
import { createWorld } from './world.ts'

export const SECRET = 'whsec_runtime_tests'
export const API_KEY = 'runtime-key-0123456789'

const projectFolder = fileURLToPath(new URL('../..', import.meta.url))
const hooksFile = fileURLToPath(new URL('fault-hooks.ts', import.meta.url))
const READY_WITHIN_MS = 20_000
const STOPPED_WITHIN_MS = 20_000

export interface ServerOptions {
  /** A data folder of an earlier server; a fresh one else. Only a fresh one is removed at the end. */
  folder?: string
  program?: Partial<ProgramInput>
  env?: Record<string, string>
}

/** What a test may do to a server from within; see fault-hooks.ts. */
export type Fault = { clockOffsetMs: number } | { full: boolean } | { readOnly: boolean } | { lost: boolean }

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Server {
  url: string
  pid: number
  folder: string
  databasePath: string
  client: Client
  /** All that it wrote, on both streams. */
  logs(): string
  isRunning(): boolean
  /** Brings a fault about; resolves once it is there. */
  fault(fault: Fault): Promise<void>
  /** Asks it to end, as a service manager does. */
  stop(): Promise<Exit>
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<Exit>
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'regulars-runtime-'))
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true })
export const databaseIn = (folder: string): string => join(folder, 'regulars.db')

/** Starts the process without waiting for it. */
export function spawnServer(folder: string, { program, env }: Omit<ServerOptions, 'folder'> = {}): Spawned {
  const programFile = join(folder, 'program.json')
  if (program !== undefined || !existsSync(programFile))
    writeFileSync(programFile, JSON.stringify({ ...plain, ...program }))
  const child = spawn(process.execPath, ['--import', hooksFile, 'src/node.ts'], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATABASE_PATH: databaseIn(folder),
      PROGRAM_FILE: programFile,
      API_KEYS: `tests:${API_KEY}:admin`,
      STRIPE_WEBHOOK_SECRET: SECRET,
      ...env,
    },
  })
  let logs = ''
  const onOutput = (text: Buffer) => {
    logs += text.toString()
  }
  child.stdout?.on('data', onOutput)
  child.stderr?.on('data', onOutput)
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }))
  return { child, logs: () => logs, exited }
}

export interface Spawned {
  child: ChildProcess
  logs: () => string
  exited: Promise<Exit>
}

/** Starts a server and waits until it is ready. */
export async function startServer({ folder = newFolder(), ...options }: ServerOptions = {}): Promise<Server> {
  const { child, logs, exited } = spawnServer(folder, options)
  const url = await listening(child, logs)
  const client = createClient({ url, secret: SECRET, apiKey: API_KEY })
  const end = (signal: NodeJS.Signals): Promise<Exit> => {
    const giveUp = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS)
    child.kill(signal)
    return exited.finally(() => {
      clearTimeout(giveUp)
      client.close()
    })
  }
  return {
    url,
    pid: child.pid ?? 0,
    folder,
    databasePath: databaseIn(folder),
    client,
    logs,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    fault: async (fault) => {
      const done = once(child, 'message')
      child.send(fault)
      await done
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

/** The address it says it listens on. */
async function listening(child: ChildProcess, logs: () => string): Promise<string> {
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    const url = /"url":"([^"]+)"/.exec(logs())?.[1]
    if (url !== undefined) return url
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline)
      throw new Error(`The server did not start: ${logs().slice(-1000)}`)
    await new Promise((done) => setTimeout(done, 5))
  }
}

/** What `verify` finds in the file; also beside a running server. */
export async function verifyFile(path: string, program: Partial<ProgramInput> = {}): Promise<VerifyReport> {
  const { store, driver } = await openDatabase(path)
  try {
    const rows = await driver.all<{ integrity_check: string }>('PRAGMA integrity_check', [])
    if (rows[0]?.integrity_check !== 'ok') throw new Error(`The file is damaged: ${JSON.stringify(rows)}`)
    const world = await createWorld({ program: makeProgram(program), store, now: Date.now() })
    return await world.app.verify()
  } finally {
    await store.close()
  }
}
