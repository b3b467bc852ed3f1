// What `npm start` opens where nothing is connected: the real process, in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newFolder, removeFolder } from './server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GREETING = /running at http:\/\/localhost:(\d+)\//
const LISTENING = /"url":"http:\/\/[^"]*:(\d+)"/
const START_WITHIN_MS = 40_000
const STOP_WITHIN_MS = 20_000

export interface TrialOptions {
  /** Of an earlier one; a fresh one else, which goes with it. */
  folder?: string
  env?: Record<string, string>
}

export interface Trial {
  port: number
  url: string
  pid: number
  folder: string
  /** Whether it said that it is a sandbox. */
  isSandbox: boolean
  logs(): string
  /** A world in which nothing has happened yet. */
  startOver(): Promise<void>
  /** Its folder goes with it, unless it is to be `kept`. */
  stop(how?: { isKept: boolean }): Promise<void>
}

const databaseIn = (folder: string): string => join(folder, 'shop.db')

/** As package.json says it. */
function startScript(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').slice(1)
}

export async function startTrial({ folder = newFolder(), env = {} }: TrialOptions = {}): Promise<Trial> {
  const [script = '', ...flags] = startScript().toReversed()
  const child = spawn(process.execPath, [...flags.toReversed(), join(ROOT, script)], {
    // Not the project's: there may be a .env in it.
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATABASE_PATH: databaseIn(folder),
      PROGRAM_FILE: join(ROOT, 'program.json'),
      ...env,
    },
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let text = ''
  let isStopping = false
  const note = (part: Buffer): void => {
    text += part.toString()
  }
  child.stdout?.on('data', note)
  child.stderr?.on('data', note)
  child.once('exit', (code, signal) => {
    if (!isStopping) text += `\n{"level":"error","message":"ended unasked","code":${code},"signal":"${signal}"}\n`
  })
  const { port, isSandbox } = await untilItListens(child, () => text)
  const url = `http://localhost:${port}`
  return {
    port,
    url,
    pid: child.pid ?? 0,
    folder,
    isSandbox,
    logs: () => text,
    startOver: async () => {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${url}/sandbox/start-over`, { method: 'POST', headers, body: '{}' })
      const answer = await response.text()
      if (answer !== '{"ok":true}') throw new Error(`The sandbox did not start over: ${answer}`)
    },
    stop: async ({ isKept } = { isKept: false }) => {
      isStopping = true
      await ended(child)
      process.off('exit', kill)
      if (!isKept) removeFolder(folder)
    },
  }
}

async function untilItListens(child: ChildProcess, logs: () => string): Promise<{ port: number; isSandbox: boolean }> {
  const until = performance.now() + START_WITHIN_MS
  for (;;) {
    const greeted = GREETING.exec(logs())?.[1]
    const port = greeted ?? LISTENING.exec(logs())?.[1]
    if (port !== undefined) return { port: Number(port), isSandbox: greeted !== undefined }
    if (child.exitCode !== null || performance.now() > until)
      throw new Error(`It did not start: ${logs().slice(-2_000)}`)
    await new Promise((done) => setTimeout(done, 10))
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  child.kill('SIGTERM')
  await exited
  clearTimeout(late)
}
