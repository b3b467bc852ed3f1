/**
 * Holds the vendor's list of payments against ours: what matches, what is missing, what has another amount. With `fix`
 * what differs is learnt, and what differs even then is told. What no event said is thus found all the same.
 */
import type { PaymentFact } from '../core/facts.ts'
import type { App, PaymentBrief } from './ports.ts'

/** A payment as the vendor has it; `fact` is all of it. */
export interface HistoryPayment {
  names: string[]
  amountMinor: number
  refundedMinor: number
  currency: string | null
  at: number
  livemode: boolean | null
  fact: PaymentFact
}

export interface PaymentHistory {
  /** Payments whose money came in the span, a day at a time, oldest first. */
  payments(fromMs: number, toMs: number, onRequest?: () => void): AsyncIterable<HistoryPayment>
  /** The same in parts, each read when it is asked for: of the same span the same ones, in the same order. */
  slices(fromMs: number, toMs: number): readonly PaymentSlice[]
}

export interface PaymentSlice {
  payments(): AsyncIterable<HistoryPayment>
}

interface Sums {
  paidMinor: number
  refundedMinor: number
  currency: string | null
}

export interface Difference {
  kind: 'missing' | 'other_amount'
  /** The charge's id where it has one. */
  id: string
  at: number
  theirs: Sums
  /** Null when it is missing. */
  ours: Sums | null
  /** It was learnt, and now matches. */
  fixed: boolean
}

export interface ReconcileReport {
  payments: number
  matched: number
  differences: Difference[]
  /** Differences that are not in the list any more, for its length. */
  unlisted: number
  /** Differences that remain. */
  remaining: number
}

export interface ReconcileOptions {
  /** The span, its end exclusive. */
  from: number
  to: number
  fix: boolean
}

type ReconcilingApp = Pick<App, 'findPayments' | 'learnFacts'>

const BATCH = 100
/** So many differences are listed; more than that is one cause, not many. */
const LISTED_LIMIT = 10_000

/** @param onProgress is told how many payments were compared, and the time that was reached. */
export async function reconcile(
  app: ReconcilingApp,
  history: Pick<PaymentHistory, 'payments'>,
  { from, to, fix }: ReconcileOptions,
  onProgress?: (payments: number, at: number) => void,
): Promise<ReconcileReport> {
  const report = emptyReport()
  let batch: HistoryPayment[] = []
  const finish = async () => {
    await compareBatch(app, batch, fix, report)
    const last = batch.at(-1)
    batch = []
    if (last !== undefined) onProgress?.(report.payments, last.at)
  }
  for await (const payment of history.payments(from, to)) {
    batch.push(payment)
    if (batch.length === BATCH) await finish()
  }
  await finish()
  return report
}

const emptyReport = (): ReconcileReport => ({ payments: 0, matched: 0, differences: [], unlisted: 0, remaining: 0 })

/** A few payments, which are learnt where they differ. */
export async function learnMissing(app: ReconcilingApp, payments: readonly HistoryPayment[]): Promise<ReconcileReport> {
  const report = emptyReport()
  await compareBatch(app, payments, true, report)
  return report
}

async function compareBatch(
  app: ReconcilingApp,
  batch: readonly HistoryPayment[],
  fix: boolean,
  report: ReconcileReport,
): Promise<void> {
  if (batch.length === 0) return
  const known = await app.findPayments(batch.flatMap(({ names }) => names))
  for (const payment of batch) {
    report.payments++
    const difference = compare(payment, findIn(known, payment))
    if (difference === null) report.matched++
    else note(report, fix ? await fixed(app, payment, difference) : difference)
  }
}

function note(report: ReconcileReport, difference: Difference): void {
  if (!difference.fixed) report.remaining++
  if (report.differences.length < LISTED_LIMIT) report.differences.push(difference)
  else report.unlisted++
}

const findIn = (known: ReadonlyMap<string, PaymentBrief>, { names }: HistoryPayment): PaymentBrief | null => {
  const name = names.find((one) => known.has(one))
  return name === undefined ? null : (known.get(name) ?? null)
}

const chargeOf = ({ names }: HistoryPayment): string =>
  names.find((name) => /^(?:ch|py)_/.test(name)) ?? names[0] ?? 'unknown'

function compare(payment: HistoryPayment, ours: PaymentBrief | null): Difference | null {
  const { amountMinor: paidMinor, refundedMinor, currency, at } = payment
  const theirs = { paidMinor, refundedMinor, currency }
  const about = { id: chargeOf(payment), at, theirs, fixed: false }
  if (ours === null) return { kind: 'missing', ours, ...about }
  const isSame = ours.paidMinor === paidMinor && ours.refundedMinor === refundedMinor && ours.currency === currency
  if (isSame) return null
  const sums = { paidMinor: ours.paidMinor, refundedMinor: ours.refundedMinor, currency: ours.currency }
  return { kind: 'other_amount', ours: sums, ...about }
}

async function fixed(app: ReconcilingApp, payment: HistoryPayment, difference: Difference): Promise<Difference> {
  const { livemode, fact, names } = payment
  await app.learnFacts({ source: `stripe:${difference.id}`, livemode, facts: [fact], lookups: [] })
  const known = await app.findPayments(names)
  return { ...difference, fixed: compare(payment, findIn(known, payment)) === null }
}
