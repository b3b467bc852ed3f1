/**
 * How well scores rank those who came before those who did not, over several days in the past, and by how much that may be
 * chance: each customer's own part in it is kept, so that two ways of ranking the same customers can be compared (DeLong,
 * DeLong & Clarke-Pearson 1988). A customer who is judged on several days is one customer.
 */

/** Who was judged on one day: where each stands among all customers, and whether they bought. */
export interface Judged {
  whose: readonly number[]
  bought: Uint8Array
}

export interface Verdict {
  /** The mean of the days' probabilities that one who came ranks before one who did not. */
  auc: number
  /** By how much each customer moves it. */
  parts: Float64Array
}

/** `scores` are of each day's customers; everyday there are some who came and some who did not. */
export function judge(days: readonly Judged[], scores: readonly Float64Array[], customers: number): Verdict {
  const verdict = { auc: 0, parts: new Float64Array(customers) }
  for (const [i, { whose, bought }] of days.entries()) {
    const { auc, places, buyers } = rank(scores[i] ?? new Float64Array(bought.length), bought)
    verdict.auc += auc / days.length
    for (const [j, customer] of whose.entries()) {
      const kind = bought[j] === 1 ? buyers : bought.length - buyers
      const part = ((places[j] ?? 0) - auc) / kind / days.length
      verdict.parts[customer] = (verdict.parts[customer] ?? 0) + part
    }
  }
  return verdict
}

/** By how much the one ranks better than the other, and the standard error of that. */
export function compare(one: Verdict, other: Verdict): { gain: number; error: number } {
  let squares = 0
  for (let i = 0; i < one.parts.length; i++) squares += ((one.parts[i] ?? 0) - (other.parts[i] ?? 0)) ** 2
  return { gain: one.auc - other.auc, error: Math.sqrt(squares) }
}

/** For each, the share of those of the other kind that they stand right to: half of those with the same score. */
function rank(scores: Float64Array, bought: Uint8Array): { auc: number; places: Float64Array; buyers: number } {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0))
  const buyers = bought.reduce((sum, one) => sum + one, 0)
  const others = bought.length - buyers
  const places = new Float64Array(bought.length)
  let [buyersBelow, sum] = [0, 0]
  for (let from = 0; from < order.length; ) {
    let [to, tied] = [from, 0]
    for (; to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]; to++)
      tied += bought[order[to] ?? 0] ?? 0
    const othersBelow = from - buyersBelow
    const buyer = (othersBelow + (to - from - tied) / 2) / others
    const other = (buyers - buyersBelow - tied / 2) / buyers
    for (let i = from; i < to; i++) places[order[i] ?? 0] = bought[order[i] ?? 0] === 1 ? buyer : other
    sum += buyer * tied
    buyersBelow += tied
    from = to
  }
  return { auc: sum / buyers, places, buyers }
}
