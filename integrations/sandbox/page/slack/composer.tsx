/** Where one writes: commands with completions, and plain messages. ↑ brings back what was sent. */
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import type { ShownSlack } from '../../shown.ts'
import { COMMAND, type Completion, completionsFor, isTakenByEnter, refusalOf } from './completions.ts'
import { useDesk } from './desk.tsx'
import { Icon } from './icons.tsx'
import { Menu } from './menu.tsx'

interface ComposerProps {
  channel: { id: string; name: string }
  commands: ShownSlack['commands']
}

const SHORTCUT = {
  id: 'lookup_member',
  text: 'Look up a member',
  about: 'Regulars: find a customer by name, e-mail or phone',
}
const LINE_LIMIT = 3_500

export function Composer({ channel, commands }: ComposerProps) {
  const { act, tell } = useDesk()
  const [line, setLine] = useState('')
  const [active, setActive] = useState<number | null>(null)
  const [isDismissed, setDismissed] = useState(false)
  const [sending, setSending] = useState<'command' | 'message' | null>(null)
  const history = useRef<{ sent: string[]; at: number }>({ sent: [], at: 0 })
  const input = useRef<HTMLInputElement>(null)
  const selection = useRef<[number, number] | null>(null)
  const id = useId()

  const completions = isDismissed ? [] : completionsFor(line, commands)
  const chosen = active === null ? null : (completions[active] ?? null)
  const isOpen = completions.length > 0

  // An example is selected, to be typed over.
  useLayoutEffect(() => {
    if (selection.current === null) return
    input.current?.setSelectionRange(...selection.current)
    selection.current = null
  })

  const change = (next: string): void => {
    setLine(next)
    setActive(null)
    setDismissed(false)
  }
  const take = ({ line: taken, selectFrom }: Completion): void => {
    setLine(taken)
    setActive(null)
    // What comes after the command's name is still to be chosen.
    setDismissed(taken.trim() !== COMMAND)
    selection.current = [selectFrom, taken.length]
    input.current?.focus()
  }
  const send = async (): Promise<void> => {
    const said = line.trim()
    if (said === '' || sending !== null) return
    const refusal = refusalOf(said)
    if (refusal !== null) {
      tell({ tone: 'trouble', text: refusal })
      return
    }
    const { sent } = history.current
    history.current = { sent: [...sent.filter((one) => one !== said), said].slice(-50), at: 0 }
    change('')
    tell(null)
    setSending(said.startsWith('/') ? 'command' : 'message')
    const outcome = await act('command', { channel: channel.id, line: said })
    setSending(null)
    // Nothing that was typed is lost by what went wrong.
    if (!outcome.ok) setLine((now) => (now === '' ? said : now))
  }
  const recall = (by: 1 | -1): boolean => {
    const { sent, at } = history.current
    const to = at + by
    if (to < 0 || to > sent.length || (at === 0 && line !== '')) return false
    history.current.at = to
    const recalled = to === 0 ? '' : (sent.at(-to) ?? '')
    setLine(recalled)
    setActive(null)
    setDismissed(true)
    selection.current = [recalled.length, recalled.length]
    return true
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    const { key } = event
    if (isOpen && (key === 'ArrowDown' || key === 'ArrowUp')) {
      event.preventDefault()
      const [first, last] = [0, completions.length - 1]
      if (key === 'ArrowDown') setActive(active === null || active >= last ? first : active + 1)
      else setActive(active === null || active <= first ? last : active - 1)
    } else if (!isOpen && (key === 'ArrowUp' || key === 'ArrowDown')) {
      if (recall(key === 'ArrowUp' ? 1 : -1)) event.preventDefault()
    } else if (isOpen && key === 'Tab' && !event.shiftKey) {
      event.preventDefault()
      take(chosen ?? (completions[0] as Completion))
    } else if (isOpen && key === 'Escape') {
      event.stopPropagation()
      setDismissed(true)
    } else if (key === 'Enter') {
      event.preventDefault()
      const [first] = completions
      if (isOpen && first !== undefined && isTakenByEnter(line, chosen !== null)) take(chosen ?? first)
      else void send()
    }
  }

  return (
    <form
      className="sl-composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      {isOpen && (
        <div className="sl-completions" id={`${id}-list`} role="listbox" aria-label="Commands">
          {completions.map((completion, n) => (
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the field, which names the active one
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field listens to the keys
            <div
              key={completion.id}
              id={`${id}-${n}`}
              className="sl-option"
              role="option"
              aria-selected={n === active}
              ref={n === active ? (row) => row?.scrollIntoView({ block: 'nearest' }) : undefined}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(completion)}
            >
              <b>{completion.label}</b> <small>{completion.about}</small>
            </div>
          ))}
        </div>
      )}
      <div className="sl-writing">
        <Menu
          className="sl-bare"
          label="Shortcuts"
          items={[SHORTCUT]}
          onPick={(callback) => void act('shortcut', { callback })}
        >
          <Icon name="bolt" />
        </Menu>
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label={`Message #${channel.name}, or a command`}
          aria-autocomplete="list"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-activedescendant={chosen === null ? undefined : `${id}-${active}`}
          placeholder={`Message #${channel.name}, or ${COMMAND}`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          dir="auto"
          maxLength={LINE_LIMIT}
          value={line}
          onChange={({ target }) => change(target.value)}
          onKeyDown={onKeyDown}
          onBlur={() => setDismissed(true)}
          onFocus={() => setDismissed(line.includes(' ') && line.trim() !== COMMAND)}
        />
        <button
          type="submit"
          className="sl-send"
          aria-label="Send"
          aria-disabled={line.trim() === '' || sending !== null}
        >
          <Icon name="send" />
        </button>
      </div>
      <p className="sl-status" role="status">
        {sending === 'command' ? 'Regulars is answering' : sending === 'message' ? 'Sending' : ''}
      </p>
    </form>
  )
}
