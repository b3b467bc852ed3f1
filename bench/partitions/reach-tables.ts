// What units of work touch, and what they would ask of members in several databases, as tables.
import type { Reach } from '../../test/support/reach.ts'
import type { Table } from '../bench.ts'
import { mix } from '../people.ts'
import { PLANS, type Plan, type Tally, tally } from './placements.ts'
import { SHARED_ROWS, SOUGHT, TIES, type TieName, tieOf } from './relations.ts'
import { byJump, byRemainder, byRendezvous, hottest, loadsOf, movedShare, type Route } from './routing.ts'
import { isEvent, isUnit, routingNames, stepOf } from './steps.ts'

const PLACES = [4, 16, 64] as const
const GROWTH = [
  [4, 5],
  [16, 17],
  [16, 32],
] as const
const ROUTES: Record<string, Route> = { remainder: byRemainder, jump: byJump, rendezvous: byRendezvous }
const TIE_NAMES = Object.keys(TIES) as TieName[]

const count = (value: number): string => Math.round(value).toLocaleString('en')
const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`

export function shopTable(units: readonly Reach[]): Table {
  const events = units.filter(isEvent)
  const others = units.filter((unit) => !isEvent(unit))
  const row = (says: string, has: (unit: Reach) => boolean): string[] => [
    says,
    share(events.filter(has).length, events.length),
    share(others.filter(has).length, others.length),
  ]
  const names = events.reduce((sum, one) => sum + routingNames(one).length, 0) / events.length
  return {
    title: `A made-up shop: ${count(events.length)} events, ${count(others.length)} units of staff, members and vendors`,
    columns: ['units that', 'of events', 'of the others'],
    rows: [
      row('touch nobody (told again, refused)', ({ members }) => members.size === 0),
      row('touch one member', ({ members }) => members.size === 1),
      row('touch several', ({ members }) => members.size > 1),
      ...TIE_NAMES.filter((name) => units.some((unit) => tieOf(unit) === name)).map((name) =>
        row(`  ${TIES[name].says}`, (unit) => tieOf(unit) === name),
      ),
      row('write rows of several', ({ written }) => written.size > 1),
      row('want a count of the whole shop: stock, a day of staff', ({ shared }) =>
        ['counter stock', 'counter staff'].some((counter) => shared.has(counter)),
      ),
    ],
    notes: [
      'what the shop is like is assumed (bench/partitions/shop.ts); what its units touch is what they read and wrote',
      `an event asks for ${names.toFixed(1)} names beside its own id`,
    ],
    data: { events: events.length, others: others.length, names },
  }
}

export function planTable(units: readonly Reach[], emptyBytes: number): Table {
  const steps = units.map(stepOf)
  const tallies = Object.values<Plan>(PLANS).flatMap((plan) => {
    // Each member is a place of its own there, however many directory shards there are.
    const all = plan.isEach ? PLACES.slice(1, 2) : PLACES
    return all.map((places) => ({ plan, places, sum: tally(steps, plan, places) }))
  })
  const cells = ({ touched, asked, forwarded, events, moved }: Tally): string[] => [
    share(touched[0] + touched[1], events),
    share(touched[2], events),
    share(touched[3], events),
    (asked / events).toFixed(1),
    share(forwarded, events),
    String(moved),
  ]
  return {
    title: 'The same units, with members in several databases',
    columns: ['members by', 'databases', 'one', 'two', 'more', 'asked for names', 'elsewhere', 'moved'],
    rows: tallies.map(({ plan, places, sum }) => [
      plan.name,
      plan.isEach ? count(sum.members) : String(places),
      ...cells(sum),
    ]),
    notes: [
      'directory: a member’s home is noted as they come; names stand in shards of their own, by the name’s hash (as many as databases)',
      'first name: a member lives where the first name that was seen of them belongs; a name that comes later leads there from where it belongs',
      `an object each: as with a directory of 16 shards, and each member a SQLite Durable Object of at least ${count(emptyBytes)} bytes`,
      'asked for names: databases or shards, an event; elsewhere: came to a database where its member is not; moved: when two became one',
    ],
    data: tallies.map(({ plan, places, sum }) => ({ plan: plan.name, places, ...sum })),
  }
}

export function growthTable(members: number): Table {
  const ids = Array.from({ length: members }, (_, n) => `mem_${mix(n).toString(36)}${n.toString(36)}`)
  // Few come often: the most faithful buys a hundred times as often as most.
  const weights = ids.map((id, n) => [id, 1 + 100 * (1 - (mix(n) % 1_000) / 1_000) ** 12] as const)
  return {
    title: `${count(members)} members, spread by the hash of their id`,
    columns: [
      '',
      ...GROWTH.map(([from, to]) => `moved, ${from} to ${to}`),
      ...PLACES.map((places) => `hottest of ${places}`),
    ],
    rows: [
      ...Object.entries(ROUTES).map(([name, route]) => [
        name,
        ...GROWTH.map(([from, to]) => share(movedShare(route, ids, from, to), 1)),
        ...PLACES.map((places) => `× ${hottest(loadsOf(route, places, weights)).toFixed(2)}`),
      ]),
      ['home noted in a directory', ...GROWTH.map(() => share(0, 1)), ...PLACES.map(() => 'as chosen')],
    ],
    notes: [
      'moved: who lives elsewhere once databases are added; where the home is noted nobody must, newcomers go to the new ones',
      'hottest: the events of the busiest database, as a multiple of the mean',
    ],
    data: null,
  }
}

export function tieTable(seen: readonly Reach[]): Table {
  const units = seen.filter(isUnit)
  const lines = [
    ...TIE_NAMES.map((name) => ({ ...TIES[name], has: (unit: Reach) => tieOf(unit) === name })),
    ...Object.entries(SHARED_ROWS).map(([row, tie]) => ({ ...tie, has: ({ shared }: Reach) => shared.has(row) })),
    ...Object.entries(SOUGHT).map(([what, tie]) => ({ ...tie, has: ({ sought }: Reach) => sought.has(what) })),
  ]
  return {
    title: `Any mix of all commands: what of ${count(units.length)} units is not one member’s alone, and how it would be done apart`,
    columns: ['', 'units'],
    rows: [
      ...lines.flatMap(({ says, apart, has }) => [
        [says, count(units.filter(has).length)],
        [`  ${apart}`, ''],
      ]),
      ['anything else', count(units.filter((unit) => tieOf(unit) === 'unknown').length)],
    ],
    notes: ['test/property/partition-reach.test.ts holds the list to what units really touch'],
    data: null,
  }
}

export function readingTable(seen: readonly Reach[]): Table {
  const reads = new Map<string, Set<string>>()
  for (const reach of seen) {
    if (isUnit(reach) || !reach.isApp || reach.sought.size === 0) continue
    const tables = reads.get(reach.what) ?? new Set()
    reads.set(reach.what, tables)
    for (const sought of reach.sought) tables.add(sought.split(' ')[0] ?? sought)
  }
  const rows = [...reads]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, tables]) => [what, [...tables].sort().join(', ')])
  return {
    title: 'Reads of everybody: each database would be asked, and the answers merged',
    columns: ['use case', 'rows of'],
    rows,
    notes: [
      'found by watching the database while everything was looked at; pages and slices are in order of a key and go on after it',
      'with 16 databases each is 16 questions at once and one merge; with an object for each member as many as there are members',
    ],
    data: rows,
  }
}
