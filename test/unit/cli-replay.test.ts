import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyStripeSignature } from '../../integrations/stripe/verify-signature.ts'
import { customerSlug, hashFile, purchaseId, readHistory, share, shuffle } from '../../src/cli/replay-rows.ts'
import { percentile } from '../../src/cli/replay-send.ts'
import { runInMemory } from '../support/cli-context.ts'
import { goodwill, NOW } from '../support/http-fake-app.ts'

let file = ''
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'regulars-cli-')), 'history.csv')
})
afterEach(() => rmSync(join(file, '..'), { recursive: true, force: true }))

interface Received {
  id: string
  type: string
  created: number
  data: { object: Record<string, unknown> }
}

/** A server that verifies what it gets and answers as told. */
function fakeServer(
  answer: (event: Received, tries: number) => Response = () => Response.json({ outcome: 'recorded' }),
) {
  const events: Received[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (String(input).endsWith('/healthz')) return Response.json({ status: 'alive' })
    const payload = new TextEncoder().encode(String(init?.body))
    const header = new Headers(init?.headers).get('stripe-signature') ?? undefined
    const verified = verifyStripeSignature({ payload, header, secrets: ['whsec_test'], nowMs: NOW })
    if (!verified.ok)
      return Response.json({ detail: 'The signature matches none of the signing secrets.' }, { status: 400 })
    const event: Received = JSON.parse(String(init?.body))
    events.push(event)
    return answer(event, events.filter(({ id }) => id === event.id).length)
  }
  return { events, fetch }
}

const withSecret = { stripe: { secretKey: null, webhookSecrets: ['whsec_test'], apiUrl: null } }

async function replay(csv: string, words: string[] = [], server = fakeServer()) {
  writeFileSync(file, csv)
  const run = await runInMemory(['replay', file, ...words], { fetch: server.fetch, settings: withSecret })
  return { ...run, events: server.events }
}

const HISTORY =
  'customer,date,items,dollars\n0001,1997-01-01,2,29.33\n0001,19970101,1,5\n2,1996-12-31,1,10.00\n2,1997-02-02,0,0.00\n'

describe('a history of purchases', () => {
  test('goes by the names of its columns; lines of 0 or less are no purchases', async () => {
    writeFileSync(file, `${HISTORY}3,1997-02-02,0,-4\nx,soon,1,1\ny,1997-02-02,1,1.234\n,1997-02-02,1,1\n`)
    const history = await readHistory(file, { currency: 'usd', zone: 'America/New_York', limit: null })
    expect(history.purchases[0]).toEqual({
      line: 2,
      customer: '0001',
      at: Date.parse('1997-01-01T17:00:00Z'),
      amountMinor: 2933,
    })
    expect([history.rows, history.purchases.length, history.skipped]).toEqual([8, 3, 2])
    expect(history.problems.map(({ line, column }) => [line, column])).toEqual([
      [7, 'date'],
      [8, 'amount'],
      [9, 'customer'],
    ])
  })

  test('has ids that depend on content and line alone', async () => {
    writeFileSync(file, HISTORY)
    const hash = await hashFile(file)
    expect(purchaseId(hash, 2)).toBe(purchaseId(hash, 2))
    expect(purchaseId(hash, 2)).not.toBe(purchaseId(hash, 3))
    writeFileSync(file, `${HISTORY}3,1997-02-02,1,4\n`)
    expect(await hashFile(file)).not.toBe(hash)
  })

  test('tells customers apart, also by case and script', () => {
    const customers = ['0001', '1', 'a-b', 'A-B', 'a_b', 'ቢቂላ', 'ada@example.org', '']
    const slugs = customers.map(customerSlug)
    expect(new Set(slugs).size).toBe(customers.length)
    for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9-]+$/)
    expect(customerSlug('0001')).toBe('0001')
  })

  test('is shuffled the same by the same seed', () => {
    const items = Array.from({ length: 50 }, (_, n) => n)
    expect(shuffle(items, 7)).toEqual(shuffle(items, 7))
    expect(shuffle(items, 7)).not.toEqual(shuffle(items, 8))
    expect(shuffle(items, 7).toSorted((a, b) => a - b)).toEqual(items)
  })

  test('is shared so that no purchase of a customer overtakes another', () => {
    const items = ['a1', 'b1', 'a2', 'c1', 'b2', 'a3']
    expect(share(items, 2, (item) => item.charAt(0))).toEqual([
      ['a1', 'a2', 'c1', 'a3'],
      ['b1', 'b2'],
    ])
    expect(share(items, 2, null)).toEqual([
      ['a1', 'a2', 'b2'],
      ['b1', 'c1', 'a3'],
    ])
  })
})

