// Tables on the command line: columns that line up, numbers to the right.
import { money } from '../core/sentences.ts'
import { formatDecimal } from './amounts.ts'
import type { Cell } from './csv-write.ts'
import { textCell } from './csv-write.ts'
import { count } from './format.ts'

/** Text that people wrote, a number, minor units of money (of the table's currency unless it says another), a share of 1, or nothing. */
export type Value = string | number | null | { minor: number | null; currency?: string } | { share: number | null }

export interface Table {
  title: string
  columns: readonly string[]
  rows: readonly (readonly Value[])[]
  /** What is said where there are no rows. */
  nothing: string
}

const GAP = '  '
const NONE = '–'

/** As people read it. */
export function shown(value: Value, currency: string): string {
  if (value === null) return NONE
  if (typeof value === 'string') return inLine(value)
  if (typeof value === 'number') return count(value)
  if ('minor' in value) return value.minor === null ? NONE : money(value.minor, value.currency ?? currency, 'en')
  return value.share === null ? NONE : `${(value.share * 100).toFixed(1)} %`
}

/** What a terminal would obey, or would break a line, is left out. */
const inLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')

/** As files have it: money in major units without its sign, shares as numbers. */
export function inFile(value: Value, currency: string): Cell {
  if (value === null || typeof value === 'number') return value
  if (typeof value === 'string') return textCell(value)
  if ('minor' in value) return value.minor === null ? null : formatDecimal(value.minor, value.currency ?? currency)
  return value.share
}

/** Columns that a terminal gives to a text: marks that stand on the letter before take none. */
const widthOf = (text: string): number => [...text.replaceAll(/\p{M}/gu, '')].length

function pad(text: string, width: number, right: boolean): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? `${spaces}${text}` : `${text}${spaces}`
}

/** The lines of a table, its title aside. */
export function tableLines({ columns, rows, nothing }: Table, currency: string): string[] {
  if (rows.length === 0) return [`${GAP}${nothing}`]
  const cells = rows.map((row) => row.map((value) => shown(value, currency)))
  const right = columns.map((_, n) => rows.every((row) => typeof row[n] !== 'string'))
  const widths = columns.map((name, n) => Math.max(widthOf(name), ...cells.map((row) => widthOf(row[n] ?? ''))))
  const line = (row: readonly string[]): string =>
    `${GAP}${row.map((text, n) => pad(text, widths[n] ?? 0, right[n] ?? false)).join(GAP)}`.trimEnd()
  return [line(columns), ...cells.map(line)]
}
