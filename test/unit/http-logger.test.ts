// The log: lines of JSON, and nothing personal or secret in them.
import { expect, test } from 'vitest'
import { createLogger, type LogLevel, redact, redactText } from '../../src/logger.ts'

function collect(level: LogLevel = 'info') {
  const lines: string[] = []
  return { lines, logger: createLogger({ level, write: (line) => lines.push(line), now: () => 0 }) }
}

test('a line is one JSON object with time, level and message first', () => {
  const { lines, logger } = collect()
  logger.info('listening', { port: 8787, time: 'mine', level: 'mine' })
  expect(lines).toEqual(['{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"listening","port":8787}\n'])
})

test('levels below the one asked for are left out', () => {
  const { lines, logger } = collect('warn')
  logger.debug('a')
  logger.info('b')
  logger.warn('c')
  logger.error('d')
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['c', 'd'])
  const silent = collect('silent')
  silent.logger.error('e')
  expect(silent.lines).toEqual([])
})

test.each([
  'ada@example.org',
  'Ada.Lovelace+shop@mail.example.co.uk',
  'ቢቂላ@example.org',
  'ada%40example.org',
  'sk_live_51Habcdef',
  'rk_test_51Habcdef',
  'whsec_abc+/def==',
  'xoxb-1234-abcd',
  'xapp-1-A1-abc',
  'pat-na1-0123-4567',
  'Bearer abc.def',
])('%s is masked wherever it stands', (secret) => {
  expect(redactText(`before ${secret} after`)).toBe('before [redacted] after')
  const { lines, logger } = collect()
  logger.error(`failed for ${secret}`, { deep: [{ detail: `x: ${secret}` }], error: new Error(`of ${secret}`) })
  expect(lines.join('')).not.toContain(secret)
  expect(lines.join('')).toContain('[redacted]')
})

test('fields that are private by their name are masked, ids and patterns are not', () => {
  expect(
    redact({ email: 'x', phone: '5', token: 't', payload: { a: 1 }, route: '/api/v1/members/:ref', id: 'evt_1' }),
  ).toEqual({
    email: '[redacted]',
    phone: '[redacted]',
    token: '[redacted]',
    payload: '[redacted]',
    route: '/api/v1/members/:ref',
    id: 'evt_1',
  })
})

test('errors keep their name, code, stack and cause', () => {
  const cause = Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' })
  expect(redact(new TypeError('no', { cause }))).toMatchObject({
    name: 'TypeError',
    message: 'no',
    stack: expect.stringContaining('TypeError: no'),
    cause: { message: 'disk full', code: 'SQLITE_FULL' },
  })
})

test('what cannot be written as it is does not break the log', () => {
  const circle: Record<string, unknown> = { big: 10n }
  circle.self = circle
  const { lines, logger } = collect()
  logger.info('odd', { circle, long: 'x'.repeat(100_000) })
  expect(lines[0]?.length).toBeLessThan(10_000)
  expect(lines[0]).toContain('[deep]')
})
