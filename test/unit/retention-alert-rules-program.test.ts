// Alerts that follow from the program's promises: a tier that ends, points that end.
import { describe, expect, it } from 'vitest'
import { addContribution, startTiers } from '../../src/core/tiers.ts'
import { judgeMember } from '../../src/retention/alert-rules/judge-member.ts'
import type { EndingPoints } from '../../src/retention/alert-rules/situation.ts'
import { DAY_MS, dayNumber, type Judged, judged, knownAlert, makeFit } from '../support/alert-judging.ts'
import { levels, makeProgram } from '../support/programs.ts'

const noon = (date: string): number => Date.parse(`${date}T12:00:00Z`)
const judge = (given: Judged) => judgeMember(judged(given))
const drafts = (given: Judged) => judge(given).drafts

describe('a tier at risk', () => {
  const tiers = { levels: levels(['base', 0], ['silver', 100], ['gold', 300]) }
  const program = makeProgram({ tiers })
  const member = (bought: readonly [date: string, amount: number][], by = program) => {
    let machine = startTiers(by, 'v1', noon('2024-01-01')) ?? expect.unreachable()
    for (const [date, amount] of bought) machine = addContribution(machine, by, { at: noon(date), amount })
    return { status: 'active' as const, tiers: machine, subscriptions: {} }
  }
  const golden = member([
    ['2025-05-01', 320],
    ['2026-03-01', 120],
  ])
  const given = {
    // A customer of whom nothing else is to be told.
    bought: ['2026-06-01', '2026-09-05', '2026-11-30'],
    fit: makeFit(),
    today: '2026-12-01',
    program,
    over: { member: golden },
  } satisfies Judged

  it('is told from the day on which its end comes within the program’s days, until it was', () => {
    const days = Array.from({ length: 60 }, (_, n) => dayNumber('2026-11-15') + n)
    const told = days.filter((today) => drafts({ ...given, today }).length > 0)
    expect([told[0], told.at(-1)]).toEqual(['2026-12-01', '2026-12-31'].map(dayNumber))
    const early = makeProgram({ tiers, retention: { expiringDays: 45 } })
    expect(drafts({ ...given, program: early, today: '2026-11-16' })).toHaveLength(1)
    expect(drafts({ ...given, program: early, today: '2026-11-15' })).toEqual([])
    const [draft] = drafts(given)
    for (const state of ['open', 'resolved', 'held_out'] as const) {
      const alerts = [knownAlert({ ...draft, state, outcome: state === 'resolved' ? 'helped' : null })]
      expect(drafts({ ...given, over: { ...given.over, alerts } })).toEqual([])
    }
  })

  it('is not told twice on one day', () => {
    expect(drafts({ ...given, lastCheck: given.today })).toEqual([])
  })

  it('says what is missing, until when, what it falls to, and what a year of theirs brings', () => {
    const [draft] = drafts(given)
    expect(draft).toMatchObject({
      kind: 'tier_at_risk',
      occasion: 'gold.2026-12-31',
      reason: 'Needs 180 more points by Dec 31, 2026 to keep Gold; otherwise it is Silver.',
      facts: { tier: 'gold', until: '2026-12-31', missing: 180, missingByEnd: 180, unit: 'points', fallsTo: 'silver' },
      suggestion: null,
      windowDays: 91,
    })
    const { expectedPurchases, spendPerPurchaseMinor } =
      judged(given).outlookAt(dayNumber('2026-12-01')) ?? expect.unreachable()
    expect(draft?.valueMinor).toBe(Math.round(expectedPurchases.days365 * spendPerPurchaseMinor))
  })

  it('says it in the tier’s own metric', () => {
    const reason = (metric: 'spend' | 'purchases', bought: [string, number][]) => {
      const by = makeProgram({ tiers: { ...tiers, metric } })
      return drafts({ ...given, program: by, over: { member: member(bought, by) } })[0]?.reason
    }
    expect(
      reason('spend', [
        ['2025-05-01', 32_000],
        ['2026-03-01', 12_050],
      ]),
    ).toBe('Needs to spend another $179.50 by Dec 31, 2026 to keep Gold; otherwise it is Silver.')
    expect(
      reason('purchases', [
        ['2025-05-01', 320],
        ['2026-03-01', 298],
      ]),
    ).toBe('Needs 2 more purchases by Dec 31, 2026 to keep Gold; otherwise it is Silver.')
    expect(
      reason('purchases', [
        ['2025-05-01', 320],
        ['2026-03-01', 299],
      ]),
    ).toBe('Needs one more purchase by Dec 31, 2026 to keep Gold; otherwise it is Silver.')
  })

  it('says that no tier is left where there is none below', () => {
    const by = makeProgram({ tiers: { levels: levels(['gold', 300]) } })
    const [draft] = drafts({ ...given, program: by, over: { member: member([['2025-05-01', 320]], by) } })
    expect(draft?.reason).toBe('Needs 300 more points by Dec 31, 2026 to keep Gold; otherwise no tier is left.')
    expect(draft?.facts.fallsTo).toBeNull()
  })

  it('is told of a subscriber too, by what they spent in the last year', () => {
    const over = { member: golden, isSubscriber: true, spentLastYearMinor: 24_000 }
    expect(drafts({ ...given, bought: [], over })).toMatchObject([{ kind: 'tier_at_risk', valueMinor: 24_000 }])
  })

  it('is not told where it is kept already, where nothing keeps it, and where nothing is at stake', () => {
    expect(
      drafts({
        ...given,
        over: {
          member: member([
            ['2025-05-01', 320],
            ['2026-03-01', 300],
          ]),
        },
      }),
    ).toEqual([])
    const period = makeProgram({ tiers: { ...tiers, keep: 'period' } })
    expect(drafts({ ...given, program: period, over: { member: member([['2026-05-01', 320]], period) } })).toEqual([])
    expect(drafts({ ...given, bought: [] })).toEqual([])
  })

  it('is not told as soon as it was reached, however short it is kept', () => {
    const by = makeProgram({ tiers: { ...tiers, window: { kind: 'rolling', months: 1 }, keep: { months: 1 } } })
    const over = { member: member([['2026-11-30', 320]], by) }
    const days = Array.from({ length: 40 }, (_, n) => dayNumber('2026-12-01') + n)
    const told = days.filter((today) => drafts({ ...given, program: by, today, over }).length > 0)
    // From a third of a month before 30 December.
    expect(told[0]).toBe(dayNumber('2026-12-20'))
  })

  describe('that was told of', () => {
    const alert = knownAlert({
      id: 'alr_1',
      kind: 'tier_at_risk',
      occasion: 'gold.2026-12-31',
      reason: drafts(given)[0]?.reason ?? '',
    })
    const later = (bought: [string, number][], today = '2026-12-10') =>
      judge({ ...given, today, over: { alerts: [alert], member: member(bought) } })
    const before: [string, number][] = [
      ['2025-05-01', 320],
      ['2026-03-01', 120],
    ]

    it('is left alone while nothing changes', () => {
      expect(later(before)).toEqual({ drafts: [], over: [] })
    })

    it('says what is still missing after a purchase', () => {
      const { drafts: renewed, over } = later([...before, ['2026-12-05', 100]])
      expect(renewed).toMatchObject([{ occasion: 'gold.2026-12-31', facts: { missing: 80 } }])
      expect(over).toEqual([])
    })

    it('has passed once it is kept, or has ended', () => {
      const passed = [{ alert: 'alr_1', outcome: 'passed' }]
      expect(later([...before, ['2026-12-05', 180]])).toEqual({ drafts: [], over: passed })
      expect(later(before, '2027-01-01')).toEqual({ drafts: [], over: passed })
    })
  })
})

