/** The panes one at a time, where there is room for one only. */
import { type KeyboardEvent, useRef } from 'react'
import { type PaneName, paneId } from '../parts/pane.tsx'

const TABS: readonly { name: PaneName; title: string }[] = [
  { name: 'shop', title: 'Shop' },
  { name: 'slack', title: 'Slack' },
  { name: 'hubspot', title: 'HubSpot' },
  { name: 'happened', title: 'What happened' },
]
const MOVES: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 }

export function Tabs({ chosen, onChoose }: { chosen: PaneName; onChoose: (pane: PaneName) => void }) {
  const list = useRef<HTMLDivElement>(null)
  const move = ({ key }: KeyboardEvent): void => {
    const by = MOVES[key]
    if (by === undefined) return
    const at = TABS.findIndex(({ name }) => name === chosen)
    const next = TABS.at((at + by) % TABS.length)
    if (next === undefined) return
    onChoose(next.name)
    list.current?.querySelector<HTMLElement>(`[data-tab=${next.name}]`)?.focus()
  }
  return (
    <div ref={list} className="tabs" role="tablist" aria-label="Parts of the sandbox" tabIndex={-1} onKeyDown={move}>
      {TABS.map(({ name, title }) => (
        <button
          key={name}
          type="button"
          role="tab"
          data-tab={name}
          aria-selected={name === chosen}
          aria-controls={paneId(name)}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {title}
        </button>
      ))}
    </div>
  )
}
