// What waits: the outbox with its revisions, parked events, members with something due; and what must be forgotten.
import { describe, expect, test } from 'vitest'
import type { Changes, ParkedEvent, Store } from '../../src/app/store-port.ts'
import { emptyParts, type InvoiceFailureFact, type SubscriptionFact } from '../../src/core/facts.ts'
import { sampleEntry, sampleMember, samplePayment, T0 } from '../support/store-samples.ts'
import { KINDS, useStores } from '../support/stores.ts'

const put = (store: Store, changes: Changes) => store.commit(() => ({ outcome: null, changes }))
const effect = (
  key: string,
  dueAt: number | null = null,
  payload: unknown = { member: key },
  kind = 'hubspot.contact',
) => ({ kind, key, payload, dueAt })
const due = (store: Store, now: number, kinds = ['hubspot.contact']) => store.dueEffects({ kinds, now, limit: 10 })

const parked = (id: string, fields: Partial<ParkedEvent> = {}): ParkedEvent => ({
  id,
  type: 'charge.succeeded',
  reason: 'amount is missing',
  payload: '{"id":1}',
  receivedAt: T0,
  eventAt: T0 - 5,
  tries: 1,
  ...fields,
})

const subscription = (at: number, rank: number, status: string): SubscriptionFact => ({
  kind: 'subscription',
  id: 'sub_1',
  account: null,
  at,
  rank,
  customer: 'cus_1',
  status,
  items: [],
  startedAt: null,
  currentPeriodEnd: null,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  canceledAt: null,
  endedAt: null,
  trialEnd: null,
  paused: false,
})

const failure = (invoice: string, fields: Partial<InvoiceFailureFact> = {}): InvoiceFailureFact => ({
  kind: 'invoice_failure',
  invoice,
  account: null,
  at: T0,
  customer: null,
  email: null,
  subscription: null,
  currency: 'usd',
  amountMinor: 5,
  attempt: 1,
  nextAttemptAt: null,
  ...fields,
})

