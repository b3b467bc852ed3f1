/** Slack, as far as the sandbox needs it: a small client, in which one is somebody of the shop's team. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ShownState } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Composer } from './composer.tsx'
import { isUnread, type Read, threadsIn, withRead } from './conversation.ts'
import { type Asked, type Desk, DeskProvider, type Notice } from './desk.tsx'
import { LIBRARY_ID } from './drawn.tsx'
import type { Values } from './form.ts'
import { Home } from './home.tsx'
import { MessageList } from './message-list.tsx'
import { NoticeBar } from './notice-bar.tsx'
import { DM, HOME, Places, placesOf } from './places.tsx'
import { useDark } from './use-dark.ts'
import { useRead } from './use-read.ts'
import { useStable, useStableList } from './use-stable.ts'
import { Who } from './who.tsx'
import { Question, ViewWindow } from './window.tsx'

const MINUTE = 60_000

export function SlackPane({ state, api }: { state: ShownState; api: Api }) {
  const { slack } = state
  const me = slack.me
  const messages = useStableList(slack.messages, ({ channel, ts }) => `${channel} ${ts}`)
  const view = useStable(slack.view)
  const home = useStable(slack.home)
  const people = useStable(slack.people)
  const channels = useStable(slack.channels)
  const names = useStable(slack.channelNames)
  const isDark = useDark()
  const [notice, setNotice] = useState<Notice | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [wanted, setWanted] = useState<string | null>(null)
  const [goneTo, setGoneTo] = useState<Record<string, string>>({})
  const [forms, setForms] = useState<Record<string, Values>>({})
  const [read, setRead] = useRead()

  const minute = Math.floor(state.now / MINUTE) * MINUTE
  const words = useMemo(
    () => ({ locale: state.locale, timezone: state.timezone, now: minute }),
    [state.locale, state.timezone, minute],
  )
  const act = useCallback<Desk['act']>(
    async (what, given) => {
      const outcome = await api.do(`slack/${what}`, { me, ...given })
      if (!outcome.ok && outcome.errors === undefined) setNotice({ tone: 'trouble', text: inWords(outcome.why) })
      return outcome
    },
    [api, me],
  )
  const desk = useMemo<Desk>(
    () => ({ me, people, channels: names, words, isDark, act, tell: setNotice, ask: setAsked }),
    [me, people, names, words, isDark, act],
  )

  const self = slack.staff.find(({ id }) => id === me)
  const places = placesOf(channels, (channel) => self !== undefined && isUnread(read, self, channel))
  const here = places.some(({ id }) => id === goneTo[me]) ? (goneTo[me] ?? HOME) : (places[0]?.id ?? HOME)
  const go = (place: string): void => {
    setNotice(null)
    setGoneTo((before) => ({ ...before, [me]: place }))
  }

  const newest = self?.newest[here]
  useEffect(() => {
    if (newest !== undefined) setRead((before: Read) => withRead(before, me, here, newest))
  }, [me, here, newest, setRead])
  // Whoever is switched to has other windows and other troubles.
  useEffect(() => {
    setWanted(null)
    setNotice(null)
  }, [me])

  const pressedIn = useRef(new Map<string, string>())
  const isCovered = view !== null || asked !== null
  const room = useFocusReturn(isCovered)
  // Of each person: a window that is closed is forgotten.
  const formId = view === null ? null : `${me} ${view.viewId}`
  useEffect(() => {
    if (formId === null) setForms((before) => without(before, me))
  }, [formId, me])
  const onFill = useCallback(
    (change: (filled: Values) => Values) =>
      formId !== null && setForms((before) => ({ ...before, [formId]: change(before[formId] ?? {}) })),
    [formId],
  )

  return (
    <DeskProvider value={desk}>
      <div className="sl-client" id={LIBRARY_ID} data-theme={isDark ? 'dark' : 'light'}>
        <Who
          me={wanted ?? me}
          staff={slack.staff}
          read={read}
          onSwitch={(id) => {
            setWanted(id)
            api.look({ me: id })
          }}
        />
        <div className="sl-stage">
          <div className="sl-room" ref={room}>
            <Places places={places} here={here} onGo={go} />
            <div className="sl-main">
              {here === HOME ? (
                <Home view={home} />
              ) : (
                <Conversation
                  key={`${me} ${here}`}
                  place={here}
                  slack={{ ...slack, messages, channels }}
                  words={words}
                />
              )}
              {notice !== null && view === null && <NoticeBar notice={notice} />}
              {here !== HOME && <Writing place={here} slack={slack} />}
            </div>
          </div>
          {view !== null && (
            <ViewWindow
              isCovered={asked !== null}
              pressedIn={pressedIn.current}
              key={view.viewId}
              view={view}
              filled={forms[`${me} ${view.viewId}`] ?? {}}
              onFill={onFill}
              notice={notice}
            />
          )}
          {asked !== null && <Question asked={asked} onDone={() => setAsked(null)} />}
        </div>
      </div>
    </DeskProvider>
  )
}

interface ConversationProps {
  place: string
  slack: ShownState['slack']
  words: Desk['words']
}

function Conversation({ place, slack, words }: ConversationProps) {
  const { messages, channels } = slack
  const threads = useMemo(() => threadsIn(messages, place, words), [messages, place, words])
  const channel = channels.find(({ id }) => id === place)
  const isOwn = channel === undefined || channel.kind === 'im'
  return (
    <MessageList
      name={isOwn ? 'Regulars' : `#${channel.name}`}
      threads={threads}
      older={channel?.older ?? 0}
      empty={
        isOwn
          ? 'What Regulars has to tell you alone comes here: a decision on what you asked for, for example.'
          : 'Nothing was said here yet. Type /loyalty and a customer’s name below.'
      }
    />
  )
}

/** As its manifest says, nobody writes to the app by itself. */
function Writing({ place, slack: { channels, commands } }: { place: string; slack: ShownState['slack'] }) {
  const channel = channels.find(({ id }) => id === place)
  if (place === DM || channel === undefined || channel.kind === 'im')
    return <p className="sl-read-only">Messages to this app are turned off. Use /loyalty in a channel.</p>
  return <Composer key={channel.id} channel={channel} commands={commands} />
}

