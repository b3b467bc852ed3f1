/**
 * Judges a slice of members. Most nights change little, and only what changed is written, some members to a commit. Whoever
 * changed since the slice was read is judged again in the commit, so that nothing is written that is not so any more.
 */
import type { Alert } from '../core/alert-state.ts'
import { localDay } from '../core/calendar.ts'
import type { SubscriptionFact } from '../core/facts.ts'
import type { Lot, Member } from '../core/state.ts'
import { followAlerts } from './alerts/follow-alerts.ts'
import { closeAlert, openAlert } from './alerts/open.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import { type Dossier, isJudged, type Judged, judgeDossier, mayLosePoints, type Shop } from './look-ahead-member.ts'
import { CLOCK_ORIGIN, type Look, type LookResults } from './look-ahead-run.ts'
import { StoreUnavailable } from './ports.ts'
import type { MemberPurchases, StoredOutlook } from './store-port.ts'

/** Members written in one commit, which should hold nobody up. */
const UNIT = 100

export interface JudgedSlice extends LookResults {
  /** The number of the last member of the slice. */
  after: number
  isLast: boolean
}

/** A member with what was found out about them. */
interface Case {
  dossier: Dossier
  judged: Judged
}

export async function judgeSlice(
  context: Context,
  { after, sinceDay, sinceAt }: Look,
  limit: number,
): Promise<JudgedSlice> {
  const { store, clock, programs, retention } = context
  const program = programs.current
  const now = clock.now()
  const shop: Shop = {
    program,
    knowledge: retention.current(),
    now,
    today: localDay(now, program.timezone),
    sinceDay,
    sinceAt,
  }
  const rows = await store.membersWithPurchases({ after, limit })
  const wanted = rows.filter(({ member }) => isJudged(member))
  const dossiers = await readDossiers(context, wanted, shop)
  const judging = new Judging(context, shop)
  const cases = dossiers.flatMap((dossier) => judging.judge(dossier) ?? [])
  const changed = cases.filter(hasNews)
  // First, since what is news follows from what was known of them. Reads of their own, so one member at a time.
  for (const one of cases) if (hasNotice(one)) await judging.tell(one)
  for (let first = 0; first < changed.length; first += UNIT) await judging.write(changed.slice(first, first + UNIT))
  return { ...judging.results, judged: wanted.length, after: rows.at(-1)?.n ?? after, isLast: rows.length < limit }
}

const hasNews = ({ dossier, judged: { segment, outlook } }: Case): boolean =>
  segment !== dossier.member.segment || outlook !== null

const hasNotice = ({ judged: { notice, isSettled } }: Case): boolean =>
  notice.drafts.length > 0 || notice.over.length > 0 || isSettled

// ------------------------------------------------------------------------------------------------- reading

/** All that is needed of some members, in a few reads. */
async function readDossiers(context: Context, rows: readonly MemberPurchases[], shop: Shop): Promise<Dossier[]> {
  const customers = rows.flatMap(({ member }) => Object.keys(member.customers))
  const watched = rows.flatMap(({ member }) => member.alerts)
  const losing = rows.filter(({ member }) => mayLosePoints(member, shop)).map(({ member }) => member.id)
  const lots = losing.length === 0 ? [] : await context.store.lotsOf(losing)
  const { subscriptions, alerts } = await context.read((tx) => ({
    subscriptions: customers.length === 0 ? [] : tx.subscriptionsOf(customers),
    alerts: watched.length === 0 ? new Map<string, Alert>() : tx.alerts(watched),
  }))
  const byCustomer = Map.groupBy(subscriptions, ({ customer }) => customer)
  const byMember = Map.groupBy(lots, ({ member }) => member)
  return rows.map(({ member, purchases, outlook }) => ({
    member,
    purchases,
    outlook,
    subscriptions: subscriptionsOf(member, byCustomer),
    alerts: member.alerts.flatMap((id) => alerts.get(id) ?? []),
    lots: byMember.get(member.id) ?? [],
  }))
}

const subscriptionsOf = (
  { customers }: Member,
  known: ReadonlyMap<string | null, SubscriptionFact[]>,
): SubscriptionFact[] => (known.size === 0 ? [] : Object.keys(customers).flatMap((one) => known.get(one) ?? []))

