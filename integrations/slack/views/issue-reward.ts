/** The window in which a reward is issued: only what this member may have now, for their points or as a present. */
import type { PlainTextOption } from '@slack/types'
import type { MemberRewardsView, MemberRewardView, MemberView, RedemptionView } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, clip, context, divider, esc, LIMITS, option, plain, section } from '../blocks.ts'
import type { Asking, Block, Modal } from '../desk.ts'
import { choiceField, modal, textField } from '../form.ts'
import { mrkdwnName, nameOf } from '../naming.ts'
import { refusalSentence } from '../refusals.ts'
import { memberPicker } from '../who.ts'
import { openLine, stepButtons } from './reward-result.ts'

export type Charge = 'member' | 'house'

/** What the window is about; goes with it. */
export interface About {
  member: string
  charge: Charge
  alert?: string | undefined
  /** How often it was shown anew. */
  turn: number
}

export interface IssueData {
  member: MemberView
  rewards: MemberRewardsView
  /** Asked for and not used yet. */
  open: readonly RedemptionView[]
  charge: Charge
  /** Chosen already. */
  reward: string | null
  /** Points that whoever asks may give away today. */
  leftToday: number
  alert: string | null
  /** mrkdwn, on top. */
  banner: string | null
  note: string | null
  why: string | null
  turn: number
}

export const NOTE_LIMIT = 500
const OPEN_SHOWN = 5

type Reader = Pick<Asking, 'words' | 'program'>

/** Another block each time: what was chosen in one list says nothing in the next, which Slack would have it say. */
export const rewardBlock = ({ turn }: Pick<About, 'turn'>): string => `reward-${turn}`
export const chargeBlock = ({ turn }: Pick<About, 'turn'>): string => `charge-${turn}`

/** What can be chosen now. */
export const choosable = (rewards: readonly MemberRewardView[], charge: Charge): MemberRewardView[] =>
  rewards.filter((reward) => (charge === 'member' ? reward.available : reward.forHouse === null))

export function issueView(data: IssueData, { words, program }: Reader): Modal {
  const { member, charge, alert, banner, note, why, turn } = data
  const rewards = choosable(data.rewards.rewards, charge)
  const name = nameOf(member, words)
  const about: About = { member: member.id, charge, turn, ...(alert !== null && { alert }) }
  const has = words.say('staff.reward.has', {
    name: mrkdwnName(member, words),
    points: words.points(data.rewards.available),
  })
  const fields: Block[] = [
    textField({
      block: 'note',
      label: words.say('staff.reward.note', { name }),
      hint: words.say('staff.reward.noteHint'),
      isOptional: true,
      lines: true,
      most: NOTE_LIMIT,
      value: note,
    }),
    textField({
      block: 'why',
      label: words.say('staff.reward.why'),
      hint: words.say('staff.reward.whyHint'),
      isOptional: true,
      most: NOTE_LIMIT,
      value: why,
    }),
  ]
  const isAny = rewards.length > 0
  return modal({
    callback: 'reward.issue',
    title: words.say('staff.reward.title'),
    close: words.say('staff.common.cancel'),
    about,
    ...(isAny && { submit: words.say('staff.reward.issue') }),
    blocks: [
      ...(banner === null ? [] : [section(banner)]),
      section(has),
      isAny ? rewardField(rewards, data, words) : section(nothingSentence(data, words)),
      chargeChoice(data, name, words),
      ...(isAny && charge === 'house' ? [context(limitsInWords(data, rewards, { words, program }))] : []),
      ...(isAny ? fields : []),
      ...openBlocks(data.open, words),
    ],
  })
}

/** What one may give away alone: told before it is refused. */
function limitsInWords(
  { leftToday }: IssueData,
  rewards: readonly MemberRewardView[],
  { words, program }: Reader,
): string {
  const { approvalAbovePoints } = program.staff
  const above = words.say('staff.reward.aboveApproval', { points: words.points(approvalAbovePoints) })
  const left = words.say('staff.reward.leftToday', { points: words.points(leftToday) })
  return rewards.some(({ cost }) => cost > approvalAbovePoints) ? `${left} ${above}` : left
}

