/**
 * Points that rules share a limit of: what of it a member has used, from the lots that these rules brought them, and what a
 * purchase may still earn by items. What a purchase was given is never taken back by a limit, and what others were given is
 * never exceeded: whoever is decided later gets the rest.
 */
import type { Program } from '../program/schema.ts'
import type { Books } from './books.ts'
import type { Earned } from './earning.ts'
import { periodAt, roomFor, type UsedPoints } from './limits.ts'
import type { Lot, Payment } from './state.ts'

/** What was earned by rules that share a limit with one of these, as far back as those limits look from `at`. */
export function usedPoints(program: Program, books: Books, rules: readonly string[], at: number): UsedPoints[] {
  return lotsSharing(program, books, rules, at).map(asUsed)
}

function lotsSharing(program: Program, books: Books, rules: readonly string[], at: number): Lot[] {
  const limits = program.limits.filter((limit) => limit.rules.some((rule) => rules.includes(rule)))
  if (limits.length === 0) return []
  const since = Math.min(...limits.map(({ per }) => periodAt(at, per, program.timezone).from))
  return books.lotsOfRules([...new Set(limits.flatMap((limit) => limit.rules))], since)
}

const asUsed = ({ rule, earnedAt, points }: Lot): UsedPoints => ({ rule, at: earnedAt, points })

/** What the payment earns, each item rule's points as far as limits leave them. */
export function limitItems(program: Program, earned: Earned[], payment: Payment, books: Books, at: number): Earned[] {
  if (program.limits.length === 0) return earned
  const limited = new Set(program.limits.flatMap(({ rules }) => rules))
  const rules = earned.filter(({ on, rule }) => on === 'item' && limited.has(rule)).map(({ rule }) => rule)
  if (rules.length === 0) return earned
  const others = lotsSharing(program, books, rules, at).filter((lot) => lot.payment !== payment.id)
  const used = others.map(asUsed)
  return earned.map((one) => {
    if (!rules.includes(one.rule)) return one
    const { points: room, because } = roomFor(program, one.rule, at, one.points, used)
    const points = Math.max(room, Math.min(one.points, payment.posted[one.rule] ?? 0))
    used.push({ rule: one.rule, at, points })
    return points === one.points ? one : { ...one, points, cutBecause: because }
  })
}
