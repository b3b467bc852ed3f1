// At risk and overdue: when a customer who stays away is told of, with which words and figures.
import { describe, expect, it } from 'vitest'
import { judgeMember } from '../../src/retention/alert-rules/judge-member.ts'
import { rhythmSentence } from '../../src/retention/alert-rules/words.ts'
import { DAY_MS, every, type Judged, judged, knownAlert, makeFit } from '../support/alert-judging.ts'
import { makeProgram } from '../support/programs.ts'

const drafts = (given: Judged) => judgeMember(judged(given)).drafts
/** The kinds and days (after the last purchase) of all alerts, were the member judged every night. */
function nightly(given: Omit<Judged, 'today' | 'bought'> & { bought: readonly number[] }, nights = 400) {
  const last = given.bought.at(-1) ?? 0
  const found: [kind: string, days: number][] = []
  for (let days = 1; days <= nights; days++)
    for (const { kind } of drafts({ ...given, today: last + days })) found.push([kind, days])
  return found
}
const regular = every('2026-01-05', 21, 10)
const lastDay = regular.at(-1) ?? 0
const onlyAtRisk = makeProgram({ retention: { alerts: ['at_risk'] } })

describe('overdue', () => {
  it('is told on the first day beyond the member’s own rhythm, once', () => {
    expect(nightly({ bought: regular, fit: makeFit() }).filter(([kind]) => kind === 'overdue')).toEqual([
      ['overdue', 48],
    ])
  })

  it('says the habit, how long it has been and how likely they are a customer', () => {
    const [draft] = drafts({ bought: regular, fit: makeFit(), today: lastDay + 48 })
    expect(draft).toEqual({
      kind: 'overdue',
      occasion: new Date(lastDay * DAY_MS).toISOString().slice(0, 10),
      valueMinor: 13_590,
      reason: 'Usually buys every 3 weeks; it has been 7. Likely still a customer: 67% (85% a month ago).',
      facts: {
        usualDays: 21,
        daysSince: 48,
        purchaseDays: 10,
        probabilityAlive: expect.closeTo(0.67, 2),
        probabilityAliveMonthAgo: expect.closeTo(0.85, 2),
        isEstimate: 0,
        expectedPurchasesYear: expect.closeTo(5.812, 1),
        expectedPurchasesYearThen: expect.closeTo(9.228, 1),
        spendPerPurchaseMinor: expect.any(Number),
      },
      suggestion: null,
      windowDays: 30,
    })
  })

  it('works without a fit, and says that it is an estimate', () => {
    const found = nightly({ bought: every('2026-01-05', 30, 5), fit: null })
    expect(found.some(([kind]) => kind === 'overdue')).toBe(true)
    const [draft] = drafts({ bought: regular, fit: null, today: lastDay + 44 })
    expect(draft?.reason).toBe(
      'Usually buys every 3 weeks; it has been 6. Likely still a customer: about 45% (an estimate; 95% a month ago).',
    )
    expect(draft?.facts).toMatchObject({ isEstimate: 1 })
  })

  it('needs four days with a purchase', () => {
    expect(nightly({ bought: every('2026-01-05', 21, 3) }).filter(([kind]) => kind === 'overdue')).toEqual([])
  })

  it('is told in the place of at risk where both fall due on one day', () => {
    // 30 days back: both happened since.
    const kinds = drafts({ bought: regular, fit: makeFit(), today: lastDay + 70, lastCheck: null }).map(
      ({ kind }) => kind,
    )
    expect(kinds).toEqual(['overdue'])
  })
})

