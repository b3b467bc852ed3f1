/** What was given to causes: by purchases, by members' points, in members' names, and as rewards. Totals to show. */
import { currencyExponent } from '../../core/currency.ts'
import { pointsValue } from '../../core/report-value.ts'
import type { Grant } from '../../core/reward-state.ts'
import type { AwardOption } from '../../program/awards.ts'
import { iso } from '../member-view.ts'
import { addToCauses } from './count-members.ts'
import { movements } from './liability.ts'
import type { Span } from './period.ts'
import type { ReportContext } from './report-context.ts'
import type { CauseLine, CausesReport } from './shapes.ts'
import { type OnProgress, slicesById } from './slices.ts'

const SLICE = 500
const QUARTER_MS = 900_000

type Totals = CausesReport['totals']

const nothing = (): Totals => ({
  purchases: 0,
  items: 0,
  amount: 0,
  points: 0,
  value: 0,
  gifts: 0,
  donations: { rewards: 0, amount: 0 },
})

class Tallies {
  readonly all = new Map<string, Totals>()

  of(cause: string): Totals {
    const tally = this.all.get(cause) ?? nothing()
    this.all.set(cause, tally)
    return tally
  }
}

const isIn = ({ fromMs, toMs }: Span, at: number): boolean => at >= fromMs && at < toMs

export async function reportCauses(context: ReportContext, span: Span, onProgress?: OnProgress): Promise<CausesReport> {
  const { program, zone, now } = context
  const tallies = new Tallies()
  for (const { id } of program.causes) tallies.of(id)
  await readPurchases(context, span, tallies, onProgress)
  await readPoints(context, span, tallies)
  await readGifts(context, span, tallies)
  await readDonations(context, span, tallies)
  for (const tally of tallies.all.values())
    tally.value = pointsValue(tally.points, program.points.value, program.currency)
  const causes = [...tallies.all].map(([id, tally]): CauseLine => {
    const cause = program.causes.find((one) => one.id === id)
    return { id, name: cause?.name ?? id, listed: cause !== undefined, ...tally }
  })
  return {
    report: 'causes',
    at: iso(now),
    currency: program.currency,
    timezone: zone,
    from: span.from,
    to: span.to,
    empty: causes.length === 0,
    causes,
    totals: causes.reduce(addUp, nothing()),
    how: HOW,
  }
}

const HOW = [
  'Purchases give pieces for each item, or a share of what was spent, by the program under which they were made, whoever bought; refunds lessen it. They count on the day of the money.',
  'Points are those that members gave, on the day it was recorded; their value is at the value of a point in the program in force.',
  'Gifts are awards that give to the cause in a member’s name. Donations are rewards that are one, from the day they were issued unless cancelled.',
]

const addUp = (sum: Totals, { purchases, items, amount, points, value, gifts, donations }: Totals): Totals => ({
  purchases: sum.purchases + purchases,
  items: sum.items + items,
  amount: sum.amount + amount,
  points: sum.points + points,
  value: sum.value + value,
  gifts: sum.gifts + gifts,
  donations: {
    rewards: sum.donations.rewards + donations.rewards,
    amount: sum.donations.amount + donations.amount,
  },
})

async function readPurchases(
  { store }: ReportContext,
  span: Span,
  tallies: Tallies,
  onProgress?: OnProgress,
): Promise<void> {
  const total = (await store.stats()).payments
  let done = 0
  for await (const payments of slicesById(store.paymentsAfter, SLICE)) {
    for (const { causes, counted, seenAt } of payments) {
      if (!isIn(span, counted.at ?? seenAt)) continue
      for (const [id, { items = 0, minor = 0 }] of Object.entries(causes)) {
        const tally = tallies.of(id)
        tally.purchases++
        tally.items += items
        tally.amount += minor
      }
    }
    done += payments.length
    onProgress?.(done, Math.max(done, total))
  }
}

async function readPoints({ store }: ReportContext, span: Span, tallies: Tallies): Promise<void> {
  const points = new Map<string, number>()
  for await (const { quarter, source, target, points: moved } of movements(store))
    if (isIn(span, quarter * QUARTER_MS)) addToCauses(points, source, target, moved)
  for (const [id, given] of points) tallies.of(id).points += given
}

async function readGifts({ store }: ReportContext, span: Span, tallies: Tallies): Promise<void> {
  for await (const grants of slicesById(store.grantsAfter, SLICE))
    for (const grant of grants)
      if (grant.state !== 'withdrawn' && isIn(span, grant.at))
        for (const cause of causesOf(grant)) tallies.of(cause).gifts++
}

/** Those that the award gives to by itself, and the one that was chosen. */
function causesOf({ award, chosen }: Grant): string[] {
  const option: AwardOption | undefined = chosen === null ? undefined : award.choose[chosen]
  return [award.cause, option?.cause ?? null].filter((cause) => cause !== null)
}

async function readDonations(
  { store, program, programOf }: ReportContext,
  span: Span,
  tallies: Tallies,
): Promise<void> {
  const scale = 10 ** currencyExponent(program.currency)
  for await (const redemptions of slicesById(store.redemptionsAfter, SLICE))
    for (const { reward: id, program: version, issuedAt, state } of redemptions) {
      if (issuedAt === null || state === 'cancelled' || !isIn(span, issuedAt)) continue
      const fulfil = programOf(version).rewards.find((reward) => reward.id === id)?.fulfil
      if (fulfil?.kind !== 'donation') continue
      const { donations } = tallies.of(fulfil.cause)
      donations.rewards++
      donations.amount += Math.round(fulfil.amount * scale)
    }
}
