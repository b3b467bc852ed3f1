/**
 * `/loyalty reward`: a reward is issued in one window, from choosing to the code. What is asked of Stripe is waited for there;
 * whatever stands in the way is said there too, with the way back.
 */
import { z } from 'zod'
import type { AlertView, RedemptionRequest, RedemptionView, Refusal } from '../../../src/app/ports.ts'
import type { Program } from '../../../src/program/schema.ts'
import { esc } from '../blocks.ts'
import {
  type Asking,
  type Buttons,
  type Commanded,
  type Handler,
  onceFor,
  type Pressed,
  type Reply,
  type Submissions,
  type Tools,
} from '../desk.ts'
import { say } from '../dispatch.ts'
import { parseJson, tellIn } from '../form.ts'
import { chosenIn, mrkdwnName, personOf, typedIn } from '../naming.ts'
import { refusalSentence } from '../refusals.ts'
import { type InWindow, outcome, outcomeWindow, show } from '../reward-outcome.ts'
import {
  type About,
  type Charge,
  chargeBlock,
  choosable,
  type IssueData,
  issueView,
  NOTE_LIMIT,
  rewardBlock,
  whoseReward,
} from '../views/issue-reward.ts'
import { isOpen } from '../views/reward-result.ts'
import { activeMember, type Called, folded, goneMessage, type Split, splitsOf, whoeverIs } from '../who.ts'

const REDEMPTIONS_READ = 50
const TYPED_LIMIT = 80

// ------------------------------------------------------------------------------------------------------------ opening

/** Whose, and what is known of what they are to get. */
export interface Wanted {
  member: string
  reward?: string | undefined
  alert?: string | undefined
  /** A reward that there is not, as it was typed. */
  typed?: string | undefined
  /** mrkdwn, on top. */
  banner?: string | undefined
  turn?: number | undefined
}

interface Loadable {
  data: IssueData
  alert: AlertView | null
  /** What they ever asked for or were given, the newest first. */
  all: readonly RedemptionView[]
}
type Loaded = ({ ok: true } & Loadable) | { ok: false; reply: Reply }

/** The window for this member; told in its place why there is none, or who issued it already. */
export async function openReward(wanted: Wanted, how: InWindow, asking: Asking, tools: Tools): Promise<Reply> {
  const loaded = await load(wanted, how, asking, tools)
  if (!loaded.ok) return loaded.reply
  const before = answerTo(loaded, wanted.reward ?? loaded.alert?.suggestion?.reward)
  if (before !== null)
    return outcome(before, { how, banner: alreadyBy(before, asking), isAnotherOffered: true }, asking, tools)
  return { do: how, view: issueView(preselected(loaded, wanted, asking), asking) }
}

async function load(wanted: Wanted, how: InWindow, { words, origin }: Asking, { app }: Tools): Promise<Loaded> {
  const [member, rewards, redemptions, given, alert] = await Promise.all([
    activeMember(app, wanted.member, words),
    app.memberRewards(wanted.member),
    app.memberRedemptions(wanted.member, { limit: REDEMPTIONS_READ }),
    app.givenToday(origin.actor),
    wanted.alert === undefined ? null : app.getAlert(wanted.alert),
  ])
  if (!member.ok) return { ok: false, reply: tellIn(how, member.message, outcomeWindow(words)) }
  // Erased in this very moment.
  if (!rewards.ok || !redemptions.ok) return { ok: false, reply: tellIn(how, goneMessage(words), outcomeWindow(words)) }
  const found = alert?.ok && alert.value.member.id === member.member.id ? alert.value : null
  const all = redemptions.value.items
  const data: IssueData = {
    member: member.member,
    rewards: rewards.value,
    open: all.filter(isOpen),
    charge: 'member',
    reward: null,
    turn: wanted.turn ?? 0,
    leftToday: Math.max(0, given.limit - given.points),
    alert: found === null ? null : found.id,
    banner: null,
    note: null,
    why: null,
  }
  return { ok: true, data, alert: found, all }
}

/** The redemption that answers the alert, where there is one: what was given since, or waits for somebody to agree. */
function answerTo({ alert, all }: Loadable, reward: string | undefined): RedemptionView | null {
  if (alert === null) return null
  const { openedAt, steps } = alert
  const rewarded = steps.filter(({ did }) => did === 'rewarded').map(({ detail }) => detail)
  const isSame = (one: RedemptionView): boolean =>
    one.createdAt >= openedAt &&
    (one.state === 'awaiting_approval' || (one.reward === reward && isByPerson(one.requestedBy)))
  return all.find((one) => one.state !== 'cancelled' && (rewarded.includes(one.id) || isSame(one))) ?? null
}

