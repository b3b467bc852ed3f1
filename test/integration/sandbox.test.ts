// The sandbox without its page: what one does at one vendor's arrives at the others, through the real server.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { doIt } from '../../integrations/sandbox/doings.ts'
import type { Sandbox } from '../../integrations/sandbox/sandbox.ts'
import { viewRecord, viewState } from '../../integrations/sandbox/view.ts'
import { fillYear, planYear } from '../../integrations/sandbox/year.ts'
import { openTestSandbox, type SandboxOptions } from '../support/sandbox.ts'

const SLOW_MS = 60_000
const SAM = 'U0SAM'
const open: Sandbox[] = []
const folder = mkdtempSync(join(tmpdir(), 'regulars-sandbox-'))
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function start(options: SandboxOptions = {}) {
  const opened = await openTestSandbox(options)
  open.push(opened.sandbox)
  return opened
}

const view = (sandbox: Sandbox, me = SAM) =>
  viewState(sandbox, { me, customers: '', contacts: '', list: '', customer: '', work: null, waits: [] })
const slackOf = (sandbox: Sandbox, me = SAM) =>
  sandbox.vendors.slack
    .sees(me)
    .messages.map(({ reads }) => reads)
    .join('\n---\n')

/** Until it is seen: what follows an acknowledgement takes a moment. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 400) throw new Error('it did not come to that')
    await new Promise((done) => setTimeout(done, 10))
  }
}

async function buy(sandbox: Sandbox, { who = 0, what = 3, quantity = 1, code = '' } = {}) {
  const { customers, products } = view(sandbox).shop
  const lines = [{ price: products[what]?.price, quantity }]
  return doIt(sandbox, 'shop/buy', { customer: customers[who]?.id, lines, code })
}

describe('the sandbox', { timeout: SLOW_MS }, () => {
  test('begins with a shop, its customers in five scripts, and the people who work there', async () => {
    const { sandbox } = await start()
    const { shop, slack } = view(sandbox)
    expect(shop.products.map(({ name }) => name)).toContain('Espresso machine')
    expect(shop.customers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['አበበ ቢቂላ', 'Անահիտ Սարգսյան', 'Leyla Məmmədova', 'Amani Mwangi']),
    )
    expect(slack.staff.map(({ role }) => role)).toEqual(['issuer', 'approver', 'admin', 'nobody'])
    expect(Object.keys(sandbox.vendors.hubspot.portal.properties)).toContain('loyalty_points')
  })

  test('takes a purchase from the shop into the ledger, to HubSpot, and onto a card in Slack', async () => {
    const { sandbox } = await start()
    expect(await buy(sandbox)).toEqual({ ok: true })
    const member = await sandbox.app.getMember('email:ada@example.org')
    expect(member).toMatchObject({ ok: true, value: { points: { available: 249 } } })
    const [contact] = Object.values(sandbox.vendors.hubspot.portal.contacts)
    expect(contact?.properties).toMatchObject({
      email: 'ada@example.org',
      loyalty_points: '249',
      loyalty_tier: 'bronze',
    })
    expect(viewRecord(sandbox, contact?.id ?? '')?.properties).toContainEqual(
      expect.objectContaining({ name: 'loyalty_points', value: '249' }),
    )
    expect(await doIt(sandbox, 'slack/command', { me: SAM, channel: 'loyalty', line: '/loyalty ada' })).toEqual({
      ok: true,
    })
    await until(() => slackOf(sandbox).includes('249'))
    expect(slackOf(sandbox)).toContain('Ada Lovelace')
  })

  test('tells what happened in its order, each step with the event that it follows from', async () => {
    const { sandbox } = await start()
    await buy(sandbox)
    const all = sandbox.trace.recent(100)
    const charged = all.find(({ title }) => title === 'charge.succeeded')?.journey
    const steps = all.filter(({ journey }) => journey === charged)
    const stages = steps.filter(({ stage }) => stage === 'recorded' || stage === 'sent').map(({ stage }) => stage)
    expect(charged).toEqual(expect.any(String))
    expect(stages).toEqual(expect.arrayContaining(['recorded', 'sent']))
    expect(steps.filter(({ stage }) => stage === 'recorded').map(({ title }) => title)).toEqual([
      '1 point per $1 on $249.00',
    ])
  })

  test('changes nothing by a redelivery, and takes points back with a refund', async () => {
    const { sandbox, machine } = await start()
    await doIt(sandbox, 'shop/habits', { twice: true, shuffled: true, lateMs: 0 })
    await buy(sandbox)
    const event = sandbox.vendors.stripe.account.events.at(-1)?.id
    expect(await doIt(sandbox, 'shop/again', { event })).toEqual({ ok: true, said: '{"outcome":"duplicate"}' })
    const [payment] = view(sandbox).shop.payments
    machine.at += 5_000
    expect(await doIt(sandbox, 'shop/refund', { charge: payment?.charge, amount: 4_900 })).toEqual({ ok: true })
    const member = await sandbox.app.getMember('email:ada@example.org')
    expect(member).toMatchObject({ value: { points: { available: 200 } } })
    const [contact] = Object.values(sandbox.vendors.hubspot.portal.contacts)
    expect(contact?.properties.loyalty_points).toBe('200')
  })

  test('issues a reward whose code the shop then takes', async () => {
    const { sandbox } = await start()
    await buy(sandbox)
    const staff = { source: 'slack:U0SAM', actor: 'slack:U0SAM' }
    await sandbox.app.redeem('email:ada@example.org', { reward: 'five-off' }, staff, null)
    await sandbox.settle()
    const code = view(sandbox).shop.customers[0]?.codes[0]?.code ?? ''
    expect(code).not.toBe('')
    expect(await buy(sandbox, { what: 2, code })).toEqual({ ok: true })
    expect(view(sandbox).shop.payments[0]).toMatchObject({ amount: 3_700 })
    expect(await buy(sandbox, { what: 2, code })).toMatchObject({ ok: false, why: expect.stringContaining('was used') })
  })

  test('heals when HubSpot has been away', async () => {
    const { sandbox, machine } = await start()
    await doIt(sandbox, 'hubspot/trouble', { is: 'down' })
    await buy(sandbox)
    expect(Object.keys(sandbox.vendors.hubspot.portal.contacts)).toEqual([])
    const { items } = await sandbox.app.listOutbox({ limit: 10 })
    expect(items).toMatchObject([{ kind: 'hubspot.contact', state: 'waiting' }])
    await doIt(sandbox, 'hubspot/trouble', { is: 'none' })
    machine.at += 400_000
    await sandbox.settle()
    expect(Object.values(sandbox.vendors.hubspot.portal.contacts)[0]?.properties.loyalty_points).toBe('249')
  })

  test('goes on in time: subscriptions renew, and the night and the morning come each day', async () => {
    const { sandbox } = await start()
    const { customers, products } = view(sandbox).shop
    const price = products.find(({ interval }) => interval === 'month')?.price
    await doIt(sandbox, 'shop/subscribe', { customer: customers[0]?.id, price })
    const shares: number[] = []
    await sandbox.goOn({ months: 2 }, ({ share }) => void shares.push(share))
    expect(shares.at(-1)).toBe(1)
    expect(shares.length).toBeGreaterThan(100)
    const member = await sandbox.app.getMember('email:ada@example.org')
    expect(member).toMatchObject({ value: { points: { available: 66 }, purchases: 3 } })
    expect((await sandbox.app.stats()).lookedAheadAt).toBeGreaterThan(Date.UTC(2027, 0, 20))
    expect(new Date(sandbox.clock.now()).toISOString()).toMatch(/^2027-01-22/)
  })

  test.each([
    ['shop/buy', { customer: null, lines: [{ price: 'price_no', quantity: 1 }] }, 'A guest needs an e-mail address'],
    ['shop/buy', { customer: 'cus_no', lines: [{ price: 'price_no', quantity: 1 }] }, 'There is no price_no'],
    ['shop/buy', { customer: 'cus_no', lines: [] }, 'lines'],
    ['shop/buy', { customer: 'constructor', lines: [{ price: '__proto__', quantity: 1 }] }, 'There is no __proto__'],
    ['shop/refund', { charge: 'ch_no' }, 'There is no ch_no'],
    ['slack/command', { me: 'U0NOBODY', channel: 'loyalty', line: '/loyalty' }, 'U0NOBODY is not in a channel'],
    ['slack/press', { me: SAM, action: 'nothing' }, 'U0SAM'],
    ['shop/customer', { email: 'no address' }, 'email'],
    ['hubspot/trouble', { is: 'on fire' }, 'is'],
    ['shop/again', { event: 'evt_no' }, 'keeps this event no longer'],
    ['shop/buy', null, 'expected object'],
  ])('answers %s with %j in words', async (name, given, why) => {
    const { sandbox } = await start()
    expect(await doIt(sandbox, name, given)).toMatchObject({ ok: false, why: expect.stringContaining(why) })
  })

  test.each(['shop/rob', 'constructor', '__proto__', 'shop/__proto__', ''])('knows no doing %j', async (name) => {
    const { sandbox } = await start()
    expect(await doIt(sandbox, name, {})).toBeNull()
  })

  test('switches to another program and back, and keeps who is who', async () => {
    const { sandbox } = await start()
    await buy(sandbox)
    await sandbox.usePreset('tarte')
    expect(sandbox.app.program().program.name).toBe('Beauty VIP')
    await buy(sandbox)
    const member = await sandbox.app.getMember('email:ada@example.org')
    expect(member.ok && member.value.points.available).toBeGreaterThan(2_000)
    await sandbox.usePreset(null)
    expect(sandbox.app.program().program.name).toBe('Corner Club')
  })

  test('starts over with nothing left of before', async () => {
    const { sandbox } = await start({ databasePath: join(folder, 'over.sandbox.db') })
    await buy(sandbox)
    await sandbox.goOn({ days: 2 }, () => {})
    await sandbox.startOver()
    const { shop } = view(sandbox)
    expect([shop.payments, sandbox.clock.ahead(), shop.customers.length]).toEqual([[], 0, 5])
    expect(await sandbox.app.getMember('email:ada@example.org')).toMatchObject({ value: { status: 'candidate' } })
    expect(Object.keys(sandbox.vendors.hubspot.portal.contacts)).toEqual([])
    expect(await buy(sandbox)).toEqual({ ok: true })
  })

  test('is there again after a restart, in a file that one can read', async () => {
    const databasePath = join(folder, 'again.sandbox.db')
    const first = await openTestSandbox({ databasePath })
    await buy(first.sandbox)
    await first.sandbox.goOn({ days: 3 }, () => {})
    await first.sandbox.close()
    const kept = JSON.parse(readFileSync(join(folder, 'again.sandbox.json'), 'utf8'))
    expect(Object.keys(kept)).toEqual(expect.arrayContaining(['stripe', 'hubspot', 'slack', 'aheadMs']))
    const { sandbox } = await start({ databasePath })
    expect(new Date(sandbox.clock.now()).toISOString()).toMatch(/^2026-11-25/)
    expect(await buy(sandbox)).toEqual({ ok: true })
    expect(await sandbox.app.getMember('email:ada@example.org')).toMatchObject({
      value: { points: { available: 498 } },
    })
  })

  test('puts a world that cannot be read aside, and begins anew', async () => {
    const databasePath = join(folder, 'broken.sandbox.db')
    writeFileSync(join(folder, 'broken.sandbox.json'), '{"version":1,"stripe":')
    const { sandbox } = await start({ databasePath })
    expect(view(sandbox).shop.customers).toHaveLength(5)
    expect(existsSync(join(folder, 'broken.sandbox.json.unreadable'))).toBe(true)
  })
})

describe('a year in a minute', { timeout: SLOW_MS }, () => {
  const SMALL = { customers: 60, purchases: 600, seed: 3 }

  test('is the same for the same seed, as long as was asked for, and in five scripts', () => {
    const plan = planYear(SMALL, Date.UTC(2026, 0, 1))
    expect(planYear(SMALL, Date.UTC(2026, 0, 1))).toEqual(plan)
    expect(plan.reduce((sum, { boughtAt }) => sum + boughtAt.length, 0)).toBe(600)
    expect(new Set(plan.map(({ language }) => language)).size).toBe(5)
    expect(new Set(plan.map(({ email }) => email)).size).toBe(60)
    for (const { boughtAt } of plan) expect(boughtAt).toEqual(boughtAt.toSorted((a, b) => a - b))
  })

  test('passes through the webhook, and leaves members, rewards, alerts and books that add up', async () => {
    const { sandbox, machine } = await start()
    const shares: number[] = []
    const said = await fillYear(sandbox, (share) => void shares.push(share), SMALL)
    expect(said).toMatch(/^60 customers and 600 purchases in \d+ seconds$/)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    const stats = await sandbox.app.stats()
    expect(stats.payments).toBeGreaterThanOrEqual(600)
    const report = await sandbox.app.verify()
    expect([report.discrepancies, report.members]).toEqual([[], 65])
    const told = await Promise.all(
      (['open', 'resolved'] as const).map((state) => sandbox.app.listAlerts({ state, limit: 50 })),
    )
    expect(told.flatMap((page) => (page.ok ? page.value.items : [])).length).toBeGreaterThan(0)
    // What was held back goes out some seconds later.
    for (let n = 0; n < 3; n++) {
      machine.at += 10_000
      await sandbox.settle()
    }
    expect(Object.keys(sandbox.vendors.hubspot.portal.contacts).length).toBe(60)
    expect(view(sandbox).slack.messages.length).toBeGreaterThan(0)
    await expect(fillYear(sandbox, () => {}, { ...SMALL, customers: 10 })).rejects.toThrow('Start over')
  })
})
