/** What an alert is called, and what there is to say of it, in lines for cards, lists and threads. Foreign text is escaped here. */
import type { AlertView } from '../../../src/app/ports.ts'
import { currencyExponent } from '../../../src/core/currency.ts'
import type { WordKey, Words } from '../../../src/words/words.ts'
import { esc } from '../blocks.ts'

const NAME_LIMIT = 80
const REWARD_LIMIT = 60
const SLACK_USER = /^slack:([UW][A-Z0-9]{2,40})$/
/** From here on an estimate is told without cents: it knows no better. */
const ROUND_FROM_MAJOR = 10

type Named = Pick<AlertView, 'member'>

/** Whoever was forgotten has neither name nor address. */
export const nameOf = ({ member: { name, email } }: Named, words: Words): string =>
  esc(name ?? '', NAME_LIMIT) || esc(email ?? '', NAME_LIMIT) || words.say('staff.alert.somebody')

/** `slack:U…` as a mention, others by what they are known by. */
export function whoOf(actor: string, words: Words): string {
  const [, user] = SLACK_USER.exec(actor) ?? []
  if (user !== undefined) return `<@${user}>`
  const [, known] = /^(?:hubspot|api):(.+)$/s.exec(actor) ?? []
  return known === undefined ? words.say('staff.alert.byItself') : esc(known, NAME_LIMIT)
}

/** "3 minutes ago", kept true by Slack; the date where it cannot. */
export function agoOf(at: string | number, words: Words): string {
  const ms = typeof at === 'number' ? at : Date.parse(at)
  return `<!date^${Math.floor(ms / 1_000)}^{ago}|${words.date(ms)}>`
}

/** "Ada Lovelace may be leaving". */
export function headlineOf(alert: AlertView, words: Words): string {
  const { kind, facts } = alert
  const name = nameOf(alert, words)
  switch (kind) {
    case 'tier_at_risk':
      return words.say('staff.alert.headline.tier_at_risk', { name, tier: tierIn(alert, words) })
    case 'points_expiring':
      return words.say('staff.alert.headline.points_expiring', { name, points: pointsIn(facts.points, words) })
    case 'cancelling':
      return words.say(`staff.alert.headline.${facts.endedAt == null ? 'cancelling' : 'cancelled'}`, { name })
    default:
      return words.say(`staff.alert.headline.${kind}`, { name })
  }
}

const tierIn = ({ facts, member: { tier } }: AlertView, words: Words): string =>
  tier !== null && tier.id === facts.tier ? esc(tier.name, REWARD_LIMIT) : words.say('staff.alert.theirTier')

const pointsIn = (points: unknown, words: Words): string =>
  typeof points === 'number' ? esc(words.points(points)) : esc(words.pointsName(2))

/**
 * "$412 a year at stake": what the figure means differs by kind (retention/alert-rules/stake.ts, subscriber-alerts.ts,
 * app/feedback.ts). Null where nothing is at stake.
 */
export function stakeOf({ kind, value, facts }: AlertView, words: Words): string | null {
  if (value.amount <= 0) return null
  const exactly = words.money(value.amount, value.currency)
  const roughly = roughMoney(words, value)
  switch (kind) {
    case 'at_risk':
    case 'overdue':
    case 'cancelling':
      return words.say('staff.alert.stake.year', { money: roughly })
    case 'tier_at_risk':
      return words.say('staff.alert.stake.worth', { money: roughly })
    case 'points_expiring':
      return words.say('staff.alert.stake.points', { money: exactly })
    case 'unhappy':
      return words.say('staff.alert.stake.lastYear', { money: roughly })
    case 'payment_failed':
      return words.say(`staff.alert.stake.${owedOrYear(value, facts)}`, { money: exactly })
    default: {
      const unknown: never = kind
      return unknown
    }
  }
}

/** A year of the subscription, or what is owed where that is not known. */
function owedOrYear({ amount, currency }: AlertView['value'], facts: AlertView['facts']): 'owed' | 'year' | 'plain' {
  const isSameCurrency = facts.currency === currency
  if (isSameCurrency && facts.amountMinor === amount) return 'owed'
  if (facts.subscription == null) return isSameCurrency ? 'owed' : 'plain'
  return isSameCurrency ? 'year' : 'plain'
}

export function roughMoney(words: Words, { amount, currency }: AlertView['value']): string {
  const digits = currencyExponent(currency)
  const major = amount / 10 ** digits
  if (major < ROUND_FROM_MAJOR || digits === 0 || !/^[a-z]{3}$/i.test(currency)) return words.money(amount, currency)
  return words.price(Math.round(major) * 10 ** digits, currency)
}

/** One line of mrkdwn, for lists, the digest and App Home. */
export function alertLine(alert: AlertView, words: Words): string {
  const { state, assignee, snoozedUntil, member } = alert
  const parts = [
    headlineOf(alert, words),
    state === 'resolved' ? endLine(alert, words) : stakeOf(alert, words),
    member.tier === null ? null : esc(member.tier.name, REWARD_LIMIT),
    state === 'open' && assignee !== null ? words.say('staff.alert.line.taken', { who: whoOf(assignee, words) }) : null,
    snoozedUntil === null ? null : words.say('staff.alert.line.snoozed', { date: words.date(snoozedUntil) }),
  ]
  return `${emojiOf(alert)} ${parts.filter((part) => part !== null).join(' · ')}`
}

