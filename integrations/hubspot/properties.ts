/**
 * The one table of contact properties (DESIGN.md §8): it provisions, fills, compares and documents them. Values are text, as
 * HubSpot takes them; an empty one clears the property.
 */
import type { ContactStanding, ContactState } from '../../src/app/ports/contacts.ts'
import { localDate } from '../../src/core/calendar.ts'
import { currencyExponent } from '../../src/core/currency.ts'
import type { Program } from '../../src/program/schema.ts'
import { languageOf } from '../../src/words/languages.ts'
import { createWords } from '../../src/words/words.ts'

export const GROUP = { name: 'loyalty', label: 'Loyalty' } as const

export interface PropertyOption {
  label: string
  value: string
}

type Kind = 'text' | 'long_text' | 'number' | 'date' | 'choice' | 'choices'

/** HubSpot's words for a kind. */
export const KINDS: Readonly<Record<Kind, { type: string; fieldType: string }>> = {
  text: { type: 'string', fieldType: 'text' },
  long_text: { type: 'string', fieldType: 'textarea' },
  number: { type: 'number', fieldType: 'number' },
  date: { type: 'date', fieldType: 'date' },
  choice: { type: 'enumeration', fieldType: 'select' },
  choices: { type: 'enumeration', fieldType: 'checkbox' },
}

interface Filled {
  standing: ContactStanding
  contact: ContactState
  program: Program
}

export interface PropertyRow {
  /** After the program's prefix. */
  name: string
  label: string
  /** For a marketer who sees it in HubSpot. */
  description: string
  kind: Kind
  isUnique?: true
  options?: (program: Program) => PropertyOption[]
  value: (filled: Filled) => string
}

const named = (list: readonly { id: string; name: string }[]): PropertyOption[] =>
  list.map(({ id, name }) => ({ label: name, value: id }))

const number = (value: number | null): string => (value === null ? '' : String(value))
const date = (at: number | null, { timezone }: Program): string => (at === null ? '' : localDate(at, timezone))
/** Money is in major units in HubSpot. */
const major = (minor: number, { currency }: Program): string => {
  const places = currencyExponent(currency)
  return (minor / 10 ** places).toFixed(places)
}
const levels = (program: Program): PropertyOption[] => named(program.tiers?.levels ?? [])

/** "until December 30, 2026", as the member reads it: the last day. */
function untilInWords(until: number, { contact, program }: Filled): string {
  const language = languageOf(contact.language) ?? languageOf(program.locale) ?? 'en'
  // With the year always, so that what is written in December stays true in January, and nobody is written anew for it.
  const words = createWords({ language, program, now: until })
  return words.say('member.until', { date: words.longDate(until - 1) })
}

/** HubSpot holds 65,536 characters of text. */
const TEXT_LIMIT = 60_000

const SEGMENT_LABELS: Readonly<Record<string, string>> = {
  champions: 'Champions',
  loyal: 'Loyal',
  potential_loyalist: 'Potential loyalist',
  new_customers: 'New customers',
  promising: 'Promising',
  needs_attention: 'Needs attention',
  about_to_sleep: 'About to sleep',
  at_risk: 'At risk',
  cannot_lose: 'Cannot lose',
  hibernating: 'Hibernating',
  lost: 'Lost',
}

