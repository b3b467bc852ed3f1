import { Signature } from '@hubspot/api-client/lib/src/utils/signature.js'
import { describe, expect, test } from 'vitest'
import { calledUri } from '../../integrations/hubspot/signed-request.ts'
import {
  type SignedRequest,
  signedUri,
  verifyV2,
  verifyV2OrV3,
  verifyV3,
} from '../../integrations/hubspot/verify-signature.ts'
import { SECRET, signV2, signV3 } from '../support/hubspot-calls.ts'

const NOW = 1_780_000_000_000
const URI = 'https://loyalty.example.org/hubspot/webhook'
const BODY = '[{"eventId":1,"name":"Zoë Աննա"}]'

const request = (
  headers: Record<string, string | undefined>,
  over: Partial<Omit<SignedRequest, 'header' | 'body'>> & { body?: string } = {},
): SignedRequest => ({
  method: over.method ?? 'POST',
  uri: over.uri ?? URI,
  body: new TextEncoder().encode(over.body ?? BODY),
  header: (name) => headers[name],
})
const options = { secrets: [SECRET], nowMs: NOW }
const signed = signV3({ uri: URI, body: BODY }, NOW)
const SIGNATURE = 'x-hubspot-signature-v3'
const TIME = 'x-hubspot-request-timestamp'

describe('version 3', () => {
  test.each<[string, SignedRequest, Partial<typeof options>?]>([
    ['when it is valid', request(signed)],
    ['with the second of two secrets', request(signed), { secrets: ['another', SECRET] }],
    ['five minutes late', request(signed), { nowMs: NOW + 300_000 }],
    ['five minutes early', request(signed), { nowMs: NOW - 300_000 }],
    [
      'of a GET without a body',
      request(signV3({ method: 'GET', uri: `${URI}?a=1` }, NOW), { method: 'GET', uri: `${URI}?a=1`, body: '' }),
    ],
    [
      'when the address came with characters that are signed as they are',
      request(signV3({ method: 'GET', uri: `${URI}?userEmail=sam@example.org&q=a%20b,c` }, NOW), {
        method: 'GET',
        uri: `${URI}?userEmail=sam%40example.org&q=a%20b%2Cc`,
        body: '',
      }),
    ],
  ])('is accepted %s', (_title, given, over = {}) => {
    expect(verifyV3(given, { ...options, ...over })).toEqual({ ok: true })
  })

  test.each<[string, string, SignedRequest, Partial<typeof options>?]>([
    ['missing', 'without any header', request({})],
    ['missing', 'without a timestamp', request({ ...signed, [TIME]: undefined })],
    ['missing', 'without a signature', request({ ...signed, [SIGNATURE]: '' })],
    ['missing', 'with only an older version', request(signV2({ uri: URI, body: BODY }))],
    ['malformed', 'with a timestamp that is no number', request({ ...signed, [TIME]: 'soon' })],
    ['malformed', 'with a negative timestamp', request({ ...signed, [TIME]: '-1' })],
    ['malformed', 'with a timestamp longer than any', request({ ...signed, [TIME]: '9'.repeat(40) })],
    ['malformed', 'with a signature that is not base64', request({ ...signed, [SIGNATURE]: '💥'.repeat(22) })],
    ['malformed', 'with a signature in hex', request({ ...signed, [SIGNATURE]: 'ab'.repeat(32) })],
    ['malformed', 'with a longer signature', request({ ...signed, [SIGNATURE]: `${signed[SIGNATURE]}=` })],
    ['stale', 'after five minutes', request(signed), { nowMs: NOW + 300_001 }],
    ['future', 'before five minutes', request(signed), { nowMs: NOW - 300_001 }],
    ['mismatch', 'over another body', request(signed, { body: BODY.replace('1', '2') })],
    ['mismatch', 'of another method', request(signed, { method: 'PUT' })],
    ['mismatch', 'of another address', request(signed, { uri: `${URI}/` })],
    ['mismatch', 'of the same address by another name', request(signed, { uri: URI.replace('loyalty', 'other') })],
    ['mismatch', 'with another timestamp', request({ ...signed, [TIME]: String(NOW + 1) })],
    ['mismatch', 'by another secret', request(signV3({ uri: URI, body: BODY, secret: 'another' }, NOW))],
    [
      'mismatch',
      'by an empty secret',
      request(signV3({ uri: URI, body: BODY, secret: '' }, NOW)),
      { secrets: ['', SECRET] },
    ],
    ['unconfigured', 'where there is no secret', request(signed), { secrets: [] }],
    [
      'unconfigured',
      'where the secret is empty',
      request(signV3({ uri: URI, body: BODY, secret: '' }, NOW)),
      { secrets: [''] },
    ],
  ])('is refused as %s %s', (reason, _title, given, over = {}) => {
    expect(verifyV3(given, { ...options, ...over })).toEqual({ ok: false, reason })
  })
})

