// Numbers, spans of time and lists as commands say them. The command line speaks English, whatever the program's locale.
import type { MemberView } from '../app/ports.ts'
import type { Program } from '../program/schema.ts'

const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

export const count = (value: number): string => counts.format(value)

/** `1 member`, `2,349 members`; a word with another plural brings it along. */
export const plural = (value: number, one: string, other = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : other}`

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** `40 ms`, `2.1 s`, `1 min 54 s`, `3 h 12 min`. */
export function duration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(1)} s`
  const inHours = ms >= HOUR_MS
  const [unit, large, small] = inHours ? [MINUTE_MS, 'h', 'min'] : [SECOND_MS, 'min', 's']
  const total = Math.round(ms / unit)
  return `${Math.floor(total / 60)} ${large} ${total % 60} ${small}`
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const

/** `3.2 MB`, in powers of 1024. */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${count(value)} ${UNITS[unit]}`
}

/** `1 point`, `49 points`, by the program's own name for them. */
export const points = (value: number, { points: { name } }: Program): string =>
  `${count(value)} ${Math.abs(value) === 1 ? name.one : name.other}`

/** `Ada has 49 points now, Bronze.` */
export function standing(member: MemberView, program: Program): string {
  const who = member.name ?? member.email ?? 'The member'
  const { available, pending } = member.points
  const waiting = pending === 0 ? '' : ` and ${count(pending)} pending`
  const tier = member.tier === null ? '' : `, ${member.tier.name}`
  return `${who} has ${points(available, program)} now${waiting}${tier}.`
}

/** The first few of a long list, and how many more there are. */
export function someOf(lines: readonly string[], most: number): string[] {
  const more = lines.length - most
  return more <= 0 ? [...lines] : [...lines.slice(0, most), `… and ${count(more)} more`]
}
