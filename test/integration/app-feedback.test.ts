// Feedback: kept with the member, told to staff at once where somebody is unhappy, and nobody's words where they do not belong.
import { afterEach, describe, expect, test } from 'vitest'
import type { AlertView, MemberView } from '../../src/app/ports.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'
/** Amharic, Armenian, Azerbaijani, Swahili. */
const WORDS = [
  'ዕቃው ሁለት ጊዜ ዘገየ።',
  'Ծանրոցը երկու անգամ ուշացավ։',
  'Bağlama iki dəfə gecikdi, əla deyil.',
  'Kifurushi kilichelewa mara mbili.',
]

let world: World
afterEach(() => world.close())

async function open(over: Partial<ProgramInput> = {}): Promise<void> {
  world = await createWorld({ program: makeProgram(over), now: NOW })
  await world.deliver(stripePayment({ amount: 41_200, email: 'ada@example.org', at: NOW - 90 * DAY }).charge())
}

const say = (data: unknown, { key = null, at }: { key?: string | null; at?: number } = {}) =>
  world.app.recordAction(
    ADA,
    { action: 'feedback', data, ...(at !== undefined && { at }) },
    staff,
    key === null ? null : { holder: 'test', route: 'POST', key, hash: JSON.stringify(data) },
  )

async function member(): Promise<MemberView> {
  const found = await world.app.getMember(ADA)
  if (!found.ok) throw new Error(found.message)
  return found.value
}

async function alerts(state: 'open' | 'resolved' = 'open'): Promise<AlertView[]> {
  const page = await world.app.listAlerts({ state, limit: 50 })
  if (!page.ok) throw new Error(page.message)
  return page.value.items
}

async function sentences(): Promise<string[]> {
  const page = await world.app.ledger(ADA, { limit: 100 })
  if (!page.ok) throw new Error(page.message)
  return page.value.items.map(({ reason, note }) => `${reason}${note ?? ''}`)
}

const clean = async () => expect((await world.app.verify()).discrepancies).toEqual([])

describe('feedback', () => {
  test('is taken by every program, kept with the member, and said in the ledger without its words', async () => {
    await open({ earning: [] })
    for (const text of WORDS) {
      const said = await say({ score: 9, text })
      expect(said).toMatchObject({ ok: true, value: { kind: 'note', code: 'action', points: 0, reason: 'Feedback' } })
    }
    const { feedback } = await member()
    expect(feedback.map(({ text }) => text).sort()).toEqual([...WORDS].sort())
    expect(feedback[0]).toMatchObject({ scale: 'nps', score: 9, at: new Date(NOW).toISOString() })
    for (const sentence of await sentences()) for (const text of WORDS) expect(sentence).not.toContain(text)
    await clean()
  })

  test('gives what rules give for it', async () => {
    await open({ earning: [{ id: 'words', on: 'action', action: 'feedback', points: 10 }] })
    expect(await say({ stars: 5 })).toMatchObject({
      ok: true,
      value: { kind: 'earn', points: 10, reason: 'Feedback (words): 10 points' },
    })
    expect((await member()).points.available).toBe(10)
    await clean()
  })

  test('beyond a rule’s limit is kept without points, and says so', async () => {
    const rule = {
      id: 'feedback',
      on: 'action',
      action: 'feedback',
      points: 10,
      limit: { times: 1, per: 'month' },
    } as const
    await open({ earning: [rule] })
    await say({ score: 9 })
    expect(await say({ score: 2, text: WORDS[0] })).toMatchObject({
      ok: true,
      value: { kind: 'note', points: 0, reason: 'Feedback. This counts once a month, again from Dec 1, 2026' },
    })
    expect((await member()).points.available).toBe(10)
    expect((await member()).feedback.map(({ score }) => score).sort()).toEqual([2, 9])
    expect(await alerts()).toMatchObject([{ kind: 'unhappy' }])
    await clean()
  })

  test('of whom no rule is for is kept without points', async () => {
    const rule = { id: 'feedback', on: 'action', action: 'feedback', points: 10, when: { tiers: ['gold'] } }
    await open({
      earning: [{ ...rule, on: 'action' }],
      tiers: { levels: [{ id: 'gold', name: 'Gold', threshold: 1_000 }] },
    })
    expect(await say({ stars: 4 })).toMatchObject({ ok: true, value: { points: 0, reason: 'Feedback' } })
    expect((await member()).feedback).toHaveLength(1)
  })

  test('counts for a challenge like any action', async () => {
    const goal = { count: 2, actions: ['feedback'] }
    await open({
      challenges: [{ id: 'talk', name: 'Talk to us', goal: { ...goal, of: 'action' }, award: { points: 30 } }],
    })
    await say({ score: 9 })
    await say({ score: 9 })
    expect((await sentences()).join('\n')).toContain('Talk to us: 30 points')
    await clean()
  })

  test('that is sent again with its key is kept once', async () => {
    await open()
    const first = await say({ score: 1, text: 'Late' }, { key: 'key-1' })
    expect(await say({ score: 1, text: 'Late' }, { key: 'key-1' })).toEqual(first)
    expect(await say({ score: 2 }, { key: 'key-1' })).toMatchObject({ ok: false, code: 'idempotency_conflict' })
    expect((await member()).feedback).toHaveLength(1)
    expect(await alerts()).toHaveLength(1)
  })

  test.each([
    [undefined, 'data must have a score from 0 to 10, or stars from 1 to 5, and may have a text'],
    [{ score: 3, stars: 3 }, 'data must have a score or stars, not both'],
    [{ score: 3.5, text: 'geheim' }, 'data.score must be a whole number from 0 to 10'],
    [{ stars: 4, text: 'x'.repeat(2_001) }, 'data.text must have at most 2,000 characters'],
  ])('which is none is refused as invalid_request: %j', async (data, message) => {
    await open()
    expect(await say(data)).toEqual({ ok: false, code: 'invalid_request', message })
    expect((await member()).feedback).toEqual([])
  })

  test('of who is no active member is refused as member_inactive, and not kept', async () => {
    await open()
    await world.app.updateMember(ADA, { status: 'left' }, staff)
    expect(await say({ score: 1 })).toMatchObject({ ok: false, code: 'member_inactive' })
    expect((await member()).feedback).toEqual([])
  })

  test('of other actions is neither looked at nor kept', async () => {
    await open({ earning: [{ id: 'review', on: 'action', action: 'review', points: 5 }] })
    const reviewed = await world.app.recordAction(ADA, { action: 'review', data: { score: 'x' } }, staff, null)
    expect(reviewed).toMatchObject({ ok: true, value: { points: 5 } })
    expect((await member()).feedback).toEqual([])
  })
})

