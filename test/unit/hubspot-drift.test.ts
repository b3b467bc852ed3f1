// What counts as edited in HubSpot, and what HubSpot only writes in another way.
import { describe, expect, test } from 'vitest'
import { noQuota } from '../../integrations/hubspot/answers.ts'
import { readDrift } from '../../integrations/hubspot/drift.ts'
import { propertiesOf } from '../../integrations/hubspot/properties.ts'
import { changedSince, hashesOf } from '../../integrations/hubspot/written.ts'
import type { ContactState } from '../../src/app/ports/contacts.ts'
import { makeProgram } from '../support/programs.ts'

const AT = Date.UTC(2026, 10, 20, 12)
const program = makeProgram({ badges: ['a', 'b'].map((id) => ({ id, name: `Badge ${id}` })) })
const contact: ContactState = {
  member: 'mem_1',
  email: 'ada@example.org',
  name: null,
  phone: null,
  language: null,
  record: '1001',
  written: {},
  standing: {
    status: 'active',
    enrolledAt: AT,
    points: { available: 100, pending: 0, earned: 100, nextExpiry: null },
    tier: null,
    tierProgress: null,
    nextTier: null,
    segment: null,
    outlook: null,
    purchases: 2,
    spendLast12MonthsMinor: 12_340,
    lastPurchaseAt: AT,
    lastReward: null,
    openRewards: [
      { name: 'ሽልማት', code: 'ABC', until: null },
      { name: 'Հաղթանակ', code: 'DEF', until: null },
    ],
    offers: [],
    badges: ['a', 'b'],
    referralCode: 'CODE1',
  },
}
const wanted = propertiesOf(contact, program)
const written = hashesOf(wanted, 'loyalty_')

async function editsIn(there: Record<string, string>, over: Partial<ContactState> = {}) {
  const body = { results: [{ id: '1001', properties: { ...wanted, ...there } }] }
  const client = { call: async () => ({ kind: 'ok' as const, status: 200, body, errors: [], quota: noQuota() }) }
  const known = { ...contact, written, ...over }
  const report = await readDrift({ client, program, contacts: { contactsOf: async () => [known] } }, [known])
  return report.drifted.flatMap(({ properties }) => properties)
}

describe('edited is', () => {
  test.each([
    ['another number', { loyalty_points: '101' }, ['loyalty_points']],
    ['no number any more', { loyalty_points: '' }, ['loyalty_points']],
    ['something where nothing is to be', { loyalty_rfm: '555' }, ['loyalty_rfm']],
    ['another day', { loyalty_last_purchase_on: '2026-11-21' }, ['loyalty_last_purchase_on']],
    ['a choice less', { loyalty_badges: 'a' }, ['loyalty_badges']],
    ['another member’s number', { loyalty_member_id: 'mem_2' }, ['loyalty_member_id']],
  ])('%s', async (_title, there, names) => {
    expect(await editsIn(there)).toEqual(names)
  })
})

describe('not edited is', () => {
  test.each<[string, Record<string, string>]>([
    ['what is the same', {}],
    ['a number in another form', { loyalty_spend_12m: '123.4', loyalty_points: '100.0' }],
    ['a day as midnight in ms', { loyalty_last_purchase_on: String(Date.UTC(2026, 10, 20)) }],
    ['choices in another order', { loyalty_badges: 'b;a' }],
    ['lines that end as on Windows', { loyalty_open_rewards: 'ሽልማት, ABC\r\nՀաղթանակ, DEF\n' }],
  ])('%s', async (_title, there) => {
    expect(await editsIn(there)).toEqual([])
  })

  test('what is not written yet', async () => {
    const before = hashesOf({ ...wanted, loyalty_points: '90' }, 'loyalty_')
    expect(await editsIn({ loyalty_points: '90', loyalty_purchases: '9' }, { written: before })).toEqual([
      'loyalty_purchases',
    ])
  })

  test('anything, where nothing was written', async () => {
    expect(await editsIn({ loyalty_points: '1' }, { written: {} })).toEqual([])
  })
})

test('of a contact of which nothing is known, empty properties are written too', () => {
  const first = changedSince({}, { loyalty_tier: '', loyalty_points: '5' }, 'loyalty_')
  expect(first).toEqual({ loyalty_tier: '', loyalty_points: '5' })
  const known = hashesOf(first, 'loyalty_')
  expect(changedSince(known, { loyalty_tier: '', loyalty_points: '6' }, 'loyalty_')).toEqual({ loyalty_points: '6' })
})
