// The programs that this database ever ran: each is kept, since payments stay with the one they were decided under.

import type { ProgramShelf } from '../app/context.ts'
import type { ProgramInForce } from '../app/ports.ts'
import type { Store } from '../app/store-port.ts'
import { parseProgram } from '../program/parse.ts'
import type { Program } from '../program/schema.ts'
import { programVersion } from '../program/version.ts'

/**
 * Puts the program in force, unless it was already, and knows those before it. `isBeside`: for a process that works beside
 * the one that did so; another program may have come in force since, and that is not undone. `isKept`: a database that is
 * paused writes nothing.
 */
export async function enactProgram(
  store: Store,
  program: Program,
  now: number,
  isBeside = false,
  isKept = true,
): Promise<{ program: ProgramInForce; programs: ProgramShelf }> {
  const version = await programVersion(program)
  const stored = await store.programs()
  const newest = stored.toSorted((a, b) => b.since - a.since)[0]
  const inForce = isBeside ? stored.find((one) => one.version === version) : newest
  const since = inForce?.version === version ? inForce.since : now
  if (inForce?.version !== version && isKept) await store.putProgram({ version, body: JSON.stringify(program), since })

  const read = new Map<string, Program>([[version, program]])
  const parsed = (wanted: string, body: string): Program => {
    const known = read.get(wanted) ?? readStored(wanted, body)
    read.set(wanted, known)
    return known
  }
  const earlier = stored.filter((one) => one.version !== version).toSorted((a, b) => b.since - a.since)
  const shelf: ProgramShelf = {
    version,
    current: program,
    byVersion: (wanted, stored) => {
      const known = read.get(wanted)
      if (known !== undefined) return known
      const body = stored(wanted)
      if (body === null) throw new Error(`the program ${wanted} was never stored`)
      return parsed(wanted, body)
    },
    isFirst: earlier.length === 0,
    since: (has) => {
      let from = since
      for (const one of earlier) {
        if (!has(parsed(one.version, one.body))) break
        from = one.since
      }
      return from
    },
  }
  return { program: { program, version, since }, programs: shelf }
}

/** An earlier program is read like a new one, so that it has what the schema gained since, by its defaults. */
function readStored(version: string, body: string): Program {
  const parsed = parseProgram(JSON.parse(body))
  if (!parsed.ok) throw new Error(`the stored program ${version} is not readable any more`)
  return parsed.program
}
