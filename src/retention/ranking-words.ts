/** What a ranking looks at and how it was tested, said so that a shop owner can judge it. */
import type { Ranking } from './types.ts'

const HABITS = ['often', 'since'] as const
const RHYTHM = ['late', 'late_even', 'early_even', 'uneven', 'rhythm'] as const

/** Two sentences. */
export function describeRanking({ features, validation }: Ranking): string {
  const has = (of: readonly Ranking['features'][number][]) => of.some((feature) => features.includes(feature))
  const looks = [has(['expected']) ? 'what they are expected to buy' : 'the chance that they buy at all']
  if (has(HABITS)) looks.push('how often and how lately they bought')
  if (has(RHYTHM)) looks.push('how regular they are')
  if (has(['spend'])) looks.push('how much they spend')
  const { origins, auc } = validation
  const days = origins.length === 1 ? 'one day' : `${origins.length} days`
  return `Customers are ranked by ${inWords(looks)}, weighed as this shop’s own past teaches. Tried on ${days} in that past: of two customers, the one who came back stood higher ${times(auc.ranking)} times in 1,000, against ${times(auc.expected)} by expected purchases alone.`
}

const times = (share: number): number => Math.round(share * 1_000)

const inWords = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
