/**
 * Effects on their way out. A vendor that is down delays nothing else and loses nothing: after five failures in a row it
 * is only probed every half minute, and no tries are counted meanwhile. Only a row's own refusal parks it.
 */
import { type Context, done, refuse } from './context.ts'
import { createFlushLease, type FlushLease } from './flush-lease.ts'
import { type App, type Deliverer, type DeliveryOutcome, type OutboxRow, StoreUnavailable } from './ports.ts'

const BATCH = 50
const FAILURES_BEFORE_BREAK = 5
const PROBE_EVERY_MS = 30_000
const FIRST_RETRY_MS = 1_000
const RETRY_LIMIT_MS = 300_000
/** A long queue is left after this, so that whoever asked can do other things, or end. */
const FLUSH_FOR_MS = 4_000
/** Somebody has to set something right at the vendor's: it is looked at again now and then. */
const HELD_MS = 300_000
const HELD_PROBES = 5

interface Breaker {
  failures: number
  /** When it last said to wait: a clock that stepped back to before that must not keep it waiting. */
  askedAt: number
  openUntil: number
  /** Probes in a row that were held. */
  held: number
  /** When a batch was last sent. */
  flushedAt: number
  /** Where many go out at once, and where each must go out once: who may send them. */
  lease?: FlushLease
  ownLease?: FlushLease
}

type Outbox = Pick<App, 'listOutbox' | 'retryOutbox' | 'drainOutbox'>

export function createOutbox(context: Context, learn: App['learnFacts']): Outbox {
  const breakers = new Map<string, Breaker>()
  const draining = new Map<string, Promise<number>>()
  const drainOne = (deliverer: Deliverer): Promise<number> => {
    const { vendor } = deliverer
    const underWay = draining.get(vendor)
    // One drain of a vendor at a time: a second would deliver the same rows. No other vendor waits for it.
    if (underWay !== undefined) return underWay
    const started = drainVendor(context, deliverer, breakerOf(breakers, vendor), learn).finally(() => {
      draining.delete(vendor)
    })
    draining.set(vendor, started)
    return started
  }
  return {
    listOutbox: async ({ limit, cursor }) => {
      const after = cursor === undefined ? 0 : Number(cursor)
      const rows = await context.store.outboxPage({ limit: limit + 1, after: Number.isSafeInteger(after) ? after : 0 })
      const items = rows.slice(0, limit)
      return { items, next: rows.length > limit ? String(items.at(-1)?.id) : null }
    },
    retryOutbox: async (id) => {
      const row = await context.store.reviveEffect(id, context.clock.now())
      return row === null ? refuse('not_found', 'Nothing of this number is waiting') : done(row)
    },
    drainOutbox: async (vendor) => {
      const wanted = context.deliverers.filter((deliverer) => vendor === undefined || deliverer.vendor === vendor)
      const counts = await Promise.all(wanted.map(drainOne))
      return counts.reduce((sum, count) => sum + count, 0)
    },
  }
}

function breakerOf(breakers: Map<string, Breaker>, vendor: string): Breaker {
  const known = breakers.get(vendor) ?? {
    failures: 0,
    askedAt: 0,
    openUntil: 0,
    held: 0,
    flushedAt: Number.NEGATIVE_INFINITY,
  }
  breakers.set(vendor, known)
  return known
}

async function drainVendor(
  context: Context,
  deliverer: Deliverer,
  breaker: Breaker,
  learn: App['learnFacts'],
): Promise<number> {
  const now = context.clock.now()
  if (breaker.openUntil > now && now >= breaker.askedAt) return 0
  const together = deliverer.together
  const batched = together === undefined ? 0 : await drainTogether(context, together, breaker, learn)
  const kinds = deliverer.kinds.filter((kind) => kind !== together?.kind)
  // What came of the batch may be that the vendor is down.
  if (kinds.length === 0 || breaker.openUntil > context.clock.now()) return batched
  return batched + (await drainOneByOne(context, { ...deliverer, kinds }, breaker, learn))
}

