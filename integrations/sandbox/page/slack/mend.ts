/**
 * Blocks as the library draws them right. It reads more into mrkdwn than Slack does: `#` at a line's beginning, `[a](b)`, signs
 * inside words, and those that a word joiner beside them robs of their meaning in Slack. Pure.
 */
import { isRecord, type Json, textIn } from '../../doubles/slack/json.ts'

/** Drawn in their place by the emoji hook, since nothing is read into those. */
const SIGNS: Record<string, string> = {
  'sign-star': '*',
  'sign-low': '_',
  'sign-wave': '~',
  'sign-tick': '`',
  'sign-less': '<',
  'sign-more': '>',
  'sign-back': '\\',
}

export const signOf = (name: string): string | undefined => (Object.hasOwn(SIGNS, name) ? SIGNS[name] : undefined)

const tokenOf = (sign: string): string => {
  const name = Object.keys(SIGNS).find((one) => SIGNS[one] === sign)
  return name === undefined ? sign : `:${name}:`
}

const JOINER = '\u2060'
const ESCAPED = /\u2060([*_~`])\u2060/g
const TOKEN = /:(sign-[a-z]+):/g
/** Code as it is, markup in angle brackets as it is, and the words between them. */
const PARTS = /(```[\s\S]*?```|`[^`\n]+`|<[^<>\n]+>)/

export function mendMrkdwn(text: string): string {
  const isolated = text.replace(ESCAPED, (_, sign: string) => tokenOf(sign))
  return isolated
    .split(PARTS)
    .map((part) => (part.startsWith('`') ? mendCode(part) : part.startsWith('<') ? part : mendWords(part)))
    .join('')
}

const mendWords = (text: string): string =>
  text
    // Headings, rules, tables and code by indentation are none of Slack's.
    .replace(/^(?=[ \t]*(?:[#=|]|[-:|*_][-:|*_ \t]*$)|[ \t]{4}|\t)/gm, JOINER)
    .replaceAll('\\', tokenOf('\\'))
    .replaceAll('](', `]${JOINER}(`)
    .replace(/(?<=[\p{L}\p{N}])[*~](?=[\p{L}\p{N}])/gu, tokenOf)
    .replaceAll('&lt;', tokenOf('<'))
    // At the beginning of a line it quotes.
    .replace(/(?<!^[ \t]*)&gt;/gm, tokenOf('>'))

/** The lines that only fences stand on are not shown in Slack. */
const mendCode = (code: string): string =>
  code
    .replace(TOKEN, (_, name: string) => (name === 'sign-tick' ? '\u02cb' : (signOf(name) ?? '')))
    .replace(/^```[ \t]*\n/, '```')
    .replace(/\n[ \t]*```$/, '```')

/** Whether an address was written as a link; the library makes links of bare ones too, which `verbatim` forbids. */
export function linksIn(blocks: readonly Json[]): Set<string> {
  const found = new Set<string>()
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) look(one)
    if (!isRecord(value)) return
    if (value.type === 'link') found.add(textIn(value.url))
    if (value.type === 'mrkdwn')
      for (const [, address = ''] of textIn(value.text).matchAll(/<((?:https?|mailto):[^<>|]+)(?:\|[^<>]*)?>/g))
        found.add(address.replaceAll('&amp;', '&'))
    for (const one of Object.values(value)) look(one)
  }
  look(blocks)
  return found
}

/** For the library: text objects mended, and no ids, which stand once on a page and blocks have in many messages. */
export function mended(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mended)
  if (!isRecord(value)) return value
  const { block_id: _, ...rest } = value
  if (value.type === 'mrkdwn') return { type: 'mrkdwn', text: mendMrkdwn(textIn(value.text)) }
  // What it calls verbatim is drawn as it is, as Slack does plain text.
  if (value.type === 'plain_text') return { type: 'plain_text', text: textIn(value.text), verbatim: true }
  return Object.fromEntries(Object.entries(rest).map(([name, one]) => [name, mended(one)]))
}
