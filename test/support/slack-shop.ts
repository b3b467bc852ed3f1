// A shop with rewards of every kind, and what tests of what staff do for members ask of it.
import type { ProgramInput } from '../../src/program/schema.ts'
import { createDesk, type DeskOptions, type LoyaltyDesk, type Person, type startSlack } from './slack.ts'

export const SHOP: Partial<ProgramInput> = {
  causes: [{ id: 'trees', name: 'Plant a tree' }],
  rewards: [
    { id: 'ten', name: '$10 off', cost: 1_000, fulfil: { kind: 'promotion_code', amountOff: 10 } },
    { id: 'tote', name: 'Free tote', cost: 600, stock: 1, fulfil: { kind: 'manual', instructions: 'In the drawer' } },
    { id: 'tree', name: 'A tree', cost: 200, fulfil: { kind: 'donation', cause: 'trees', amount: 2 } },
    { id: 'hamper', name: 'Hamper', cost: 1_500, fulfil: { kind: 'manual', instructions: 'Ask at the back' } },
  ],
}

/** Ada with 1,240 points, and whoever else is asked for. */
export async function createRewardShop(
  slack: ReturnType<typeof startSlack>,
  { program = {}, members = [], ...options }: DeskOptions = {},
): Promise<LoyaltyDesk> {
  const desk = await createDesk(slack, { ...options, members: ['ada', ...members], program: { ...SHOP, ...program } })
  await desk.buys('ada', 1_240)
  return desk
}

/** The window in front of Sam, as text. */
export const inFront = (desk: LoyaltyDesk, person: Person = 'sam'): string => desk.window(person)?.reads ?? ''

export const lines = (reads: string): string[] => reads.split('\n')

/** What the member ever asked for or was given, the newest first. */
export async function redemptionsOf(desk: LoyaltyDesk, member = 'ada') {
  const page = await desk.app.memberRedemptions(`email:${member}@example.org`, { limit: 50 })
  if (!page.ok) throw new Error(page.message)
  return page.value.items
}

export const available = async (desk: LoyaltyDesk, member = 'ada'): Promise<number> =>
  (await desk.member(member)).points.available
