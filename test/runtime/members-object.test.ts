// Beyond one D1, members would live in several SQLite Durable Objects (the README's Decisions). There is no code for that: this
// shows that the store, its migrations and the use cases run in one as they are.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Objects, startObjects } from '../support/object.ts'
import { stripePayment } from '../support/stripe-events.ts'

let objects: Objects

beforeAll(async () => {
  objects = await startObjects()
}, 60_000)
afterAll(() => objects.close())

const bought = (email: string, name: string) => {
  const paid = stripePayment({ at: Date.now() - 30_000, amount: 4_990, email })
  const charge = paid.charge({ billing_details: { email, name, phone: null } })
  return [paid.intent(), charge, paid.session()]
}

test('a Durable Object keeps books that verify, and finds its own members alone', async () => {
  await objects.open('one')
  await objects.open('two')
  const events = [...bought('ada@example.org', 'ሰላም ተስፋዬ'), ...bought('ben@example.org', 'Benedikt Øst')]
  const { outcomes } = await objects.record('one', events)
  expect(outcomes).toEqual(events.map(() => 'recorded'))
  expect((await objects.record('one', events)).outcomes).toEqual(events.map(() => 'duplicate'))
  await objects.record('two', bought('eve@example.org', 'Eve Bauer'))

  const one = await objects.look('one', 'ተስፋ')
  expect(one.names).toEqual(['ሰላም ተስፋዬ'])
  expect(one.stats).toMatchObject({ members: 2, payments: 2, entries: 2 })
  expect(one.verify).toMatchObject({ members: 2, discrepancies: [] })
  expect((await objects.look('two', 'ተስፋ')).names).toEqual([])
  expect((await objects.look('two', 'bau')).names).toEqual(['Eve Bauer'])
})
