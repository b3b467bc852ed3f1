/** What this browser remembers of the page's looks; where it may not, the page forgets. */
import { useState } from 'react'

const read = (name: string): string | null => {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

export function useKept(name: string, initial: string): [string, (value: string) => void] {
  const key = `sandbox-${name}`
  const [value, setValue] = useState(() => read(key) ?? initial)
  const keep = (next: string): void => {
    setValue(next)
    try {
      localStorage.setItem(key, next)
    } catch {
      // It is only shown differently the next time.
    }
  }
  return [value, keep]
}
