// wrangler as a user runs it, without a login and without the network.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WRANGLER = fileURLToPath(new URL('../node_modules/wrangler/bin/wrangler.js', import.meta.url))
const WITHIN_MS = 180_000

/** What it said. @throws with what it said when it failed */
export async function wrangler(...words: string[]): Promise<string> {
  // The words, not the colours and signs around them.
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1', FORCE_COLOR: '0' }
  const options = { cwd: ROOT, env, timeout: WITHIN_MS, maxBuffer: 2 ** 26 }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [WRANGLER, ...words], options)
  return `${stdout}${stderr}`
}
