// Slack's signature: what is rightly signed passes, and each way of being wrong is refused by its name.
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SignatureCheck, verifySlackSignature } from '../../integrations/slack/verify-signature.ts'

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5'
/** Slack's own example: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const EXAMPLE_AT = 1_531_420_618
const EXAMPLE =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
const EXAMPLE_SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const sign = (body: Uint8Array, timestamp: string, secret = SECRET): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`

const NOW_S = 1_795_348_800
function check(over: Partial<SignatureCheck> = {}) {
  const body = over.body ?? bytes('payload=%7B%7D')
  const timestamp = 'timestamp' in over ? over.timestamp : String(NOW_S)
  return verifySlackSignature({
    body,
    timestamp,
    signature: sign(body, timestamp ?? ''),
    secrets: [SECRET],
    nowMs: NOW_S * 1_000,
    ...over,
  })
}

describe('a signature of Slack’s', () => {
  test('passes as in Slack’s own example', () => {
    const example = { body: bytes(EXAMPLE), timestamp: String(EXAMPLE_AT), signature: EXAMPLE_SIGNATURE }
    expect(verifySlackSignature({ ...example, secrets: [SECRET], nowMs: EXAMPLE_AT * 1_000 })).toEqual({ ok: true })
  })

  test('passes by the second of two secrets, while one is being rotated', () => {
    expect(check({ secrets: ['the-old-one', SECRET] })).toEqual({ ok: true })
    expect(check({ secrets: [SECRET, 'the-new-one'] })).toEqual({ ok: true })
  })

  test('passes over any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (body) => check({ body }).ok))
  })

  test('is refused as mismatch when a byte of the body was changed', () => {
    const body = bytes(EXAMPLE)
    const signature = sign(body, String(NOW_S))
    for (const at of [0, 17, body.length - 1]) {
      const tampered = Uint8Array.from(body, (byte, n) => (n === at ? byte ^ 1 : byte))
      expect(check({ body: tampered, signature })).toEqual({ ok: false, reason: 'mismatch' })
    }
    expect(check({ body: bytes(`${EXAMPLE} `), signature })).toEqual({ ok: false, reason: 'mismatch' })
  })

  test('is refused as mismatch when the time was changed', () => {
    const body = bytes('payload=%7B%7D')
    const signature = sign(body, String(NOW_S))
    expect(check({ timestamp: String(NOW_S + 1), signature })).toEqual({ ok: false, reason: 'mismatch' })
  })

  test('is refused as mismatch when it was made with another secret', () => {
    const signature = sign(bytes('payload=%7B%7D'), String(NOW_S), 'another')
    expect(check({ signature })).toEqual({ ok: false, reason: 'mismatch' })
  })

  test.each([
    ['stale', -301],
    ['future', 301],
    ['stale', -86_400],
    ['future', 86_400 * 365],
  ])('is refused as %s %i seconds off', (reason, seconds) => {
    expect(check({ timestamp: String(NOW_S + seconds) })).toEqual({ ok: false, reason })
  })

  test.each([-300, -1, 0, 1, 300])('passes %i seconds off', (seconds) => {
    expect(check({ timestamp: String(NOW_S + seconds) })).toEqual({ ok: true })
  })

  test.each([
    ['no signature', { signature: undefined }],
    ['an empty signature', { signature: '' }],
    ['no time', { timestamp: undefined }],
    ['an empty time', { timestamp: '' }],
  ])('is refused as missing with %s', (_, over) => {
    expect(check(over)).toEqual({ ok: false, reason: 'missing' })
  })

  const right = sign(bytes('payload=%7B%7D'), String(NOW_S))
  test.each<[string, Partial<SignatureCheck>]>([
    ['another version', { signature: right.replace('v0', 'v1') }],
    ['capitals', { signature: right.toUpperCase() }],
    ['a digit too few', { signature: right.slice(0, -1) }],
    ['a digit too many', { signature: `${right}0` }],
    ['two of them', { signature: `${right}, ${right}` }],
    ['no hexadecimal', { signature: `v0=${'g'.repeat(64)}` }],
    ['a time in milliseconds', { timestamp: String(NOW_S * 1_000) }],
    ['a time below zero', { timestamp: '-1' }],
    ['a time with a fraction', { timestamp: `${NOW_S}.5` }],
    ['a time in another base', { timestamp: '0x6b03a900' }],
    ['a time with a sign', { timestamp: `+${NOW_S}` }],
    ['a time that is none', { timestamp: 'NaN' }],
    ['a line more', { timestamp: `${NOW_S}\n` }],
  ])('is refused as malformed with %s', (_, over) => {
    expect(check({ signature: right, ...over })).toEqual({ ok: false, reason: 'malformed' })
  })

  test.each([[[]], [['']], [['', '']]])('is refused as unconfigured where the secrets are %j', (secrets) => {
    // Signed with nothing: what anybody could do.
    const signature = sign(bytes('payload=%7B%7D'), String(NOW_S), '')
    expect(check({ secrets, signature })).toEqual({ ok: false, reason: 'unconfigured' })
  })

  test('never throws, whatever the headers hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (signature, timestamp) => !check({ signature, timestamp }).ok),
      { numRuns: 500 },
    )
  })
})
