// Where the server's time goes, by V8's own sampling profiler. Only when asked for: it measures nothing else.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Bench, measure, percent, RECORDED, type Section, type Table } from '../bench.ts'
import { freshFolder } from '../databases.ts'
import { ROOT, startServer } from '../servers.ts'

const sizesOf = ({ quick }: Bench) => (quick ? { warmUp: 2_000, events: 4_000 } : { warmUp: 10_000, events: 40_000 })
const SHOWN = 40

interface ProfileNode {
  id: number
  callFrame: { functionName: string; url: string; lineNumber: number }
}

interface Profile {
  nodes: ProfileNode[]
  samples: number[]
  timeDeltas: number[]
  startTime: number
  endTime: number
}

interface SelfTime {
  name: string
  us: number
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  if (url === '') return name
  const path = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url
  return `${name}  ${path}:${lineNumber + 1}`
}

/** Self times of all functions in the last part of the profile, in which nothing was warming up any more. */
function selfTimes({ nodes, samples, timeDeltas, startTime, endTime }: Profile, lastSeconds: number): SelfTime[] {
  const byId = new Map(nodes.map((node) => [node.id, nameOf(node)]))
  const times = new Map<string, number>()
  let at = startTime
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0
    at += delta
    if (at < endTime - lastSeconds * 1e6) continue
    const name = byId.get(id) ?? '?'
    times.set(name, (times.get(name) ?? 0) + delta)
  }
  return [...times].map(([name, us]) => ({ name, us })).sort((a, b) => b.us - a.us)
}

async function runProfile(bench: Bench): Promise<Table[]> {
  const { warmUp, events } = sizesOf(bench)
  const folder = freshFolder(bench.folder, 'profile')
  const nodeArgs = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=500']
  const server = await startServer({ kind: 'ours', folder, nodeArgs })
  let seconds: number
  try {
    await bench.client.prepare({
      kind: 'events',
      run: `${bench.run}p`,
      first: 0,
      count: warmUp + events,
      customers: null,
    })
    await measure(bench, server, { connections: 32, from: 0, count: warmUp, expected: RECORDED })
    const startedAt = performance.now()
    const measured = await measure(bench, server, { connections: 32, from: warmUp, count: events, expected: RECORDED })
    seconds = (performance.now() - startedAt) / 1000
    bench.say(`  ${Math.round(measured.perSecond)}/s with the profiler on`)
  } finally {
    await server.stop()
  }
  // One of each thread, in the order in which they were started.
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))
  if (files.length === 0) throw new Error('the server left no profile')
  return files.toSorted().map((file, thread) => {
    const all = selfTimes(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile, seconds)
    return tableOf(all, events, thread + 1)
  })
}

function tableOf(all: SelfTime[], events: number, thread: number): Table {
  const total = all.reduce((sum, { us }) => sum + us, 0)
  return {
    title: `Where the time of the server’s thread ${thread} goes, at 32 connections (self time)`,
    columns: ['function', 'µs per event', 'share'],
    rows: all.slice(0, SHOWN).map(({ name, us }) => [name, (us / events).toFixed(1), percent(us / total)]),
    notes: ['(program) and native functions hold SQLite, the system and fsync; (idle) is waiting for the client'],
    data: all.slice(0, 200),
  }
}

export const profile: Section = {
  name: 'profile',
  title: 'where the time goes (only when asked for)',
  run: runProfile,
}
