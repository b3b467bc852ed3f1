/** Blocks as people read them, line by line; and what in a message would ping somebody or lead somewhere. */
import { isRecord, type Json, listOf, recordOf, textIn, wordsOf } from './json.ts'

/** Markup that Slack brings to life in mrkdwn. */
const LIVE = /<([^<>]+)>/g

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

function shown(inside: string): string {
  const [what = '', ...rest] = inside.split('|')
  const label = rest.join('|')
  if (what.startsWith('!date^')) return label
  if (/^[@#!]/.test(what)) return label || what.replace(/^!(subteam\^)?/, '@')
  return label === '' ? what : `${label} (${what})`
}

/** mrkdwn as read: links with where they lead, mentions with an @. */
export const readable = (mrkdwn: string): string =>
  unescaped(mrkdwn.replace(LIVE, (_, inside: string) => shown(inside)))

const textShown = (value: unknown): string => {
  const text = wordsOf(value)
  return recordOf(value).type === 'mrkdwn' ? readable(text) : text
}

function elementShown(element: Json): string {
  const type = textIn(element.type)
  if (type === 'plain_text' || type === 'mrkdwn') return textShown(element)
  if (type === 'button') return `[ ${wordsOf(element.text)} ]`
  if (type === 'image') return `(${textIn(element.alt_text)})`
  const options = [
    ...listOf(element.options),
    ...listOf(element.option_groups).flatMap((group) => listOf(group.options)),
  ]
  const choices = options.map((option) => textShown(option.text)).join(' / ')
  if (type === 'overflow') return `[ … ${choices} ]`
  const chosen = wordsOf(recordOf(element.initial_option).text) || textIn(element.initial_value)
  const hint = wordsOf(element.placeholder)
  return `[ ${[chosen || hint, type.includes('select') ? '▾' : '', choices].filter((part) => part !== '').join(' ')} ]`
}

function chartLines(block: Json): string[] {
  const chart = recordOf(block.chart)
  const points = (data: unknown) => listOf(data).map(({ label, value }) => `${String(label)} ${String(value)}`)
  const series = listOf(chart.series).map(({ name, data }) => `${String(name)}: ${points(data).join(', ')}`)
  return [`(${textIn(chart.type)} chart) ${textIn(block.title)}`, ...series, ...points(chart.segments)]
}

function cellShown(cell: unknown): string {
  if (Array.isArray(cell)) return cell.map(cellShown).join('')
  if (!isRecord(cell)) return ''
  return typeof cell.text === 'string' ? cell.text : cellShown(cell.elements)
}

function linesOf(block: Json): string[] {
  switch (block.type) {
    case 'header':
    case 'alert':
      return [textShown(block.text)]
    case 'markdown':
      return [textIn(block.text)]
    case 'section':
      return [
        [textShown(block.text), isRecord(block.accessory) ? elementShown(block.accessory) : '']
          .filter((part) => part !== '')
          .join('  '),
        ...listOf(block.fields).map(textShown),
      ].filter((line) => line !== '')
    case 'context':
    case 'actions':
      return [listOf(block.elements).map(elementShown).join('  ')]
    case 'input':
      return [
        `${wordsOf(block.label)}: ${elementShown(recordOf(block.element))}`,
        ...(block.hint === undefined ? [] : [textShown(block.hint)]),
      ]
    case 'divider':
      return ['—']
    case 'image':
      return [`(${textIn(block.alt_text)})`]
    case 'data_visualization':
      return chartLines(block)
    case 'table':
    case 'data_table':
      return Array.isArray(block.rows)
        ? block.rows.map((row) => (Array.isArray(row) ? row : []).map(cellShown).join(' | '))
        : []
    default:
      return [cellShown(block)].filter((line) => line !== '')
  }
}

/** One line for each line that is read; buttons as `[ Label ]`. */
export const textOf = (blocks: readonly Json[]): string => blocks.flatMap(linesOf).join('\n')

const BROADCAST = /(?<![\w@])@(channel|here|everyone)\b/g
const ADDRESS = /\bhttps?:\/\/[^\s<>|]+/g

/** Every text that Slack reads as mrkdwn, and whether it looks for names and addresses in it. */
function mrkdwnIn(value: unknown): { text: string; isVerbatim: boolean }[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn)
  if (!isRecord(value)) return []
  if (value.type === 'mrkdwn') return [{ text: textIn(value.text), isVerbatim: value.verbatim === true }]
  return Object.values(value).flatMap(mrkdwnIn)
}

export interface Readable {
  text?: string
  blocks?: readonly Json[]
  /** Whether Slack looks for names in the text. */
  isParsed?: boolean
}

/** `<!channel>`, `<@U1>`, `@here`, links: whatever in this message calls somebody or leads somewhere. */
export function liveIn({ text = '', blocks = [], isParsed = false }: Readable): string[] {
  const texts = [{ text, isVerbatim: !isParsed }, ...mrkdwnIn(blocks)]
  return texts.flatMap(({ text: mrkdwn, isVerbatim }) => {
    const marked = [...mrkdwn.matchAll(LIVE)].map(([whole]) => whole).filter((whole) => !whole.startsWith('<!date^'))
    if (isVerbatim) return marked
    const bare = mrkdwn.replace(LIVE, '')
    return [...marked, ...(bare.match(BROADCAST) ?? []), ...(bare.match(ADDRESS) ?? [])]
  })
}
