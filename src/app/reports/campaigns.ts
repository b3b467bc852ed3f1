/**
 * What campaigns gave, and what can be said of what they brought: only where a share of members was held out by chance is
 * there anything to compare with.
 */

import { DAY_MS, startOfDay } from '../../core/calendar.ts'
import { isHeldOut } from '../../core/campaigns.ts'
import { LEAST_PER_ARM, Sample, welch } from '../../core/report-statistics.ts'
import { pointsValue } from '../../core/report-value.ts'
import { money } from '../../core/sentences.ts'
import type { Member, Payment } from '../../core/state.ts'
import type { Campaign } from '../../program/campaigns.ts'
import { iso } from '../member-view.ts'
import type { Span } from './period.ts'
import type { ReportContext } from './report-context.ts'
import type { CampaignComparison, CampaignLine, CampaignsReport } from './shapes.ts'
import { type OnProgress, slicesById } from './slices.ts'

const MEMBERS_IN_SLICE = 200
const GRANTS_IN_SLICE = 1_000

interface Tally {
  campaign: Campaign
  listed: boolean
  fromMs: number
  toMs: number
  members: Set<string>
  purchases: number
  spend: number
  points: number
  treated: Sample
  heldOut: Sample
}

const dayStart = (date: string, zone: string, days = 0): number =>
  startOfDay(Date.parse(`${date}T00:00:00Z`) / DAY_MS + days, zone)

/** The whole window, days between on which it rests included. One without a beginning began when its program did. */
function windowOf(campaign: Campaign, { zone, history, programOf }: ReportContext): { fromMs: number; toMs: number } {
  const dates = [...campaign.dates].sort()
  const first = campaign.from ?? dates[0] ?? null
  const last = campaign.to ?? dates.at(-1) ?? null
  const has = (version: string): boolean => programOf(version).campaigns.some(({ id }) => id === campaign.id)
  const since = first === null ? history.find(({ version }) => has(version))?.since : undefined
  return {
    fromMs: first === null ? (since ?? 0) : dayStart(first, zone),
    toMs: last === null ? Number.POSITIVE_INFINITY : dayStart(last, zone, 1),
  }
}

/** The campaigns of the program in force, and those of earlier ones under their newest terms. */
function campaignsOf({ program, history, programOf }: ReportContext): { campaign: Campaign; listed: boolean }[] {
  const found = new Map<string, { campaign: Campaign; listed: boolean }>()
  for (const { version } of history)
    for (const campaign of programOf(version).campaigns) found.set(campaign.id, { campaign, listed: false })
  for (const campaign of program.campaigns) found.set(campaign.id, { campaign, listed: true })
  return [...found.values()]
}

export async function reportCampaigns(
  context: ReportContext,
  span: Span,
  onProgress?: OnProgress,
): Promise<CampaignsReport> {
  const { program, zone, now } = context
  const tallies: Tally[] = campaignsOf(context)
    .map((one) => ({
      ...one,
      ...windowOf(one.campaign, context),
      members: new Set<string>(),
      purchases: 0,
      spend: 0,
      points: 0,
      treated: new Sample(),
      heldOut: new Sample(),
    }))
    .filter(({ fromMs, toMs }) => toMs > span.fromMs && fromMs < span.toMs)
  if (tallies.length > 0) {
    await readPayments(context, tallies, onProgress)
    await readGrants(context, tallies)
  }
  return {
    report: 'campaigns',
    at: iso(now),
    currency: program.currency,
    timezone: zone,
    from: span.from,
    to: span.to,
    empty: tallies.length === 0,
    campaigns: tallies
      .sort((a, b) => b.fromMs - a.fromMs || (a.campaign.id < b.campaign.id ? -1 : 1))
      .map((tally) => lineOf(tally, context)),
    how: HOW,
  }
}

const HOW = [
  'Members, purchases, spend and points are of purchases that the campaign brought points, or of members whom it gave some for joining; spend is net of refunds. Cost is what those points are worth at the value of a point in the program in force.',
  'Totals do not say what a campaign brought: some would have bought anyway. That is only told where it was not announced and held a share of members out.',
  `Then spend per member from its first to its last day is compared: all members enrolled by its end, those it left out by chance against all others, whether or not its conditions fit them. The interval is Welch’s t-test at 95 %, and nothing is said with fewer than ${LEAST_PER_ARM} members in either group. Members who were merged across the groups are left out.`,
]

