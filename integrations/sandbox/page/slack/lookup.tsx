/** Asks the app for what fits while one types (`external_select`). */
import { useEffect, useId, useRef, useState } from 'react'
import { wordsOf } from '../../doubles/slack/json.ts'
import { type ControlProps, described } from './control-props.ts'
import { useDesk } from './desk.tsx'
import { chosenWords, putOf } from './form.ts'
import { Popup } from './popup.tsx'

const ASK_AFTER_MS = 150
const LEAST = 3

type Found =
  | { is: 'typing' | 'asking' | 'failed'; options?: undefined }
  | { is: 'there'; options: { text: string; value: string }[] }

/** A menu whose options the app looks up. */
export function Lookup(props: ControlProps) {
  const { field, state, place, onPut, id } = props
  const { act } = useDesk()
  const least = Number(field.element.min_query_length ?? LEAST)
  const [typed, setTyped] = useState<string | null>(null)
  const [found, setFound] = useState<Found>({ is: 'typing' })
  const [active, setActive] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  const shown = typed ?? chosenWords(state)
  const isOpen = typed !== null
  const options = found.options ?? []

  const latest = useRef({ act, place, blockId: field.blockId })
  latest.current = { act, place, blockId: field.blockId }
  useEffect(() => {
    if (typed === null || typed.trim().length < least) {
      setFound({ is: 'typing' })
      return
    }
    let isOver = false
    setFound({ is: 'asking' })
    const timer = window.setTimeout(async () => {
      const now = latest.current
      const outcome = await now.act('type', { ...now.place, block: now.blockId, text: typed.trim() })
      if (isOver) return
      setFound(outcome.ok ? { is: 'there', options: outcome.options ?? [] } : { is: 'failed' })
      setActive(0)
    }, ASK_AFTER_MS)
    return () => {
      isOver = true
      window.clearTimeout(timer)
    }
  }, [typed, least])

  const take = (n: number): void => {
    const option = options[n]
    if (option === undefined) return
    const { text, value } = option
    onPut(value, [{ text: { type: 'plain_text', text }, value }])
    setTyped(null)
  }
  const hint = hintOf(found, least)
  return (
    <>
      <input
        ref={input}
        id={id}
        className="sl-input"
        role="combobox"
        type="text"
        autoComplete="off"
        dir="auto"
        value={shown}
        placeholder={wordsOf(field.element.placeholder) || 'Type to search'}
        data-focus={field.element.focus_on_load === true || undefined}
        aria-label={id === undefined ? field.label : undefined}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-activedescendant={isOpen && options[active] !== undefined ? `${listId}-${active}` : undefined}
        {...described(props)}
        onChange={({ target }) => {
          setTyped(target.value)
          if (putOf(state) !== null) onPut(null)
        }}
        onBlur={() => setTyped(null)}
        onKeyDown={(event) => {
          if (!isOpen) return
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault()
            const by = event.key === 'ArrowDown' ? 1 : -1
            setActive((active + by + options.length) % Math.max(1, options.length))
          } else if (event.key === 'Enter') {
            event.preventDefault()
            take(active)
          } else if (event.key === 'Escape') {
            event.stopPropagation()
            setTyped(null)
          }
        }}
      />
      {isOpen && (
        <Popup anchor={input} onClose={() => setTyped(null)} isWide>
          <div role="listbox" id={listId} aria-label={field.label || 'Found'} className="sl-menu">
            {options.map(({ text, value }, n) => (
              // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the field, which names the active one
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field listens to the keys
              <div
                key={value}
                id={`${listId}-${n}`}
                role="option"
                aria-selected={n === active}
                className="sl-option"
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => take(n)}
              >
                {text}
              </div>
            ))}
          </div>
          <p className="sl-hint" role="status">
            {hint}
          </p>
        </Popup>
      )}
    </>
  )
}

function hintOf(found: Found, least: number): string {
  if (found.is === 'typing') return least > 1 ? `Type at least ${least} characters` : 'Type to search'
  if (found.is === 'asking') return 'Looking'
  if (found.is === 'failed') return 'That could not be looked up'
  return found.options?.length === 0 ? 'Nothing found' : ''
}