/** The same of one member, as the unit finds them. */
function readDossier({ tx }: Desk, member: Member, shop: Shop, outlook: StoredOutlook | null): Dossier {
  const customers = Object.keys(member.customers)
  const lots: Lot[] = mayLosePoints(member, shop) ? tx.lots(member.id).open() : []
  return {
    member,
    purchases: tx.purchasesOf(member.id),
    subscriptions: customers.length === 0 ? [] : tx.subscriptionsOf(customers),
    alerts: tx.alertsOf(member.id),
    lots,
    outlook,
  }
}

// ------------------------------------------------------------------------------------------------- writing

class Judging {
  readonly #context: Context
  readonly #shop: Shop
  readonly results = { opened: 0, closed: 0, failed: 0 }
  readonly #failed = new Set<string>()

  constructor(context: Context, shop: Shop) {
    this.#context = context
    this.#shop = shop
  }

  /** Null where a bug does not let it: that must not keep the others waiting. */
  judge(dossier: Dossier): Case | null {
    try {
      return { dossier, judged: judgeDossier(dossier, this.#shop) }
    } catch (error) {
      this.#note(dossier.member.id, error)
      return null
    }
  }

  /** Segments and outlooks of some members, in one commit; should it fail for one of them, each in its own. */
  async write(cases: readonly Case[]): Promise<void> {
    try {
      await this.#onDesk((desk) => writeNews(desk, cases, this.#shop))
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error
      const [only] = cases
      if (cases.length === 1 && only !== undefined) this.#note(only.dossier.member.id, error)
      else for (const one of cases) await this.write([one])
    }
  }

  async tell({ dossier: { member, outlook } }: Case): Promise<void> {
    try {
      const { opened, closed } = await this.#onDesk((desk) => writeAlerts(desk, member.id, outlook, this.#shop))
      this.results.opened += opened
      this.results.closed += closed
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error
      this.#note(member.id, error)
    }
  }

  #onDesk<Outcome>(work: (desk: Desk) => Outcome): Promise<Outcome> {
    return this.#context.onDesk(CLOCK_ORIGIN, work, this.#shop.now)
  }

  #note(member: string, error: unknown): void {
    if (!this.#failed.has(member)) this.results.failed++
    this.#failed.add(member)
    const reason = error instanceof Error ? error.stack : 'unknown'
    this.#context.logger.error('a member could not be judged', { member, error: reason })
  }
}

function writeNews(desk: Desk, cases: readonly Case[], shop: Shop): void {
  desk.load({ members: cases.map(({ dossier }) => dossier.member.id) })
  const outlooks: StoredOutlook[] = []
  for (const { dossier, judged: before } of cases) {
    const member = desk.member(dossier.member.id)
    if (member.id !== dossier.member.id || !isJudged(member)) continue
    const hasChanged = member.version !== dossier.member.version
    const { segment, outlook } = hasChanged
      ? judgeDossier(readDossier(desk, member, shop, dossier.outlook), shop)
      : before
    if (outlook !== null) outlooks.push(outlook)
    // Whoever changes is noted for delivery by that.
    if (segment !== member.segment) desk.change(member.id).segment = segment
    else if (outlook !== null && member.status !== 'candidate')
      desk.effect({ kind: 'hubspot.contact', key: member.id, payload: { member: member.id }, dueAt: null })
  }
  desk.changes.outlooks = outlooks
}

/** Judged again by what is known now, all their alerts included: what was read with the slice may be of the past. */
function writeAlerts(
  desk: Desk,
  id: string,
  outlook: StoredOutlook | null,
  shop: Shop,
): { opened: number; closed: number } {
  const member = desk.member(id)
  const results = { opened: 0, closed: 0 }
  if (member.id !== id || !isJudged(member)) return results
  const { notice } = judgeDossier(readDossier(desk, member, shop, outlook), shop)
  for (const draft of notice.drafts) if (openAlert(desk, id, draft) === 'opened') results.opened++
  for (const { alert: over, outcome } of notice.over) {
    const alert = desk.alerts.alert(over)
    if (alert !== null && closeAlert(desk, alert, outcome)) results.closed++
  }
  followAlerts(desk, id)
  return results
}
