/**
 * Slack's limits on what people press, choose and fill in:
 * https://docs.slack.dev/reference/block-kit/block-elements, and @slack/types (block-elements.d.ts).
 */
import {
  checkConfirm,
  checkImage,
  checkKeys,
  checkList,
  checkOneOf,
  checkString,
  checkText,
  type Report,
} from './check-text.ts'
import { isRecord, type Json } from './json.ts'

type Rule = (element: Json, pointer: string, report: Report) => void

interface Option {
  text: 'plain' | 'any'
  /** Overflow menus alone. */
  hasUrl?: boolean
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object: value 150 (75 in @slack/types is of old). */
export function checkOption(option: Json, pointer: string, { text, hasUrl = false }: Option, report: Report): void {
  checkText(option.text, `${pointer}/text`, { max: 75, kind: text, isNeeded: true }, report)
  checkString(option.value, `${pointer}/value`, { max: 150, isNeeded: true }, report)
  checkText(option.description, `${pointer}/description`, { max: 75, kind: text }, report)
  if (hasUrl) checkString(option.url, `${pointer}/url`, { max: 3_000 }, report)
  checkKeys(option, pointer, ['text', 'value', 'description', ...(hasUrl ? ['url'] : [])], report)
}

function checkOptions(value: unknown, pointer: string, max: number, kind: Option, report: Report): void {
  const options = checkList(value, pointer, { max }, report)
  options.forEach((option, n) => void checkOption(option, `${pointer}/${n}`, kind, report))
}

/** Options or groups of them: of a select, and of what answers a typed query. */
export function checkChoices(value: Json, pointer: string, report: Report): void {
  const hasGroups = value.option_groups !== undefined
  if (hasGroups === (value.options !== undefined)) report(pointer, 'either options or option_groups is required')
  if (value.options !== undefined) checkOptions(value.options, `${pointer}/options`, 100, { text: 'plain' }, report)
  if (!hasGroups) return
  checkList(value.option_groups, `${pointer}/option_groups`, { max: 100 }, report).forEach((group, n) => {
    const at = `${pointer}/option_groups/${n}`
    checkText(group.label, `${at}/label`, { max: 75, isNeeded: true }, report)
    checkOptions(group.options, `${at}/options`, 100, { text: 'plain' }, report)
  })
}

/** What is chosen from the start has to be one of those that can be chosen. */
function checkInitial(element: Json, pointer: string, report: Report): void {
  if (element.initial_option === undefined) return
  const groups = Array.isArray(element.option_groups) ? element.option_groups : [element]
  const options = groups.flatMap((group) => (isRecord(group) && Array.isArray(group.options) ? group.options : []))
  const wanted = JSON.stringify(element.initial_option)
  if (!options.some((option) => JSON.stringify(option) === wanted))
    report(`${pointer}/initial_option`, 'must be one of the options')
}

const PLACEHOLDER = 150
const COMMON = ['type', 'action_id']
const SELECT = [...COMMON, 'placeholder', 'confirm', 'focus_on_load']
const FIELD = [...COMMON, 'placeholder', 'focus_on_load', 'dispatch_action_config', 'initial_value']

const placeholder: Rule = (element, pointer, report) =>
  checkText(element.placeholder, `${pointer}/placeholder`, { max: PLACEHOLDER }, report)

const button: Rule = (element, pointer, report) => {
  checkText(element.text, `${pointer}/text`, { max: 75, isNeeded: true }, report)
  checkString(element.value, `${pointer}/value`, { max: 2_000, min: 0 }, report)
  checkString(element.url, `${pointer}/url`, { max: 3_000 }, report)
  checkString(element.accessibility_label, `${pointer}/accessibility_label`, { max: 75 }, report)
  checkOneOf(element.style, `${pointer}/style`, ['primary', 'danger'], report)
  checkKeys(element, pointer, [...COMMON, 'text', 'value', 'url', 'style', 'confirm', 'accessibility_label'], report)
}

const staticSelect: Rule = (element, pointer, report) => {
  placeholder(element, pointer, report)
  checkChoices(element, pointer, report)
  checkInitial(element, pointer, report)
  checkKeys(element, pointer, [...SELECT, 'options', 'option_groups', 'initial_option'], report)
}

const multiStaticSelect: Rule = (element, pointer, report) => {
  placeholder(element, pointer, report)
  checkChoices(element, pointer, report)
}

const externalSelect: Rule = (element, pointer, report) => {
  placeholder(element, pointer, report)
  if (isRecord(element.initial_option))
    checkOption(element.initial_option, `${pointer}/initial_option`, { text: 'plain' }, report)
  checkKeys(element, pointer, [...SELECT, 'min_query_length', 'initial_option'], report)
}

const overflow: Rule = (element, pointer, report) => {
  checkOptions(element.options, `${pointer}/options`, 5, { text: 'plain', hasUrl: true }, report)
  checkKeys(element, pointer, [...COMMON, 'options', 'confirm'], report)
}

const radioButtons: Rule = (element, pointer, report) => {
  checkOptions(element.options, `${pointer}/options`, 10, { text: 'any' }, report)
  checkInitial(element, pointer, report)
}

const checkboxes: Rule = (element, pointer, report) =>
  checkOptions(element.options, `${pointer}/options`, 10, { text: 'any' }, report)

const plainTextInput: Rule = (element, pointer, report) => {
  placeholder(element, pointer, report)
  for (const limit of ['min_length', 'max_length']) {
    const value = element[limit]
    const least = limit === 'max_length' ? 1 : 0
    if (value !== undefined && !(Number.isInteger(value) && Number(value) >= least && Number(value) <= 3_000))
      report(`${pointer}/${limit}`, `must be from ${least} to 3000`)
  }
  if (Number(element.min_length ?? 0) > Number(element.max_length ?? 3_000))
    report(`${pointer}/min_length`, 'must not be above max_length')
  checkString(
    element.initial_value,
    `${pointer}/initial_value`,
    { max: Number(element.max_length ?? 3_000), min: 0 },
    report,
  )
  checkKeys(element, pointer, [...FIELD, 'multiline', 'min_length', 'max_length'], report)
}

const numberInput: Rule = (element, pointer, report) => {
  placeholder(element, pointer, report)
  if (typeof element.is_decimal_allowed !== 'boolean') report(`${pointer}/is_decimal_allowed`, 'missing required field')
  for (const name of ['initial_value', 'min_value', 'max_value']) {
    const value = element[name]
    if (value !== undefined && (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)))
      report(`${pointer}/${name}`, 'must be a number in a string')
  }
  if (Number(element.min_value ?? -Infinity) > Number(element.max_value ?? Infinity))
    report(`${pointer}/min_value`, 'must not be above max_value')
  checkKeys(element, pointer, [...FIELD, 'is_decimal_allowed', 'min_value', 'max_value'], report)
}

