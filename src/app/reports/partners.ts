/** What partners owe for points issued there and are owed for points redeemed there, by partner and month of record. */

import { PARTNER_RULE } from '../../core/books.ts'
import { derivePayment } from '../../core/derive-payment.ts'
import { addFlow, noFlows } from '../../core/report-flows.ts'
import { monthOf, monthsFrom } from '../../core/report-months.ts'
import { pointsValue } from '../../core/report-value.ts'
import { spendMinor } from '../../core/spend.ts'
import { iso } from '../member-view.ts'
import type { Refusal } from '../ports.ts'
import { monthOfQuarter, movements } from './liability.ts'
import { lastDayOf, monthsOf, type Span } from './period.ts'
import type { ReportContext } from './report-context.ts'
import type { PartnerLine, PartnerMonth, PartnersReport } from './shapes.ts'
import { type OnProgress, slicesById } from './slices.ts'

const SLICE = 1_000
const PARTNER_ACCOUNT = 'partner/'

interface Counts {
  purchases: number
  spend: number
  issued: number
  redeemed: number
}

interface Tally {
  months: Map<string, Counts>
  pending: number
}

class Tallies {
  readonly all = new Map<string, Tally>()

  of(partner: string): Tally {
    const tally = this.all.get(partner) ?? { months: new Map(), pending: 0 }
    this.all.set(partner, tally)
    return tally
  }

  add(partner: string, month: string, part: keyof Counts, amount: number): void {
    const { months } = this.of(partner)
    const counts = months.get(month) ?? { purchases: 0, spend: 0, issued: 0, redeemed: 0 }
    months.set(month, counts)
    counts[part] += amount
  }
}

export async function reportPartners(
  context: ReportContext,
  span: Span,
  onProgress?: OnProgress,
): Promise<PartnersReport | Refusal> {
  const { program, zone, now } = context
  const months = monthsOf(span, now, zone)
  if ('ok' in months) return months
  const tallies = new Tallies()
  for (const { id } of program.partners) tallies.of(id)
  await readIssued(context, tallies, onProgress)
  // Without a partner there is nothing more to be found.
  if (tallies.all.size > 0 || context.history.some(({ version }) => context.programOf(version).partners.length > 0)) {
    await readRedeemed(context, tallies)
    await readPurchases(context, tallies)
    await readPending(context, tallies)
  }
  const listed = monthsFrom(months.from, months.to)
  return {
    report: 'partners',
    at: iso(now),
    currency: program.currency,
    timezone: zone,
    from: `${months.from}-01`,
    to: lastDayOf(months.to),
    empty: tallies.all.size === 0,
    partners: [...tallies.all].map(([id, tally]) => lineOf(context, id, tally, listed)),
    how: HOW,
  }
}

const HOW = [
  'Months are those in which it was recorded, in the program’s time zone: a closed month never changes, and what is taken back later counts in the month in which it was.',
  'Purchases and spend are what members bought there, net of tax, shipping and tip, before refunds.',
  'Issued are points that came from the partner’s account, less those that went back to it. Redeemed are points for rewards redeemed there, less rewards that were cancelled or lapsed after they were issued.',
  'The partner pays for points issued and is paid for points redeemed, at the prices of the program in force. Pending are points issued there that cannot be used yet.',
]

async function readIssued({ store, zone }: ReportContext, tallies: Tallies, onProgress?: OnProgress): Promise<void> {
  for await (const { quarter, source, target, points } of movements(store, onProgress))
    for (const [account, other] of [
      [source, target],
      [target, source],
    ] as const) {
      if (!account.startsWith(PARTNER_ACCOUNT) || account === other) continue
      const flows = noFlows()
      addFlow(flows, source, target, points)
      const net = account === source ? flows.issued : -flows.reversed
      tallies.add(account.slice(PARTNER_ACCOUNT.length), monthOfQuarter(quarter, zone), 'issued', net)
    }
}

async function readRedeemed({ store, zone }: ReportContext, tallies: Tallies): Promise<void> {
  for await (const redemptions of slicesById(store.redemptionsAfter, SLICE))
    for (const { partner, charge, cost, issuedAt, endedAt, state } of redemptions) {
      if (partner === null || charge !== 'member' || issuedAt === null) continue
      tallies.add(partner, monthOf(issuedAt, zone), 'redeemed', cost)
      const lapsed = state === 'cancelled' || state === 'expired'
      if (lapsed && endedAt !== null) tallies.add(partner, monthOf(endedAt, zone), 'redeemed', -cost)
    }
}

async function readPurchases(context: ReportContext, tallies: Tallies): Promise<void> {
  const byAccount = new Map<string, string>()
  for (const { version } of context.history)
    for (const { id, stripeAccount } of context.programOf(version).partners) byAccount.set(stripeAccount, id)
  for await (const payments of slicesById(context.store.paymentsAfter, SLICE / 2))
    for (const { member, parts, counted, seenAt } of payments) {
      const partner = parts.account === null ? undefined : byAccount.get(parts.account)
      if (partner === undefined || member === null || counted.at === null) continue
      // They count for nothing of the merchant's own; refunds come in months of their own, and are in the points.
      const paid = { ...derivePayment(parts), refundedMinor: 0 }
      const month = monthOf(seenAt, context.zone)
      tallies.add(partner, month, 'purchases', 1)
      tallies.add(partner, month, 'spend', spendMinor(context.program, paid))
    }
}

async function readPending({ store }: ReportContext, tallies: Tallies): Promise<void> {
  for await (const lots of slicesById(store.lotsAfter, SLICE))
    for (const { rule, state, remaining } of lots)
      if (state === 'pending' && rule.startsWith(PARTNER_RULE))
        tallies.of(rule.slice(PARTNER_RULE.length)).pending += remaining
}

function lineOf({ program }: ReportContext, id: string, tally: Tally, months: readonly string[]): PartnerLine {
  const partner = program.partners.find((one) => one.id === id)
  const settle = (counts: Counts): Omit<PartnerMonth, 'month'> => {
    const { purchases, spend, issued, redeemed } = counts
    if (partner === undefined)
      return { purchases, spend, issued, redeemed, owedByPartner: null, owedToPartner: null, net: null }
    const owedByPartner = pointsValue(issued, partner.settlement.issued, program.currency)
    const owedToPartner = pointsValue(redeemed, partner.settlement.redeemed, program.currency)
    return { purchases, spend, issued, redeemed, owedByPartner, owedToPartner, net: owedByPartner - owedToPartner }
  }
  const none: Counts = { purchases: 0, spend: 0, issued: 0, redeemed: 0 }
  const lines = months.map((month) => ({ month, ...settle(tally.months.get(month) ?? none) }))
  // Months are what is invoiced: the total is theirs, not rounded anew.
  const sum = (part: 'purchases' | 'spend' | 'issued' | 'redeemed'): number =>
    lines.reduce((total, line) => total + line[part], 0)
  const money = (part: 'owedByPartner' | 'owedToPartner' | 'net'): number | null =>
    partner === undefined ? null : lines.reduce((total, line) => total + (line[part] ?? 0), 0)
  return {
    id,
    name: partner?.name ?? id,
    listed: partner !== undefined,
    pending: tally.pending,
    months: lines,
    total: {
      purchases: sum('purchases'),
      spend: sum('spend'),
      issued: sum('issued'),
      redeemed: sum('redeemed'),
      owedByPartner: money('owedByPartner'),
      owedToPartner: money('owedToPartner'),
      net: money('net'),
    },
  }
}
