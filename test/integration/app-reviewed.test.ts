// What an independent review found: each of these once went wrong.
import { afterEach, describe, expect, it } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import { createStore } from '../../src/store/store.ts'
import { openDatabase } from '../support/database.ts'
import { levels, makeProgram } from '../support/programs.ts'
import { stripeEvent, stripePayment } from '../support/stripe-events.ts'
import { createWorld, memoryStore, staff, type World } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000
const ADA = 'email:ada@example.org'
const opened: World[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((world) => world.close()))
})

async function world(
  over: Partial<ProgramInput> = {},
  options: Partial<Parameters<typeof createWorld>[0]> = {},
): Promise<World> {
  const made = await createWorld({ program: makeProgram(over), now: NOW, ...options })
  opened.push(made)
  return made
}

async function member(w: World, ref = ADA) {
  const found = await w.app.getMember(ref)
  if (!found.ok) throw new Error(`${ref}: ${found.code}`)
  return found.value
}

const isClean = async (w: World) => expect((await w.app.verify()).discrepancies).toEqual([])
const on = (month: number, day: number) => Date.UTC(2026, month - 1, day, 12)

describe('points that ended by inactivity', () => {
  const idle: Partial<ProgramInput> = { points: { expiry: { kind: 'inactivity', months: 3 } } }
  it('stay ended, however often the member comes back', async () => {
    const w = await world(idle, { now: on(1, 10) })
    const buy = async (at: number, amount: number) => {
      w.clock.at = at
      await w.deliver(stripePayment({ at, amount }).charge())
    }
    await buy(on(1, 10), 10_000)
    w.clock.at = on(5, 1)
    await w.app.settleDue(10)
    await buy(on(7, 1), 1_000)
    await buy(on(8, 1), 1_000)
    expect((await member(w)).points).toMatchObject({ available: 20, expired: 100 })
    await isClean(w)
  })
  it('are there again when a purchase in between is heard of late, as far as that carries them', async () => {
    const w = await world(idle, { now: on(8, 15) })
    await w.deliver(stripePayment({ at: on(1, 10), amount: 10_000 }).charge())
    await w.deliver(stripePayment({ at: on(6, 20), amount: 1_000 }).charge())
    await w.app.settleDue(10)
    expect((await member(w)).points).toMatchObject({ available: 10, expired: 100 })
    await w.deliver(stripePayment({ at: on(2, 1), amount: 100 }).charge())
    expect((await member(w)).points).toMatchObject({ available: 10, expired: 101 })
    await w.deliver(stripePayment({ at: on(4, 15), amount: 100 }).charge())
    expect((await member(w)).points).toMatchObject({ available: 112, expired: 0 })
    await isClean(w)
  })
})

describe('a program whose tiers come or go', () => {
  const tiers: Partial<ProgramInput> = {
    tiers: { window: { kind: 'lifetime' }, levels: levels(['base', 0], ['gold', 500]) },
  }
  it('does without them at once', async () => {
    const store = await memoryStore()
    const kept: Partial<ProgramInput> = { tiers: { levels: levels(['base', 0], ['gold', 50]) } }
    const before = await createWorld({ program: makeProgram(kept), store, now: NOW })
    await before.deliver(stripePayment({ at: NOW - DAY }).charge())
    const after = await world({}, { store, now: Date.UTC(2028, 5, 1) })
    expect((await member(after)).tier).toBe(null)
    await after.app.settleDue(10)
  })
  it('counts what was bought before it had any', async () => {
    const store = await memoryStore()
    const before = await createWorld({ program: makeProgram(), store, now: NOW })
    await before.deliver(stripePayment({ at: NOW - 9 * DAY, amount: 100_000 }).charge())
    const after = await world(tiers, { store })
    expect((await member(after)).tier?.id).toBe('gold')
    const p = stripePayment({ at: NOW - DAY, amount: 1_100, tax: 100 })
    await after.deliver(p.charge())
    await after.deliver(p.session())
    expect((await member(after)).tier?.id).toBe('gold')
  })
})