async function readPayments({ store, now }: ReportContext, tallies: Tally[], onProgress?: OnProgress): Promise<void> {
  const total = (await store.stats()).members
  let done = 0
  for await (const members of slicesById(store.membersAfter, MEMBERS_IN_SLICE)) {
    const payments = Map.groupBy(
      await store.paymentsOfMembers(members.map(({ id }) => id)),
      (payment) => payment.member ?? '',
    )
    for (const member of members)
      for (const tally of tallies) {
        const own = payments.get(member.id) ?? []
        addPoints(tally, member.id, own)
        compare(tally, member, own, now)
      }
    done += members.length
    onProgress?.(done, Math.max(done, total))
  }
}

function addPoints(tally: Tally, member: string, payments: readonly Payment[]): void {
  for (const { campaigns, counted } of payments) {
    const points = campaigns[tally.campaign.id] ?? 0
    if (points === 0) continue
    tally.members.add(member)
    tally.points += points
    tally.purchases += counted.purchases
    tally.spend += counted.spendMinor
  }
}

function compare(tally: Tally, member: Member, payments: readonly Payment[], now: number): void {
  const { campaign, fromMs, toMs } = tally
  if (campaign.announced || campaign.holdout === 0 || member.status === 'merged' || member.enrolledAt === null) return
  if (member.enrolledAt >= Math.min(toMs, now)) return
  const arms = new Set([member.id, ...member.absorbed].map((id) => isHeldOut(campaign, id)))
  if (arms.size > 1) return
  const spend = payments.reduce(
    (sum, { counted: { at, spendMinor } }) => (at !== null && at >= fromMs && at < toMs ? sum + spendMinor : sum),
    0,
  )
  const arm = arms.has(true) ? tally.heldOut : tally.treated
  arm.add(spend)
}

/** Campaigns that reward joining give grants. */
async function readGrants({ store }: ReportContext, tallies: Tally[]): Promise<void> {
  const byId = new Map(tallies.map((tally) => [tally.campaign.id, tally]))
  for await (const grants of slicesById(store.grantsAfter, GRANTS_IN_SLICE))
    for (const { occasion, rule, member, points, state } of grants) {
      const tally = occasion === 'campaign' && state !== 'withdrawn' ? byId.get(rule) : undefined
      if (tally === undefined) continue
      tally.members.add(member)
      tally.points += points
    }
}

function lineOf(tally: Tally, { program, now }: ReportContext): CampaignLine {
  const { campaign, fromMs, toMs } = tally
  const comparison = comparisonOf(tally)
  return {
    id: campaign.id,
    name: campaign.name,
    on: campaign.on,
    from: campaign.from,
    to: campaign.to,
    state: fromMs > now ? 'ahead' : toMs <= now ? 'over' : 'running',
    announced: campaign.announced,
    holdout: campaign.holdout,
    members: tally.members.size,
    purchases: tally.purchases,
    spend: tally.spend,
    points: tally.points,
    cost: pointsValue(tally.points, program.points.value, program.currency),
    comparison,
    says: describe(tally, comparison, (minor) => money(minor, program.currency, program.locale), now),
  }
}

function comparisonOf({ campaign, treated, heldOut }: Tally): CampaignComparison | null {
  if (campaign.announced || campaign.holdout === 0) return null
  const found = welch(treated, heldOut)
  return {
    treated: { members: treated.count, spendPerMember: Math.round(treated.mean) },
    heldOut: { members: heldOut.count, spendPerMember: Math.round(heldOut.mean) },
    uplift:
      found === null
        ? null
        : {
            difference: Math.round(found.difference),
            low: Math.round(found.low),
            high: Math.round(found.high),
            confidence: 0.95,
            method: 'Welch’s t-test',
          },
  }
}

function describe(
  { fromMs, toMs }: Tally,
  comparison: CampaignComparison | null,
  show: (minor: number) => string,
  now: number,
): string {
  if (fromMs > now) return 'It has not begun.'
  if (comparison === null)
    return 'Nobody was held out, so what it brought beyond what members would have bought anyway cannot be told.'
  const { treated, heldOut, uplift } = comparison
  if (uplift === null)
    return `Too few to say: ${treated.members} members in the campaign and ${heldOut.members} held out, of ${LEAST_PER_ARM} each that it takes.`
  const sofar = toMs > now ? ' So far.' : ''
  const interval = `95 % interval ${show(uplift.low)} to ${show(uplift.high)}`
  if (uplift.low > 0)
    return `It brought ${show(uplift.difference)} of spend for each member in it (${interval}).${sofar}`
  if (uplift.high < 0)
    return `Members in it spent ${show(-uplift.difference)} less each than those held out (${interval}).${sofar}`
  return `No difference can be told: ${show(uplift.difference)} for each member in it (${interval}, which includes none at all).${sofar}`
}