describe('points that end', () => {
  const program = makeProgram({ points: { expiry: { kind: 'after', months: 12 } } })
  const until = (date: string, points: number, byInactivity = false): EndingPoints => ({
    // 24:00 of that day.
    at: Date.parse(date) + DAY_MS,
    points,
    byInactivity,
  })
  const ending = (pointsEnding: readonly EndingPoints[] | null, over: Partial<Judged> = {}) =>
    judge({ today: '2026-12-01', program, ...over, over: { pointsEnding, ...over.over } })
  const told = (...points: EndingPoints[]) => ending(points).drafts

  it('are summed, with the first date and what they are worth', () => {
    expect(told(until('2026-12-31', 330), until('2026-12-12', 120))).toMatchObject([
      {
        kind: 'points_expiring',
        occasion: '2026-12-12',
        valueMinor: 450,
        reason: '450 points worth $4.50 end by Dec 31, 2026, 120 of them on Dec 12, 2026.',
        facts: { points: 450, firstPoints: 120, firstOn: '2026-12-12', until: '2026-12-31', byInactivity: 0 },
        windowDays: 30,
      },
    ])
  })

  it('are said to be kept by a purchase where they end by inactivity', () => {
    expect(told(until('2026-12-12', 450, true))[0]?.reason).toBe(
      '450 points worth $4.50 end on Dec 12, 2026. A purchase before keeps them.',
    )
  })

  it.each(['hy', 'hr', 'bg', 'sr'])('are said with one full stop, also where dates of %s end in one', (locale) => {
    const by = makeProgram({ points: { expiry: { kind: 'after', months: 12 } }, locale })
    for (const isIdle of [false, true])
      expect(ending([until('2026-12-12', 450, isIdle)], { program: by }).drafts[0]?.reason).not.toContain('..')
  })

  it('are told of up to the program’s last day, and none that have ended', () => {
    expect(told(until('2026-12-31', 300))).toHaveLength(1)
    expect(told(until('2027-01-01', 300))).toEqual([])
    expect(told(until('2026-11-30', 300))).toEqual([])
    expect(ending(null).drafts).toEqual([])
  })

  it('are worth a word from a unit of the currency on, or a tenth of a reward', () => {
    expect(told(until('2026-12-12', 99))).toEqual([])
    expect(told(until('2026-12-12', 100))).toHaveLength(1)
    const coffee = { id: 'coffee', name: 'A coffee', cost: 200, fulfil: { kind: 'manual' } } as const
    const rewarding = makeProgram({ rewards: [coffee] })
    expect(ending([until('2026-12-12', 20)], { program: rewarding }).drafts).toHaveLength(1)
    expect(ending([until('2026-12-12', 19)], { program: rewarding }).drafts).toEqual([])
    const worthless = makeProgram({ rewards: [coffee], points: { value: 0 } })
    expect(ending([until('2026-12-12', 900)], { program: worthless }).drafts).toEqual([])
  })

  describe('once told of', () => {
    const reason = told(until('2026-12-12', 120), until('2026-12-31', 330))[0]?.reason ?? ''
    const open = knownAlert({ id: 'alr_1', kind: 'points_expiring', occasion: '2026-12-12', reason })
    const both = [until('2026-12-12', 120), until('2026-12-31', 330)]

    it('are not told of again while nothing changes', () => {
      expect(ending(both, { over: { alerts: [open] } })).toEqual({ drafts: [], over: [] })
    })

    it('are told of with what comes into sight, up to a month after the day it is about', () => {
      const more = [...both, until('2027-01-05', 900), until('2027-01-11', 50)]
      const { drafts: renewed, over } = ending(more, { over: { alerts: [open] }, today: '2026-12-08' })
      expect(renewed).toMatchObject([{ occasion: '2026-12-12', facts: { points: 1350, until: '2027-01-05' } }])
      expect(over).toEqual([])
    })

    it('are brought up to date when some are spent', () => {
      const { drafts: renewed, over } = ending([until('2026-12-31', 300)], { over: { alerts: [open] } })
      expect(renewed).toMatchObject([
        { occasion: '2026-12-12', valueMinor: 300, facts: { points: 300, firstOn: '2026-12-31' } },
      ])
      expect(over).toEqual([])
    })

    it('have passed when they are spent or go on, and with their day', () => {
      const passed = { drafts: [], over: [{ alert: 'alr_1', outcome: 'passed' }] }
      expect(ending([], { over: { alerts: [open] } })).toEqual(passed)
      expect(ending(both, { over: { alerts: [open] }, today: '2026-12-13' })).toEqual(passed)
      expect(ending(null, { over: { alerts: [open] }, today: '2026-12-13' })).toEqual(passed)
      expect(ending(null, { over: { alerts: [open] }, today: '2026-12-12' }).over).toEqual([])
    })

    it('make room for the next alert on the day after', () => {
      const next = ending([...both, until('2027-01-12', 700)], { over: { alerts: [open] }, today: '2026-12-13' })
      expect(next.over).toHaveLength(1)
      expect(next.drafts).toMatchObject([{ occasion: '2027-01-12', facts: { points: 700 } }])
    })

    it('are told of again for what ends later than a month after the former', () => {
      const resolved = { ...open, state: 'resolved' as const, outcome: 'helped' as const }
      const next = (...points: EndingPoints[]) =>
        ending(points, { today: '2026-12-20', over: { alerts: [resolved] } }).drafts
      // 30 days after 12 December is 11 January.
      expect(next(until('2027-01-11', 400))).toEqual([])
      expect(next(until('2027-01-11', 400), until('2027-01-12', 300))).toMatchObject([
        { occasion: '2027-01-12', valueMinor: 300 },
      ])
    })
  })
})

it('puts what is worth most first', () => {
  const bought = ['2026-01-05', '2026-01-26', '2026-02-16', '2026-03-09']
  const pointsEnding = [{ at: Date.parse('2026-05-20'), points: 200, byInactivity: false }]
  const found = Array.from({ length: 80 }, (_, n) =>
    drafts({ bought, fit: makeFit(), today: dayNumber('2026-03-09') + n, over: { pointsEnding } }),
  ).find(({ length }) => length > 1)
  expect(found?.map(({ kind }) => kind)).toEqual(['at_risk', 'points_expiring'])
})
