// What the doctor finds: one line a check, and under what is wrong the one thing that mends it.
import { type Output, paint } from './output.ts'

export interface Finding {
  name: string
  ok: boolean
  message: string
  /** The one command or click that mends it; null where nothing is wrong. */
  fix: string | null
}

export const good = (name: string, message: string): Finding => ({ name, ok: true, message, fix: null })
export const bad = (name: string, message: string, fix: string): Finding => ({ name, ok: false, message, fix })

export function describe({ name, ok, message, fix }: Finding, output: Output): string {
  const mark = ok ? paint(output, 'green', '✓') : paint(output, 'red', '✗')
  return `${mark} ${name}: ${message}${fix === null ? '' : `\n    → ${fix}`}`
}
