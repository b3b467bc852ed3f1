/**
 * What Slack refuses in messages, modals and Home tabs, as it documents it, said with where it is (`/blocks/3/text/text`).
 * Where Slack is vague, the stricter reading: what passes here passes there.
 */
import { cellText, checkChart, checkDataTable, checkTable } from './check-charts.ts'
import { checkElement } from './check-elements.ts'
import { checkImage, checkKeys, checkList, checkOneOf, checkString, checkText, type Report } from './check-text.ts'
import { isRecord, type Json, listOf, recordOf, textIn } from './json.ts'

export type Surface = 'message' | 'modal' | 'home'

/** https://docs.slack.dev/reference/methods/chat.postMessage: longer texts are cut off. */
export const TEXT_LIMIT = 40_000
/** PLATFORMS.md: about 13,000 characters in all blocks of a message (`msg_blocks_too_long`). */
const MESSAGE_TEXT = 13_000
/** https://docs.slack.dev/reference/block-kit/blocks */
const BLOCKS: Record<Surface, number> = { message: 50, modal: 100, home: 100 }

const EVERYWHERE = [
  'actions',
  'context',
  'divider',
  'header',
  'image',
  'input',
  'rich_text',
  'section',
  'video',
] as const
/** "Available in surfaces" of each block's page. Charts and tables are documented for messages; Home takes them too. */
const ALLOWED: Record<Surface, readonly string[]> = {
  message: [...EVERYWHERE, 'data_visualization', 'table', 'data_table', 'markdown', 'file'],
  modal: [...EVERYWHERE, 'alert'],
  home: [...EVERYWHERE, 'data_visualization', 'table', 'data_table'],
}

type Rule = (block: Json, pointer: string, report: Report) => void

const section: Rule = (block, pointer, report) => {
  if (block.text === undefined && block.fields === undefined) report(pointer, 'either text or fields is required')
  checkText(block.text, `${pointer}/text`, { max: 3_000, kind: 'any' }, report)
  if (block.fields !== undefined)
    checkList(block.fields, `${pointer}/fields`, { max: 10 }, report).forEach((field, n) => {
      checkText(field, `${pointer}/fields/${n}`, { max: 2_000, kind: 'any' }, report)
    })
  if (block.accessory !== undefined) checkElement(block.accessory, `${pointer}/accessory`, 'section', report)
  checkKeys(block, pointer, ['type', 'block_id', 'text', 'fields', 'accessory', 'expand'], report)
}

const header: Rule = (block, pointer, report) => {
  checkText(block.text, `${pointer}/text`, { max: 150, isNeeded: true }, report)
  checkKeys(block, pointer, ['type', 'block_id', 'text', 'level'], report)
}

const context: Rule = (block, pointer, report) => {
  checkList(block.elements, `${pointer}/elements`, { max: 10 }, report).forEach((element, n) => {
    const at = `${pointer}/elements/${n}`
    if (element.type === 'image') checkImage(element, at, report)
    else checkText(element, at, { max: 3_000, kind: 'any' }, report)
  })
  checkKeys(block, pointer, ['type', 'block_id', 'elements'], report)
}

const actions: Rule = (block, pointer, report) => {
  const elements = checkList(block.elements, `${pointer}/elements`, { max: 25 }, report)
  elements.forEach((element, n) => {
    checkElement(element, `${pointer}/elements/${n}`, 'actions', report)
  })
  const ids = elements.map(({ action_id }) => action_id).filter((id) => id !== undefined)
  if (new Set(ids).size !== ids.length) report(`${pointer}/elements`, 'action_id must be unique within a block')
  checkKeys(block, pointer, ['type', 'block_id', 'elements'], report)
}

const input: Rule = (block, pointer, report) => {
  checkText(block.label, `${pointer}/label`, { max: 2_000, isNeeded: true }, report)
  checkText(block.hint, `${pointer}/hint`, { max: 2_000 }, report)
  checkElement(block.element, `${pointer}/element`, 'input', report)
  checkKeys(block, pointer, ['type', 'block_id', 'label', 'hint', 'element', 'optional', 'dispatch_action'], report)
}

const image: Rule = (block, pointer, report) => {
  checkImage(block, pointer, report)
  checkText(block.title, `${pointer}/title`, { max: 2_000 }, report)
}

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
const RICH = ['rich_text_section', 'rich_text_list', 'rich_text_quote', 'rich_text_preformatted']

const richText: Rule = (block, pointer, report) => {
  checkList(block.elements, `${pointer}/elements`, { max: 1_000 }, report).forEach((element, n) => {
    checkOneOf(element.type ?? 'none', `${pointer}/elements/${n}/type`, RICH, report)
    checkRich(element, `${pointer}/elements/${n}`, report)
  })
}

/** Lists hold sections; all others hold words, links, mentions and emoji. */
function checkRich(element: Json, pointer: string, report: Report): void {
  checkList(element.elements, `${pointer}/elements`, { max: 1_000 }, report).forEach((inner, n) => {
    const at = `${pointer}/elements/${n}`
    if (element.type === 'rich_text_list') checkRich(inner, at, report)
    else checkString(inner.text, `${at}/text`, { max: 3_000, isNeeded: inner.type === 'text' }, report)
  })
}

const RULES: Record<string, Rule> = {
  section,
  header,
  context,
  actions,
  input,
  image,
  divider: (block, pointer, report) => checkKeys(block, pointer, ['type', 'block_id'], report),
  alert: (block, pointer, report) =>
    checkText(block.text, `${pointer}/text`, { max: 200, kind: 'any', isNeeded: true }, report),
  markdown: (block, pointer, report) =>
    checkString(block.text, `${pointer}/text`, { max: 12_000, isNeeded: true }, report),
  rich_text: richText,
  data_visualization: checkChart,
  table: checkTable,
  data_table: checkDataTable,
}

