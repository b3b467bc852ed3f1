/** The part of a unit's desk that holds awards, rewards and shared counts: what was read, changed and is to be committed. */
import type { Grant, Redemption } from '../core/reward-state.ts'
import type { Changes, Counter, GrantFilter, Tx } from './store-port.ts'

export class Given {
  readonly #tx: Tx
  /** Whoever is given something changes: their version stands for the lists of all they were given. */
  readonly #change: (member: string) => unknown
  /** Of somebody not stored yet nothing is stored. */
  readonly #isNew: (member: string) => boolean
  readonly #grants = new Map<string, Grant>()
  readonly #redemptions = new Map<string, Redemption>()
  readonly #counters = new Map<string, Counter>()
  readonly #absentGrants = new Set<string>()
  // Most units change none: there is a desk for each, so nothing is made before it is needed.
  #changedGrants: Set<string> | null = null
  #changedRedemptions: Set<string> | null = null
  #changedCounters: Set<string> | null = null
  /** By member, all of them in order, once they were read; asked for again and again. */
  readonly #redemptionsOf = new Map<string, readonly Redemption[]>()

  constructor(tx: Tx, change: (member: string) => unknown, isNew: (member: string) => boolean) {
    this.#tx = tx
    this.#change = change
    this.#isNew = isNew
  }

  // ------------------------------------------------------------------------------------------------ grants

  grant(id: string): Grant | null {
    this.loadGrants([id])
    return this.#grants.get(id) ?? null
  }

  /** Reads grants that will be asked for, all that are not known yet in one go. */
  loadGrants(ids: readonly string[]): void {
    const unknown = ids.filter((id) => !this.#grants.has(id) && !this.#absentGrants.has(id))
    if (unknown.length === 0) return
    this.#adoptGrants([...this.#tx.grants(unknown).values()])
    for (const id of unknown) if (!this.#grants.has(id)) this.#absentGrants.add(id)
  }

  /** The member's grants as this unit leaves them, oldest first, the withdrawn included. */
  grantsOf(member: string, only: GrantFilter = {}): Grant[] {
    if (!this.#isNew(member)) this.#adoptGrants(this.#tx.grantsOf(member, only))
    if (this.#grants.size === 0) return []
    return [...this.#grants.values()].filter((grant) => grant.member === member && fits(grant, only)).sort(byTime)
  }

  /** When the member did something beside buying that counts as activity: actions, and redemptions of their own. */
  activeTimes(member: string): number[] {
    const actions = this.grantsOf(member, { occasion: 'action' }).filter(({ state }) => state !== 'withdrawn')
    const redemptions = this.redemptionsOf(member).filter(({ charge }) => charge === 'member')
    return [...actions.map(({ at }) => at), ...redemptions.map(({ createdAt }) => createdAt)]
  }

  /** The member's awards of one occasion that this unit has changed so far. */
  changedGrants(member: string, occasion: Grant['occasion']): Grant[] {
    if (this.#changedGrants === null) return []
    const changed = [...this.#changedGrants].map((id) => this.#grants.get(id)).filter((grant) => grant !== undefined)
    return changed.filter((grant) => grant.member === member && grant.occasion === occasion)
  }

  putGrant(grant: Grant): void {
    this.#change(grant.member)
    this.#grants.set(grant.id, grant)
    this.#changedGrants ??= new Set()
    this.#changedGrants.add(grant.id)
  }

  /** The working copies: what this unit has changed stays changed. */
  #adoptGrants(stored: readonly Grant[]): Grant[] {
    return stored.map((grant) => {
      const known = this.#grants.get(grant.id) ?? grant
      this.#grants.set(grant.id, known)
      return known
    })
  }

  // ------------------------------------------------------------------------------------------------ redemptions

  redemption(id: string): Redemption | null {
    const known = this.#redemptions.get(id)
    if (known) return known
    return this.#adoptRedemptions([...this.#tx.redemptions([id]).values()])[0] ?? null
  }

  /** The member's redemptions as this unit leaves them, oldest first. */
  redemptionsOf(member: string): readonly Redemption[] {
    const known = this.#redemptionsOf.get(member)
    if (known !== undefined) return known
    if (!this.#isNew(member)) this.#adoptRedemptions(this.#tx.redemptionsOf(member))
    const theirs = [...this.#redemptions.values()].filter((one) => one.member === member).sort(byCreation)
    this.#redemptionsOf.set(member, theirs)
    return theirs
  }

  putRedemption(redemption: Redemption): void {
    this.#change(redemption.member)
    if (this.#redemptions.get(redemption.id) !== redemption) this.#redemptionsOf.delete(redemption.member)
    this.#redemptions.set(redemption.id, redemption)
    this.#changedRedemptions ??= new Set()
    this.#changedRedemptions.add(redemption.id)
  }

  #adoptRedemptions(stored: readonly Redemption[]): Redemption[] {
    return stored.map((redemption) => {
      const known = this.#redemptions.get(redemption.id) ?? redemption
      this.#redemptions.set(redemption.id, known)
      return known
    })
  }

  // ------------------------------------------------------------------------------------------------ counts

  /** `stock:<reward>`: how many are gone; `staff:<who>:<local day>`: points given away. 0 where nothing was counted. */
  counter(name: string): number {
    return this.#counter(name).value
  }

  addToCounter(name: string, amount: number): void {
    if (amount === 0) return
    this.#counter(name).value += amount
    this.#changedCounters ??= new Set()
    this.#changedCounters.add(name)
  }

  #counter(name: string): Counter {
    const known = this.#counters.get(name) ?? this.#tx.counters([name]).get(name) ?? { name, version: 0, value: 0 }
    this.#counters.set(name, known)
    return known
  }

  /** What was given to one member is the other's from now on; the store moves the rows themselves. */
  handOver(from: string, to: string): void {
    for (const one of [...this.grantsOf(from), ...this.redemptionsOf(from)]) one.member = to
    for (const member of [from, to]) this.#redemptionsOf.delete(member)
  }

  changes(): Required<Pick<Changes, 'grants' | 'redemptions' | 'counters'>> {
    const changed = <Row>(rows: ReadonlyMap<string, Row>, ids: ReadonlySet<string> | null): Row[] =>
      ids === null ? [] : [...ids].map((id) => rows.get(id)).filter((row) => row !== undefined)
    return {
      grants: changed(this.#grants, this.#changedGrants),
      redemptions: changed(this.#redemptions, this.#changedRedemptions),
      counters: changed(this.#counters, this.#changedCounters),
    }
  }
}

const fits = (grant: Grant, { occasion, rule, since }: GrantFilter): boolean =>
  (occasion === undefined || grant.occasion === occasion) &&
  (rule === undefined || grant.rule === rule) &&
  (since === undefined || grant.at >= since)

const byCreation = (a: Redemption, b: Redemption): number => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)
const byTime = (a: Grant, b: Grant): number => a.at - b.at || (a.id < b.id ? -1 : 1)
