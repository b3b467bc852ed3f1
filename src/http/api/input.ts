// What the API accepts. Strict: a field that is not known is refused by name, for one that is ignored in silence would
// be a promise that nobody keeps.
import { z } from '@hono/zod-openapi'
import { CLEAN_TEXT as CLEAN, EMAIL_ADDRESS as EMAIL, isBirthday } from '../../core/person-fields.ts'
import { PAGE_LIMITS } from '../limits.ts'

const CLEAN_RULE = 'must not contain control characters'
export const text = (max: number) => z.string().trim().min(1).max(max).regex(CLEAN, { error: CLEAN_RULE })

const EMAIL_RULE = 'must be an e-mail address, such as ada@example.org'
const email = z
  .string()
  .trim()
  .max(254)
  .regex(CLEAN, { error: CLEAN_RULE })
  .regex(EMAIL, { error: EMAIL_RULE })
  .toLowerCase()
  .openapi({ example: 'ada@example.org' })

const LANGUAGE_RULE = 'must be a language tag, such as en or pt-BR'
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
const language = text(35).refine(isLanguage, { error: LANGUAGE_RULE }).openapi({ example: 'en' })

const phone = text(40).openapi({ example: '+1 555 0100' })
const BIRTHDAY_RULE = 'must be a date, such as 1990-12-10, or --12-10 without the year'
const birthday = z
  .string({ error: BIRTHDAY_RULE })
  .refine(isBirthday, { error: BIRTHDAY_RULE })
  .openapi({ example: '1990-12-10', description: 'As 1990-12-10, or --12-10 where the year is not known.' })

const INSTANT_RULE = 'must be an instant in ISO 8601, such as 2026-11-22T09:30:00Z'
export const instant = z.iso
  .datetime({ offset: true, error: INSTANT_RULE })
  .transform((written) => Date.parse(written))
  .refine(Number.isFinite, { error: INSTANT_RULE })
  .openapi({ type: 'string', format: 'date-time', example: '2026-11-22T09:30:00Z' })

export const newMember = z
  .strictObject({
    email,
    name: text(200).nullish(),
    phone: phone.nullish(),
    birthday: birthday.nullish(),
    language: language.nullish(),
    enrolledAt: instant.nullish().openapi({ description: 'When they joined, if before now.' }),
    referredBy: text(40)
      .nullish()
      .openapi({ description: 'The referral code of the member who brought them.', example: 'K7QXM-2HT9R' }),
  })
  .openapi('NewMember')

export const memberChanges = z
  .strictObject({
    name: text(200).nullable().optional(),
    phone: phone.nullable().optional(),
    birthday: birthday.nullable().optional(),
    language: language.nullable().optional(),
    status: z.enum(['active', 'left', 'suspended']).optional(),
    autoRedeem: text(100).nullable().optional().openapi({
      description: 'The reward to be issued by itself, one of the program’s; null: its default.',
      example: 'five-off',
    }),
  })
  .refine((changes) => Object.values(changes).some((value) => value !== undefined), {
    error: 'must name at least one field to change',
  })
  .openapi('MemberChanges')

const POINTS_LIMIT = 1e9
const POINTS_RULE = 'must be a whole number from -1000000000 to 1000000000, other than 0'
export const adjustment = z
  .strictObject({
    points: z
      .number({ error: POINTS_RULE })
      .int({ error: POINTS_RULE })
      .min(-POINTS_LIMIT, { error: POINTS_RULE })
      .max(POINTS_LIMIT, { error: POINTS_RULE })
      .refine((points) => points !== 0, { error: POINTS_RULE })
      .openapi({ example: 25 }),
    reason: text(500).openapi({ example: 'Goodwill for a late parcel' }),
  })
  .openapi('Adjustment')

const DATA_LIMIT = 4096
const DATA_RULE = `must be an object of at most ${DATA_LIMIT} characters as JSON`
function isSmall(data: object): boolean {
  try {
    return JSON.stringify(data).length <= DATA_LIMIT
  } catch {
    // Nested deeper than anybody can follow.
    return false
  }
}
export const newAction = z
  .strictObject({
    action: text(40).openapi({ example: 'review', description: 'What they did, by its id in the program.' }),
    at: instant
      .nullish()
      .openapi({ description: 'When they did it. Not in the future, nor before the day they joined.' }),
    data: z
      .record(z.string(), z.unknown(), { error: DATA_RULE })
      .refine(isSmall, { error: DATA_RULE })
      .nullish()
      .openapi({
        type: 'object',
        description:
          'For feedback: score (0 to 10) or stars (1 to 5), and perhaps text (up to 2,000 characters). For other actions anything your own systems want to send along: it is not kept.',
        example: { product: 'prod_1' },
      }),
  })
  .openapi('NewAction')

const OPTION_RULE = 'must be the number of an option, from 0'
export const choosing = z
  .strictObject({
    option: z
      .number({ error: OPTION_RULE })
      .int({ error: OPTION_RULE })
      .min(0, { error: OPTION_RULE })
      .max(1_000, { error: OPTION_RULE })
      .openapi({ example: 0 }),
  })
  .openapi('Choosing')

const REF_LIMIT = 300
export const reference = z.string().min(1).max(REF_LIMIT).regex(CLEAN, { error: CLEAN_RULE })
export const merging = z
  .strictObject({ into: reference.openapi({ example: 'email:ada@example.org' }) })
  .openapi('Merging')

export const refParams = z.object({
  ref: reference.openapi({
    description: 'A member id, or email:…, stripe:cus_…, hubspot:… (URL-encoded).',
    example: 'email:ada@example.org',
  }),
})
export const awardParams = refParams.extend({
  award: reference.openapi({
    description: 'The id of the award, as the list of awards has it.',
    example: 'mem_1.birthday.birthday.2026',
  }),
})
export const inboxParams = z.object({ id: reference.openapi({ description: 'The id of the event.' }) })
const ROW_RULE = 'must be the id of a delivery, a whole number'
export const outboxParams = z.object({
  id: z
    .string()
    .regex(/^\d{1,15}$/, { error: ROW_RULE })
    .transform(Number)
    .openapi({ type: 'integer', description: 'The id of the delivery.' }),
})

export const limit = (standard: number, most: number) =>
  z.coerce
    .number({ error: `must be a whole number from 1 to ${most}` })
    .int({ error: `must be a whole number from 1 to ${most}` })
    .min(1)
    .max(most)
    .default(standard)
    .openapi({ description: 'How many at most.' })
export const cursor = text(500).optional().openapi({ description: 'What the page before gave as next.' })

export const memberQuery = z.strictObject({
  query: z
    .string()
    .trim()
    .max(200)
    .regex(CLEAN, { error: CLEAN_RULE })
    .optional()
    .openapi({ description: 'Any part of a name or e-mail address, in any script, accents and case aside.' }),
  status: z.enum(['active', 'candidate', 'left', 'suspended', 'erased']).optional(),
  limit: limit(25, PAGE_LIMITS.members),
  cursor,
})
export const ledgerQuery = z.strictObject({ limit: limit(50, PAGE_LIMITS.ledger), cursor })
export const awardQuery = z.strictObject({ limit: limit(50, PAGE_LIMITS.awards), cursor })
export const queueQuery = z.strictObject({ limit: limit(25, PAGE_LIMITS.queue), cursor })
export const asOfQuery = z.strictObject({
  asOf: instant.optional().openapi({ description: 'The balance as of this instant, by the time things count from.' }),
})
