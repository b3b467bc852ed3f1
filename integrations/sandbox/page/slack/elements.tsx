/** What is pressed, chosen and filled in: in rows of actions, beside sections, and in the fields of windows. */

import { optionsOf } from '../../doubles/slack/fields.ts'
import { isRecord, type Json, listOf, recordOf, textIn, wordsOf } from '../../doubles/slack/json.ts'
import { type Desk, type Place, useAct, useDesk } from './desk.tsx'
import { noteOf } from './drawn.tsx'
import { FieldControl } from './field-control.tsx'
import { fieldIn, standing } from './form.ts'
import { Icon } from './icons.tsx'
import { Menu } from './menu.tsx'
import { useForm } from './use-form.tsx'

interface ElementProps {
  element: Json
  block: Json
  place: Place
}

const pressed = (place: Place, block: Json, element: Json, chosen: object): object => ({
  ...place,
  action: textIn(element.action_id),
  block: textIn(block.block_id),
  ...chosen,
})

/** Asks first, where the app wants that. */
export function usePress({ element, block, place }: ElementProps) {
  const desk = useDesk()
  const { isBusy, act } = useAct()
  const form = useForm()
  const press = async (chosen: object): Promise<boolean> => {
    const { confirm } = element
    if (isRecord(confirm) && !(await agreed(desk, confirm))) return false
    const filled = form === null ? {} : { values: form.sent() }
    return (await act('press', { ...pressed(place, block, element, chosen), ...filled })).ok
  }
  return { isBusy, press }
}

const agreed = ({ ask }: Desk, confirm: Json): Promise<boolean> =>
  new Promise((resolve) => ask({ confirm, onAnswer: resolve }))

export function ElementOf(props: ElementProps) {
  const { type } = props.element
  if (type === 'button') return <ButtonOf {...props} />
  if (type === 'overflow') return <OverflowOf {...props} />
  if (type === 'static_select') return <SelectOf {...props} />
  return <ChoiceOf {...props} />
}

function ButtonOf(props: ElementProps) {
  const { element } = props
  const { tell } = useDesk()
  const { isBusy, press } = usePress(props)
  const [address, value, style] = [textIn(element.url), textIn(element.value), textIn(element.style)]
  const label = labelOf(wordsOf(element.text), textIn(element.accessibility_label))
  const onClick = async (): Promise<void> => {
    const isDone = await press(value === '' ? {} : { value })
    if (isDone && address !== '') tell({ tone: 'note', text: noteOf(address) })
  }
  return (
    <button
      type="button"
      className={`sl-button ${style === '' ? '' : `sl-${style}`}`}
      aria-label={label === '' ? undefined : label}
      data-action={`${textIn(props.block.block_id)} ${textIn(element.action_id)}`}
      aria-busy={isBusy}
      aria-disabled={isBusy}
      onClick={() => void onClick()}
    >
      {wordsOf(element.text)}
      {address !== '' && <Icon name="out" />}
    </button>
  )
}

/** What is said of a button has what is written on it. */
const labelOf = (words: string, label: string): string =>
  label === '' || label.toLowerCase().includes(words.toLowerCase()) ? label : `${words}: ${label}`

function OverflowOf(props: ElementProps) {
  const { tell } = useDesk()
  const { isBusy, press } = usePress(props)
  const options = listOf(props.element.options)
  const onPick = async (value: string): Promise<void> => {
    const address = textIn(options.find((option) => option.value === value)?.url)
    const isDone = await press({ option: value })
    if (isDone && address !== '') tell({ tone: 'note', text: noteOf(address) })
  }
  return (
    <Menu
      className="sl-button sl-square"
      label="More"
      items={itemsOf(options)}
      isBusy={isBusy}
      onPick={(id) => void onPick(id)}
    >
      <Icon name="dots" />
    </Menu>
  )
}

/** One that does something at once is a menu: a list that is walked through by the arrow keys must not. */
function SelectOf(props: ElementProps) {
  const { element, block } = props
  const form = useForm()
  const { isBusy, press } = usePress(props)
  const chosen = form?.values[textIn(block.block_id)]?.[textIn(element.action_id)]
  const words = wordsOf(recordOf(chosen?.selected_option ?? element.initial_option).text)
  const onPick = async (option: string): Promise<void> => {
    if (form !== null) form.put(fieldIn(block, element), option)
    await press({ option })
  }
  return (
    <Menu
      className="sl-button sl-select"
      items={itemsOf(optionsOf(element))}
      isBusy={isBusy}
      onPick={(id) => void onPick(id)}
    >
      {words || wordsOf(element.placeholder)}
      <Icon name="down" />
    </Menu>
  )
}

const itemsOf = (options: readonly Json[]) =>
  options.map(({ text, value, description }) => ({
    id: textIn(value),
    text: wordsOf(text),
    ...(isRecord(description) && { about: wordsOf(description) }),
  }))

/** Radio buttons, boxes to tick, dates: they show what is chosen, and tell of it at once. */
function ChoiceOf(props: ElementProps) {
  const { element, block } = props
  const form = useForm()
  const { isBusy, press } = usePress(props)
  const field = fieldIn(block, element)
  const values = form?.values ?? standing([block], {})
  return (
    <FieldControl
      field={field}
      state={values[field.blockId]?.[field.actionId]}
      place={props.place}
      isBusy={isBusy}
      onPut={(put, offered) => {
        form?.put(field, put, offered)
        if (put !== null) void press({ option: put })
      }}
    />
  )
}
