/** Whose it is: what was typed after a command, taken to a member, or to those it may mean. */
import type { KnownBlock, PlainTextOption } from '@slack/types'
import type { App, MemberView } from '../../src/app/ports.ts'
import type { Words } from '../../src/words/words.ts'
import { actions, bold, button, esc, LIMITS, plainText, section } from './blocks.ts'
import type { Block, Message } from './desk.ts'
import { isSomebody, lookUp } from './find-member.ts'
import { mrkdwnName, nameOf } from './naming.ts'
import { soughtIn } from './sought.ts'
import { tidyTyped } from './typed.ts'

export type Found =
  /** `isSure`: by an address or a number that only one has. */
  | { kind: 'one'; member: MemberView; isSure: boolean }
  | { kind: 'several'; members: readonly MemberView[]; more: boolean }
  /** With those who may have been meant. */
  | { kind: 'none'; similar: readonly MemberView[] }

/** One whom the word alone is sure to mean: an address, an id, a member's code. */
const isReference = (word: string): boolean => soughtIn(word).refs.length > 0 || CODE.test(word)
/** As members' codes are written. */
const CODE = /^[A-Z0-9]{5}-[A-Z0-9]{5}$/i

export async function findWho(app: App, typed: string): Promise<Found> {
  const sought = soughtIn(typed)
  if (sought.text === '') return { kind: 'none', similar: [] }
  const found = await lookUp(app, sought)
  if (found.kind === 'none') return { kind: 'none', similar: found.similar }
  if (found.kind === 'several')
    return { kind: 'several', members: found.items, more: found.isMore || found.total > found.items.length }
  const one = await app.getMember(found.id)
  return one.ok ? { kind: 'one', member: one.value, isSure: isMeant(one.value, typed) } : { kind: 'none', similar: [] }
}

/** Whether it is them that was typed, and not somebody like them. */
function isMeant({ id, email, referralCode, stripeCustomers }: MemberView, typed: string): boolean {
  const { refs } = soughtIn(typed)
  const own = [
    id,
    ...stripeCustomers.map((customer) => `stripe:${customer}`),
    ...(email === null ? [] : [`email:${email}`]),
  ]
  const written = tidyTyped(typed)
  return (
    refs.some((ref) => own.includes(ref.toLowerCase()) || own.includes(ref)) || written.toUpperCase() === referralCode
  )
}

/** The first word where it means one member, with the rest; null where it does not. */
export function splitAtReference(typed: string): { who: string; rest: string } | null {
  const [, first = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(tidyTyped(typed)) ?? []
  return isReference(first) ? { who: first, rest } : null
}

/** Letters as people type them: without case and accents. */
export const folded = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/gu, ' ').trim()

/** What is called so: by its whole name, or by part of one name alone. */
export type Called = (typed: string, how: 'whole' | 'part') => string | null

/** Nobody's name has more words. */
const WORDS_LIMIT = 16

export interface Split {
  who: string
  what: string | null
  /** What stands behind and is nothing known. */
  typed: string | null
}

/** Ways to read "ada@example.org free tote", "Ada Lovelace Free tote", "Ada Lovelace", the likeliest first. */
export function splitsOf(args: string, called: Called): [Split, ...Split[]] {
  const sure = splitAtReference(args)
  if (sure !== null) {
    const what = called(sure.rest, 'part')
    return [{ who: sure.who, what, typed: what === null && sure.rest !== '' ? sure.rest : null }]
  }
  const words = tidyTyped(args).split(' ')
  const all = { who: words.join(' '), what: null, typed: null }
  const behind = (how: 'whole' | 'part'): Split[] =>
    Array.from({ length: Math.min(words.length, WORDS_LIMIT) - 1 }, (_, n): Split => {
      const what = called(words.slice(n + 1).join(' '), how)
      return { who: words.slice(0, n + 1).join(' '), what, typed: null }
    }).filter(({ what }) => what !== null)
  const [first, ...others] = [...behind('whole').slice(0, 1), all, ...behind('part').slice(0, 1)]
  return [first ?? all, ...others]
}

interface GoOn {
  action: string
  value: (member: string) => string
}

const candidate =
  (words: Words, { action, value }: GoOn) =>
  (member: MemberView, n: number): Block =>
    section(
      [bold(mrkdwnName(member, words)), aboutMember(member, words)].join('\n'),
      button({
        text: words.say('staff.reward.who.choose'),
        action: `${action}:${n}`,
        value: value(member.id),
        label: `${words.say('staff.reward.who.choose')} ${nameOf(member, words)}`,
      }),
    )

