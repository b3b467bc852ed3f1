/**
 * `/loyalty top [spend|points|recent|at risk] [n]`: the best customers. Who they are was found when everybody was looked
 * through last; what is shown of them is as it is now, and so is their order.
 */
import { z } from 'zod'
import { TOP_KINDS, TOP_LIMIT, type TopKind } from '../../../src/app/ports/figures.ts'
import type { App, MemberView } from '../../../src/app/ports.ts'
import { esc } from '../blocks.ts'
import type { Asking, Buttons, Commanded, Handler, Message, Reply, Tools } from '../desk.ts'
import { notice, say } from '../dispatch.ts'
import { parseJson } from '../form.ts'
import { topMessage } from '../views/top.ts'

const FRESH_MS = 3_600_000
const IN_TIME_MS = 1_500
const SHOWN = 10
const MOST = 20
/** Some may be gone, or below others, by now. */
const SPARE = 10

/** Other words for the same. */
const WORDS: Readonly<Record<string, TopKind>> = {
  spend: 'spend',
  spending: 'spend',
  spenders: 'spend',
  money: 'spend',
  best: 'spend',
  revenue: 'spend',
  points: 'points',
  balance: 'points',
  recent: 'recent',
  recently: 'recent',
  latest: 'recent',
  newest: 'recent',
  last: 'recent',
  'at risk': 'at_risk',
  risk: 'at_risk',
  leaving: 'at_risk',
  churn: 'at_risk',
}

export interface TopWish {
  kind: TopKind
  count: number
}

/** Null: no order that is known. The number may stand anywhere. */
export function topIn(typed: string): TopWish | null {
  const parts = typed.normalize('NFKC').toLowerCase().replaceAll(/[-_]/g, ' ').split(/\s+/u).filter(Boolean)
  const numbers = parts.filter((part) => /^\d{1,6}$/.test(part))
  const words = parts.filter((part) => !/^\d{1,6}$/.test(part) && part !== 'by').join(' ')
  if (numbers.length > 1) return null
  const kind = words === '' ? 'spend' : Object.hasOwn(WORDS, words) ? WORDS[words] : undefined
  const count = numbers[0] === undefined ? SHOWN : Math.min(MOST, Math.max(1, Number(numbers[0])))
  return kind === undefined ? null : { kind, count }
}

export const top: Handler<Commanded> = {
  needs: 'view',
  answer: async ({ args }, asking, tools) => {
    const { words } = asking
    const wish = topIn(args)
    if (wish === null) return { do: 'say', message: say(words.say('staff.top.bad', { typed: esc(args, 80) })) }
    const made = topOf(wish, false, asking, tools).then((message): Reply => ({ do: 'say', message }))
    const working: Reply = { do: 'say', message: notice(words, 'staff.common.working'), after: () => made }
    return Promise.race([made, tools.rest(IN_TIME_MS).then(() => working)])
  },
}

async function topOf({ kind, count }: TopWish, isShared: boolean, asking: Asking, tools: Tools): Promise<Message> {
  const { app, logger } = tools
  const { words } = asking
  try {
    const glance = await app.glance(FRESH_MS)
    const listed = (glance?.top[kind] ?? []).slice(0, Math.min(TOP_LIMIT, count + SPARE))
    const members = await membersOf(
      app,
      listed.map(({ member }) => member),
    )
    const still = members.filter((member) => measureOf[kind](member) > 0)
    const ordered = still.sort((a, b) => measureOf[kind](b) - measureOf[kind](a)).slice(0, count)
    return topMessage({ kind, members: ordered, at: glance?.at ?? '', asked: count, isShared }, words)
  } catch (error) {
    logger.warn('the best customers could not be read', { error: error instanceof Error ? error.name : 'unknown' })
    return say(words.say('staff.report.failed'))
  }
}

/** As they are now; 0: they are none of these any more. */
const measureOf: Record<TopKind, (member: MemberView) => number> = {
  spend: ({ spend }) => spend.last12Months,
  points: ({ points }) => points.available,
  recent: ({ lastPurchaseAt }) => (lastPurchaseAt === null ? 0 : Date.parse(lastPurchaseAt)),
  at_risk: ({ retention, spend }) => (retention?.risk === 'high' ? spend.last12Months : 0),
}

async function membersOf(app: App, ids: readonly string[]): Promise<MemberView[]> {
  const found = await Promise.all(ids.map((id) => app.getMember(id)))
  const members = found.flatMap((one) => (one.ok && one.value.status === 'active' ? [one.value] : []))
  // Two of them may have become one.
  return [...new Map(members.map((member) => [member.id, member])).values()]
}

const shared = z.object({ kind: z.enum(TOP_KINDS as [TopKind, ...TopKind[]]), count: z.int().min(1).max(MOST) })

export const topButtons: Buttons = {
  'top.share': {
    needs: 'view',
    answer: async ({ value }, asking, tools) => {
      const read = shared.safeParse(parseJson(value))
      if (!read.success) return { do: 'nothing' }
      return { do: 'share', message: await topOf(read.data, true, asking, tools) }
    },
  },
}
