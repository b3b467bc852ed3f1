/** Days between purchases of very many customers, as counts by number of days: exact, and small however many there are. */
export class Gaps {
  readonly #counts = new Map<number, number>()
  #sum = 0
  count = 0

  /** @param days whole, at least 1 */
  add(days: number): void {
    this.#counts.set(days, (this.#counts.get(days) ?? 0) + 1)
    this.#sum += days
    this.count++
  }

  get mean(): number | null {
    return this.count === 0 ? null : this.#sum / this.count
  }

  /** The middle one, or the mean of the two in the middle. */
  get median(): number | null {
    if (this.count === 0) return null
    const [lower, upper] = [Math.floor((this.count - 1) / 2), Math.floor(this.count / 2)]
    const sorted = [...this.#counts].sort(([a], [b]) => a - b)
    return (this.#nth(sorted, lower) + this.#nth(sorted, upper)) / 2
  }

  #nth(sorted: readonly (readonly [number, number])[], place: number): number {
    let passed = 0
    for (const [days, times] of sorted) {
      passed += times
      if (passed > place) return days
    }
    return sorted.at(-1)?.[0] ?? 0
  }
}
