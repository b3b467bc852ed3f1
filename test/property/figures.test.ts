// What the glance at the shop counts in one pass is what counting it plainly gives, whatever happened.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { earned, readFlows, readRecentFlows, redeemed, type Stretch } from '../../src/app/figures/flows.ts'
import { MonthRetentionTally } from '../../src/app/figures/month-retention.ts'
import { Top } from '../../src/app/figures/top.ts'
import type { Movement } from '../../src/app/store-port.ts'
import { addToMonth, monthsFrom } from '../../src/core/report-months.ts'
import { MonthsTally } from '../../src/retention/metrics-months.ts'

const DAY_MS = 86_400_000
const QUARTER_MS = 900_000
const NOW = Date.UTC(2026, 10, 22)

describe('who came back, month by month', () => {
  const zone = fc.constantFrom('UTC', 'America/New_York', 'Asia/Yerevan', 'Pacific/Kiritimati', 'Africa/Cairo')
  const purchases = fc
    .array(fc.integer({ min: Date.UTC(2025, 7, 1), max: Date.UTC(2027, 1, 1) }), { maxLength: 30 })
    .map((all) => all.toSorted((a, b) => a - b).map((at) => ({ at })))

  test('is what the report on retention counts', () => {
    fc.assert(
      fc.property(zone, fc.array(purchases, { maxLength: 12 }), (timezone, customers) => {
        const months = monthsFrom('2025-11', '2026-11')
        const quick = new MonthRetentionTally(addToMonth('2025-11', -1), months, timezone)
        const plain = new MonthsTally(months, timezone)
        for (const bought of customers) {
          quick.add(bought)
          plain.add(bought.map(({ at }) => ({ at, currency: null, netMinor: 0, isRenewal: false })))
        }
        expect(quick.figures('2026-11')).toEqual(
          plain.figures().map(({ month, customers: count, customersBefore, retained, retention }) => ({
            month,
            complete: month < '2026-11',
            customers: count,
            customersBefore,
            retained,
            retention,
          })),
        )
      }),
    )
  })
})

describe('points of the last days', () => {
  const accounts = fc.constantFrom('program', 'available', 'pending', 'reserved', 'redeemed', 'expired', 'cause/trees')
  const posting = fc.record({
    /** How long ago it was recorded; clocks step back by hours, not by days. */
    ago: fc.integer({ min: 0, max: 40 * DAY_MS }),
    step: fc.integer({ min: 0, max: 20 * 3_600_000 }),
    source: accounts,
    target: accounts,
    points: fc.integer({ min: 1, max: 1_000 }),
  })
  const stretches: Stretch[] = [
    { fromMs: NOW - DAY_MS, toMs: NOW },
    { fromMs: NOW - 7 * DAY_MS, toMs: NOW },
    { fromMs: NOW - 14 * DAY_MS, toMs: NOW - 7 * DAY_MS },
  ]

  test('are found from the newest entries alone, as a walk through all of them finds them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(posting, { maxLength: 60 }), fc.integer({ min: 1, max: 400 }), async (all, times) => {
        // Entries in the order in which they were recorded, each so many times.
        const journal = all
          .toSorted((a, b) => b.ago - a.ago)
          .flatMap(({ ago, step, source, target, points }) => {
            const quarter = Math.floor((NOW - ago - step) / QUARTER_MS)
            return Array.from({ length: times }, (): Movement => ({ quarter, source, target, points, lot: null }))
          })
        const store = {
          stats: async () => ({ entries: journal.length }) as never,
          movements: async (after: number, upTo: number) => journal.slice(after, upTo),
        }
        const recent = await readRecentFlows(store, stretches)
        for (const [n, stretch] of stretches.entries()) {
          const { flows } = await readFlows(store, stretch)
          expect(recent[n]).toEqual(flows)
        }
      }),
      { numRuns: 30 },
    )
  })

  // A code that nobody used was paid for all the same: what was forfeited with it was spent.
  test('are net of what came back, and count all that was spent as redeemed', () => {
    const flows = { issued: 100, forgiven: 5, reversed: 30, redeemed: 40, donated: 10, expired: 7, forfeited: 3 }
    expect(earned(flows)).toBe(75)
    expect(redeemed(flows)).toBe(40 + 10 + 3)
  })
})

describe('the first few of many', () => {
  test('are those that come first when all are put in order', () => {
    const line = fc.record({ member: fc.string({ minLength: 1 }), value: fc.integer({ min: 0, max: 30 }) })
    fc.assert(
      fc.property(
        fc.uniqueArray(line, { selector: ({ member }) => member, maxLength: 120 }),
        fc.integer({ min: 1, max: 9 }),
        (lines, limit) => {
          const top = new Top(limit)
          for (const { member, value } of lines) top.add(member, value)
          const values = (list: readonly { value: number }[]) => list.map(({ value }) => value)
          const sorted = lines.toSorted((a, b) => b.value - a.value)
          expect(values(top.list())).toEqual(values(sorted.slice(0, limit)))
          // Whoever is in it is there with their own figure.
          for (const one of top.list()) expect(lines).toContainEqual(one)
        },
      ),
    )
  })
})