describe('Stripe’s mode', () => {
  it('is pinned though the first commit failed', async () => {
    const store = await memoryStore()
    const w = await world({}, { store })
    let failing = true
    const broken = await world(
      {},
      {
        store: {
          ...store,
          commit: (unit) =>
            failing
              ? store.commit((tx) => {
                  unit(tx)
                  throw new Error('disk')
                })
              : store.commit(unit),
        },
      },
    )
    await Promise.all([1, 2].map(() => broken.deliver(stripePayment({ at: NOW }).charge()).catch(() => null)))
    failing = false
    expect(await broken.deliver(stripePayment({ at: NOW }).charge())).toBe('recorded')
    expect(await w.deliver({ ...stripePayment({ at: NOW }).charge(), livemode: true })).toBe('ignored')
  })
  it('is not what a connected account’s test event says', async () => {
    const w = await world()
    expect(await w.deliver({ ...stripePayment({ at: NOW }).charge(), account: 'acct_1' })).toBe('recorded')
    expect(await w.deliver({ ...stripePayment({ at: NOW }).charge(), livemode: true })).toBe('recorded')
  })
})

describe('a shortfall that is forgiven', () => {
  const forgiving: Partial<ProgramInput> = { points: { shortfall: 'forgive' } }
  it('is so once, when a payment is taken back and given again', async () => {
    const w = await world({
      ...forgiving,
      stacking: 'best',
      earning: [
        { id: 'gross', on: 'purchase', points: 3, base: 'gross', minimum: 100 },
        { id: 'net', on: 'purchase' },
      ],
    })
    const p = stripePayment({ at: NOW - DAY, amount: 10_500, tax: 1_000 })
    await w.deliver(p.charge())
    const before = (await member(w)).points.available
    await w.app.adjustPoints(ADA, { points: -before, reason: 'spent' }, staff, null)
    await w.deliver(p.session())
    await w.deliver(p.refunded(5_250))
    expect((await member(w)).points.available).toBe(0)
    await isClean(w)
  })
  it('creates no points when two payments prove to be one', async () => {
    const w = await world(forgiving)
    const p = stripePayment({ at: NOW - 2 * DAY, amount: 6_000 })
    await w.deliver(p.charge({ payment_intent: null }))
    await w.deliver(
      stripeEvent(
        'payment_intent.succeeded',
        {
          id: p.pi,
          object: 'payment_intent',
          amount: 6_000,
          amount_received: 6_000,
          status: 'succeeded',
          currency: 'usd',
          created: (NOW - 2 * DAY) / 1000,
          customer: null,
          receipt_email: 'ada@example.org',
          metadata: {},
        },
        NOW,
      ),
    )
    await w.app.adjustPoints(ADA, { points: -120, reason: 'spent' }, staff, null)
    await w.deliver(p.charge())
    expect((await member(w)).points.available).toBe(0)
    await isClean(w)
  })
})

describe('what was known before it was known who', () => {
  it('still decides', async () => {
    const w = await world({ earning: [{ id: 'store', on: 'purchase', when: { metadata: { channel: 'store' } } }] })
    const p = stripePayment({ at: NOW - DAY })
    await w.deliver(p.charge({ metadata: { channel: 'store' }, billing_details: { email: null } }))
    await w.deliver(p.session())
    expect((await member(w)).points.available).toBe(100)
  })
  it('does not bind a new customer to the card’s address when the checkout says another', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW - DAY, customer: 'cus_x', email: 'checkout@example.org' })
    await w.deliver(p.charge({ billing_details: { email: 'card@example.org' } }))
    await w.deliver(p.session())
    expect((await member(w, 'stripe:cus_x')).email).toBe('checkout@example.org')
    expect(await w.app.listMembers({ limit: 10, cursor: 'zzz' })).toMatchObject({ code: 'invalid_request' })
    expect((await w.app.listMembers({ limit: 10 })).ok && (await w.app.stats()).members).toBe(1)
  })
  it('does not lose what staff gave a guest who turns out to be somebody else', async () => {
    const w = await world()
    await w.deliver(stripePayment({ at: NOW - 9 * DAY, email: 'right@example.org' }).charge())
    const p = stripePayment({ at: NOW - DAY, email: 'right@example.org' })
    await w.deliver(p.charge({ billing_details: { email: 'wrong@example.org' } }))
    await w.app.adjustPoints('email:wrong@example.org', { points: 50, reason: 'sorry' }, staff, null)
    await w.deliver(p.session())
    expect((await member(w, 'email:right@example.org')).points.available).toBe(250)
    await isClean(w)
  })
})

