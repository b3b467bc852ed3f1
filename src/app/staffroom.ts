/** What a channel of staff's needs kept (ports/staffroom.ts). */
import type { Context } from './context.ts'
import type { Staffroom } from './ports/staffroom.ts'
import type { Origin } from './ports.ts'

/** Told to people in Slack: the day's numbers. */
export const SLACK_DIGEST = 'slack.digest'
const DIGEST_QUEUED = 'slack_digest'
const SELF: Origin = { source: 'host', actor: 'host' }
const languageOf = (actor: string): string => `staff_language:${actor}`

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
    staffLanguage: async (actor) => (await context.read((tx) => tx.setting(languageOf(actor)))) || null,
    putStaffLanguage: (actor, language) =>
      context.onDesk(SELF, (desk) => {
        desk.changes.settings = [[languageOf(actor), language ?? '']]
      }),
  }
}