/** Batch after batch while they are full and the vendor takes them, for some seconds. */
async function drainTogether(
  context: Context,
  { kind, most, everyMs, deliver }: Together,
  breaker: Breaker,
  learn: App['learnFacts'],
): Promise<number> {
  const { store, clock } = context
  const now = clock.now()
  if (now - breaker.flushedAt < everyMs && now >= breaker.flushedAt) return 0
  breaker.lease ??= createFlushLease(context, kind)
  const { lease } = breaker
  const due = (limit: number) => store.dueEffects({ kinds: [kind], now: clock.now(), limit })
  let tried = 0
  try {
    for (;;) {
      const limit = breaker.failures >= FAILURES_BEFORE_BREAK ? 1 : most
      // Read again once it is ours: another process may just have delivered them.
      if ((await due(1)).length === 0 || !(await lease.hold())) return tried
      const rows = await due(limit)
      if (rows.length === 0) return tried
      if (clock.now() - now >= FLUSH_FOR_MS) {
        // The queue is long: the next round need not wait for more to come.
        breaker.flushedAt = Number.NEGATIVE_INFINITY
        return tried
      }
      breaker.flushedAt = clock.now()
      tried += rows.length
      const outcomes = await lease.during(() => attemptAll(context, kind, rows, deliver))
      if (!(await settleAll(context, breaker, rows, outcomes, learn)) || rows.length < limit) return tried
    }
  } finally {
    await lease.release()
  }
}

async function attemptAll(
  context: Context,
  kind: string,
  rows: readonly OutboxRow[],
  deliver: Together['deliver'],
): Promise<DeliveryOutcome[]> {
  try {
    const outcomes = await deliver(rows)
    if (outcomes.length !== rows.length) throw new Error(`${outcomes.length} outcomes for ${rows.length} rows`)
    return outcomes
  } catch (error) {
    context.logger.error('delivery failed', { kind, error: error instanceof Error ? error.stack : 'unknown' })
    return rows.map(() => ({ kind: 'down', reason: 'An error in Regulars itself' }))
  }
}

interface Attempt {
  row: OutboxRow
  outcome: DeliveryOutcome
}

/** A vendor that fails for a whole batch has failed once; answers whether it may be asked further now. */
async function settleAll(
  context: Context,
  breaker: Breaker,
  rows: readonly OutboxRow[],
  outcomes: readonly DeliveryOutcome[],
  learn: App['learnFacts'],
): Promise<boolean> {
  const attempts = rows.flatMap((row, n): Attempt[] => {
    const outcome = outcomes[n]
    return outcome === undefined ? [] : [{ row, outcome }]
  })
  const done = attempts.filter(({ outcome }) => outcome.kind === 'done').map(({ row }) => row)
  await context.store.acknowledge(done)
  if (attempts.some(({ outcome: { kind } }) => kind === 'done' || kind === 'refused'))
    breaker.failures = breaker.held = 0
  await context.store.postpone(putOff(breaker, attempts, context.clock.now()))
  for (const { row, outcome } of attempts)
    if (outcome.kind === 'learnt') await settle(context, breaker, row, outcome, learn)
  return (
    breaker.openUntil <= context.clock.now() &&
    attempts.every(({ outcome: { kind } }) => kind !== 'wait' && kind !== 'down')
  )
}

/** Those that go out later, or not before they change; all that failed together stay together. */
function putOff(
  breaker: Breaker,
  attempts: readonly Attempt[],
  now: number,
): Parameters<Context['store']['postpone']>[0] {
  const failed = attempts.find(({ outcome }) => outcome.kind === 'down')?.row
  if (failed !== undefined) {
    breaker.failures++
    breaker.askedAt = now
  }
  const broken = failed !== undefined && breaker.failures >= FAILURES_BEFORE_BREAK
  if (broken) breaker.openUntil = now + PROBE_EVERY_MS
  // It answers, if only that this one is held: a few others are tried at once.
  const isProbeHeld =
    breaker.failures >= FAILURES_BEFORE_BREAK && attempts.some(({ outcome }) => outcome.kind === 'held')
  if (isProbeHeld && ++breaker.held % HELD_PROBES === 0) {
    breaker.openUntil = now + PROBE_EVERY_MS
    breaker.askedAt = now
  }
  const tries = failed?.tries ?? 0
  const retryMs = broken ? PROBE_EVERY_MS : spread(Math.min(FIRST_RETRY_MS * 2 ** tries, RETRY_LIMIT_MS), now)
  return attempts.flatMap(({ row: { id, revision }, outcome }) => {
    const common = { id, revision, park: false, counts: false }
    switch (outcome.kind) {
      case 'refused':
        return [{ ...common, dueAt: now, reason: outcome.reason, park: true, counts: true }]
      case 'wait':
        breaker.openUntil = Math.max(breaker.openUntil, now + outcome.forMs)
        breaker.askedAt = now
        return [{ ...common, dueAt: now + outcome.forMs, reason: 'Asked to wait' }]
      case 'down':
        return [{ ...common, dueAt: now + retryMs, reason: outcome.reason, counts: !broken }]
      case 'held':
        return [{ ...common, dueAt: now + spread(HELD_MS, now), reason: outcome.reason }]
      default:
        return []
    }
  })
}

