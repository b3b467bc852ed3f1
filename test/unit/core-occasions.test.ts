// Days that come back every year, and whether one is due: worked examples.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMonths, DAY_MS, startOfDay } from '../../src/core/calendar.ts'
import { dayAt } from '../../src/core/limits.ts'
import {
  keptOn,
  LATE_DAYS,
  latestOn,
  nextOn,
  type OccasionState,
  parseBirthday,
  planOccasion,
  yearlyOf,
} from '../../src/core/occasions.ts'

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

describe('a birthday', () => {
  test.each([
    ['--03-14', { month: 3, day: 14 }],
    ['1990-03-14', { month: 3, day: 14 }],
    ['--02-29', { month: 2, day: 29 }],
    ['2001-02-29', { month: 2, day: 29 }],
    ['--02-30', null],
    ['--00-10', null],
    ['--13-01', null],
    ['--04-31', null],
    ['14 March', null],
    ['', null],
    ['1990-03-14T00:00:00Z', null],
  ])('written %j', (written, yearly) => {
    expect(parseBirthday(written)).toEqual(yearly)
  })

  test.each([
    ['--03-14', 2026, '2026-03-14'],
    ['--02-29', 2026, '2026-02-28'],
    ['--02-29', 2028, '2028-02-29'],
    ['--02-29', 2100, '2100-02-28'],
    ['--02-28', 2028, '2028-02-28'],
    ['--12-31', 2026, '2026-12-31'],
  ])('%s is kept in %i on %s', (written, year, date) => {
    const yearly = parseBirthday(written)
    expect(yearly && dateOf(keptOn(yearly, year))).toBe(date)
  })

  test.each([
    // birthday, today, the newest, the next
    ['--03-14', '2026-03-13', '2025-03-14', '2026-03-14'],
    ['--03-14', '2026-03-14', '2026-03-14', '2027-03-14'],
    ['--01-01', '2026-12-31', '2026-01-01', '2027-01-01'],
    ['--12-31', '2027-01-01', '2026-12-31', '2027-12-31'],
    ['--02-29', '2027-02-27', '2026-02-28', '2027-02-28'],
    ['--02-29', '2027-02-28', '2027-02-28', '2028-02-29'],
    ['--02-29', '2028-02-28', '2027-02-28', '2028-02-29'],
    ['--02-29', '2028-02-29', '2028-02-29', '2029-02-28'],
  ])('%s, seen on %s', (written, today, latest, next) => {
    const yearly = parseBirthday(written) ?? { month: 0, day: 0 }
    expect(dateOf(latestOn(yearly, dayOf(today)))).toBe(latest)
    expect(dateOf(nextOn(yearly, dayOf(today)))).toBe(next)
  })
})

const ZONES: [zone: string, date: string, begins: string][] = [
  ['UTC', '2026-03-14', '2026-03-14T00:00:00.000Z'],
  // Clocks go forward on this day, and back on that.
  ['America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z'],
  ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z'],
  ['Asia/Baku', '2026-03-21', '2026-03-20T20:00:00.000Z'],
  ['Africa/Addis_Ababa', '2026-01-07', '2026-01-06T21:00:00.000Z'],
  ['Africa/Nairobi', '2026-12-12', '2026-12-11T21:00:00.000Z'],
  ['Asia/Yerevan', '2026-05-28', '2026-05-27T20:00:00.000Z'],
  ['Pacific/Apia', '2026-01-01', '2025-12-31T11:00:00.000Z'],
  ['Pacific/Kiritimati', '2026-01-01', '2025-12-31T10:00:00.000Z'],
  // Midnight itself is skipped here: the day begins at one.
  ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
]
describe('the day of a zone', () => {
  test.each(ZONES)('%s: %s begins at %s', (zone, date, begins) => {
    const at = startOfDay(dayOf(date), zone)
    expect(new Date(at).toISOString()).toBe(begins)
    expect(dateOf(dayAt(at, zone))).toBe(date)
    expect(dateOf(dayAt(at - 1, zone))).toBe(dateOf(dayOf(date) - 1))
  })
})