test.each(['v2', 'v3'] as const)('what the SDK signs as %s is accepted', (version) => {
  const method = 'POST'
  const signature = Signature.getSignature(method, version, {
    signature: '',
    clientSecret: SECRET,
    requestBody: BODY,
    url: URI,
    timestamp: NOW,
  })
  const headers =
    version === 'v2' ? { 'x-hubspot-signature': signature } : { [SIGNATURE]: signature, [TIME]: String(NOW) }
  const verify = version === 'v2' ? verifyV2 : verifyV3
  expect(verify(request(headers), options)).toEqual({ ok: true })
})

test('only twelve characters of an address are decoded before it is signed', () => {
  expect(signedUri('https://a.example/%3a%2F%3F%40%21%24%27%28%29%2A%2c%3B')).toBe("https://a.example/:/?@!$'()*,;")
  expect(signedUri('/?a=%20%26%3D%25%23%2B%C3%AB%E1')).toBe('/?a=%20%26%3D%25%23%2B%C3%AB%E1')
})

describe('version 2', () => {
  const older = signV2({ uri: URI, body: BODY })
  test.each<[string, SignedRequest]>([
    ['when it is valid', request(older)],
    ['when it does not say its version', request({ ...older, 'x-hubspot-signature-version': undefined })],
  ])('is accepted %s', (_title, given) => {
    expect(verifyV2(given, options)).toEqual({ ok: true })
  })

  // https://legacydocs.hubspot.com/docs/faq/v2-request-validation
  test.each([
    ['GET', '', 'eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e'],
    ['POST', '{"example_field":"example_value"}', '9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900'],
  ])('of a %s is what HubSpot’s own example says', (method, body, signature) => {
    const given = request(
      { 'x-hubspot-signature': signature },
      { method, uri: 'https://www.example.com/webhook_uri', body },
    )
    const secrets = ['yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy']
    expect(verifyV2(given, { secrets, nowMs: NOW })).toEqual({ ok: true })
  })

  test.each<[string, string, SignedRequest, Partial<typeof options>?]>([
    ['missing', 'without a header', request({})],
    ['malformed', 'of version 1', request({ ...older, 'x-hubspot-signature-version': 'v1' })],
    ['malformed', 'in base64', request({ 'x-hubspot-signature': signed[SIGNATURE] })],
    ['mismatch', 'over another body', request(older, { body: `${BODY} ` })],
    ['mismatch', 'of another method', request(older, { method: 'GET' })],
    ['mismatch', 'of another address', request(older, { uri: `${URI}?a=1` })],
    ['mismatch', 'by another secret', request(signV2({ uri: URI, body: BODY, secret: 'another' }))],
    ['unconfigured', 'where there is no secret', request(older), { secrets: [''] }],
  ])('is refused as %s %s', (reason, _title, given, over = {}) => {
    expect(verifyV2(given, { ...options, ...over })).toEqual({ ok: false, reason })
  })
})

describe('of versions 2 and 3', () => {
  const older = signV2({ uri: URI, body: BODY })
  test('either is enough', () => {
    expect(verifyV2OrV3(request(signed), options)).toEqual({ ok: true })
    expect(verifyV2OrV3(request(older), options)).toEqual({ ok: true })
    expect(verifyV2OrV3(request({ ...older, ...signed, [TIME]: '1' }), options)).toEqual({ ok: true })
  })

  test('the newer says why both are refused', () => {
    expect(verifyV2OrV3(request({}), options)).toEqual({ ok: false, reason: 'missing' })
    expect(verifyV2OrV3(request(signed), { ...options, nowMs: NOW + 400_000 })).toEqual({ ok: false, reason: 'stale' })
    expect(verifyV2OrV3(request(older, { body: 'other' }), options)).toEqual({ ok: false, reason: 'mismatch' })
    expect(verifyV2OrV3(request(signed), { ...options, secrets: [] })).toEqual({ ok: false, reason: 'unconfigured' })
  })
})

test.each([
  ['http://127.0.0.1:8787/hubspot/card?a=%40', null, 'http://127.0.0.1:8787/hubspot/card?a=%40'],
  [
    'http://127.0.0.1:8787/hubspot/card?a=%40',
    'https://loyalty.example.org',
    'https://loyalty.example.org/hubspot/card?a=%40',
  ],
  ['http://inner/hubspot/card', 'https://loyalty.example.org/shop/', 'https://loyalty.example.org/shop/hubspot/card'],
])('of %s behind %s, %s is what was signed', (url, publicUrl, uri) => {
  expect(calledUri(url, publicUrl)).toBe(uri)
})