/** Up to a fifth later, by the moment: those who failed together do not all come back at once. */
const spread = (ms: number, now: number): number => ms + Math.floor((ms / 5) * (((now * 7_919) % 1_009) / 1_009))

type Together = NonNullable<Deliverer['together']>

async function drainOneByOne(
  context: Context,
  deliverer: Pick<Deliverer, 'vendor' | 'kinds' | 'deliver' | 'isOneAtATime'>,
  breaker: Breaker,
  learn: App['learnFacts'],
): Promise<number> {
  const { kinds } = deliverer
  const due = (limit: number) => context.store.dueEffects({ kinds, now: context.clock.now(), limit })
  const limit = breaker.failures >= FAILURES_BEFORE_BREAK ? 1 : BATCH
  if (!deliverer.isOneAtATime) return deliverEach(context, deliverer, await due(limit), { breaker, learn })
  breaker.ownLease ??= createFlushLease(context, deliverer.vendor)
  const { ownLease: lease } = breaker
  try {
    // Read again once it is ours: another process may just have delivered them.
    if ((await due(1)).length === 0 || !(await lease.hold())) return 0
    return await deliverEach(context, deliverer, await due(limit), { breaker, learn, lease })
  } finally {
    await lease.release()
  }
}

async function deliverEach(
  context: Context,
  deliverer: Pick<Deliverer, 'deliver'>,
  rows: readonly OutboxRow[],
  { breaker, learn, lease }: { breaker: Breaker; learn: App['learnFacts']; lease?: FlushLease },
): Promise<number> {
  let tried = 0
  for (const row of rows) {
    // One that took long may have lost it: whoever has it now delivers the rest.
    if (lease !== undefined && tried > 0 && !(await lease.hold())) break
    tried++
    const work = () => attempt(context, deliverer, row)
    const outcome = await (lease === undefined ? work() : lease.during(work))
    const goOn = await settle(context, breaker, row, outcome, learn)
    if (!goOn) break
  }
  return tried
}

async function attempt(
  context: Context,
  deliverer: Pick<Deliverer, 'deliver'>,
  row: OutboxRow,
): Promise<DeliveryOutcome> {
  try {
    return await deliverer.deliver(row)
  } catch (error) {
    context.logger.error('delivery failed', { kind: row.kind, error: error instanceof Error ? error.stack : 'unknown' })
    return { kind: 'down', reason: 'An error in Regulars itself' }
  }
}

/** Writes down what became of a delivery; answers whether the vendor may be asked further now. */
async function settle(
  context: Context,
  breaker: Breaker,
  row: OutboxRow,
  outcome: DeliveryOutcome,
  learn: App['learnFacts'],
): Promise<boolean> {
  const { store, clock } = context
  const now = clock.now()
  const later = (dueAt: number, reason: string, counts: boolean) =>
    store.postpone([{ id: row.id, revision: row.revision, dueAt, reason, park: false, counts }])
  switch (outcome.kind) {
    case 'learnt':
      try {
        await learn(outcome.learnt)
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error
        // Our own fault, and it would be every time: the row is shown and lets the others pass.
        context.logger.error('what was learnt could not be recorded', { kind: row.kind, error: String(error) })
        return settle(context, breaker, row, { kind: 'refused', reason: 'An error in Regulars itself' }, learn)
      }
      await store.acknowledge([row])
      breaker.failures = 0
      return true
    case 'done':
      await store.acknowledge([row])
      breaker.failures = 0
      return true
    case 'held':
      await later(now + HELD_MS, outcome.reason, false)
      return true
    case 'refused':
      await store.postpone([
        { id: row.id, revision: row.revision, dueAt: now, reason: outcome.reason, park: true, counts: true },
      ])
      breaker.failures = 0
      return true
    case 'wait':
      await later(now + outcome.forMs, 'Asked to wait', false)
      breaker.openUntil = now + outcome.forMs
      breaker.askedAt = now
      return false
    case 'down': {
      breaker.failures++
      const broken = breaker.failures >= FAILURES_BEFORE_BREAK
      if (broken) breaker.openUntil = now + PROBE_EVERY_MS
      breaker.askedAt = now
      await later(
        now + (broken ? PROBE_EVERY_MS : Math.min(FIRST_RETRY_MS * 2 ** row.tries, RETRY_LIMIT_MS)),
        outcome.reason,
        !broken,
      )
      return !broken
    }
    default: {
      const unknown: never = outcome
      return unknown
    }
  }
}
