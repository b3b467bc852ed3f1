/** What moved points within some stretches of time, by when it was recorded. */
import { addFlow, type Flows, growth, noFlows } from '../../core/report-flows.ts'
import { movements } from '../reports/liability.ts'
import { breathe } from '../reports/slices.ts'
import type { Movement, Store } from '../store-port.ts'

export interface Stretch {
  fromMs: number
  /** Half-open. */
  toMs: number
}

type Reads = Pick<Store, 'stats' | 'movements'>

const ENTRIES_IN_SLICE = 1_000
const QUARTER_MS = 900_000
const DAY_MS = 86_400_000

const atOf = ({ quarter }: Movement): number => quarter * QUARTER_MS

/** Of stretches that are not long ago: the newest entries first, and no further than needed. Local days begin with a quarter of an hour. */
export async function readRecentFlows(store: Reads, stretches: readonly Stretch[]): Promise<Flows[]> {
  const flows = stretches.map(noFlows)
  // A clock that was set back wrote some later entries of an earlier time.
  const enough = Math.min(...stretches.map(({ fromMs }) => fromMs)) - DAY_MS
  for (let upTo = (await store.stats()).entries; upTo > 0; upTo -= ENTRIES_IN_SLICE) {
    const found = await store.movements(Math.max(0, upTo - ENTRIES_IN_SLICE), upTo)
    for (const movement of found) addTo(flows, stretches, movement)
    if (found.length > 0 && found.every((movement) => atOf(movement) < enough)) break
    await breathe()
  }
  return flows
}

function addTo(flows: readonly Flows[], stretches: readonly Stretch[], movement: Movement): void {
  const at = atOf(movement)
  stretches.forEach(({ fromMs, toMs }, n) => {
    const sum = flows[n]
    if (sum !== undefined && at >= fromMs && at < toMs) addFlow(sum, movement.source, movement.target, movement.points)
  })
}

/** Of any stretch, and what was owed to members as it ended. */
export async function readFlows(
  store: Reads,
  { fromMs, toMs }: Stretch,
): Promise<{ flows: Flows; outstanding: number }> {
  const [within, upTo] = [noFlows(), noFlows()]
  for await (const movement of movements(store)) {
    const at = atOf(movement)
    if (at >= toMs) continue
    addFlow(upTo, movement.source, movement.target, movement.points)
    if (at >= fromMs) addFlow(within, movement.source, movement.target, movement.points)
  }
  return { flows: within, outstanding: growth(upTo) }
}

export const earned = ({ issued, forgiven, reversed }: Flows): number => issued + forgiven - reversed
/** Spent, whatever became of it: a reward that ended unused was redeemed all the same. */
export const redeemed = ({ redeemed: rewards, donated, forfeited }: Flows): number => rewards + donated + forfeited
