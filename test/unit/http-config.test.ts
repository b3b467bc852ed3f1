// The environment: defaults, and words for whatever is wrong, without a secret in them.
import { describe, expect, test } from 'vitest'
import { type Config, isLoopback, parseConfig } from '../../src/config.ts'

function read(env: Record<string, string>): Config {
  const parsed = parseConfig(env)
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.config
}
const problemsOf = (env: Record<string, string>): string[] => {
  const parsed = parseConfig(env)
  return parsed.ok ? [] : parsed.problems
}

test('nothing set is the sandbox on the usual port', () => {
  expect(read({})).toMatchObject({
    port: 8787,
    host: '127.0.0.1',
    databasePath: 'data/regulars.db',
    programFile: 'program.json',
    apiKeys: [],
    logLevel: 'info',
    local: true,
  })
})

test('what is set to nothing is not set', () => {
  expect(read({ PORT: '', STRIPE_WEBHOOK_SECRET: ' ', API_KEYS: '', LOG_LEVEL: '' })).toEqual(read({}))
})

test('API keys have a name, a key and a scope, write unless it is said', () => {
  const { apiKeys } = read({
    API_KEYS: 'shop:0123456789abcdef, report:fedcba9876543210:read ,boss:abc-ABC_~abcdefgh:admin,',
  })
  expect(apiKeys).toEqual([
    { name: 'shop', key: '0123456789abcdef', scope: 'write' },
    { name: 'report', key: 'fedcba9876543210', scope: 'read' },
    { name: 'boss', key: 'abc-ABC_~abcdefgh', scope: 'admin' },
  ])
})

test('signing secrets may be several, for rotation', () => {
  expect(read({ STRIPE_WEBHOOK_SECRET: 'whsec_a, whsec_b' }).stripe.webhookSecrets).toEqual(['whsec_a', 'whsec_b'])
})

test('a short key works, with a warning that does not repeat it', () => {
  const { warnings } = read({ API_KEYS: 'shop:hunter2' })
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).not.toContain('hunter2')
})

describe('the sandbox', () => {
  test.each<[string, Record<string, string>]>([
    ['a Stripe key', { STRIPE_SECRET_KEY: 'sk_test_x' }],
    ['a signing secret', { STRIPE_WEBHOOK_SECRET: 'whsec_x' }],
    ['a HubSpot token', { HUBSPOT_ACCESS_TOKEN: 'pat-x' }],
    ['a HubSpot secret', { HUBSPOT_CLIENT_SECRET: 'x' }],
    ['a Slack token', { SLACK_BOT_TOKEN: 'xoxb-x' }],
    ['a Slack secret', { SLACK_SIGNING_SECRET: 'x' }],
    ['an address others can reach', { HOST: '0.0.0.0' }],
    ['every address', { HOST: '::' }],
    ['production', { NODE_ENV: 'production' }],
  ])('ends with %s', (_, env) => {
    expect(read(env).local).toBe(false)
  })

  test.each(['localhost', '127.0.0.1', '127.8.9.10', '::1'])('may listen on %s', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  test.each(['0.0.0.0', '::', '192.168.0.1', '127.0.0.1.example.org', 'example.org'])(
    'may not listen on %s',
    (host) => {
      expect(isLoopback(host)).toBe(false)
    },
  )
})

test('everything that is wrong is told at once, by name, without what was given', () => {
  const problems = problemsOf({
    PORT: '99999',
    PUBLIC_URL: 'loyalty',
    STRIPE_API_URL: 'ftp://127.0.0.1',
    API_KEYS: 'onlyakey-secret1,shop:k-secret2:superuser,a b:secret3',
    STRIPE_SECRET_KEY: 'pk_test_secret4',
    STRIPE_WEBHOOK_SECRET: 'sk_live_secret5',
    SLACK_BOT_TOKEN: 'xapp-secret6',
    SLACK_SIGNING_SECRET: 'abc, xoxb-secret7',
    LOG_LEVEL: 'loud',
  })
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
    'PORT',
    'PUBLIC_URL',
    'API_KEYS',
    'API_KEYS',
    'API_KEYS',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRET',
    'STRIPE_API_URL',
    'SLACK_BOT_TOKEN',
    'SLACK_SIGNING_SECRET',
    'LOG_LEVEL',
  ])
  expect(problems.join('\n')).not.toContain('secret1')
  expect(problems.join('\n')).not.toMatch(/secret[2-7]/)
})

test.each([
  ['one name for two keys', 'shop:aaaaaaaaaaaaaaaa,shop:bbbbbbbbbbbbbbbb', 'API_KEYS uses one name for two keys'],
  ['one key for two names', 'shop:aaaaaaaaaaaaaaaa,till:aaaaaaaaaaaaaaaa:read', 'API_KEYS gives one key to two names'],
])('%s is refused', (_, keys, problem) => {
  expect(problemsOf({ API_KEYS: keys })).toEqual([problem])
})

test.each([
  ['1', true],
  ['yes', true],
  ['TRUE', true],
  ['0', false],
  ['no', false],
  ['', false],
])('REGULARS_PAUSED=%s is understood', (given, paused) => {
  expect(read({ REGULARS_PAUSED: given })).toMatchObject({ paused })
})

test('a word for paused that nobody knows is refused: half a pause would be none', () => {
  expect(problemsOf({ REGULARS_PAUSED: 'on' })).toEqual(['REGULARS_PAUSED must be 1 (paused) or 0'])
})
