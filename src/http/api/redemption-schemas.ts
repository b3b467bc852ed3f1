// What the API accepts and answers about rewards on their way to members.
import { z } from '@hono/zod-openapi'
import type { MemberRewardsView, Page, RedemptionView } from '../../app/ports.ts'
import { REDEMPTION_REFUSALS } from '../../core/redemption-checks.ts'
import { PAGE_LIMITS } from '../limits.ts'
import { cursor, limit, reference, text } from './input.ts'

const NOTE_LIMIT = 500
const REWARD_LIMIT = 100

export const newRedemption = z
  .strictObject({
    reward: text(REWARD_LIMIT).openapi({ example: 'five-off', description: 'Its id in the program.' }),
    charge: z
      .enum(['member', 'house'])
      .optional()
      .openapi({ description: 'member (default): for the member’s points. house: a present.' }),
    reason: text(NOTE_LIMIT).nullish().openapi({ description: 'Why, in your words. Erased with the member.' }),
    note: text(NOTE_LIMIT).nullish().openapi({ description: 'Whatever else is to be noted. Erased with the member.' }),
    partner: text(REWARD_LIMIT).nullish().openapi({ description: 'The partner where it is redeemed.' }),
  })
  .openapi('NewRedemption')

export const step = z
  .strictObject({ reason: text(NOTE_LIMIT).nullish().openapi({ description: 'Noted beside it.' }) })
  .openapi('RedemptionStep')

export const redemptionParams = z.object({ id: reference.openapi({ description: 'The id of the redemption.' }) })

const states = ['reserved', 'awaiting_approval', 'issued', 'used', 'expired', 'cancelled'] as const
const page = { limit: limit(25, PAGE_LIMITS.redemptions), cursor }
export const redemptionQuery = z.strictObject({ state: z.enum(states).optional(), ...page })
export const memberRedemptionQuery = z.strictObject(page)

const time = () => z.string().openapi({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
const kind = z.enum(['promotion_code', 'credit', 'manual', 'donation'])

export const redemption = z
  .object({
    id: z.string(),
    reward: z.string(),
    state: z.enum(states),
    cost: z.int().openapi({ description: 'Points it cost the member; 0 for a present.' }),
    code: z.string().optional().openapi({ description: 'What the member enters at checkout, once it works.' }),
    expiresAt: time().optional(),
    member: z.string(),
    name: z.string(),
    kind,
    instructions: z.string().nullable().openapi({ description: 'What staff do to hand it over.' }),
    charge: z.enum(['member', 'house']),
    value: z.int().openapi({ description: 'What it is worth in points, whoever pays.' }),
    points: z.int().openapi({ description: 'The member’s points that are in it now.' }),
    createdAt: time(),
    issuedAt: time().nullable(),
    endedAt: time().nullable(),
    isEnding: z.boolean().openapi({ description: 'It is cancelled as soon as its code has ended at Stripe.' }),
    reason: z.string().nullable().openapi({ description: 'Why it was cancelled or refused.' }),
    isRefused: z.boolean().openapi({ description: 'Stripe would not make it: points and stock are back.' }),
    usedBy: z.string().nullable().openapi({ description: 'The payment that its code was used on.' }),
    again: z.string().nullable().openapi({ description: 'The redemption that it replaces after a full refund.' }),
    grant: z.string().nullable().openapi({ description: 'The award that gave it.' }),
    partner: z.string().nullable(),
    requestedBy: z.string(),
    decidedBy: z.string().nullable(),
    decision: z
      .object({ verdict: z.enum(['approved', 'rejected']), at: time(), why: z.string().nullable() })
      .nullable()
      .openapi({ description: 'What was decided where somebody had to be asked; `why` is erased with the member.' }),
    note: z.string().nullable(),
  })
  .openapi('Redemption')

type Presented = z.output<typeof redemption>

const next = z.string().nullable().openapi({ description: 'The cursor of the next page; null on the last.' })
export const redemptionPage = z.object({ redemptions: z.array(redemption), next })

export const rewards = z.object({
  rewards: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      cost: z.int(),
      left: z.int().nullable().openapi({ description: 'Of its stock; null: as many as wanted.' }),
      open: z.boolean().openapi({ description: 'Whether it can be had now.' }),
    }),
  ),
})

export const memberRewards = z.object({
  available: z.int().openapi({ description: 'The member’s points.' }),
  rewards: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      cost: z.int(),
      kind,
      left: z.int().nullable(),
      available: z.boolean().openapi({ description: 'Whether this member may have it now.' }),
      refusal: z
        .object({
          code: z.enum(REDEMPTION_REFUSALS),
          message: z.string().openapi({ description: 'A sentence for the member.' }),
          until: time().nullable(),
        })
        .nullable(),
      balanceAfter: z.int().nullable(),
    }),
  ),
}) satisfies z.ZodType<MemberRewardsView>

/** The code and its end are left out while there are none. */
export const presentRedemption = (view: RedemptionView): Presented => ({
  id: view.id,
  reward: view.reward,
  state: view.state,
  cost: view.cost,
  ...(view.code !== null && { code: view.code }),
  ...(view.expiresAt !== null && { expiresAt: view.expiresAt }),
  member: view.member,
  name: view.name,
  kind: view.kind,
  instructions: view.instructions,
  charge: view.charge,
  value: view.value,
  points: view.points,
  createdAt: view.createdAt,
  issuedAt: view.issuedAt,
  endedAt: view.endedAt,
  isEnding: view.isEnding,
  reason: view.reason,
  isRefused: view.isRefused,
  usedBy: view.usedBy,
  again: view.again,
  grant: view.grant,
  partner: view.partner,
  requestedBy: view.requestedBy,
  decidedBy: view.decidedBy,
  decision: view.decision,
  note: view.note,
})

export const presentRedemptions = ({ items, next }: Page<RedemptionView>) => ({
  redemptions: items.map(presentRedemption),
  next,
})

export const presentMemberRewards = ({ available, rewards }: MemberRewardsView) => ({
  available,
  rewards: rewards.map(({ id, name, cost, kind, left, available, refusal, balanceAfter }) => ({
    id,
    name,
    cost,
    kind,
    left,
    available,
    refusal: refusal && { code: refusal.code, message: refusal.message, until: refusal.until },
    balanceAfter,
  })),
})
