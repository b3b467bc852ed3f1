// What goes on beside the webhooks while they are measured: again and again, until it is told to stop.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ANY_200, type Bench, type Measured, measure } from './bench.ts'
import type { LoadClient } from './load.ts'
import { searchTerms } from './people.ts'
import { environment, ROOT, type Server } from './servers.ts'

export interface Beside {
  /** Ends it; says what it came to, in words. */
  stop(): Promise<string>
}

/** Waits for the round that is under way. */
function repeat(once: (isStopping: () => boolean) => Promise<void>, describe: () => string): Beside {
  let stopping = false
  const running = (async () => {
    while (!stopping) await once(() => stopping)
  })()
  return {
    stop: async () => {
      stopping = true
      await running
      return describe()
    },
  }
}

const SEARCHES_AT_ONCE = 20

export const searchPath = (term: string): string => `/api/v1/members?query=${encodeURIComponent(term)}`

/** One person who searches without a pause. */
export async function searching(bench: Bench, server: Server, client: LoadClient): Promise<Beside> {
  const terms = [2, 3, 8].flatMap((letters) => [...searchTerms('latin', letters), ...searchTerms('amharic', letters)])
  await client.prepare({ kind: 'paths', paths: terms.map(searchPath) })
  const rounds: Measured[] = []
  let from = 0
  return repeat(
    async () => {
      rounds.push(
        await measure(bench, server, { client, connections: 1, from, count: SEARCHES_AT_ONCE, expected: ANY_200 }),
      )
      from += SEARCHES_AT_ONCE
    },
    () => {
      const searches = rounds.length * SEARCHES_AT_ONCE
      const worst = Math.max(...rounds.map(({ p99Ms }) => p99Ms))
      return `${searches} searches, the slowest ${worst.toFixed(0)} ms`
    },
  )
}

/** A command of ours, again and again. */
export function commanding(bench: Bench, server: Server, folder: string, words: (run: number) => string[]): Beside {
  let finished = 0
  let firstTookMs: number | undefined
  const runOne = async (isStopping: () => boolean): Promise<void> => {
    const startedAt = performance.now()
    const child = spawn(process.execPath, [join(ROOT, 'src/cli.ts'), ...words(finished)], {
      // Elsewhere, so that no .env of this repository is read.
      cwd: folder,
      env: environment(server.database, server.port),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    // Once it must come to its end: it may find something.
    const asked = setInterval(() => isStopping() && finished > 0 && child.kill('SIGTERM'), 50)
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    clearInterval(asked)
    if (code === 0) {
      finished++
      firstTookMs ??= performance.now() - startedAt
    } else if (signal === null && !(isStopping() && finished > 0))
      bench.broken(`${words(finished).join(' ')} ended with ${code}: ${output.slice(-500)}`)
  }
  return repeat(runOne, () => `finished ${finished} times, the first in ${((firstTookMs ?? 0) / 1000).toFixed(1)} s`)
}

export const hasCommandLine = (): boolean => existsSync(join(ROOT, 'src/cli.ts'))

export const verifying = (bench: Bench, server: Server, folder: string): Beside =>
  commanding(bench, server, folder, () => ['verify'])

export const backingUp = (bench: Bench, server: Server, folder: string): Beside =>
  commanding(bench, server, folder, (run) => {
    rmSync(join(folder, `backup-${run - 1}.db`), { force: true })
    return ['backup', join(folder, `backup-${run}.db`)]
  })
