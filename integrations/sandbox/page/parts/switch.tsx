/** Something that is on or off. */
import type { ReactNode } from 'react'

export interface SwitchProps {
  isOn: boolean
  onChange: (isOn: boolean) => void
  children: ReactNode
}

export const Switch = ({ isOn, onChange, children }: SwitchProps) => (
  <label className="switch">
    <input
      type="checkbox"
      role="switch"
      checked={isOn}
      aria-checked={isOn}
      onChange={({ target }) => onChange(target.checked)}
    />
    <span>{children}</span>
  </label>
)
