// What becomes of each input of a batch, and how many calls that takes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, readAnswer } from '../../integrations/hubspot/answers.ts'
import { sendAll } from '../../integrations/hubspot/batches.ts'

interface Sent {
  inputs: { id: string }[]
}

/** A HubSpot that answers a batch as told; the sizes of the batches it was sent. */
function answering(answer: (ids: string[]) => { status: number; body: unknown }) {
  const sizes: number[] = []
  const call = (_method: string, _path: string, body?: unknown): Promise<Answer> => {
    const ids = (body as Sent).inputs.map(({ id }) => id)
    sizes.push(ids.length)
    const { status, body: answered } = answer(ids)
    return readAnswer(() => Promise.resolve(new Response(JSON.stringify(answered), { status })), 1_000)
  }
  const send = (ids: readonly string[]) =>
    sendAll(
      { client: { call }, path: '/x', keysOf: ({ record }) => [record], prefix: 'loyalty_' },
      ids.map((id) => ({ key: id, body: { id } })),
    )
  return { send, sizes }
}

const done = (ids: readonly string[]) => ({
  status: 200,
  body: { results: ids.map((id) => ({ id, properties: { email: 'x', age: null } })) },
})
const refused = (message: string) => ({ status: 400, body: { category: 'VALIDATION_ERROR', message } })
const wrong = (name: string, error: string) =>
  refused(`Property values were not valid: ${JSON.stringify([{ message: 'no', error, name }])}`)
const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => String(1_000 + n))

describe('a batch', () => {
  it('goes out a hundred at a time', async () => {
    const { send, sizes } = answering(done)
    const fates = await send(ids(250))
    expect(sizes).toEqual([100, 100, 50])
    expect(fates.get('1249')).toEqual({ kind: 'ok', contact: { record: '1249', properties: { email: 'x' } } })
    expect((await send([])).size).toBe(0)
    expect(sizes).toHaveLength(3)
  })

  it('with one culprit is halved until it stands alone', async () => {
    const { send, sizes } = answering((some) => (some.includes('1042') ? refused('no good') : done(some)))
    const fates = await send(ids(100))
    expect(fates.get('1042')).toEqual({ kind: 'refused', message: 'no good' })
    expect([...fates.values()].filter(({ kind }) => kind === 'ok')).toHaveLength(99)
    expect(sizes.length).toBeLessThanOrEqual(15)
  })

  it('of culprits alone is given up after a dozen, the others for later', async () => {
    const { send, sizes } = answering(() => refused('Nobody may'))
    const fates = [...(await send(ids(100))).values()]
    expect(fates.filter(({ kind }) => kind === 'refused')).toHaveLength(12)
    expect(new Set(fates.flatMap((fate) => (fate.kind === 'later' ? [JSON.stringify(fate.answer)] : [])))).toEqual(
      new Set([JSON.stringify({ kind: 'down', reason: 'HubSpot refuses one contact after another: Nobody may' })]),
    )
    expect(sizes.length).toBeLessThan(40)
  })

  it('tells each input’s fate, whoever the culprits are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(99), { maxLength: 11 }), async (culprits) => {
        const bad = new Set(culprits.map((n) => String(1_000 + n)))
        const { send } = answering((some) => (some.some((id) => bad.has(id)) ? refused('no') : done(some)))
        const fates = await send(ids(100))
        for (const id of ids(100)) expect(fates.get(id)?.kind).toBe(bad.has(id) ? 'refused' : 'ok')
      }),
      { numRuns: 30 },
    )
  })

  it.each([
    ['Contact already exists. Existing ID: 77', { kind: 'exists', record: '77' }],
    [
      'Cannot set PropertyValueCoordinates{value=mem_1} on 5. 78 already has that value.',
      { kind: 'exists', record: '78' },
    ],
  ])('finds in HubSpot’s words whose it is: %s', async (message, fate) => {
    const { send } = answering(() => refused(message))
    expect((await send(['5'])).get('5')).toEqual(fate)
  })
})

describe('what is nobody’s own fault', () => {
  const reasonOf = async (answer: { status: number; body: unknown }): Promise<string> => {
    const { send, sizes } = answering(() => answer)
    const fates = [...(await send(ids(30))).values()]
    expect(sizes).toEqual([30])
    const reasons = new Set(
      fates.map((fate) => (fate.kind === 'later' && fate.answer.kind === 'down' ? fate.answer.reason : fate.kind)),
    )
    expect(reasons.size).toBe(1)
    return [...reasons].join()
  }

  it('is asked once, and said in words that mend it', async () => {
    expect(await reasonOf(wrong('loyalty_tier', 'PROPERTY_DOESNT_EXIST'))).toBe(
      'The contact property loyalty_tier is missing in HubSpot. Run: npx regulars setup hubspot',
    )
    expect(await reasonOf({ status: 401, body: {} })).toMatch(/HUBSPOT_ACCESS_TOKEN/)
    expect(await reasonOf({ status: 403, body: { message: 'no' } })).toBe('The access token may not do this: no')
    expect(await reasonOf({ status: 404, body: { message: 'no such path' } })).toBe('HubSpot does not know this call')
  })

  it.each([
    [wrong('loyalty_tier', 'INVALID_OPTION'), /^The contact property loyalty_tier lacks an option in HubSpot/],
    [wrong('loyalty_points', 'INVALID_DATE'), /^The contact property loyalty_points is not as Regulars made it/],
  ])('holds a value that the portal is not set up for, and lets others through (%#)', async (answer, words) => {
    const one = answering((some) => (some.includes('1042') ? answer : done(some)))
    const fates = await one.send(ids(100))
    expect(fates.get('1042')).toEqual({ kind: 'held', reason: expect.stringMatching(words) })
    expect([...fates.values()].filter(({ kind }) => kind === 'ok')).toHaveLength(99)

    const all = answering(() => answer)
    const held = [...(await all.send(ids(100))).values()]
    expect(held.map(({ kind }) => kind)).toEqual([...Array(3).fill('held'), ...Array(97).fill('later')])
    for (const fate of held) expect(JSON.stringify(fate)).toContain(String(words).slice(2, 30))
    expect(all.sizes.length).toBeLessThanOrEqual(12)
  })

  it('is not what an admin requires of a contact, nor a value of theirs', async () => {
    for (const answer of [wrong('loyalty_last_reward', 'REQUIRED_FIELD'), wrong('firstname', 'INVALID_ALPHA')]) {
      const { send } = answering(() => answer)
      expect((await send(['1'])).get('1')).toEqual({ kind: 'refused', message: 'no' })
    }
  })
})
