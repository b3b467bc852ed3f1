/** What members said of the shop: the Net Promoter Score and stars, of a time and month by month. */
import { monthOf } from '../../core/report-months.ts'
import { npsOf, starsOf } from '../../retention/nps.ts'
import type { Store } from '../store-port.ts'
import type { RetentionParts } from './retention-shapes.ts'
import { slicesById } from './slices.ts'

const FEEDBACK_IN_SLICE = 1_000

/** How often each score was given: there are at most eleven. */
class Scores {
  readonly #counts = new Map<number, number>()

  add(score: number): void {
    this.#counts.set(score, (this.#counts.get(score) ?? 0) + 1)
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [score, times] of this.#counts) for (let n = 0; n < times; n++) yield score
  }
}

const both = () => ({ nps: new Scores(), stars: new Scores() })

export async function readFeedback(
  { store, zone }: { store: Pick<Store, 'feedbackAfter'>; zone: string },
  months: readonly string[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<RetentionParts['feedback']> {
  const all = both()
  const byMonth = new Map(months.map((month) => [month, both()]))
  for await (const slice of slicesById(store.feedbackAfter, FEEDBACK_IN_SLICE))
    for (const { at, scale, score } of slice) {
      if (at < fromMs || at >= toMs) continue
      all[scale].add(score)
      byMonth.get(monthOf(at, zone))?.[scale].add(score)
    }
  return {
    nps: npsOf(all.nps),
    stars: starsOf(all.stars),
    months: [...byMonth].map(([month, { nps, stars }]) => ({ month, nps: npsOf(nps), stars: starsOf(stars) })),
  }
}
