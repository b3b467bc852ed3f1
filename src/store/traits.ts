// What a unit has that matters when it is written together with others: rows that two of them must not want at once.
import type { Changes } from '../app/store-port.ts'
import type { Traits } from './driver.ts'
import { rowName } from './seen.ts'
import type { StoreTx } from './tx.ts'

/** Changes whose statements may be sorted among those of other units. */
const PLAIN: ReadonlySet<string> = new Set<keyof Changes>([
  'names',
  'payments',
  'members',
  'lots',
  'entries',
  'grants',
  'redemptions',
  'adjustmentRequests',
  'counters',
  'alerts',
  'feedback',
  'effects',
  'park',
  'subscriptions',
  'invoiceFailures',
  'mergeProposals',
])

export function traitsOf(tx: Pick<StoreTx, 'seen' | 'listGuards'>, changes: Changes | null): Traits {
  const [seen, listGuards] = [tx.seen(), tx.listGuards()]
  if (changes === null) return { seen, listGuards, written: [], guarded: [], isPlain: true }
  const guarded = [...guardedRows(changes)]
  return { seen, listGuards, written: [...guarded, ...otherRows(changes)], guarded, isPlain: isPlain(changes) }
}

/** New rows of a unique key, and those that are only changed in the version that was read. */
function* guardedRows(changes: Changes): Iterable<string> {
  const dropped = new Set(changes.dropNames)
  // One that is dropped first comes in whatever it was by then.
  for (const [name] of changes.names ?? []) if (!dropped.has(name)) yield rowName('name', name)
  for (const { id } of changes.payments ?? []) yield rowName('payment', id)
  for (const { id } of changes.members ?? []) yield rowName('member', id)
  for (const { id } of changes.grants ?? []) yield rowName('grant_given', id)
  for (const { id } of changes.redemptions ?? []) yield rowName('redemption', id)
  for (const { id } of changes.adjustmentRequests ?? []) yield rowName('adjustment_request', id)
  for (const { id } of changes.alerts ?? []) yield rowName('alert', id)
  for (const { name } of changes.counters ?? []) yield rowName('counter', name)
}

/** Rows that are written whatever they are by then: what was read of them is guarded apart. */
function* otherRows(changes: Changes): Iterable<string> {
  for (const [name] of changes.renames ?? []) yield rowName('name', name)
  for (const name of changes.dropNames ?? []) yield rowName('name', name)
  for (const [name] of changes.settings ?? []) yield rowName('setting', name)
  for (const { id } of changes.park ?? []) yield rowName('inbox', id)
  for (const id of changes.unpark ?? []) yield rowName('inbox', id)
  // What is known of a customer's subscriptions is read with whoever has the customer's name.
  for (const { customer } of [...(changes.subscriptions ?? []), ...(changes.invoiceFailures ?? [])])
    if (customer !== null) yield rowName('name', customer)
}

function isPlain(changes: Changes): boolean {
  const reindexed = new Set(changes.reindex)
  // Only those who are in the index already are indexed anew at once.
  if (changes.members?.some(({ id, version }) => version > 0 && reindexed.has(id))) return false
  return Object.entries(changes).every(([part, value]) => PLAIN.has(part) || part === 'reindex' || isNothing(value))
}

const isNothing = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0)