describe.each(KINDS)('the outbox on %s', (kind) => {
  const open = useStores(kind)

  test('gives what is due, the longest due first, of the kinds asked for', async () => {
    const { store } = await open()
    await put(store, {
      effects: [
        effect('later', T0 + 2),
        effect('soon', T0 + 1),
        effect('now'),
        effect('x', null, null, 'slack.message'),
      ],
    })
    expect((await due(store, T0 + 1)).map(({ key }) => key)).toEqual(['now', 'soon'])
    expect((await due(store, T0, ['slack.message', 'hubspot.contact'])).map(({ key }) => key)).toEqual(['now', 'x'])
    expect(await store.dueEffects({ kinds: ['hubspot.contact'], now: T0 + 9, limit: 1 })).toHaveLength(1)
    expect(await due(store, T0, [])).toEqual([])
  })

  test('keeps one row per kind and key: the newest payload, the earlier time', async () => {
    const { store } = await open()
    await put(store, { effects: [effect('m1', T0 + 50, { n: 1 })] })
    await put(store, { effects: [effect('m1', T0 + 90, { n: 2 }), effect('m1', T0 + 60, { n: 3 })] })
    const rows = await due(store, T0 + 50)
    expect(rows).toEqual([
      {
        id: 1,
        kind: 'hubspot.contact',
        key: 'm1',
        payload: { n: 3 },
        revision: 3,
        tries: 0,
        state: 'waiting',
        reason: null,
        dueAt: T0 + 50,
        createdAt: expect.any(Number),
      },
    ])
    expect(rows[0]?.createdAt).toBeGreaterThan(T0 - 400 * 86_400_000)
  })

  test('drops a delivered row, but not one that changed while it was delivered', async () => {
    const { store } = await open()
    await put(store, { effects: [effect('m1'), effect('m2')] })
    const rows = await due(store, T0)
    await store.postpone(
      rows.map(({ id, revision }) => ({ id, revision, dueAt: T0, reason: 'it was down', park: false, counts: true })),
    )
    await put(store, { effects: [effect('m2', null, 'changed')] })
    await store.acknowledge(rows)
    expect(await due(store, T0)).toMatchObject([{ key: 'm2', payload: 'changed', revision: 2, tries: 0, reason: null }])
    await store.acknowledge([])
    await store.acknowledge(await due(store, T0))
    expect(await store.outboxPage({ limit: 10, after: 0 })).toEqual([])
  })

  test('says how many of a kind wait and are parked, and when the first is due', async () => {
    const { store } = await open()
    expect(await store.effectsStanding('hubspot.contact')).toEqual({ waiting: 0, parked: 0, nextAt: null })
    await put(store, { effects: [effect('m1', T0 + 7), effect('m2', T0 + 5), effect('m3', T0)] })
    await put(store, { effects: [effect('x', T0, null, 'slack.message')] })
    const parking = (await due(store, T0)).map(({ id, revision }) => ({ id, revision, dueAt: T0, reason: 'No.' }))
    await store.postpone(parking.map((row) => ({ ...row, park: true, counts: true })))
    expect(await store.effectsStanding('hubspot.contact')).toEqual({ waiting: 2, parked: 1, nextAt: T0 + 5 })
  })

  test('counts members of whom nothing was written, and who do not wait for it', async () => {
    const { store } = await open()
    const members = ['a', 'b', 'c', 'd'].map((id) => sampleMember(id))
    const contact = { member: 'a', record: '1', state: 'linked' as const, reason: null, written: {}, at: T0 }
    const merged = { ...sampleMember('e'), status: 'merged' as const, mergedInto: 'a' }
    const candidate = { ...sampleMember('f'), status: 'candidate' as const }
    await put(store, { members: [...members, merged, candidate], contacts: [contact], effects: [effect('b')] })
    expect(await store.unwrittenMembers('hubspot.contact')).toBe(2)
  })

  test('never drops a new row by a late acknowledgement of an old one', async () => {
    const { store } = await open()
    await put(store, { effects: [effect('m1')] })
    const old = await due(store, T0)
    await store.acknowledge(old)
    await put(store, { effects: [effect('m1')] })
    await store.acknowledge(old)
    expect(await due(store, T0)).toHaveLength(1)
  })

  test('postpones a failed row, parks a refused one, and wakes it when it changes', async () => {
    const { store } = await open()
    await put(store, { effects: [effect('m1'), effect('m2')] })
    const [one, two] = await due(store, T0)
    const late = (row: typeof one, park: boolean, counts: boolean) => ({
      id: row?.id ?? 0,
      revision: row?.revision ?? 0,
      dueAt: T0 + 100,
      reason: 'no',
      park,
      counts,
    })
    await store.postpone([late(one, false, false), late(two, true, true)])
    await store.postpone([])
    expect(await due(store, T0 + 99)).toEqual([])
    expect(await store.outboxPage({ limit: 10, after: 0 })).toMatchObject([
      { key: 'm1', state: 'waiting', tries: 0, reason: 'no', dueAt: T0 + 100 },
      { key: 'm2', state: 'parked', tries: 1, reason: 'no' },
    ])
    expect(await store.stats()).toMatchObject({ outboxWaiting: 1, outboxParked: 1 })
    await put(store, { effects: [effect('m2', T0 + 500)] })
    expect(await store.outboxRow(two?.id ?? 0)).toMatchObject({
      state: 'waiting',
      tries: 0,
      reason: null,
      revision: 2,
      dueAt: T0 + 500,
    })
  })

  test('does not postpone a row that changed while it was tried', async () => {
    const { store } = await open()
    await put(store, { effects: [effect('m1')] })
    const [row] = await due(store, T0)
    await put(store, { effects: [effect('m1')] })
    await store.postpone([{ id: row?.id ?? 0, revision: 1, dueAt: T0 + 100, reason: 'no', park: true, counts: true }])
    expect(await due(store, T0)).toMatchObject([{ state: 'waiting', tries: 0 }])
  })

  test('puts a parked row back in line by hand', async () => {
    const { store } = await open()
    await put(store, { effects: [effect('m1')] })
    expect(await store.reviveEffect(1, T0)).toBeNull()
    expect(await store.reviveEffect(9, T0)).toBeNull()
    await store.postpone([{ id: 1, revision: 1, dueAt: T0, reason: 'no', park: true, counts: true }])
    expect(await store.reviveEffect(1, T0 + 7)).toMatchObject({ id: 1, state: 'waiting', tries: 0, dueAt: T0 + 7 })
    expect(await store.outboxRow(9)).toBeNull()
  })

  test('drops rows about what is no more', async () => {
    const { store } = await open()
    await put(store, { effects: [effect('m1'), effect('m2')] })
    await put(store, {
      dropEffects: [
        { kind: 'hubspot.contact', key: 'm1' },
        { kind: 'slack.message', key: 'm2' },
      ],
    })
    expect((await due(store, T0)).map(({ key }) => key)).toEqual(['m2'])
    expect((await store.outboxPage({ limit: 10, after: 1 })).map(({ key }) => key)).toEqual(['m2'])
  })
})

