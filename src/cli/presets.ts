// The programs to begin with: modelled on well-known ones, each a file of its own beside the program's language.
import { existsSync, readdirSync } from 'node:fs'
import { didYouMean } from '../program/suggest.ts'
import { UsageError } from './failures.ts'

const PRESETS = new URL('../program/presets/', import.meta.url)
const ENDING = '.json'

/** Their names, in order. */
export const presetNames = (): string[] =>
  existsSync(PRESETS)
    ? readdirSync(PRESETS)
        .flatMap((name) => (name.endsWith(ENDING) ? [name.slice(0, -ENDING.length)] : []))
        .sort()
    : []

/** Where a preset is. @throws UsageError when there is none of this name */
export function presetFile(name: string): URL {
  const names = presetNames()
  if (names.includes(name)) return new URL(`${name}${ENDING}`, PRESETS)
  const hint = didYouMean(name, names) || '.'
  throw new UsageError(`there is no preset "${name}"${hint} There are ${names.join(', ')}`)
}