export const PROPERTIES: readonly PropertyRow[] = [
  {
    name: 'member_id',
    label: 'Loyalty: member',
    description:
      'The member’s number in the loyalty program. It says which member this contact is: please do not edit.',
    kind: 'text',
    isUnique: true,
    value: ({ contact }) => contact.member,
  },
  {
    name: 'status',
    label: 'Loyalty: status',
    description: 'Whether they take part in the program.',
    kind: 'choice',
    options: () => [
      { label: 'Active', value: 'active' },
      { label: 'Left the program', value: 'left' },
      { label: 'Suspended', value: 'suspended' },
    ],
    value: ({ standing }) => standing.status,
  },
  {
    name: 'member_since',
    label: 'Loyalty: member since',
    description: 'The day on which they joined.',
    kind: 'date',
    value: ({ standing, program }) => date(standing.enrolledAt, program),
  },
  {
    name: 'points',
    label: 'Loyalty: points',
    description: 'What they can spend now. Below zero while points of a refunded purchase are owed.',
    kind: 'number',
    value: ({ standing }) => number(standing.points.available),
  },
  {
    name: 'points_pending',
    label: 'Loyalty: points pending',
    description: 'Earned, and not to be spent yet.',
    kind: 'number',
    value: ({ standing }) => number(standing.points.pending),
  },
  {
    name: 'points_earned',
    label: 'Loyalty: points ever earned',
    description: 'All they ever earned, less what refunds took back.',
    kind: 'number',
    value: ({ standing }) => number(standing.points.earned),
  },
  {
    name: 'points_expiring',
    label: 'Loyalty: points expiring next',
    description: 'How many points end on the day in “points expire on”.',
    kind: 'number',
    value: ({ standing }) => number(standing.points.nextExpiry?.points ?? 0),
  },
  {
    name: 'points_expire_on',
    label: 'Loyalty: points expire on',
    description: 'The last day on which the points that end next can be spent. Empty: none end.',
    kind: 'date',
    // They end at midnight: the day before is the last one.
    value: ({ standing, program }) => date(standing.points.nextExpiry && standing.points.nextExpiry.at - 1, program),
  },
  {
    name: 'tier',
    label: 'Loyalty: tier',
    description: 'The tier they hold.',
    kind: 'choice',
    options: levels,
    value: ({ standing }) => standing.tier?.id ?? '',
  },
  {
    name: 'tier_since',
    label: 'Loyalty: tier since',
    description: 'The day on which they came to their tier.',
    kind: 'date',
    value: ({ standing, program }) => date(standing.tier?.since ?? null, program),
  },
  {
    name: 'tier_until',
    label: 'Loyalty: tier until',
    description: 'The last day of their tier as things are. Empty: it has no end.',
    kind: 'date',
    value: ({ standing, program }) => date(standing.tier?.until == null ? null : standing.tier.until - 1, program),
  },
  {
    name: 'tier_progress',
    label: 'Loyalty: progress to next tier',
    description: 'From 0 to 100. Empty at the highest tier.',
    kind: 'number',
    value: ({ standing }) => number(standing.tierProgress),
  },
  {
    name: 'next_tier',
    label: 'Loyalty: next tier',
    description: 'The tier above the one they hold. Empty at the highest.',
    kind: 'choice',
    options: levels,
    value: ({ standing }) => standing.nextTier?.id ?? '',
  },
  {
    name: 'to_next_tier',
    label: 'Loyalty: missing to next tier',
    description: 'Points, money or purchases that are missing to the next tier, as the program counts.',
    kind: 'number',
    value: ({ standing }) => number(standing.nextTier?.remaining ?? null),
  },
  {
    name: 'segment',
    label: 'Loyalty: segment',
    description: 'By how recently, how often and for how much they buy, compared with other customers.',
    kind: 'choice',
    options: () => Object.entries(SEGMENT_LABELS).map(([value, label]) => ({ label, value })),
    value: ({ standing }) => standing.segment ?? '',
  },
  {
    name: 'rfm',
    label: 'Loyalty: RFM score',
    description: 'Three digits from 1 (lowest fifth) to 5 (highest): how recently, how often, how much.',
    kind: 'text',
    value: ({ standing }) => standing.outlook?.rfm ?? '',
  },
  {
    name: 'churn_risk',
    label: 'Loyalty: risk of leaving',
    description: 'How likely they are to be leaving. Written when it changes.',
    kind: 'choice',
    options: () => [
      { label: 'Low', value: 'low' },
      { label: 'Medium', value: 'medium' },
      { label: 'High', value: 'high' },
    ],
    value: ({ standing }) => standing.outlook?.risk ?? '',
  },
  {
    name: 'probability_alive',
    label: 'Loyalty: still a customer',
    description: 'How likely they are still a customer, from 0 to 1, in steps of 0.05.',
    kind: 'number',
    value: ({ standing }) => number(standing.outlook?.probabilityAlive ?? null),
  },
  {
    name: 'lifetime_value',
    label: 'Loyalty: value to come',
    description: 'What they are expected to bring from now on, in the program’s currency.',
    kind: 'number',
    value: ({ standing, program }) =>
      standing.outlook === null ? '' : major(standing.outlook.lifetimeValueMinor, program),
  },
  {
    name: 'expected_purchases_90d',
    label: 'Loyalty: purchases expected in 90 days',
    description: 'How often they are expected to buy in the next 90 days.',
    kind: 'number',
    value: ({ standing }) => number(standing.outlook?.expectedPurchases90Days ?? null),
  },
  {
    name: 'purchases',
    label: 'Loyalty: purchases',
    description: 'How often they bought, refunded purchases aside.',
    kind: 'number',
    value: ({ standing }) => number(standing.purchases),
  },
  {
    name: 'spend_12m',
    label: 'Loyalty: spend in 12 months',
    description:
      'What they spent in the last twelve months, net of tax, shipping and refunds, in the program’s currency.',
    kind: 'number',
    value: ({ standing, program }) => major(standing.spendLast12MonthsMinor, program),
  },
  {
    name: 'last_purchase_on',
    label: 'Loyalty: last purchase on',
    description: 'The day of their last purchase.',
    kind: 'date',
    value: ({ standing, program }) => date(standing.lastPurchaseAt, program),
  },
  {
    name: 'last_reward',
    label: 'Loyalty: last reward',
    description: 'The reward that they were issued last.',
    kind: 'text',
    value: ({ standing }) => standing.lastReward?.name ?? '',
  },
  {
    name: 'open_rewards',
    label: 'Loyalty: rewards to use',
    description: 'Each reward not used yet, a line each: its name, its code, and until when. For emails to the member.',
    kind: 'long_text',
    value: (filled) =>
      filled.standing.openRewards
        .map(({ name, code, until }) =>
          [name, code, until === null ? null : untilInWords(until, filled)].filter((part) => part !== null).join(', '),
        )
        .join('\n')
        .slice(0, TEXT_LIMIT),
  },
  {
    name: 'offers',
    label: 'Loyalty: offers',
    description: 'Campaigns that are not announced to everybody and that this contact is in.',
    kind: 'choices',
    options: ({ campaigns }) => named(campaigns.filter(({ announced }) => !announced)),
    value: ({ standing }) => standing.offers.join(';'),
  },
  {
    name: 'badges',
    label: 'Loyalty: badges',
    description: 'Badges they were given.',
    kind: 'choices',
    options: ({ badges }) => named(badges),
    value: ({ standing }) => standing.badges.join(';'),
  },
  {
    name: 'referral_code',
    label: 'Loyalty: referral code',
    description: 'The code with which they bring friends.',
    kind: 'text',
    value: ({ standing }) => standing.referralCode,
  },
]

/** Every property's name and value, as HubSpot is to have them; all empty for whoever is not to be there. */
export function propertiesOf(contact: ContactState, program: Program): Record<string, string> {
  const { prefix } = program.hubspot
  const { standing } = contact
  return Object.fromEntries(
    PROPERTIES.map(({ name, value }) => [
      `${prefix}${name}`,
      standing === null ? '' : value({ standing, contact, program }),
    ]),
  )
}
