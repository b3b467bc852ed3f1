/** Whether the page is dark, as the system wants it. */
import { useSyncExternalStore } from 'react'

const DARK = '(prefers-color-scheme: dark)'

const subscribe = (listener: () => void): (() => void) => {
  const query = window.matchMedia(DARK)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

export const useDark = (): boolean => useSyncExternalStore(subscribe, () => window.matchMedia(DARK).matches)
