// Progress on long work: what, how much of how much, rate, time left. One line that is written over on a terminal,
// plain lines now and then elsewhere; always on standard error, so that what a command gives can be piped.
import type { Context } from './command.ts'
import { count, duration } from './format.ts'

export interface Progress {
  /** `total` null: nobody knows. `note` stands at the end. */
  update(done: number, total: number | null, note?: string): void
  /** Takes the line away; what comes next speaks for the work. */
  end(): void
}

export interface ProgressState {
  what: string
  unit: string
  done: number
  total: number | null
  elapsedMs: number
  note?: string | undefined
}

const REDRAW_MS = 100
const PLAIN_EVERY_MS = 10_000
/** Before that, a rate says nothing. */
const RATE_AFTER_MS = 1_000

/** `Reading Stripe: 12 of 365 days · 3.1 days/s · 1 min 54 s left` */
export function progressLine({ what, unit, done, total, elapsedMs, note }: ProgressState): string {
  const amount = total === null ? count(done) : `${count(done)} of ${count(total)}`
  const parts = [`${what}: ${amount} ${unit}`]
  if (elapsedMs >= RATE_AFTER_MS && done > 0) {
    const perSecond = (done / elapsedMs) * 1_000
    parts.push(`${count(perSecond)} ${unit}/s`)
    if (total !== null && total > done) parts.push(`${duration(((total - done) / perSecond) * 1_000)} left`)
  }
  if (note !== undefined) parts.push(note)
  return parts.join(' · ')
}

export function createProgress(
  { stderr, monotonic }: Pick<Context, 'stderr' | 'monotonic'>,
  what: string,
  unit: string,
): Progress {
  const startedAt = monotonic()
  let shownAt = startedAt
  let isShown = false
  const show = (line: string): void => {
    const text = stderr.isTerminal ? `\r${line.slice(0, stderr.columns - 1)}\u001b[K` : `${line}\n`
    isShown = true
    void stderr.write(text)
  }
  return {
    update(done, total, note) {
      const now = monotonic()
      if (now - shownAt < (stderr.isTerminal ? REDRAW_MS : PLAIN_EVERY_MS)) return
      shownAt = now
      show(progressLine({ what, unit, done, total, elapsedMs: now - startedAt, note }))
    },
    end() {
      if (isShown && stderr.isTerminal) void stderr.write('\r\u001b[K')
      isShown = false
    },
  }
}
