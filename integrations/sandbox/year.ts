/**
 * A year of a believable shop, which goes by in about a minute: customers who come, buy by their own habit, and stop without a word; a busy
 * December and a quiet August. Every purchase arrives as Stripe's webhook, signed; nothing is written past the door.
 */
import { createHmac } from 'node:crypto'
import type { Origin } from '../../src/app/ports.ts'
import type { StripeEvent } from './doubles/stripe/account.ts'
import { createChance } from './doubles/stripe/create-double.ts'
import { Shop } from './doubles/stripe/shop.ts'
import { NAMES } from './names.ts'
import type { Sandbox } from './sandbox.ts'
import { ADDRESSES } from './vendors.ts'

export interface YearOptions {
  customers: number
  purchases: number
  seed: number
}

const YEAR: YearOptions = { customers: 2_000, purchases: 30_000, seed: 7 }

/** `60x600`: so many customers and purchases, for tests; the whole year where nothing of the kind is said. */
export function yearOf(said: string | undefined): YearOptions {
  const [, customers, purchases] = /^(\d{1,5})x(\d{1,6})$/.exec(said ?? '') ?? []
  return customers === undefined ? YEAR : { ...YEAR, customers: Number(customers), purchases: Number(purchases) }
}

const DAY_MS = 86_400_000
const DAYS = 365
/** Webhooks under way at once, as Stripe's are. */
const AT_ONCE = 64
/** So many of the newest purchases can be refunded afterwards; Stripe forgets the others. */
const KEPT_PURCHASES = 500
const REFUND_SHARE = 0.02
const SUBSCRIBER_SHARE = 0.04
/** A month. */
const FEEDBACK_SHARE = 0.01
const REDEEMING = 80
const CARED_FOR = 25
const DAYS_OF_MONTH = 30
const SELF: Origin = { source: 'api:sandbox', actor: 'api:sandbox' }

/** How busy each month is, January first. */
const SEASON = [0.85, 0.8, 0.95, 1, 1.05, 0.95, 0.8, 0.7, 1, 1.1, 1.25, 1.75]
/** Sunday first. */
const WEEK = [1.3, 0.75, 0.8, 0.9, 1, 1.35, 1.6]

export interface PlannedCustomer {
  name: string
  email: string
  language: string
  /** Their purchases, as ms from the beginning of the year, in order. */
  boughtAt: number[]
  /** What they usually take, from the shelf. */
  taste: number
}

type Chance = () => number

/** Source: Marsaglia & Tsang (2000), for shapes of one and more; below, by a power of a uniform. */
function gamma(chance: Chance, shape: number, scale: number): number {
  if (shape < 1) return gamma(chance, shape + 1, scale) * chance() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(chance() || 1e-12)) * Math.cos(2 * Math.PI * chance())
    const v = (1 + c * normal) ** 3
    if (v > 0 && Math.log(chance() || 1e-12) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v * scale
  }
}

const pick = <One>(chance: Chance, list: readonly One[]): One => {
  const found = list[Math.floor(chance() * list.length)]
  if (found === undefined) throw new Error('there is nothing to pick from')
  return found
}

/** Who comes and when they buy. The same for the same seed. @param start of the year, ms */
export function planYear({ customers, purchases, seed }: YearOptions, start: number): PlannedCustomer[] {
  const chance = createChance(seed)
  const everybody = Array.from({ length: customers }, (_, n) => planCustomer(chance, n, start))
  const planned = everybody.reduce((sum, { boughtAt }) => sum + boughtAt.length, 0)
  // What chance left over or short of the number that was asked for.
  return trim(everybody, planned - purchases, chance)
}

