/** What lies over the pane until it is answered: windows (modals) and questions. Focus stays in it, Escape closes it. */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { textIn, wordsOf } from '../../doubles/slack/json.ts'
import type { SeenView } from '../../doubles/slack/sight.ts'
import { Blocks } from './blocks.tsx'
import { type Asked, type Notice, useDesk } from './desk.tsx'
import { refusalsIn, sentValues, standing, type Values, withPut } from './form.ts'
import { Icon } from './icons.tsx'
import { NoticeBar } from './notice-bar.tsx'
import { type Form, FormProvider } from './use-form.tsx'

interface ShellProps {
  title: string
  role: 'dialog' | 'alertdialog'
  /** Of how many that lie over each other. */
  depth?: number
  onClose: () => void
  /** What stands above the buttons, whatever is scrolled. */
  notice?: ReactNode
  buttons: ReactNode
  /** Something lies over it. */
  isCovered?: boolean
  /** What was pressed when something else came over it: one is back there. */
  pressed?: string | undefined
  children: ReactNode
}

const FOCUSABLE =
  'button:not([disabled]):not([tabindex="-1"]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex="0"]'

function Shell(props: ShellProps) {
  const { title, role, depth = 1, onClose, notice, buttons, isCovered = false, pressed, children } = props
  const veil = useRef<HTMLDivElement>(null)
  const box = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const bodyId = useId()
  useLayoutEffect(() => {
    if (veil.current !== null) veil.current.inert = isCovered
  }, [isCovered])
  const again = useRef(pressed)
  useEffect(() => {
    const before = document.activeElement
    const within = (what: string) => box.current?.querySelector<HTMLElement>(what)
    const first = role === 'alertdialog' ? '.sl-foot button' : '.sl-body input, .sl-body select, .sl-body textarea'
    const known = again.current === undefined ? null : within(`[data-action="${CSS.escape(again.current)}"]`)
    const target = known ?? within('[data-focus]') ?? within(first) ?? within('.sl-foot button') ?? box.current
    target?.focus({ preventScroll: true })
    return () => {
      const isLost = document.activeElement === document.body
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [role])
  // What had the focus may be gone with what stood there before: it stays in here.
  const hadFocus = useRef(false)
  useEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) box.current?.focus({ preventScroll: true })
    hadFocus.current = box.current?.contains(document.activeElement) === true
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
    }
    if (event.key !== 'Tab') return
    const all = [...(box.current?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter(
      (one) => one.offsetParent !== null,
    )
    const [first, last] = [all[0], all.at(-1)]
    const isAtEnd = document.activeElement === (event.shiftKey ? first : last) || document.activeElement === box.current
    if (!isAtEnd) return
    event.preventDefault()
    ;(event.shiftKey ? last : first)?.focus()
  }
  return (
    <div className="sl-veil" ref={veil}>
      <dialog
        open
        className="sl-window"
        data-depth={depth}
        role={role}
        aria-modal="true"
        aria-labelledby={titleId}
        aria-describedby={role === 'alertdialog' ? bodyId : undefined}
        tabIndex={-1}
        ref={box}
        onKeyDown={onKeyDown}
      >
        <header className="sl-head">
          <h3 className="sl-title" id={titleId}>
            {title}
          </h3>
          <button type="button" className="sl-bare" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        <div className="sl-body" id={bodyId}>
          {children}
        </div>
        {notice}
        <footer className="sl-foot">{buttons}</footer>
      </dialog>
    </div>
  )
}

interface ViewWindowProps {
  view: SeenView
  /** What was put into its fields; kept while others lie over it. */
  filled: Values
  onFill: (change: (filled: Values) => Values) => void
  notice: Notice | null
  isCovered: boolean
  /** By view: what was pressed last. */
  pressedIn: Map<string, string>
}

export function ViewWindow({ view, filled, onFill, notice, isCovered, pressedIn }: ViewWindowProps) {
  const { act, tell } = useDesk()
  const [doing, setDoing] = useState<'sending' | 'closing' | null>(null)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const box = useRef<HTMLFormElement>(null)
  const formId = useId()
  const { viewId, blocks, hash } = view
  const place = useMemo(() => ({ view: viewId }), [viewId])
  const isSending = doing === 'sending'

  // Another content has its own faults.
  useEffect(() => setErrors({}), [hash])
  useEffect(() => {
    if (Object.keys(errors).length > 0) box.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [errors])

  const form: Form = {
    values: standing(blocks, filled),
    put: (field, put, offered) => {
      setErrors(({ [field.blockId]: _, ...others }) => others)
      onFill((before) => withPut(before, field, put, offered))
    },
    sent: () => sentValues(blocks, filled),
    errors,
    isBusy: isSending,
  }

  const submit = async (): Promise<void> => {
    if (doing !== null) return
    const refusals = refusalsIn(blocks, filled)
    setErrors(refusals)
    if (Object.keys(refusals).length > 0) return
    tell(null)
    setDoing('sending')
    const outcome = await act('submit', { view: viewId, values: sentValues(blocks, filled) })
    setDoing(null)
    if (outcome.errors !== undefined) setErrors(outcome.errors)
  }
  const close = async (): Promise<void> => {
    if (doing !== null) return
    tell(null)
    setDoing('closing')
    await act('close', {})
    setDoing(null)
  }

  const closeWords = view.close ?? (view.submit === null ? 'Close' : 'Cancel')
  return (
    <Shell
      title={view.title}
      role="dialog"
      depth={view.depth}
      isCovered={isCovered}
      pressed={pressedIn.get(viewId)}
      onClose={() => void close()}
      notice={notice !== null && <NoticeBar notice={notice} />}
      buttons={
        <>
          <button type="button" className="sl-button" aria-busy={doing === 'closing'} onClick={() => void close()}>
            {closeWords}
          </button>
          {view.submit !== null && (
            <button
              type="submit"
              form={formId}
              className="sl-button sl-primary"
              aria-busy={isSending}
              aria-disabled={isSending}
            >
              {view.submit}
            </button>
          )}
          <span className="sl-unseen" role="status">
            {isSending ? 'Sending' : ''}
          </span>
        </>
      }
    >
      <FormProvider value={form}>
        <form
          ref={box}
          id={formId}
          noValidate
          onClickCapture={({ target }) => {
            const pressed = target instanceof Element && target.closest<HTMLElement>('[data-action]')?.dataset.action
            if (pressed) pressedIn.set(viewId, pressed)
          }}
          onSubmit={(event) => {
            event.preventDefault()
            if (view.submit !== null) void submit()
          }}
        >
          <Blocks blocks={blocks} place={place} />
        </form>
      </FormProvider>
    </Shell>
  )
}

/** "Are you sure?", in the app's words. */
export function Question({ asked, onDone }: { asked: Asked; onDone: () => void }) {
  const { confirm, onAnswer } = asked
  const answer = (isYes: boolean): void => {
    onDone()
    onAnswer(isYes)
  }
  return (
    <Shell
      title={wordsOf(confirm.title)}
      role="alertdialog"
      onClose={() => answer(false)}
      buttons={
        <>
          <button type="button" className="sl-button" onClick={() => answer(false)}>
            {wordsOf(confirm.deny) || 'Cancel'}
          </button>
          <button
            type="button"
            className={`sl-button ${textIn(confirm.style) === 'danger' ? 'sl-danger' : 'sl-primary'}`}
            onClick={() => answer(true)}
          >
            {wordsOf(confirm.confirm) || 'Yes'}
          </button>
        </>
      }
    >
      <p>{wordsOf(confirm.text)}</p>
    </Shell>
  )
}
