// What is wrong with a program, in words for the person who wrote it: where, what stands there, what would be right.

export type ProgramProblem = {
  /** As one would write it: `earning[0].per`; empty for the program as a whole. */
  path: string
  /** What stands there; undefined where something is missing. */
  value: unknown
  /** What would be right, to be read after the path and the value. */
  message: string
}

export type Path = readonly PropertyKey[]
/** How checks say what they found: the value is looked up in what was written. */
export type Report = (path: Path, message: string) => void

export function formatPath(path: Path): string {
  return path.reduce<string>((written, key) => {
    if (typeof key === 'number') return `${written}[${key}]`
    // A key that is no plain word (a product id with a dot, a space) is quoted, so that a path reads only one way.
    if (!/^[\w$-]+$/.test(String(key))) return `${written}[${JSON.stringify(String(key))}]`
    return written === '' ? String(key) : `${written}.${String(key)}`
  }, '')
}

export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined,
    root,
  )
}

const SHOWN_LIMIT = 60

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : '[…]'
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0 ? '{}' : '{…}'
  const written = JSON.stringify(value) ?? String(value)
  return written.length > SHOWN_LIMIT ? `${written.slice(0, SHOWN_LIMIT)}…` : written
}

/** One problem a line: `earning[0].per = -1 must be an amount in major units, above 0, such as 1 or 4.99`. */
export function formatProblems(problems: readonly ProgramProblem[]): string {
  return problems.map(formatProblem).join('\n')
}

function formatProblem({ path, value, message }: ProgramProblem): string {
  if (value === undefined) return path === '' ? message : `${path} is missing: ${message}`
  return `${path || 'program'} = ${show(value)} ${message}`
}
