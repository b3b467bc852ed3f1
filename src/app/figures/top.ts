/** The first few of very many, by some number. */
import type { TopLine } from '../ports/figures.ts'

export class Top {
  readonly #limit: number
  /** The first last; longer than the limit between two cuts. */
  #lines: TopLine[] = []
  #least = Number.NEGATIVE_INFINITY

  constructor(limit: number) {
    this.#limit = limit
  }

  add(member: string, value: number): void {
    if (value <= this.#least) return
    this.#lines.push({ member, value })
    if (this.#lines.length >= this.#limit * 4) this.#cut()
  }

  #cut(): void {
    this.#lines = this.list()
    if (this.#lines.length === this.#limit) this.#least = this.#lines.at(-1)?.value ?? this.#least
  }

  /** The greatest first; of equals, by id. */
  list(): TopLine[] {
    return this.#lines.sort((a, b) => b.value - a.value || (a.member < b.member ? -1 : 1)).slice(0, this.#limit)
  }
}
