// The same simulated shop through the whole system: purchases arrive from Stripe, the night's look opens the alerts.
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../src/core/calendar.ts'
import { makeProgram } from '../support/programs.ts'
import { makeShop, type SimulatedShop } from '../support/shop-year.ts'
import { replayYear } from '../support/shop-year-replay.ts'
import { lookAll } from '../support/shops.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, type World } from '../support/world.ts'

const EVERY_DAYS = 7
const program = makeProgram()
const shop = makeShop({ customers: 160, seed: 5, firstDay: Date.UTC(2024, 10, 22) / DAY_MS })
const noon = (day: number): number => day * DAY_MS + DAY_MS / 2
const emailOf = (customer: number): string => `c${customer}@example.org`

/** Purchases in the order of time. */
const purchasesOf = ({ customers }: SimulatedShop) =>
  customers
    .flatMap(({ id, history: { days, spend } }) => days.map((day, n) => ({ id, day, amount: spend[n] ?? 0 })))
    .sort((a, b) => a.day - b.day || a.id - b.id)

/** A look at noon once a week, with all that was bought up to that day. */
async function liveTheYear(world: World): Promise<number> {
  const purchases = purchasesOf(shop)
  let [next, opened] = [0, 0]
  for (let day = shop.yearDay; day < shop.endDay; day += EVERY_DAYS) {
    for (let one = purchases[next]; one !== undefined && one.day <= day; one = purchases[++next]) {
      world.clock.at = noon(one.day) - DAY_MS / 4
      const { id, amount } = one
      await world.deliver(stripePayment({ at: world.clock.at, amount, email: emailOf(id) }).charge())
    }
    world.clock.at = noon(day)
    const ended = await lookAll(world, { limit: 500 })
    expect(ended.failed).toBe(0)
    opened += ended.opened
  }
  return opened
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1)

describe('a year of a simulated shop', async () => {
  const world = await createWorld({ program, now: noon(shop.firstDay), seed: 11 })
  const opened = await liveTheYear(world)
  const alerts = await world.store.alertsAfter('', 10_000)
  const raised = replayYear(shop, { program, everyDays: EVERY_DAYS, refitDays: EVERY_DAYS })
  const members = await world.store.membersOf(alerts.map(({ member }) => member))
  const emails = new Map(members.map(({ id, profile: { email } }) => [id, email]))

  it('ends with the very alerts that the rules alone come to', () => {
    expect(opened).toBe(alerts.length)
    expect(alerts.length).toBeGreaterThan(40)
    const inTheApp = alerts.map(
      ({ member, kind, occasion, openedAt, valueMinor, reason }) =>
        `${emails.get(member)} ${occasion} ${kind} on ${new Date(openedAt).toISOString().slice(0, 10)}: ${valueMinor}, ${reason}`,
    )
    const alone = raised.map(
      ({ customer, day, draft: { kind, occasion, valueMinor, reason } }) =>
        `${emailOf(customer.id)} ${occasion} ${kind} on ${new Date(noon(day)).toISOString().slice(0, 10)}: ${valueMinor}, ${reason}`,
    )
    expect(inTheApp.sort(byText)).toEqual(alone.sort(byText))
  })

  it('has ended the alerts of whoever bought again, and of nobody else', () => {
    for (const alert of alerts) {
      const customer = shop.customers.find(({ id }) => emailOf(id) === emails.get(alert.member))
      const lastLook = shop.endDay - 1 - ((shop.endDay - 1 - shop.yearDay) % EVERY_DAYS)
      const returned = customer?.history.days.some((day) => noon(day) > alert.openedAt && day <= lastLook) ?? false
      expect([alert.id, alert.state, alert.outcome]).toEqual(
        returned ? [alert.id, 'resolved', 'came_back'] : [alert.id, 'open', null],
      )
    }
  })

  it('is right of most of whom it tells', () => {
    const right = raised.filter((alert) => alert.right).length
    expect(right / raised.length).toBeGreaterThan(0.5)
  })
})
