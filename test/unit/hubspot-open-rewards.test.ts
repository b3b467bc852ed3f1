// The lines that an email tells a member of their rewards with: in the member's language.
import { describe, expect, test } from 'vitest'
import { propertiesOf } from '../../integrations/hubspot/properties.ts'
import type { ContactState } from '../../src/app/ports/contacts.ts'
import { makeProgram } from '../support/programs.ts'

const AT = Date.UTC(2026, 10, 20, 12)
const END = Date.UTC(2026, 11, 31)

const contact = (
  language: string | null,
  openRewards: NonNullable<ContactState['standing']>['openRewards'],
): ContactState => ({
  member: 'mem_1',
  email: 'ada@example.org',
  name: null,
  phone: null,
  language,
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
    openRewards,
    offers: [],
    badges: [],
    referralCode: 'CODE1',
  },
})
const code = { name: '$10 off', code: 'ADA-7F3K', until: END }
const lines = (language: string | null, rewards = [code], over = {}): string | undefined =>
  propertiesOf(contact(language, rewards), makeProgram(over)).loyalty_open_rewards

describe('a reward with an end', () => {
  test.each([
    ['en', '$10 off, ADA-7F3K, until December 30, 2026'],
    ['am', '$10 off, ADA-7F3K, እስከ 30 ዲሴምበር 2026 ድረስ'],
    ['hy-AM', '$10 off, ADA-7F3K, մինչև 2026 թ. դեկտեմբերի 30-ը'],
    ['az', '$10 off, ADA-7F3K, 30 dekabr 2026 tarixinədək'],
    ['sw', '$10 off, ADA-7F3K, hadi 30 Desemba 2026'],
  ])('is told of in %s', (language, expected) => {
    expect(lines(language)).toBe(expected)
  })

  test('is told of in the program’s language where the member’s is unknown, or nobody’s here', () => {
    for (const language of [null, 'de', 'nonsense'])
      expect(lines(language, [code], { locale: 'sw' })).toBe('$10 off, ADA-7F3K, hadi 30 Desemba 2026')
    expect(lines(null, [code], { locale: 'de' })).toBe('$10 off, ADA-7F3K, until December 30, 2026')
  })

  test('ends with its last day in the program’s zone', () => {
    const until = Date.parse('2026-12-31T05:00:00Z')
    expect(lines('sw', [{ ...code, until }], { timezone: 'America/New_York' })).toContain('hadi 30 Desemba 2026')
  })
})

test('a reward without an end, and several', () => {
  const gift = { name: 'ሽልማት {x} <b>', code: 'ABC', until: null }
  expect(propertiesOf(contact('az', [gift, code]), makeProgram()).loyalty_open_rewards).toBe(
    'ሽልማት {x} <b>, ABC\n$10 off, ADA-7F3K, 30 dekabr 2026 tarixinədək',
  )
})

test('days that marketing computes with stay days', () => {
  const there = contact('hy', [code])
  if (there.standing !== null) there.standing.points.nextExpiry = { points: 5, at: END }
  expect(propertiesOf(there, makeProgram()).loyalty_points_expire_on).toBe('2026-12-30')
})