/** "Several match ada. Which one?": each with what the command goes on by. */
export function pickList(
  { members, more }: Pick<Extract<Found, { kind: 'several' }>, 'members' | 'more'>,
  typed: string,
  words: Words,
  goOn: GoOn,
): Message {
  const title = words.say('staff.reward.who.several', { typed: esc(typed, 80) })
  const rest = more ? [section(words.say('staff.reward.who.more'))] : []
  return { text: title, blocks: [section(title), ...members.map(candidate(words, goOn)), ...rest] }
}

/** "ada@example.org · Gold · last purchase 3 days ago" */
export function aboutMember({ email, name, tier, status, lastPurchaseAt }: MemberView, words: Words): string {
  const parts = [
    name === null ? null : email && esc(email, 100),
    status === 'candidate' ? words.say('staff.reward.who.notMember') : tier && esc(tier.name, 60),
    lastPurchaseAt === null
      ? words.say('staff.reward.who.noPurchase')
      : words.say('staff.reward.who.lastPurchase', { ago: words.ago(lastPurchaseAt) }),
  ]
  return parts.filter((part) => part !== null).join(' · ')
}

/** Nobody found: whoever may have been meant, and to enrol them. */
export function nobodyFound(similar: readonly MemberView[], typed: string, words: Words, goOn: GoOn): Message {
  const sentence = words.say(similar.length > 0 ? 'staff.reward.who.meant' : 'staff.reward.who.none', {
    typed: esc(typed, 80),
  })
  const enrol = button({
    text: words.say('staff.reward.who.enrol'),
    action: 'enrol.open',
    value: [...typed].slice(0, 200).join(''),
  })
  return { text: sentence, blocks: [section(sentence), ...similar.map(candidate(words, goOn)), ...actions(enrol)] }
}

type Whose<What> = { ok: true; member: MemberView; isSure: boolean; split: What } | { ok: false; message: Message }

/** Who it is, or the list to choose from: what was typed goes on with whoever is chosen. Of ways to read it the first that somebody fits. */
export async function whoeverIs<What extends { who: string }>(
  splits: readonly [What, ...What[]],
  { words }: { words: Words },
  app: App,
  goOn: { action: string; value: (member: string, split: What) => string },
): Promise<Whose<What>> {
  let nobody: Message | null = null
  for (const split of splits) {
    const { who } = split
    const found = await findWho(app, who)
    if (found.kind === 'one') return { ok: true, member: found.member, isSure: found.isSure, split }
    const on = { action: goOn.action, value: (member: string) => goOn.value(member, split) }
    if (found.kind === 'several') return { ok: false, message: pickList(found, who, words, on) }
    nobody ??= nobodyFound(found.similar, who, words, on)
  }
  return { ok: false, message: nobody ?? nobodyFound([], '', words, { action: goOn.action, value: (id) => id }) }
}

/** Looks members up while somebody types. */
export const memberPicker = (words: Words, initial?: PlainTextOption): KnownBlock => ({
  type: 'input',
  block_id: 'member',
  label: plainText(words.say('staff.reward.who.label'), LIMITS.label),
  element: {
    type: 'external_select',
    action_id: 'member.find',
    min_query_length: 1,
    placeholder: plainText(words.say('staff.reward.who.placeholder'), LIMITS.placeholder),
    ...(initial !== undefined && { initial_option: initial }),
  },
})

export type MemberNow = { ok: true; member: MemberView } | { ok: false; message: Message }

/** The member as they are now; why nothing can be done for them, with the way on, where they are none like any. */
export async function activeMember(app: App, ref: string, words: Words): Promise<MemberNow> {
  const known = await knownMember(app, ref, words)
  if (!known.ok || known.member.status === 'active') return known
  const { member } = known
  const name = mrkdwnName(member, words)
  if (member.status !== 'candidate') return { ok: false, message: told(words.say('staff.reward.notActive', { name })) }
  const enrol = button({ text: words.say('staff.reward.enrol'), action: 'enrol.open', value: member.email ?? '' })
  return { ok: false, message: told(words.say('staff.reward.notYet', { name }), actions(enrol)) }
}

/** Whoever is still known, a member or not. */
export async function knownMember(app: App, ref: string, words: Words): Promise<MemberNow> {
  const found = await app.getMember(ref)
  if (found.ok && isSomebody(found.value)) return { ok: true, member: found.value }
  return { ok: false, message: goneMessage(words) }
}

export const goneMessage = (words: Words): Message => told(words.say('staff.reward.gone'))

const told = (sentence: string, more: Block[] = []): Message => ({
  text: sentence,
  blocks: [section(sentence), ...more],
})
