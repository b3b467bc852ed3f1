/** What is sent of a contact: only what differs from what was last written there. */

/** Names are kept without their prefix, which is kept once: with another one, everything is to be written. */
const PREFIX = '_'

/** FNV-1a, 32 bits (Fowler, Noll & Vo), of code units: it tells values of one property apart, and keeps no secret. */
export function hash32(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36)
}

const isOurs = (name: string, prefix: string): boolean => name.startsWith(prefix)

/** One short text a property. An empty value has none: most contacts have many of those. */
export function hashesOf(properties: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  const hashes: Record<string, string> = { [PREFIX]: prefix }
  for (const [name, value] of Object.entries(properties))
    if (value !== '' && isOurs(name, prefix)) hashes[name.slice(prefix.length)] = hash32(value)
  return hashes
}

/** The keys of these properties among the hashes. */
export const keysOf = (properties: Readonly<Record<string, string>>, prefix: string): string[] =>
  Object.keys(properties).map((name) => name.slice(prefix.length))

/** The properties that differ from those last written; all of them, the empty ones too, where nobody knows what is there. */
export function changedSince(
  written: Readonly<Record<string, string>>,
  properties: Readonly<Record<string, string>>,
  prefix: string,
): Record<string, string> {
  if (written[PREFIX] !== prefix) return { ...properties }
  const now = hashesOf(properties, prefix)
  return Object.fromEntries(
    Object.entries(properties).filter(([name]) => {
      const short = name.slice(prefix.length)
      return now[short] !== written[short]
    }),
  )
}
