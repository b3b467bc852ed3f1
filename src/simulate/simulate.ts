// Runs a program over a history, by the rules themselves: the same use cases on the same desks, with memory in place of
// a database. Purchases come in the order of their time; between them happens what is due by itself.
import { localDay, startOfDay } from '../core/calendar.ts'
import type { Program } from '../program/schema.ts'
import type { HistoryFact } from './history.ts'
import type { Simulated } from './outcome.ts'
import { periodsOf } from './periods.ts'
import { Simulation } from './simulation.ts'

export interface SimulationOptions {
  program: Program
  /** In whatever order. */
  history: readonly HistoryFact[]
  /** The share of points that is assumed to be redeemed, or of the rewards that the program gives by itself: 0 to 1. */
  redeemShare: number
  /** Called now and then: shows progress, lets others work. Answers whether to go on. */
  onProgress?: (done: number) => Promise<boolean>
}

/** Between two calls of `onProgress`. */
const FACTS_IN_SLICE = 2_000

/** Up to 24:00 of the history's last day. Null when it was told to stop. */
export async function simulate(options: SimulationOptions): Promise<Simulated | null> {
  const { program, redeemShare, onProgress = async () => true } = options
  const facts = options.history.toSorted((a, b) => a.at - b.at)
  const [first, last] = [facts[0]?.at ?? 0, facts.at(-1)?.at ?? 0]
  const zone = program.timezone
  const simulation = new Simulation(program, redeemShare, facts.length === 0 ? [] : periodsOf(first, last, zone))
  for (let done = 0; done < facts.length; done += FACTS_IN_SLICE) {
    for (const fact of facts.slice(done, done + FACTS_IN_SLICE)) simulation.take(fact)
    if (!(await onProgress(Math.min(done + FACTS_IN_SLICE, facts.length)))) return null
  }
  return simulation.end(startOfDay(localDay(last, zone) + 1, zone))
}
