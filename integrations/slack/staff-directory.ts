/**
 * Who of Slack's people asks: from our workspace or not, a guest or not, and in which of the user groups that the program
 * lists. Asked of Slack and remembered for some minutes; what cannot be asked allows nobody anything.
 */
import type { Clock, Logger, Origin } from '../../src/app/ports.ts'
import type { Program } from '../../src/program/schema.ts'
import type { Called, SlackCalls, SlackUser } from './calls.ts'

/** `unknown`: Slack could not be asked. `unknownGroups`: those of which it could not be asked who is in them (`slack:S…`). */
export type Identified =
  | { ok: true; origin: Origin; user: SlackUser; groupsAreKnown: boolean; unknownGroups?: readonly string[] }
  | { ok: false; because: 'unknown' }

export interface StaffDirectory {
  identify(user: string, program: Program): Promise<Identified>
}

type Me = { teamId: string; isForAll: boolean }
export type DirectoryCalls = Pick<SlackCalls, 'user' | 'group'> & { me(): Promise<Called<Me>> }

const MINUTE_MS = 60_000
/** Whoever leaves a group has lost what it allowed them when this is over. */
const FRESH = { person: 5 * MINUTE_MS, group: 2 * MINUTE_MS, home: 60 * MINUTE_MS }
/** While Slack does not answer, what it said before is taken for true so long. */
const STALE_MS = 15 * MINUTE_MS
/** What failed is not asked again at once: whoever presses meanwhile need not wait for it. */
const RETRY_MS = 10_000
const RETRY_LIMIT_MS = MINUTE_MS
const PEOPLE_LIMIT = 5_000
const GROUPS_LIMIT = 500

/** Slack says that there is nobody of this id whom we may see: somebody of a shared channel, or long gone. */
const NOBODY = new Set(['user_not_found', 'user_not_visible', 'users_not_found'])
/** Slack's own account, which says of itself that it is no bot. */
const SLACKBOT = 'USLACKBOT'

export function createStaffDirectory(
  slack: DirectoryCalls,
  clock: Clock,
  logger: Pick<Logger, 'warn'> = { warn: () => {} },
): StaffDirectory {
  const people = remembering(clock, { ask: personOf(slack), freshMs: FRESH.person, limit: PEOPLE_LIMIT })
  const home = remembering(clock, { ask: () => slack.me(), freshMs: FRESH.home, limit: 1 })
  const told = new Set<string>()
  const groups = remembering(clock, {
    ask: async (group) => {
      const asked = await slack.group(group)
      // It was deleted: nobody is in it.
      if (!asked.ok && asked.reason === 'no_such_subteam') return { ok: true, value: new Set<string>() }
      if (asked.ok) told.delete(group)
      else if (!told.has(group)) {
        told.add(group)
        logger.warn('who is in a user group cannot be asked of Slack: it allows nobody anything', {
          group,
          reason: asked.reason,
          ...(asked.reason in REMEDIES && { fix: REMEDIES[asked.reason] }),
        })
      }
      return asked.ok ? { ok: true, value: new Set(asked.value) } : asked
    },
    freshMs: FRESH.group,
    limit: GROUPS_LIMIT,
  })
  return {
    identify: async (id, program) => {
      const wanted = groupsIn(program)
      const [user, me, ...members] = await Promise.all([people(id), home('me'), ...wanted.map(groups)])
      if (user === null || me === null) return { ok: false, because: 'unknown' }
      const isOutsider = !isOurs(user, me)
      const actor = `slack:${id}`
      const named = (is: (list: Set<string> | null | undefined) => boolean): string[] =>
        wanted.filter((_, n) => is(members[n])).map((group) => `slack:${group}`)
      const origin: Origin = {
        source: actor,
        actor,
        groups: isOutsider ? [] : named((list) => list?.has(id) === true),
        ...(isOutsider && { isOutsider }),
        // Their other names: what they asked for in the CRM they do not approve here.
        ...(user.email !== null && { aliases: [`hubspot:${user.email.toLowerCase()}`] }),
      }
      const unknownGroups = named((list) => list === null)
      return { ok: true, origin, user, groupsAreKnown: unknownGroups.length === 0, unknownGroups }
    },
  }
}

