/** Who bought in a month of those who had in the month before: as retention/metrics-months.ts counts it, for very many at once. */
import { addToMonth, startOfMonth } from '../../core/report-months.ts'
import { ratio } from '../../retention/metrics.ts'
import type { MonthRetention } from '../ports/figures.ts'

export class MonthRetentionTally {
  readonly #months: readonly string[]
  /** Where each begins, the one before the first on top, and the one after the last. */
  readonly #starts: readonly number[]
  readonly #customers: number[]
  readonly #before: number[]
  readonly #retained: number[]

  /** @param before the month before the first of `months`, which follow each other */
  constructor(before: string, months: readonly string[], zone: string) {
    this.#months = months
    const after = addToMonth(months.at(-1) ?? before, 1)
    this.#starts = [before, ...months, after].map((month) => startOfMonth(month, zone))
    const none = () => months.map(() => 0)
    ;[this.#customers, this.#before, this.#retained] = [none(), none(), none()]
  }

  /** What one customer bought, oldest first. */
  add(purchases: readonly { at: number }[]): void {
    let last = -1
    let month = -1
    for (const { at } of purchases) {
      while (at >= (this.#starts[month + 1] ?? Number.POSITIVE_INFINITY)) month++
      if (month < 0 || month === last) continue
      this.#count(month, last === month - 1)
      last = month
    }
  }

  /** `month`: 0 is the one before the first. Where nothing was bought before, `last` is -1, which is before that one too. */
  #count(month: number, isAfterLast: boolean): void {
    const n = month - 1
    // A clock that was set back knows of purchases to come.
    if (n >= this.#months.length) return
    if (n >= 0) this.#customers[n] = (this.#customers[n] ?? 0) + 1
    if (n >= 0 && isAfterLast) this.#retained[n] = (this.#retained[n] ?? 0) + 1
    if (n + 1 < this.#months.length) this.#before[n + 1] = (this.#before[n + 1] ?? 0) + 1
  }

  /** `present`: the month that is not over yet. */
  figures(present: string): MonthRetention[] {
    return this.#months.map((month, n) => {
      const [customers = 0, customersBefore = 0, retained = 0] = [
        this.#customers[n],
        this.#before[n],
        this.#retained[n],
      ]
      const retention = ratio(retained, customersBefore)
      return { month, complete: month < present, customers, customersBefore, retained, retention }
    })
  }
}
