/**
 * App Home: what a person sees when they open the app. Figures are kept and shown at once; where they have to be made, what
 * there is is shown meanwhile.
 */
import { z } from 'zod'
import type { Glance } from '../../../src/app/ports/figures.ts'
import type { App } from '../../../src/app/ports.ts'
import { localDate } from '../../../src/core/calendar.ts'
import type { Program } from '../../../src/program/schema.ts'
import type { Words } from '../../../src/words/words.ts'
import { esc, section } from '../blocks.ts'
import {
  type Asking,
  type Buttons,
  type Handler,
  type Home,
  type Message,
  onceFor,
  type Pressed,
  type Reply,
  type Tools,
} from '../desk.ts'
import { say } from '../dispatch.ts'
import { parseJson } from '../form.ts'
import { isHubspotConnected, readHealth } from '../health.ts'
import { nameOf } from '../naming.ts'
import { refusalSentence } from '../refusals.ts'
import { lookupShortcuts } from '../shortcuts/lookup-member.ts'
import { closedHome, type HomeData, homeView } from '../views/home.ts'
import { whyRefused } from '../views/hubspot-refusals.ts'

export type HomeAsker = { ok: true; asking: Asking } | { ok: false; words: Words; message: Message }

const FRESH_MS = 3_600_000
/** Whoever presses *Refresh* wants them now. */
const REFRESHED_MS = 15_000
/** Figures that take longer are waited for with what there is. */
const IN_TIME_MS = 1_000
const MINE = 8
const APPROVALS = 5
const RECENT = 5
const PROPOSALS = 5

export async function homeReply(asker: HomeAsker, tools: Tools): Promise<Home> {
  if (!asker.ok) return { type: 'home', blocks: asker.message.blocks }
  return makeHome(asker.asking, tools, FRESH_MS, null)
}

/** The Home to be shown; what is there already is published meanwhile, where it takes long. */
async function makeHome(asking: Asking, tools: Tools, maxAgeMs: number, said: string | null): Promise<Home> {
  const { app, slack, logger } = tools
  const { words, program, user } = asking
  if (!(await app.mayStaff(asking.origin, 'view')))
    return asking.groupsAreKnown ? closedHome(program, words) : noticeHome(words.say('staff.common.groupsUnknown'))
  const figures = app.glance(maxAgeMs).catch((error: unknown) => {
    logger.warn('the figures of App Home could not be made', { error: error instanceof Error ? error.name : 'unknown' })
    return 'failed' as const
  })
  const rest = await readRest(asking, tools, said)
  if (await isLate(figures, tools)) {
    const known = await app.glance(null).catch(() => null)
    await slack.publishHome(user, homeView({ ...rest, glance: known, figures: 'counting' }, words))
  }
  const glance = await figures
  if (glance !== 'failed') return homeView({ ...rest, glance, figures: 'fresh' }, words)
  const known: Glance | null = await app.glance(null).catch(() => null)
  return homeView({ ...rest, glance: known, figures: known === null ? 'failed' : 'fresh' }, words)
}

const isLate = (work: Promise<unknown>, { rest }: Pick<Tools, 'rest'>): Promise<boolean> =>
  Promise.race([work.then(() => false), rest(IN_TIME_MS).then(() => true)])

const noticeHome = (text: string): Home => ({ type: 'home', blocks: [section(text)] })

type Rest = Omit<HomeData, 'glance' | 'figures'>

async function readRest(asking: Asking, tools: Tools, said: string | null): Promise<Rest> {
  const { app } = tools
  const { origin, program, now } = asking
  const [mayIssue, mayApprove, mayAdminister] = await Promise.all([
    app.mayStaff(origin, 'issue'),
    app.mayStaff(origin, 'approve'),
    app.mayStaff(origin, 'administer'),
  ])
  const [mine, approvals, recent, admin] = await Promise.all([
    app.listAlerts({ assignee: origin.actor, limit: MINE }),
    mayApprove ? app.listApprovals(APPROVALS) : null,
    readRecent(app, asking.words),
    mayAdminister ? readAdmin(asking, tools) : null,
  ])
  const { version, since } = app.program()
  return {
    program,
    version,
    since,
    now,
    mayIssue,
    said,
    actor: origin.actor,
    mine: mine.ok ? { items: mine.value.items, hasMore: mine.value.next !== null } : { items: [], hasMore: false },
    approvals,
    recent,
    admin,
  }
}

async function readRecent(app: App, words: Words): Promise<HomeData['recent']> {
  const listed = await app.listRedemptions({ limit: RECENT })
  if (!listed.ok) return []
  return Promise.all(
    listed.value.items.map(async (redemption) => {
      const member = await app.getMember(redemption.member)
      return { redemption, name: nameOf(member.ok ? member.value : { name: null, email: null }, words) }
    }),
  )
}

async function readAdmin({ program, now }: Asking, { app, settings }: Tools): Promise<HomeData['admin']> {
  const [health, proposals] = await Promise.all([
    isHubspotConnected(settings).then((isConnected) => readHealth(app, isConnected)),
    app.listMergeProposals({ limit: PROPOSALS + 1 }),
  ])
  return {
    health,
    proposals: { items: proposals.slice(0, PROPOSALS), hasMore: proposals.length > PROPOSALS },
    campaigns: runningNow(program, now),
  }
}

