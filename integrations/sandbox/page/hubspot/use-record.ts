/** A contact's record, looked at again when something changed, one look at a time. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { ShownRecord } from '../../shown.ts'
import type { Api } from '../api.ts'
import { share } from '../share.ts'

export function useRecord(api: Api, id: string, changedAt: number) {
  const [record, setRecord] = useState<ShownRecord | null>(null)
  const [isGone, setGone] = useState(false)
  const looks = useRef({ isLooking: false, isStale: false, isOver: false })
  const lookAgain = useCallback(async (): Promise<void> => {
    const { current } = looks
    current.isStale = true
    if (current.isLooking) return
    current.isLooking = true
    while (current.isStale && !current.isOver) {
      current.isStale = false
      const found = await api.get<ShownRecord>(`contacts/${encodeURIComponent(id)}`)
      if (current.isOver) break
      setGone(found === null)
      setRecord((before) => share(before, found))
    }
    current.isLooking = false
  }, [api, id])
  useEffect(() => {
    looks.current.isOver = false
    return () => {
      looks.current.isOver = true
    }
  }, [])
  useEffect(() => {
    void lookAgain()
  }, [lookAgain, changedAt])
  return { record, isGone, lookAgain }
}
