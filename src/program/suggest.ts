// Most mistakes in a settings file are slips of a letter or two: name what was probably meant.

/** The candidate closest to what was written, or null when none is close enough to be worth saying. */
export function closest(written: string, candidates: Iterable<string>): string | null {
  const word = written.slice(0, LONGEST_COMPARED).toLowerCase()
  let best: string | null = null
  let fewest = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const edits = distance(word, candidate.toLowerCase())
    if (edits < fewest) {
      best = candidate
      fewest = edits
    }
  }
  return best
}

/** `; did you mean "gold"?`, or nothing. */
export function didYouMean(written: unknown, candidates: Iterable<string>): string {
  const meant = typeof written === 'string' ? closest(written, candidates) : null
  return meant === null ? '' : `; did you mean "${meant}"?`
}

/** `"a", "b" or "c"` */
export function oneOf(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value}"`)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}

const LONGEST_COMPARED = 60

/** Edits from one word to another: letters put in, left out, exchanged, or two swapped (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        at(above, column) + 1,
        at(current, column - 1) + 1,
        at(above, column - 1) + same,
        swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = above
    above = current
  }
  return at(above, b.length)
}

const at = (row: number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY
