/** How the program does today: members, points, rewards, and its goals. */
import { addMonths, localDay, startOfDay } from '../../core/calendar.ts'
import { addFlow, type Flows, noFlows } from '../../core/report-flows.ts'
import { GOALS_EXPLAINED, judgeGoals } from '../../core/report-goals.ts'
import { addToMonth, monthOf, startOfMonth } from '../../core/report-months.ts'
import { pointsValue } from '../../core/report-value.ts'
import { iso } from '../member-view.ts'
import { addToCauses, countMembers, describeHeld, partnerPoints } from './count-members.ts'
import { monthOfQuarter, movements } from './liability.ts'
import type { ReportContext } from './report-context.ts'
import type { SummaryReport } from './shapes.ts'
import { type OnProgress, slicesById } from './slices.ts'

const PAYMENTS_IN_SLICE = 500

/** What members hold, what they give, and what moved in this month and the last. */
async function readJournal({ store, zone, now }: ReportContext, onProgress?: OnProgress) {
  const [thisMonth, lastMonth] = [noFlows(), noFlows()]
  const causes = new Map<string, number>()
  let outstanding = 0
  const present = monthOf(now, zone)
  const past = addToMonth(present, -1)
  const from = startOfMonth(past, zone)
  for await (const { quarter, source, target, points } of movements(store, onProgress)) {
    const isInside = (account: string): number => (INSIDE.has(account) ? points : 0)
    outstanding += isInside(target) - isInside(source)
    addToCauses(causes, source, target, points)
    // Quarters of an hour begin with months.
    if (quarter * QUARTER_MS < from) continue
    const month = monthOfQuarter(quarter, zone)
    const flows: Flows | null = month === present ? thisMonth : month === past ? lastMonth : null
    if (flows !== null) addFlow(flows, source, target, points)
  }
  return { thisMonth, lastMonth, causes, outstanding }
}

const QUARTER_MS = 900_000
const INSIDE: ReadonlySet<string> = new Set(['available', 'pending', 'reserved'])

async function readLastYear({ store, zone, now }: ReportContext) {
  const since = startOfDay(addMonths(localDay(now, zone), -12), zone)
  const year = { purchases: 0, spend: 0 }
  for await (const payments of slicesById(store.paymentsAfter, PAYMENTS_IN_SLICE))
    for (const { member, counted } of payments) {
      if (member === null || counted.at === null || counted.at < since) continue
      year.purchases += counted.purchases
      year.spend += counted.spendMinor
    }
  return year
}

export async function reportSummary(context: ReportContext, onProgress?: OnProgress): Promise<SummaryReport> {
  const { store, program, now, zone } = context
  const counts = await countMembers(store, { now, zone }, onProgress)
  const journal = await readJournal(context)
  const lastYear = await readLastYear(context)
  const held = await describeHeld(store, program, counts, {
    partners: await partnerPoints(store),
    causes: journal.causes,
  })
  const measured = {
    members: counts.active,
    joinedLast90Days: counts.joinedLately,
    buying: counts.buying,
    bought: counts.bought,
    boughtAgain: counts.boughtAgain,
    earned: counts.earned,
    redeemed: counts.redeemed,
    spendLastYear: lastYear.spend,
  }
  return {
    report: 'summary',
    at: iso(now),
    currency: program.currency,
    timezone: zone,
    from: null,
    to: null,
    empty: counts.active + counts.candidates + counts.left + counts.suspended === 0,
    members: {
      active: counts.active,
      candidates: counts.candidates,
      left: counts.left,
      suspended: counts.suspended,
      newThisMonth: counts.newThisMonth,
      newLastMonth: counts.newLastMonth,
      buying: counts.buying,
    },
    points: {
      outstanding: journal.outstanding,
      value: pointsValue(journal.outstanding, program.points.value, program.currency),
      thisMonth: journal.thisMonth,
      lastMonth: journal.lastMonth,
    },
    lastYear,
    openRewards: held.rewards.reduce((sum, { open }) => sum + open, 0),
    goals: judgeGoals(program, measured, now),
    held,
    how: [
      'Members are those who are enrolled and active; candidates are customers who are not enrolled. Buying are members with a purchase in the last 90 days.',
      'Points of a month are those recorded in it, each net of what came back; outstanding is what members have available, pending and reserved, less what they owe.',
      'Tiers, badges and challenges are counted over members who are active, left or suspended.',
      ...(program.goals.length > 0 ? [GOALS_EXPLAINED] : []),
    ],
  }
}
