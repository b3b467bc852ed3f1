/** Tables, with heads that say so: the library's have none. */
import { isRecord, type Json, recordOf, textIn } from '../../doubles/slack/json.ts'
import { Drawn } from './drawn.tsx'

export function TableBlock({ block }: { block: Json }) {
  const rows = Array.isArray(block.rows)
    ? block.rows.map((row) => (Array.isArray(row) ? row.filter(isRecord) : []))
    : []
  const [head = [], ...body] = rows
  const settings = Array.isArray(block.column_settings) ? block.column_settings.map(recordOf) : []
  const alignment = (n: number): 'left' | 'center' | 'right' => {
    const { align } = settings[n] ?? {}
    return align === 'center' || align === 'right' ? align : 'left'
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the pane is scrolled by the keyboard, too
    <figure className="sl-table" tabIndex={0} aria-label={textIn(block.caption) || 'Table'}>
      <table>
        {textIn(block.caption) !== '' && <caption>{textIn(block.caption)}</caption>}
        <thead>
          <tr>
            {keyed(head).map(({ key, cell, n }) => (
              <th key={key} scope="col" style={{ textAlign: alignment(n) }}>
                <Cell cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row, n) => (
            // Rows have nothing else by which to be known, and none moves.
            <tr key={n}>
              {keyed(row).map(({ key, cell, n: column }) => (
                <td key={key} style={{ textAlign: alignment(column) }}>
                  <Cell cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}

const keyed = (cells: readonly Json[]): { key: string; cell: Json; n: number }[] =>
  cells.map((cell, n) => ({ key: `column-${n}`, cell, n }))

function Cell({ cell }: { cell: Json }) {
  return cell.type === 'rich_text' ? <Drawn blocks={[cell]} /> : textIn(cell.text)
}
