/** The part of a unit's desk that holds points waiting for an approver: what was read, changed and is to be committed. */
import type { AdjustmentRequest } from '../core/adjustment-request.ts'
import type { Changes, Tx } from './store-port.ts'

export class DeskRequests {
  readonly #tx: Tx
  /** A member's version stands for the list of what was asked for them. */
  readonly #change: (member: string) => unknown
  readonly #requests = new Map<string, AdjustmentRequest>()
  readonly #changed = new Set<string>()

  constructor(tx: Tx, change: (member: string) => unknown) {
    this.#tx = tx
    this.#change = change
  }

  /** The request as this unit leaves it; null where there is none. */
  request(id: string): AdjustmentRequest | null {
    return this.#requests.get(id) ?? this.#adopt([...this.#tx.adjustmentRequests([id]).values()])[0] ?? null
  }

  /** All that was asked for this member, oldest first. */
  of(member: string): AdjustmentRequest[] {
    this.#adopt(this.#tx.adjustmentRequestsOf(member))
    return [...this.#requests.values()].filter((one) => one.member === member)
  }

  put(request: AdjustmentRequest): void {
    this.#requests.set(request.id, request)
    this.#changed.add(request.id)
    this.#change(request.member)
  }

  changes(): Required<Pick<Changes, 'adjustmentRequests'>> {
    return { adjustmentRequests: [...this.#changed].flatMap((id) => this.#requests.get(id) ?? []) }
  }

  /** The working copies: what this unit has changed stays changed. */
  #adopt(stored: readonly AdjustmentRequest[]): AdjustmentRequest[] {
    return stored.map((request) => {
      const known = this.#requests.get(request.id) ?? request
      this.#requests.set(request.id, known)
      return known
    })
  }
}
