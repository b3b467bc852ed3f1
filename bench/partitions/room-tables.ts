// What one D1 carries, as tables.
import type { Table } from '../bench.ts'
import {
  callsPerSecond,
  DOCUMENTED,
  dollarsPerMillion,
  eventsPerSecond,
  MEASURED,
  membersWithin,
  ROUND_TRIPS_MS,
  type Weights,
  yearsUntilFull,
} from './carries.ts'
import type { Sized } from './sizes.ts'

const MEMBERS = [10_000, 100_000, 300_000, 1_000_000] as const
const OFTEN = [2, 4, 10, 24] as const
const LARGEST = 6

const count = (value: number): string => Math.round(value).toLocaleString('en')

export function weightTable(weights: Weights, { tables, members, purchases, names }: Sized): Table {
  return {
    title: 'What is kept, in bytes',
    columns: ['', 'bytes'],
    rows: [
      ['a database with nobody in it', count(weights.empty)],
      ['a member: row, contact, outlook, search', count(weights.member)],
      ['a purchase told by three events', count(weights.purchase)],
      ...Object.entries(tables)
        .slice(0, LARGEST)
        .map(([table, bytes]) => [
          `of a member with ${purchases} purchases, in ${table} and its indexes`,
          count(bytes / members),
        ]),
      ['a name', count((tables.name ?? 0) / names)],
    ],
    notes: [
      'filled through the real use cases, ids as long as Stripe’s, nothing waiting in the outbox, pages as SQLite left them',
    ],
    data: { weights, tables, members, names },
  }
}

export function roomTable(weights: Weights): Table {
  return {
    title: `What fits into one D1 of ${DOCUMENTED.bytes / 1e9} GB`,
    columns: ['purchases a member', 'members in all', ...MEMBERS.map((members) => `years with ${count(members)}`)],
    rows: OFTEN.map((purchases) => [
      `${purchases}, or ${purchases} a year`,
      count(membersWithin(weights, purchases)),
      ...MEMBERS.map((members) => yearsUntilFull(weights, members, purchases).toFixed(1)),
    ]),
    notes: ['years: so many members from the first day, until the database is full'],
    data: weights,
  }
}

export function speedTable(): Table {
  return {
    title: 'What one D1 and one consumer do, and what a million events cost',
    columns: [
      'an event',
      'batches',
      'rows read',
      'rows written',
      ...ROUND_TRIPS_MS.map((ms) => `events/s at ${ms} ms`),
      'events/s of D1',
      '$ a million',
    ],
    rows: MEASURED.map((one) => [
      one.what,
      one.batches.toFixed(3),
      one.rowsRead.toFixed(2),
      one.rowsWritten.toFixed(1),
      ...ROUND_TRIPS_MS.map((ms) => (one.isQueued ? count(eventsPerSecond(one, ms)) : '–')),
      count(callsPerSecond(one)),
      dollarsPerMillion(one).toFixed(2),
    ]),
    notes: [
      'batches and rows as `npm run bench:worker -- --only burst --only calm` printed them (bench/partitions/carries.ts)',
      `events/s at: reckoned for the one consumer, with so many ms to D1 and back; of D1: were it to take ${DOCUMENTED.callsPerSecond} batches a second`,
      'dollars beyond the plan’s included amounts: D1’s rows, the queue’s operations, the webhook’s request',
    ],
    data: MEASURED,
  }
}