const isByPerson = (actor: string): boolean => /^(slack|hubspot):/.test(actor)

function alreadyBy({ requestedBy, createdAt, state }: RedemptionView, { origin, words }: Asking): string {
  const isWaiting = state === 'awaiting_approval'
  const ago = words.ago(createdAt)
  if (requestedBy === origin.actor)
    return words.say(isWaiting ? 'staff.reward.alreadyAskedYou' : 'staff.reward.alreadyYou', { ago })
  const who = personOf(requestedBy)
  return words.say(isWaiting ? 'staff.reward.alreadyAsked' : 'staff.reward.already', { who, ago })
}

/** What was asked for, or what the alert suggests, where they may have it; else why they may not. */
function preselected({ data, alert }: Extract<Loaded, { ok: true }>, wanted: Wanted, { words }: Asking): IssueData {
  const suggested = alert?.suggestion ?? null
  const id = wanted.reward ?? suggested?.reward ?? null
  const charge: Charge = id !== null && suggested?.reward === id ? suggested.charge : 'member'
  const { typed, banner } = wanted
  if (banner !== undefined) return { ...data, charge, banner }
  if (typed !== undefined)
    return { ...data, charge, banner: words.say('staff.reward.unknownReward', { typed: esc(typed, TYPED_LIMIT) }) }
  if (id === null) return data
  const known = data.rewards.rewards.find((reward) => reward.id === id)
  if (known === undefined) return { ...data, banner: words.say('staff.refusal.unknown_reward') }
  const refusal = charge === 'member' ? known.refusal : (known.forHouse ?? null)
  if (refusal === null) return { ...data, charge, reward: id }
  const values = {
    name: mrkdwnName(data.member, words),
    reward: esc(known.name, 100),
    because: refusalSentence(words, refusal, 'reward'),
  }
  const key = charge === 'member' ? 'staff.reward.cannotHave' : 'staff.reward.cannotHavePresent'
  return { ...data, charge, banner: words.say(key, values) }
}

// ------------------------------------------------------------------------------------------------------------ typed

/** The reward that is called so: by its id or name, or by part of one name alone. */
const rewardCalled =
  ({ rewards }: Pick<Program, 'rewards'>): Called =>
  (typed, how) => {
    const wanted = folded(typed)
    if (wanted === '') return null
    const whole = rewards.find(({ id, name }) => folded(id) === wanted || folded(name) === wanted)
    if (whole !== undefined || how === 'whole') return whole?.id ?? null
    const [part, another] = rewards.filter(({ name }) => folded(name).includes(wanted))
    return another === undefined ? (part?.id ?? null) : null
  }

export const rewardCommand: Handler<Commanded> = {
  needs: 'issue',
  opens: true,
  answer: async ({ args }, asking, tools) => {
    const { program } = asking
    const alone = rewardCalled(program)(args, 'whole')
    if (args === '' || alone !== null) return { do: 'open', view: whoseReward(asking, null, alone) }
    const value = (member: string, { what: reward }: Split): string =>
      JSON.stringify({ member, ...(reward !== null && { reward }) })
    const splits = splitsOf(args, rewardCalled(program))
    const found = await whoeverIs(splits, asking, tools.app, { action: 'reward.open', value })
    if (!found.ok) return { do: 'say', message: found.message }
    const { what: reward, typed } = found.split
    const wanted = { member: found.member.id, ...(reward !== null && { reward }), ...(typed !== null && { typed }) }
    return openReward(wanted, 'open', asking, tools)
  },
}

// ------------------------------------------------------------------------------------------------------------ issuing

const id = z.string().min(1).max(200)
const wantedValue = z.object({ member: id, reward: id.optional(), alert: id.optional() })
const aboutWindow = z.object({
  member: id,
  charge: z.enum(['member', 'house']),
  alert: id.optional(),
  turn: z.number().int().min(0),
})
const aboutWhose = z.object({ reward: id.optional() })

function parseWanted(value: string): Wanted | null {
  if (!value.startsWith('{')) return value === '' ? null : { member: value }
  const parsed = wantedValue.safeParse(parseJson(value))
  return parsed.success ? parsed.data : null
}

const chargeOf = (value: string | null, about: About): Charge =>
  value === 'house' || value === 'member' ? value : about.charge

/** What stands in the window's fields, to be shown again. */
const typedBefore = (values: Readonly<Record<string, string | readonly string[] | null>>) => ({
  note: typedIn(values, 'note', NOTE_LIMIT),
  why: typedIn(values, 'why', NOTE_LIMIT),
})