export const emojiOf = ({ state }: Pick<AlertView, 'state'>): string =>
  state === 'resolved' ? '✅' : state === 'snoozed' ? '💤' : '🔔'

/** "Suggested: Free tote (600 points)". Null where nothing is. */
export function suggestionLine({ suggestion }: AlertView, words: Words): string | null {
  if (suggestion === null) return null
  const reward = esc(suggestion.name, REWARD_LIMIT)
  return suggestion.charge === 'house'
    ? words.say('staff.alert.suggestedPresent', { reward })
    : words.say('staff.alert.suggested', { reward, points: esc(words.points(suggestion.cost)) })
}

type Step = AlertView['steps'][number]

/** Ends that nobody of staff has made. */
const BY_ITSELF: ReadonlySet<string> = new Set(['came_back', 'passed', 'member_left'])

/** How it stands: who took it, until when it waits, how it ended, and what was noted. */
export function statusLines(alert: AlertView, words: Words): string[] {
  const lines: (string | null)[] =
    alert.state === 'resolved'
      ? [BY_ITSELF.has(alert.outcome ?? '') ? takenLine(alert, words) : null, endLine(alert, words)]
      : [takenLine(alert, words), rewardedLine(alert, words), snoozedLine(alert, words)]
  const note = esc(alert.note ?? '', 300)
  return [...lines, note === '' ? null : words.say('staff.alert.status.note', { note })].filter((line) => line !== null)
}

const newest = ({ steps }: AlertView, did: Step['did']): Step | undefined => steps.findLast((step) => step.did === did)

function takenLine(alert: AlertView, words: Words): string | null {
  const { assignee } = alert
  if (assignee === null) return null
  const at = newest(alert, 'assigned')?.at ?? alert.openedAt
  return words.say('staff.alert.status.taken', { who: whoOf(assignee, words), when: agoOf(at, words) })
}

function rewardedLine(alert: AlertView, words: Words): string | null {
  const step = newest(alert, 'rewarded')
  if (step === undefined) return null
  return words.say('staff.alert.status.rewarded', { who: whoOf(step.actor, words), when: agoOf(step.at, words) })
}

function snoozedLine(alert: AlertView, words: Words): string | null {
  if (alert.snoozedUntil === null) return null
  const who = whoOf(newest(alert, 'snoozed')?.actor ?? '', words)
  return words.say('staff.alert.status.snoozed', { date: words.date(alert.snoozedUntil), who })
}

function endLine(alert: AlertView, words: Words): string | null {
  const { outcome, resolvedAt, openedAt } = alert
  if (outcome === null) return null
  const who = whoOf(newest(alert, 'resolved')?.actor ?? '', words)
  return words.say(`staff.alert.status.${outcome}`, { who, when: agoOf(resolvedAt ?? openedAt, words) })
}

const LAPSES: ReadonlySet<AlertView['kind']> = new Set(['at_risk', 'overdue'])
const OWN_WORDS: ReadonlySet<AlertView['kind']> = new Set(['payment_failed', 'cancelling'])

/** "Ada is back: $64.20 today. Taken by @sam, 6 days after." Null while nobody came back after somebody acted. */
export function comebackOf(alert: AlertView, words: Words): string | null {
  const { cameBack, kind } = alert
  if (cameBack === null) return null
  const how = LAPSES.has(kind) ? 'lapse' : OWN_WORDS.has(kind) ? (kind as 'payment_failed' | 'cancelling') : 'other'
  const money = words.money(cameBack.amount, cameBack.currency)
  const back = words.say(`staff.alert.back.${how}`, { name: nameOf(alert, words), money, day: words.ago(cameBack.at) })
  const acted = actedBy(alert)
  if (acted === null) return back
  const who = whoOf(acted.who, words)
  return `${back} ${words.say(`staff.alert.back.${acted.did}`, { who, days: cameBack.daysAfter })}`
}

/** The purchase that was told of counts no more. */
export const undoneOf = (alert: AlertView, words: Words): string =>
  words.say('staff.alert.back.undone', { name: nameOf(alert, words) })

const ACTS: Record<string, 'taken' | 'rewarded' | 'helped'> = {
  assigned: 'taken',
  rewarded: 'rewarded',
  resolved: 'helped',
}

/** Whose doing it was that the days are counted from. */
function actedBy({ actedAt, steps }: AlertView): { who: string; did: 'taken' | 'rewarded' | 'helped' } | null {
  const step = steps.find(({ at, did }) => at === actedAt && Object.hasOwn(ACTS, did))
  const did = step === undefined ? undefined : ACTS[step.did]
  if (step === undefined || did === undefined) return null
  return { who: did === 'taken' ? (step.detail ?? step.actor) : step.actor, did }
}

/** "As you asked": to whoever snoozed it. */
export function wokeOf(alert: AlertView, words: Words): string {
  const who = whoOf(newest(alert, 'snoozed')?.actor ?? '', words)
  return words.say('staff.alert.woke', { who, headline: headlineOf(alert, words) })
}

/** The name of a kind, as a filter says it. */
export const kindWord = (kind: AlertView['kind'], words: Words): string =>
  words.say(`staff.alert.kinds.${kind}` satisfies WordKey)
