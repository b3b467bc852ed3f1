/** A button that opens a menu: arrow keys, Home, End and first letters move, Escape closes, focus comes back. */
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import { Popup } from './popup.tsx'

export interface MenuItem {
  id: string
  text: string
  about?: string
}

interface MenuProps {
  /** For screen readers, where what is on the button does not say it. */
  label?: string
  className: string
  items: readonly MenuItem[]
  onPick: (id: string) => void
  isBusy?: boolean
  children: ReactNode
}

export function Menu({ label, className, items, onPick, isBusy = false, children }: MenuProps) {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const close = (): void => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <>
      <button
        type="button"
        ref={button}
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-disabled={isBusy}
        aria-busy={isBusy}
        onClick={() => !isBusy && setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
          event.preventDefault()
          if (!isBusy) setOpen(true)
        }}
      >
        {children}
      </button>
      {isOpen && (
        <Popup anchor={button} onClose={() => setOpen(false)}>
          <Items
            id={id}
            label={label ?? button.current?.textContent ?? 'Menu'}
            items={items}
            onClose={close}
            onPick={(picked) => {
              close()
              onPick(picked)
            }}
          />
        </Popup>
      )}
    </>
  )
}

interface ItemsProps {
  id: string
  label: string
  items: readonly MenuItem[]
  onPick: (id: string) => void
  onClose: () => void
}

function Items({ id, label, items, onPick, onClose }: ItemsProps) {
  const list = useRef<HTMLDivElement>(null)
  const all = (): HTMLButtonElement[] => [...(list.current?.querySelectorAll('button') ?? [])]
  const move = (event: KeyboardEvent, to: number): void => {
    event.preventDefault()
    const buttons = all()
    buttons[(to + buttons.length) % buttons.length]?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = all()
    const now = buttons.indexOf(document.activeElement as HTMLButtonElement)
    if (event.key === 'ArrowDown') move(event, now + 1)
    else if (event.key === 'ArrowUp') move(event, now - 1)
    else if (event.key === 'Home') move(event, 0)
    else if (event.key === 'End') move(event, buttons.length - 1)
    else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      event.stopPropagation()
      onClose()
    } else if (event.key.length === 1) {
      const letter = event.key.toLowerCase()
      const from = [...buttons.slice(now + 1), ...buttons.slice(0, now + 1)]
      from.find(({ textContent }) => textContent?.toLowerCase().startsWith(letter))?.focus()
    }
  }
  return (
    <div className="sl-menu" role="menu" id={id} aria-label={label} tabIndex={-1} ref={list} onKeyDown={onKeyDown}>
      {items.map(({ id: item, text, about }, n) => (
        <button
          type="button"
          role="menuitem"
          key={item}
          tabIndex={-1}
          ref={n === 0 ? focusOnce : undefined}
          onClick={() => onPick(item)}
        >
          <span>{text}</span>
          {about !== undefined && <small>{about}</small>}
        </button>
      ))}
    </div>
  )
}

/** After its popup is shown: what is not shown takes no focus. */
const focusOnce = (button: HTMLButtonElement | null): void => {
  if (button !== null) requestAnimationFrame(() => button.focus())
}
