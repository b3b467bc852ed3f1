// What the store must do for retention: pages of alerts, feedback, slices of members with what they bought, models.
import { describe, expect, test } from 'vitest'
import type { AlertQuery, Changes, Store, StoredOutlook } from '../../src/app/store-port.ts'
import type { Alert, Feedback } from '../../src/core/alert-state.ts'
import { emptyParts } from '../../src/core/facts.ts'
import { sampleAlert, sampleMember, samplePayment, T0 } from '../support/store-samples.ts'
import { KINDS, type Kind, useStores } from '../support/stores.ts'

const DAY = 86_400_000
const put = (store: Store, changes: Changes) => store.commit(() => ({ outcome: null, changes }))

const said = (id: string, member: string, at: number, over: Partial<Feedback> = {}): Feedback => ({
  id,
  member,
  at,
  recordedAt: T0,
  scale: 'nps',
  score: 3,
  text: 'ዘገየ · դանդաղ',
  source: 'api:test',
  ...over,
})
const outlook = (member: string, over: Partial<StoredOutlook> = {}): StoredOutlook => ({
  member,
  at: T0,
  risk: 'high',
  rfm: '143',
  probabilityAlive: 0.35,
  expected90: 0.5,
  lifetimeValueMinor: 12_300,
  lastPurchaseAt: T0,
  ...over,
})
const ALL: AlertQuery = { state: 'open', kind: null, member: null, assignee: null, now: T0, limit: 50, before: null }

/** Page by page, until there are no more. */
async function pagesOf(store: Store, query: AlertQuery): Promise<string[]> {
  const seen: string[] = []
  let before: AlertQuery['before'] = null
  for (;;) {
    const page: Alert[] = await store.alertsPage({ ...query, before })
    seen.push(...page.map(({ id }) => id))
    const last = page.at(-1)
    if (page.length < query.limit || last === undefined) return seen
    before = [last.valueMinor, last.id]
  }
}

