/**
 * How far one word is from another: letters left out, put in, changed, or swapped with their neighbour, each counted once
 * (optimal string alignment; Damerau 1964). By characters, so that every script is measured alike.
 */

/** What whoever typed the beginning of a word has left out is no mistake, but less likely than a whole word. */
const UNFINISHED = 0.5

/** The distance to the word, or to the beginning of it that is nearest; infinite where it is more than `most`. */
export function wordDistance(typed: readonly string[], word: readonly string[], most: number): number {
  // Letters left out of the word typed may be its unfinished end: only those too many are mistakes for sure.
  if (typed.length - word.length > most) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let last = [0, ...word.map((_, n) => n + 1)]
  for (let row = 1; row <= typed.length; row++) {
    const next = nextRow(typed, word, row, last, before)
    // No later row has less than this one.
    if (Math.min(...next, ...last) > most) return Number.POSITIVE_INFINITY
    before = last
    last = next
  }
  const distance = Math.min(last[word.length] ?? typed.length, Math.min(...last) + UNFINISHED)
  return distance > most ? Number.POSITIVE_INFINITY : distance
}

function nextRow(
  typed: readonly string[],
  word: readonly string[],
  row: number,
  last: readonly number[],
  before: readonly number[],
): number[] {
  const next = [row]
  for (let column = 1; column <= word.length; column++) {
    const changed = (last[column - 1] ?? 0) + (typed[row - 1] === word[column - 1] ? 0 : 1)
    let least = Math.min((last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, changed)
    const isSwapped =
      row > 1 && column > 1 && typed[row - 1] === word[column - 2] && typed[row - 2] === word[column - 1]
    if (isSwapped) least = Math.min(least, (before[column - 2] ?? 0) + 1)
    next.push(least)
  }
  return next
}

/** So many mistakes are believed in a word of so many letters; never all of them. */
export const mistakesIn = (letters: number): number => Math.min(letters - 1, letters <= 4 ? 1 : letters <= 8 ? 2 : 3)