const PLANS: [
  what: string,
  birthday: string,
  state: Record<keyof OccasionState, string | null>,
  due: string | null,
  next: string,
][] = [
  ['on the day', '--03-14', { today: '2026-03-14', from: '2025-01-01', last: null }, '2026-03-14', '2027-03-14'],
  ['a day early', '--03-14', { today: '2026-03-13', from: '2025-01-01', last: null }, null, '2026-03-14'],
  ['thirty days late', '--03-14', { today: '2026-04-13', from: '2025-01-01', last: null }, '2026-03-14', '2027-03-14'],
  ['thirty-one days late', '--03-14', { today: '2026-04-14', from: '2025-01-01', last: null }, null, '2027-03-14'],
  [
    'on the day of joining',
    '--03-14',
    { today: '2026-03-14', from: '2026-03-14', last: null },
    '2026-03-14',
    '2027-03-14',
  ],
  ['the day before joining', '--03-14', { today: '2026-03-15', from: '2026-03-15', last: null }, null, '2027-03-14'],
  ['given already', '--03-14', { today: '2026-03-20', from: '2025-01-01', last: '2026-03-14' }, null, '2027-03-14'],
  [
    'a year later',
    '--03-14',
    { today: '2027-03-14', from: '2025-01-01', last: '2026-03-14' },
    '2027-03-14',
    '2028-03-14',
  ],
  [
    '29 February after the 28th',
    '--02-29',
    { today: '2028-02-29', from: '2025-01-01', last: '2027-02-28' },
    '2028-02-29',
    '2029-02-28',
  ],
  [
    'the 28th after 29 February',
    '--02-29',
    { today: '2029-02-28', from: '2025-01-01', last: '2028-02-29' },
    '2029-02-28',
    '2030-02-28',
  ],
  [
    'changed to a week later',
    '--03-21',
    { today: '2026-03-21', from: '2025-01-01', last: '2026-03-14' },
    null,
    '2027-03-21',
  ],
  [
    'changed to a week earlier, a year on',
    '--03-07',
    { today: '2027-03-07', from: '2025-01-01', last: '2026-03-14' },
    null,
    '2027-03-14',
  ],
  [
    'and when that year is over',
    '--03-07',
    { today: '2027-03-14', from: '2025-01-01', last: '2026-03-14' },
    '2027-03-14',
    '2028-03-07',
  ],
  [
    'changed to half a year earlier',
    '--09-14',
    { today: '2026-09-14', from: '2025-01-01', last: '2026-03-14' },
    null,
    '2027-09-14',
  ],
]
describe('it is due', () => {
  test.each(PLANS)('%s', (_, birthday, { today, from, last }, due, next) => {
    const plan = planOccasion(parseBirthday(birthday) ?? { month: 0, day: 0 }, {
      today: dayOf(today ?? ''),
      from: dayOf(from ?? ''),
      last: last === null ? null : dayOf(last),
    })
    expect([plan.due === null ? null : dateOf(plan.due), dateOf(plan.next)]).toEqual([due, next])
  })

  test('never twice within twelve months, whatever the member says their birthday is from day to day', () => {
    const anyDay = fc.integer({ min: dayOf('2024-01-01'), max: dayOf('2024-12-31') })
    fc.assert(
      fc.property(fc.array(anyDay, { minLength: 1, maxLength: 40 }), (birthdays) => {
        let last: number | null = null
        const begun = dayOf('2026-01-01')
        for (let today = begun; today < begun + 1500; today++) {
          const written = birthdays[Math.floor((today - begun) / 40) % birthdays.length] ?? 0
          const { due, next } = planOccasion(yearlyOf(written), { today, from: begun, last })
          expect(next).toBeGreaterThan(today)
          if (due === null) continue
          expect(today - due).toBeLessThanOrEqual(LATE_DAYS)
          if (last !== null) expect(due).toBeGreaterThanOrEqual(addMonths(last, 12))
          last = due
        }
      }),
      { numRuns: 30 },
    )
  })

  test('every year for whoever never changes it', () => {
    fc.assert(
      fc.property(fc.integer({ min: dayOf('2024-01-01'), max: dayOf('2024-12-31') }), (written) => {
        const yearly = yearlyOf(written)
        const begun = dayOf('2026-01-01')
        let last: number | null = null
        let today = begun - 1
        for (let years = 0; years < 6; years++) {
          today = planOccasion(yearly, { today, from: begun, last }).next
          const { due } = planOccasion(yearly, { today, from: begun, last })
          expect(due).toBe(today)
          last = due
        }
      }),
      { numRuns: 60 },
    )
  })
})
