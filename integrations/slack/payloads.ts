/** What Slack sends, as far as it is used. Tolerant of the rest. */
import { z } from 'zod'
import type { Fields } from './desk.ts'

const text = z.string()
const maybe = text.nullish().transform((given) => given ?? null)

export const commandPayload = z.object({
  command: text,
  text: text.nullish().transform((given) => given ?? ''),
  user_id: text,
  team_id: maybe,
  channel_id: maybe,
  trigger_id: text,
  response_url: maybe,
})
export type CommandPayload = z.output<typeof commandPayload>

const person = z.object({ id: text, team_id: maybe })

const optionValue = z.object({ value: text })
/** What one field holds, by whatever kind it is. */
const fieldState = z
  .looseObject({
    type: text,
    value: text.nullish(),
    selected_option: optionValue.nullish(),
    selected_options: z.array(optionValue).nullish(),
    selected_user: text.nullish(),
    selected_date: text.nullish(),
  })
  .transform((field): string | string[] | null => {
    if (field.selected_options) return field.selected_options.map(({ value }) => value)
    return field.selected_option?.value ?? field.selected_user ?? field.selected_date ?? field.value ?? null
  })

export const viewPayload = z
  .looseObject({
    id: text,
    type: text,
    callback_id: text.nullish(),
    private_metadata: text.nullish(),
    hash: text.nullish(),
    root_view_id: text.nullish(),
    state: z.looseObject({ values: z.record(text, z.record(text, fieldState)).optional() }).nullish(),
  })
  .transform((view) => ({
    id: view.id,
    isHome: view.type === 'home',
    callbackId: view.callback_id ?? '',
    about: view.private_metadata ?? '',
    hash: view.hash ?? '',
    values: fieldsOf(view.state?.values ?? {}),
  }))

/** One field to a block: by the block's id. */
function fieldsOf(values: Record<string, Record<string, string | string[] | null>>): Fields {
  return Object.fromEntries(Object.entries(values).map(([block, fields]) => [block, Object.values(fields)[0] ?? null]))
}

const pressedAction = z
  .looseObject({
    action_id: text,
    value: text.nullish(),
    selected_option: optionValue.nullish(),
    selected_user: text.nullish(),
    selected_date: text.nullish(),
  })
  .transform((action) => ({
    id: action.action_id,
    value: action.value ?? action.selected_option?.value ?? action.selected_user ?? action.selected_date ?? '',
  }))

const message = z.looseObject({ ts: text, text: maybe, blocks: z.array(z.looseObject({ type: text })).nullish() })
const channel = z.object({ id: text }).nullish()

export const actionPayload = z.object({
  user: person,
  trigger_id: text,
  response_url: maybe,
  channel,
  message: message.nullish(),
  /** Of an ephemeral message there is no `message`, only where it stands. */
  container: z.looseObject({ channel_id: text.nullish(), message_ts: text.nullish() }).nullish(),
  view: viewPayload.nullish(),
  actions: z.array(pressedAction).min(1),
})

export const submissionPayload = z.object({ user: person, trigger_id: maybe, view: viewPayload })

export const shortcutPayload = z.object({
  user: person,
  callback_id: text,
  trigger_id: text,
  response_url: maybe,
  channel,
  message: message.nullish(),
})

export const optionsPayload = z.object({ user: person, action_id: text, value: text.default('') })

export const homeEvent = z.object({ user: text, tab: text.optional().default('home') })
