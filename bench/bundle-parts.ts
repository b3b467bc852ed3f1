// Who takes how much of a bundle, by its source map: which of its letters come from which file.

/** A file's own text in the bundle, put together. */
export type Parts = Map<string, string>

interface SourceMap {
  sources: string[]
  mappings: string
}

export const NOBODY = 'no file’s'

/** The bundle taken apart by whose it is; what comes from no file is the bundler's own, and licences. */
export function takeApart(code: string, { sources, mappings }: SourceMap, ownerOf: (source: string) => string): Parts {
  const pieces = new Map<string, string[]>()
  const give = (source: number | null, text: string) => {
    const path = source === null ? undefined : sources[source]
    const owner = path === undefined ? NOBODY : ownerOf(path)
    const known = pieces.get(owner)
    if (known === undefined) pieces.set(owner, [text])
    else known.push(text)
  }
  const rows = mappings.split(';')
  let source = 0
  code.split('\n').forEach((text, row) => {
    const line = rows[row] ?? ''
    let column = 0
    let [from, whose]: [number, number | null] = [0, null]
    for (const segment of line === '' ? [] : line.split(',')) {
      const [columns = 0, sourceBy] = decode(segment)
      column += columns
      if (column > from) give(whose, text.slice(from, column))
      if (sourceBy !== undefined) source += sourceBy
      from = column
      whose = sourceBy === undefined ? null : source
    }
    give(whose, `${text.slice(from)}\n`)
  })
  return new Map([...pieces].map(([owner, texts]) => [owner, texts.join('')]))
}

const DIGITS = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((letter, digit) => [letter, digit]),
)

/** Numbers in base 64, each of as many digits as say that another follows, the lowest bit its sign. */
function decode(segment: string): number[] {
  const numbers: number[] = []
  let [value, shift] = [0, 0]
  for (const letter of segment) {
    const digit = DIGITS.get(letter) ?? 0
    value += (digit & 31) << shift
    shift += 5
    if (digit & 32) continue
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1)
    value = 0
    shift = 0
  }
  return numbers
}

/** The package that a file is of, or the folder of ours. */
export function packageOf(path: string): string {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
  if (inPackage !== undefined) return inPackage.startsWith('@stdlib/') ? '@stdlib/*' : inPackage
  const ours = /(?:^|\/)((?:src|integrations)\/[^/]+)/.exec(path)?.[1]
  return ours ?? path.slice(path.lastIndexOf('/') + 1)
}