describe('whoever is unhappy', () => {
  test.each([
    [{ score: 3, text: WORDS[1] }, 'Gave 3 of 10 and wrote a comment.'],
    [{ score: 6 }, 'Gave 6 of 10.'],
    [{ stars: 2 }, 'Gave 2 of 5 stars.'],
  ])('is told to staff at once, with what their last year was worth: %j', async (data, reason) => {
    await open()
    await say(data)
    const [alert, ...others] = await alerts()
    expect(others).toEqual([])
    expect(alert).toMatchObject({ kind: 'unhappy', reason, value: { amount: 41_200, currency: 'usd' } })
    // The words are the member's; they stand with them, where they can be erased.
    expect(JSON.stringify(alert)).not.toContain(WORDS[1])
    expect(alert?.facts.feedback).toBe((await member()).feedback[0]?.id)
  })

  test.each([[{ score: 7 }], [{ stars: 3 }]])('is nobody who gives %j', async (data) => {
    await open()
    await say(data)
    expect(await alerts()).toEqual([])
  })

  test('each time is told each time', async () => {
    await open()
    await say({ score: 1 })
    await say({ score: 1 })
    expect(await alerts()).toHaveLength(2)
  })

  test('more than a month ago is no alarm any more', async () => {
    await open()
    await say({ score: 1 }, { at: NOW - 31 * DAY })
    expect(await alerts()).toEqual([])
    expect((await member()).feedback).toHaveLength(1)
  })

  test('is never held out', async () => {
    await open({ retention: { holdout: 1 } })
    await say({ score: 1 })
    expect(await alerts()).toHaveLength(1)
  })

  test('is not told where the program does not want it', async () => {
    await open({ retention: { alerts: ['cancelling'] } })
    await say({ score: 1 })
    expect(await alerts()).toEqual([])
  })
})

test('words are forgotten with whoever wrote them, the score stays', async () => {
  await open()
  for (const text of WORDS) await say({ score: 1, text })
  const { id } = await member()
  expect(await world.app.eraseMember(ADA, staff)).toMatchObject({ ok: true })
  const kept = await world.store.read((tx) => tx.feedbackOf(id, 10))
  expect(kept.map(({ score, text }) => [score, text])).toEqual(WORDS.map(() => [1, null]))
  expect(await alerts()).toEqual([])
  await clean()
})
