/** Redemptions as the outside sees them: one, a page of all, a member's. */
import { isLapsed, pointsIn } from '../core/redemptions.ts'
import type { Redemption } from '../core/reward-state.ts'
import { findReward, type RewardTerms } from '../core/reward-terms.ts'
import { publicId } from './award-id.ts'
import { type Context, done, findMember, noMember, refuse } from './context.ts'
import { iso } from './member-view.ts'
import type { App, Page, RedemptionView, Result } from './ports.ts'
import { eachOf } from './reading.ts'
import type { Tx } from './store-port.ts'

const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at))

/** A code is for nobody's eyes before it works, and what has lapsed is shown so though it is not written down yet. */
export function viewRedemption(redemption: Redemption, { reward }: RewardTerms, now: number): RedemptionView {
  const lapsed = isLapsed(redemption, now) && redemption.cancelling === null
  const isOrdered = redemption.issuedAt !== null
  return {
    id: redemption.id,
    member: redemption.member,
    reward: redemption.reward,
    name: reward.name,
    kind: reward.fulfil.kind,
    instructions: reward.fulfil.kind === 'manual' ? reward.fulfil.instructions : null,
    state: lapsed ? 'expired' : redemption.state,
    charge: redemption.charge,
    cost: redemption.cost,
    value: redemption.value,
    points: pointsIn(redemption.taken),
    code: isOrdered ? redemption.code : null,
    expiresAt: isOrdered ? isoOrNull(redemption.expiresAt) : null,
    createdAt: iso(redemption.createdAt),
    issuedAt: isoOrNull(redemption.issuedAt),
    endedAt: isoOrNull(lapsed ? redemption.expiresAt : redemption.endedAt),
    isEnding: redemption.cancelling !== null,
    reason: redemption.reason ?? redemption.cancelling,
    isRefused: redemption.isRefused,
    usedBy: redemption.usedBy,
    again: redemption.again,
    grant: redemption.grant && publicId(redemption.grant),
    partner: redemption.partner,
    requestedBy: redemption.requestedBy,
    decidedBy: redemption.decidedBy,
    decision: redemption.decision && { ...redemption.decision, at: iso(redemption.decision.at) },
    note: redemption.note,
    why: redemption.why ?? null,
  }
}

export function viewStored(context: Context, tx: Tx, redemption: Redemption): RedemptionView {
  const program = context.programsIn(tx).byVersion(redemption.program)
  const reward = findReward(program, redemption.reward)
  if (reward === null) throw new Error(`program ${redemption.program} has no reward ${redemption.reward}`)
  return viewRedemption(redemption, { program, reward }, context.clock.now())
}

export function getRedemption(context: Context, id: string): Promise<Result<RedemptionView>> {
  return context.read((tx) => {
    const redemption = tx.redemptions([id]).get(id)
    return redemption === undefined
      ? refuse('not_found', 'There is no such redemption')
      : done(viewStored(context, tx, redemption))
  })
}

// -------------------------------------------------------------------------------------------------------------- pages

type Before = readonly [createdAt: number, id: string]

const CURSOR = /^(\d{1,16})\.([\w-]{1,100})$/

/** Null: none was given; undefined: it is none of ours. */
export function readCursor(cursor: string | undefined): Before | null | undefined {
  if (cursor === undefined) return null
  const [, createdAt, id] = CURSOR.exec(cursor) ?? []
  return createdAt === undefined || id === undefined ? undefined : [Number(createdAt), id]
}

const badCursor = () => refuse('invalid_request', 'The cursor is not one of ours')

/** `rows`: one more than the limit where there are more. */
function pageOf(context: Context, tx: Tx, rows: readonly Redemption[], limit: number): Page<RedemptionView> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? `${last.createdAt}.${last.id}` : null
  return { items: eachOf(shown, (redemption) => viewStored(context, tx, redemption)), next }
}

export async function listRedemptions(
  context: Context,
  { state, limit, cursor }: Parameters<App['listRedemptions']>[0],
): Promise<Result<Page<RedemptionView>>> {
  const before = readCursor(cursor)
  if (before === undefined) return badCursor()
  const rows = await context.store.redemptionsPage({ state: state ?? null, limit: limit + 1, before })
  return done(await context.read((tx) => pageOf(context, tx, rows, limit)))
}

export async function memberRedemptions(
  context: Context,
  ref: string,
  { limit, cursor }: Parameters<App['memberRedemptions']>[1],
): Promise<Result<Page<RedemptionView>>> {
  const before = readCursor(cursor)
  if (before === undefined) return badCursor()
  return context.read((tx) => {
    const member = findMember(tx, ref)
    if (member === null) return noMember()
    const newestFirst = tx.redemptionsOf(member.id).reverse()
    const rows = newestFirst.filter((one) => before === null || isBefore(one, before))
    return done(pageOf(context, tx, rows.slice(0, limit + 1), limit))
  })
}

const isBefore = ({ createdAt, id }: Redemption, [at, last]: Before): boolean =>
  createdAt < at || (createdAt === at && id < last)

/** For the member's own copy of all that is kept. */
export const redemptionsFor = (context: Context, tx: Tx, member: string): RedemptionView[] =>
  tx.redemptionsOf(member).map((redemption) => viewStored(context, tx, redemption))
