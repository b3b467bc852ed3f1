/**
 * Blocks, within Slack's limits whatever is put into them. Foreign text (names, notes, rewards) is escaped by `esc` and can
 * neither link, mention nor format anything.
 * Source of the limits: https://docs.slack.dev/reference/block-kit
 */
import type { Button, ConfirmationDialog, MrkdwnElement, PlainTextElement, PlainTextOption } from '@slack/types'
import type { Block } from './desk.ts'

export const LIMITS = {
  section: 3_000,
  field: 2_000,
  header: 150,
  button: 75,
  value: 2_000,
  option: 75,
  optionValue: 150,
  title: 24,
  submit: 24,
  label: 2_000,
  placeholder: 150,
  options: 100,
  fields: 10,
  contextElements: 10,
  actions: 25,
  messageBlocks: 50,
  viewBlocks: 100,
  metadata: 3_000,
} as const

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** At most so many UTF-16 units, cut between characters as people see them. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text
  let kept = ''
  // A character may be made of any number of marks: one that alone is too long is left out.
  for (const { segment } of graphemes.segment(text.slice(0, limit + 64))) {
    if (kept.length + segment.length > limit - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** Signs by which right-to-left text would turn what stands beside it, and others nobody sees. */
const INVISIBLE = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu
const FORMATTING = /[*_~`]/g
/** What somebody else wrote, as one line of at most so many characters, for mrkdwn. */
export function esc(text: string, limit = 200): string {
  const oneLine = clip(text.replace(/\s+/gu, ' ').replace(INVISIBLE, '').trim(), limit)
  return (
    oneLine
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // A word joiner beside it takes a sign its meaning, and cannot be seen.
      .replace(FORMATTING, (sign) => `\u2060${sign}\u2060`)
  )
}

/** What staff typed, on one line: its lines, and what was typed in several fields, stay apart. */
export const escTyped = (text: string, limit = 200): string => esc(text.trim().replace(/\s*\n\s*/gu, ' · '), limit)

/** The same as `esc` for plain text. */
export const plain = (text: string, limit = 200): string =>
  clip(text.replace(/\s+/gu, ' ').replace(INVISIBLE, '').trim(), limit)

export const mrkdwn = (text: string, limit: number = LIMITS.section): MrkdwnElement => ({
  type: 'mrkdwn',
  text: clip(text, limit),
  // Names of channels, people and addresses are left as they are.
  verbatim: true,
})

/** Emoji in words of ours are characters already: `:smile:` in a name stays what it is. */
export const plainText = (text: string, limit: number): PlainTextElement => ({
  type: 'plain_text',
  text: clip(text, limit),
  emoji: false,
})

export const bold = (escaped: string): string => (escaped === '' ? '' : `*${escaped}*`)

type Accessory = Button | Overflow
export interface Overflow {
  type: 'overflow'
  action_id: string
  options: PlainTextOption[]
}

export const section = (text: string, accessory?: Accessory): Block => ({
  type: 'section',
  text: mrkdwn(text),
  ...(accessory !== undefined && { accessory }),
})

export const fields = (...texts: string[]): Block => ({
  type: 'section',
  fields: texts.slice(0, LIMITS.fields).map((text) => mrkdwn(text, LIMITS.field)),
})

export const header = (text: string): Block => ({
  type: 'header',
  text: plainText(plain(text, LIMITS.header), LIMITS.header),
})

export const context = (...texts: string[]): Block => ({
  type: 'context',
  elements: texts.slice(0, LIMITS.contextElements).map((text) => mrkdwn(text, LIMITS.field)),
})

export const divider = (): Block => ({ type: 'divider' })

export type ActionElement = Extract<Block, { type: 'actions' }>['elements'][number]

/** Null where there is nothing to press: Slack refuses an empty row. */
export const actions = (...elements: (ActionElement | null)[]): Block[] => {
  const given = elements.filter((element) => element !== null)
  return given.length === 0 ? [] : [{ type: 'actions', elements: given.slice(0, LIMITS.actions) }]
}

export interface ButtonOptions {
  text: string
  action: string
  value?: string
  style?: 'primary' | 'danger'
  /** Opens this address; the press is acknowledged and nothing else. */
  url?: string
  confirm?: { title: string; text: string; yes: string; no: string }
  /** For screen readers, where the words alone do not say of whom. */
  label?: string
}

export const button = ({ text, action, value, style, url, confirm, label }: ButtonOptions): Button => ({
  type: 'button',
  text: plainText(text, LIMITS.button),
  action_id: action,
  ...(value !== undefined && { value }),
  ...(style !== undefined && { style }),
  ...(url !== undefined && { url }),
  ...(label !== undefined && { accessibility_label: clip(label, LIMITS.button) }),
  ...(confirm !== undefined && { confirm: confirmation(confirm) }),
})

const confirmation = ({ title, text, yes, no }: NonNullable<ButtonOptions['confirm']>): ConfirmationDialog => ({
  title: plainText(title, 100),
  text: plainText(text, 300),
  confirm: plainText(yes, 30),
  deny: plainText(no, 30),
})

export const option = (text: string, value: string, description?: string): PlainTextOption => ({
  text: plainText(plain(text, LIMITS.option) || '–', LIMITS.option),
  value,
  ...(description !== undefined && description !== '' && { description: plainText(description, LIMITS.option) }),
})

const BAR = 10
/** "▰▰▰▰▰▰▱▱▱▱" */
export function bar(share: number): string {
  const full = Math.min(BAR, Math.max(0, Math.floor(share * BAR)))
  return '▰'.repeat(full) + '▱'.repeat(BAR - full)
}
