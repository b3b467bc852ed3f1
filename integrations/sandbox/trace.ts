/**
 * What happened, as it happens: what a vendor told, what came of it in the books, what was said to the others. Each step belongs
 * to the journey that it was caused by, where that is known.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { OutboxRow } from '../../src/app/ports.ts'
import type { Changes } from '../../src/app/store-port.ts'

export type Stage =
  /** Somebody did something at a vendor's. */
  | 'happened'
  /** The vendor told of it, and what was answered. */
  | 'delivered'
  /** Lines of the ledger. */
  | 'recorded'
  /** What is to be said to others. */
  | 'queued'
  /** It was said, or would not be taken. */
  | 'sent'
  /** One of our calls to a vendor. */
  | 'called'

export type Vendor = 'stripe' | 'hubspot' | 'slack' | 'regulars'

export interface Step {
  id: number
  /** What it belongs to: somebody's doing, or else an event; null where nobody knows. */
  journey: string | null
  /** The event of Stripe's that it comes of. */
  event: string | null
  stage: Stage
  vendor: Vendor
  /** A sentence. */
  title: string
  /** The sandbox's time, ms. */
  at: number
  /** How long it took, ms; null where that says nothing. */
  tookMs: number | null
  isTrouble: boolean
  /** Of a line of the ledger, how many points; null elsewhere. */
  points: number | null
  /** Of the last of its kind on a long journey: how many others it stands for. */
  more: number
  detail: unknown
}

export type NewStep = Omit<Step, 'id' | 'at' | 'journey' | 'event' | 'tookMs' | 'isTrouble' | 'points' | 'more'> &
  Partial<Pick<Step, 'journey' | 'event' | 'tookMs' | 'isTrouble' | 'points'>>

/** How a journey begins: noted as soon as anything comes of it. */
export type Opening = Pick<Step, 'vendor' | 'title' | 'detail'>

export interface Trace {
  add(step: NewStep): Step
  /** Whatever comes of this work is one journey. */
  asOne<Outcome>(opening: Opening, work: () => Outcome): Outcome
  /** Whatever comes of this work comes of that event; null: it is part of nothing. */
  within<Outcome>(of: { event: string } | { journey: string } | null, work: () => Outcome): Outcome
  /** Whether it is known what is being done. */
  isWithin(): boolean
  committed(changes: Changes): void
  /** The journeys that queued such a row and wait for it, the newest last: one delivery is for them all. */
  waitingFor(row: Pick<OutboxRow, 'kind' | 'key'>): readonly string[]
  /** It has arrived: these wait for it no more. */
  arrived(row: Pick<OutboxRow, 'kind' | 'key'>, journeys: readonly string[]): void
  /** The newest last. */
  recent(limit: number): Step[]
  listen(listener: (step: Step) => void): () => void
  /** Nothing is noted while many things happen at once. */
  setQuiet(isQuiet: boolean): void
  clear(): void
}

/** What belongs to nothing is told where it says something by itself; thousands of contacts can be up to date. */
const QUIET_ALONE: ReadonlySet<Stage> = new Set(['queued', 'sent', 'called'])
const STEPS_LIMIT = 500
const JOURNEYS_LIMIT = 5_000
const OF_A_KIND_LIMIT = 12
const WAITING_LIMIT = 20

/** Where a change came from, as entries say it: `stripe:evt_…` is the journey of that event. */
const journeyFrom = (source: string): string | null => /^stripe:(evt_.+)$/.exec(source)?.[1] ?? null

interface Cause {
  journey: string
  event: string | null
  opening: Opening | null
}

