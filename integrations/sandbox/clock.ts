/** The sandbox's time: the machine's, and as far ahead as somebody went. It never goes back. */
import { Temporal } from 'temporal-polyfill'

export interface SandboxClock {
  now(): number
  /** ms ahead of the machine's clock */
  ahead(): number
  /** Forward to an instant; the past is left alone. */
  goTo(at: number): void
  /** Back to the machine's own: for a world that begins anew. */
  reset(): void
}

export function createSandboxClock(
  machine: () => number,
  aheadMs: number,
  onChange: (aheadMs: number) => void,
): SandboxClock {
  let ahead = Math.max(0, aheadMs)
  const now = (): number => machine() + ahead
  return {
    now,
    ahead: () => ahead,
    goTo: (at) => {
      if (at <= now()) return
      ahead += at - now()
      onChange(ahead)
    },
    reset: () => {
      ahead = 0
      onChange(ahead)
    },
  }
}

/** When something is due on the way: the night's look, and the digest in the morning. */
export interface Stop {
  at: number
  isNight: boolean
}

const NIGHT = '04:00'

/** The stops of each day between two instants, in the program's zone, and the end itself. */
export function stopsBetween(from: number, to: number, zone: string, morning: string): Stop[] {
  const stops: Stop[] = []
  const local = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  for (let day = local(from).toPlainDate(); ; day = day.add({ days: 1 })) {
    const atTime = (time: string): number =>
      day.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time).add({ minutes: 1 }) })
        .epochMilliseconds
    const [night, digest] = [atTime(NIGHT), atTime(morning)]
    if (Math.min(night, digest) >= to) break
    const ofDay = [
      { at: night, isNight: true },
      { at: digest, isNight: false },
    ]
    stops.push(...ofDay.filter(({ at }) => at > from && at < to).sort((a, b) => a.at - b.at))
  }
  return [...stops, { at: to, isNight: false }]
}

/** So many days or months later, at the same time of day. */
export function laterBy(at: number, zone: string, by: { days?: number; months?: number }): number {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).add(by).epochMilliseconds
}
