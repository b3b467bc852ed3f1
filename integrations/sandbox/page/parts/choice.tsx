/** One of a few, side by side. */
import { useId } from 'react'
import { useAhead } from './use-ahead.ts'

export interface ChoiceProps<Value extends string> {
  label: string
  options: readonly { value: Value; name: string }[]
  value: Value
  onChange: (value: Value) => void
  /** The label is only for those who listen. */
  isQuiet?: boolean
}

export function Choice<Value extends string>({ label, options, value, onChange, isQuiet }: ChoiceProps<Value>) {
  const name = useId()
  const [shown, setShown] = useAhead(value)
  const choose = (chosen: Value): void => {
    setShown(chosen)
    onChange(chosen)
  }
  return (
    <fieldset className="choice">
      <legend className={isQuiet ? 'only-heard' : undefined}>{label}</legend>
      {options.map((option) => (
        <label key={option.value} className="choice-option">
          <input type="radio" name={name} checked={option.value === shown} onChange={() => choose(option.value)} />
          <span>{option.name}</span>
        </label>
      ))}
    </fieldset>
  )
}
