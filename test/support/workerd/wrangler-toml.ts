// What the Worker is deployed with, for tests that are to run with the same.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = new URL('../../../', import.meta.url)
const text = readFileSync(new URL('wrangler.toml', ROOT), 'utf8')

function section(name: string): string {
  const [, body] = text.split(new RegExp(`^\\[${name}\\]$`, 'm'))
  if (body === undefined) throw new Error(`wrangler.toml has no [${name}]`)
  return body.split(/^\[/m)[0] ?? ''
}

const listed = (line: RegExp, where: string): [string, string][] =>
  [...where.matchAll(line)].map(([, key = '', value = '']) => [key, value])

/** By the name that a package is imported by: the file that stands in for it. */
export const REPLACEMENTS: ReadonlyMap<string, string> = new Map(
  listed(/^"([^"]+)" = "([^"]+)"$/gm, section('alias')).map(([name, file]) => [
    name,
    fileURLToPath(new URL(file, ROOT)),
  ]),
)

export const COMPATIBILITY = {
  compatibilityDate: /^compatibility_date = "([\d-]+)"$/m.exec(text)?.[1] ?? '',
  compatibilityFlags: (/^compatibility_flags = \[(.+)\]$/m.exec(text)?.[1] ?? '')
    .split(',')
    .map((flag) => flag.trim().replaceAll('"', '')),
}
