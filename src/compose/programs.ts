// The programs that this database ever ran: each is kept, since payments stay with the one they were decided under.

import type { ProgramInForce } from '../app/ports.ts'
import type { Store } from '../app/store-port.ts'
import type { Programs } from '../core/decide-payment.ts'
import { parseProgram } from '../program/parse.ts'
import type { Program } from '../program/schema.ts'
import { programVersion } from '../program/version.ts'

/** Puts the program in force, unless it was already, and finds those before it when they are asked for. */
export async function enactProgram(
  store: Store,
  program: Program,
  now: number,
): Promise<{ program: ProgramInForce; programs: Programs }> {
  const version = await programVersion(program)
  const stored = await store.programs()
  const newest = stored.toSorted((a, b) => b.since - a.since)[0]
  const since = newest?.version === version ? newest.since : now
  if (newest?.version !== version) await store.putProgram({ version, body: JSON.stringify(program), since })

  const read = new Map<string, Program>([[version, program]])
  const byVersion = (wanted: string): Program => {
    const known = read.get(wanted)
    if (known !== undefined) return known
    const body = stored.find((each) => each.version === wanted)?.body
    if (body === undefined) throw new Error(`the program ${wanted} was never stored`)
    const earlier = readStored(wanted, body)
    read.set(wanted, earlier)
    return earlier
  }
  return { program: { program, version, since }, programs: { version, current: program, byVersion } }
}

/** An earlier program is read like a new one, so that it has what the schema gained since, by its defaults. */
function readStored(version: string, body: string): Program {
  const parsed = parseProgram(JSON.parse(body))
  if (!parsed.ok) throw new Error(`the stored program ${version} is not readable any more`)
  return parsed.program
}
