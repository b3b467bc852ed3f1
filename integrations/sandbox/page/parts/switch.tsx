/** Something that is on or off. */
import type { ReactNode } from 'react'
import { useAhead } from './use-ahead.ts'

export interface SwitchProps {
  isOn: boolean
  onChange: (isOn: boolean) => void
  children: ReactNode
}

export function Switch({ isOn, onChange, children }: SwitchProps) {
  const [isShownOn, setShownOn] = useAhead(isOn)
  const change = (next: boolean): void => {
    setShownOn(next)
    onChange(next)
  }
  return (
    <label className="switch">
      <input
        type="checkbox"
        role="switch"
        checked={isShownOn}
        aria-checked={isShownOn}
        onChange={({ target }) => change(target.checked)}
      />
      <span>{children}</span>
    </label>
  )
}
