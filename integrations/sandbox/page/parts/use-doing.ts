/** One thing at a time that is asked of the sandbox, and what became of it. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Outcome } from '../../shown.ts'

/** Long enough to be read, for what would stand in the way. */
export const READ_FOR_MS = 10_000

export interface Doing {
  isBusy: boolean
  outcome: Outcome | null
  /** Answers whether it was done. */
  run(work: () => Promise<Outcome>): Promise<boolean>
  forget(): void
}

/** @param forgetAfterMs what was said of it goes away by itself; without, it stays until the next */
export function useDoing(forgetAfterMs?: number): Doing {
  const [isBusy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const isThere = useRef(true)
  useEffect(() => {
    isThere.current = true
    return () => {
      isThere.current = false
    }
  }, [])
  useEffect(() => {
    if (outcome === null || forgetAfterMs === undefined) return undefined
    const timer = window.setTimeout(() => setOutcome(null), forgetAfterMs)
    return () => window.clearTimeout(timer)
  }, [outcome, forgetAfterMs])
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