describe('questions to Stripe', () => {
  it('are asked of a thin event though its charge is known', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW })
    await w.deliver(p.charge({ captured: false, amount_captured: 0 }))
    const lookup = (type: string) => ({
      kind: 'stripe.event' as const,
      id: p.ch,
      account: null,
      type,
      object: 'charge',
      eventAt: NOW,
    })
    for (const type of ['charge.captured', 'charge.refunded'])
      await w.app.recordEvent({
        id: `evt_thin_${type.slice(7)}`,
        type: `v1.${type}`,
        livemode: false,
        at: NOW,
        payload: '{}',
        translation: { kind: 'facts', facts: [], lookups: [lookup(type)] },
      })
    expect((await w.app.listOutbox({ limit: 10 })).items.map(({ kind }) => kind)).toEqual([
      'stripe.event',
      'stripe.event',
    ])
  })
  it('are not asked again about a charge that was never captured', async () => {
    const w = await world()
    const p = stripePayment({ at: NOW })
    await w.deliverAll([p.charge({ captured: false, amount_captured: 0 }), p.refund(100)])
    expect((await w.app.listOutbox({ limit: 10 })).items).toEqual([])
  })
})

describe('a parked event that is delivered again after the mend', () => {
  it('leaves the inbox', async () => {
    const w = await world()
    const event = stripePayment({ at: NOW }).charge()
    const incoming = { id: event.id, type: event.type, livemode: false, at: NOW, payload: '{}' }
    expect(await w.app.recordEvent({ ...incoming, translation: { kind: 'odd', reason: 'not understood' } })).toBe(
      'parked',
    )
    expect(await w.app.recordEvent({ ...incoming, translation: { kind: 'odd', reason: 'not understood' } })).toBe(
      'parked',
    )
    expect(await w.deliver(event)).toBe('recorded')
    expect((await w.app.listInbox({ limit: 10 })).items.filter(({ state }) => state === 'parked')).toEqual([])
    expect(await w.deliver(event)).toBe('duplicate')
  })
})

describe('a change of the program', () => {
  it('shortens no lot through its payment’s next event', async () => {
    const store = await memoryStore()
    const first = await createWorld({
      program: makeProgram({ points: { expiry: { kind: 'after', months: 6 } } }),
      store,
      now: on(4, 1),
    })
    const p = stripePayment({ at: on(4, 1) })
    await first.deliver(p.charge())
    const never: Partial<ProgramInput> = {
      points: { expiry: { kind: 'after', months: 6 } },
      tiers: { window: { kind: 'lifetime' }, levels: levels(['base', 0], ['gold', 50, { expiry: { kind: 'never' } }]) },
    }
    const second = await world(never, { store, now: on(5, 1) })
    await second.deliver(stripePayment({ at: on(5, 1), amount: 1_000 }).charge())
    expect((await member(second)).tier?.id).toBe('gold')
    second.clock.at = NOW
    await second.deliver(p.refunded(100, 200 * DAY))
    expect((await member(second)).points).toMatchObject({ available: 109, expired: 0 })
  })
})

describe('credit on joining', () => {
  it.each(['points', 'spend', 'purchases'] as const)('counts for tiers by %s', async (metric) => {
    const threshold = { points: 100, spend: 100, purchases: 1 }[metric]
    const w = await world({
      enrolment: { automatic: false, creditPastDays: 60 },
      tiers: {
        metric,
        window: { kind: 'lifetime' },
        levels: levels(['base', 0], ['gold', threshold, { multiplier: 2 }]),
      },
    })
    for (const days of [30, 20, 10]) await w.deliver(stripePayment({ at: NOW - days * DAY }).charge())
    expect(await w.app.enrolMember({ email: 'ada@example.org' }, staff, null)).toMatchObject({ ok: true })
    expect(await member(w)).toMatchObject({ tier: { id: 'gold' }, points: { available: 500 } })
    await isClean(w)
  })
})