function planCustomer(chance: Chance, n: number, start: number): PlannedCustomer {
  const { language, given, family } = pick(chance, NAMES)
  const [[first, firstLatin], [last, lastLatin]] = [pick(chance, given), pick(chance, family)]
  // More come as the year goes on.
  const joinsOn = Math.floor(DAYS * (chance() < 0.35 ? 0 : chance() ** 0.8))
  const everyDays = Math.min(120, Math.max(2.5, 365 / gamma(chance, 1.1, 26)))
  const stops = gamma(chance, 0.6, 0.045)
  const boughtAt: number[] = []
  for (let day = joinsOn + chance(); day < DAYS; day += -Math.log(chance() || 1e-12) * everyDays) {
    const at = start + day * DAY_MS
    if (boughtAt.length === 0 || chance() * MOST_BUSY < busyAt(at)) boughtAt.push(Math.floor(day * DAY_MS))
    if (boughtAt.length > 0 && chance() < stops) break
  }
  const email = `${firstLatin}.${lastLatin}.${n + 1}@example.org`
  return { name: `${first} ${last}`, email, language, boughtAt, taste: chance() }
}

const MOST_BUSY = 1.6
/** Against an usual day, 1. */
function busyAt(at: number): number {
  const date = new Date(at)
  return (SEASON[date.getUTCMonth()] ?? 1) * (0.6 + 0.4 * (WEEK[date.getUTCDay()] ?? 1))
}

/** Takes some purchases out, or adds some of regulars, so that there are as many as were asked for. */
function trim(everybody: PlannedCustomer[], surplus: number, chance: Chance): PlannedCustomer[] {
  const regulars = everybody.filter(({ boughtAt }) => boughtAt.length > 3)
  for (let left = Math.abs(surplus); left > 0 && regulars.length > 0; left--) {
    const { boughtAt } = pick(chance, regulars)
    const [first = 0, last = 0] = [boughtAt[0], boughtAt.at(-1)]
    if (surplus < 0) boughtAt.push(Math.floor(first + chance() * (last - first)))
    // The first and the last say when they came and went.
    else if (boughtAt.length > 2) boughtAt.splice(1 + Math.floor(chance() * (boughtAt.length - 2)), 1)
    else left++
  }
  for (const { boughtAt } of everybody) boughtAt.sort((a, b) => a - b)
  return everybody
}

// ------------------------------------------------------------------------------------------------------ told to the server

export async function fillYear(
  sandbox: Sandbox,
  onProgress: (share: number) => void,
  options: YearOptions = YEAR,
): Promise<string> {
  sandbox.trace.setQuiet(true)
  // Contacts change all the time meanwhile: what they have come to is written in the end.
  sandbox.hold('hubspot', true)
  try {
    return await fill(sandbox, onProgress, options)
  } finally {
    sandbox.trace.setQuiet(false)
    sandbox.hold('hubspot', false)
    await sandbox.settle()
  }
}

async function fill(sandbox: Sandbox, onProgress: (share: number) => void, options: YearOptions): Promise<string> {
  const startedAt = performance.now()
  const { stripe } = sandbox.vendors
  if (Object.keys(stripe.account.objects.customers).length > options.customers)
    throw new Error('A year has passed in this world already. Start over to have another.')
  const { clock } = sandbox
  const start = clock.now()
  const time = { at: start }
  const told: StripeEvent[] = []
  const shop = new Shop({ account: stripe.account, now: () => time.at, onEvent: (event) => void told.push(event) })
  const door = createDoor(sandbox)
  const tell: Tell = async (isWanted = () => true) => {
    for (const event of told.splice(0)) if (isWanted(event.type)) await door.send(event)
  }
  const scene = { sandbox, shop, tell, chance: createChance(options.seed + 1), shelf: shelfOf(sandbox), kept: [] }
  const people = planYear(options, start)
  const buying = people
    .flatMap(({ boughtAt, taste }, n) => boughtAt.map((at, nth) => ({ at, taste, n, isFirst: nth === 0 })))
    .sort((a, b) => a.at - b.at)
  const ids: string[] = []
  const days = Map.groupBy(buying, ({ at }) => Math.floor(at / DAY_MS))
  for (let day = 0; day < DAYS; day++) {
    await door.settled()
    // A day's webhooks come in its evening, as many at once as Stripe would send: each says itself when it was.
    clock.goTo(start + (day + 1) * DAY_MS)
    for (const { at, taste, n, isFirst } of days.get(day) ?? []) {
      time.at = start + at
      const person = people[n]
      if (isFirst && person !== undefined) {
        ids[n] = shop.addCustomer(person).id
        if (scene.chance() < SUBSCRIBER_SHARE) subscribe(scene, ids[n])
        // Who somebody is had better be known before what they do.
        await tell()
        await door.settled()
      }
      await buyOnce(scene, ids[n] ?? '', taste)
    }
    time.at = clock.now()
    if (day % DAYS_OF_MONTH === DAYS_OF_MONTH - 1) {
      await closeMonth(scene, Object.values(ids), door)
      await careForSome(scene)
    }
    onProgress((0.95 * day) / DAYS)
  }
  // The last alerts are left to whoever looks now.
  await closeMonth(scene, Object.values(ids), door)
  onProgress(1)
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  const count = new Intl.NumberFormat('en').format
  return `${count(people.length)} customers and ${count(buying.length)} purchases in ${seconds} seconds`
}

