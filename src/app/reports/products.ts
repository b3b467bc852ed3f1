/** What members buy, by the tier and the segment that they were in: as far as an order's items are known. */
import { keptPieces, shareOut } from '../../core/report-value.ts'
import type { Payment } from '../../core/state.ts'
import { tierAt } from '../../core/tiers.ts'
import { iso } from '../member-view.ts'
import type { Span } from './period.ts'
import type { ReportContext } from './report-context.ts'
import type { ProductLine, ProductPart, ProductsReport } from './shapes.ts'
import { type OnProgress, slicesById } from './slices.ts'

const PAYMENTS_IN_SLICE = 500
/** So many are listed; the rest is summed up. */
export const LISTED_LIMIT = 500

interface Tally extends ProductPart {
  byTier: Map<string | null, ProductPart>
  bySegment: Map<string | null, ProductPart>
}

const nothing = (): ProductPart => ({ purchases: 0, pieces: 0, amount: 0 })

function add(part: ProductPart, pieces: number, amount: number, isFirst: boolean): void {
  part.purchases += isFirst ? 1 : 0
  part.pieces += pieces
  part.amount += amount
}

function partOf<Key>(parts: Map<Key, ProductPart>, key: Key): ProductPart {
  const part = parts.get(key) ?? nothing()
  parts.set(key, part)
  return part
}

export async function reportProducts(
  context: ReportContext,
  span: Span,
  onProgress?: OnProgress,
): Promise<ProductsReport> {
  const { store, program, zone, now } = context
  const tallies = new Map<string | null, Tally>()
  const coverage = { purchases: 0, spend: 0, knownPurchases: 0, known: 0 }
  const total = (await store.stats()).payments
  let done = 0
  for await (const payments of slicesById(store.paymentsAfter, PAYMENTS_IN_SLICE)) {
    for (const payment of payments) {
      const { at, purchases } = payment.counted
      if (payment.member === null || at === null || purchases === 0 || at < span.fromMs || at >= span.toMs) continue
      addPayment(tallies, coverage, payment, at)
    }
    done += payments.length
    onProgress?.(done, Math.max(done, total))
  }
  const lines = [...tallies].map(([product, tally]) => lineOf(context, product, tally)).sort(mostFirst)
  const rest = lines.slice(LISTED_LIMIT)
  return {
    report: 'products',
    at: iso(now),
    currency: program.currency,
    timezone: zone,
    from: span.from,
    to: span.to,
    empty: coverage.purchases === 0,
    products: lines.slice(0, LISTED_LIMIT),
    others: rest.length === 0 ? null : { products: rest.length, ...rest.reduce(addUp, nothing()) },
    coverage: { ...coverage, share: coverage.spend === 0 ? null : coverage.known / coverage.spend },
    how: HOW,
  }
}

const HOW = [
  'Purchases of members and candidates of which something is kept, by the day of the money. The amount of a product is its part of what was spent net of tax, shipping, tip and refunds, by the prices of the order’s lines.',
  'Tier and segment are those that the member had when they bought. Pieces are lessened by refunds in proportion, to the nearest.',
  'Only orders whose items are known can be told apart: the coverage says how much of the spend that is.',
]

function addPayment(
  tallies: Map<string | null, Tally>,
  coverage: { purchases: number; spend: number; knownPurchases: number; known: number },
  payment: Payment,
  at: number,
): void {
  const { counted, frozen, parts } = payment
  coverage.purchases++
  coverage.spend += counted.spendMinor
  const lines = parts.items?.list ?? []
  if (lines.length === 0) return
  coverage.knownPurchases++
  coverage.known += counted.spendMinor
  const amounts = shareOut(
    counted.spendMinor,
    lines.map(({ amountMinor }) => Math.max(0, amountMinor)),
  )
  const tier = frozen === null ? null : tierAt(frozen.tiers, at)
  const seen = new Set<string | null>()
  lines.forEach(({ product, quantity }, n) => {
    const tally = tallies.get(product) ?? { ...nothing(), byTier: new Map(), bySegment: new Map() }
    tallies.set(product, tally)
    const pieces = keptPieces(quantity, counted.paidMinor, counted.refundedMinor)
    for (const part of [tally, partOf(tally.byTier, tier), partOf(tally.bySegment, frozen?.segment ?? null)])
      add(part, pieces, amounts[n] ?? 0, !seen.has(product))
    seen.add(product)
  })
}

const mostFirst = (a: ProductPart & { product: string | null }, b: typeof a): number =>
  b.amount - a.amount || b.pieces - a.pieces || ((a.product ?? '') < (b.product ?? '') ? -1 : 1)

const addUp = (sum: ProductPart, { purchases, pieces, amount }: ProductPart): ProductPart => ({
  purchases: sum.purchases + purchases,
  pieces: sum.pieces + pieces,
  amount: sum.amount + amount,
})

function lineOf({ program }: ReportContext, product: string | null, tally: Tally): ProductLine {
  const { purchases, pieces, amount, byTier, bySegment } = tally
  const nameOf = (tier: string | null): string =>
    tier === null ? 'none' : (program.tiers?.levels.find(({ id }) => id === tier)?.name ?? tier)
  const byAmount = (a: ProductPart, b: ProductPart): number => b.amount - a.amount || b.pieces - a.pieces
  return {
    product,
    purchases,
    pieces,
    amount,
    byTier: [...byTier].map(([tier, part]) => ({ tier, name: nameOf(tier), ...part })).sort(byAmount),
    bySegment: [...bySegment].map(([segment, part]) => ({ segment, ...part })).sort(byAmount),
  }
}
