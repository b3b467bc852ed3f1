/** One message as it is read: who, when, what, and what can be done with it. */
import { memo, useMemo } from 'react'
import type { SeenMessage } from '../../doubles/slack/sight.ts'
import { BOT_USER } from '../../doubles/slack/workspace.ts'
import { Avatar } from './avatar.tsx'
import { Blocks } from './blocks.tsx'
import { timeOf } from './conversation.ts'
import { useAct, useDesk } from './desk.tsx'
import { Drawn } from './drawn.tsx'
import { Icon } from './icons.tsx'
import { Menu } from './menu.tsx'
import { dateFormat } from './slack-date.ts'

const SHORTCUT = {
  id: 'lookup_customer',
  text: 'Look up customer',
  about: 'Regulars: who is the customer in this message?',
}

export const MessageRow = memo(function MessageRow({ message }: { message: SeenMessage }) {
  const { people } = useDesk()
  const { ts, by, text, blocks, isEphemeral, isEdited } = message
  const isApp = by === BOT_USER
  const name = isApp ? 'Regulars' : (people[by] ?? 'Somebody')
  return (
    <article
      className="sl-message"
      data-ts={ts}
      data-only-me={isEphemeral || undefined}
      aria-label={`${name}, ${isEphemeral ? 'only visible to you' : 'message'}`}
    >
      <Avatar name={name} isApp={isApp} />
      <div className="sl-content">
        {isEphemeral && (
          <p className="sl-only-me">
            <Icon name="eye" />
            Only visible to you
          </p>
        )}
        <p className="sl-by">
          <b>
            <bdi>{name}</bdi>
          </b>
          {isApp && <span className="sl-app">App</span>}
          <Time ts={ts} />
          {isEdited && <span className="sl-edited">(edited)</span>}
        </p>
        {blocks.length > 0 ? <MessageBlocks message={message} /> : <TextAlone text={text} />}
      </div>
      <MessageMenu ts={ts} />
    </article>
  )
})

function MessageBlocks({ message: { ts, blocks } }: { message: SeenMessage }) {
  const place = useMemo(() => ({ message: ts }), [ts])
  return <Blocks blocks={blocks} place={place} />
}

function TextAlone({ text }: { text: string }) {
  const blocks = useMemo(() => [{ type: 'section', text: { type: 'mrkdwn', text } }], [text])
  return <Drawn blocks={blocks} />
}

function Time({ ts }: { ts: string }) {
  const {
    words: { locale, timezone },
  } = useDesk()
  const at = timeOf(ts)
  const short = dateFormat(locale, { timeStyle: 'short', timeZone: timezone })
  const long = dateFormat(locale, { dateStyle: 'full', timeStyle: 'medium', timeZone: timezone })
  return (
    <time dateTime={new Date(at).toISOString()} title={long.format(at)}>
      {short.format(at)}
    </time>
  )
}

function MessageMenu({ ts }: { ts: string }) {
  const { isBusy, act } = useAct()
  return (
    <Menu
      className="sl-bare sl-more"
      label="More actions on this message"
      items={[SHORTCUT]}
      isBusy={isBusy}
      onPick={(callback) => void act('shortcut', { callback, message: ts })}
    >
      <Icon name="dots" />
    </Menu>
  )
}
