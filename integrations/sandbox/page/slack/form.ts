/** What stands in the fields of a window, in the shapes that Slack's state has. Pure. */
import { type Field, fieldRefusal, fieldsOf, stateOf, stateWith } from '../../doubles/slack/fields.ts'
import { isRecord, type Json, listOf, recordOf, textIn, wordsOf } from '../../doubles/slack/json.ts'
import type { Values } from '../../doubles/slack/workspace.ts'

export type { Field, Values }

/** What a person put in: a text or an option's value, several of them, or nothing. */
export type Put = string | string[] | null

/** All fields as they stand: from the start, with what was put in since. */
export const standing = (blocks: readonly Json[], filled: Values): Values => stateOf(blocks, filled)

export function withPut(filled: Values, field: Field, put: Put, offered: readonly Json[] = []): Values {
  const state = stateWith(field, put, offered)
  return { ...filled, [field.blockId]: { ...filled[field.blockId], [field.actionId]: state } }
}

/** The same as it is sent. */
export function putOf(state: Json | undefined): Put {
  if (state === undefined) return null
  if (Array.isArray(state.selected_options)) return listOf(state.selected_options).map(({ value }) => textIn(value))
  if (state.selected_option !== undefined)
    return isRecord(state.selected_option) ? textIn(state.selected_option.value) : null
  const [name] = Object.keys(state).filter((key) => key !== 'type')
  const value = name === undefined ? null : state[name]
  return typeof value === 'string' ? value : null
}

/** What is written on the option that is chosen. */
export const chosenWords = (state: Json | undefined): string => wordsOf(recordOf(state?.selected_option).text)

export const inputsOf = (blocks: readonly Json[]): Field[] => fieldsOf(blocks.filter(({ type }) => type === 'input'))

/** By block, of the fields that are sent in; those beside them tell of themselves. */
export function sentValues(blocks: readonly Json[], filled: Values): Record<string, Put> {
  const values = standing(blocks, filled)
  return Object.fromEntries(
    inputsOf(blocks).map(({ blockId, actionId }) => [blockId, putOf(values[blockId]?.[actionId])]),
  )
}

/** What Slack's client says beside the fields before it sends anything, by block. */
export function refusalsIn(blocks: readonly Json[], filled: Values): Record<string, string> {
  const values = standing(blocks, filled)
  return Object.fromEntries(
    inputsOf(blocks).flatMap((field) => {
      const why = fieldRefusal(field, values[field.blockId]?.[field.actionId])
      return why === null ? [] : [[field.blockId, sentence(why)]]
    }),
  )
}

const sentence = (why: string): string => `${why.charAt(0).toUpperCase()}${why.slice(1)}.`

/** Field in which an element stands. */
export const fieldIn = (block: Json, element: Json): Field => ({
  block,
  blockId: textIn(block.block_id),
  element,
  actionId: textIn(element.action_id),
  type: textIn(element.type),
  label: wordsOf(block.label) || wordsOf(element.placeholder),
})
