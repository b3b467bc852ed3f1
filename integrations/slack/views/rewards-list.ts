/** What there is to be had: each reward with what it costs, what is left of it, and why it cannot be had now. */
import type { RewardView } from '../../../src/app/ports.ts'
import { frozenUntil, spanOf } from '../../../src/core/reward-terms.ts'
import { actions, bold, button, clip, context, esc, header, LIMITS, section } from '../blocks.ts'
import type { Asking, Block, Message } from '../desk.ts'

const SHOWN = 60
/** Slack takes about 13,000 characters in all blocks of a message. */
const CHARACTERS = 11_000
const GROUP = 2_800

type Reader = Pick<Asking, 'words' | 'program' | 'now'>

export function rewardsList(rewards: readonly RewardView[], reader: Reader): Message {
  const { words } = reader
  const title = words.say('staff.rewards.title')
  if (rewards.length === 0) {
    const empty = words.say('staff.rewards.empty')
    return { text: empty, blocks: [section(empty)] }
  }
  const lines = fitting(rewards.slice(0, SHOWN).map((reward) => rewardLine(reward, reader)))
  const more = rewards.length - lines.length
  return {
    text: title,
    blocks: [
      header(title),
      ...grouped(lines),
      ...(more > 0 ? [context(words.say('staff.rewards.more', { count: more }))] : []),
      ...actions(button({ text: words.say('staff.rewards.issue'), action: 'reward.open', value: '' })),
    ],
  }
}

/** As many as a message may hold. */
function fitting(lines: readonly string[]): string[] {
  let left = CHARACTERS
  return lines.filter((line) => {
    left -= line.length + 1
    return left >= 0
  })
}

/** Few sections of many lines: a message may have fifty blocks only. */
function grouped(lines: readonly string[]): Block[] {
  const groups: string[] = []
  for (const line of lines) {
    const last = groups.at(-1)
    if (last !== undefined && last.length + line.length < GROUP) groups[groups.length - 1] = `${last}\n${line}`
    else groups.push(line)
  }
  return groups.map((text) => section(clip(text, LIMITS.section)))
}

/** "*$10 off* · 1,000 points · 12 left · for Gold and Platinum" */
function rewardLine(reward: RewardView, reader: Reader): string {
  const { words, program } = reader
  const { name, cost, left, tiers, segments, onRequest } = reward
  const tierNames = tiers.map((id) => program.tiers?.levels.find((level) => level.id === id)?.name ?? id)
  const parts = [
    bold(esc(name, 100)),
    cost > 0 ? words.say('staff.rewards.cost', { points: words.points(cost) }) : words.say('staff.rewards.present'),
    left === null ? null : words.say('staff.rewards.left', { count: left }),
    openWords(reward, reader),
    tierNames.length > 0 ? words.say('staff.rewards.tiers', { tiers: esc(words.list(tierNames), 200) }) : null,
    segments.length > 0 ? words.say('staff.rewards.segments') : null,
    !onRequest && cost > 0 ? words.say('staff.rewards.notOnRequest') : null,
  ]
  return parts.filter((part) => part !== null).join(' · ')
}

/** Why it cannot be had now, or until when it can; null where it simply can, or where "none left" says all. */
function openWords(reward: RewardView, { words, program, now }: Reader): string | null {
  const { from, to } = spanOf(reward, program.timezone)
  if (from !== null && now < from) return words.say('staff.rewards.from', { date: words.date(from) })
  if (to !== null && now >= to) return words.say('staff.rewards.over', { date: words.date(to - 1) })
  const frozen = frozenUntil(program, now)
  if (frozen === Number.POSITIVE_INFINITY) return words.say('staff.rewards.frozen')
  if (frozen !== null) return words.say('staff.rewards.frozenUntil', { date: words.date(frozen - 1) })
  return to === null ? null : words.say('staff.rewards.until', { date: words.date(to - 1) })
}
