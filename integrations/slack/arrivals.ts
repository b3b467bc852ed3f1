/**
 * What has arrived: which kind of thing it is, and which interaction. Only what is of a shape that Bolt can walk through is
 * handed to it, built anew from the parts that are read: a null where it expects a record would be an error of ours.
 */
import { z } from 'zod'
import { EVENTS } from './registered.ts'

export interface Arrival {
  kind: 'command' | 'press' | 'submission' | 'shortcut' | 'options' | 'event' | 'closed'
  /** The same when the same interaction comes again; null where it may come as often as it likes. */
  id: string | null
  body: Record<string, unknown>
}

const text = z.string()
/** Left out where it is null. */
const maybe = <S extends z.ZodType>(schema: S) => schema.nullish().transform((given) => given ?? undefined)
const record = z.looseObject({})
/** As Slack's are: nothing that could stand for something else in the name of who acts. */
const person = text.regex(/^[A-Z][A-Z0-9]{1,40}$/)
const user = z.looseObject({ id: person })
const place = maybe(z.looseObject({ id: text }))
const view = z.looseObject({ id: text, callback_id: maybe(text).transform((given) => given ?? '') })
const action = z.looseObject({ action_id: text, block_id: maybe(text).transform((given) => given ?? '') })

const command = z.object({
  command: text,
  text: maybe(text),
  user_id: person,
  team_id: maybe(text),
  channel_id: maybe(text),
  trigger_id: text,
  response_url: maybe(text),
})

const press = z.object({
  type: z.literal('block_actions'),
  user,
  trigger_id: text,
  response_url: maybe(text),
  channel: place,
  message: maybe(record),
  container: maybe(record),
  view: maybe(view),
  actions: z.array(action).min(1),
})

const submission = z.object({ type: z.literal('view_submission'), user, trigger_id: maybe(text), view })
const closed = z.object({ type: z.literal('view_closed'), user, view })

const shortcut = z.object({
  type: z.enum(['shortcut', 'message_action']),
  user,
  callback_id: text,
  trigger_id: text,
  response_url: maybe(text),
  channel: place,
  message: maybe(record),
})

const options = z.object({
  type: z.literal('block_suggestion'),
  user,
  action_id: text,
  block_id: maybe(text),
  value: maybe(text),
})

/** Of events those that somebody listens to, without what nobody reads. */
const event = z.object({
  type: z.literal('event_callback'),
  team_id: maybe(text),
  event_id: maybe(text),
  event: z.object({ type: z.enum(EVENTS), user: person, tab: maybe(text) }),
})

/** Null for what is none of these. */
export function arrivalOf(given: Record<string, unknown>): Arrival | null {
  if (typeof given.command === 'string') {
    return read(command, given, (body) => ({ kind: 'command', id: body.trigger_id }))
  }
  switch (given.type) {
    case 'block_actions':
      return read(press, given, (body) => ({ kind: 'press', id: body.trigger_id }))
    case 'view_submission':
      return read(submission, given, (body) => ({ kind: 'submission', id: body.trigger_id ?? null }))
    case 'view_closed':
      return read(closed, given, () => ({ kind: 'closed', id: null }))
    case 'shortcut':
    case 'message_action':
      return read(shortcut, given, (body) => ({ kind: 'shortcut', id: body.trigger_id }))
    case 'block_suggestion':
      return read(options, given, () => ({ kind: 'options', id: null }))
    case 'event_callback':
      return read(event, given, (body) => ({ kind: 'event', id: body.event_id ?? null }))
    default:
      return null
  }
}

function read<S extends z.ZodType<Record<string, unknown>>>(
  schema: S,
  given: Record<string, unknown>,
  what: (body: z.output<S>) => Pick<Arrival, 'kind' | 'id'>,
): Arrival | null {
  const parsed = schema.safeParse(given)
  if (!parsed.success) return null
  const body = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined))
  return { ...what(parsed.data), body }
}
