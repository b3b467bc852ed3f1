// What the machine says about itself: whose processors were busy, what memory a process holds, how long an fsync takes.
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'

/** Linux counts in hundredths of a second, whatever the kernel's own tick. */
const TICK_SECONDS = 0.01

/** Seconds of processor time that the process has used; null where the system does not tell. */
export function cpuSecondsOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name may hold anything, so it is counted from its closing bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS
  } catch {
    return null
  }
}

/** Seconds that all processors together were busy since the start of the machine. */
export function machineBusySeconds(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1000
}

/** Resident memory now and at its highest, in MB. */
export function residentMb(pid: number): { now: number; peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024
    return { now: read('VmRSS'), peak: read('VmHWM') }
  } catch {
    return null
  }
}

const SYNCS = 200

/** Milliseconds that a commit's fsync takes at the least: half of the appended pages were on the disk sooner than this. */
export function fsyncMs(folder: string): number {
  const path = join(folder, 'fsync.tmp')
  const file = openSync(path, 'w')
  const page = Buffer.alloc(8192, 1)
  const times = Array.from({ length: SYNCS }, () => {
    writeSync(file, page)
    const startedAt = performance.now()
    fdatasyncSync(file)
    return performance.now() - startedAt
  })
  closeSync(file)
  rmSync(path)
  return times.sort((a, b) => a - b)[SYNCS / 2] ?? 0
}

export function describeMachine(folder: string): string {
  const model = cpus()[0]?.model ?? 'an unknown processor'
  const load = loadavg()[0]?.toFixed(2)
  return `${availableParallelism()} × ${model}, Node ${process.version}, load ${load}, fsync ${fsyncMs(folder).toFixed(2)} ms`
}
