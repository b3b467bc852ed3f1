/**
 * Who of Slack's people asks: from our workspace or not, a guest or not, and in which of the user groups that the program
 * lists. Asked of Slack, and remembered for some minutes.
 */
import type { Clock, Origin } from '../../src/app/ports.ts'
import type { Program } from '../../src/program/schema.ts'
import type { SlackCalls, SlackUser } from './calls.ts'

/** `outsider`: somebody of another workspace. `unknown`: Slack could not be asked. `groups`: of the person it could, of groups not. */
export type Identified =
  | { ok: true; origin: Origin; user: SlackUser; groupsAreKnown: boolean }
  | { ok: false; because: 'unknown' }

export interface StaffDirectory {
  identify(user: string, program: Program): Promise<Identified>
}

const FRESH_MS = 300_000
/** What Slack said before is used so long while it cannot be asked. */
const STALE_MS = 3_600_000
const PEOPLE_LIMIT = 5_000

interface Remembered<T> {
  at: number
  value: T
}

export function createStaffDirectory(slack: Pick<SlackCalls, 'user' | 'group' | 'me'>, clock: Clock): StaffDirectory {
  const people = remembering(clock, slack.user)
  const groups = remembering(clock, slack.group)
  const home = remembering(clock, () => slack.me())
  return {
    identify: async (id, program) => {
      const wanted = groupsIn(program)
      const [user, me, ...members] = await Promise.all([people(id), home('me'), ...wanted.map(groups)])
      if (user === null || me === null) return { ok: false, because: 'unknown' }
      const isOutsider = user.isGuest || (user.teamId !== '' && user.teamId !== me.teamId)
      const actor = `slack:${id}`
      const mine = wanted.flatMap((group, n) => (members[n]?.includes(id) === true ? [`slack:${group}`] : []))
      const origin: Origin = { source: actor, actor, groups: mine, ...(isOutsider && { isOutsider }) }
      return { ok: true, origin, user, groupsAreKnown: members.every((list) => list !== null) }
    },
  }
}

/** Ids of the user groups that the program's lists name, without their prefix. */
function groupsIn({ staff: { admin, approver, issuer, viewer } }: Program): string[] {
  const listed = [...admin, ...approver, ...issuer, ...viewer].filter((name) => name.startsWith('slack:S'))
  return [...new Set(listed)].map((name) => name.slice('slack:'.length))
}

/** Null where it is not known and cannot be asked. */
function remembering<T>(
  clock: Clock,
  ask: (id: string) => Promise<{ ok: true; value: T } | { ok: false }>,
): (id: string) => Promise<T | null> {
  const known = new Map<string, Remembered<T>>()
  const asking = new Map<string, Promise<T | null>>()
  const look = async (id: string): Promise<T | null> => {
    const before = known.get(id)
    const answer = await ask(id)
    if (answer.ok) {
      if (known.size >= PEOPLE_LIMIT) known.clear()
      known.set(id, { at: clock.now(), value: answer.value })
      return answer.value
    }
    return before !== undefined && clock.now() - before.at < STALE_MS ? before.value : null
  }
  return async (id) => {
    const before = known.get(id)
    if (before !== undefined && Math.abs(clock.now() - before.at) < FRESH_MS) return before.value
    const running = asking.get(id) ?? look(id).finally(() => asking.delete(id))
    asking.set(id, running)
    return running
  }
}
