// Writes CSV that spreadsheets read as it is meant: RFC 4180, and no text of a customer's becomes a formula.

export type Cell = string | number | null

/** Spreadsheets run a cell that begins with one of these (https://owasp.org/www-community/attacks/CSV_Injection). */
const FORMULA = /^[=+\-@\t\r]/
const GUARDED = /^'(?=[=+\-@\t\r])/

/** A cell that people wrote: what could be a formula begins with an apostrophe, which spreadsheets do not show. */
export const textCell = (text: string | null): string | null =>
  text !== null && FORMULA.test(text) ? `'${text}` : text

/** The way back, for what we wrote ourselves. */
export const withoutGuard = (text: string): string => text.replace(GUARDED, '')

const quote = (cell: string): string => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** One line, its end included. */
export const csvLine = (cells: readonly Cell[]): string =>
  `${cells.map((cell) => (cell === null ? '' : quote(String(cell)))).join(',')}\r\n`
