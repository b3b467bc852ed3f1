/** Slack's limits on texts and the small objects around them; found problems are reported with where they are. */
import { isRecord, type Json } from './json.ts'

export type Report = (pointer: string, problem: string) => void

/** Both scripts and emoji are counted in UTF-16 units: more than Slack counts, never less. */
const lengthOf = (text: string): number => text.length

/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
export const TEXT_MAX = 3_000

export function checkString(
  value: unknown,
  pointer: string,
  { max, min = 1, isNeeded = false }: { max: number; min?: number; isNeeded?: boolean },
  report: Report,
): void {
  if (value === undefined || value === null) {
    if (isNeeded) report(pointer, 'missing required field')
  } else if (typeof value !== 'string') report(pointer, 'must be a string')
  else if (lengthOf(value) < min) report(pointer, `must be more than ${min - 1} characters`)
  else if (lengthOf(value) > max) report(pointer, `must be less than ${max + 1} characters`)
}

export interface TextRule {
  max: number
  /** `any`: mrkdwn too. Default: plain_text alone. */
  kind?: 'plain' | 'any'
  isNeeded?: boolean
}

const PLAIN = ['type', 'text', 'emoji']
const MRKDWN = ['type', 'text', 'verbatim']

export function checkText(
  value: unknown,
  pointer: string,
  { max, kind = 'plain', isNeeded = false }: TextRule,
  report: Report,
) {
  if (value === undefined || value === null) {
    if (isNeeded) report(pointer, 'missing required field')
    return
  }
  if (!isRecord(value)) {
    report(pointer, 'must be a text object')
    return
  }
  if (value.type !== 'plain_text' && !(kind === 'any' && value.type === 'mrkdwn'))
    report(`${pointer}/type`, kind === 'any' ? 'must be plain_text or mrkdwn' : 'must be plain_text')
  checkString(value.text, `${pointer}/text`, { max: Math.min(max, TEXT_MAX), isNeeded: true }, report)
  checkKeys(value, pointer, value.type === 'mrkdwn' ? MRKDWN : PLAIN, report)
}

/** Slack refuses what it does not know. */
export function checkKeys(value: Json, pointer: string, known: readonly string[], report: Report): void {
  for (const key of Object.keys(value))
    if (!known.includes(key) && value[key] !== undefined) report(`${pointer}/${key}`, 'additional property')
}

/** A list of records, and how many there may be. */
export function checkList(
  value: unknown,
  pointer: string,
  { min = 1, max }: { min?: number; max: number },
  report: Report,
): Json[] {
  if (!Array.isArray(value)) {
    report(pointer, 'missing required field')
    return []
  }
  if (value.length < min) report(pointer, `no fewer than ${min} items`)
  if (value.length > max) report(pointer, `no more than ${max} items allowed`)
  return value.filter((item, n): item is Json => {
    if (!isRecord(item)) report(`${pointer}/${n}`, 'must be an object')
    return isRecord(item)
  })
}

export function checkOneOf(value: unknown, pointer: string, allowed: readonly string[], report: Report): void {
  if (value !== undefined && !(typeof value === 'string' && allowed.includes(value)))
    report(pointer, `must be one of ${allowed.join(', ')}`)
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
export function checkConfirm(value: unknown, pointer: string, report: Report): void {
  if (value === undefined) return
  if (!isRecord(value)) {
    report(pointer, 'must be an object')
    return
  }
  checkText(value.title, `${pointer}/title`, { max: 100, isNeeded: true }, report)
  checkText(value.text, `${pointer}/text`, { max: 300, kind: 'any', isNeeded: true }, report)
  checkText(value.confirm, `${pointer}/confirm`, { max: 30, isNeeded: true }, report)
  checkText(value.deny, `${pointer}/deny`, { max: 30, isNeeded: true }, report)
  checkOneOf(value.style, `${pointer}/style`, ['primary', 'danger'], report)
  checkKeys(value, pointer, ['title', 'text', 'confirm', 'deny', 'style'], report)
}

/** https://docs.slack.dev/reference/block-kit/block-elements/image-element: an alternative text is a must. */
export function checkImage(value: Json, pointer: string, report: Report): void {
  checkString(value.alt_text, `${pointer}/alt_text`, { max: 2_000, isNeeded: true }, report)
  const hasUrl = value.image_url !== undefined
  if (hasUrl === (value.slack_file !== undefined)) report(pointer, 'either image_url or slack_file is required')
  if (hasUrl) checkString(value.image_url, `${pointer}/image_url`, { max: 3_000 }, report)
}