export function createTrace(now: () => number): Trace {
  let steps: Step[] = []
  let next = 1
  let isQuiet = false
  const listeners = new Set<(step: Step) => void>()
  const queued = new Map<string, string[]>()
  const causes = new AsyncLocalStorage<Cause | null>()
  const ofEvents = new Map<string, string>()

  /** How many of a kind a journey has, and the last of them: a night can bring thousands. */
  const kinds = new Map<string, { count: number; last: Step }>()

  function note(step: Step): Step {
    if (step.journey === null && !step.isTrouble && QUIET_ALONE.has(step.stage)) return step
    if (step.journey !== null) {
      const kind = `${step.journey} ${step.stage} ${step.vendor}`
      const known = kinds.get(kind)
      if (known !== undefined && known.count >= OF_A_KIND_LIMIT && step.isTrouble === known.last.isTrouble) {
        known.last.more++
        return known.last
      }
      if (kinds.size >= JOURNEYS_LIMIT) kinds.clear()
      kinds.set(kind, { count: (known?.count ?? 0) + 1, last: step })
    }
    steps.push(step)
    if (steps.length > STEPS_LIMIT * 2) steps = steps.slice(-STEPS_LIMIT)
    for (const listener of listeners) listener(step)
    return step
  }

  const add: Trace['add'] = ({ journey, event, tookMs = null, isTrouble = false, points = null, ...rest }) => {
    const cause = causes.getStore() ?? null
    const from = event ?? cause?.event ?? null
    const known = from === null ? undefined : ofEvents.get(from)
    const to = journey ?? known ?? cause?.journey ?? from
    const made = { event: from, journey: to, tookMs, isTrouble, points, more: 0, ...rest }
    if (isQuiet) return { id: next++, at: now(), ...made }
    if (from !== null && known === undefined && to !== null) {
      if (ofEvents.size >= JOURNEYS_LIMIT) ofEvents.clear()
      ofEvents.set(from, to)
    }
    if (cause !== null && cause.opening !== null && to === cause.journey) {
      const { opening } = cause
      cause.opening = null
      const none = { event: null, tookMs: null, points: null, more: 0, isTrouble: false }
      const first = { journey: to, stage: 'happened', ...none } as const
      note({ id: next++, at: now(), ...first, ...opening })
    }
    return note({ id: next++, at: now(), ...made })
  }

  const within: Trace['within'] = (of, work) => {
    if (of === null) return causes.run(null, work)
    if ('journey' in of) return causes.run({ journey: of.journey, event: null, opening: null }, work)
    const cause = causes.getStore()
    const journey = ofEvents.get(of.event) ?? cause?.journey ?? of.event
    return causes.run({ journey, event: of.event, opening: null }, work)
  }

  function wait({ kind, key }: Pick<OutboxRow, 'kind' | 'key'>, journey: string): void {
    const others = (queued.get(`${kind} ${key}`) ?? []).filter((one) => one !== journey)
    queued.set(`${kind} ${key}`, [...others.slice(-WAITING_LIMIT), journey])
  }

  function committed({ entries = [], effects = [] }: Changes): void {
    if (isQuiet) return
    const [first] = entries
    // What nobody did here, such as what falls due, is told commit by commit.
    const own = first === undefined ? null : (journeyFrom(first.source) ?? `commit-${next++}`)
    const journey = causes.getStore()?.journey ?? own
    for (const entry of entries)
      add({
        journey,
        stage: 'recorded',
        vendor: 'regulars',
        title: entry.reason,
        points: entry.points,
        detail: entry,
      })
    for (const effect of effects) {
      if (queued.size >= JOURNEYS_LIMIT) queued.clear()
      if (journey !== null) wait(effect, journey)
      add({ journey, stage: 'queued', vendor: vendorOf(effect.kind), title: effect.kind, detail: effect })
    }
  }

  return {
    add,
    asOne: (opening, work) => causes.run({ journey: `doing-${next++}`, event: null, opening }, work),
    within,
    isWithin: () => (causes.getStore() ?? null) !== null,
    committed,
    waitingFor: ({ kind, key }) => queued.get(`${kind} ${key}`) ?? [],
    arrived: ({ kind, key }, journeys) => {
      const left = (queued.get(`${kind} ${key}`) ?? []).filter((one) => !journeys.includes(one))
      if (left.length === 0) queued.delete(`${kind} ${key}`)
      else queued.set(`${kind} ${key}`, left)
    },
    recent: (limit) => steps.slice(-limit),
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    setQuiet: (given) => {
      isQuiet = given
    },
    clear: () => {
      steps = []
      kinds.clear()
      queued.clear()
      ofEvents.clear()
    },
  }
}

export const vendorOf = (kind: string): Vendor => {
  const [name] = kind.split('.')
  return name === 'stripe' || name === 'hubspot' || name === 'slack' ? name : 'regulars'
}
