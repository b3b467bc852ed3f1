/** Keeps what did not change: parts that are the same as before stay the very same object, so that React need not look at them. */

/** `after`, made of the parts of `before` wherever they are equal. Both are JSON. */
export function share<Value>(before: unknown, after: Value): Value {
  if (Object.is(before, after)) return after
  if (Array.isArray(before) && Array.isArray(after)) return shareList(before, after) as Value
  if (isRecord(before) && isRecord(after)) return shareRecord(before, after) as Value
  return after
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function shareList(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  // Lists grow and shrink at either end: what has an id is found by it.
  const known = new Map(before.flatMap((one) => (keyOf(one) === null ? [] : [[keyOf(one), one]])))
  const shared = after.map((one, n) => share(known.get(keyOf(one)) ?? before[n], one))
  return shared.length === before.length && shared.every((one, n) => one === before[n]) ? before : shared
}

const keyOf = (one: unknown): unknown => {
  if (!isRecord(one)) return null
  return one.id ?? one.ts ?? one.charge ?? null
}

function shareRecord(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const shared = Object.fromEntries(Object.entries(after).map(([name, one]) => [name, share(before[name], one)]))
  const names = Object.keys(before)
  const isSame = names.length === Object.keys(after).length && names.every((name) => shared[name] === before[name])
  return isSame ? before : shared
}
