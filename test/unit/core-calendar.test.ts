import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { DAY_MS, localDay } from '../../src/core/calendar.ts'

const ZONES = [
  'Africa/Addis_Ababa',
  'Africa/Casablanca',
  'America/New_York',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Baku',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Europe/London',
  'Pacific/Apia',
  'Pacific/Chatham',
  'UTC',
]

/** Days (UTC) on which the zone's clocks change, from 2005 to 2030. */
function changes(zone: string): number[] {
  const found: number[] = []
  let at: Temporal.ZonedDateTime | null = Temporal.ZonedDateTime.from(`2005-01-01T00:00[${zone}]`)
  while (at !== null && at.year < 2030) {
    at = at.getTimeZoneTransition('next')
    if (at !== null) found.push(Math.floor(at.epochMilliseconds / DAY_MS))
  }
  return found
}

test.each(ZONES)(
  'every quarter of an hour around each change of clocks is of the day that Temporal says: %s',
  (zone) => {
    for (const day of changes(zone))
      for (let at = (day - 1) * DAY_MS; at < (day + 2) * DAY_MS; at += 900_000) {
        const { year, month, day: date } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
        if (localDay(at, zone) !== Date.UTC(year, month - 1, date) / DAY_MS)
          expect(`${zone} ${new Date(at).toISOString()}`).toBe('of another day')
      }
  },
)