function rewardField(rewards: readonly MemberRewardView[], data: IssueData, words: Words): Block {
  const { charge, reward, turn } = data
  return choiceField({
    block: rewardBlock({ turn }),
    label: words.say('staff.reward.choose'),
    placeholder: words.say('staff.reward.choosePlaceholder'),
    options: rewards.map((one) => rewardOption(one, charge, words)),
    chosen: reward,
  })
}

/** "$10 off · 1,000 points · leaves 240": of a long name as much as there is room for. */
function rewardOption(
  { id, name, cost, balanceAfter }: MemberRewardView,
  charge: Charge,
  words: Words,
): PlainTextOption {
  const points = words.points(cost)
  const tail =
    charge === 'member'
      ? words.say('staff.reward.option', { cost: points, left: words.number(balanceAfter ?? 0) })
      : cost > 0
        ? words.say('staff.reward.present', { cost: points })
        : ''
  return option(`${clip(plain(name), LIMITS.option - tail.length)}${tail}`, id)
}

/** With what is nearest, where points are all that is missing. */
function nothingSentence({ member, rewards, charge }: IssueData, words: Words): string {
  const [first, ...others] = rewards.rewards.map(({ refusal, forHouse }) => (charge === 'member' ? refusal : forHouse))
  if (first === undefined) return words.say('staff.rewards.empty')
  // What stands in the way of all of them.
  if (first?.code === 'redeeming_frozen' && others.every((one) => one?.code === first.code))
    return refusalSentence(words, first, 'reward')
  if (charge === 'house') return words.say('staff.reward.nothingPresent')
  const short = rewards.rewards.filter(({ refusal }) => refusal?.code === 'insufficient_points')
  const nearest = short.toSorted((a, b) => a.cost - b.cost)[0]
  const sentence = words.say('staff.reward.nothing', { name: mrkdwnName(member, words) })
  if (nearest === undefined) return sentence
  const missing = words.points(nearest.cost - rewards.available)
  return `${sentence} ${words.say('staff.reward.nearest', { missing, reward: esc(nearest.name, 100) })}`
}

function chargeChoice({ charge, turn }: IssueData, name: string, words: Words): Block {
  const options = [
    option(words.say('staff.reward.fromPoints', { name: clip(plain(name), 40) }), 'member'),
    option(words.say('staff.reward.fromUs'), 'house'),
  ]
  const [initial] = options.filter(({ value }) => value === charge)
  return {
    type: 'actions',
    block_id: chargeBlock({ turn }),
    elements: [
      {
        type: 'radio_buttons',
        action_id: 'reward.charge',
        options,
        ...(initial !== undefined && { initial_option: initial }),
      },
    ],
  }
}

/** What the member has not used yet, each with what can be done about it. */
function openBlocks(open: readonly RedemptionView[], words: Words): Block[] {
  if (open.length === 0) return []
  const shown = open.slice(0, OPEN_SHOWN)
  const lines = shown.flatMap((one, n): Block[] => [
    section(openLine(one, words)),
    ...actions(...stepButtons(one, words, `${n}`)),
  ])
  const more = open.length - shown.length
  return [
    divider(),
    section(`*${words.say('staff.reward.open')}*`),
    ...lines,
    ...(more > 0 ? [context(words.say('staff.reward.openMore', { count: more }))] : []),
  ]
}

/** Before that, where nobody said whose it is. */
export const whoseReward = ({ words }: Reader, banner: string | null = null, reward: string | null = null): Modal =>
  modal({
    callback: 'reward.who',
    title: words.say('staff.reward.title'),
    close: words.say('staff.common.cancel'),
    submit: words.say('staff.reward.next'),
    about: reward === null ? {} : { reward },
    blocks: [...(banner === null ? [] : [section(banner)]), memberPicker(words)],
  })
