/** The part of a unit's desk that holds alerts and feedback: what was read, changed and is to be committed. */
import type { Alert, Feedback } from '../core/alert-state.ts'
import type { Member } from '../core/state.ts'
import type { Changes, Tx } from './store-port.ts'

export class DeskAlerts {
  readonly #tx: Tx
  /** A member's version stands for the list of their alerts. */
  readonly #change: (member: string) => Member
  readonly #alerts = new Map<string, Alert | null>()
  readonly #changed = new Set<string>()
  readonly #feedback: Feedback[] = []
  /** Who became somebody else in this unit. */
  readonly #moved = new Map<string, string>()

  constructor(tx: Tx, change: (member: string) => Member) {
    this.#tx = tx
    this.#change = change
  }

  /** The alert as this unit leaves it; null where there is none. */
  alert(id: string): Alert | null {
    this.#load([id])
    return this.#alerts.get(id) ?? null
  }

  /** Those of the ids that there are, in their order. */
  all(ids: readonly string[]): Alert[] {
    this.#load(ids)
    return ids.flatMap((id) => this.#alerts.get(id) ?? [])
  }

  /** Puts a new or changed alert; its member changes with it. */
  put(alert: Alert): void {
    this.#alerts.set(alert.id, alert)
    this.#changed.add(alert.id)
    this.#change(alert.member)
  }

  /** One that this very unit began, and that is none after all. */
  drop({ id }: Alert): void {
    this.#alerts.set(id, null)
    this.#changed.delete(id)
  }

  /** What concerned one member concerns the other from now on; the store moves the rows themselves. */
  handOver(from: string, to: string): void {
    this.#moved.set(from, to)
    for (const alert of this.#alerts.values()) this.#adopt(alert)
  }

  #adopt(alert: Alert | null): void {
    if (alert !== null) alert.member = this.#moved.get(alert.member) ?? alert.member
  }

  addFeedback(feedback: Feedback): void {
    this.#feedback.push(feedback)
    this.#change(feedback.member)
  }

  /** What this unit noted. */
  get feedback(): readonly Feedback[] {
    return this.#feedback
  }

  changes(): Pick<Required<Changes>, 'alerts' | 'feedback'> {
    const alerts = [...this.#changed].flatMap((id) => this.#alerts.get(id) ?? [])
    return { alerts, feedback: this.#feedback }
  }

  #load(ids: readonly string[]): void {
    const unknown = ids.filter((id) => !this.#alerts.has(id))
    if (unknown.length === 0) return
    const found = this.#tx.alerts(unknown)
    for (const id of unknown) {
      this.#adopt(found.get(id) ?? null)
      this.#alerts.set(id, found.get(id) ?? null)
    }
  }
}