describe('replay', () => {
  test('sends a signed charge for each purchase, oldest first', async () => {
    const { code, out, events } = await replay(HISTORY)
    expect(code).toBe(0)
    expect(events.map(({ type, data }) => [type, data.object.amount])).toEqual([
      ['charge.succeeded', 1000],
      ['charge.succeeded', 2933],
      ['charge.succeeded', 500],
    ])
    expect(events[1]?.data.object).toMatchObject({
      customer: 'cus_replay0001',
      currency: 'usd',
      billing_details: { email: 'customer-0001@replay.example' },
    })
    expect(new Set(events.map(({ id }) => id)).size).toBe(3)
    expect(out).toContain('4 rows: 1 of 0 or less skipped, they are no purchases.')
    expect(out).toContain('3 events sent: 3 recorded, 0 duplicate, 0 failed.')
  })

  test('sends the same events when the same file is sent again', async () => {
    const ids = ({ events }: { events: Received[] }) => events.map(({ id }) => id).sort()
    expect(ids(await replay(HISTORY, ['--shuffle', '--seed', '3']))).toEqual(ids(await replay(HISTORY)))
  })

  test('refunds each purchase in full, by both events', async () => {
    const charges = (await replay(HISTORY, ['--concurrency', '1'])).events.map(({ data }) => data.object.id)
    const { events } = await replay(HISTORY, ['--refund', '--concurrency', '1'])
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual(['refund.created', 'charge.refunded'])
    const refunded = events.filter(({ type }) => type === 'charge.refunded')
    expect(refunded.map(({ data }) => data.object.id)).toEqual(charges)
    expect(refunded.every(({ data }) => data.object.amount_refunded === data.object.amount)).toBe(true)
  })

  test('comes again after a 503, and counts other refusals as failed', async () => {
    const server = fakeServer((event, tries) => {
      if (event.data.object.amount === 2933) return Response.json({ detail: 'No.' }, { status: 413 })
      return tries < 3 ? Response.json({ detail: 'Later.' }, { status: 503 }) : Response.json({ outcome: 'duplicate' })
    })
    const { code, out } = await replay(HISTORY, [], server)
    expect([code, out]).toEqual([1, expect.stringContaining('3 events sent: 0 recorded, 2 duplicate, 1 failed.')])
    expect(out).toContain('The server answered 413: No.')
  })

  test('gives up on a server that never has room', async () => {
    const server = fakeServer(() => Response.json({ detail: 'Later.' }, { status: 503 }))
    const { code, out } = await replay('customer,date,amount\n1,1997-01-01,5\n', [], server)
    expect([code, out]).toEqual([1, expect.stringContaining('1 failed')])
    expect(server.events).toHaveLength(10)
  })

  test('keeps to the rate', async () => {
    const rows = Array.from({ length: 20 }, (_, n) => `${n},1997-01-01,5\n`).join('')
    const { out } = await replay(`customer,date,amount\n${rows}`, ['--rate', '2', '--concurrency', '1'])
    const [, seconds] = /^([\d.]+) s, /m.exec(out) ?? []
    expect(Number(seconds)).toBeGreaterThan(9)
  })

  test('says that a signature was not accepted, and what to do', async () => {
    writeFileSync(file, HISTORY)
    const stripe = { secretKey: null, webhookSecrets: ['whsec_other'], apiUrl: null }
    const run = await runInMemory(['replay', file], { fetch: fakeServer().fetch, settings: { stripe } })
    expect([run.code, run.out]).toEqual([
      1,
      expect.stringContaining('Run this with the server’s STRIPE_WEBHOOK_SECRET'),
    ])
  })

  test('says that no server answers', async () => {
    writeFileSync(file, HISTORY)
    const { code, err } = await runInMemory(['replay', file], { settings: withSecret })
    expect([code, err]).toEqual([1, expect.stringContaining('no server answers at http://127.0.0.1:8787')])
  })

  test.each([
    ['--rate', '0'],
    ['--concurrency', 'many'],
    ['--limit', '-1'],
    ['--url', 'nowhere'],
    ['--currency', 'coins'],
  ])('refuses %s %s', async (option, value) => {
    writeFileSync(file, HISTORY)
    expect((await runInMemory(['replay', file, `${option}=${value}`])).code).toBe(2)
  })
})

