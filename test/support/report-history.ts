// Three months of a small program, written by hand, with what its reports must say worked out beside it.
import type { Changes, Store } from '../../src/app/store-port.ts'
import type { Redemption } from '../../src/core/reward-state.ts'
import type { Entry, Posting } from '../../src/core/state.ts'
import type { Program } from '../../src/program/schema.ts'
import { programVersion } from '../../src/program/version.ts'
import { makeProgram } from './programs.ts'
import { sampleEntry, sampleLot, sampleMember } from './store-samples.ts'

export const ZONE = 'America/New_York'
export const NOW = Date.parse('2026-03-20T12:00:00Z')

export const program: Program = makeProgram({
  timezone: ZONE,
  points: { value: 0.01 },
  partners: [
    {
      id: 'cafe',
      name: 'Corner Café',
      stripeAccount: 'acct_cafe1',
      points: 2,
      settlement: { issued: 0.01, redeemed: 0.009 },
    },
  ],
  causes: [{ id: 'trees', name: 'Plant a tree' }],
})

const at = (time: string): number => Date.parse(time)
const entry = (member: string, time: string, postings: Posting[], over: Partial<Entry> = {}): Entry =>
  sampleEntry(member, { at: at(time), recordedAt: at(time), postings, ...over })

/**
 * | month | opening | issued | forgiven | reversed | redeemed | donated | expired | forfeited | closing |
 * | Jan   |       0 |  1,500 |          |      100 |          |         |         |           |   1,400 |
 * | Feb   |   1,400 |        |       20 |          |      200 |     100 |     150 |           |     970 |
 * | Mar   |     970 |        |          |      100 |      −80 |         |     −40 |        50 |     940 |
 *
 * The refund of 1 February 03:00 UTC is of January: in New York it was ten in the evening of the 31st.
 */
const ENTRIES: Entry[] = [
  entry('m1', '2026-01-10T12:00:00Z', [['program', 'available', 1000, 'l1']]),
  entry('m2', '2026-01-11T12:00:00Z', [['partner/cafe', 'pending', 500, 'l2']]),
  entry('m1', '2026-02-01T03:00:00Z', [['available', 'program', 100, 'l1']], { kind: 'reverse', code: 'refund' }),
  entry('m1', '2026-02-10T12:00:00Z', [['available', 'reserved', 300, 'l1']], { kind: 'reserve' }),
  entry('m1', '2026-02-10T13:00:00Z', [['reserved', 'redeemed', 200, 'l1']], { kind: 'redeem' }),
  entry('m1', '2026-02-10T14:00:00Z', [['reserved', 'cause/trees', 100, 'l1']], { kind: 'donate' }),
  entry('m1', '2026-02-11T12:00:00Z', [['available', 'expired', 150, 'l1']], { kind: 'expire' }),
  entry('m1', '2026-02-12T12:00:00Z', [['forgiven', 'available', 20, 'l1']], { code: 'shortfall_forgiven' }),
  entry('m1', '2026-03-02T12:00:00Z', [['redeemed', 'forfeited', 50, 'l1']], { code: 'reward_expired' }),
  entry('m1', '2026-03-03T12:00:00Z', [['redeemed', 'available', 30, 'l1']], { kind: 'release' }),
  entry('m1', '2026-03-04T12:00:00Z', [['expired', 'program', 40, 'l1']], { kind: 'reverse', code: 'refund' }),
  entry('m2', '2026-03-05T12:00:00Z', [['pending', 'program', 500, null]], { kind: 'merge', code: 'moved_out' }),
  entry('m3', '2026-03-05T12:00:00Z', [['program', 'pending', 500, null]], { kind: 'merge', code: 'moved_in' }),
  entry('m3', '2026-03-06T12:00:00Z', [['pending', 'partner/cafe', 60, 'l2']], { kind: 'reverse', code: 'refund' }),
]

const redeemedThere = (id: string, over: Partial<Redemption> = {}): Omit<Redemption, 'program'> => ({
  id,
  version: 0,
  member: 'm1',
  reward: 'cup',
  state: 'used',
  charge: 'member',
  cost: 200,
  value: 200,
  taken: [['l1', 200]],
  partner: 'cafe',
  createdAt: at('2026-02-10T12:00:00Z'),
  issuedAt: at('2026-02-10T13:00:00Z'),
  expiresAt: null,
  endedAt: at('2026-02-20T13:00:00Z'),
  code: null,
  vendor: null,
  cancelling: null,
  reason: null,
  usedBy: null,
  again: null,
  grant: null,
  requestedBy: 'api:test',
  decidedBy: null,
  decision: null,
  isRefused: false,
  note: null,
  ...over,
})

export async function writeHistory(store: Store): Promise<void> {
  const version = await programVersion(program)
  const changes: Changes = {
    members: [
      sampleMember('m1', { available: 500, redeemed: 220, expired: 110, enrolledAt: at('2026-01-10T12:00:00Z') }),
      sampleMember('m2', { status: 'merged', mergedInto: 'm3' }),
      sampleMember('m3', { pending: 440, absorbed: ['m2'], enrolledAt: at('2026-03-01T04:59:59Z') }),
      // Owes points since a refund long ago: nothing of it is in the journal of these months.
      sampleMember('m4', { status: 'left' }),
    ],
    lots: [
      sampleLot('l1', 'm1', 860, {
        earnedAt: at('2026-01-10T12:00:00Z'),
        remaining: 500,
        spent: 250,
        expired: 110,
        expiresAt: at('2027-02-01T05:00:00Z'),
      }),
      sampleLot('l2', 'm3', 440, {
        earnedAt: at('2026-01-11T12:00:00Z'),
        rule: 'partner:cafe',
        state: 'pending',
        availableAt: at('2026-04-11T12:00:00Z'),
      }),
    ],
    entries: ENTRIES,
    redemptions: [
      redeemedThere('red_1'),
      // Issued in February and cancelled in March: it is settled, and taken back.
      redeemedThere('red_2', { state: 'cancelled', cost: 100, endedAt: at('2026-03-10T12:00:00Z') }),
      redeemedThere('red_3', { partner: null, state: 'issued', endedAt: null }),
      redeemedThere('red_4', { state: 'reserved', issuedAt: null, endedAt: null, cost: 70, reward: 'gift' }),
    ].map((redemption) => ({ ...redemption, program: version })),
  }
  await store.commit(() => ({ outcome: null, changes }))
}