describe('at risk', () => {
  const fit = makeFit()
  it('is told on the day on which the probability falls below the threshold, and where it falls further', () => {
    const found = nightly({ bought: regular, fit, program: onlyAtRisk })
    expect(found).toEqual([
      ['at_risk', 69],
      ['at_risk', 76],
    ])
  })

  it('names one lapse both times, so that it is opened once', () => {
    const occasions = [69, 76].flatMap((days) =>
      drafts({ bought: regular, fit, today: lastDay + days }).map(({ occasion }) => occasion),
    )
    expect(new Set(occasions).size).toBe(1)
  })

  it('looks back thirty days the first time, and after a long rest', () => {
    const first = (days: number, lastCheck: number | null) =>
      drafts({ bought: regular, fit, program: onlyAtRisk, today: lastDay + days, lastCheck }).length
    expect(first(90, null)).toBe(1)
    expect(first(90, lastDay + 10)).toBe(1)
    // Gone for long: they were not to be helped a month ago either.
    expect(first(120, null)).toBe(0)
    expect(first(120, lastDay + 10)).toBe(0)
  })

  it('is told of one-time buyers only in a shop whose customers come back often', () => {
    const once = every('2026-01-05', 1, 1)
    // CDNOW: of somebody who bought their first CD 1.4 more purchases are to be expected within a year.
    expect(nightly({ bought: once, fit, program: onlyAtRisk })).toEqual([])
    const bakery = makeFit({ mbgNbd: { r: 1.5, alpha: 6, a: 0.9, b: 1.6, logLikelihood: -1, customers: 900 } })
    const [found] = nightly({ bought: once, fit: bakery, program: onlyAtRisk })
    expect(found?.[0]).toBe('at_risk')
    const [draft] = drafts({ bought: once, fit: bakery, today: (once[0] ?? 0) + (found?.[1] ?? 0) })
    expect(draft?.reason).toMatch(/^Bought once, \d+ days ago\. Likely still a customer: \d\d%/)
    expect(draft?.facts.expectedPurchasesYearThen).toBeGreaterThan(2)
  })

  it('is judged from the last purchase on: what was thought before is of another lapse', () => {
    const bought = [...regular, lastDay + 100]
    // At risk on day 69, told; bought on day 100, and judged last on day 99.
    expect(drafts({ bought, fit, program: onlyAtRisk, today: lastDay + 101, lastCheck: lastDay + 99 })).toEqual([])
  })

  it('follows the program’s threshold', () => {
    const program = makeProgram({ retention: { alerts: ['at_risk'], atRiskBelow: 0.8 } })
    expect(nightly({ bought: regular, fit, program })[0]?.[1]).toBeLessThan(48)
    const never = makeProgram({ retention: { alerts: ['at_risk'], atRiskBelow: 0 } })
    expect(nightly({ bought: regular, fit, program: never })).toEqual([])
  })

  it('takes the usual interval as the time to come back where that is longer', () => {
    const bought = every('2020-01-05', 200, 6)
    const [first] = nightly({ bought, fit }, 900)
    const [kind = '', days = 0] = first ?? []
    expect(drafts({ bought, fit, today: (bought.at(-1) ?? 0) + days })).toMatchObject([{ kind, windowDays: 200 }])
  })
})

describe('nobody is told of', () => {
  const due = { bought: regular, fit: makeFit(), today: lastDay + 48 } satisfies Judged
  it.each([
    ['who buys by subscription', { ...due, over: { isSubscriber: true } }],
    ['who bought nothing', { ...due, bought: [] }],
    ['who bought in the future of a clock that was set back', { ...due, today: '2025-06-01' }],
    ['who gave everything back', { ...due, spend: -100, fit: makeFit({ gammaGamma: null, meanSpend: 0 }) }],
    ['who was judged today already', { ...due, lastCheck: due.today }],
    ['after the clock was set back', { ...due, lastCheck: due.today + 9 }],
    [
      'who is no member',
      { ...due, over: { member: { status: 'candidate' as const, tiers: null, subscriptions: {} } } },
    ],
    ['where the program wants no such alert', { ...due, program: makeProgram({ retention: { alerts: ['unhappy'] } }) }],
    [
      'where less is at stake than the program minds',
      { ...due, program: makeProgram({ retention: { minimumValue: 136 } }) },
    ],
  ] as [string, Judged][])('%s', (_, given) => {
    expect(judgeMember(judged(given))).toEqual({ drafts: [], over: [] })
  })

  it('is shown wrong by whoever is due', () => {
    expect(drafts(due)).toHaveLength(1)
    expect(drafts({ ...due, program: makeProgram({ retention: { minimumValue: 135.9 } }) })).toHaveLength(1)
  })
})

