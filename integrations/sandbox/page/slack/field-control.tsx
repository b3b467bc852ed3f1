/** One field, whatever it takes: text, a choice, several, a date. */
import { useId } from 'react'
import { optionsOf } from '../../doubles/slack/fields.ts'
import { isRecord, type Json, listOf, textIn, wordsOf } from '../../doubles/slack/json.ts'
import { type ControlProps, described } from './control-props.ts'
import { useDesk } from './desk.tsx'
import { putOf } from './form.ts'
import { Lookup } from './lookup.tsx'

export function FieldControl(props: ControlProps) {
  switch (props.field.type) {
    case 'radio_buttons':
      return <Radios {...props} />
    case 'checkboxes':
    case 'multi_static_select':
      return <Boxes {...props} />
    case 'static_select':
      return <Select {...props} choices={choicesOf(props.field.element)} />
    case 'users_select':
    case 'conversations_select':
    case 'channels_select':
      return <KnownSelect {...props} />
    case 'external_select':
      return <Lookup {...props} />
    default:
      return <Text {...props} />
  }
}

interface Choices {
  label: string | null
  options: Json[]
}

function choicesOf(element: Json): Choices[] {
  const groups = listOf(element.option_groups)
  if (groups.length === 0) return [{ label: null, options: listOf(element.options) }]
  return groups.map((group) => ({ label: wordsOf(group.label), options: listOf(group.options) }))
}

const INPUT_TYPES: Record<string, string> = {
  datepicker: 'date',
  timepicker: 'time',
  email_text_input: 'email',
  url_text_input: 'url',
}

function Text(props: ControlProps) {
  const { field, state, onPut, id, isBusy = false } = props
  const { element, type } = field
  const value = putOf(state)
  const shared = {
    id,
    className: 'sl-input',
    value: typeof value === 'string' ? value : '',
    placeholder: wordsOf(element.placeholder) || undefined,
    maxLength: typeof element.max_length === 'number' ? element.max_length : undefined,
    readOnly: isBusy,
    'data-focus': element.focus_on_load === true || undefined,
    'aria-label': id === undefined ? field.label : undefined,
    ...described(props),
  }
  if (element.multiline === true)
    return <textarea {...shared} rows={3} dir="auto" onChange={({ target }) => onPut(target.value || null)} />
  return (
    <input
      {...shared}
      type={INPUT_TYPES[type] ?? 'text'}
      inputMode={type === 'number_input' ? 'decimal' : undefined}
      dir="auto"
      autoComplete="off"
      onChange={({ target }) => onPut(target.value || null)}
    />
  )
}

function Select(props: ControlProps & { choices: readonly Choices[] }) {
  const { field, state, onPut, id, choices, isBusy = false } = props
  const value = putOf(state)
  const options = (group: Choices) =>
    group.options.map((option) => (
      <option key={textIn(option.value)} value={textIn(option.value)}>
        {wordsOf(option.text)}
      </option>
    ))
  return (
    <select
      id={id}
      className="sl-input"
      value={typeof value === 'string' ? value : ''}
      disabled={isBusy}
      data-focus={field.element.focus_on_load === true || undefined}
      aria-label={id === undefined ? field.label : undefined}
      onChange={({ target }) => onPut(target.value || null)}
      {...described(props)}
    >
      <option value="">{wordsOf(field.element.placeholder) || 'Choose'}</option>
      {choices.map((group) =>
        group.label === null ? (
          options(group)
        ) : (
          <optgroup key={group.label} label={group.label}>
            {options(group)}
          </optgroup>
        ),
      )}
    </select>
  )
}

/** People and channels are known without asking. */
function KnownSelect(props: ControlProps) {
  const { people, channels } = useDesk()
  const named =
    props.field.type === 'users_select'
      ? Object.entries(people)
      : Object.entries(channels).map(([id, name]): [string, string] => [id, `#${name}`])
  const options = named.map(([value, text]) => ({ value, text: { text } }))
  return <Select {...props} choices={[{ label: null, options }]} />
}

function Radios(props: ControlProps) {
  const { field, state, onPut, labelledBy, isBusy = false } = props
  const name = useId()
  const value = putOf(state)
  return (
    <div
      className="sl-choices"
      role="radiogroup"
      aria-labelledby={labelledBy}
      aria-label={labelledBy === undefined ? field.label || 'Choose one' : undefined}
      {...described(props)}
    >
      {optionsOf(field.element).map((option) => (
        <label key={textIn(option.value)}>
          <input
            type="radio"
            name={name}
            checked={value === option.value}
            aria-disabled={isBusy}
            onChange={() => !isBusy && onPut(textIn(option.value))}
          />
          <OptionWords option={option} />
        </label>
      ))}
    </div>
  )
}

function Boxes(props: ControlProps) {
  const { field, state, onPut, labelledBy, isBusy = false } = props
  const put = putOf(state)
  const chosen = Array.isArray(put) ? put : []
  const toggle = (value: string): string[] =>
    chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is named by the label of its block, which no legend can be
    <div
      className="sl-choices"
      role="group"
      aria-labelledby={labelledBy}
      aria-label={labelledBy === undefined ? field.label || 'Choose' : undefined}
    >
      {optionsOf(field.element).map((option) => (
        <label key={textIn(option.value)}>
          <input
            type="checkbox"
            checked={chosen.includes(textIn(option.value))}
            aria-disabled={isBusy}
            onChange={() => !isBusy && onPut(toggle(textIn(option.value)))}
            {...described(props)}
          />
          <OptionWords option={option} />
        </label>
      ))}
    </div>
  )
}

function OptionWords({ option }: { option: Json }) {
  return (
    <span>
      {wordsOf(option.text)}
      {isRecord(option.description) && <small>{wordsOf(option.description)}</small>}
    </span>
  )
}
