// What happened in the sandbox belongs to what caused it, also after an await, and a long night does not flood it.
import { expect, test } from 'vitest'
import { createTrace, type NewStep } from '../../integrations/sandbox/trace.ts'

const OPENING = { vendor: 'stripe', title: 'Ada buys a teapot', detail: { doing: 'shop/buy' } } as const
const happened = (event: string): NewStep => ({
  event,
  stage: 'happened',
  vendor: 'stripe',
  title: 'charge.succeeded',
  detail: null,
})
const sent: NewStep = { stage: 'sent', vendor: 'hubspot', title: 'done', detail: null }
const later = () => new Promise((resume) => setImmediate(resume))

test('what comes of a doing is one journey that begins with what was done', async () => {
  const trace = createTrace(() => 5)
  await trace.asOne(OPENING, async () => {
    await later()
    trace.add(happened('evt_1'))
    await trace.within({ event: 'evt_1' }, async () => {
      await later()
      trace.add({ stage: 'recorded', vendor: 'regulars', title: '42 points', points: 42, detail: null })
    })
  })
  const steps = trace.recent(10)
  expect(steps.map(({ title, event, points }) => [title, event, points])).toEqual([
    ['Ada buys a teapot', null, null],
    ['charge.succeeded', 'evt_1', null],
    ['42 points', 'evt_1', 42],
  ])
  expect(new Set(steps.map(({ journey }) => journey)).size).toBe(1)
})

test('a doing that nothing came of is not told', async () => {
  const trace = createTrace(() => 5)
  await trace.asOne(OPENING, later)
  expect(trace.recent(10)).toEqual([])
})

test('an event that comes again, long after, belongs to the journey that made it', () => {
  const trace = createTrace(() => 5)
  trace.asOne(OPENING, () => trace.add(happened('evt_1')))
  const again = trace.add({ ...happened('evt_1'), stage: 'delivered', title: 'duplicate' })
  expect(again.journey).toBe(trace.recent(1)[0]?.journey)
  expect(again.journey).toBe(trace.recent(10)[0]?.journey)
})

test('an event that nobody here caused is a journey of its own', () => {
  const trace = createTrace(() => 5)
  expect(trace.add(happened('evt_9')).journey).toBe('evt_9')
})

test('two doings under way at once are told apart', async () => {
  const trace = createTrace(() => 5)
  const buy = (event: string) =>
    trace.asOne({ ...OPENING, title: event }, async () => {
      await later()
      trace.add(happened(event))
      await later()
      trace.add(sent)
    })
  await Promise.all([buy('evt_1'), buy('evt_2')])
  const titles = Map.groupBy(trace.recent(10), ({ journey }) => journey)
  expect([...titles.values()].map((steps) => steps.map(({ title }) => title))).toEqual([
    ['evt_1', 'charge.succeeded', 'done'],
    ['evt_2', 'charge.succeeded', 'done'],
  ])
})

test('of a thousand steps of a kind on one journey some are told, and how many more there are', () => {
  const trace = createTrace(() => 5)
  const told: number[] = []
  trace.listen(({ id }) => told.push(id))
  trace.asOne(OPENING, () => {
    for (let n = 0; n < 1_000; n++) trace.add(sent)
    trace.add({ ...sent, title: 'down', isTrouble: true })
  })
  const steps = trace.recent(100)
  expect(steps[0]?.title).toBe('Ada buys a teapot')
  expect(steps.length).toBeLessThan(20)
  expect(steps.filter(({ stage }) => stage === 'sent').reduce((sum, { more }) => sum + 1 + more, 0)).toBe(1_001)
  expect(steps.at(-1)).toMatchObject({ title: 'down', isTrouble: true, more: 0 })
  expect(told).toHaveLength(steps.length)
})

test('nothing is noted while much happens at once, and nothing is left after it was cleared', () => {
  const trace = createTrace(() => 5)
  trace.add(happened('evt_1'))
  trace.setQuiet(true)
  trace.add(happened('evt_2'))
  trace.setQuiet(false)
  expect(trace.recent(10)).toHaveLength(1)
  trace.clear()
  expect(trace.recent(10)).toEqual([])
})

test('one delivery is for all who waited for it, and for none who came after', () => {
  const trace = createTrace(() => 5)
  const row = { kind: 'hubspot.contact', key: 'mem_1' }
  const queue = () => trace.asOne(OPENING, () => trace.committed({ effects: [{ ...row, payload: {}, dueAt: 0 }] }))
  queue()
  queue()
  const waiting = trace.waitingFor(row)
  expect(waiting).toHaveLength(2)
  queue()
  trace.arrived(row, waiting)
  expect(trace.waitingFor(row)).toHaveLength(1)
  expect(waiting).not.toContain(trace.waitingFor(row)[0])
})

test('what belongs to nothing is told where it says something by itself', () => {
  const trace = createTrace(() => 5)
  trace.add(sent)
  trace.add({ ...sent, title: 'down', isTrouble: true })
  expect(trace.recent(10).map(({ title }) => title)).toEqual(['down'])
})

test('what falls due by itself is told commit by commit', () => {
  const trace = createTrace(() => 5)
  const entry = { member: 'mem_1', about: null, at: 1, recordedAt: 1, kind: 'expire', code: 'expired' } as const
  const lapse = { ...entry, points: -5, balance: 0, reason: '5 points expired', source: 'clock', actor: 'clock' }
  for (let n = 0; n < 2; n++) trace.committed({ entries: [{ ...lapse, note: null, postings: [], terms: [] } as never] })
  const [one, other] = trace.recent(10)
  expect([one?.title, other?.title]).toEqual(['5 points expired', '5 points expired'])
  expect(one?.journey).not.toBe(other?.journey)
})
