// Reads that do not wait for each other. Where the store runs a unit again for what it misses (D1), all of them say what they
// miss in the same run: so many reads take no more rounds than one.

/** As `map`, of parts that each read for themselves. */
export function eachOf<Item, Outcome>(items: readonly Item[], work: (item: Item) => Outcome): Outcome[] {
  const failures: unknown[] = []
  const outcomes: Outcome[] = []
  for (const item of items)
    try {
      outcomes.push(work(item))
    } catch (error) {
      failures.push(error)
    }
  if (failures.length > 0) throw failures[0]
  return outcomes
}

type Outcomes<Parts extends readonly (() => unknown)[]> = { [Part in keyof Parts]: ReturnType<Parts[Part]> }

/** What each part comes to, in their order. */
export const together = <const Parts extends readonly (() => unknown)[]>(...parts: Parts): Outcomes<Parts> =>
  eachOf(parts, (part) => part()) as Outcomes<Parts>
