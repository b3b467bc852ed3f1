// What a simulation keeps instead of a database: the same state, in maps. One unit runs after the other and none is run
// again, so units work on the objects themselves.
import type { Changes, Counter, LedgerRow } from '../app/store-port.ts'
import type { SubscriptionFact } from '../core/facts.ts'
import type { Grant, Redemption } from '../core/reward-state.ts'
import type { Effect, Lot, Member, Payment } from '../core/state.ts'
import { OwnedRows } from './owned-rows.ts'

export class MemoryData {
  readonly names = new Map<string, string>()
  readonly members = new Map<string, Member>()
  readonly payments = new OwnedRows<Payment>()
  readonly lots = new OwnedRows<Lot>()
  readonly grants = new OwnedRows<Grant>()
  readonly redemptions = new OwnedRows<Redemption>()
  readonly counters = new Map<string, Counter>()
  readonly subscriptions = new Map<string, SubscriptionFact>()
  readonly settings = new Map<string, string>()
  /** Entries by member; null where nobody will look at them: they are most of what there would be to keep. */
  readonly journal: Map<string, LedgerRow[]> | null
  #entries = 0

  constructor({ keepsJournal }: { keepsJournal: boolean }) {
    this.journal = keepsJournal ? new Map() : null
  }

  /** Takes over all that one unit changed; answers what is to be done outside. */
  apply(changes: Changes): readonly Effect[] {
    if (changes.handOver) this.#handOver(changes.handOver)
    for (const name of changes.dropNames ?? []) this.names.delete(name)
    for (const [name, target] of changes.renames ?? []) this.names.set(name, target)
    for (const [name, target] of changes.names ?? []) this.names.set(name, target)
    for (const payment of changes.payments ?? []) this.payments.put(counted(payment))
    for (const member of changes.members ?? []) this.members.set(member.id, counted(member))
    for (const lot of changes.lots ?? []) this.lots.put(lot)
    if (this.journal !== null)
      for (const entry of changes.entries ?? []) this.#write(this.journal, { ...entry, seq: ++this.#entries })
    for (const grant of changes.grants ?? []) this.grants.put(counted(grant))
    for (const redemption of changes.redemptions ?? []) this.redemptions.put(counted(redemption))
    for (const counter of changes.counters ?? []) this.counters.set(counter.name, counted(counter))
    for (const [name, value] of changes.settings ?? []) this.settings.set(name, value)
    for (const fact of changes.subscriptions ?? []) this.#subscribe(fact)
    return changes.effects ?? []
  }

  #write(journal: Map<string, LedgerRow[]>, entry: LedgerRow): void {
    const entries = journal.get(entry.member)
    if (entries) entries.push(entry)
    else journal.set(entry.member, [entry])
  }

  #subscribe(fact: SubscriptionFact): void {
    const known = this.subscriptions.get(fact.id)
    const isOlder = known && (known.at > fact.at || (known.at === fact.at && known.rank > fact.rank))
    if (!isOlder) this.subscriptions.set(fact.id, fact)
  }

  #handOver({ from, to }: { from: string; to: string }): void {
    for (const rows of [this.payments, this.lots, this.grants, this.redemptions]) rows.handOver(from, to)
  }
}

/** The version under which it is stored: that it was read under, and one more. */
function counted<Row extends { version: number }>(row: Row): Row {
  row.version += 1
  return row
}
