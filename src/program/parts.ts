// So that all problems are told at once, what is right is checked further even where another part is wrong. A list
// keeps its positions: an entry that could not be read is a hole.
import { type Program, programSchema } from './schema.ts'

/** The sections that could be read. */
export type Parts = Partial<Program>

/** Reads each section, and in lists each entry, on its own. */
export function readParts(input: Record<string, unknown>): Parts {
  const parts: Record<string, unknown> = {}
  for (const [name, section] of Object.entries(programSchema.shape)) {
    const written = Object.hasOwn(input, name) ? input[name] : undefined
    const whole = section.safeParse(written)
    if (whole.success) parts[name] = whole.data
    else if (Array.isArray(written) && isList(section)) parts[name] = readEntries(section, written)
  }
  return parts
}

type Section = (typeof programSchema.shape)[keyof typeof programSchema.shape]

/** No list at the top needs an entry, so an empty one tells them from the rest. */
const isList = (section: Section): boolean => section.safeParse([]).success

function readEntries(section: Section, written: readonly unknown[]): unknown[] {
  const entries: unknown[] = []
  for (const [index, entry] of written.entries()) {
    const alone = section.safeParse([entry])
    if (alone.success && Array.isArray(alone.data)) entries[index] = alone.data[0]
  }
  return entries
}

/** The entries that could be read, with their positions. */
export function entries<Entry>(list: readonly Entry[] | undefined): [number, Entry][] {
  const found: [number, Entry][] = []
  // forEach passes over holes, a for loop does not.
  list?.forEach((entry, index) => {
    found.push([index, entry])
  })
  return found
}
