/** One of the page's parts: side by side where there is room, a tab where there is not. */
import { type ReactNode, useId } from 'react'

export type PaneName = 'shop' | 'slack' | 'hubspot' | 'happened'

export interface PaneProps {
  name: PaneName
  title: string
  /** Whose it is. */
  vendor: string
  /** null: all panes are shown at once. */
  tab: PaneName | null
  actions?: ReactNode
  children: ReactNode
}

export const paneId = (name: PaneName): string => `pane-${name}`

export function Pane({ name, title, vendor, tab, actions, children }: PaneProps) {
  const heading = useId()
  const asTab = tab === null ? {} : { role: 'tabpanel', hidden: tab !== name }
  return (
    <section id={paneId(name)} className={`pane pane-${name}`} aria-labelledby={heading} tabIndex={-1} {...asTab}>
      <header className="pane-head">
        <h2 id={heading}>{title}</h2>
        <span className="pane-vendor">{vendor}</span>
        <div className="pane-actions">{actions}</div>
      </header>
      <div className="pane-body">{children}</div>
    </section>
  )
}
