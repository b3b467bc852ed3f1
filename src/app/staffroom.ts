/** What a channel of staff's needs kept (ports/staffroom.ts). */
import type { Context } from './context.ts'
import type { Staffroom } from './ports/staffroom.ts'
import type { Origin } from './ports.ts'

/** Told to people in Slack: the day's numbers. */
export const SLACK_DIGEST = 'slack.digest'
/** The day of which the digest was queued last. */
export const DIGEST_QUEUED = 'slack_digest'
const DIGEST_CLAIMED = 'slack_digest_claim'
/** Longer than Slack takes to answer or to be given up. */
const CLAIMED_MS = 60_000
const SELF: Origin = { source: 'host', actor: 'host' }
const languageOf = (actor: string): string => `staff_language:${actor}`

interface Claim {
  day: string
  heardAt: number
  until: number
}
const NO_CLAIM: Claim = { day: '', heardAt: 0, until: 0 }
const readClaim = (setting: string | null): Claim => (setting === null ? NO_CLAIM : (JSON.parse(setting) as Claim))

export function createStaffroom(context: Context): Staffroom {
  const { store } = context
  return {
    postedOf: (subjects) => store.postedOf(subjects),
    postedIn: (channel, message) => store.postedIn(channel, message),
    postedSince: (prefix, since) => store.postedSince(prefix, since),
    notePosted: (messages) => store.putPosted(messages),
    forgetPosted: (subjects) => store.dropPosted(subjects),
    queueDigest: (date) =>
      context.onDesk(SELF, (desk) => {
        // Days only go on: a clock that stepped back must not tell of one twice.
        if ((desk.tx.setting(DIGEST_QUEUED) ?? '') >= date) return false
        desk.changes.settings = [[DIGEST_QUEUED, date]]
        desk.effect({ kind: SLACK_DIGEST, key: date, payload: { date }, dueAt: null })
        return true
      }),
    claimDigest: (date) =>
      context.onDesk(SELF, (desk) => {
        const { day, heardAt, until } = readClaim(desk.tx.setting(DIGEST_CLAIMED))
        // A clock that was set back must not keep it claimed.
        if (day === date && until > desk.now && heardAt <= desk.now) return false
        const claim: Claim = { day: date, heardAt: desk.now, until: desk.now + CLAIMED_MS }
        desk.changes.settings = [[DIGEST_CLAIMED, JSON.stringify(claim)]]
        return true
      }),
    releaseDigest: (date) =>
      context.onDesk(SELF, (desk) => {
        if (readClaim(desk.tx.setting(DIGEST_CLAIMED)).day !== date) return
        desk.changes.settings = [[DIGEST_CLAIMED, JSON.stringify(NO_CLAIM)]]
      }),
    staffLanguage: async (actor) => (await context.read((tx) => tx.setting(languageOf(actor)))) || null,
    putStaffLanguage: (actor, language) =>
      context.onDesk(SELF, (desk) => {
        desk.changes.settings = [[languageOf(actor), language ?? '']]
      }),
  }
}
