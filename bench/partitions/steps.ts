// Units of work as they were watched, reduced to what says where they would go.
import type { Reach } from '../../test/support/reach.ts'
import type { Step } from './placements.ts'
import { tieOf } from './relations.ts'

/** Names that say something of the whole database, in which each would have its own. */
const FLAGS: ReadonlySet<string> = new Set(['erased', 'subscribed', 'mode:stripe'])
const EVENT = 'evt_'

export const isEvent = ({ what }: Reach): boolean => what.startsWith('recordEvent')
export const isUnit = ({ kind }: Reach): boolean => kind === 'unit'

/** The names that say where it goes. An event's own id is looked for where the event goes anyway. */
export const routingNames = ({ names }: Reach): string[] =>
  [...names].filter((name) => !FLAGS.has(name) && !name.startsWith(EVENT))

export const stepOf = (reach: Reach): Step => ({
  names: routingNames(reach),
  members: [...reach.members],
  joined: tieOf(reach) === 'merge' ? [...(reach.tables.written.get('payment') ?? [])] : [],
  isEvent: isEvent(reach),
})
