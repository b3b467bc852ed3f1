// Rows that belong to members, found by their id or by whose they are. A row may change its owner in place, or be
// replaced by another object of the same id.

interface Row {
  id: string
  member: string | null
}

interface Slot<Kept> {
  row: Kept
  owner: string | null
}

export class OwnedRows<Kept extends Row> {
  readonly #slots = new Map<string, Slot<Kept>>()
  readonly #byMember = new Map<string, Kept[]>()

  get(id: string): Kept | undefined {
    return this.#slots.get(id)?.row
  }

  /** Those of the ids that there are. */
  byId(ids: readonly string[]): Kept[] {
    return ids.map((id) => this.get(id)).filter((row) => row !== undefined)
  }

  of(member: string): Kept[] {
    return this.#byMember.get(member)?.slice() ?? []
  }

  all(): Kept[] {
    return [...this.#slots.values()].map(({ row }) => row)
  }

  put(row: Kept): void {
    const slot = this.#slots.get(row.id)
    if (slot === undefined) {
      this.#slots.set(row.id, { row, owner: row.member })
      this.#join(row)
      return
    }
    if (slot.row === row && slot.owner === row.member) return
    this.#leave(slot)
    slot.row = row
    slot.owner = row.member
    this.#join(row)
  }

  #join(row: Kept): void {
    if (row.member === null) return
    const theirs = this.#byMember.get(row.member)
    if (theirs) theirs.push(row)
    else this.#byMember.set(row.member, [row])
  }

  #leave({ row, owner }: Slot<Kept>): void {
    if (owner === null) return
    const others = this.#byMember.get(owner)?.filter((other) => other !== row) ?? []
    this.#byMember.set(owner, others)
  }

  handOver(from: string, to: string): void {
    for (const row of this.of(from)) {
      row.member = to
      this.put(row)
    }
  }
}
