// What the fuzz of the webhook sends, and the program it is held against.
import type { ProgramInput } from '../../src/program/schema.ts'
import type { Chance } from '../support/load.ts'
import { levels } from '../support/programs.ts'
import { soundEvent } from './events.ts'
import { misprint, spoil } from './mutations.ts'

/** Everything that can go wrong with points at once: holds, ends, items, tiers earned and paid for, several currencies, forgiveness. */
export const program: Partial<ProgramInput> = {
  points: { holdDays: 14, rounding: 'nearest', shortfall: 'forgive', expiry: { kind: 'after', months: 12 } },
  earning: [
    { id: 'purchase', on: 'purchase', currencies: { jpy: { per: 100 }, eur: { per: 1 } } },
    { id: 'items', on: 'item', products: ['prod_1'], points: 10 },
  ],
  tiers: {
    window: { kind: 'rolling', months: 12 },
    levels: [
      ...levels(['base', 0], ['gold', 300, { multiplier: 1.5 }]),
      { id: 'prime', name: 'Prime', multiplier: 2, paid: { products: ['prod_1'] } },
    ],
  },
}

/** One in four is left sound, so that there are books to spoil. */
export function bodyOf(turn: number, chance: Chance): string | Uint8Array {
  const event = soundEvent(turn, chance)
  const kind = chance.below(8)
  if (kind < 2) return JSON.stringify(event)
  if (kind < 6) return JSON.stringify(spoil(event, chance))
  return misprint(JSON.stringify(kind === 6 ? event : spoil(event, chance)), chance)
}
