/** What the server tells anew each time, as the same object where it says the same: nothing is drawn again for it. */
import { useRef } from 'react'

export function useStable<Value>(value: Value): Value {
  const known = useRef<{ json: string; value: Value } | null>(null)
  const json = JSON.stringify(value)
  if (known.current?.json !== json) known.current = { json, value }
  return known.current.value
}

/** Each of many by itself, and the whole where none is another. */
export function useStableList<Value>(values: readonly Value[], keyOf: (value: Value) => string): Value[] {
  const whole = useRef<Value[]>([])
  const known = useRef(new Map<string, { json: string; value: Value }>())
  const next = new Map<string, { json: string; value: Value }>()
  const stable = values.map((value) => {
    const [key, json] = [keyOf(value), JSON.stringify(value)]
    const before = known.current.get(key)
    const kept = before?.json === json ? before : { json, value }
    next.set(key, kept)
    return kept.value
  })
  known.current = next
  const isSame = stable.length === whole.current.length && stable.every((value, n) => value === whole.current[n])
  if (!isSame) whole.current = stable
  return whole.current
}
