// What is made of HubSpot's answers, whatever comes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, inWords, readAnswer } from '../../integrations/hubspot/answers.ts'

const read = (status: number, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  readAnswer(
    () =>
      Promise.resolve(
        new Response(status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body), {
          status,
          headers,
        }),
      ),
    1_000,
  )

const invalid = (...values: object[]) => ({
  status: 'error',
  message: `Property values were not valid: ${JSON.stringify(values)}`,
  category: 'VALIDATION_ERROR',
})

describe('an answer', () => {
  it('that is fine comes with its limits', async () => {
    const headers = {
      'X-HubSpot-RateLimit-Max': '190',
      'X-HubSpot-RateLimit-Remaining': '189',
      'X-HubSpot-RateLimit-Interval-Milliseconds': '10000',
      'X-HubSpot-RateLimit-Daily': '650000',
      'X-HubSpot-RateLimit-Daily-Remaining': 'many',
    }
    expect(await read(200, { results: [] }, headers)).toEqual({
      kind: 'ok',
      status: 200,
      body: { results: [] },
      errors: [],
      quota: { max: 190, remaining: 189, windowMs: 10_000, daily: 650_000, dailyRemaining: null },
    })
    expect(await read(204, null)).toMatchObject({ kind: 'ok', body: {} })
  })

  it('in part tells which inputs failed, by id or by trace', async () => {
    const body = {
      results: [],
      errors: [
        { category: 'OBJECT_NOT_FOUND', message: 'gone', context: { ids: ['1', '2'] } },
        {
          category: 'CONFLICT',
          message: 'Contact already exists. Existing ID: 7',
          context: { objectWriteTraceId: ['a'] },
        },
        'nonsense',
      ],
    }
    expect(await read(207, body)).toMatchObject({
      errors: [
        { category: 'OBJECT_NOT_FOUND', ids: ['1', '2'] },
        { category: 'CONFLICT', ids: ['a'] },
      ],
    })
  })

  it('that refuses names property and code, wherever HubSpot put them', async () => {
    const told = invalid({ isValid: false, message: 'no such', error: 'PROPERTY_DOESNT_EXIST', name: 'loyalty_tier' })
    expect(await read(400, told)).toMatchObject({
      kind: 'refused',
      category: 'VALIDATION_ERROR',
      message: 'no such',
      wrong: [{ property: 'loyalty_tier', code: 'PROPERTY_DOESNT_EXIST' }],
    })
    const listed = {
      message: 'wrong',
      errors: [{ code: 'INVALID_OPTION', context: { propertyName: ['loyalty_tier'] } }],
    }
    expect(await read(400, listed)).toMatchObject({
      category: 'HTTP_400',
      wrong: [{ property: 'loyalty_tier', code: 'INVALID_OPTION' }],
    })
  })

  it('of too many calls waits as told, else for the window, else for an hour', async () => {
    const rolling = { policyName: 'TEN_SECONDLY_ROLLING' }
    expect(await read(429, rolling, { 'Retry-After': '4' })).toMatchObject({ kind: 'wait', forMs: 4_000 })
    expect(await read(429, rolling)).toMatchObject({ forMs: 10_000, policy: 'TEN_SECONDLY_ROLLING' })
    expect(await read(429, { policyName: 'DAILY' })).toMatchObject({ forMs: 3_600_000, policy: 'DAILY' })
    expect(await read(429, '<html>')).toMatchObject({ kind: 'wait', forMs: 10_000 })
    expect(await read(429, rolling, { 'Retry-After': '999999' })).toMatchObject({ forMs: 3_600_000 })
    expect(await read(429, rolling, { 'Retry-After': 'soon' })).toMatchObject({ forMs: 10_000 })
    const endless = { 'X-HubSpot-RateLimit-Interval-Milliseconds': '999999999999' }
    expect(await read(429, rolling, endless)).toMatchObject({ forMs: 3_600_000 })
    expect(await read(423, {})).toMatchObject({ kind: 'wait', forMs: 2_000 })
  })

  it('that is none of HubSpot’s is a HubSpot that is down', async () => {
    expect(await read(200, '<html>Down</html>')).toEqual({
      kind: 'down',
      reason: 'HubSpot answered 200, and not with JSON',
    })
    expect(await read(403, '<html>Blocked</html>')).toMatchObject({ kind: 'down' })
    expect(await read(200, [1])).toMatchObject({ kind: 'down' })
    expect(await read(502, { message: 'x' })).toEqual({ kind: 'down', reason: 'HubSpot answered 502' })
  })

  it('that does not come, or a connection that breaks, tells nothing of the request', async () => {
    const broken = () => Promise.reject(new Error('Bearer pat-secret of ada@example.org'))
    expect(await readAnswer(broken, 1_000)).toEqual({ kind: 'down', reason: 'HubSpot cannot be reached' })
    const never = () => new Promise<Response>(() => {})
    expect(await readAnswer(never, 10)).toEqual({ kind: 'down', reason: 'HubSpot did not answer in time' })
  })

  it('is understood or refused, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: 599 }), fc.json(), async (status, json) => {
        const answer = await read(status === 204 || status === 205 || status === 304 ? 200 : status, json)
        expect(['ok', 'refused', 'wait', 'down']).toContain(answer.kind)
      }),
    )
  })
})

describe('HubSpot’s words', () => {
  it.each([
    ['Email address ada@example.org is invalid', 'Email address [address] is invalid'],
    ['Email address "a b"@example.org is invalid', 'Email address [address] is invalid'],
    ['ሰላም@ኢትዮጵያ.et ልክ አይደለም', '[address] ልክ አይደለም'],
    ['Էլ. հասցեն անի@օրինակ.հայ սխալ է', 'Էլ. հասցեն [address] սխալ է'],
    ['əli@nümunə.az səhvdir, əli@x.az də', '[address] səhvdir, [address] də'],
    ['Anwani juma@mfano.co.tz si sahihi', 'Anwani [address] si sahihi'],
  ])('%s', (said, shown) => {
    expect(inWords(said)).toBe(shown)
  })

  it('are taken out of what they are wrapped in, and cut where nobody would read on', () => {
    const wrapped = `Property values were not valid: [{"message":"a@b.c is invalid"},{"message":"Enter only letters"}]`
    expect(inWords(wrapped)).toBe('[address] is invalid; Enter only letters')
    expect(inWords('x'.repeat(1_000))).toHaveLength(301)
    const startedAt = performance.now()
    for (const one of ['x', '"', '"a', '[{', '@']) expect(inWords(one.repeat(100_000)).length).toBeLessThanOrEqual(301)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    // Wherever it is cut, no half of an address is shown.
    for (let before = 1_900; before < 2_000; before++)
      expect(inWords(`${'a@b '.repeat(before / 4)}ada.lovelace.of.london@example.org`)).not.toContain('ada')
    expect(inWords('Property values were not valid: [{"message":')).toMatch(/^Property values/)
  })

  it('never show an address', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.string(), fc.string(), (email, before, after) => {
        expect(inWords(`${before} ${email} ${after}`)).not.toContain('@')
      }),
    )
  })
})
