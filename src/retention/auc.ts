/** How well numbers rank those to whom something happened before those to whom it did not. */

/**
 * The probability that one of the former has the higher number; half where they are alike (Mann & Whitney). Null where
 * there are none of one kind.
 */
export function areaUnderCurve(scores: readonly number[], happened: readonly boolean[]): number | null {
  const order = Float64Array.from(scores, (_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0))
  let [ranks, hits] = [0, 0]
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) to++
    const shared = (from + 1 + to) / 2
    for (let i = from; i < to; i++) {
      if (happened[order[i] ?? 0] !== true) continue
      ranks += shared
      hits++
    }
    from = to
  }
  const misses = order.length - hits
  return hits === 0 || misses === 0 ? null : (ranks - (hits * (hits + 1)) / 2) / (hits * misses)
}
