// What the doctor says of the night's look.
import { expect, test } from 'vitest'
import { checkLook } from '../../src/cli/doctor-look.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000
const DAY = 24 * HOUR

const file = (seen: { firstAt?: number | null; endedAt?: number; failed?: number; fittedAt?: number | null }) => ({
  firstMemberAt: () => (seen.firstAt === undefined ? NOW - 90 * DAY : seen.firstAt),
  fittedAt: () => seen.fittedAt ?? null,
  setting: () =>
    seen.endedAt === undefined
      ? null
      : JSON.stringify({
          look: null,
          last: {
            startedAt: 0,
            finishedAt: seen.endedAt,
            day: 0,
            judged: 2_357,
            opened: 0,
            closed: 0,
            failed: seen.failed ?? 0,
          },
        }),
})

test('when it ended, and how old what was learnt is', () => {
  expect(checkLook(file({ endedAt: NOW - 9 * HOUR, fittedAt: NOW - 3 * DAY }), NOW)).toEqual([
    {
      name: 'Look ahead',
      ok: true,
      message: 'ended 9 hours ago, 2,357 members judged, by what was learnt 3 days ago',
      fix: null,
    },
  ])
  expect(checkLook(file({ endedAt: NOW - HOUR / 2 }), NOW)).toMatchObject([
    { ok: true, message: 'ended 30 minutes ago, 2,357 members judged, nothing learnt yet' },
  ])
  expect(checkLook(file({ endedAt: NOW - 20_000, fittedAt: NOW - 20_000 }), NOW)).toMatchObject([
    { message: 'ended less than a minute ago, 2,357 members judged, by what was learnt less than a minute ago' },
  ])
})

test('how to run it where it never ended, or not last night', () => {
  expect(checkLook(file({}), NOW)).toMatchObject([
    { ok: false, message: expect.stringContaining('never finished'), fix: expect.stringContaining('retention run') },
  ])
  expect(checkLook(file({ endedAt: NOW - 3 * DAY }), NOW)).toMatchObject([
    { ok: false, message: 'ended 3 days ago, 2,357 members judged; no night since' },
  ])
  expect(checkLook(file({ endedAt: NOW - HOUR, failed: 4 }), NOW)).toMatchObject([
    { ok: false, message: expect.stringContaining('4 could not be judged') },
  ])
})

test('a new shop has done nothing wrong', () => {
  expect(checkLook(file({ firstAt: null }), NOW)).toEqual([])
  expect(checkLook(file({ firstAt: NOW - HOUR }), NOW)).toMatchObject([
    { ok: true, message: expect.stringContaining('npx regulars retention run') },
  ])
})