test('a percentile is the nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, n) => 100 - n)
  expect([percentile(values, 50), percentile(values, 99), percentile([], 50), percentile([3], 99)]).toEqual([
    50, 99, 0, 3,
  ])
})

describe('pay', () => {
  const pay = async (words: string[], server = fakeServer(), over = {}) => {
    const run = await runInMemory(['pay', ...words], { fetch: server.fetch, settings: withSecret, ...over })
    return { ...run, events: server.events }
  }

  test('sends the three events of one payment and says where the member stands', async () => {
    const { code, out, events } = await pay(['ada@example.org', '49.90', '--name', 'Ada'])
    expect(code).toBe(0)
    expect(events.map(({ type }) => type)).toEqual([
      'payment_intent.succeeded',
      'charge.succeeded',
      'checkout.session.completed',
    ])
    expect(events[1]?.data.object).toMatchObject({ amount: 4990, currency: 'usd', billing_details: { name: 'Ada' } })
    expect(events[2]?.data.object).toMatchObject({ customer_details: { name: 'Ada', email: 'ada@example.org' } })
    expect(out).toContain('$49.90 from ada@example.org: recorded.')
    expect(out).toContain('Ada Lovelace has 1,240 points now and 100 pending, Gold.')
  })

  test('says what was bought, so that no rule about products waits for it', async () => {
    const bought = (events: Received[]) => events[2]?.data.object.line_items
    const { events } = await pay(['ada@example.org', '5', '--product', 'prod_gift_card'])
    expect(bought(events)).toMatchObject({ data: [{ amount_total: 500, price: { product: 'prod_gift_card' } }] })
    const unnamed = await pay(['ada@example.org', '5'])
    expect(bought(unnamed.events)).toMatchObject({ data: [{ price: { product: 'prod_test' } }], has_more: false })
  })

  test('tells all that followed from the payment, however much it was', async () => {
    const entries = Array.from({ length: 6 }, (_, n) => ({
      ...goodwill,
      source: 'stripe:evt_id1pi',
      reason: `Line ${n}`,
    }))
    const app = {
      ledger: async (_: string, { limit }: { limit: number }) => ({
        ok: true as const,
        value: { items: entries.slice(0, limit), next: null },
      }),
    }
    const { out } = await pay(['ada@example.org', '5'], fakeServer(), { app })
    for (const { reason } of entries) expect(out).toContain(reason)
  })

  test('pays in another currency, at another time', async () => {
    const { events } = await pay(['ada@example.org', '500', '--currency', 'JPY', '--at', '2026-03-01'])
    expect(events[1]?.data.object).toMatchObject({ amount: 500, currency: 'jpy' })
    expect(events[1]?.created).toBe(Date.parse('2026-03-01T12:00:00Z') / 1000)
  })

  test('signs with the sandbox’s own secret where none is set', async () => {
    const getSetting = async (name: string) => (name === 'local_webhook_secret' ? 'whsec_test' : null)
    const { code } = await pay(['ada@example.org', '1'], fakeServer(), { settings: {}, app: { getSetting } })
    expect(code).toBe(0)
    const none = await pay(['ada@example.org', '1'], fakeServer(), { settings: {} })
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('there is no secret to sign with')])
  })

  test.each([
    [['ada', '1'], '"ada" is no e-mail address'],
    [['a@b.c', '1.234'], 'AMOUNT has too many decimals'],
    [['a@b.c', '0'], 'AMOUNT must be above 0'],
    [['a@b.c', '1', '--currency', 'xx'], '--currency must be'],
    [['a@b.c', '1', '--at', 'noon'], '--at must be a date'],
  ])('refuses %j: %s', async (words, message) => {
    const { code, err, events } = await pay(words)
    expect([code, err, events]).toEqual([2, expect.stringContaining(message), []])
  })

  test('says that a server in live mode ignores test payments', async () => {
    const { code, out } = await pay(
      ['a@b.c', '1'],
      fakeServer(() => Response.json({ outcome: 'ignored' })),
    )
    expect([code, out]).toEqual([1, expect.stringContaining('holds live payments')])
  })
})
