// Settings around the rules: goals, HubSpot, who may do what, and when to raise an alarm.
import * as z from 'zod'
import { choice, flag, list, localDate, money, object, points, share, whole } from './scalars.ts'

/** Those that are shares, from 0 to 1. */
export const RATE_METRICS: readonly string[] = ['repeat_rate', 'active_rate', 'redemption_rate']

export const goal = object({
  metric: choice(['repeat_rate', 'active_rate', 'redemption_rate', 'members', 'spend_per_member']).describe(
    'What is measured. Rates are shares: 0.35 is 35 %.',
  ),
  target: z
    .number({ error: 'must be a number, 0 or more' })
    .min(0, { error: 'must be a number, 0 or more' })
    .describe('What it should reach.'),
  by: localDate().describe('Until when.'),
}).refine((goal) => !RATE_METRICS.includes(goal.metric) || goal.target <= 1, {
  path: ['target'],
  error: 'must be a share from 0 to 1 for a rate: 0.35 is 35 %',
})

const PREFIX_ERROR = 'must be 1 to 30 lower-case letters, digits or "_", beginning with a letter, such as "loyalty_"'

export const hubspotSection = object({
  createContacts: flag().default(true).describe('Members who are not in HubSpot yet are added.'),
  prefix: z
    .string({ error: PREFIX_ERROR })
    .regex(/^[a-z][a-z0-9_]{0,29}$/, { error: PREFIX_ERROR })
    .default('loyalty_')
    .describe('What the names of the contact properties begin with.'),
  quotaShare: share()
    .gt(0, { error: 'must be above 0' })
    .default(0.5)
    .describe('The share of HubSpot’s call limits that may be used.'),
})

const PRINCIPAL_ERROR =
  'must be "slack:U…" (a person), "slack:S…" (a user group), "hubspot:<email>", "api:<key name>" or "*" (everyone)'
const principal = z
  .string({ error: PRINCIPAL_ERROR })
  .regex(/^(\*|slack:[UWS][A-Z0-9]{2,}|hubspot:[^\s@]+@[^\s@]+|api:[^\s:,]+)$/, { error: PRINCIPAL_ERROR })
  // Emails are compared in lower case everywhere.
  .overwrite((name) => (name.startsWith('hubspot:') ? name.toLowerCase() : name))
const people = () => list(principal)

const CHANNEL_ERROR = 'must be a Slack channel, such as "#loyalty-approvals" or "C0123ABCD", or null'

export const staffSection = object({
  admin: people().default([]).describe('Who may do everything. Empty: nobody.'),
  approver: people().default([]).describe('Who may approve what others ask for. Empty: nobody.'),
  issuer: people().default([]).describe('Who may issue rewards and adjust points. Empty: nobody.'),
  viewer: people().default(['*']).describe('Who may look members up. "*" is everyone on your team.'),
  approvalAbovePoints: points().default(1_000).describe('Above this, someone else must approve.'),
  dailyLimitPoints: points().default(5_000).describe('What one person may give away in a day.'),
  approvalsChannel: z
    .string({ error: CHANNEL_ERROR })
    .regex(/^(#\S{1,80}|[CG][A-Z0-9]{2,})$/, { error: CHANNEL_ERROR })
    .nullable()
    .default(null)
    .describe('The Slack channel that is asked for approval; null: the one for alerts.'),
})

export const ALERTS = [
  'at_risk',
  'overdue',
  'tier_at_risk',
  'points_expiring',
  'payment_failed',
  'cancelling',
  'unhappy',
] as const
const TIME_ERROR = 'must be a time in quotes from "00:00" to "23:59", such as "09:00"'

export const retentionSection = object({
  alerts: list(choice(ALERTS))
    .default([...ALERTS])
    .describe('The alerts that are raised.'),
  atRiskBelow: share().default(0.5).describe('A member is at risk when likely to be still a customer below this.'),
  expiringDays: whole({ min: 1, max: 365, of: 'days' }).default(30).describe('How early to warn that points expire.'),
  minimumValue: money().default(0).describe('No alert where less is at stake, in major units a year.'),
  holdout: share().default(0).describe('The share of members without alerts, to learn what acting on them is worth.'),
  route: choice(['channel', 'owner']).default('channel').describe('To the alert channel, or the contact’s owner.'),
  digestAt: z
    .string({ error: TIME_ERROR })
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: TIME_ERROR })
    .default('09:00')
    .describe('When the morning digest is posted, in the program’s zone.'),
})
