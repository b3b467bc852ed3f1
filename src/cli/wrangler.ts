// Cloudflare's own command, called with the node that runs this: the one in node_modules, never one that npx fetches. What
// it is given in secret goes by a file that only this user can read, never by its arguments.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { WORKER_VARIABLES } from './deploy-variables.ts'
import { Failure } from './failures.ts'

export interface WranglerAnswer {
  code: number
  out: string
  err: string
  /** What it wrote for programs to read: where it deployed to, how large the bundle is. */
  reported: readonly Readonly<Record<string, unknown>>[]
}

export interface WranglerExtras {
  /** In whose account; without it wrangler takes the one that it remembers. */
  accountId?: string
  /** Set on the Worker with the code that is deployed: the words are then those of `deploy`. */
  secrets?: Readonly<Record<string, string>>
  /** Where a bundle goes that nobody keeps. */
  discardsBundle?: boolean
}

export type Wrangler = (words: readonly string[], extras?: WranglerExtras) => Promise<WranglerAnswer>

const ONLY_OWNER = 0o600
const BIN = 'node_modules/wrangler/bin/wrangler.js'

/** @throws Failure, when called, where wrangler is not installed */
export function createWrangler(root: string, env: Readonly<Record<string, string | undefined>>): Wrangler {
  return async (words, { accountId, secrets, discardsBundle = false } = {}) => {
    const bin = join(root, BIN)
    if (!existsSync(bin)) throw new Failure('wrangler is not installed here. Get it with: npm ci')
    const folder = mkdtempSync(join(tmpdir(), 'regulars-'))
    const clear = () => rmSync(folder, { recursive: true, force: true })
    // Also where a second Ctrl-C ends everything at once.
    process.once('exit', clear)
    try {
      const given = [...words]
      if (discardsBundle) given.push('--outdir', join(folder, 'bundle'))
      if (secrets !== undefined) {
        const file = join(folder, 'secrets.json')
        writeFileSync(file, JSON.stringify(secrets), { mode: ONLY_OWNER })
        given.push('--secrets-file', file)
      }
      const report = join(folder, 'report.ndjson')
      const chosen = accountId === undefined ? {} : { CLOUDFLARE_ACCOUNT_ID: accountId }
      const ended = await run(bin, given, {
        root,
        env: { ...quietly(env), ...chosen, WRANGLER_OUTPUT_FILE_PATH: report },
      })
      return { ...ended, reported: readReport(report) }
    } finally {
      process.off('exit', clear)
      clear()
    }
  }
}

/** Nothing that looks for updates, reports or keeps a log; and what is meant for the Worker is no business of wrangler's. */
const quietly = (env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !WORKER_VARIABLES.includes(name))),
  NO_COLOR: '1',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
})

function run(
  bin: string,
  words: readonly string[],
  { root, env }: { root: string; env: Record<string, string | undefined> },
): Promise<Omit<WranglerAnswer, 'reported'>> {
  return new Promise((done, fail) => {
    // Without a terminal it asks nothing: what there is to decide was decided before.
    const child = spawn(process.execPath, [bin, ...words], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const written = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      written.err += text
    })
    child.once('error', fail)
    child.once('close', (code) => {
      const [out, err] = [written.out, written.err].map(stripVTControlCharacters)
      done({ code: code ?? 1, out: out ?? '', err: err ?? '' })
    })
  })
}

function readReport(file: string): Record<string, unknown>[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line): Record<string, unknown> => JSON.parse(line))
}

/** The JSON that a command printed, after whatever it said before; undefined where there is none. */
export function jsonOf({ out }: Pick<WranglerAnswer, 'out'>): unknown {
  const at = out.search(/^[[{]/m)
  try {
    return at === -1 ? undefined : JSON.parse(out.slice(at))
  } catch {
    return undefined
  }
}

const SAID_LINES = 12

/** Why it failed, in its own words, without its marks and its call for bug reports. */
export function saidBy({ out, err }: Pick<WranglerAnswer, 'out' | 'err'>): string {
  const text = (err.trim() === '' ? out : err).replace(/^\s*✘ \[ERROR\] /gm, '')
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('If you think this is a bug'))
  return lines.length === 0 ? 'nothing' : lines.slice(0, SAID_LINES).join('\n')
}
