/** What a call to the double needs besides its request. */
import type { Context } from 'hono'
import type { Desk } from './contacts.ts'
import { type Failure, failure } from './failures.ts'

export interface Scene {
  /** The portal as this call finds it. */
  desk(): Desk
  /** Batch writes to a record that was merged reach the one that goes on; else it is not there. */
  followsMerged: boolean
}

export const DATED = '2026-09'
export const BATCH_LIMIT = 100

export const fail = (c: Context, { status, body }: Failure) => c.json(body, status as 400)

export type Json = Record<string, unknown>

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const invalidInput = (message: string): Failure =>
  failure(400, 'VALIDATION_ERROR', `Invalid input JSON: ${message}`)

/** Ends a call with this answer. */
export class Refused extends Error {
  readonly answer: Failure

  constructor(answer: Failure) {
    super('refused')
    this.answer = answer
  }
}

/** @throws {Refused} when the body is no object. */
export async function bodyOf(c: Context): Promise<Json> {
  const body: unknown = await c.req.json().catch(() => null)
  if (!isRecord(body)) throw new Refused(invalidInput('an object is expected'))
  return body
}
