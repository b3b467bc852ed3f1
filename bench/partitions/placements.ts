// Units of work as they really were, put on databases by one of three plans: how many databases each would have touched, and
// what finding them would have cost.
import { byRemainder, type Route } from './routing.ts'

/** One unit, reduced to what says where it goes. */
export interface Step {
  /** What it asked the meaning of, in the order asked; the shop's own flags and the event's id left out. */
  names: readonly string[]
  members: readonly string[]
  /** Two that became one in it. */
  joined: readonly string[]
  isEvent: boolean
}

export interface Tally {
  events: number
  /** Of the events, how many touched members' rows in none, one, two, or more databases. */
  touched: [none: number, one: number, two: number, more: number]
  /** Names asked for, and databases or directory shards asked for them. */
  names: number
  asked: number
  /** Events that came to a database in which their member is not. */
  forwarded: number
  /** Members that had to move because two became one. */
  moved: number
  members: number
}

export interface Plan {
  name: string
  /** Where a new member goes, by the id made for them and the first name they came with. */
  home(member: string, firstName: string, places: number): string
  /** Whether names are looked up in a directory of their own: else in the databases of the members. */
  hasDirectory: boolean
  /** Every member is a database. */
  isEach: boolean
}

const by = (route: Route, key: string, places: number): string => String(route(key, places))

export const PLANS = {
  directory: {
    name: 'directory',
    home: (member, _, places) => by(byRemainder, member, places),
    hasDirectory: true,
    isEach: false,
  },
  firstName: {
    name: 'first name',
    home: (_, name, places) => by(byRemainder, name, places),
    hasDirectory: false,
    isEach: false,
  },
  object: { name: 'an object each', home: (member) => member, hasDirectory: true, isEach: true },
} satisfies Record<string, Plan>

/** The name that leads to a person soonest: the customer, then an address, then whatever there is. */
export function strongest(names: readonly string[]): string | null {
  const of = (prefix: string): string | undefined => names.find((name) => name.startsWith(prefix))
  return of('cus_') ?? of('email:') ?? names[0] ?? null
}

export function tally(steps: readonly Step[], plan: Plan, places: number): Tally {
  const homes = new Map<string, string>()
  const sum: Tally = {
    events: 0,
    touched: [0, 0, 0, 0],
    names: 0,
    asked: 0,
    forwarded: 0,
    moved: 0,
    members: 0,
  }
  for (const step of steps) {
    const first = strongest(step.names)
    for (const member of step.members)
      if (!homes.has(member)) homes.set(member, plan.home(member, first ?? member, places))
    const touched = new Set(step.members.map((member) => homes.get(member) ?? ''))
    if (step.isEvent) countEvent(sum, step, { plan, places, first, touched })
    sum.moved += join(homes, step.joined)
  }
  sum.members = homes.size
  return sum
}

interface Going {
  plan: Plan
  places: number
  first: string | null
  touched: ReadonlySet<string>
}

function countEvent(sum: Tally, { names }: Step, { plan, places, first, touched }: Going): void {
  sum.events++
  const many = Math.min(touched.size, 3) as 0 | 1 | 2 | 3
  sum.touched[many]++
  sum.names += names.length
  const entry = first === null ? null : by(byRemainder, first, places)
  const asked = new Set(names.map((name) => by(byRemainder, name, places)))
  // Without a directory a name is known where it leads by its own hash, which is one of the members' databases.
  sum.asked += plan.hasDirectory ? asked.size : new Set([...asked, ...touched]).size
  if (!plan.hasDirectory && entry !== null && touched.size > 0 && !touched.has(entry)) sum.forwarded++
}

/** They live together from then on, where the first of them does; answers how many moved. */
function join(homes: Map<string, string>, [first, ...others]: readonly string[]): number {
  const home = first === undefined ? undefined : homes.get(first)
  if (home === undefined) return 0
  const moving = others.filter((member) => homes.get(member) !== home)
  for (const member of moving) homes.set(member, home)
  return moving.length
}
