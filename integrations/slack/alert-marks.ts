/**
 * What is remembered of an alert's message besides where it is: to whom it went, what it shows, and of an hour's summary how
 * much it sums up. Small, without names.
 */
import { z } from 'zod'
import type { PostedMessage } from '../../src/app/ports/staffroom.ts'
import { digest } from './desk.ts'

const markSchema = z.object({
  /** The channel or person asked for; what Slack answers for a person is their own channel with the app. */
  to: z.string(),
  /** Of what is shown. */
  hash: z.string().default(''),
  /** It cannot be changed any more: somebody deleted it, or its channel is closed. */
  gone: z.boolean().optional(),
  /** The subject of the summary that tells of it. */
  within: z.string().optional(),
  /** Of a summary: how many alerts, how much was at stake, the ids of the few with the most. */
  count: z.number().optional(),
  atStake: z.number().optional(),
  top: z.array(z.string()).optional(),
})
export type Mark = z.output<typeof markSchema>

export const alertSubject = (id: string): string => `alert:${id}`
/** That they came back: told in the thread. */
export const comebackSubject = (id: string): string => `back:${id}`
/** That its rest is over. `row`: the effect's key, one for each time it is put off. */
export const wokeSubject = (row: string): string => `woke:${row}`
export const floodPrefix = (to: string): string => `alerts:${to}:`
export const floodSubject = (to: string, at: number): string => `${floodPrefix(to)}${at}`

export const hashOf = (shown: unknown): string => digest(JSON.stringify(shown)).slice(0, 16)

export const writeMark = (mark: Mark): string => JSON.stringify(mark)

/** What cannot be read is as if it showed something else. */
export function readMark({ shown, channel }: Pick<PostedMessage, 'shown' | 'channel'>): Mark {
  try {
    return markSchema.parse(JSON.parse(shown))
  } catch {
    return { to: channel, hash: '' }
  }
}
