/** How things are outside, in words, each with what can be done about it. */

import type { KindStanding } from '../../../src/app/ports/upkeep.ts'
import type { InboxRow } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { button, context, esc, section } from '../blocks.ts'
import type { Block } from '../desk.ts'
import type { Health, HubspotHealth } from '../health.ts'

const REASON = 200
const DAY_MS = 86_400_000
/** A night that was missed. */
const LATE_MS = 36 * 3_600_000
const KINDS_SHOWN = 8

export function healthBlocks(health: Health, words: Words, now: number): Block[] {
  const { hubspot, kinds, events, parkedEvents } = health
  const down = vendorsDown(kinds)
  const troubles = [
    ...down.map((standing) => section(downLine(standing, words, now))),
    ...kinds
      .filter(({ parked }) => parked > 0)
      .slice(0, KINDS_SHOWN)
      .map((kind, n) => parkedSection(kind, n, words)),
    ...events.map((event, n) => eventSection(event, n, words)),
    ...(parkedEvents > events.length
      ? [context(words.say('staff.health.eventsMore', { count: parkedEvents - events.length }))]
      : []),
  ]
  const isFine = troubles.length === 0 && (hubspot?.refused ?? 0) === 0
  return [
    ...(isFine ? [section(words.say('staff.health.fine'))] : troubles),
    ...(hubspot === null ? [] : [hubspotBlock(hubspot, words, now)]),
    context(lookLine(health, words, now)),
  ]
}

/** "HubSpot: up to date", or how many it refuses since when. */
export function hubspotLine({ waiting, refused, since }: HubspotHealth, words: Words, now: number): string {
  if (refused > 0)
    return words.say('staff.health.hubspotRefuses', { count: refused, since: sinceOf(since, words, now) })
  return waiting > 0
    ? words.say('staff.health.hubspotWaiting', { count: waiting })
    : words.say('staff.health.hubspotFine')
}

function hubspotBlock(hubspot: HubspotHealth, words: Words, now: number): Block {
  const line = hubspotLine(hubspot, words, now)
  if (hubspot.refused === 0) return context(line)
  return section(line, button({ text: words.say('staff.health.why'), action: 'health.why', value: 'hubspot' }))
}

/** "yesterday", "Nov 18". */
export function sinceOf(at: string | null, words: Words, now: number): string {
  if (at === null) return words.ago(now)
  const ago = words.ago(at)
  return ago === words.ago(now) || ago === words.ago(now - DAY_MS) ? ago : words.date(at)
}

const VENDORS: Readonly<Record<string, string>> = { stripe: 'Stripe', hubspot: 'HubSpot', slack: 'Slack' }
const vendorOf = (kind: string): string => VENDORS[kind.split('.')[0] ?? ''] ?? esc(kind, 40)

interface Down {
  vendor: string
  waiting: number
  since: string
  reason: string
}

/** Of each vendor whose messages were tried and wait: all of them together. */
function vendorsDown(kinds: readonly KindStanding[]): Down[] {
  const found = new Map<string, Down>()
  for (const { kind, waiting, failing } of kinds) {
    if (failing === null) continue
    const vendor = vendorOf(kind)
    const known = found.get(vendor)
    const isEarlier = known === undefined || failing.since < known.since
    found.set(vendor, {
      vendor,
      waiting: waiting + (known?.waiting ?? 0),
      since: isEarlier ? failing.since : known.since,
      reason: isEarlier ? failing.reason : known.reason,
    })
  }
  return [...found.values()]
}

function downLine({ vendor, waiting, since, reason }: Down, words: Words, now: number): string {
  const line = words.say('staff.health.down', { vendor, since: sinceOf(since, words, now), count: waiting })
  const why = esc(reason, REASON)
  return why === '' ? line : `${line}\n${words.say('staff.health.downWhy', { reason: why })}`
}

const WHAT = {
  'stripe.reward': 'stripe_reward',
  'hubspot.contact': 'hubspot_contact',
  'slack.alert': 'slack_alert',
  'slack.redemption': 'slack_redemption',
  'slack.adjustment': 'slack_redemption',
  'slack.digest': 'slack_digest',
} as const

function whatOf(kind: string, words: Words): string {
  const known = Object.hasOwn(WHAT, kind) ? WHAT[kind as keyof typeof WHAT] : null
  if (known !== null) return words.say(`staff.health.what.${known}`)
  return words.say(kind.startsWith('stripe.') ? 'staff.health.what.stripe_other' : 'staff.health.what.other')
}

function parkedSection({ kind, parked, refused }: KindStanding, n: number, words: Words): Block {
  const said = words.say('staff.health.parked', {
    what: whatOf(kind, words),
    count: parked,
    date: words.date(refused?.since ?? 0),
    reason: esc(refused?.reason ?? '', REASON) || '–',
  })
  return section(said, retryButton(words, n, { kind }))
}

function eventSection({ id, type, reason, receivedAt }: InboxRow, n: number, words: Words): Block {
  const said = words.say('staff.health.event', {
    vendor: 'Stripe',
    date: words.date(receivedAt),
    type: esc(type, 80),
    reason: esc(reason, REASON) || '–',
  })
  return section(said, retryButton(words, `e${n}`, { event: id }))
}

const retryButton = (words: Words, n: number | string, what: { kind: string } | { event: string }) =>
  button({ text: words.say('staff.health.retry'), action: `home.retry:${n}`, value: JSON.stringify(what) })

function lookLine({ lookedAt }: Health, words: Words, now: number): string {
  if (lookedAt === null) return words.say('staff.health.lookedNever')
  const when = words.ago(lookedAt)
  return words.say(now - lookedAt > LATE_MS ? 'staff.health.lookedLate' : 'staff.health.looked', { when })
}
