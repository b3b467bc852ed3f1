/** One field, whatever it takes: text, a choice, several, a date. */
import { useEffect, useId, useRef, useState } from 'react'
import { optionsOf } from '../../doubles/slack/fields.ts'
import { isRecord, type Json, listOf, textIn, wordsOf } from '../../doubles/slack/json.ts'
import { type Place, useDesk } from './desk.tsx'
import { chosenWords, type Field, type Put, putOf } from './form.ts'
import { Popup } from './popup.tsx'

interface ControlProps {
  field: Field
  state: Json | undefined
  place: Place
  onPut: (put: Put, offered?: readonly Json[]) => void
  isBusy?: boolean
  /** Of what names and describes it, by id. */
  id?: string
  labelledBy?: string
  describedBy?: string | undefined
  isInvalid?: boolean
}

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

const described = ({ describedBy, isInvalid = false }: ControlProps) => ({
  'aria-describedby': describedBy,
  'aria-invalid': isInvalid || undefined,
})

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

const ASK_AFTER_MS = 150
const LEAST = 3

type Found =
  | { is: 'typing' | 'asking' | 'failed'; options?: undefined }
  | { is: 'there'; options: { text: string; value: string }[] }

/** Asks the app for what fits while one types. */
function Lookup(props: ControlProps) {
  const { field, state, place, onPut, id } = props
  const { act } = useDesk()
  const least = Number(field.element.min_query_length ?? LEAST)
  const [typed, setTyped] = useState<string | null>(null)
  const [found, setFound] = useState<Found>({ is: 'typing' })
  const [active, setActive] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  const shown = typed ?? chosenWords(state)
  const isOpen = typed !== null
  const options = found.options ?? []

  const latest = useRef({ act, place, blockId: field.blockId })
  latest.current = { act, place, blockId: field.blockId }
  useEffect(() => {
    if (typed === null || typed.trim().length < least) {
      setFound({ is: 'typing' })
      return
    }
    let isOver = false
    setFound({ is: 'asking' })
    const timer = window.setTimeout(async () => {
      const now = latest.current
      const outcome = await now.act('type', { ...now.place, block: now.blockId, text: typed.trim() })
      if (isOver) return
      setFound(outcome.ok ? { is: 'there', options: outcome.options ?? [] } : { is: 'failed' })
      setActive(0)
    }, ASK_AFTER_MS)
    return () => {
      isOver = true
      window.clearTimeout(timer)
    }
  }, [typed, least])

  const take = (n: number): void => {
    const option = options[n]
    if (option === undefined) return
    const { text, value } = option
    onPut(value, [{ text: { type: 'plain_text', text }, value }])
    setTyped(null)
  }
  const hint = hintOf(found, least)
  return (
    <>
      <input
        ref={input}
        id={id}
        className="sl-input"
        role="combobox"
        type="text"
        autoComplete="off"
        dir="auto"
        value={shown}
        placeholder={wordsOf(field.element.placeholder) || 'Type to search'}
        data-focus={field.element.focus_on_load === true || undefined}
        aria-label={id === undefined ? field.label : undefined}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-activedescendant={isOpen && options[active] !== undefined ? `${listId}-${active}` : undefined}
        {...described(props)}
        onChange={({ target }) => {
          setTyped(target.value)
          if (putOf(state) !== null) onPut(null)
        }}
        onBlur={() => setTyped(null)}
        onKeyDown={(event) => {
          if (!isOpen) return
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault()
            const by = event.key === 'ArrowDown' ? 1 : -1
            setActive((active + by + options.length) % Math.max(1, options.length))
          } else if (event.key === 'Enter') {
            event.preventDefault()
            take(active)
          } else if (event.key === 'Escape') {
            event.stopPropagation()
            setTyped(null)
          }
        }}
      />
      {isOpen && (
        <Popup anchor={input} onClose={() => setTyped(null)} isWide>
          <div role="listbox" id={listId} aria-label={field.label || 'Found'} className="sl-menu">
            {options.map(({ text, value }, n) => (
              // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the field, which names the active one
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field listens to the keys
              <div
                key={value}
                id={`${listId}-${n}`}
                role="option"
                aria-selected={n === active}
                className="sl-option"
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => take(n)}
              >
                {text}
              </div>
            ))}
          </div>
          <p className="sl-hint" role="status">
            {hint}
          </p>
        </Popup>
      )}
    </>
  )
}

function hintOf(found: Found, least: number): string {
  if (found.is === 'typing') return least > 1 ? `Type at least ${least} characters` : 'Type to search'
  if (found.is === 'asking') return 'Looking'
  if (found.is === 'failed') return 'That could not be looked up'
  return found.options?.length === 0 ? 'Nothing found' : ''
}
