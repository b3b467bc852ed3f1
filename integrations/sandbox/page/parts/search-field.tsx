/** What one types is looked for a moment later. */
import { useEffect, useState } from 'react'
import { Icon } from './icon.tsx'

const LOOK_AFTER_MS = 150

export interface SearchFieldProps {
  label: string
  placeholder: string
  onSearch: (text: string) => void
}

export function SearchField({ label, placeholder, onSearch }: SearchFieldProps) {
  const [text, setText] = useState<string | null>(null)
  useEffect(() => {
    if (text === null) return undefined
    const timer = window.setTimeout(() => onSearch(text), LOOK_AFTER_MS)
    return () => window.clearTimeout(timer)
  }, [text, onSearch])
  return (
    <label className="search">
      <span className="only-heard">{label}</span>
      <Icon name="search" />
      <input
        type="search"
        placeholder={placeholder}
        autoComplete="off"
        maxLength={100}
        value={text ?? ''}
        onChange={({ target }) => setText(target.value)}
      />
    </label>
  )
}
