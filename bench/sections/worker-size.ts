// What goes to Cloudflare: how large it is, as it is sent and compressed, and whose the most of it is.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Table } from '../bench.ts'
import { packageOf, takeApart } from '../bundle-parts.ts'
import type { WorkerBench, WorkerSection } from '../worker-section.ts'
import { wrangler } from '../wrangler.ts'

const GOAL_GZIP = 1_000_000
const MOST = 10
const kb = (bytes: number): string => (bytes / 1000).toFixed(1)

interface Share {
  owner: string
  raw: number
  gzip: number
}

async function run({ folder, say }: WorkerBench): Promise<Table[]> {
  const out = join(folder, 'worker-size')
  const said = await wrangler('deploy', '--dry-run', '--outdir', out)
  say(/Total Upload:.*/.exec(said)?.[0] ?? 'wrangler did not say how large the upload is')
  const code = readFileSync(join(out, 'worker.js'))
  const map = JSON.parse(readFileSync(join(out, 'worker.js.map'), 'utf8'))
  const shares = [...takeApart(code.toString(), map, packageOf)]
    .map(([owner, text]): Share => ({ owner, raw: Buffer.byteLength(text), gzip: gzipSync(text).length }))
    .sort((a, b) => b.gzip - a.gzip)
  return [tableOf(shares, { raw: code.length, gzip: gzipSync(code).length })]
}

function tableOf(shares: Share[], whole: { raw: number; gzip: number }): Table {
  const rest = shares.slice(MOST)
  const sum = (pick: (share: Share) => number) => rest.reduce((all, share) => all + pick(share), 0)
  const others = { owner: `${rest.length} others`, raw: sum(({ raw }) => raw), gzip: sum(({ gzip }) => gzip) }
  const rows = [...shares.slice(0, MOST), others, { owner: 'the whole bundle', ...whole }]
  return {
    title: 'The Worker’s bundle, in kB',
    columns: ['', 'raw', 'gzip'],
    rows: rows.map(({ owner, raw, gzip }) => [owner, kb(raw), kb(gzip)]),
    notes: [
      `the goal is ${GOAL_GZIP / 1000} kB gzip: ${whole.gzip < GOAL_GZIP ? 'met' : 'NOT met'}`,
      'a share’s gzip is of its own letters alone, so shares do not add up to the whole',
    ],
    data: { whole, shares, goalGzip: GOAL_GZIP },
  }
}

export const workerSize: WorkerSection = { name: 'size', title: 'how large the Worker’s bundle is', run }
