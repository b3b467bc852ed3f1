/**
 * The Net Promoter Score (Reichheld 2003): the share of those who gave 9 or 10 less that of those who gave 0 to 6, from −100
 * to 100, with the interval in which it lies for all customers in 19 of 20 cases.
 */
import type { Feedback } from '../core/alert-state.ts'

export interface NetPromoter {
  responses: number
  /** Gave 9 or 10. */
  promoters: number
  /** Gave 7 or 8. */
  passives: number
  /** Gave 0 to 6. */
  detractors: number
  /** From −100 to 100, one decimal; null without a response. */
  score: number | null
  /** 95 %: within it the score of all customers lies; null below two responses. */
  interval: [low: number, high: number] | null
}

export interface Stars {
  responses: number
  /** From 1 to 5, two decimals; null without a response. */
  average: number | null
}

const PROMOTER_FROM = 9
const DETRACTOR_UP_TO = 6
const STARS_UNHAPPY_UP_TO = 2
/** Two-sided 95 % of the normal distribution. */
const Z = 1.959963984540054

const round = (value: number, places: number): number => {
  // Never −0.
  const rounded = Math.round(value * 10 ** places) / 10 ** places
  return rounded === 0 ? 0 : rounded
}

export const isUnhappy = ({ scale, score }: Pick<Feedback, 'scale' | 'score'>): boolean =>
  score <= (scale === 'nps' ? DETRACTOR_UP_TO : STARS_UNHAPPY_UP_TO)

/** `scores`: whole numbers from 0 to 10. */
export function npsOf(scores: Iterable<number>): NetPromoter {
  let [responses, promoters, detractors] = [0, 0, 0]
  for (const score of scores) {
    responses++
    if (score >= PROMOTER_FROM) promoters++
    if (score <= DETRACTOR_UP_TO) detractors++
  }
  const passives = responses - promoters - detractors
  const score = responses === 0 ? null : round((100 * (promoters - detractors)) / responses, 1)
  return { responses, promoters, passives, detractors, score, interval: intervalOf(responses, promoters, detractors) }
}

/** Responses added before the interval is taken: three quarters to promoters and to detractors each, the rest to those between. */
const ADDED = 3

/**
 * Adjusted Wald, the most precise of those compared in Rocks 2016, "Interval Estimation for the Net Promoter Score" (The
 * American Statistician 70): unanimity among a few does not pass for certainty.
 */
function intervalOf(responses: number, promoters: number, detractors: number): [number, number] | null {
  if (responses < 2) return null
  const all = responses + ADDED
  const [up, down] = [(promoters + ADDED / 4) / all, (detractors + ADDED / 4) / all]
  const spread = Z * Math.sqrt(Math.max(0, up + down - (up - down) ** 2) / all)
  const middle = up - down
  return [round(100 * Math.max(-1, middle - spread), 1), round(100 * Math.min(1, middle + spread), 1)]
}
/** `scores`: whole numbers from 1 to 5. */
export function starsOf(scores: Iterable<number>): Stars {
  let [responses, sum] = [0, 0]
  for (const score of scores) {
    responses++
    sum += score
  }
  return { responses, average: responses === 0 ? null : round(sum / responses, 2) }
}
