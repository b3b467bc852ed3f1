/** Blocks of words, as slack-blocks-to-jsx draws them. */
import { memo, useLayoutEffect, useMemo, useRef } from 'react'
import { type Block, Message, type MessageProps } from 'slack-blocks-to-jsx'
import type { Json } from '../../doubles/slack/json.ts'
import { useDesk } from './desk.tsx'
import { linksIn, mended, signOf } from './mend.ts'
import { slackDate } from './slack-date.ts'

type Hooks = NonNullable<MessageProps['hooks']>

/** The id that the library's styles look for: once on the page, around all that it draws. */
export const LIBRARY_ID = 'slack_blocks_to_jsx'

export const Drawn = memo(function Drawn({ blocks }: { blocks: readonly Json[] }) {
  const { people, channels, words, isDark, tell } = useDesk()
  const box = useRef<HTMLDivElement>(null)
  // The library gives each message that id.
  useLayoutEffect(() => {
    for (const one of box.current?.querySelectorAll(`#${LIBRARY_ID}`) ?? []) one.removeAttribute('id')
  })
  const fit = useMemo(() => blocks.map((block) => mended(block)) as Block[], [blocks])
  const hooks = useMemo<Hooks>(() => {
    const links = linksIn(blocks)
    return {
      user: ({ id }) => <span className="sl-mention">@{people[id] ?? 'somebody'}</span>,
      channel: ({ id }) => <span className="sl-mention">#{channels[id] ?? 'private-channel'}</span>,
      emoji: (emoji, parse) => signOf(emoji.name) ?? <span className="sl-emoji">{parse(emoji)}</span>,
      date: ({ timestamp, format }) => (
        <time dateTime={new Date(Number(timestamp) * 1_000).toISOString()}>
          {slackDate(format, Number(timestamp) * 1_000, words)}
        </time>
      ),
      link: ({ href, children }) =>
        links.has(href) ? (
          <button type="button" className="sl-link" onClick={() => tell({ tone: 'note', text: noteOf(href) })}>
            {children}
          </button>
        ) : (
          children
        ),
    }
  }, [blocks, people, channels, words, tell])
  return (
    <div className="sl-drawn" ref={box}>
      <Message
        blocks={fit}
        hooks={hooks}
        data={{ users: named(people), channels: named(channels) }}
        theme={isDark ? 'dark' : 'light'}
        name=""
        logo=""
        withoutWrapper
      />
    </div>
  )
})

const named = (names: Readonly<Record<string, string>>): { id: string; name: string }[] =>
  Object.entries(names).map(([id, name]) => ({ id, name }))

/** What is said in place of following a link. */
export function noteOf(address: string): string {
  if (address.startsWith('mailto:')) return `This would begin an e-mail to ${address.slice('mailto:'.length)}.`
  const host = hostOf(address)
  const pane = host.includes('hubspot') ? 'HubSpot' : host.includes('stripe') ? 'Shop' : null
  const there = pane === null ? '' : `: see the ${pane} pane`
  return `This would open ${host || address}. In the sandbox there is no such site${there}.`
}

function hostOf(address: string): string {
  try {
    return new URL(address).host
  } catch {
    return ''
  }
}