/** How many of a kind a message may have; its page says so of each. */
const AT_MOST: Record<string, number> = { table: 1, data_visualization: 2 }

/** What is wrong with these blocks; nothing where Slack takes them. */
export function checkBlocks(blocks: readonly unknown[], surface: Surface, root = ''): string[] {
  const problems: string[] = []
  const report: Report = (pointer, problem) => void problems.push(`${problem} [json-pointer:${pointer}]`)
  if (blocks.length < 1 && surface !== 'message') report(`${root}/blocks`, 'no fewer than 1 items')
  if (blocks.length > BLOCKS[surface]) report(`${root}/blocks`, `no more than ${BLOCKS[surface]} items allowed`)
  blocks.forEach((block, n) => {
    checkBlock(block, `${root}/blocks/${n}`, surface, report)
  })
  const known = blocks.filter(isRecord)
  const ids = known.map(({ block_id }) => block_id).filter((id) => id !== undefined)
  if (new Set(ids).size !== ids.length) report(`${root}/blocks`, 'block_id must be unique')
  for (const [type, most] of Object.entries(AT_MOST))
    if (known.filter((block) => block.type === type).length > most)
      report(`${root}/blocks`, `no more than ${most} of type ${type} allowed`)
  if (focused(known) > 1) report(`${root}/blocks`, 'only one element can have focus_on_load')
  return problems
}

function checkBlock(block: unknown, pointer: string, surface: Surface, report: Report): void {
  if (!isRecord(block)) {
    report(pointer, 'must be an object')
    return
  }
  const type = textIn(block.type)
  if (!ALLOWED[surface].includes(type)) {
    report(`${pointer}/type`, `unsupported type: ${type || 'none'} in a ${surface}`)
    return
  }
  checkString(block.block_id, `${pointer}/block_id`, { max: 255 }, report)
  RULES[type]?.(block, pointer, report)
}

const elementsOf = (block: Json): Json[] => [
  ...listOf(block.elements),
  ...[block.accessory, block.element].filter(isRecord),
]

const focused = (blocks: readonly Json[]): number =>
  blocks.flatMap(elementsOf).filter(({ focus_on_load }) => focus_on_load === true).length

/** What people read in a block, in characters. */
function textLength(block: Json): number {
  if (block.type === 'table' || block.type === 'data_table') return cellText(block.rows).length
  if (block.type === 'rich_text') return cellText(block.elements).length
  const own = [recordOf(block.text).text ?? block.text, ...listOf(block.fields).map(({ text }) => text)]
  const inside = elementsOf(block).flatMap((element) => [recordOf(element.text).text ?? element.text])
  return [...own, ...inside].reduce<number>((sum, text) => sum + textIn(text).length, 0)
}

/** Whether the blocks of a message have too much text together. */
export const tooLongInAll = (blocks: readonly Json[]): boolean =>
  blocks.reduce((sum, block) => sum + textLength(block), 0) > MESSAGE_TEXT

/** What is wrong with a message; nothing where Slack takes it. `text` is what notifications and screen readers say. */
export function checkMessage({ text = '', blocks = [] }: { text?: string; blocks?: readonly unknown[] }): string[] {
  const problems = checkBlocks(blocks, 'message')
  if (text === '' && blocks.length === 0) problems.push('no text [json-pointer:/text]')
  if (text.length > TEXT_LIMIT) problems.push(`must be less than ${TEXT_LIMIT + 1} characters [json-pointer:/text]`)
  if (tooLongInAll(blocks.filter(isRecord)))
    problems.push(`more than ${MESSAGE_TEXT} characters of text in all blocks [json-pointer:/blocks]`)
  return problems
}

const COMMON_VIEW = ['type', 'blocks', 'private_metadata', 'callback_id', 'external_id']
const MODAL = [...COMMON_VIEW, 'title', 'submit', 'close', 'clear_on_close', 'notify_on_close', 'submit_disabled']

/** https://docs.slack.dev/reference/views/modal-views and …/home-tab-views. */
export function checkView(view: unknown): string[] {
  if (!isRecord(view)) return ['must be an object [json-pointer:/view]']
  const problems: string[] = []
  const report: Report = (pointer, problem) => void problems.push(`${problem} [json-pointer:/view${pointer}]`)
  if (view.type !== 'modal' && view.type !== 'home') return ['must be modal or home [json-pointer:/view/type]']
  if (!Array.isArray(view.blocks)) report('/blocks', 'missing required field')
  else problems.push(...checkBlocks(view.blocks, view.type, '/view'))
  checkString(view.private_metadata, '/private_metadata', { max: 3_000, min: 0 }, report)
  checkString(view.callback_id, '/callback_id', { max: 255, min: 0 }, report)
  checkString(view.external_id, '/external_id', { max: 255, min: 0 }, report)
  checkKeys(view, '', view.type === 'modal' ? MODAL : COMMON_VIEW, report)
  if (view.type === 'home') return problems
  checkText(view.title, '/title', { max: 24, isNeeded: true }, report)
  checkText(view.submit, '/submit', { max: 24 }, report)
  checkText(view.close, '/close', { max: 24 }, report)
  if (listOf(view.blocks).some(({ type }) => type === 'input') && view.submit === undefined)
    report('/submit', 'required where there are input blocks')
  return problems
}
