import { createHmac } from 'node:crypto'
import Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { signPayload } from '../../integrations/stripe/test-event.ts'
import { verifyStripeSignature } from '../../integrations/stripe/verify-signature.ts'

const SECRET = 'whsec_first'
const T = 1_780_000_000
const payload = '{"id":"evt_1","name":"Zoë"}'
const sign = (body: string, secret = SECRET, t = T) => createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')
const header = `t=${T},v1=${sign(payload)}`

const verify = (over: Partial<Parameters<typeof verifyStripeSignature>[0]> = {}) =>
  verifyStripeSignature({ payload, header, secrets: [SECRET], nowMs: T * 1000, ...over })

describe('a Stripe signature is accepted', () => {
  test.each<[string, Parameters<typeof verify>[0]]>([
    ['when it is valid', {}],
    ['over bytes as over text', { payload: new TextEncoder().encode(payload) }],
    ['of the second of two secrets', { secrets: ['whsec_other', SECRET] }],
    ['when one of two v1 matches', { header: `t=${T},v1=${sign(payload, 'whsec_old')},v1=${sign(payload)}` }],
    ['next to schemes that we do not know', { header: `t=${T},v0=abc,v1=${sign(payload)},v9=x=y` }],
    ['with blanks after the commas', { header: `t=${T}, v1=${sign(payload)}` }],
    ['next to a v1 of another shape', { header: `t=${T},v1=zz,v1=${sign(payload)}` }],
    ['five minutes late', { nowMs: (T + 300) * 1000 + 999 }],
    ['five minutes early', { nowMs: (T - 300) * 1000 }],
    ['within a tolerance of its own', { nowMs: (T + 900) * 1000, toleranceMs: 900_000 }],
  ])('%s', (_title, over) => {
    expect(verify(over)).toEqual({ ok: true })
  })

  test('when the SDK made it', () => {
    const made = Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET, timestamp: T })
    expect(verify({ header: made })).toEqual({ ok: true })
  })

  test('by the SDK when we made it', () => {
    const made = signPayload(payload, SECRET, Math.floor(Date.now() / 1000))
    expect(Stripe.webhooks.constructEvent(payload, made, SECRET)).toEqual(JSON.parse(payload))
  })
})

describe('a Stripe signature is refused', () => {
  const missing = { reason: 'missing' }
  const malformed = { reason: 'malformed' }
  const mismatch = { reason: 'mismatch' }
  test.each<[string, Parameters<typeof verify>[0], { reason: string }]>([
    ['as missing without a header', { header: undefined }, missing],
    ['as missing with a null header', { header: null }, missing],
    ['as missing with an empty header', { header: '' }, missing],
    ['as malformed without a timestamp', { header: `v1=${sign(payload)}` }, malformed],
    ['as malformed without a v1', { header: `t=${T},v0=${sign(payload)}` }, malformed],
    ['as malformed with a timestamp that is no number', { header: `t=soon,v1=${sign(payload)}` }, malformed],
    ['as malformed with a negative timestamp', { header: `t=-1,v1=${sign(payload)}` }, malformed],
    ['as malformed with two timestamps', { header: `t=${T},${header}` }, malformed],
    ['as malformed when it is noise', { header: ',,=,=v1,t,\u0000' }, malformed],
    ['as malformed when the header is longer than any', { header: `${header},x=${'y'.repeat(5000)}` }, malformed],
    ['as malformed with more v1 than any', { header: `t=${T}${`,v1=${sign(payload)}`.repeat(17)}` }, malformed],
    ['as stale after five minutes', { nowMs: (T + 301) * 1000 }, { reason: 'stale' }],
    ['as future before five minutes', { nowMs: (T - 301) * 1000 }, { reason: 'future' }],
    ['as a mismatch when the body was changed', { payload: payload.replace('evt_1', 'evt_2') }, mismatch],
    ['as a mismatch when the time was changed', { header: `t=${T + 1},v1=${sign(payload)}` }, mismatch],
    ['as a mismatch of a wrong secret', { secrets: ['whsec_wrong'] }, mismatch],
    [
      'as a mismatch when an empty secret stands beside a wrong one',
      { secrets: ['', 'whsec_wrong'], header: `t=${T},v1=${sign(payload, '')}` },
      mismatch,
    ],
    ['as unconfigured without a secret', { secrets: [] }, { reason: 'unconfigured' }],
    [
      'as unconfigured with an empty secret',
      { secrets: [''], header: `t=${T},v1=${sign(payload, '')}` },
      { reason: 'unconfigured' },
    ],
  ])('%s', (_title, over, refusal) => {
    expect(verify(over)).toEqual({ ok: false, ...refusal })
  })
})