describe('two payments that prove to be one', () => {
  it('count once for the tier', async () => {
    const w = await world({ tiers: { window: { kind: 'lifetime' }, levels: levels(['base', 0], ['gold', 120]) } })
    const [a, b] = [
      stripePayment({ at: NOW - 2 * DAY, amount: 6_000 }),
      stripePayment({ at: NOW - 2 * DAY, amount: 4_000 }),
    ]
    await w.deliverAll([a.charge(), b.charge()])
    const payment = (id: string) => ({
      id: `inpay_${id}`,
      status: 'paid',
      payment: { type: 'payment_intent', payment_intent: id },
    })
    await w.deliver(
      stripeEvent(
        'invoice.paid',
        {
          id: 'in_two',
          object: 'invoice',
          status: 'paid',
          amount_paid: 10_000,
          amount_due: 10_000,
          total: 10_000,
          currency: 'usd',
          customer: null,
          customer_email: 'ada@example.org',
          billing_reason: 'manual',
          status_transitions: { paid_at: (NOW - DAY) / 1000 },
          created: (NOW - DAY) / 1000,
          lines: { data: [], has_more: false },
          payments: { has_more: false, data: [payment(a.pi), payment(b.pi)] },
        },
        NOW,
      ),
    )
    expect(await member(w)).toMatchObject({
      points: { available: 100 },
      tier: { id: 'base', next: { remaining: 20 } },
      purchases: 1,
    })
    await isClean(w)
  })
})

describe('erasing', () => {
  it('leaves nobody’s words in any table, also of those who were merged', async () => {
    const driver = await openDatabase()
    const w = await world({}, { store: createStore(driver) })
    const key = { holder: 'k', route: 'r', key: '1', hash: 'h' }
    await w.app.enrolMember({ email: 'secret.one@example.org', name: 'Secretname' }, staff, key)
    await w.app.adjustPoints('email:secret.one@example.org', { points: 5, reason: 'Secretnote' }, staff, null)
    await w.deliver(stripePayment({ at: NOW - DAY, customer: 'cus_secret', email: null }).charge())
    await w.deliver(
      stripePayment({ at: NOW, customer: 'cus_secret', email: 'secret.two@example.org' }).charge({
        captured: false,
        amount_captured: 0,
      }),
    )
    await w.app.mergeMembers('email:secret.one@example.org', 'stripe:cus_secret', staff, null)
    const described = (at: number) =>
      stripeEvent(
        'customer.subscription.updated',
        {
          id: 'sub_1',
          object: 'subscription',
          customer: 'cus_secret',
          status: 'active',
          items: { data: [] },
          created: at / 1000,
          metadata: {},
        },
        at,
      )
    await w.deliver(described(NOW))
    const { id } = await member(w, 'stripe:cus_secret')
    expect((await w.app.eraseMember(id, staff)).ok).toBe(true)
    await w.deliver(described(NOW + 1000))
    await w.deliver(stripePayment({ at: NOW, customer: 'cus_secret', email: 'secret.two@example.org' }).session())
    const tables = [
      'name',
      'member',
      'payment',
      'entry',
      'idempotency',
      'outbox',
      'inbox',
      'subscription',
      'invoice_failure',
    ]
    const found: string[] = []
    for (const table of tables)
      for (const row of await driver.all<Record<string, unknown>>(`SELECT * FROM ${table}`, []))
        if (/secretname|secretnote|secret\.one|cus_secret/i.test(JSON.stringify(row)))
          found.push(`${table}: ${JSON.stringify(row)}`)
    expect(found).toEqual([])
    expect(await w.app.enrolMember({ email: 'secret.one@example.org', name: 'Secretname' }, staff, key)).toMatchObject({
      ok: false,
      code: 'not_found',
    })
    await isClean(w)
  })
})
