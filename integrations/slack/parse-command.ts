/**
 * What was typed after `/loyalty`: which command it is, and what is left for it. People type as they speak: any case, with
 * quotes, another word for it, or only a name. An exact command is that command. Whatever might as well be a customer is looked
 * for first, and only where nobody is found is it taken for a slip of the finger.
 */
import type { App, MemberView } from '../../src/app/ports.ts'
import { closest } from '../../src/program/suggest.ts'
import { meantInstead } from './commands/help.ts'
import type { Asking, Commanded, Handler, Reply, Tools } from './desk.ts'
import { changesNothing, refusalOf } from './dispatch.ts'
import { commands } from './registered.ts'
import { tidyTyped } from './typed.ts'

export interface ParsedCommand {
  name: string
  handler: Handler<Commanded>
  args: string
}

/** Other words for the same, as far as they are not customers' names more often. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ...of('lookup', 'look-up', 'look', 'find', 'search', 'show', 'who', 'whois', 'member', 'customer', 'card', 'balance'),
  ...of('reward', 'issue', 'redeem', 'give', 'gift', 'present', 'voucher', 'coupon'),
  ...of('adjust', 'adjustment', 'points', 'credit', 'deduct', 'correct'),
  ...of('enrol', 'enroll', 'add', 'join', 'new', 'register', 'signup', 'sign-up', 'create'),
  ...of('action', 'did', 'log', 'record', 'note'),
  ...of('alerts', 'alert', 'risk', 'risks', 'leaving', 'churn'),
  ...of('top', 'best', 'leaders', 'leaderboard'),
  ...of('report', 'reports', 'numbers', 'stats', 'summary', 'kpi', 'kpis'),
  ...of('rewards', 'catalogue', 'catalog', 'gifts', 'offers'),
  ...of('approvals', 'approval', 'approve', 'pending', 'requests', 'waiting'),
  ...of('language', 'lang', 'languages', 'locale'),
  ...of('help', '?', 'usage', 'commands', 'hi', 'hello'),
}

function of(command: string, ...words: string[]): Record<string, string> {
  return Object.fromEntries(words.map((word) => [word, command]))
}

const unknown: Handler<Commanded> = { needs: null, answer: async () => ({ do: 'nothing' }) }
const handlerOf = (name: string): Handler<Commanded> | undefined =>
  Object.hasOwn(commands, name) ? commands[name] : undefined

export function parseCommand(text: string): ParsedCommand {
  const typed = tidyTyped(text)
  if (typed === '') return { name: 'help', handler: handlerOf('help') ?? unknown, args: '' }
  const [, first = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(typed) ?? []
  // “reward”, "lookup:" and "help!" are no other words.
  const word = tidyTyped(first)
    .toLowerCase()
    .replace(/[:,!.]+$/, '')
  const args = tidyTyped(rest)
  const exact = handlerOf(word)
  if (exact !== undefined) return { name: word, handler: exact, args }
  const lookup = { name: 'lookup', handler: handlerOf('lookup') ?? unknown, args: typed }
  if (isAddressOrId(typed)) return lookup
  const meant = Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined
  const other = meant === undefined ? undefined : handlerOf(meant)
  if (meant !== undefined && other !== undefined) {
    const isMeant = (member: MemberView): boolean => isCalled(member, word)
    const asTyped: Answer = async (...asked) => answerAs(other, ...asked)
    return { name: meant, handler: unlessFound({ typed, isMeant }, other, asTyped), args }
  }
  const near = nearestCommand(word)
  if (near === null) return lookup
  const ask: Answer = async (_, asking) => ({ do: 'say', message: meantInstead(typed, near, args, asking) })
  return { name: 'lookup', handler: unlessFound({ typed, isMeant: () => true }, lookup.handler, ask), args }
}

/** "12345", "ada@…", "cus_…": nobody means a command by it. */
const isAddressOrId = (typed: string): boolean => /[@\d_]/.test(/^\S*/.exec(typed)?.[0] ?? '')

type Answer = Handler<Commanded>['answer']

interface Sought {
  typed: string
  /** Whether somebody whom the search finds may be who was meant. */
  isMeant: (member: MemberView) => boolean
}

/** The member card of whoever is called so; where nobody is, what else it may mean. `like` says whether a window opens, and something may change. */
function unlessFound(sought: Sought, like: Handler<Commanded>, otherwise: Answer): Handler<Commanded> {
  const answer: Answer = async (asked, asking, tools) => {
    const lookup = handlerOf('lookup')
    if (lookup === undefined || !(await isSomebody(sought, asking, tools.app))) return otherwise(asked, asking, tools)
    return lookup.answer({ ...asked, args: sought.typed }, asking, tools)
  }
  return { needs: null, mayChange: !changesNothing(like.needs), ...(like.opens === true && { opens: true }), answer }
}

const LOOKED_AT = 20

async function isSomebody({ typed, isMeant }: Sought, asking: Asking, app: App): Promise<boolean> {
  if (!(await app.mayStaff(asking.origin, 'view'))) return false
  const found = await app.listMembers({ query: typed, limit: LOOKED_AT })
  return found.ok && found.value.items.some(isMeant)
}

/** By the whole word: a search finds parts, and "add ada" is no Maddie Adams. */
const isCalled = ({ name }: MemberView, word: string): boolean =>
  (name ?? '')
    .toLowerCase()
    .split(/[\s.-]+/)
    .includes(word)

async function answerAs(handler: Handler<Commanded>, asked: Commanded, asking: Asking, tools: Tools): Promise<Reply> {
  const refusal = await refusalOf(tools.app, asking, handler.needs)
  return refusal === null ? handler.answer(asked, asking, tools) : { do: 'say', message: refusal }
}

/** Shorter words are other words more often than slips of the finger. */
const LEAST_LETTERS = 4

const nearestCommand = (word: string): string | null =>
  word.length < LEAST_LETTERS || !/^[a-z-]+$/.test(word) ? null : closest(word, Object.keys(commands))
