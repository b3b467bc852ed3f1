/** Fields of windows, within Slack's limits whatever stands in them. */
import type { KnownBlock, PlainTextOption } from '@slack/types'
import { clip, LIMITS, plain, plainText } from './blocks.ts'
import type { Block, Message, Modal, Reply } from './desk.ts'

interface FieldOptions {
  block: string
  label: string
  hint?: string
  isOptional?: boolean
}

const common = ({ block, label, hint, isOptional = false }: FieldOptions) => ({
  type: 'input' as const,
  block_id: block,
  label: plainText(plain(label, LIMITS.label), LIMITS.label),
  ...(hint !== undefined && { hint: plainText(plain(hint, LIMITS.label), LIMITS.label) }),
  optional: isOptional,
})

export const textField = (field: FieldOptions & { lines?: true; most: number; value?: string | null }): KnownBlock => {
  const value = field.value ? { initial_value: clip(field.value, field.most) } : {}
  const action_id = `${field.block}.typed`
  return {
    ...common(field),
    element: {
      type: 'plain_text_input',
      action_id,
      max_length: field.most,
      ...(field.lines && { multiline: true }),
      ...value,
    },
  }
}

export interface Choice extends FieldOptions {
  action?: string
  options: readonly PlainTextOption[]
  groups?: readonly { label: string; options: readonly PlainTextOption[] }[]
  placeholder: string
  chosen?: string | null
  /** Tells of each choice at once. */
  isWatched?: true
}

export function choiceField(choice: Choice): KnownBlock {
  const { block, action = `${block}.chosen`, placeholder, chosen, isWatched } = choice
  const options = choice.options.slice(0, LIMITS.options)
  const groups = choice.groups?.map(({ label, options: own }) => ({
    label: plainText(label, LIMITS.option),
    options: own.slice(0, LIMITS.options),
  }))
  const all = groups?.flatMap((group) => group.options) ?? options
  const initial = all.find(({ value }) => value === chosen)
  return {
    ...common(choice),
    ...(isWatched && { dispatch_action: true }),
    element: {
      type: 'static_select',
      action_id: action,
      placeholder: plainText(placeholder, LIMITS.placeholder),
      ...(groups === undefined ? { options } : { option_groups: groups }),
      ...(initial !== undefined && { initial_option: initial }),
    },
  }
}

/** Text as it is, which can be taken with one grip; nothing in it is markup. */
export const copyable = (text: string): Block => ({
  type: 'rich_text',
  elements: [
    {
      type: 'rich_text_preformatted',
      elements: [{ type: 'text', text: clip(text, LIMITS.section) || '–' }],
      border: 0,
    },
  ],
})

interface Window {
  callback: string
  title: string
  close: string
  submit?: string
  about?: unknown
  blocks: Block[]
}

/** What a window is about stands in it as JSON; whoever sends it in is asked again whether they may. */
export const modal = ({ callback, title, close, submit, about, blocks }: Window): Modal => ({
  type: 'modal',
  callback_id: callback,
  title: plainText(title, LIMITS.title),
  close: plainText(close, LIMITS.submit),
  ...(submit !== undefined && { submit: plainText(submit, LIMITS.submit) }),
  ...(about !== undefined && { private_metadata: JSON.stringify(about) }),
  blocks: blocks.slice(0, LIMITS.viewBlocks),
})

/** Said to them: beside the message where it was asked for, or in its place, or in the window. */
export function tellIn(
  how: 'say' | 'replace' | 'open' | 'update',
  message: Message,
  window: Pick<Window, 'callback' | 'title' | 'close'>,
): Reply {
  if (how === 'say' || how === 'replace') return { do: how, message }
  return { do: how, view: modal({ ...window, blocks: message.blocks }) }
}

/** JSON that a button's value or a window holds; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
