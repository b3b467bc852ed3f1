/**
 * What the night's look learns from the whole shop before it judges anybody. Each part reads in slices and is one step: one
 * that was interrupted is done again from its start, so nothing half learnt need be kept.
 */

import { localDay } from '../core/calendar.ts'
import { hash32 } from '../core/hash32.ts'
import { historyOf } from '../retention/buying-history.ts'
import { lifeOf, renewalCurves, type SubscriptionLife } from '../retention/renewals.ts'
import { RfmTally } from '../retention/rfm.ts'
import { fitShop } from '../retention/shop-fit.ts'
import type { BuyingHistory, Fit, RfmCuts } from '../retention/types.ts'
import type { Context } from './context.ts'
import type { ModelKind } from './store-port.ts'

const STANDINGS_SLICE = 5_000
const SUBSCRIPTIONS_SLICE = 500
const HISTORIES_SLICE = 500
/** Members who came one after the other are chosen together: reading them is then quick. */
const BLOCK = 100
const HASHES = 2 ** 32
const REFIT_AFTER_DAYS = 7

/** Bounds of the quintiles, over everybody who ever bought. */
export async function learnQuintiles(context: Context): Promise<void> {
  const { store, clock } = context
  const zone = context.programs.current.timezone
  const today = localDay(clock.now(), zone)
  const tally = new RfmTally()
  for (let after = 0; ; ) {
    const slice = await store.standingsAfter({ after, limit: STANDINGS_SLICE })
    for (const { purchases, spendMinor, lastPurchaseAt } of slice)
      if (lastPurchaseAt !== null)
        tally.add({ daysSince: today - localDay(lastPurchaseAt, zone), purchases, spendMinor })
    after = slice.at(-1)?.n ?? after
    if (slice.length < STANDINGS_SLICE) break
  }
  const cuts = tally.cuts(clock.now())
  if (cuts !== null) await keep(context, 'rfm', cuts)
}

/** How customers buy, from the histories of all, or of so many. */
export async function learnModels(context: Context, limit: number): Promise<void> {
  const { clock, programs } = context
  const { timezone, retention } = programs.current
  const histories = await sampleHistories(context, limit)
  const at = clock.now()
  const { customers, purchases } = await shopKnown(context)
  const untilDay = localDay(at, timezone)
  const fit = fitShop(histories, { at, untilDay, customers, atRiskBelow: retention.atRiskBelow })
  await keep(context, 'fit', { ...fit, purchases })
}

/** How long subscriptions last. */
export async function learnRenewalCurves(context: Context): Promise<void> {
  const { store, clock, programs } = context
  const lives: SubscriptionLife[] = []
  for (let after = ''; ; ) {
    const slice = await store.subscriptionsAfter(after, SUBSCRIPTIONS_SLICE)
    for (const fact of slice) {
      const life = lifeOf(fact, programs.current, clock.now())
      if (life !== null) lives.push(life)
    }
    after = slice.at(-1)?.id ?? after
    if (slice.length < SUBSCRIPTIONS_SLICE) break
  }
  const known = await context.store.newestModel('renewals')
  if (lives.length > 0 || known !== null) await keep(context, 'renewals', renewalCurves(lives))
}

/** So many times the customers or purchases of the last time are another shop: one that is being filled, or began to grow. */
const GROWN = 1.5

/** Whether the models are a week old, there are none, or there are far more customers to learn from by now. */
export async function isFitDue(context: Context): Promise<boolean> {
  const { store, clock, programs } = context
  const newest = await store.newestModel('fit')
  if (newest === null) return true
  const before = JSON.parse(newest.body) as Fit
  const known = await shopKnown(context)
  if (known.customers >= GROWN * Math.max(1, before.customers)) return true
  if (known.purchases >= GROWN * Math.max(1, before.purchases ?? known.purchases)) return true
  const zone = programs.current.timezone
  // Also where the clock was ahead when they were made.
  return Math.abs(localDay(clock.now(), zone) - localDay(newest.at, zone)) >= REFIT_AFTER_DAYS
}

/** Histories of all customers, or of so many by chance: the same ones each time. */
async function sampleHistories(context: Context, limit: number): Promise<BuyingHistory[]> {
  const { store, programs } = context
  const zone = programs.current.timezone
  const histories: BuyingHistory[] = []
  for (const { after, size } of await slicesFor(context, limit))
    for (const { n, purchases } of await store.purchasesAfter({ after, limit: size })) {
      if (n > after + size) continue
      const history = historyOf(purchases, zone)
      if (history.days.length > 0) histories.push(history)
    }
  return histories
}

/** Which members to read. A few more or less than the limit, as chance has it. */
async function slicesFor(context: Context, limit: number): Promise<{ after: number; size: number }[]> {
  const upTo = await context.store.newestMember()
  const { customers } = await shopKnown(context)
  const share = customers <= limit ? 1 : limit / customers
  const size = share === 1 ? HISTORIES_SLICE : BLOCK
  return Array.from({ length: Math.ceil(upTo / size) }, (_, block) => ({ after: block * size, size })).filter(
    (_, block) => share === 1 || hash32(`sample/${block}`) / HASHES < share,
  )
}

/** As they were counted for the quintiles. */
async function shopKnown({ store }: Context): Promise<{ customers: number; purchases: number }> {
  const cuts = await store.newestModel('rfm')
  const { customers = 0, purchases = 0 } = cuts === null ? {} : (JSON.parse(cuts.body) as RfmCuts)
  return { customers, purchases }
}

/** Puts it in force, unless the same is already. */
async function keep(context: Context, kind: ModelKind, learnt: object): Promise<void> {
  const { store, clock } = context
  const newest = await store.newestModel(kind)
  const isSame = newest !== null && withoutTime(JSON.parse(newest.body) as object) === withoutTime(learnt)
  // Made while the clock was ahead, the one before would stay the newest.
  const at = Math.max(clock.now(), (newest?.at ?? 0) + 1)
  if (!isSame) await store.putModel(kind, at, JSON.stringify(learnt))
}

const withoutTime = (learnt: object): string => JSON.stringify(Array.isArray(learnt) ? learnt : { ...learnt, at: null })