const datepicker: Rule = (element, pointer, report) => {
  placeholder(element, pointer, report)
  if (element.initial_date !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(String(element.initial_date)))
    report(`${pointer}/initial_date`, 'must be YYYY-MM-DD')
}

const RULES: Record<string, Rule> = {
  button,
  static_select: staticSelect,
  external_select: externalSelect,
  users_select: placeholder,
  conversations_select: placeholder,
  channels_select: placeholder,
  multi_static_select: multiStaticSelect,
  multi_external_select: placeholder,
  multi_users_select: placeholder,
  multi_conversations_select: placeholder,
  multi_channels_select: placeholder,
  overflow,
  radio_buttons: radioButtons,
  checkboxes,
  plain_text_input: plainTextInput,
  number_input: numberInput,
  email_text_input: placeholder,
  url_text_input: placeholder,
  datepicker,
  timepicker: placeholder,
  datetimepicker: () => {},
  image: checkImage,
}

const SELECTS = Object.keys(RULES).filter((type) => type.endsWith('_select'))
const PICKERS = ['datepicker', 'timepicker', 'datetimepicker', 'checkboxes', 'radio_buttons']
const FIELDS = ['plain_text_input', 'number_input', 'email_text_input', 'url_text_input']

/** Which elements go where (@slack/types, blocks.d.ts). */
export const PLACES = {
  actions: ['button', 'overflow', ...PICKERS, ...SELECTS],
  section: ['button', 'overflow', 'image', ...PICKERS.filter((type) => type !== 'datetimepicker'), ...SELECTS],
  input: [...FIELDS, ...PICKERS, ...SELECTS],
}

/** One that is pressed, chosen or filled in, or shown beside a section. */
export function checkElement(value: unknown, pointer: string, place: keyof typeof PLACES, report: Report): void {
  if (!isRecord(value)) {
    report(pointer, 'missing required field')
    return
  }
  const { type } = value
  if (typeof type !== 'string' || !PLACES[place].includes(type)) {
    report(`${pointer}/type`, `${String(type)} is not allowed in a block of type ${place}`)
    return
  }
  if (type !== 'image') checkString(value.action_id, `${pointer}/action_id`, { max: 255 }, report)
  checkConfirm(value.confirm, `${pointer}/confirm`, report)
  RULES[type]?.(value, pointer, report)
}
