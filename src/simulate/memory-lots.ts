// A member's lots as the books ask for them, from memory.
import type { LotReader } from '../core/books.ts'
import type { Lot } from '../core/state.ts'
import type { OwnedRows } from './owned-rows.ts'

/** When a lot next changes by its own terms; null: never, or only with the member's activity. */
function dueAt({ state, availableAt, expiresAt, idleMonths, notBefore }: Lot): number | null {
  if (state === 'pending') return availableAt
  return idleMonths !== null || expiresAt === null ? null : Math.max(expiresAt, notBefore ?? expiresAt)
}

export class MemoryLots implements LotReader {
  readonly #lots: OwnedRows<Lot>
  readonly #member: string

  constructor(lots: OwnedRows<Lot>, member: string) {
    this.#lots = lots
    this.#member = member
  }

  byId(ids: readonly string[]): Lot[] {
    return this.#lots.byId(ids)
  }

  due(until: number, idle: readonly number[]): Lot[] {
    return this.#all().filter((lot) => {
      if (lot.remaining <= 0) return false
      const at = dueAt(lot)
      return at === null ? lot.idleMonths !== null && idle.includes(lot.idleMonths) : at <= until
    })
  }

  /** More than are needed is no harm: they need not be read. */
  spendable(): Lot[] {
    return this.#all().filter(({ remaining, state }) => remaining > 0 && state === 'available')
  }

  open(): Lot[] {
    return this.#all().filter(({ remaining }) => remaining > 0)
  }

  spent(): Lot[] {
    return this.#all().filter(({ spent }) => spent > 0)
  }

  expiredAfter(at: number): Lot[] {
    return this.#all().filter((lot) => lot.expired > 0 && (lot.expiredAt ?? at) > at)
  }

  ofRules(rules: readonly string[], since: number): Lot[] {
    return this.#all().filter(({ rule, earnedAt }) => rules.includes(rule) && earnedAt >= since)
  }

  nextDue(after: number, except: readonly string[]): number | null {
    let next: number | null = null
    for (const lot of this.#all()) {
      if (lot.remaining <= 0) continue
      const at = dueAt(lot)
      if (at !== null && at > after && (next === null || at < next) && !except.includes(lot.id)) next = at
    }
    return next
  }

  #all(): Lot[] {
    return this.#lots.of(this.#member)
  }
}
