// When the day's digest is queued: at the program's hour, in its zone; later where the server was down then.
import type { App, Clock } from '../app/ports.ts'
import { DIGEST_QUEUED } from '../app/staffroom.ts'

export interface DigestClockOptions {
  app: Pick<App, 'program' | 'queueDigest' | 'glance' | 'getSetting'>
  clock: Clock
}

const FIGURES_FRESH_MS = 300_000

/** A round to be called every minute. Most do nothing; the store sees to it that a day is told of once. */
export function createDigestClock({ app, clock }: DigestClockOptions): () => Promise<void> {
  let queued = ''
  return async () => {
    const { timezone, retention } = app.program().program
    const { date, time } = localMinute(clock.now(), timezone)
    // On the day when clocks go forward, an hour that there is not comes with the next.
    if (date === queued || time < retention.digestAt) return
    if (((await app.getSetting(DIGEST_QUEUED)) ?? '') < date) {
      // At hand then when it is told: nothing else that goes to Slack waits for figures to be made.
      await app.glance(FIGURES_FRESH_MS).catch(() => null)
      await app.queueDigest(date)
    }
    queued = date
  }
}

/** The local date, such as `2026-11-22`, and the time, such as `09:05`. */
export function localMinute(at: number, timeZone: string): { date: string; time: string } {
  const part = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
  // Swedish writes dates as ISO 8601 does.
  const [date = '', time = ''] = new Intl.DateTimeFormat('sv-SE', { timeZone, hourCycle: 'h23', ...part })
    .format(at)
    .split(/[\s,]+/)
  return { date, time }
}
