/**
 * What a member says of the shop, as it comes in with the action `feedback`: how likely they are to recommend it (0 to 10), or
 * stars (1 to 5), and perhaps some words. Whatever is wrong is said by field, never with the words themselves.
 */
import type { Feedback } from './alert-state.ts'

/** The action that every program knows. */
export const FEEDBACK = 'feedback'
/** Characters of a comment, as people count them. */
export const TEXT_LIMIT = 2_000

export type Said = Pick<Feedback, 'scale' | 'score' | 'text'>

const SCALES = {
  score: { scale: 'nps', from: 0, to: 10 },
  stars: { scale: 'stars', from: 1, to: 5 },
} as const

const RULE = 'data must have a score from 0 to 10, or stars from 1 to 5, and may have a text'

/** No control characters but line ends and tabs, and no halves of surrogate pairs: no database keeps them as they are. */
const CLEAN = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u

/** What was said, or the sentence that says which field is wrong and what would be right. */
export function parseFeedback(data: unknown): Said | string {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return RULE
  const fields: Record<string, unknown> = Object.fromEntries(
    Object.entries(data).filter(([, value]) => value !== null && value !== undefined),
  )
  const unknown = Object.keys(fields).find((name) => name !== 'text' && !Object.hasOwn(SCALES, name))
  if (unknown !== undefined) return `data may have score or stars, and text, but nothing else`
  const given = (['score', 'stars'] as const).filter((name) => Object.hasOwn(fields, name))
  const [name] = given
  if (name === undefined) return RULE
  if (given.length > 1) return 'data must have a score or stars, not both'
  const { scale, from, to } = SCALES[name]
  const value = fields[name]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < from || value > to)
    return `data.${name} must be a whole number from ${from} to ${to}`
  const text = parseText(fields.text)
  // Never −0.
  return 'wrong' in text ? text.wrong : { scale, score: value + 0, text: text.text }
}

function parseText(value: unknown): { text: string | null } | { wrong: string } {
  if (value === undefined) return { text: null }
  if (typeof value !== 'string') return { wrong: 'data.text must be a string' }
  const text = value.trim()
  // Cheap before exact: no character is more than two units.
  if (text.length > TEXT_LIMIT && (text.length > 2 * TEXT_LIMIT || [...text].length > TEXT_LIMIT))
    return { wrong: `data.text must have at most ${TEXT_LIMIT.toLocaleString('en')} characters` }
  if (!CLEAN.test(text)) return { wrong: 'data.text must not contain control characters' }
  return { text: text === '' ? null : text }
}

/** "Gave 3 of 10 and wrote a comment." What they wrote is shown beside it, never copied. */
export const feedbackSentence = ({ scale, score, text }: Said): string =>
  `Gave ${score} of ${scale === 'nps' ? '10' : '5 stars'}${text === null ? '' : ' and wrote a comment'}.`
