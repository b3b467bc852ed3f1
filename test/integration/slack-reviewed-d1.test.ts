// Lists that staff see come in a few rounds from Cloudflare's database too, however many stand in them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createD1Driver } from '../../src/store/d1-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { makeProgram } from '../support/programs.ts'
import { createDesk, PEOPLE, startSlack } from '../support/slack.ts'
import { alertsOn } from '../support/slack-alerts.ts'
import { SHOP } from '../support/slack-shop.ts'
import { type D1Server, startD1 } from '../support/store-d1.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { createWorld, staff } from '../support/world.ts'

let server: D1Server
beforeAll(async () => {
  server = await startD1()
}, 60_000)
afterAll(() => server.stop())

const MEMBERS = 26

async function crowd() {
  const binding = await server.database()
  const counted = { batches: 0 }
  const driver = createD1Driver({
    prepare: (sql) => binding.prepare(sql),
    batch: (statements) => {
      counted.batches++
      return binding.batch(statements)
    },
  })
  const program = makeProgram({
    ...SHOP,
    points: { expiry: { kind: 'inactivity', months: 12 } },
    staff: { issuer: ['slack:U0SAM'], approver: ['slack:U0ANA'], approvalAbovePoints: 10, dailyLimitPoints: 1e9 },
  })
  const world = await createWorld({ program, store: createStore(driver) })
  const ids: string[] = []
  for (let n = 0; n < MEMBERS; n++) {
    const enrolled = await world.app.enrolMember({ email: `ada${n}@example.org`, name: `Ada ${n}` }, staff, null)
    if (!enrolled.ok) throw new Error(enrolled.message)
    ids.push(enrolled.value.id)
    const payment = stripePayment({ amount: 5_000, email: `ada${n}@example.org`, at: world.clock.at })
    await world.deliver(payment.charge())
  }
  while ((await world.app.indexMembers()) > 0);
  const rounds = async <T>(work: () => Promise<T>): Promise<{ value: T; batches: number }> => {
    const before = counted.batches
    const value = await work()
    return { value, batches: counted.batches - before }
  }
  return { ...world, ids, rounds }
}

test('of members, of rewards and of what waits', { timeout: 120_000 }, async () => {
  const { app, ids, rounds } = await crowd()
  const found = await rounds(() => app.findMembers('ada', { limit: 20 }))
  expect(found.value.items).toHaveLength(20)
  expect(found.batches).toBeLessThan(15)

  const listed = await rounds(() => app.listMembers({ query: 'ada', limit: 25 }))
  expect(listed.value.ok && listed.value.value.items).toHaveLength(25)
  expect(listed.batches).toBeLessThan(20)

  const origin = { source: 'slack:U0SAM', actor: 'slack:U0SAM' }
  for (const id of ids) await app.askForAdjustment(id, { points: 11, reason: 'x' }, origin, null)
  const waiting = await rounds(() => app.listApprovals(25))
  expect(waiting.value.items).toHaveLength(25)
  expect(waiting.value.hasMore).toBe(true)
  expect(waiting.batches).toBeLessThan(10)
})

const slack = startSlack()

test('the desk over it: a day of it, several at once', { timeout: 120_000 }, async () => {
  const store = createStore(createD1Driver(await server.database()))
  const desk = await createDesk(slack, {
    store,
    members: ['ada', 'bo', 'cy', 'di'],
    program: { ...SHOP, staff: { approvalAbovePoints: 100, dailyLimitPoints: 500 } },
  })
  await desk.buys('ada', 1_240)
  const alerts = await alertsOn(desk)
  const alert = await alerts.open('ada')
  await desk.flush()

  // A day's limit, raced.
  await Promise.all(
    ['ada', 'bo', 'cy', 'di', 'ada', 'bo', 'cy', 'di'].map((name) =>
      desk.slack.command(PEOPLE.sam, 'dm', `/loyalty adjust ${name}@example.org +100 Sorry`),
    ),
  )
  await desk.settled()
  expect((await desk.app.givenToday('slack:U0SAM')).points).toBe(500)

  // Two take it, two approve it.
  const [card] = desk.channel('alerts')
  await Promise.all([
    desk.slack.press(PEOPLE.sam, card, 'alert.take'),
    desk.slack.press(PEOPLE.ira, card, 'alert.take'),
  ])
  await desk.settled()
  expect((await alerts.alert(alert.id)).steps.filter(({ did }) => did === 'assigned')).toHaveLength(1)

  await desk.command('ira', '/loyalty adjust bo@example.org +200 Late parcel')
  await desk.flush()
  const [asked] = desk.channel('approvals')
  const before = (await desk.member('bo')).points.available
  await Promise.all([
    desk.slack.press(PEOPLE.ana, asked, 'approval.approve'),
    desk.slack.press(PEOPLE.ada, asked, 'approval.approve'),
  ])
  await desk.flush()
  expect((await desk.member('bo')).points.available - before).toBe(200)
  expect(desk.channel('approvals')[0]?.reads).toContain('Approved')

  // One left in stock, and a code that Stripe makes.
  await desk.command('sam', '/loyalty reward ada@example.org ten')
  await desk.submit('sam', { 'reward-0': 'ten' })
  expect(desk.window('sam')?.reads).toContain('is ready')
  for (const line of ['ada', 'alerts', 'top', 'report', 'rewards', 'approvals', 'language', 'help all']) {
    await desk.command('ada', `/loyalty ${line}`)
    expect(desk.reads('ada'), line).not.toMatch(/could not|went wrong/)
  }
  expect((await desk.openHome('ada')).reads).toContain('Ada')
  expect((await desk.app.verify()).discrepancies).toEqual([])
  expect(desk.logs.filter(({ level }) => level === 'error')).toEqual([])
})