type Tell = (isWanted?: (type: string) => boolean) => Promise<void>

interface Scene {
  sandbox: Sandbox
  shop: Shop
  tell: Tell
  chance: Chance
  shelf: readonly string[]
  /** Charges that the shop still knows, the oldest first. */
  kept: string[]
}

async function buyOnce(scene: Scene, customer: string, taste: number): Promise<void> {
  const { sandbox, shop, tell, chance, shelf, kept } = scene
  const { charge } = shop.buy({ customer, lines: basket(chance, taste, shelf) })
  // One of the three events that mean this money is enough: the others would change nothing.
  await tell((type) => type === 'charge.succeeded')
  if (charge === null) return
  if (chance() < REFUND_SHARE) {
    shop.refund(charge)
    await tell((type) => type === 'charge.refunded')
  }
  kept.push(charge)
  if (kept.length > KEPT_PURCHASES) forget(sandbox, kept.shift() ?? '')
}

/** What a month brings beside purchases: renewals, words, rewards, and who may be leaving. */
async function closeMonth(scene: Scene, ids: readonly string[], door: Door): Promise<void> {
  const { sandbox, shop, tell } = scene
  shop.settleDue()
  breakSome(scene)
  await tell()
  await door.settled()
  await speak(scene, ids)
  await redeemSome(scene, ids)
  await sandbox.look()
  await sandbox.settle()
}

type Door = ReturnType<typeof createDoor>

