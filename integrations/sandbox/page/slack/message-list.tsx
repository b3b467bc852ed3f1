/** The messages of a channel: the newest at the bottom, threads under what they answer, and a word where news is out of sight. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { compareTs, newestIn, type Thread } from './conversation.ts'
import { Icon } from './icons.tsx'
import { MessageRow } from './message.tsx'

interface MessageListProps {
  name: string
  threads: readonly Thread[]
  /** Older messages that are not shown. */
  older: number
  /** What stands there where nothing is. */
  empty: string
}

const NEAR_PX = 80
/** At once: the newest are there first, and nobody waits for the others. */
const DRAWN_AT_ONCE = 10
const DRAW_MORE_MS = 20
const REPLIES_SHOWN = 3

export function MessageList({ name, threads, older, empty }: MessageListProps) {
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const known = useRef('0')
  const [unseen, setUnseen] = useState<string | null>(null)
  const newest = newestIn(threads)
  const [drawn, setDrawn] = useState(DRAWN_AT_ONCE)
  const isWhole = drawn >= threads.length
  useEffect(() => {
    if (isWhole) return
    const timer = window.setTimeout(() => setDrawn(drawn + DRAWN_AT_ONCE), DRAW_MORE_MS)
    return () => window.clearTimeout(timer)
  }, [drawn, isWhole])

  // Before it is seen: what was at the end stays there, and what one asked for is brought into sight.
  useLayoutEffect(() => {
    const log = box.current
    if (log === null) return
    const isNew = newest !== null && compareTs(newest.ts, known.current) > 0
    const isFirst = known.current === '0'
    known.current = newest?.ts ?? '0'
    if (isFirst) {
      log.scrollTop = log.scrollHeight
      return
    }
    if (isNew && (isAtEnd.current || newest.isEphemeral)) show(log, newest.ts)
    else if (isAtEnd.current) log.scrollTop = log.scrollHeight
    if (isNew && !isInSight(log, newest.ts)) setUnseen(newest.ts)
  })

  // Pictures of what is drawn come later than its text.
  useEffect(() => {
    const log = box.current
    if (log === null) return
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) log.scrollTop = log.scrollHeight
    })
    observer.observe(log)
    return () => observer.disconnect()
  }, [])

  const onScroll = (): void => {
    const log = box.current
    if (log === null) return
    isAtEnd.current = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX
    if (unseen !== null && isInSight(log, unseen)) setUnseen(null)
  }

  return (
    <div className="sl-log-frame">
      <div
        className="sl-log"
        role="log"
        aria-label={`Messages in ${name}`}
        aria-busy={!isWhole}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by the keyboard
        tabIndex={0}
        ref={box}
        onScroll={onScroll}
      >
        {threads.length === 0 && <p className="sl-empty">{empty}</p>}
        {isWhole && older > 0 && <p className="sl-older">Older messages are not shown here.</p>}
        {threads.slice(-drawn).map(({ root, replies, day }) => (
          <div key={root.ts} className="sl-thread">
            {day !== null && (
              <p className="sl-day">
                <span>{day}</span>
              </p>
            )}
            <MessageRow message={root} />
            {replies.length > 0 && <Replies replies={replies} />}
          </div>
        ))}
      </div>
      {unseen !== null && (
        <button
          type="button"
          className="sl-jump"
          onClick={() => {
            if (box.current !== null) show(box.current, unseen)
            setUnseen(null)
            box.current?.focus()
          }}
        >
          <Icon name="arrow" />
          New message
        </button>
      )}
    </div>
  )
}

function Replies({ replies }: { replies: Thread['replies'] }) {
  const [isWhole, setWhole] = useState(false)
  const hidden = isWhole ? 0 : Math.max(0, replies.length - REPLIES_SHOWN)
  return (
    <ul className="sl-replies" aria-label={replies.length === 1 ? '1 reply' : `${replies.length} replies`}>
      {hidden > 0 && (
        <li className="sl-earlier">
          <button type="button" className="sl-link" onClick={() => setWhole(true)}>
            {hidden === 1 ? 'Show 1 earlier reply' : `Show ${hidden} earlier replies`}
          </button>
        </li>
      )}
      {replies.slice(hidden).map((reply) => (
        <li key={reply.ts}>
          <MessageRow message={reply} />
        </li>
      ))}
    </ul>
  )
}

const rowOf = (log: HTMLElement, ts: string): HTMLElement | null => log.querySelector(`[data-ts="${CSS.escape(ts)}"]`)

/** Its beginning, where it is higher than what one sees at once; else all of it. */
function show(log: HTMLElement, ts: string): void {
  const row = rowOf(log, ts)
  if (row === null) return
  const isLast = row.closest('.sl-thread') === log.lastElementChild
  const top = row.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop
  if (row.offsetHeight > log.clientHeight - 24 || !isLast) log.scrollTop = top - 12
  else log.scrollTop = log.scrollHeight
}

function isInSight(log: HTMLElement, ts: string): boolean {
  const [row, frame] = [rowOf(log, ts)?.getBoundingClientRect(), log.getBoundingClientRect()]
  return row !== undefined && row.top < frame.bottom - 20 && row.bottom > frame.top + 20
}
