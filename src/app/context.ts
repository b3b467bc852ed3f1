/** What every use case shares: the store, the programs and how a desk is set up. */
import type { Programs } from '../core/decide-payment.ts'
import type { Member } from '../core/state.ts'
import type { Program } from '../program/schema.ts'
import { conclude } from './conclude.ts'
import { Desk } from './desk.ts'
import type {
  Clock,
  Deliverer,
  Idempotency,
  Logger,
  Origin,
  ProgramInForce,
  Refusal,
  RefusalCode,
  Result,
  Translation,
} from './ports.ts'
import { createRetentionShelf, type RetentionShelf } from './retention-shelf.ts'
import type { Store, Tx, Unit } from './store-port.ts'

/** The programs known to this process. Another process may have put one in force since: then it is read from the store. */
export interface ProgramShelf {
  version: string
  current: Program
  /** @throws when the version is neither known nor stored. */
  byVersion(version: string, stored: (version: string) => string | null): Program
  /** Whether this database never had another. */
  isFirst: boolean
  /** Since when the programs in force have had something without a break. */
  since(has: (program: Program) => boolean): number
}

export interface UseCaseOptions {
  store: Store
  clock: Clock
  logger: Logger
  /** Time-ordered unique ids: `newId('pay')` → `pay_…`. */
  newId: (prefix: string) => string
  /** A member's referral code: short, unambiguous to read out. */
  newCode: () => string
  hashName: (name: string) => string
  program: ProgramInForce
  programs: ProgramShelf
  deliverers: readonly Deliverer[]
  /** Kinds of effects kept for deliverers of other processes or of later. */
  effectKinds: readonly string[]
  /** Translates a parked payload again; null where its vendor is not connected. */
  retranslate: ((payload: string) => Translation) | null
  /** What was learnt from the whole shop; default: read from the store. */
  retention?: RetentionShelf
  /** Everything rests but what reads, and a transfer of all rows. Default: nothing does. */
  isPaused?: boolean
}

export interface Context extends UseCaseOptions {
  retention: RetentionShelf
  /** The programs as one unit sees them. */
  programsIn(tx: Tx): Programs
  /** Runs a unit on a desk of its own and commits what it leaves there. */
  onDesk<Outcome>(origin: Origin, work: (desk: Desk) => Outcome, now?: number): Promise<Outcome>
  /** The same as a unit to be committed: for many at once. */
  deskUnit<Outcome>(origin: Origin, work: (desk: Desk) => Outcome, now?: number): Unit<Outcome>
  read<Outcome>(work: (tx: Tx) => Outcome): Promise<Outcome>
}

export function createContext(options: UseCaseOptions): Context {
  const effectKinds = new Set([...options.effectKinds, ...options.deliverers.flatMap((deliverer) => deliverer.kinds)])
  const { store, clock, programs: shelf, newId, newCode, hashName } = options
  const programsIn = (tx: Tx): Programs => ({
    version: shelf.version,
    current: shelf.current,
    byVersion: (version) => shelf.byVersion(version, (wanted) => tx.program(wanted)),
    since: (has) => shelf.since(has),
  })
  const retention = options.retention ?? createRetentionShelf(store, clock)
  const deskUnit: Context['deskUnit'] = (origin, work, now = clock.now()) => {
    const knowledge = retention.current()
    const [ids, codes] = [repeatable(newId), repeatable(newCode)]
    return (tx) => {
      ids.restart()
      codes.restart()
      const desk = new Desk({
        tx,
        programs: programsIn(tx),
        now,
        origin,
        newId: ids.next,
        newCode: codes.next,
        hashName,
        effectKinds,
        conclude,
        knowledge,
      })
      const outcome = work(desk)
      return { outcome, changes: desk.finish() }
    }
  }
  return {
    ...options,
    retention,
    programsIn,
    deskUnit,
    onDesk: (origin, work, now) => store.commit(deskUnit(origin, work, now)),
    read: (work) => store.read(work),
  }
}

/** A unit that is run again must come to the same: what was made by chance in its first run is used again. */
function repeatable<Arguments extends unknown[]>(make: (...args: Arguments) => string) {
  const made: string[] = []
  let turn = 0
  return {
    next: (...args: Arguments): string => {
      const known = made[turn++]
      if (known !== undefined) return known
      const fresh = make(...args)
      made.push(fresh)
      return fresh
    },
    restart: (): void => {
      turn = 0
    },
  }
}

export const refuse = (code: RefusalCode, message: string): Refusal => ({ ok: false, code, message })
export const done = <T>(value: T): Result<T> => ({ ok: true, value })

export const noMember = (): Refusal => refuse('not_found', 'There is no such member')

/** The member a reference means; null when nobody. Merged members lead to where they went. */
export function findMember(tx: Tx, ref: string): Member | null {
  const name = nameOf(ref)
  const id = name === null ? ref : (tx.names([name]).get(name) ?? null)
  if (id === null) return null
  const member = tx.members([id]).get(id)
  if (member === undefined) return null
  if (member.mergedInto !== null) return findMember(tx, member.mergedInto)
  return member
}

/** The name a reference goes by; null for a member's own id. */
function nameOf(ref: string): string | null {
  const [kind, ...rest] = ref.split(':')
  const value = rest.join(':')
  if (rest.length === 0) return null
  if (kind === 'email') return `email:${normalEmail(value)}`
  if (kind === 'stripe') return value
  return `${kind}:${value}`
}

export const normalEmail = (email: string): string => email.normalize('NFC').trim().toLowerCase()

/**
 * Answers a call with an idempotency key: the first outcome again for the same content, a conflict for other content.
 * Outcome, key and changes are committed together. `null`: a call without one (the command line).
 */
export function answering<T>(
  desk: Desk,
  idempotency: Idempotency | null,
  work: () => { result: Result<T>; member: string | null },
): Result<T> {
  if (idempotency === null) return work().result
  const known = desk.tx.answered(idempotency)
  if (known !== null) {
    if (known.hash !== idempotency.hash)
      return refuse('idempotency_conflict', 'This Idempotency-Key was used with other content before')
    const outcome = JSON.parse(known.outcome) as Result<T> | { erased: true }
    return 'ok' in outcome
      ? outcome
      : refuse('not_found', 'What this call did concerns somebody who asked to be forgotten')
  }
  const { result, member } = work()
  desk.changes.answer = { ...idempotency, outcome: JSON.stringify(result), member, at: desk.now }
  return result
}
