/** Churn of subscriptions: of those that ran when a month began, the share that ended in it. */
import type { SubscriptionFact } from '../core/facts.ts'
import { addToMonth, startOfMonth } from '../core/report-months.ts'
import { endOf } from '../core/subscriptions.ts'
import { ratio } from './metrics.ts'

export interface SubscriptionMonth {
  month: string
  /** Ran as the month began; began in it; and ended in it, of those that ran as it began. */
  running: number
  began: number
  ended: number
  churn: number | null
}

interface Counted extends SubscriptionMonth {
  fromMs: number
  toMs: number
}

const NEVER_BEGAN: ReadonlySet<string> = new Set(['incomplete', 'incomplete_expired'])

export class SubscriptionTally {
  readonly #months: Counted[]
  readonly #now: number
  /** Of the whole span: ran as it began, and of these ended in it. */
  readonly #span: Counted
  running = 0

  /** @param months in order, each the one after the last; at least one */
  constructor(months: readonly string[], zone: string, now: number) {
    this.#now = now
    this.#months = months.map((month) => ({
      month,
      running: 0,
      began: 0,
      ended: 0,
      churn: null,
      fromMs: startOfMonth(month, zone),
      toMs: startOfMonth(addToMonth(month, 1), zone),
    }))
    const [first, last] = [this.#months[0], this.#months.at(-1)]
    this.#span = {
      month: '',
      running: 0,
      began: 0,
      ended: 0,
      churn: null,
      fromMs: first?.fromMs ?? now,
      toMs: last?.toMs ?? now,
    }
  }

  /** The merchant's own, each once. One that was cancelled on trial counts like any other: somebody left. */
  add(fact: SubscriptionFact): void {
    const { startedAt, status, account } = fact
    if (account !== null || startedAt === null || startedAt > this.#now || NEVER_BEGAN.has(status)) return
    const over = endOf(fact)
    // What is to end one day has not ended yet.
    const end = over === null || over > this.#now ? Number.POSITIVE_INFINITY : over
    if (end === Number.POSITIVE_INFINITY) this.running++
    for (const month of [...this.#months, this.#span]) count(month, startedAt, end)
  }

  get span(): SubscriptionMonth {
    return shown(this.#span)
  }

  figures(): SubscriptionMonth[] {
    return this.#months.map(shown)
  }
}

function count(month: Counted, start: number, end: number): void {
  if (start >= month.fromMs && start < month.toMs) month.began++
  if (start >= month.fromMs || end < month.fromMs) return
  month.running++
  if (end < month.toMs) month.ended++
}

const shown = ({ month, running, began, ended }: Counted): SubscriptionMonth => ({
  month,
  running,
  began,
  ended,
  churn: ratio(ended, running),
})