describe.each(KINDS)('the inbox on %s', (kind) => {
  const open = useStores(kind)

  test('keeps a parked event whole until it was dealt with', async () => {
    const { store } = await open()
    await put(store, { park: [parked('evt_2'), parked('evt_1')] })
    expect(await store.read((tx) => tx.inbox('evt_1'))).toEqual(parked('evt_1'))
    expect(await store.read((tx) => tx.inbox('evt_9'))).toBeNull()
    await put(store, { park: [parked('evt_1', { reason: 'still odd', tries: 2 })] })
    await put(store, { unpark: ['evt_2'] })
    expect(await store.read((tx) => tx.inbox('evt_2'))).toBeNull()
    expect(await store.inboxPage({ limit: 10, after: '' })).toEqual([
      {
        id: 'evt_1',
        type: 'charge.succeeded',
        state: 'parked',
        reason: 'still odd',
        receivedAt: '2026-01-15T12:00:00.000Z',
        eventAt: '2026-01-15T11:59:59.995Z',
        tries: 2,
      },
      expect.objectContaining({ id: 'evt_2', state: 'retried' }),
    ])
    expect(await store.inboxPage({ limit: 1, after: 'evt_1' })).toMatchObject([{ id: 'evt_2' }])
    expect(await store.stats()).toMatchObject({ inboxParked: 1 })
  })
})