it('values a lapse without a fit by the member’s own pace', () => {
  // 4 purchases of 40.00 within 90 days are 12.2 more a year; half of that at a probability of .5.
  const bought = every('2026-01-05', 30, 4)
  const [draft] = drafts({ bought, fit: null, program: onlyAtRisk, today: (bought.at(-1) ?? 0) + 61 })
  const alive = Number(draft?.facts.probabilityAlive)
  expect(draft?.valueMinor).toBeCloseTo(((3 * 365) / 90) * 4_000 * (1 - alive), -2)
})

describe('numbers and time', () => {
  it('are written as the program’s locale has it', () => {
    const program = makeProgram({ locale: 'ar-EG' })
    const [draft] = drafts({ bought: regular, fit: makeFit(), today: lastDay + 48, program })
    expect(draft?.reason).toBe(
      'Usually buys every ٣ weeks; it has been ٧. Likely still a customer: ٦٧٪\u061c (٨٥٪\u061c a month ago).',
    )
  })

  it.each([
    [1, 9, 'Usually buys every day; it has been 9 days.'],
    [7, 14, 'Usually buys every 7 days; it has been 14.'],
    [12, 49, 'Usually buys every 12 days; it has been 7 weeks.'],
    // Rounded to weeks they would be the same.
    [26, 31, 'Usually buys every 26 days; it has been 31.'],
    [60, 200, 'Usually buys every 9 weeks; it has been 7 months.'],
    [150, 365, 'Usually buys every 5 months; it has been a year.'],
    [365, 640, 'Usually buys every year; it has been 21 months.'],
    [730, 1_500, 'Usually buys every 2 years; it has been 4.'],
    [0.4, 3, 'Usually buys every day; it has been 3 days.'],
  ])('every %d days, %d days ago', (usual, since, sentence) => {
    expect(rhythmSentence(usual, since, 'en')).toBe(sentence)
  })
})

describe('an alert that runs', () => {
  it('stays as it was told: the same lapse is not drafted again, by neither sign', () => {
    const fit = makeFit()
    const again = (kind: 'at_risk' | 'overdue', days: number) => {
      const alerts = [knownAlert({ kind, occasion: new Date(lastDay * DAY_MS).toISOString().slice(0, 10) })]
      return judgeMember(judged({ bought: regular, fit, today: lastDay + days, over: { alerts } }))
    }
    expect(again('overdue', 69)).toEqual({ drafts: [], over: [] })
    expect(again('at_risk', 76)).toEqual({ drafts: [], over: [] })
  })

  it('is one lapse, also where the purchase it was counted from was given back', () => {
    const alerts = [knownAlert({ kind: 'overdue', occasion: '2026-01-01' })]
    for (const days of [69, 76]) {
      const late = { bought: regular, fit: makeFit(), today: lastDay + days }
      expect(judgeMember(judged({ ...late, over: { alerts } })).drafts).toEqual([])
      const over = [{ ...alerts[0], state: 'resolved' as const, outcome: 'came_back' as const }]
      expect(judgeMember(judged({ ...late, over: { alerts: over.map(knownAlert) } })).drafts).toHaveLength(1)
    }
  })

  const due = { bought: regular, fit: makeFit(), today: lastDay + 10 } satisfies Judged
  it('has passed where the customer subscribes by now', () => {
    const alerts = [knownAlert({ id: 'alr_1' }), knownAlert({ id: 'alr_2', kind: 'unhappy' })]
    expect(judgeMember(judged({ ...due, over: { alerts, isSubscriber: true } })).over).toEqual([
      { alert: 'alr_1', outcome: 'passed' },
    ])
    expect(judgeMember(judged({ ...due, over: { alerts } })).over).toEqual([])
  })

  it('ends with the membership, whatever its kind; what has ended stays as it is', () => {
    const member = { status: 'left' as const, tiers: null, subscriptions: {} }
    const alerts = [
      knownAlert({ id: 'alr_1' }),
      knownAlert({ id: 'alr_2', kind: 'unhappy' }),
      knownAlert({ id: 'alr_3', state: 'held_out' }),
      knownAlert({ id: 'alr_4', state: 'resolved', outcome: 'helped' }),
      knownAlert({ id: 'alr_5', state: 'held_out', outcome: 'passed' }),
    ]
    const { over } = judgeMember(judged({ ...due, over: { alerts, member } }))
    expect(over).toEqual(['alr_1', 'alr_2', 'alr_3'].map((alert) => ({ alert, outcome: 'member_left' })))
  })
})
