/** Who a message may be about: addresses and ids in it, and what is left to be searched for names. */
import { EMAIL } from './sought.ts'

export interface WrittenOf {
  /** By these one person alone is known. */
  refs: string[]
  /** Without links, mentions, addresses and code. */
  rest: string
}

const TEXT_LIMIT = 20_000
const REFS_LIMIT = 10
const EMAILS = new RegExp(EMAIL.source, 'gu')
const CUSTOMERS = /(?<![A-Za-z0-9_])cus_[A-Za-z0-9]{1,100}/g
const CONTACTS = /hubspot\.com\/contacts\/\d{1,20}\/(?:record\/0-1|contact)\/(\d{1,20})/gi
const MAIL_LINK = /<mailto:([^|<>]*)(?:\|[^<>]*)?>/gi
/** Links, channels, people and groups of Slack's: none of them is a customer's name. */
const LINK = /<[^<>]*>/g
const ENTITIES = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
] as const

const unescaped = (text: string): string => ENTITIES.reduce((read, [name, sign]) => read.replaceAll(name, sign), text)

export function namedIn(message: string): WrittenOf {
  const text = message.slice(0, TEXT_LIMIT).replace(MAIL_LINK, ' $1 ')
  const emails = [...text.matchAll(EMAILS)].map(([email]) => `email:${unescaped(email)}`)
  const customers = [...text.matchAll(CUSTOMERS)].map(([id]) => `stripe:${id}`)
  const contacts = [...text.matchAll(CONTACTS)].map(([, id]) => `hubspot:${id}`)
  const refs = [...new Set([...emails, ...customers, ...contacts])].slice(0, REFS_LIMIT)
  return { refs, rest: unescaped(text.replace(LINK, ' ').replace(EMAILS, ' ')) }
}

const PARTS_LIMIT = 500
/** What is read in blocks and attachments, and where their links lead. */
const READ = new Set(['text', 'url', 'fallback', 'pretext', 'title', 'value'])

/** All that is read in a message: other apps' have little in their text, and the rest in blocks. */
export function wordsIn(message: { text: string | null; [part: string]: unknown } | null | undefined): string | null {
  if (!message) return null
  const parts = new Set(message.text ? [message.text] : [])
  const look = (value: unknown, key: string): void => {
    if (parts.size >= PARTS_LIMIT) return
    if (typeof value === 'string') {
      if (READ.has(key) && value !== '') parts.add(value.replace(/^mailto:/i, ''))
    } else if (typeof value === 'object' && value !== null)
      for (const [name, part] of Object.entries(value)) look(part, Array.isArray(value) ? key : name)
  }
  look(message.blocks, 'blocks')
  look(message.attachments, 'attachments')
  return [...parts].join('\n')
}
