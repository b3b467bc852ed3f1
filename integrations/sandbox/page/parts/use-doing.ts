/** One thing at a time that is asked of the sandbox, and what became of it. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Outcome } from '../../shown.ts'

export interface Doing {
  isBusy: boolean
  outcome: Outcome | null
  /** Answers whether it was done. */
  run(work: () => Promise<Outcome>): Promise<boolean>
  forget(): void
}

export function useDoing(): Doing {
  const [isBusy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const isThere = useRef(true)
  useEffect(() => {
    isThere.current = true
    return () => {
      isThere.current = false
    }
  }, [])
  const run = useCallback(async (work: () => Promise<Outcome>) => {
    setBusy(true)
    const done = await work()
    if (isThere.current) {
      setOutcome(done)
      setBusy(false)
    }
    return done.ok
  }, [])
  return { isBusy, outcome, run, forget: useCallback(() => setOutcome(null), []) }
}
