// The clock's job goes on for everybody else when something is wrong with one member.
import { expect, test } from 'vitest'
import type { Store, Tx } from '../../src/app/store-port.ts'
import { makeProgram } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, memoryStore } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const DAY = 86_400_000

test('what is due for a member is settled though somebody due before them cannot be', async () => {
  const inner = await memoryStore()
  let broken: string | null = null
  const reading = (tx: Tx): Tx =>
    new Proxy(tx, {
      get: (target, method) => {
        const found: unknown = Reflect.get(target, method, target)
        if (typeof found !== 'function') return found
        return (...args: unknown[]) => {
          if (method === 'lots' && args[0] === broken) throw new TypeError('a bug that a test made')
          return found.apply(target, args)
        }
      },
    })
  const store: Store = { ...inner, commit: (unit) => inner.commit((tx) => unit(reading(tx))) }
  const world = await createWorld({ store, program: makeProgram({ points: { holdDays: 1 } }), now: NOW })
  for (const [name, ago] of [
    ['ada', 2],
    ['bea', 1],
  ] as const)
    await world.deliver(stripePayment({ at: NOW - ago * 60_000, amount: 5_000, email: `${name}@example.org` }).charge())
  const points = async (name: string) => {
    const found = await world.app.getMember(`email:${name}@example.org`)
    if (!found.ok) throw new Error(found.message)
    return found.value
  }
  broken = (await points('ada')).id
  world.clock.at += 2 * DAY
  expect(await world.app.settleDue(10)).toBe(2)
  expect(await world.app.settleDue(10)).toBe(0)
  const codes = async (name: string) => {
    const page = await world.app.ledger(`email:${name}@example.org`, { limit: 10 })
    return page.ok ? page.value.items.map(({ code }) => code) : []
  }
  expect(await codes('bea')).toContain('hold_over')
  broken = null
  expect(await world.app.settleDue(10)).toBe(1)
  expect(await codes('ada')).toContain('hold_over')
  expect((await world.app.verify()).discrepancies).toEqual([])
})
