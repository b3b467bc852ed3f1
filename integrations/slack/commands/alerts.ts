/** `/loyalty alerts`: who needs somebody now, the most at stake first. */
import type { AlertView, App } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { esc } from '../blocks.ts'
import type { Asking, Buttons, Commanded, Handler, Message, Pressed, Reply, Tools } from '../desk.ts'
import { say } from '../dispatch.ts'
import { parseJson } from '../form.ts'
import { mrkdwnName } from '../naming.ts'
import { kindWord, whoOf } from '../views/alert-words.ts'
import { ALERTS_ON_PAGE, alertsList, type Listed, listed, listWords } from '../views/alerts-list.ts'
import { findWho, pickList } from '../who.ts'

type Kind = AlertView['kind']

/** What people type for a kind, besides the words that it is shown by. */
const KINDS: Record<Kind, readonly string[]> = {
  at_risk: ['at risk', 'risk', 'leaving', 'may be leaving', 'churn'],
  overdue: ['overdue', 'late', 'away'],
  tier_at_risk: ['tier at risk', 'tier', 'tiers', 'level'],
  points_expiring: ['points expiring', 'points', 'expiring', 'expiry'],
  payment_failed: ['payment failed', 'payment', 'payments', 'failed', 'card', 'declined'],
  cancelling: ['cancelling', 'canceling', 'cancel', 'cancelled', 'canceled', 'subscription'],
  unhappy: ['unhappy', 'feedback', 'complaint', 'complaints', 'angry'],
}
const ALL = ['', 'all', 'open', 'everybody', 'everyone']
const MINE = ['mine', 'my', 'me']
const STATES: Record<string, NonNullable<Listed['state']>> = {
  snoozed: 'snoozed',
  snooze: 'snoozed',
  later: 'snoozed',
  done: 'resolved',
  resolved: 'resolved',
  closed: 'resolved',
}
const COLLEAGUE = /^<@([UW][A-Z0-9]{2,40})(?:\|[^>]*)?>$/
const TYPED_LIMIT = 80

/** Null where it means none of these: it may be a member. */
function filterOf(typed: string, { origin, words }: Asking): Listed | null {
  const [, colleague] = COLLEAGUE.exec(typed) ?? []
  if (colleague !== undefined) return { who: `slack:${colleague}` }
  const said = typed
    .toLowerCase()
    .replace(/[\s_-]+/gu, ' ')
    .trim()
  if (ALL.includes(said)) return {}
  if (MINE.includes(said)) return { who: origin.actor }
  const state = Object.hasOwn(STATES, said) ? STATES[said] : undefined
  if (state !== undefined) return { state }
  const kind = (Object.keys(KINDS) as Kind[]).find(
    (one) => KINDS[one].includes(said) || kindWord(one, words).toLowerCase() === said,
  )
  return kind === undefined ? null : { kind }
}

export const alerts: Handler<Commanded> = {
  needs: 'view',
  answer: async ({ args }, asking, { app }): Promise<Reply> => {
    const filter = filterOf(args.trim(), asking)
    if (filter !== null) return { do: 'say', message: await listOf(filter, asking, app) }
    const found = await findWho(app, args)
    const { words } = asking
    if (found.kind === 'one') return { do: 'say', message: await listOf({ member: found.member.id }, asking, app) }
    if (found.kind === 'none')
      return { do: 'say', message: say(words.say('staff.alert.list.nobody', { typed: esc(args, TYPED_LIMIT) })) }
    const goOn = { action: 'alert.list', value: (member: string) => JSON.stringify({ member, here: true }) }
    return { do: 'say', message: pickList(found, args, words, goOn) }
  },
}

async function listOf(filter: Listed, asking: Asking, app: App): Promise<Message> {
  const { words, origin } = asking
  const { state, kind, who, member, cursor } = filter
  const page = await app.listAlerts({
    limit: ALERTS_ON_PAGE,
    ...(state !== undefined && { state }),
    ...(kind !== undefined && { kind }),
    ...(who !== undefined && { assignee: who }),
    ...(member !== undefined && { member }),
    ...(cursor !== undefined && { cursor }),
  })
  const about = {
    who: who === undefined ? '' : whoOf(who, words),
    name: member === undefined ? '' : await nameIn(member, words, app),
    isMine: who === origin.actor,
  }
  const said = listWords(filter, about, words)
  return alertsList(page.ok ? page.value : { items: [], next: null }, filter, said, words)
}

async function nameIn(member: string, words: Words, app: App): Promise<string> {
  const found = await app.getMember(member)
  return found.ok ? mrkdwnName(found.value, words) : words.say('staff.alert.somebody')
}

/** From a list in its place; from the summary of a flood, which stands in a channel, beside it. */
async function list({ value, message }: Pressed, asking: Asking, { app }: Tools): Promise<Reply> {
  const wanted = listed.safeParse(parseJson(value))
  const filter = wanted.success ? wanted.data : {}
  const shown = await listOf(filter, asking, app)
  return { do: filter.here === true && message !== null ? 'replace' : 'say', message: shown }
}

export const alertsButtons: Buttons = { 'alert.list': { needs: 'view', answer: list } }
