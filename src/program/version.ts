// A payment is frozen to the program it was first decided under. The program's version is its content: the same
// program has the same version on every host, however its file is laid out or its defaults are spelled out.
import type { Program } from './schema.ts'

const VERSION_LENGTH = 16

/** The first 16 hexadecimal digits of the SHA-256 of the program, its fields in a fixed order. */
export async function programVersion(program: Program): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson(program))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, VERSION_LENGTH)
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
