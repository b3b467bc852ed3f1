// What the API answers: the schemas that the document shows, held to the ports' types by the compiler.
import { z } from '@hono/zod-openapi'
import type { AwardView, EntryView, FeedbackView, MemberView, RetentionView, TierView } from '../../app/ports.ts'
import { PROBLEMS, type ProblemCode } from '../problems.ts'

const time = () => z.string().openapi({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
const points = () => z.int()
const named = z.object({ id: z.string(), name: z.string() })

const challenge = z.object({
  id: z.string(),
  name: z.string(),
  progress: z.number().openapi({ description: 'Towards the next time it is met.' }),
  goal: z.number(),
  met: z.int().openapi({ description: 'How often it was met.' }),
})

const amount = z.object({ amount: z.int(), currency: z.string() })

const outlook = z
  .object({
    rfm: z
      .string()
      .nullable()
      .openapi({ description: 'From 1 to 5: how recently, how often, how much.', example: '543' }),
    isEstimate: z
      .boolean()
      .openapi({ description: 'By a plain rule, in part at least: there are too few to learn from their habits.' }),
    probabilityAlive: z.number().openapi({ description: 'That they are still a customer, from 0 to 1.' }),
    expectedPurchases30Days: z.number(),
    expectedPurchases90Days: z.number(),
    expectedPurchases365Days: z.number(),
    buysWithin90Days: z.number().openapi({ description: 'That they buy at all within 90 days, from 0 to 1.' }),
    lifetimeValue: amount.openapi({ description: 'Still to come, discounted, in minor units.' }),
    risk: z.enum(['low', 'medium', 'high']),
    usualDays: z.number().nullable().openapi({ description: 'Between their purchases, usually.' }),
    subscription: z
      .object({
        monthly: amount,
        since: time(),
        renewalProbability: z.number().openapi({ description: 'That the next month is paid, from 0 to 1.' }),
      })
      .nullable(),
  })
  .openapi('Retention') satisfies z.ZodType<RetentionView>

const feedback = z
  .object({
    id: z.string(),
    at: time(),
    scale: z.enum(['nps', 'stars']).openapi({ description: 'nps: from 0 to 10; stars: from 1 to 5.' }),
    score: z.int(),
    text: z.string().nullable(),
  })
  .openapi('Feedback') satisfies z.ZodType<FeedbackView>

export const member = z
  .object({
    id: z.string(),
    email: z.string().nullable(),
    name: z.string().nullable(),
    phone: z.string().nullable(),
    birthday: z.string().nullable(),
    language: z.string().nullable(),
    status: z.enum(['active', 'candidate', 'left', 'suspended', 'erased']),
    enrolledAt: time().nullable(),
    points: z.object({
      available: points(),
      pending: points(),
      reserved: points(),
      earned: points().openapi({ description: 'Pending included, net of reversals.' }),
      redeemed: points(),
      expired: points(),
      nextExpiry: z.object({ points: points(), at: time() }).nullable(),
    }),
    tier: z
      .object({
        id: z.string(),
        name: z.string(),
        since: time(),
        until: time().nullable(),
        next: named.extend({ remaining: z.number(), by: time().nullable() }).nullable(),
      })
      .nullable(),
    perks: z.array(named),
    spend: z
      .object({ total: z.int(), last12Months: z.int(), currency: z.string() })
      .openapi({ description: 'In minor units, net of tax, shipping, tip and refunds.' }),
    purchases: z.int(),
    lastPurchaseAt: time().nullable(),
    segment: z.string().nullable(),
    badges: z.array(named),
    challenges: z.array(challenge),
    referralCode: z.string(),
    autoRedeem: z.string().nullable().openapi({ description: 'The reward they chose to be issued by itself.' }),
    retention: outlook
      .nullable()
      .openapi({ description: 'What can be expected of them; null for whoever never bought.' }),
    feedback: z.array(feedback).openapi({ description: 'What they said of the shop, the newest first; a few.' }),
    stripeCustomers: z.array(z.string()),
  })
  .openapi('Member') satisfies z.ZodType<MemberView>

export const entry = z
  .object({
    seq: z.int(),
    at: time().openapi({ description: 'When it counts.' }),
    recordedAt: time().openapi({ description: 'When it was learnt.' }),
    kind: z.string(),
    points: points().openapi({ description: 'The signed change of available and pending points.' }),
    balance: points().openapi({ description: 'What was available after it.' }),
    code: z.string(),
    reason: z.string().openapi({ description: 'A sentence to read out to the member.' }),
    source: z.string(),
    actor: z.string(),
    note: z.string().nullable(),
  })
  .openapi('Entry') satisfies z.ZodType<EntryView>

const awardParts = z.object({
  points: points(),
  reward: z.string().nullable(),
  badge: z.string().nullable(),
  cause: z.string().nullable(),
})
export const award = z
  .object({
    id: z.string(),
    occasion: z.string(),
    rule: z.string().openapi({ description: 'The rule, challenge, level or campaign that gave it.' }),
    subject: z.string().openapi({ description: 'An action’s name, the year of a birthday.' }),
    at: time(),
    recordedAt: time(),
    state: z.enum(['given', 'open', 'withdrawn']).openapi({ description: 'open: the member may choose.' }),
    points: points().openapi({ description: 'Points given of it now.' }),
    award: awardParts,
    options: z.array(awardParts).openapi({ description: 'What can be chosen, by its number from 0.' }),
    chosen: z.int().nullable(),
  })
  .openapi('Award') satisfies z.ZodType<AwardView>

export const heldTiers = z.object({
  tiers: z.array(
    z
      .object({
        tier: z.string(),
        name: z.string(),
        since: time(),
        until: time().nullable(),
        reason: z.string().openapi({ description: 'A sentence to read out to the member.' }),
      })
      .openapi('HeldTier') satisfies z.ZodType<TierView>,
  ),
})

const next = z.string().nullable().openapi({ description: 'The cursor of the next page; null on the last.' })
export const awardPage = z.object({ awards: z.array(award), next })
export const memberPage = z.object({ members: z.array(member), next })
export const entryPage = z.object({ entries: z.array(entry), next })

export const inboxEvent = z
  .object({
    id: z.string(),
    type: z.string(),
    state: z.enum(['parked', 'retried']),
    reason: z.string(),
    receivedAt: time(),
    eventAt: time(),
    tries: z.int(),
  })
  .openapi('ParkedEvent')
export const inboxPage = z.object({ events: z.array(inboxEvent), next })
export const retried = z.object({ outcome: z.enum(['recorded', 'duplicate', 'ignored', 'parked']) })

export const delivery = z
  .object({
    id: z.int(),
    kind: z.string(),
    key: z.string(),
    payload: z.unknown(),
    revision: z.int(),
    tries: z.int(),
    state: z.enum(['waiting', 'parked']),
    reason: z.string().nullable(),
    dueAt: time(),
    createdAt: time(),
  })
  .openapi('Delivery')
export const outboxPage = z.object({ deliveries: z.array(delivery), next })

export const programInForce = z.object({
  program: z.record(z.string(), z.unknown()),
  version: z.string(),
  since: time(),
})
export const erased = z.object({ id: z.string() })
export const exported = z.record(z.string(), z.unknown()).openapi({ description: 'All that is kept of the member.' })

const codes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]
export const problemDetails = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(codes),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem')
