/** What people put into fields, in the shapes that `view.state.values` has, and what Slack's client does not let them send. */
import { isRecord, type Json, listOf, recordOf, textIn, wordsOf } from './json.ts'
import type { Values } from './workspace.ts'

/** A text, a number, an option's value or words, several of them, or an option that a query brought. */
export type Given = string | number | null | readonly string[] | { option: Json }

export interface Field {
  block: Json
  blockId: string
  element: Json
  actionId: string
  type: string
  label: string
}

const WITHOUT_STATE = ['button', 'overflow', 'image', 'plain_text', 'mrkdwn']

/** Whatever keeps a value: in inputs, beside sections, among actions. */
export function fieldsOf(blocks: readonly Json[]): Field[] {
  return blocks.flatMap((block) =>
    [block.element, block.accessory, ...listOf(block.elements)]
      .filter(isRecord)
      .filter(({ type, action_id }) => !WITHOUT_STATE.includes(textIn(type)) && action_id !== undefined)
      .map((element) => ({
        block,
        blockId: textIn(block.block_id),
        element,
        actionId: textIn(element.action_id),
        type: textIn(element.type),
        label: wordsOf(block.label) || wordsOf(element.placeholder),
      })),
  )
}

export const optionsOf = (element: Json): Json[] => [
  ...listOf(element.options),
  ...listOf(element.option_groups).flatMap((group) => listOf(group.options)),
]

export const optionNamed = (options: readonly Json[], named: string): Json | undefined =>
  options.find((option) => option.value === named) ?? options.find((option) => wordsOf(option.text) === named)

const onlyOption = ({ text, value }: Json): Json => ({ text, value })

/** Its name in the state, by type. */
const NAMES: Record<string, string> = {
  static_select: 'selected_option',
  external_select: 'selected_option',
  radio_buttons: 'selected_option',
  checkboxes: 'selected_options',
  multi_static_select: 'selected_options',
  multi_external_select: 'selected_options',
  users_select: 'selected_user',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
}

const nameOf = (type: string): string => NAMES[type] ?? 'value'

/** What it has from the start. */
function initialOf({ type, element }: Field): unknown {
  const name = nameOf(type)
  if (name === 'selected_option') return isRecord(element.initial_option) ? onlyOption(element.initial_option) : null
  if (name === 'selected_options') return listOf(element.initial_options).map(onlyOption)
  if (name === 'value') return element.initial_value ?? null
  const initial = name.replace('selected', 'initial')
  return element[initial] ?? null
}

/** All fields as they stand: from the start, with what was put in since. */
export function stateOf(blocks: readonly Json[], filled: Values): Values {
  const values: Values = {}
  for (const field of fieldsOf(blocks)) {
    const known = filled[field.blockId]?.[field.actionId]
    const fresh = { type: field.type, [nameOf(field.type)]: initialOf(field) }
    values[field.blockId] = { ...values[field.blockId], [field.actionId]: known ?? fresh }
  }
  return values
}

/** One field's state with this put into it. @throws where there is no such option. */
export function stateWith(field: Field, given: Given, offered: readonly Json[] = []): Json {
  const { type, element } = field
  const name = nameOf(type)
  if (name === 'selected_option')
    return { type, selected_option: given === null ? null : chosen(field, given, offered) }
  if (name === 'selected_options') {
    const wanted = Array.isArray(given) ? given.map(String) : given === null ? [] : [String(given)]
    return { type, selected_options: wanted.map((one) => chosen(field, one, offered)) }
  }
  const text = given === null || given === '' ? null : String(given)
  return { type: textIn(element.type), [name]: text }
}

function chosen({ label, blockId, element }: Field, given: Given, offered: readonly Json[]): Json {
  if (isRecord(given) && isRecord(given.option)) return onlyOption(given.option)
  const options = [...optionsOf(element), ...offered]
  const option = optionNamed(options, String(given))
  if (option !== undefined) return onlyOption(option)
  const there = options.map(({ text }) => `"${wordsOf(text)}"`).join(', ')
  throw new Error(`there is no "${String(given)}" in "${label || blockId}": ${there || 'nothing to choose from'}`)
}

/** What the client says of a form's field before it sends anything; null where it is fit. */
export function clientRefusal(field: Field, state: Json | undefined): string | null {
  const why = fieldRefusal(field, state)
  return why === null ? null : `"${field.label || field.blockId}": ${why}`
}

/** The same beside the field itself. */
export function fieldRefusal({ block, element, type }: Omit<Field, 'label'>, state: Json | undefined): string | null {
  const value = state?.[nameOf(type)]
  const isEmpty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  if (isEmpty) return block.type === 'input' && block.optional !== true ? 'Please complete this required field' : null
  if (nameOf(type) !== 'value') return null
  const text = String(value)
  if (type === 'number_input') return numberRefusal(element, text)
  if (type === 'email_text_input' && !/^[^\s@]+@[^\s@]+$/.test(text)) return 'not an e-mail address'
  if (text.length > Number(element.max_length ?? 3_000)) return 'too long'
  return text.length < Number(element.min_length ?? 0) ? 'too short' : null
}

function numberRefusal(element: Json, text: string): string | null {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return 'not a number'
  if (element.is_decimal_allowed !== true && text.includes('.')) return 'not a whole number'
  if (element.min_value !== undefined && Number(text) < Number(element.min_value)) return 'below the least'
  if (element.max_value !== undefined && Number(text) > Number(element.max_value)) return 'above the most'
  return null
}

/** What a press or a choice tells of the element, besides who and where. @throws where there is no such option. */
export function actionOf(element: Json, block: Json, given: Given | undefined, at: string): Json {
  const type = textIn(element.type)
  const base = { type, action_id: textIn(element.action_id), block_id: textIn(block.block_id), action_ts: at }
  if (type === 'button')
    return {
      ...base,
      text: element.text,
      ...(element.value !== undefined && { value: element.value }),
      ...(element.style !== undefined && { style: element.style }),
    }
  const field: Field = {
    block,
    blockId: base.block_id,
    element,
    actionId: base.action_id,
    type: type === 'overflow' ? 'static_select' : type,
    label: wordsOf(block.label),
  }
  if (given === undefined) throw new Error(`say what is chosen in ${base.action_id}: selectedOption or value`)
  const { type: _, ...state } = stateWith(field, given)
  return { ...base, ...state, ...(element.placeholder !== undefined && { placeholder: element.placeholder }) }
}

/** An element by its action or by what is written on it. */
export const isNamed = (element: Json, named: string): boolean =>
  element.action_id === named || wordsOf(element.text) === named || wordsOf(recordOf(element.placeholder)) === named