describe.each<Kind>([...KINDS])('%s', (kind) => {
  const open = useStores(kind)

  test('keeps an alert whole, by its id and by its member, oldest first', async () => {
    const { store } = await open()
    const full = sampleAlert('a1', {
      kind: 'at_risk',
      state: 'resolved',
      snoozedUntil: T0 + DAY,
      assignee: 'hubspot:ada@example.org',
      outcome: 'helped',
      resolvedAt: T0 + 1,
      note: 'Զանգեցի\nለአዳ',
      actedAt: T0,
      lastPurchaseAt: T0 - 65 * DAY,
      returned: { at: T0 + 2, payment: 'pay_1', amountMinor: 900 },
      cameBack: { at: T0 + 2, payment: 'pay_1', amountMinor: 900 },
      suggestion: { reward: 'gift', charge: 'house' },
      steps: [{ at: T0, actor: 'clock', did: 'opened', detail: null }],
    })
    const earlier = sampleAlert('a9', { openedAt: T0 - 1 })
    await put(store, { alerts: [full, earlier, sampleAlert('b1', { member: 'm2' })] })
    const stored = await store.read(
      (tx) => [tx.alerts(['a1', 'nothing']), tx.alertsOf('m1'), tx.alertsOf('m3')] as const,
    )
    expect(stored[0]).toEqual(new Map([['a1', { ...full, version: 1 }]]))
    expect(stored[1].map(({ id }) => id)).toEqual(['a9', 'a1'])
    expect(stored[2]).toEqual([])
    expect((await store.alertsAfter('a1', 1)).map(({ id }) => id)).toEqual(['a9'])
    expect((await store.alertsAfter('', 9)).map(({ id }) => id)).toEqual(['a1', 'a9', 'b1'])
  })

  test('gives alerts the most at stake first, ties by id, each once over the pages', async () => {
    const { store } = await open()
    const values = [5, 7, 7, 7, 7, 0, 9_007_199_254_740_991]
    await put(store, { alerts: values.map((valueMinor, n) => sampleAlert(`a${n}`, { valueMinor })) })
    for (const limit of [1, 2, 3, 50])
      expect(await pagesOf(store, { ...ALL, limit })).toEqual(['a6', 'a4', 'a3', 'a2', 'a1', 'a0', 'a5'])
  })

  test('filters them by state, kind, member and assignee; what is held out is in none', async () => {
    const { store } = await open()
    await put(store, {
      alerts: [
        sampleAlert('open', { assignee: 'slack:U1' }),
        sampleAlert('unhappy', { kind: 'unhappy', member: 'm2' }),
        sampleAlert('snoozed', { snoozedUntil: T0 + 1 }),
        sampleAlert('back', { snoozedUntil: T0 }),
        sampleAlert('resolved', { state: 'resolved', outcome: 'gone', snoozedUntil: T0 + 1 }),
        sampleAlert('hidden', { state: 'held_out' }),
      ],
    })
    const page = async (over: Partial<AlertQuery>) => (await pagesOf(store, { ...ALL, ...over })).sort()
    expect(await page({})).toEqual(['back', 'open', 'unhappy'])
    expect(await page({ state: 'snoozed' })).toEqual(['snoozed'])
    expect(await page({ state: 'resolved' })).toEqual(['resolved'])
    expect(await page({ now: T0 + 1 })).toEqual(['back', 'open', 'snoozed', 'unhappy'])
    expect(await page({ now: T0 + 1, state: 'snoozed' })).toEqual([])
    expect(await page({ kind: 'unhappy' })).toEqual(['unhappy'])
    expect(await page({ member: 'm1' })).toEqual(['back', 'open'])
    expect(await page({ assignee: 'slack:U1' })).toEqual(['open'])
    expect(await page({ assignee: "' OR 1=1 --" })).toEqual([])
    expect(await page({ kind: 'unhappy', member: 'm1' })).toEqual([])
  })

  test('of two that open the same at once, one does and the other decides again', async () => {
    const { store } = await open()
    const opening = (reason: string) =>
      store.commit((tx) =>
        tx.alerts(['a1']).has('a1')
          ? { outcome: 'known', changes: null }
          : { outcome: 'opened', changes: { alerts: [sampleAlert('a1', { reason })] } },
      )
    const outcomes = await Promise.all([opening('one'), opening('two'), opening('three')])
    expect(outcomes.sort()).toEqual(['known', 'known', 'opened'])
    expect((await store.alertsAfter('', 9)).map(({ version }) => version)).toEqual([1])
  })

  test('of many that change one at once, all are seen', async () => {
    const { store } = await open()
    await put(store, { alerts: [sampleAlert('a1', { valueMinor: 0 })] })
    const raise = () =>
      store.commit((tx) => {
        const alert = tx.alerts(['a1']).get('a1')
        if (alert === undefined) throw new Error('no alert')
        return { outcome: null, changes: { alerts: [{ ...alert, valueMinor: alert.valueMinor + 1 }] } }
      })
    await Promise.all(Array.from({ length: 6 }, raise))
    expect((await store.alertsAfter('', 9)).map(({ valueMinor, version }) => [valueMinor, version])).toEqual([[6, 7]])
  })

  test('hands alerts and feedback over to whom somebody became part of', async () => {
    const { store } = await open()
    await put(store, {
      alerts: [sampleAlert('a1'), sampleAlert('b1', { member: 'm2' })],
      feedback: [said('f1', 'm1', T0), said('f2', 'm2', T0 + 1)],
    })
    await put(store, { handOver: { from: 'm1', to: 'm2' } })
    const [alerts, feedback, left] = await store.read(
      (tx) => [tx.alertsOf('m2'), tx.feedbackOf('m2', 9), [...tx.alertsOf('m1'), ...tx.feedbackOf('m1', 9)]] as const,
    )
    expect([alerts.map(({ id }) => id), feedback.map(({ id }) => id), left]).toEqual([['a1', 'b1'], ['f2', 'f1'], []])
  })

  test('forgets notes, words and outlooks of the erased alone, also where the same unit ends their alerts', async () => {
    const { store } = await open()
    const noted = sampleAlert('a1', { note: 'Ada, +1 555 0100' })
    await put(store, {
      alerts: [
        noted,
        sampleAlert('a2', { state: 'resolved', note: 'Ada too' }),
        sampleAlert('b1', { member: 'm2', note: 'Bea' }),
      ],
      feedback: [said('f1', 'm1', T0), said('f2', 'm2', T0)],
    })
    await put(store, { outlooks: [outlook('m1'), outlook('m2')] })
    await store.commit((tx) => {
      const alert = tx.alerts(['a1']).get('a1')
      if (alert === undefined) throw new Error('no alert')
      const alerts = [{ ...alert, state: 'resolved' as const, outcome: 'member_left' as const, note: null }]
      return { outcome: null, changes: { alerts, forget: { members: ['m1'], customers: [], emails: [] } } }
    })
    const alerts = await store.alertsAfter('', 9)
    expect(alerts.map(({ id, note, outcome }) => [id, note, outcome])).toEqual([
      ['a1', null, 'member_left'],
      ['a2', null, null],
      ['b1', 'Bea', null],
    ])
    expect((await store.feedbackAfter('', 9)).map(({ id, text, score }) => [id, text, score])).toEqual([
      ['f1', null, 3],
      ['f2', 'ዘገየ · դանդաղ', 3],
    ])
    await put(store, { members: [sampleMember('m1'), sampleMember('m2')] })
    const kept = await store.membersWithPurchases({ after: 0, limit: 9 })
    expect(kept.map(({ member, outlook }) => [member.id, outlook?.risk ?? null])).toEqual([
      ['m1', null],
      ['m2', 'high'],
    ])
  })

  test('keeps feedback once, newest first, as many as asked for', async () => {
    const { store } = await open()
    await put(store, { feedback: [said('f1', 'm1', T0), said('f2', 'm1', T0 + 1), said('f3', 'm1', T0 + 1)] })
    await put(store, { feedback: [said('f1', 'm1', T0, { score: 10, text: 'again' })] })
    const found = await store.read((tx) => tx.feedbackOf('m1', 2))
    expect(found.map(({ id }) => id)).toEqual(['f3', 'f2'])
    expect(await store.feedbackAfter('', 1)).toEqual([said('f1', 'm1', T0)])
    expect((await store.feedbackAfter('f1', 9)).map(({ id }) => id)).toEqual(['f2', 'f3'])
  })

  test('gives what quintiles are made of by slices, of everybody', async () => {
    const { store } = await open()
    const members = [
      sampleMember('m1', { purchases: 3, spendMinor: 900, lastPurchaseAt: T0 }),
      sampleMember('m2'),
      sampleMember('m3', { purchases: 1, spendMinor: -5, lastPurchaseAt: T0 - DAY }),
    ]
    await put(store, { members })
    const first = await store.standingsAfter({ after: 0, limit: 2 })
    const rest = await store.standingsAfter({ after: first.at(-1)?.n ?? 0, limit: 2 })
    expect([...first, ...rest].map(({ n, ...standing }) => standing)).toEqual([
      { purchases: 3, spendMinor: 900, lastPurchaseAt: T0 },
      { purchases: 0, spendMinor: 0, lastPurchaseAt: null },
      { purchases: 1, spendMinor: -5, lastPurchaseAt: T0 - DAY },
    ])
  })

  test('gives members by slices, each with what they bought and kept, oldest first', async () => {
    const { store } = await open()
    const bought = (
      id: string,
      member: string,
      at: number | null,
      over: { renewal?: boolean; purchases?: 0 | 1 } = {},
    ) =>
      samplePayment(id, {
        member,
        parts: { ...emptyParts(), names: [id], currency: 'usd', renewal: over.renewal ?? false },
        counted: { at, spendMinor: 900, purchases: over.purchases ?? 1 },
      })
    await put(store, { members: ['m1', 'm2', 'm3'].map((id) => sampleMember(id, { alerts: [`alr_${id}`] })) })
    await put(store, {
      payments: [
        bought('p1', 'm1', T0 + 2, { renewal: true }),
        bought('p2', 'm1', T0 + 1),
        bought('p3', 'm1', T0, { purchases: 0 }),
        bought('p4', 'm1', null, { purchases: 0 }),
        bought('p5', 'm3', T0),
      ],
    })
    await put(store, { outlooks: [outlook('m3')] })
    await put(store, { outlooks: [outlook('m3', { risk: 'low', rfm: null, at: T0 + 5 }), outlook('m1')] })
    await put(store, { outlooks: [] })
    const first = await store.membersWithPurchases({ after: 0, limit: 2 })
    const ofAda = [
      { at: T0 + 1, spendMinor: 900, isRenewal: false },
      { at: T0 + 2, spendMinor: 900, isRenewal: true },
    ]
    expect(first.map(({ member, purchases, outlook }) => [member.id, member.alerts, purchases, outlook])).toEqual([
      ['m1', ['alr_m1'], ofAda, outlook('m1')],
      ['m2', ['alr_m2'], [], null],
    ])
    const rest = await store.membersWithPurchases({ after: first.at(-1)?.n ?? 0, limit: 2 })
    expect(rest.map(({ member, outlook }) => [member.id, outlook])).toEqual([
      ['m3', outlook('m3', { risk: 'low', rfm: null, at: T0 + 5 })],
    ])
    expect(await store.membersWithPurchases({ after: rest.at(-1)?.n ?? 0, limit: 2 })).toEqual([])
    const histories = await store.purchasesAfter({ after: 0, limit: 9 })
    expect(histories.map(({ id, purchases }) => [id, purchases.length])).toEqual([
      ['m1', 2],
      ['m2', 0],
      ['m3', 1],
    ])
    expect(await store.read((tx) => tx.purchasesOf('m1'))).toEqual(ofAda)
  })

  test('keeps every model of a kind, the newest by its time', async () => {
    const { store } = await open()
    expect(await store.newestModel('fit')).toBeNull()
    await store.putModel('fit', T0 + 1, '{"n":2}')
    await store.putModel('fit', T0, '{"n":1}')
    await store.putModel('rfm', T0 + 9, '{}')
    expect({ ...(await store.newestModel('fit')) }).toEqual({ at: T0 + 1, body: '{"n":2}' })
    await store.putModel('fit', T0 + 1, '{"n":3}')
    expect((await store.models('fit')).map(({ at, body }) => [at, body])).toEqual([
      [T0, '{"n":1}'],
      [T0 + 1, '{"n":3}'],
    ])
    expect(await store.models('renewals')).toEqual([])
  })
})