/** As many at once as Stripe would send; each is signed, and must be taken. */
function createDoor({ clock, webhookSecret, fetch }: Sandbox) {
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  const deliver = async (event: StripeEvent): Promise<void> => {
    const body = JSON.stringify(event)
    const t = Math.floor(clock.now() / 1_000)
    const signature = createHmac('sha256', webhookSecret).update(`${t}.${body}`).digest('hex')
    const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${t},v1=${signature}` }
    const response = await fetch(new Request(`${ADDRESSES.self}/stripe/webhook`, { method: 'POST', headers, body }))
    if (response.status !== 200) throw new Error(`The server answered ${response.status} to ${event.type}`)
  }
  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running)
    if (failures.length > 0) throw failures[0]
  }
  return {
    send: async (event: StripeEvent): Promise<void> => {
      const work = deliver(event)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(work))
      running.add(work)
      if (running.size >= AT_ONCE) await Promise.race(running)
    },
    settled,
  }
}

/** Once-bought prices, the cheapest first, and how likely each is. */
function shelfOf({ vendors: { stripe } }: Sandbox): string[] {
  const prices = Object.values(stripe.account.objects.prices).filter(({ recurring }) => recurring === null)
  return prices.sort((a, b) => Number(a.unit_amount) - Number(b.unit_amount)).map(({ id }) => id)
}

function basket(chance: Chance, taste: number, shelf: readonly string[]): { price: string; quantity: number }[] {
  const depth = chance() ** (2.6 - 1.4 * taste)
  const price = shelf[Math.min(shelf.length - 1, Math.floor(depth * shelf.length))] ?? ''
  // Nobody buys two espresso machines.
  const quantity = price === shelf.at(-1) ? 1 : 1 + Math.floor(chance() ** 3 * 4)
  return [{ price, quantity }]
}

/** Of a purchase long ago there is nothing more to do in the shop. */
function forget({ vendors: { stripe } }: Sandbox, charge: string): void {
  const { objects } = stripe.account
  const intent = String(objects.charges[charge]?.payment_intent)
  delete objects.charges[charge]
  delete objects.payment_intents[intent]
  for (const session of Object.keys(objects['checkout.sessions'])) {
    if (objects['checkout.sessions'][session]?.payment_intent !== intent) continue
    delete objects['checkout.sessions'][session]
    break
  }
}

/** They have coffee brought to them every month. */
function subscribe({ sandbox, shop }: Scene, customer: string): void {
  const prices = Object.values(sandbox.vendors.stripe.account.objects.prices)
  const recurring = prices.find((price) => price.recurring !== null)
  if (recurring !== undefined) shop.subscribe({ customer, price: recurring.id })
}

/** Cards run out, and some have had enough. */
function breakSome({ sandbox, shop, chance }: Scene): void {
  for (const { id, status, cancel_at_period_end } of Object.values(
    sandbox.vendors.stripe.account.objects.subscriptions,
  )) {
    if (status === 'past_due' && chance() < 0.7) shop.payOpenInvoice(id)
    else if (status === 'active' && cancel_at_period_end !== true) {
      const fate = chance()
      if (fate < 0.03) shop.failPayment(id)
      else if (fate < 0.07) shop.cancelSubscription(id)
    }
  }
}

/** What customers say of the shop: most are content. */
async function speak({ sandbox: { app }, chance }: Scene, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    if (chance() >= FEEDBACK_SHARE) continue
    const mood = chance()
    const score = mood < 0.08 ? Math.floor(chance() * 5) : mood < 0.25 ? 7 : 9 + Math.floor(chance() * 2)
    await app.recordAction(`stripe:${id}`, { action: 'feedback', data: { score } }, SELF, null)
  }
}

/** Some of those who can have something take it, and most of what is handed over is handed over. */
async function redeemSome({ sandbox: { app }, chance }: Scene, ids: readonly string[]): Promise<void> {
  for (let n = 0; n < REDEEMING; n++) {
    const ref = `stripe:${pick(chance, ids)}`
    const offered = await app.memberRewards(ref)
    const can = offered.ok ? offered.value.rewards.filter(({ available }) => available) : []
    const [reward] = can.length === 0 ? [] : [pick(chance, can)]
    if (reward === undefined) continue
    const redeemed = await app.redeem(ref, { reward: reward.id }, SELF, null)
    if (redeemed.ok && redeemed.value.kind === 'manual' && chance() < 0.9)
      await app.moveRedemption(redeemed.value.id, 'fulfil', {}, SELF, null)
  }
}

/** Of the alerts with most at stake, staff take some, and are done with most of those. */
async function careForSome({ sandbox: { app }, chance }: Scene): Promise<void> {
  const open = await app.listAlerts({ limit: CARED_FOR })
  if (!open.ok) return
  for (const { id } of open.value.items) {
    const sam: Origin = { source: 'slack:U0SAM', actor: 'slack:U0SAM' }
    await app.moveAlert(id, { do: 'assign' }, sam, null)
    const outcome = pick(chance, ['helped', 'helped', 'no_answer', 'not_needed'] as const)
    if (chance() < 0.8) await app.moveAlert(id, { do: 'resolve', outcome }, sam, null)
  }
}