describe.each(KINDS)('everything else kept on %s', (kind) => {
  const open = useStores(kind)

  test('are settings and programs, the newest value of each', async () => {
    const { store } = await open()
    await put(store, {
      settings: [
        ['mode', 'test'],
        ['resume', 'a'],
      ],
    })
    await put(store, { settings: [['resume', 'b']] })
    expect(await store.read((tx) => [tx.setting('mode'), tx.setting('resume'), tx.setting('none')])).toEqual([
      'test',
      'b',
      null,
    ])
    await store.putProgram({ version: 'v1', body: '{}', since: T0 })
    await store.putProgram({ version: 'v0', body: '{}', since: T0 + 1 })
    await store.putProgram({ version: 'v1', body: '{}', since: T0 + 2 })
    expect(await store.programs()).toEqual([
      { version: 'v0', body: '{}', since: T0 + 1 },
      { version: 'v1', body: '{}', since: T0 + 2 },
    ])
  })

  test('is the newest description of a subscription, whatever comes last', async () => {
    const { store, rows } = await open()
    await put(store, { subscriptions: [subscription(T0, 1, 'active')] })
    await put(store, { subscriptions: [subscription(T0, 0, 'trialing'), subscription(T0 - 1, 3, 'paused')] })
    expect(await rows(`SELECT body ->> 'status' AS status FROM subscription`)).toEqual([{ status: 'active' }])
    await put(store, { subscriptions: [subscription(T0, 3, 'canceled')] })
    expect(await rows(`SELECT body ->> 'status' AS status FROM subscription`)).toEqual([{ status: 'canceled' }])
  })

  test('is each failed payment of an invoice once, and each proposal to merge', async () => {
    const { store, rows } = await open()
    const changes: Changes = {
      invoiceFailures: [failure('in_1'), failure('in_1', { at: T0 + 1 }), failure('in_1', { attempt: 2 })],
      mergeProposals: [{ member: 'm1', other: 'm2', at: T0 }],
    }
    await put(store, changes)
    await put(store, { mergeProposals: [{ member: 'm1', other: 'm2', at: T0 + 1 }] })
    expect(await rows(`SELECT at, body ->> 'attempt' AS attempt FROM invoice_failure ORDER BY at`)).toEqual([
      { at: T0, attempt: 2 },
      { at: T0 + 1, attempt: 1 },
    ])
    expect(await rows('SELECT member, other, at FROM merge_proposal')).toEqual([{ member: 'm1', other: 'm2', at: T0 }])
  })

  test('tells which members have something due, the longest due first', async () => {
    const { store } = await open()
    const members = [
      sampleMember('a', { nextAt: T0 + 2 }),
      sampleMember('b', { nextAt: T0 + 1 }),
      sampleMember('c', { nextAt: T0 + 3 }),
      sampleMember('d'),
    ]
    await put(store, { members })
    expect(await store.dueMembers(T0 + 2, 10)).toEqual(['b', 'a'])
    expect(await store.dueMembers(T0 + 9, 1)).toEqual(['b'])
    expect(await store.dueMembers(T0, 10)).toEqual([])
  })

  test('is counted, listed in slices and found by any name of a payment', async () => {
    const { store } = await open()
    const payment = samplePayment('p1', { counted: { at: T0, paidMinor: 500, refundedMinor: 20 } })
    await put(store, {
      members: ['m3', 'm1', 'm2'].map((id) => sampleMember(id)),
      payments: [payment, samplePayment('p2')],
      names: [
        ['pi_1', 'p1'],
        ['ch_1', 'p1'],
        ['cus_1', 'm1'],
      ],
      entries: [sampleEntry('m1')],
    })
    expect(await store.stats()).toMatchObject({ members: 3, payments: 2, entries: 1 })
    expect((await store.membersAfter('', 2)).map(({ id }) => id)).toEqual(['m1', 'm2'])
    expect((await store.membersAfter('m2', 2)).map(({ id }) => id)).toEqual(['m3'])
    expect((await store.paymentsAfter('p1', 2)).map(({ id }) => id)).toEqual(['p2'])
    const brief = { id: 'p1', names: ['p1'], paidMinor: 500, refundedMinor: 20, currency: 'usd', at: T0 }
    expect(await store.findPayments(['pi_1', 'ch_1', 'cus_1', 'pi_9'])).toEqual(
      new Map([
        ['ch_1', brief],
        ['pi_1', brief],
      ]),
    )
    expect(await store.findPayments([])).toEqual(new Map())
  })

  test('is forgotten on request: notes, answers, payloads, subscriptions, failures and the search', async () => {
    const { store, rows } = await open()
    const key = { holder: 'api:till', route: 'POST /members', key: 'k1', hash: 'h1' }
    const about = { ...emptyParts(), name: 'Ada', metadata: { gift: 'for Ada' } }
    await put(store, {
      members: [
        sampleMember('m1', { profile: { email: 'ada@example.org', name: 'Ada' } }),
        sampleMember('m2', { profile: { name: 'Ada' } }),
      ],
      entries: [sampleEntry('m1', { note: 'their name' }), sampleEntry('m2', { note: 'stays' })],
      answer: { ...key, outcome: '{"email":"ada@example.org"}', member: 'm1', at: T0 },
      park: [
        parked('evt_mail', { payload: '{"email":"Ada@Example.org"}' }),
        parked('evt_customer', { payload: '{"customer":"cus_1"}' }),
        parked('evt_other', { payload: '{"customer":"cus_12"}' }),
      ],
      payments: [
        samplePayment('open', { parts: { ...about, customer: 'cus_1' } }),
        samplePayment('guest', {
          parts: { ...about, emails: { session: null, billing: 'ada@example.org', receipt: null } },
        }),
        samplePayment('other', { parts: { ...about, customer: 'cus_3' } }),
      ],
      subscriptions: [subscription(T0, 1, 'active')],
      invoiceFailures: [
        failure('in_1', { customer: 'cus_1' }),
        failure('in_2', { email: 'ada@example.org' }),
        failure('in_3', { customer: 'cus_3' }),
      ],
    })
    await store.indexMembers()
    await store.commit((tx) => {
      const member = tx.members(['m1']).get('m1') ?? sampleMember('m1')
      const erased = {
        ...member,
        status: 'erased' as const,
        profile: { email: null, name: null, phone: null, birthday: null, language: null },
      }
      return {
        outcome: null,
        changes: { members: [erased], forget: { members: ['m1'], customers: ['cus_1'], emails: ['ada@example.org'] } },
      }
    })
    expect(await rows('SELECT note FROM entry ORDER BY seq')).toEqual([{ note: null }, { note: 'stays' }])
    expect(await store.read((tx) => tx.answered(key))).toEqual({ hash: 'h1', outcome: '{"erased":true}' })
    expect((await store.inboxPage({ limit: 9, after: '' })).map(({ id }) => id)).toEqual(['evt_other'])
    expect(await rows('SELECT id FROM subscription')).toEqual([])
    expect(await rows('SELECT invoice FROM invoice_failure')).toEqual([{ invoice: 'in_3' }])
    expect(await rows('SELECT rowid FROM member_search')).toEqual([{ rowid: 2 }])
    const payments = await store.read((tx) => tx.payments(['open', 'guest', 'other']))
    for (const id of ['open', 'guest']) expect(payments.get(id)).toMatchObject({ version: 2, parts: emptyParts() })
    expect(payments.get('other')).toMatchObject({ version: 1, parts: { name: 'Ada', customer: 'cus_3' } })
  })
})
