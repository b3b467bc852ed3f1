/** What opens beside something and lies over everything: in the browser's top layer, so that nothing cuts it off. */
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

interface PopupProps {
  anchor: RefObject<HTMLElement | null>
  onClose: () => void
  /** As wide as what it opens beside, at least. */
  isWide?: boolean
  children: ReactNode
}

const GAP = 4
const MARGIN = 8

export function Popup({ anchor, onClose, isWide = false, children }: PopupProps) {
  const box = useRef<HTMLDivElement>(null)
  const close = useRef(onClose)
  close.current = onClose
  useLayoutEffect(() => {
    const popup = box.current
    if (popup === null) return
    popup.showPopover?.()
    place(popup, anchor.current, isWide)
  })
  useEffect(() => {
    const again = (): void => {
      if (box.current !== null) place(box.current, anchor.current, isWide)
    }
    const outside = ({ target }: Event): void => {
      const isInside = [box, anchor].some(({ current }) => target instanceof Node && current?.contains(target))
      if (!isInside) close.current()
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    window.addEventListener('resize', again)
    window.addEventListener('scroll', again, true)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
      window.removeEventListener('resize', again)
      window.removeEventListener('scroll', again, true)
    }
  }, [anchor, isWide])
  return (
    <div className="sl-popup" ref={box} {...{ popover: 'manual' }}>
      {children}
    </div>
  )
}

/** Below what it belongs to, above where there is no room; to the left where it would reach into another pane. */
function place(popup: HTMLElement, anchor: HTMLElement | null, isWide: boolean): void {
  if (anchor === null) return
  const rect = anchor.getBoundingClientRect()
  const [width, height] = [document.documentElement.clientWidth, document.documentElement.clientHeight]
  if (isWide) popup.style.minWidth = `${rect.width}px`
  const below = height - rect.bottom - GAP - MARGIN
  const above = rect.top - GAP - MARGIN
  popup.style.maxHeight = `${Math.max(below, above, 80)}px`
  const isBelow = popup.offsetHeight <= below || below >= above
  popup.style.top = `${isBelow ? rect.bottom + GAP : Math.max(MARGIN, rect.top - GAP - popup.offsetHeight)}px`
  const edge = Math.min(anchor.closest('.sl-client')?.getBoundingClientRect().right ?? width, width - MARGIN)
  const left = rect.left + popup.offsetWidth > edge ? rect.right - popup.offsetWidth : rect.left
  popup.style.left = `${Math.max(MARGIN, left)}px`
}
