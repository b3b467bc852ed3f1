// What brings members back beside purchases: challenges, badges, and friends they bring.
import type * as z from 'zod'
import { award, awardOrNothing, givesSomething, limit } from './awards.ts'
import { days } from './points.ts'
import { choice, id, list, money, object, products, text, whole } from './scalars.ts'

export const challenge = object({
  id: id(),
  name: text().describe('As members see it.'),
  goal: object({
    count: whole({ min: 1 }).describe('How many.'),
    of: choice(['purchase', 'item', 'action']).default('purchase').describe('Of what.'),
    products: products().default([]).describe('Only of these Stripe products; empty: of any.'),
    actions: list(id()).default([]).describe('Only these actions; empty: any.'),
    withinDays: days(1).nullable().default(null).describe('In so many days from the first; null: no limit.'),
  }).describe('What must be done.'),
  award: award.describe('What a member gets for it.'),
  repeat: choice(['once', 'always']).default('once').describe('Once for each member, or again and again.'),
})

export const badge = object({
  id: id(),
  name: text(60).describe('As members see it.'),
  icon: text(16).default('🏅').describe('An emoji.'),
})

export const referralSection = object({
  referrer: awardOrNothing.prefault({ points: 0 }).describe('What the member gets who brought a friend.'),
  friend: awardOrNothing.prefault({ points: 0 }).describe('What the friend gets.'),
  minimumPurchase: money().default(20).describe('The least the friend must pay for it to count, in major units.'),
  limit: limit(20, 'year').nullable().prefault({}).describe('How many friends count for one member; null: any number.'),
}).refine((referral) => givesSomething(referral.referrer) || givesSomething(referral.friend), {
  error: 'must give something to the referrer or the friend',
})

export type Challenge = z.output<typeof challenge>