/** Where one was, when what lay over it is gone. */
function useFocusReturn(isCovered: boolean) {
  const room = useRef<HTMLDivElement>(null)
  const last = useRef<HTMLElement | null>(null)
  const wasCovered = useRef(isCovered)
  // Before what lay over it gives the focus back.
  useLayoutEffect(() => {
    if (room.current !== null) room.current.inert = isCovered
  }, [isCovered])
  useEffect(() => {
    if (wasCovered.current && !isCovered) {
      const isLost = document.activeElement === null || document.activeElement === document.body
      const back = last.current?.isConnected
        ? last.current
        : room.current?.querySelector<HTMLElement>('.sl-composer input')
      if (isLost) back?.focus()
    }
    wasCovered.current = isCovered
  }, [isCovered])
  useEffect(() => {
    const note = ({ target }: FocusEvent): void => {
      if (target instanceof HTMLElement) last.current = target
    }
    const box = room.current
    box?.addEventListener('focusin', note)
    return () => box?.removeEventListener('focusin', note)
  }, [])
  return room
}

/** The same where there is nothing of theirs. */
function without(forms: Record<string, Values>, person: string): Record<string, Values> {
  const kept = Object.entries(forms).filter(([id]) => !id.startsWith(`${person} `))
  return kept.length === Object.keys(forms).length ? forms : Object.fromEntries(kept)
}

const WHY_LIMIT = 240

/** The doubles speak for tests: they quote whole messages, and begin as they like. */
function inWords(why: string): string {
  if (/no longer there|sees no message|has no view|no window open/.test(why))
    return 'What you pressed is no longer there. Ask for it anew.'
  const [line = ''] = why.split('\n')
  const sentence = `${line.charAt(0).toUpperCase()}${line.slice(1, WHY_LIMIT)}`
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`
}
