/** How much of the page is given to what happened: dragged, or moved by the arrow keys. */
import type { KeyboardEvent, PointerEvent } from 'react'

export const LEAST = 10
export const MOST = 75
const STEP = 4

const MOVES: Record<string, (value: number) => number> = {
  ArrowUp: (value) => value + STEP,
  ArrowDown: (value) => value - STEP,
  Home: () => MOST,
  End: () => LEAST,
}

const within = (value: number): number => Math.round(Math.min(MOST, Math.max(LEAST, value)))

export function Splitter({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key]
    if (move === undefined) return
    event.preventDefault()
    onChange(within(move(value)))
  }
  const onPointerMove = ({ currentTarget, clientY, buttons, pointerId }: PointerEvent<HTMLHRElement>): void => {
    if (buttons === 0 || !currentTarget.hasPointerCapture(pointerId)) return
    const room = currentTarget.parentElement?.getBoundingClientRect()
    if (room !== undefined) onChange(within(((room.bottom - clientY) / room.height) * 100))
  }
  return (
    <hr
      className="splitter"
      aria-orientation="horizontal"
      aria-label="Height of what happened"
      aria-valuenow={value}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={({ currentTarget, pointerId }) => currentTarget.setPointerCapture(pointerId)}
      onPointerMove={onPointerMove}
    />
  )
}
