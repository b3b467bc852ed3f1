// The whole of program.json, put together from its sections. Types, errors, defaults and the JSON Schema for editors
// all come from here. What concerns several sections at once is checked in check-*.ts.
import * as z from 'zod'
import { campaign } from './campaigns.ts'
import { earningRule, sharedLimit } from './earning.ts'
import { badge, challenge, referralSection } from './engagement.ts'
import { cause, partner } from './partners.ts'
import { enrolmentSection, pointsSection } from './points.ts'
import { autoRedemption, redeemingSection, reward } from './rewards.ts'
import { choice, currency, list, object, text } from './scalars.ts'
import { goal, hubspotSection, retentionSection, staffSection } from './settings.ts'
import { didYouMean } from './suggest.ts'
import { tiersSection } from './tiers.ts'

const TIMEZONE_ERROR = 'must be a time zone, such as "America/New_York"'
const LOCALE_ERROR = 'must be a language, such as "en" or "pt-BR"'

/** Intl throws on what it does not know; there is no other way to ask that works in every runtime. */
function accepts(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}

const isTimezone = (timeZone: string): boolean => accepts(() => new Intl.DateTimeFormat('en', { timeZone }))
const isLocale = (locale: string): boolean => accepts(() => new Intl.DateTimeFormat(locale))
const timezones = (): string[] => Intl.supportedValuesOf?.('timeZone') ?? []

const timezone = z.string({ error: TIMEZONE_ERROR }).refine(isTimezone, {
  error: (issue) => `${TIMEZONE_ERROR}${didYouMean(issue.input, timezones())}`,
})
const locale = z.string({ error: LOCALE_ERROR }).refine(isLocale, { error: LOCALE_ERROR })
const stacking = () => choice(['best', 'all']).default('best')

export const programSchema = object({
  $schema: z.string().optional().describe('Where editors find what may stand here.'),
  name: text(80).describe('What the program is called.'),
  purpose: text(500).nullable().default(null).describe('What it is for, in a sentence members may read.'),
  basedOn: text(800)
    .nullable()
    .default(null)
    .describe('The public description a preset is modelled on, its date, and what was chosen where it is silent.'),
  currency: currency().describe('The currency of all amounts here, e.g. "usd".'),
  timezone: timezone.default('America/New_York').describe('Days, months and years begin and end in this zone.'),
  locale: locale.default('en').describe('How numbers and dates are written.'),
  points: pointsSection.prefault({}).describe('What a point is.'),
  enrolment: enrolmentSection.prefault({}).describe('How one becomes a member.'),
  earning: list(earningRule).prefault([]).describe('What earns points.'),
  limits: list(sharedLimit).default([]).describe('Limits that several earning rules share.'),
  stacking: stacking().describe('Where several earning rules match a purchase: the best for the member, or all.'),
  campaignStacking: stacking().describe('Where several campaigns match: the best for the member, or all.'),
  tiers: tiersSection.nullable().prefault(null).describe('Levels that members reach; null: none.'),
  campaigns: list(campaign).prefault([]).describe('Days on which more is earned.'),
  rewards: list(reward).prefault([]).describe('What points can be turned into.'),
  redeeming: redeemingSection.prefault({}).describe('Rules for redeeming as a whole.'),
  autoRedeem: list(autoRedemption).default([]).describe('Rewards that are issued by themselves.'),
  challenges: list(challenge).default([]).describe('Awards for doing something several times.'),
  badges: list(badge).default([]).describe('Marks of honour.'),
  referral: referralSection.nullable().prefault(null).describe('Awards for bringing friends; null: none.'),
  partners: list(partner).default([]).describe('Other shops where the same points are earned.'),
  causes: list(cause).default([]).describe('What members and purchases give to.'),
  goals: list(goal).default([]).describe('What the program is to achieve.'),
  hubspot: hubspotSection.prefault({}).describe('How contacts in HubSpot are kept.'),
  staff: staffSection.prefault({}).describe('Who may do what.'),
  retention: retentionSection.prefault({}).describe('When to raise an alarm that a member may leave.'),
})

/** What one writes into program.json. */
export type ProgramInput = z.input<typeof programSchema>
/** What the rules work with: every field is there, `null` where there is none. */
export type Program = Omit<z.output<typeof programSchema>, '$schema'>