/** Names of campaigns whose days these are, whether they bring points to everybody now or not. */
function runningNow({ campaigns, timezone }: Program, now: number): string[] {
  const today = localDate(now, timezone)
  return campaigns
    .filter(({ from, to, dates }) => {
      if (dates.length > 0 && !dates.includes(today)) return false
      return (from === null || from <= today) && (to === null || today <= to)
    })
    .map(({ name }) => name)
}

// ------------------------------------------------------------------------------------------------- buttons

/** Shows Home again, with what was just done on top; where that cannot be, it is said beside it. */
export async function showAgain(
  asking: Asking,
  tools: Tools,
  said: string | null,
  maxAgeMs = FRESH_MS,
): Promise<Reply> {
  const home = await makeHome(asking, tools, maxAgeMs, said)
  const shown = await tools.slack.publishHome(asking.user, home)
  if (shown.ok) return { do: 'nothing' }
  tools.logger.warn('App Home could not be shown', { because: shown.because, reason: shown.reason })
  return { do: 'say', message: say(said ?? asking.words.say('staff.common.failed')) }
}

const retried = z.union([z.object({ kind: z.string() }), z.object({ event: z.string() })])
const merging = z.object({ pair: z.tuple([z.string(), z.string()]), from: z.string(), into: z.string() })
const distinct = z.object({ pair: z.tuple([z.string(), z.string()]) })

/** Null: none of ours. */
function wishIn<Schema extends z.ZodType>(schema: Schema, { value }: Pressed): z.output<Schema> | null {
  const read = schema.safeParse(parseJson(value))
  return read.success ? read.data : null
}

async function retry(pressed: Pressed, { words }: Asking, { app }: Tools): Promise<string | null> {
  const wish = wishIn(retried, pressed)
  if (wish === null) return null
  if ('kind' in wish) return words.say('staff.health.retried', { count: await app.retryParked(wish.kind) })
  const outcome = await app.retryInbox(wish.event)
  if (!outcome.ok) return words.say('staff.health.retried', { count: 0 })
  return words.say(outcome.value.outcome === 'parked' ? 'staff.health.eventStill' : 'staff.health.eventRecorded')
}

async function merge(pressed: Pressed, asking: Asking, { app }: Tools): Promise<string | null> {
  const { words, origin } = asking
  const wish = wishIn(merging, pressed)
  if (wish === null) return null
  const [from, into] = await Promise.all([app.getMember(wish.from), app.getMember(wish.into)])
  const key = onceFor(asking, 'merge', pressed.once, wish)
  const merged = await app.mergeMembers(wish.from, wish.into, origin, key)
  if (!merged.ok) return refusalSentence(words, merged, 'other')
  return words.say('staff.merge.merged', {
    from: from.ok ? esc(nameOf(from.value, words), 80) : '–',
    into: into.ok ? esc(nameOf(into.value, words), 80) : '–',
  })
}

/** First one finds whoever it is for; their card has the rest. */
const findFirst: Handler<Pressed> = {
  needs: 'view',
  opens: true,
  answer: async ({ once }, asking, tools) =>
    (await lookupShortcuts.lookup_member?.answer({ once, text: null, message: null }, asking, tools)) ?? {
      do: 'nothing',
    },
}

export const homeButtons: Buttons = {
  'home.lookup': findFirst,
  'home.reward': { ...findFirst, needs: 'issue' },
  'home.refresh': {
    needs: null,
    answer: (_, asking, tools) => showAgain(asking, tools, null, REFRESHED_MS),
  },
  'home.retry': {
    needs: 'administer',
    answer: async (pressed, asking, tools) => showAgain(asking, tools, await retry(pressed, asking, tools)),
  },
  'home.merge': {
    needs: 'administer',
    answer: async (pressed, asking, tools) => showAgain(asking, tools, await merge(pressed, asking, tools)),
  },
  'home.distinct': {
    needs: 'administer',
    answer: async (pressed, asking, tools) => {
      const wish = wishIn(distinct, pressed)
      if (wish === null) return { do: 'nothing' }
      const dismissed = await tools.app.dismissMergeProposal(wish.pair, asking.origin)
      const { words } = asking
      const said = dismissed.ok ? words.say('staff.merge.dismissed') : words.say('staff.common.forbidden.administer')
      return showAgain(asking, tools, said)
    },
  },
  // In a message: there is no Home to be shown again.
  'health.retry': {
    needs: 'administer',
    answer: async (pressed, asking, tools) => {
      const said = await retry(pressed, asking, tools)
      return said === null ? { do: 'nothing' } : { do: 'say', message: say(said) }
    },
  },
  'health.why': {
    needs: 'administer',
    answer: async (_, { words }, { app, settings }) => {
      const message = await whyRefused(app, settings, words)
      return { do: 'say', message: message ?? say(words.say('staff.health.whyNone')) }
    },
  },
}