/** What an administrator does about it. */
const REMEDIES: Record<string, string> = {
  missing_scope: 'Reinstall the app from manifest.json: it needs usergroups:read',
  plan_upgrade_required: 'User groups need a paid plan of Slack: list people by their ids in the program’s staff',
  invalid_auth: 'Set SLACK_BOT_TOKEN to the token of the installed app',
  token_revoked: 'Install the app again and set SLACK_BOT_TOKEN to its token',
}

const personOf =
  (slack: DirectoryCalls) =>
  async (id: string): Promise<Called<SlackUser>> => {
    const asked = await slack.user(id)
    if (asked.ok ? id !== SLACKBOT : !NOBODY.has(asked.reason)) return asked
    const nobody = { id, teamId: '', enterprise: null, isGuest: true, email: null, locale: null }
    return { ok: true, value: nobody }
  }

/**
 * On Enterprise Grid `team_id` is any of a person's workspaces, or missing: what counts is whether they are in this one too.
 * Somebody of the same organization who only shares a channel with us is of another workspace.
 */
function isOurs({ isGuest, teamId, enterprise }: SlackUser, me: Me): boolean {
  if (isGuest) return false
  if (me.isForAll) return enterprise?.id === me.teamId || teamId === me.teamId
  return teamId === me.teamId || enterprise?.teams.includes(me.teamId) === true
}

/** Ids of the user groups that the program's lists name, without their prefix. */
function groupsIn({ staff: { admin, approver, issuer, viewer } }: Program): string[] {
  const listed = [...admin, ...approver, ...issuer, ...viewer].filter((name) => name.startsWith('slack:S'))
  return [...new Set(listed)].map((name) => name.slice('slack:'.length))
}

interface Remembering<T> {
  ask: (id: string) => Promise<Called<T>>
  freshMs: number
  /** So many at the most; the oldest are asked for again. */
  limit: number
}

/** Null where it is not known and cannot be asked. Of many who want to know at once, one asks. */
function remembering<T>(clock: Clock, { ask, freshMs, limit }: Remembering<T>): (id: string) => Promise<T | null> {
  const known = new Map<string, { at: number; value: T }>()
  const failed = new Map<string, { at: number; forMs: number }>()
  const asking = new Map<string, Promise<T | null>>()
  // A clock that stepped back must not make old news young.
  const isWithin = (at: number, ms: number): boolean => Math.abs(clock.now() - at) < ms

  const before = (id: string): T | null => {
    const last = known.get(id)
    return last !== undefined && isWithin(last.at, STALE_MS + freshMs) ? last.value : null
  }

  async function look(id: string): Promise<T | null> {
    const asked = await ask(id)
    if (asked.ok) {
      keep(known, id, { at: clock.now(), value: asked.value }, limit)
      failed.delete(id)
      return asked.value
    }
    // Slack answers, and says no: what it said before holds no longer.
    if (asked.because !== 'down' && asked.because !== 'limited') known.delete(id)
    const forMs = Math.min(RETRY_LIMIT_MS, Math.max(RETRY_MS, asked.forMs))
    keep(failed, id, { at: clock.now(), forMs }, limit)
    return before(id)
  }

  return async (id) => {
    const last = known.get(id)
    if (last !== undefined && isWithin(last.at, freshMs)) return last.value
    const failure = failed.get(id)
    if (failure !== undefined && isWithin(failure.at, failure.forMs)) return before(id)
    const running = asking.get(id) ?? look(id).finally(() => asking.delete(id))
    asking.set(id, running)
    return running
  }
}

/** The newest last; beyond the limit the oldest goes. */
function keep<Value>(map: Map<string, Value>, id: string, value: Value, limit: number): void {
  map.delete(id)
  const [oldest] = map.keys()
  if (map.size >= limit && oldest !== undefined) map.delete(oldest)
  map.set(id, value)
}
