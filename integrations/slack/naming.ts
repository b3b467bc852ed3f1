/** What members and staff are called where staff read it; and text that people typed, as it may be kept. */
import type { MemberView } from '../../src/app/ports.ts'
import type { Program } from '../../src/program/schema.ts'
import type { Words } from '../../src/words/words.ts'
import { clip, esc, plain } from './blocks.ts'
import type { Fields } from './desk.ts'

/** For plain text. */
export const nameOf = ({ name, email }: Pick<MemberView, 'name' | 'email'>, words: Words): string =>
  plain(name ?? '', 80) || plain(email ?? '', 80) || words.say('staff.reward.somebody')

export const mrkdwnName = (member: Pick<MemberView, 'name' | 'email'>, words: Words): string =>
  esc(nameOf(member, words), 80)

/** Who of staff, in mrkdwn: people of Slack by their name there, which calls nobody in windows and in what one alone sees. */
export function personOf(actor: string): string {
  const user = /^slack:([UW][A-Z0-9]{2,})$/.exec(actor)?.[1]
  return user === undefined ? esc(actor.replace(/^\w+:/, ''), 80) : `<@${user}>`
}

/** The channel that is asked for approval, in mrkdwn; null where there is none. */
export function approvalsChannel({ staff }: Pick<Program, 'staff'>, alertChannel: string | null): string | null {
  const channel = staff.approvalsChannel ?? alertChannel
  if (channel === null) return null
  return /^[CG][A-Z0-9]{2,}$/.test(channel) ? `<#${channel}>` : esc(channel, 80)
}

const NOT_KEPT = /[^\P{Cc}\n\t]/gu
/** What was typed in a field; null where nothing was. No control characters and no halves of characters: no database keeps them. */
export function typedIn(values: Fields, block: string, limit: number): string | null {
  const value = values[block]
  if (typeof value !== 'string') return null
  return cleaned(value, limit)
}

export function cleaned(text: string, limit: number): string | null {
  const clean = clip(text.toWellFormed().replace(/\r\n?/g, '\n').replace(NOT_KEPT, '').trim(), limit)
  return clean === '' ? null : clean
}

export const chosenIn = (values: Fields, block: string): string | null => {
  const value = values[block]
  return typeof value === 'string' && value !== '' ? value : null
}
