/** What a workflow sends along when it runs one of our actions: read field by field, and refused in words a marketer understands. */
import { z } from 'zod'
import type { ContactOf } from './action-members.ts'

/** Each action with its fields and outputs; the project's definitions are held to this table. */
export const ACTIONS = {
  'award-points': {
    inputs: ['points', 'reason', 'enrol'],
    outputs: ['outcome', 'message', 'points', 'balance'],
  },
  'perform-action': {
    inputs: ['action', 'score', 'enrol'],
    outputs: ['outcome', 'message', 'points', 'balance'],
  },
  'issue-reward': {
    inputs: ['reward', 'charge', 'reason', 'enrol'],
    outputs: ['outcome', 'message', 'code', 'points', 'balance'],
  },
  'enrol-member': {
    inputs: ['referredBy'],
    outputs: ['outcome', 'message', 'balance'],
  },
} as const satisfies Record<string, { inputs: readonly string[]; outputs: readonly string[] }>

export type ActionName = keyof typeof ACTIONS

export const isActionName = (name: string): name is ActionName => Object.hasOwn(ACTIONS, name)

/** One run of an action for one contact. */
export interface Execution {
  /** Names this run: whoever calls with it again asks for the same. */
  callbackId: string
  workflow: string | null
  contact: ContactOf
  fields: Readonly<Record<string, unknown>>
}

const number = z.union([z.int().positive(), z.string().regex(/^[1-9]\d{0,19}$/)]).transform(String)
const properties = z.record(z.string(), z.unknown())

const execution = z.object({
  callbackId: z.string().regex(/^[\w.:-]{1,150}$/),
  context: z
    .object({ workflowId: number.nullish().catch(null) })
    .nullish()
    .catch(null),
  object: z.object({
    objectId: number,
    objectType: z.string().nullish(),
    properties: properties.nullish().catch(null),
  }),
  inputFields: properties.nullish(),
  fields: properties.nullish(),
})

const CONTACT_TYPES = new Set(['CONTACT', '0-1'])
const NAME_CHARACTERS = 200

/** Null when it is none; `not_a_contact` when a workflow on another object runs it. */
export function readExecution(body: unknown): Execution | 'not_a_contact' | null {
  const read = execution.safeParse(body)
  if (!read.success) return null
  const { callbackId, context, object, inputFields, fields } = read.data
  if (object.objectType != null && !CONTACT_TYPES.has(object.objectType.toUpperCase())) return 'not_a_contact'
  const known = object.properties ?? {}
  const name = [known.firstname, known.lastname].map(clean).filter((part) => part !== '')
  return {
    callbackId,
    workflow: context?.workflowId ?? null,
    contact: {
      record: object.objectId,
      email: emailOf(known.email),
      name: name.length === 0 ? null : name.join(' ').slice(0, NAME_CHARACTERS),
    },
    fields: Object.fromEntries(
      Object.entries({ ...inputFields, ...fields }).map(([key, value]) => [key, givenValue(value)]),
    ),
  }
}

const EMAIL = /^[^\s@<>()[\]:;,\\"\p{Cc}\p{Cs}]+@[^\s@<>()[\]:;,\\"\p{Cc}\p{Cs}]+$/u
const EMAIL_CHARACTERS = 254

/** An address that may be one; null else. */
export function emailOf(given: unknown): string | null {
  const address = clean(given)
  return address.length <= EMAIL_CHARACTERS && EMAIL.test(address) ? address : null
}

/** Text without what no database keeps as it is. */
export const clean = (given: unknown): string =>
  typeof given === 'string' ? given.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim() : ''

/** Newer definitions say beside a value where it is from. */
const givenValue = (given: unknown): unknown =>
  typeof given === 'object' && given !== null && 'value' in given ? given.value : given

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

/** A whole number within limits, as a number or as text; words for what is wrong with it. */
export function wholeNumber(value: unknown, field: string, [least, most]: readonly [number, number]): number | string {
  const rule = `${field} must be a whole number from ${least} to ${most}`
  if (!isGiven(value)) return rule
  // HubSpot's own numbers may be written with decimals.
  const text = typeof value === 'number' ? String(value) : clean(value)
  if (!/^\d{1,12}(?:\.0+)?$/.test(text)) return rule
  const read = Number(text)
  return read >= least && read <= most ? read : rule
}

export const optionalNumber = (
  value: unknown,
  field: string,
  limits: readonly [number, number],
): number | string | undefined => (isGiven(value) ? wholeNumber(value, field, limits) : undefined)

export const isTicked = (value: unknown): boolean => value === true || clean(value).toLowerCase() === 'true'

export const shortText = (value: unknown, most: number): string => clean(value).slice(0, most)
