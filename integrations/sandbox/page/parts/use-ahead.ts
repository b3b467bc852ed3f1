/** What was chosen is shown at once, ahead of the server, which has the last word. */
import { useEffect, useState } from 'react'

const WAIT_MS = 3_000

export function useAhead<Value>(known: Value): [Value, (chosen: Value) => void] {
  const [ahead, setAhead] = useState<{ chosen: Value; over: Value } | null>(null)
  useEffect(() => {
    if (ahead === null) return undefined
    // Where it was refused, what is known comes back.
    const timer = window.setTimeout(() => setAhead(null), WAIT_MS)
    return () => window.clearTimeout(timer)
  }, [ahead])
  const shown = ahead !== null && Object.is(ahead.over, known) ? ahead.chosen : known
  return [shown, (chosen) => setAhead({ chosen, over: known })]
}