export const rewardSubmissions: Submissions = {
  'reward.who': {
    needs: 'issue',
    answer: async ({ values, view }, asking, tools) => {
      const member = chosenIn(values, 'member')
      if (member === null) return { do: 'errors', errors: { member: asking.words.say('staff.adjust.noMember') } }
      const about = aboutWhose.safeParse(parseJson(view.about))
      return openReward({ member, reward: about.data?.reward }, 'update', asking, tools)
    },
  },
  'reward.issue': {
    needs: 'issue',
    answer: async ({ once, values, view }, asking, tools) => {
      const { data: about } = aboutWindow.safeParse(parseJson(view.about))
      if (about === undefined) return tellIn('update', goneMessage(asking.words), outcomeWindow(asking.words))
      const charge = chargeOf(chosenIn(values, chargeBlock(about)), about)
      const reward = chosenIn(values, rewardBlock(about))
      if (reward === null) return again({ ...about, charge }, values, null, asking, tools)
      const { note, why } = typedBefore(values)
      const request: RedemptionRequest = { reward, charge, note, reason: why, alert: about.alert ?? null }
      const key = onceFor(asking, 'redeem', once, { member: about.member, request })
      const issued = await tools.app.redeem(about.member, request, asking.origin, key)
      if (issued.ok) return outcome(issued.value, { how: 'update', note }, asking, tools)
      return refused(issued, { ...about, charge }, values, asking, tools)
    },
  },
}

/** In the same window: who did it already, or what can be chosen now with the reason on top. */
async function refused(
  refusal: Refusal,
  about: About,
  values: Submitted['values'],
  asking: Asking,
  tools: Tools,
): Promise<Reply> {
  const banner = refusalSentence(asking.words, refusal, 'reward')
  if (refusal.code !== 'conflict' || about.alert === undefined) return again(about, values, banner, asking, tools)
  const reward = chosenIn(values, rewardBlock(about)) ?? undefined
  const { member, alert, turn } = about
  return openReward({ member, alert, reward, banner, turn: turn + 1 }, 'update', asking, tools)
}
type Submitted = Parameters<Submissions[string]['answer']>[0]

/** The window anew, with what there is now and what was typed before. */
async function again(
  about: About,
  values: Submitted['values'],
  banner: string | null,
  asking: Asking,
  tools: Tools,
): Promise<Reply> {
  const loaded = await load({ ...about, turn: about.turn + 1 }, 'update', asking, tools)
  if (!loaded.ok) return loaded.reply
  const { data } = loaded
  const { charge } = about
  const chosen = chosenIn(values, rewardBlock(about))
  const reward = choosable(data.rewards.rewards, charge).find((one) => one.id === chosen)?.id ?? null
  return { do: 'update', view: issueView({ ...data, charge, reward, banner, ...typedBefore(values) }, asking) }
}

// ------------------------------------------------------------------------------------------------------------ buttons

const isWindow = ({ view }: Pressed): boolean => view !== null && !view.isHome

/** Of windows of ours the contents change; over another one a new one is laid. */
const howToShow = (pressed: Pressed): InWindow =>
  isWindow(pressed) && pressed.view?.callbackId.startsWith('reward.') ? 'update' : 'open'

async function step(pressed: Pressed, what: 'fulfil' | 'cancel', asking: Asking, tools: Tools): Promise<Reply> {
  const { value, once } = pressed
  const { app } = tools
  const how = isWindow(pressed) ? 'update' : 'replace'
  const key = onceFor(asking, what, once, { redemption: value })
  const moved = await app.moveRedemption(value, what, { reason: null }, asking.origin, key)
  if (moved.ok) return outcome(moved.value, { how }, asking, tools)
  const banner = refusalSentence(asking.words, moved, 'other')
  const found = await app.getRedemption(value)
  if (found.ok) return show(found.value, { how, banner }, asking, tools)
  return tellIn(how, say(banner), outcomeWindow(asking.words))
}

export const rewardButtons: Buttons = {
  'reward.open': {
    needs: 'issue',
    opens: true,
    answer: async (pressed, asking, tools) => {
      const wanted = parseWanted(pressed.value)
      const how = howToShow(pressed)
      if (wanted === null) return { do: how, view: whoseReward(asking) }
      return openReward(wanted, how, asking, tools)
    },
  },
  'reward.charge': {
    needs: 'issue',
    answer: async ({ value, view }, asking, tools) => {
      const { data: about } = aboutWindow.safeParse(parseJson(view?.about ?? ''))
      if (about === undefined || view === null) return { do: 'nothing' }
      return again({ ...about, charge: chargeOf(value, about) }, view.values, null, asking, tools)
    },
  },
  'reward.fulfil': { needs: 'issue', answer: (pressed, asking, tools) => step(pressed, 'fulfil', asking, tools) },
  'reward.cancel': { needs: 'issue', answer: (pressed, asking, tools) => step(pressed, 'cancel', asking, tools) },
}
