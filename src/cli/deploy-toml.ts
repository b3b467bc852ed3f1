// What deploying needs of wrangler.toml, and the two changes that it makes: the database's id, in place and in one line, and a
// copy without the queues. The file is somebody's, with comments: nothing else in it moves.

export interface WranglerToml {
  worker: string
  /** Null where it does not say. */
  accountId: string | null
  /** `id` is null until a database was made. */
  database: { name: string; id: string | null }
  /** Each queue that it names, once. */
  queues: string[]
}

/** Stands in the file until there is a database; local runs and tests take any. */
const NO_DATABASE = /^0{8}-0{4}-0{4}-0{4}-0{12}$/

interface Line {
  text: string
  /** The section that it stands in, as it is written: `[[d1_databases]]`; empty at the top. */
  section: string
}

function readLines(toml: string): Line[] {
  let section = ''
  return toml.split('\n').map((text) => {
    section = /^\s*(\[\[?[^\]]+\]\]?)/.exec(text)?.[1]?.replaceAll(/\s/g, '') ?? section
    return { text, section }
  })
}

const DATABASES = '[[d1_databases]]'
const isOfQueues = ({ section }: Line): boolean => /^\[\[?queues\b/.test(section)

/** The problems in words where it lacks what deploying needs. */
export function readWranglerToml(toml: string): { ok: true; toml: WranglerToml } | { ok: false; problem: string } {
  const lines = readLines(toml)
  const valuesOf = (key: string, isWithin: (line: Line) => boolean): string[] =>
    lines
      .filter(isWithin)
      .flatMap(({ text }) => new RegExp(`^\\s*${key}\\s*=\\s*["']([^"']*)["']`).exec(text)?.[1] ?? [])
  const atTop = ({ section }: Line) => section === ''
  const ofDatabase = ({ section }: Line) => section === DATABASES
  const [worker] = valuesOf('name', atTop)
  const [name] = valuesOf('database_name', ofDatabase)
  const [id] = valuesOf('database_id', ofDatabase)
  if (worker === undefined) return { ok: false, problem: 'it has no name for the Worker: name = "regulars"' }
  if (name === undefined) return { ok: false, problem: `${DATABASES} has no database_name` }
  if (id === undefined) return { ok: false, problem: `${DATABASES} has no database_id` }
  const queues = [...valuesOf('queue', isOfQueues), ...valuesOf('dead_letter_queue', isOfQueues)]
  return {
    ok: true,
    toml: {
      worker,
      accountId: valuesOf('account_id', atTop)[0] ?? null,
      database: { name, id: NO_DATABASE.test(id) ? null : id },
      queues: [...new Set(queues)],
    },
  }
}

/** The same file, with this database's id in its one place. */
export function withDatabaseId(toml: string, id: string): string {
  return readLines(toml)
    .map(({ text, section }) =>
      section === DATABASES ? text.replace(/^(\s*database_id\s*=\s*["'])[^"']*/, `$1${id}`) : text,
    )
    .join('\n')
}

/** The same without the queues: the Worker then records each event before it acknowledges it. */
export const withoutQueues = (toml: string): string =>
  readLines(toml)
    .filter((line) => !isOfQueues(line))
    .map(({ text }) => text)
    .join('\n')
