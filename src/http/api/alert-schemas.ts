// What the API accepts and answers about alerts.
import { z } from '@hono/zod-openapi'
import type { AlertStepInput, AlertView, Page } from '../../app/ports.ts'
import { isPrincipal, principalOf } from '../../core/principal.ts'
import { PAGE_LIMITS } from '../limits.ts'
import { cursor, instant, limit, reference, text } from './input.ts'

const NOTE_LIMIT = 500
const KINDS = [
  'at_risk',
  'overdue',
  'tier_at_risk',
  'points_expiring',
  'payment_failed',
  'cancelling',
  'unhappy',
] as const
const STATES = ['open', 'snoozed', 'resolved'] as const
/** What staff may say of how it ended. */
const ENDS = ['helped', 'no_answer', 'not_needed', 'gone'] as const
const OUTCOMES = [...ENDS, 'came_back', 'passed', 'member_left'] as const

const PRINCIPAL_RULE = 'must be slack:<user id>, hubspot:<e-mail address> or api:<key name>'
const principal = text(300).overwrite(principalOf).refine(isPrincipal, { error: PRINCIPAL_RULE })

export const alertQuery = z.strictObject({
  state: z
    .enum(STATES)
    .optional()
    .openapi({ description: 'open (default): to be looked at now. snoozed: later. resolved: over.' }),
  kind: z.enum(KINDS).optional(),
  member: reference.optional().openapi({
    description: 'Of one member: an id, or email:…, stripe:cus_…, hubspot:….',
    example: 'email:ada@example.org',
  }),
  assignee: principal.optional().openapi({ description: 'Whose they are.', example: 'slack:U024BE7LH' }),
  limit: limit(25, PAGE_LIMITS.alerts),
  cursor,
})

export const alertParams = z.object({
  id: reference.openapi({ description: 'The id of the alert.', example: 'alr_0193.lapse.2026-09-18' }),
})

export const assigning = z
  .strictObject({
    to: principal.nullish().openapi({
      description: 'Who takes care of it: slack:…, hubspot:… or api:…. Left out: whoever calls. null: nobody any more.',
      example: 'slack:U024BE7LH',
    }),
  })
  .openapi('AlertAssigning')

const SNOOZE_DAYS = 365
const DAYS_RULE = `must be a whole number of days from 1 to ${SNOOZE_DAYS}`
const ONE_RULE = 'must have either "days" or "until"'
export const snoozing = z
  .strictObject({
    days: z
      .number({ error: DAYS_RULE })
      .int({ error: DAYS_RULE })
      .min(1, { error: DAYS_RULE })
      .max(SNOOZE_DAYS, { error: DAYS_RULE })
      .optional()
      .openapi({ description: 'Back in so many days.', example: 7 }),
    until: instant.optional().openapi({ description: 'Back at this instant, a year from now at most.' }),
  })
  .refine(({ days, until }) => (days === undefined) !== (until === undefined), { error: ONE_RULE })
  .openapi('AlertSnoozing')

export const resolving = z
  .strictObject({
    outcome: z.enum(ENDS).openapi({
      description: 'helped: somebody spoke with them or made them a present. not_needed: there was nothing to do.',
    }),
    note: text(NOTE_LIMIT).nullish().openapi({ description: 'In your words. Erased with the member.' }),
  })
  .openapi('AlertResolving')

export const reopening = z.strictObject({}).openapi('AlertReopening')

const time = () => z.string().openapi({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
const amount = z.int().openapi({ description: 'Minor units.' })

export const alert = z
  .object({
    id: z.string(),
    kind: z.enum(KINDS),
    state: z.enum(STATES),
    member: z.object({
      id: z.string(),
      name: z.string().nullable(),
      email: z.string().nullable(),
      tier: z.object({ id: z.string(), name: z.string() }).nullable(),
    }),
    openedAt: time(),
    value: z.object({ amount, currency: z.string() }).openapi({ description: 'What is at stake.' }),
    reason: z.string().openapi({
      description: 'What happened, in a sentence.',
      example: 'Usually buys every 3 weeks; it has been 9.',
    }),
    facts: z
      .record(z.string(), z.union([z.string(), z.number(), z.null()]))
      .openapi({ description: 'The figures behind the sentence.', example: { usualDays: 21, daysSince: 65 } }),
    suggestion: z
      .object({
        reward: z.string(),
        name: z.string(),
        cost: z.int(),
        charge: z.enum(['member', 'house']).openapi({ description: 'From their points, or as a present.' }),
      })
      .nullable()
      .openapi({ description: 'A reward of the program that fits.' }),
    assignee: z.string().nullable(),
    snoozedUntil: time().nullable(),
    outcome: z
      .enum(OUTCOMES)
      .nullable()
      .openapi({ description: 'came_back, passed and member_left are said by Regulars itself.' }),
    resolvedAt: time().nullable(),
    note: z.string().nullable(),
    actedAt: time().nullable().openapi({ description: 'When somebody first took it, made a present or helped.' }),
    cameBack: z
      .object({ at: time(), amount, currency: z.string(), daysAfter: z.int() })
      .nullable()
      .openapi({ description: 'What they bought after somebody acted: within 30 days, or their usual interval.' }),
    steps: z.array(
      z.object({
        at: time(),
        actor: z.string(),
        did: z.string().openapi({
          description: 'opened, assigned, snoozed, resolved, reopened, rewarded or came_back.',
          example: 'assigned',
        }),
        detail: z.string().nullable(),
      }),
    ),
  })
  .openapi('Alert')

type Presented = z.output<typeof alert>

const next = z.string().nullable().openapi({ description: 'The cursor of the next page; null on the last.' })
export const alertPage = z.object({ alerts: z.array(alert), next })

export const presentAlert = (view: AlertView): Presented => ({
  id: view.id,
  kind: view.kind,
  state: view.state,
  member: {
    id: view.member.id,
    name: view.member.name,
    email: view.member.email,
    tier: view.member.tier && { id: view.member.tier.id, name: view.member.tier.name },
  },
  openedAt: view.openedAt,
  value: { amount: view.value.amount, currency: view.value.currency },
  reason: view.reason,
  facts: view.facts,
  suggestion: view.suggestion && {
    reward: view.suggestion.reward,
    name: view.suggestion.name,
    cost: view.suggestion.cost,
    charge: view.suggestion.charge,
  },
  assignee: view.assignee,
  snoozedUntil: view.snoozedUntil,
  outcome: view.outcome,
  resolvedAt: view.resolvedAt,
  note: view.note,
  actedAt: view.actedAt,
  cameBack: view.cameBack && {
    at: view.cameBack.at,
    amount: view.cameBack.amount,
    currency: view.cameBack.currency,
    daysAfter: view.cameBack.daysAfter,
  },
  steps: view.steps.map(({ at, actor, did, detail }) => ({ at, actor, did, detail })),
})

export const presentAlerts = ({ items, next }: Page<AlertView>) => ({ alerts: items.map(presentAlert), next })

/** Exactly one of the two is there. */
export const snoozeStep = ({ days, until }: z.output<typeof snoozing>): AlertStepInput =>
  days === undefined ? { do: 'snooze', until: until ?? Number.NaN } : { do: 'snooze', days }
