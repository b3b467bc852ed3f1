/** Points as they are spoken of: more, or fewer. Pure. */
import type { Words } from '../words.ts'

/** `+291`, `−20`. */
export const signed = (points: number, words: Pick<Words, 'number'>): string =>
  `${points > 0 ? '+' : '−'}${words.number(Math.abs(points))}`
