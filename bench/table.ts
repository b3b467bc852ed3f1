// Tables as text: the first column to the left, numbers to the right.
import type { Table } from './bench.ts'

export function renderTable({ title, columns, rows, notes }: Table): string {
  const lines = [columns, ...rows]
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  const render = (line: string[]) =>
    widths
      .map((width, column) =>
        column === 0 ? (line[column] ?? '').padEnd(width) : (line[column] ?? '').padStart(width),
      )
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  return [
    `\n${title}`,
    rule,
    render(columns),
    rule,
    ...rows.map(render),
    rule,
    ...notes.map((note) => `  ${note}`),
  ].join('\n')
}
