// What happened, told as journeys: grouping, stages in their order, words.
import { describe, expect, test } from 'vitest'
import { journeysOf, stepWords, withSteps } from '../../integrations/sandbox/page/happened/journeys.ts'
import { signed } from '../../integrations/sandbox/page/happened/signed.ts'
import type { ShownStep } from '../../integrations/sandbox/shown.ts'

let next = 1
const step = (over: Partial<ShownStep>): ShownStep => ({
  id: next++,
  journey: 'doing-1',
  event: null,
  stage: 'happened',
  vendor: 'stripe',
  title: 'Ada buys a teapot',
  at: 1_000,
  tookMs: null,
  isTrouble: false,
  points: null,
  more: 0,
  ...over,
})

const purchase = (): ShownStep[] => [
  step({}),
  step({ event: 'evt_1', title: 'charge.succeeded' }),
  step({ event: 'evt_1', stage: 'recorded', vendor: 'regulars', title: '1 point per $1', points: 42, at: 1_012 }),
  step({ event: 'evt_1', stage: 'queued', vendor: 'hubspot', title: 'hubspot.contact', at: 1_012 }),
  step({ event: 'evt_1', stage: 'delivered', title: 'recorded', tookMs: 20, at: 1_020 }),
  step({ stage: 'called', vendor: 'hubspot', title: 'POST /crm: 201', tookMs: 8, at: 1_060 }),
  step({ stage: 'sent', vendor: 'hubspot', title: 'done', tookMs: 35, at: 1_061 }),
]

const stagesOf = (steps: ShownStep[]) => journeysOf(steps)[0]?.stages.map(({ is }) => is)

describe('a journey', () => {
  test('is what somebody did and all that came of it, with what the ledger says', () => {
    const [journey, ...others] = journeysOf(purchase())
    expect(others).toEqual([])
    expect(journey).toMatchObject({
      title: 'Ada buys a teapot',
      vendor: 'stripe',
      isTrouble: false,
      sentences: [{ points: 42, text: '1 point per $1' }],
      vendors: ['stripe', 'regulars', 'hubspot'],
    })
  })

  test('lights its stages, each with the time that it took', () => {
    const [journey] = journeysOf(purchase())
    expect(journey?.stages.map(({ stage, is, tookMs }) => [stage, is, tookMs])).toEqual([
      ['happened', 'lit', null],
      ['delivered', 'lit', 20],
      ['recorded', 'lit', 12],
      ['queued', 'lit', 0],
      ['sent', 'lit', 35],
    ])
  })

  test('is not there yet where nothing has happened of a kind', () => {
    expect(stagesOf(purchase().slice(0, 2))).toEqual(['lit', 'none', 'none', 'none', 'none'])
  })

  test('is in trouble while the last try failed, and no more once one went well', () => {
    const down = step({ stage: 'sent', vendor: 'hubspot', title: 'down', tookMs: 5, isTrouble: true })
    const begun = [...purchase().slice(0, 5), down]
    expect(journeysOf(begun)[0]).toMatchObject({ isTrouble: true })
    expect(stagesOf(begun)).toEqual(['lit', 'lit', 'lit', 'lit', 'trouble'])
    const healed = [...begun, step({ stage: 'sent', vendor: 'hubspot', title: 'done', tookMs: 5 })]
    expect(journeysOf(healed)[0]).toMatchObject({ isTrouble: false })
  })

  test('counts calls as sent where nothing was queued', () => {
    const answered = [
      step({ vendor: 'slack', title: 'Sam: /loyalty ada' }),
      step({ stage: 'called', vendor: 'slack', title: 'POST /response: 200', tookMs: 3 }),
    ]
    expect(stagesOf(answered)).toEqual(['lit', 'none', 'none', 'none', 'lit'])
  })

  test('is called by what the ledger says where its beginning is not kept any more', () => {
    expect(journeysOf(purchase().slice(2))[0]?.title).toBe('1 point per $1')
    expect(journeysOf(purchase().slice(6))[0]?.title).toBe('HubSpot: Done')
  })
})

describe('journeys', () => {
  test('stand with the newest on top', () => {
    const steps = [...purchase(), step({ journey: 'doing-2', title: 'Leyla buys coffee' })]
    expect(journeysOf(steps).map(({ title }) => title)).toEqual(['Leyla buys coffee', 'Ada buys a teapot'])
  })

  test('leave out what belongs to nothing and says nothing', () => {
    const lone = [
      step({ journey: null, stage: 'queued', vendor: 'hubspot', title: 'hubspot.contact' }),
      step({ journey: null, stage: 'sent', vendor: 'hubspot', title: 'done' }),
    ]
    expect(journeysOf(lone)).toEqual([])
  })

  test('tell of trouble that belongs to nothing', () => {
    const lone = step({ journey: null, stage: 'sent', vendor: 'hubspot', title: 'down', isTrouble: true })
    expect(journeysOf([lone])).toMatchObject([{ journey: null, isTrouble: true, key: `step-${lone.id}` }])
  })
})

describe('steps that come live', () => {
  test('are added once, however often they are told of', () => {
    const steps = purchase()
    const [first, second, ...rest] = steps as [ShownStep, ShownStep, ...ShownStep[]]
    expect(withSteps([first, second], [second, ...rest]).map(({ id }) => id)).toEqual(steps.map(({ id }) => id))
  })
})

describe('a step', () => {
  test.each([
    [{ stage: 'delivered', title: 'duplicate' }, 'Known already: nothing changes'],
    [{ stage: 'delivered', title: 'refused with 500' }, 'refused with 500'],
    [{ stage: 'sent', vendor: 'hubspot', title: 'down' }, 'HubSpot: No answer: it is tried again'],
    [{ stage: 'queued', vendor: 'slack', title: 'slack.digest' }, 'Slack is to get the digest'],
    [{ stage: 'sent', vendor: 'hubspot', title: 'done', more: 488 }, 'HubSpot: Done, and 488 more like this'],
  ] as [Partial<ShownStep>, string][])('%j reads %j', (over, said) => {
    expect(stepWords(step(over))).toBe(said)
  })

  test('says points with their sign', () => {
    const words = { number: String }
    expect([signed(291, words), signed(-20, words)]).toEqual(['+291', '−20'])
  })
})
