// Whatever is in an event, translation answers: no exception, and no number that the books could not hold.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { handledEvents } from '../../integrations/stripe/handled-events.ts'
import { readIncomingEvent } from '../../integrations/stripe/incoming-event.ts'
import { translateEvent } from '../../integrations/stripe/translate.ts'
import {
  charge,
  customer,
  dispute,
  intent,
  invoice,
  invoicePayment,
  listOf,
  OLD_VERSION,
  oldInvoice,
  refund,
  session,
  stripeEvent,
  subscription,
} from '../support/stripe-objects.ts'

const types = Object.keys(handledEvents)
const line = { amount: 500, amount_total: 500, quantity: 1, price: { id: 'price_1', product: 'prod_1' } }
const seeds = [
  charge({ refunds: listOf([refund()]), payment_intent: intent() }),
  intent({ amount_details: { tip: { amount: 1 }, tax: { total_tax_amount: 2 } }, charges: listOf([charge()]) }),
  session({ line_items: listOf([line]), shipping_cost: { amount_total: 5, amount_tax: 1 } }),
  invoice({ lines: listOf([line, { ...line, amount: -100 }]), payments: listOf([invoicePayment()]) }),
  oldInvoice({ lines: listOf([line]) }),
  invoicePayment(),
  refund(),
  dispute({ balance_transactions: [{ amount: -5000 }] }),
  customer(),
  subscription(),
]

const oddValue = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    true,
    '',
    'x',
    -1,
    0,
    0.5,
    2 ** 53,
    -(2 ** 53),
    1e308,
    Number.MAX_SAFE_INTEGER,
    '__proto__',
    [],
    {},
  ),
  fc.jsonValue({ maxDepth: 2 }),
)

/** The seed with some of its fields, however deep, replaced by something odd. */
function mutate(seed: unknown, picks: readonly { at: number; value: unknown }[]): unknown {
  const copy: unknown = structuredClone(seed)
  const places: [Record<string, unknown>, string][] = []
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    for (const key of Object.keys(value)) {
      places.push([value as Record<string, unknown>, key])
      visit((value as Record<string, unknown>)[key])
    }
  }
  visit(copy)
  for (const { at, value } of picks) {
    const place = places[at % places.length]
    if (place) place[0][place[1]] = value
  }
  return copy
}

/** Every number in a translation is a whole one that is safe and not negative. */
function oddNumbers(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? [] : [`${path} ${value}`]
  if (typeof value !== 'object' || value === null) return value === undefined ? [`${path} undefined`] : []
  return Object.entries(value).flatMap(([key, inner]) => oddNumbers(inner, `${path}.${key}`))
}

const picks = fc.array(fc.record({ at: fc.nat(500), value: oddValue }), { minLength: 1, maxLength: 4 })
const versions = fc.constantFrom(OLD_VERSION, '2026-10-28.endive', null, 7, 'nonsense')

test('an event that was tampered with translates to sound numbers, or is odd or ignored', () => {
  const event = fc.record({
    type: fc.constantFrom(...types),
    seed: fc.constantFrom(...seeds),
    picks,
    version: versions,
  })
  fc.assert(
    fc.property(event, ({ type, seed, picks: changes, version }) => {
      const translation = translateEvent(stripeEvent(type, mutate(seed, changes), { api_version: version }))
      expect(['facts', 'odd', 'ignored']).toContain(translation.kind)
      expect(oddNumbers(translation)).toEqual([])
    }),
    { numRuns: 5000 },
  )
})

test('any JSON at all is read or refused', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...types), (json, type) => {
      expect(() => readIncomingEvent(JSON.stringify(json), 0)).not.toThrow()
      const { id, object, livemode } = stripeEvent(type, null)
      const event = readIncomingEvent(
        JSON.stringify({ id, object, livemode, type, created: json, data: { object: json } }),
        0,
      )
      expect(event).toMatchObject({
        ok: true,
        event: { translation: { kind: expect.stringMatching(/^(odd|ignored)$/) } },
      })
    }),
    { numRuns: 2000 },
  )
})

test('a reason never repeats what stood in the payload', () => {
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.constantFrom(...seeds), fc.nat(500), (type, seed, at) => {
      const translation = translateEvent(
        stripeEvent(type, mutate(seed, [{ at, value: 'Ada Lovelace <ada@example.org>' }])),
      )
      if (translation.kind === 'odd') expect(translation.reason).not.toMatch(/ada/i)
    }),
  )
})

test('an object nested deeper than any stack is survived', () => {
  const deep = `${'{"payment_intent":'.repeat(20_000)}1${'}'.repeat(20_000)}`
  const payload = `{"id":"evt_1","object":"event","type":"charge.succeeded","livemode":false,"created":1,"data":{"object":${deep}}}`
  expect(readIncomingEvent(payload, 0)).toMatchObject({ ok: true, event: { translation: { kind: 'odd' } } })
})
