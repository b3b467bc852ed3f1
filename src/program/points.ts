// What a point is: its name, its worth, how it is rounded and when it ends. Also how one becomes a member.
import * as z from 'zod'
import { awardOrNothing } from './awards.ts'
import { choice, flag, object, pricePerPoint, text, variants, whole } from './scalars.ts'

const MONTHS_LIMIT = 1_200
const DAYS_LIMIT = 36_500
export const months = () => whole({ min: 1, max: MONTHS_LIMIT }).default(12)
export const days = (min = 0) => whole({ min, max: DAYS_LIMIT, of: 'days' })

const daysInMonth = (month: number): number => new Date(Date.UTC(2024, month, 0)).getUTCDate()

export const expiry = variants(
  'kind',
  ['never', 'after', 'inactivity', 'calendar'],
  [
    object({ kind: z.literal('never') }).describe('Points never expire.'),
    object({
      kind: z.literal('after'),
      months: months().describe('Points end this many months after they were earned.'),
    }),
    object({
      kind: z.literal('inactivity'),
      months: months().describe('All points end after this many months without a purchase, action or redemption.'),
    }),
    object({
      kind: z.literal('calendar'),
      month: whole({ min: 1, max: 12 }).default(12).describe('The month points end in, 1 to 12.'),
      day: whole({ min: 1, max: 31 }).default(31).describe('The day of that month; points last until its end.'),
      afterYears: whole({ max: 100 })
        .default(2)
        .describe('Points end on the first such date at least this many years after they were earned.'),
    })
      .refine((date) => date.day <= daysInMonth(date.month), { path: ['day'], error: 'must be a day of that month' })
      .describe('Points end on a fixed date of the year.'),
  ],
).meta({ id: 'expiry', description: 'When points end: never, after some months, on inactivity, or on a date.' })

export type Expiry = z.output<typeof expiry>

export const pointsSection = object({
  name: object({
    one: text(40).default('point').describe('One of them, e.g. "star".'),
    other: text(40).default('points').describe('Any other number, e.g. "stars".'),
  })
    .prefault({})
    .describe('What points are called.'),
  value: pricePerPoint().default(0.01).describe('What one point is worth, in major units: 0.01 is a cent.'),
  rounding: choice(['floor', 'nearest', 'ceil'])
    .default('floor')
    .describe('A fraction of a point is dropped (floor), rounded (nearest; a half goes up) or made whole (ceil).'),
  holdDays: days().default(0).describe('Days until points from a purchase can be spent.'),
  shortfall: choice(['owe', 'forgive'])
    .default('owe')
    .describe('When points of a refunded purchase are already spent: the member owes them, or they are forgiven.'),
  expiry: expiry.prefault({ kind: 'never' }).describe('When points end. A tier may say otherwise.'),
})

export const enrolmentSection = object({
  automatic: flag().default(true).describe('Whoever pays becomes a member.'),
  consent: choice(['implied', 'explicit'])
    .default('implied')
    .describe('implied: paying is enough. explicit: a candidate becomes a member once they agreed.'),
  award: awardOrNothing.prefault({ points: 0 }).describe('What a new member gets.'),
  creditPastDays: days()
    .default(0)
    .describe('Purchases made up to this many days before joining earn points when a candidate joins.'),
})
