/**
 * What the two threads of the Node host say to each other: calls of the use cases, and what became of them. All of one
 * turn of the event loop goes in one message, since waking the other thread costs more than most calls.
 */

import type { ProgramInForce } from '../app/ports.ts'
import { type IncomingEvent, StorePaused, StoreUnavailable } from '../app/ports.ts'
import type { Config } from '../config.ts'
import type { Program } from '../program/schema.ts'

/** The first message to the thread. */
export interface ThreadOrder {
  config: Config
  program: Program
}

/** The thread's first answer. */
export type ThreadStart =
  | { ok: true; webhookSecrets: readonly string[]; program: ProgramInForce }
  | { ok: false; message: string }

export interface ThreadCalls {
  /** `[id, event]` of each, as JSON: a structured clone takes eight times as long to read. */
  events: string[]
  /** The events' bodies, in the same order: one text is cloned at once. */
  payloads: string[]
  others: ThreadCall[]
}
export interface ThreadCall {
  id: number
  method: string
  args: unknown[]
}

export interface ThreadAnswers {
  done: [id: number, value: unknown][]
  failed: [id: number, failure: Failure][]
  /** How many units each commit since the last message held. */
  commits: number[]
  /** Lines of the log. */
  lines: string[]
}

export interface Failure {
  name: string
  message: string
  stack: string | undefined
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined }
  return { name: error.name, message: error.message, stack: error.stack }
}

/** The error again, of the class that callers tell apart. */
export function errorOf({ name, message, stack }: Failure): Error {
  const known = [StoreUnavailable, StorePaused].find((one) => one.name === name) ?? Error
  const error = new known(message)
  error.name = name
  if (stack !== undefined) error.stack = stack
  return error
}

export type CalledEvent = [id: number, event: Omit<IncomingEvent, 'payload'>]
