/** What was read by whom, for as long as this tab is open. */
import { type Dispatch, type SetStateAction, useEffect, useState } from 'react'
import type { Read } from './conversation.ts'

const KEY = 'slack-read'

export function useRead(): [Read, Dispatch<SetStateAction<Read>>] {
  const [read, setRead] = useState<Read>(kept)
  useEffect(() => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(read))
    } catch {
      // Then it is known until the page is left.
    }
  }, [read])
  return [read, setRead]
}

function kept(): Read {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '{}')
    return typeof read === 'object' && read !== null ? (read as Read) : {}
  } catch {
    return {}
  }
}
