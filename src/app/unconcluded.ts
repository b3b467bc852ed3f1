/**
 * What a unit has changed of a member that nothing was concluded from yet: payments, tiers, awards. What is given for them
 * follows from the difference, so that nothing is looked up where there is none, and concluding again finds none.
 */
import type { Grant } from '../core/reward-state.ts'
import type { Member, Payment } from '../core/state.ts'
import { heldSegments, type TierSegment } from '../core/tiers.ts'

export interface PaymentChange {
  /** As it was read; null where it is new. */
  before: Payment | null
  after: Payment
}

/** The tiers of somebody when they were read. */
export interface HeldBefore {
  held: readonly TierSegment[]
  /** When they began by then; null where they had none. */
  start: number | null
  isMember: boolean
}

const NOBODY: HeldBefore = { held: [], start: null, isMember: false }

export class Unconcluded {
  readonly #tiers: boolean
  readonly #held = new Map<string, HeldBefore>()
  readonly #payments = new Map<string, Payment>()
  /** By member and payment, because a payment may leave one for another: as it was when that member was concluded. */
  readonly #concluded = new Map<string, Payment>()
  readonly #grants = new Map<string, Grant['state']>()

  /** `tiers`: whether the program has any. */
  constructor(tiers: boolean) {
    this.#tiers = tiers
  }

  /** Called with what was read, before anything is changed. */
  readMember(member: Member): void {
    if (this.#tiers) this.#held.set(member.id, standing(member))
  }

  /** Called with what was read, before anything is changed: its parts are replaced, never changed. */
  readPayment(payment: Payment): void {
    this.#payments.set(payment.id, { ...payment })
  }

  /** Whose the payment was when it was read; null: nobody's, or it is new. */
  ownerOf(payment: string): string | null {
    return this.#payments.get(payment)?.member ?? null
  }

  heldBefore(member: string): HeldBefore {
    return this.#held.get(member) ?? NOBODY
  }

  /** Of the payments that the unit changed, those that are or were this member's. */
  payments(member: string, changed: Iterable<Payment>): PaymentChange[] {
    const found: PaymentChange[] = []
    for (const after of changed) {
      const before = this.#concluded.get(`${member} ${after.id}`) ?? this.#payments.get(after.id) ?? null
      if (after.member === member || before?.member === member) found.push({ before, after })
    }
    return found
  }

  grants(changed: readonly Grant[]): Grant[] {
    return changed.filter(({ id, state }) => this.#grants.get(id) !== state)
  }

  /** All that was due to the member for this was given. */
  concluded(member: Member, payments: readonly PaymentChange[], grants: readonly Grant[]): void {
    if (this.#tiers) {
      this.#held.set(member.id, standing(member))
      for (const id of member.absorbed) this.#held.delete(id)
    }
    for (const { after } of payments) this.#concluded.set(`${member.id} ${after.id}`, { ...after })
    for (const { id, state } of grants) this.#grants.set(id, state)
  }
}

const standing = (member: Member): HeldBefore => ({
  held: heldSegments(member),
  start: member.tiers?.start ?? null,
  isMember: member.status === 'active',
})
