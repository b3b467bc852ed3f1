/**
 * Which tier a member holds, from what they bought. The tier is a function of the contributions still standing: a
 * refund ends at once a tier that only its payment had earned, and facts in any order give the same tiers.
 *
 * The machine below is fed contributions oldest first. A new purchase continues it in constant time; a late, changed or
 * withdrawn one replays it over the member's contributions.
 */
import type { Program } from '../program/schema.ts'
import type { Tiers } from '../program/tiers.ts'
import { addMonths, endOfDayAfterMonths, endOfYear, localDay, localYear, startOfDay } from './calendar.ts'
import { currencyExponent } from './currency.ts'
import { combineTiers, type PaidTiers } from './paid-tiers.ts'
import type { Member } from './state.ts'

/** A stretch of time in which a level was held; `id` is null where the program has none to give. */
export interface TierSegment {
  id: string | null
  since: number
  /** When it ends unless something is earned; null: open. */
  until: number | null
}

export interface TierMachine {
  /** The program's version under which it was computed. */
  program: string
  /** When the member began: the first segment's `since`. */
  start: number
  /** What was held, oldest first; the last is held now. */
  segments: TierSegment[]
  /** Per level index: until when it is earned (`null`: for ever; 0: not earned). */
  earnedUntil: (number | null)[]
  /** Metric by period: key is the local year, 0 for lifetime, or the local day. Only what still counts. */
  sums: [key: number, amount: number][]
  /** The newest contribution's time. */
  newestAt: number | null
  /** After a change of the program: what was held then and until when; nothing before it is judged again. */
  rebased: { at: number; segments: TierSegment[]; earnedUntil: (number | null)[] } | null
  /** How it stood when the newest local day with a contribution began: what is late or changed since replays from here. */
  checkpoint: ({ at: number } & Progress) | null
  /** What is held by subscription; left out where nothing ever was. The segments above are what is earned. */
  paid?: PaidTiers | undefined
}

/** The part of a machine that contributions move. */
type Progress = Pick<TierMachine, 'segments' | 'earnedUntil' | 'sums' | 'newestAt'>

export interface TierContribution {
  at: number
  /** In the tier metric's unit: base points, minor units of spend, or purchases. */
  amount: number
}

/** Only so many segments are kept with the member; the journal has them all. */
const SEGMENTS_LIMIT = 40

const FOREVER = null
const lasts = (until: number | null | undefined, at: number): boolean => until === null || (until ?? 0) > at
const later = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : Math.max(a, b))

/**
 * The tiers that a member held and holds, oldest first: what multiplies, governs expiry and is shown. The higher of what
 * was earned and what is paid for.
 */
export function heldSegments({ tiers }: Pick<Member, 'tiers'>): readonly TierSegment[] {
  if (tiers === null) return []
  return tiers.paid === undefined ? tiers.segments : combineTiers(tiers.segments, tiers.paid)
}

/** The rules of tiers in one program, with thresholds in the metric's smallest unit. */
interface Rules {
  tiers: Tiers
  zone: string
  thresholds: number[]
  /** Index of the level that everyone has, or -1. */
  base: number
}

const rulesOf = new WeakMap<Program, Rules | null>()

function rules(program: Program): Rules | null {
  const known = rulesOf.get(program)
  if (known !== undefined) return known
  const { tiers } = program
  const scale = tiers?.metric === 'spend' ? 10 ** currencyExponent(program.currency) : 1
  // A tier that is only paid for has no threshold: it cannot be earned.
  const thresholds =
    tiers?.levels.map((level) =>
      level.threshold === null ? Number.POSITIVE_INFINITY : Math.round(level.threshold * scale),
    ) ?? []
  const base = thresholds.lastIndexOf(0)
  const made = tiers === null ? null : { tiers, zone: program.timezone, thresholds, base }
  rulesOf.set(program, made)
  return made
}

/** What decides whether two programs have the same tiers: names, perks and multipliers do not. */
export const tierRulesKey = (program: Program): string =>
  program.tiers === null
    ? ''
    : JSON.stringify([
        program.timezone,
        program.currency,
        program.tiers.metric,
        program.tiers.window,
        program.tiers.keep,
        program.tiers.downgrade,
        program.tiers.levels.map((level) => [level.id, level.threshold]),
      ])

export function startTiers(program: Program, version: string, start: number): TierMachine | null {
  const own = rules(program)
  if (own === null) return null
  return {
    program: version,
    start,
    segments: [{ id: levelId(own, own.base), since: start, until: null }],
    earnedUntil: own.thresholds.map(() => 0),
    sums: [],
    newestAt: null,
    rebased: null,
    checkpoint: null,
  }
}

const levelId = ({ tiers }: Rules, index: number): string | null => tiers.levels[index]?.id ?? null

/** Whether a contribution at `at` can simply be added at the end. Of the day that the checkpoint is of nothing may be left. */
export const isInOrder = (machine: TierMachine, at: number): boolean =>
  (machine.newestAt === null || at >= machine.newestAt) &&
  at >= (machine.segments.at(-1)?.since ?? at) &&
  at >= (machine.checkpoint?.at ?? at) &&
  at >= (machine.rebased?.at ?? at)

/** The machine after one more contribution, no older than any before. Pure: the machine given is not changed. */
export function addContribution(machine: TierMachine, program: Program, contribution: TierContribution): TierMachine {
  const own = rules(program)
  if (own === null || contribution.amount === 0) return machine
  return step(withProgress(machine, machine), own, contribution)
}

/** Takes one more contribution in, in place. */
function step(machine: TierMachine, own: Rules, contribution: TierContribution): TierMachine {
  const day = startOfDay(localDay(contribution.at, own.zone), own.zone)
  // What a change of the program has judged already is not judged again, even where it is of the same day.
  const judged = machine.rebased?.at ?? Number.NEGATIVE_INFINITY
  const at = Math.max(day, judged + 1)
  if (contribution.at > judged && (machine.checkpoint === null || at > machine.checkpoint.at))
    machine.checkpoint = checkpointOf(machine, at)
  lapse(machine, own, contribution.at)
  accumulate(machine, own, contribution)
  qualify(machine, own, contribution.at)
  return machine
}

/** Replays contributions (oldest first) from the checkpoint's time on. */
export function replayFromCheckpoint(
  machine: TierMachine,
  program: Program,
  contributions: readonly TierContribution[],
): TierMachine {
  const own = rules(program)
  const { checkpoint } = machine
  if (own === null || checkpoint === null) return machine
  const next = withProgress(machine, checkpoint)
  for (const contribution of contributions) if (contribution.amount !== 0) step(next, own, contribution)
  return next
}

/** The machine with every tier ended that ends at or before `at`. */
export function lapseTiers(machine: TierMachine, program: Program, at: number): TierMachine {
  const own = rules(program)
  const last = machine.segments.at(-1)
  if (own === null || !last || lasts(last.until, at)) return machine
  return lapse(withProgress(machine, machine), own, at)
}

/** Replays all contributions (oldest first) from the start, or from the last change of the program. */
export function replayTiers(
  machine: TierMachine,
  program: Program,
  contributions: readonly TierContribution[],
): TierMachine {
  const own = rules(program)
  if (own === null) return machine
  const { rebased } = machine
  const next: TierMachine = {
    ...machine,
    segments: rebased
      ? rebased.segments.map((s) => ({ ...s }))
      : [{ id: levelId(own, own.base), since: machine.start, until: null }],
    earnedUntil: rebased ? [...rebased.earnedUntil] : own.thresholds.map(() => 0),
    sums: [],
    newestAt: null,
    checkpoint: null,
  }
  const before = rebased ? contributions.filter((c) => c.at <= rebased.at) : []
  for (const contribution of before) accumulate(next, own, contribution)
  if (rebased) {
    lapse(next, own, rebased.at)
    qualify(next, own, rebased.at)
  }
  for (const contribution of contributions) {
    if (contribution.amount === 0 || (rebased && contribution.at <= rebased.at)) continue
    step(next, own, contribution)
  }
  return next
}

/**
 * The machine under a changed program: what is held is kept as long as it was promised, and what was bought before is
 * judged once by the new rules, as of `at`. Replay it with the contributions afterwards.
 */
export function rebaseTiers(machine: TierMachine, program: Program, version: string, at: number): TierMachine {
  const own = rules(program)
  if (own === null) return { ...machine, program: version }
  const held = machine.segments.at(-1)
  const index = own.tiers.levels.findIndex((level) => level.id === held?.id)
  const earnedUntil = own.thresholds.map((_, i) => (index > own.base && i <= index ? (held?.until ?? FOREVER) : 0))
  const kept: TierSegment = index >= 0 && held ? { ...held } : { id: levelId(own, own.base), since: at, until: null }
  const segments = [
    ...(index >= 0 ? machine.segments.slice(0, -1) : machine.segments.map((s) => ({ ...s, until: s.until ?? at }))),
    kept,
  ]
  return {
    ...machine,
    program: version,
    segments,
    earnedUntil,
    rebased: { at, segments, earnedUntil },
    checkpoint: null,
  }
}

const progressOf = ({ segments, earnedUntil, sums, newestAt }: Progress): Progress => ({
  segments: segments.map((segment) => ({ ...segment })),
  earnedUntil: [...earnedUntil],
  sums: sums.map(([key, amount]) => [key, amount]),
  newestAt,
})

/** Each field by name: for every purchase, and several times as fast as a spread of the one into the other. */
function withProgress(machine: TierMachine, progress: Progress): TierMachine {
  const { segments, earnedUntil, sums, newestAt } = progressOf(progress)
  return { ...machine, segments, earnedUntil, sums, newestAt }
}

function checkpointOf(machine: TierMachine, at: number): NonNullable<TierMachine['checkpoint']> {
  const { segments, earnedUntil, sums, newestAt } = progressOf(machine)
  return { at, segments, earnedUntil, sums, newestAt }
}

/** Ends what ends by `at`, level by level. */
function lapse(machine: TierMachine, own: Rules, at: number): TierMachine {
  for (let held = machine.segments.at(-1); held && !lasts(held.until, at); held = machine.segments.at(-1)) {
    const ended = held.until as number
    const index = own.tiers.levels.findIndex((level) => level.id === held?.id)
    const requalified = machine.earnedUntil.findLastIndex((until, i) => i > own.base && lasts(until, ended))
    const below = own.tiers.downgrade === 'one_step' ? Math.max(index - 1, own.base) : own.base
    const next = Math.max(requalified, below)
    const until =
      next === own.base ? null : next === requalified ? (machine.earnedUntil[next] ?? null) : keptFrom(own, ended, true)
    pushSegment(machine, { id: levelId(own, next), since: ended, until })
  }
  return machine
}

function pushSegment(machine: TierMachine, segment: TierSegment): void {
  const last = machine.segments.at(-1)
  if (last?.id === segment.id) last.until = segment.until
  else machine.segments.push(segment)
  if (machine.segments.length > SEGMENTS_LIMIT) machine.segments.splice(0, machine.segments.length - SEGMENTS_LIMIT)
}

function accumulate(machine: TierMachine, own: Rules, { at, amount }: TierContribution): void {
  const { window } = own.tiers
  machine.newestAt = Math.max(machine.newestAt ?? at, at)
  const key =
    window.kind === 'lifetime' ? 0 : window.kind === 'calendar_year' ? localYear(at, own.zone) : localDay(at, own.zone)
  const last = machine.sums.at(-1)
  if (last && last[0] === key) last[1] += amount
  else machine.sums.push([key, amount])
  if (window.kind === 'calendar_year' && machine.sums.length > 1)
    machine.sums = machine.sums.filter(([year]) => year === key)
  if (window.kind === 'rolling') {
    const oldest = addMonths(key, -window.months)
    while ((machine.sums[0]?.[0] ?? key) <= oldest) machine.sums.shift()
  }
}

/** Judges the sum as of `at` and gives or prolongs the levels it reaches. */
function qualify(machine: TierMachine, own: Rules, at: number): void {
  const { window } = own.tiers
  const year = window.kind === 'calendar_year' ? localYear(at, own.zone) : 0
  const oldest = window.kind === 'rolling' ? addMonths(localDay(at, own.zone), -window.months) : 0
  const counts = (key: number): boolean =>
    window.kind === 'lifetime' || (window.kind === 'calendar_year' ? key === year : key > oldest)
  const reached = machine.sums.reduce((total, [key, amount]) => (counts(key) ? total + amount : total), 0)
  const level = own.thresholds.findLastIndex((threshold) => threshold <= reached)
  if (level <= own.base) return
  const until = keptFrom(own, at, false)
  for (let i = own.base + 1; i <= level; i++) {
    const before = machine.earnedUntil[i]
    machine.earnedUntil[i] = before === 0 || before === undefined ? until : later(before, until)
  }
  const held = machine.segments.at(-1)
  const heldIndex = own.tiers.levels.findIndex((l) => l.id === held?.id)
  if (level > heldIndex)
    pushSegment(machine, { id: levelId(own, level), since: at, until: machine.earnedUntil[level] ?? null })
  else if (held && heldIndex > own.base && held.until !== null)
    held.until = later(held.until, machine.earnedUntil[heldIndex] ?? null)
}

/** Until when a level reached at `at` is kept. After a downgrade by one step it is kept for a period. */
function keptFrom({ tiers: { keep }, zone }: Rules, at: number, step: boolean): number | null {
  if (keep === 'always') return FOREVER
  if (typeof keep === 'object') return endOfDayAfterMonths(at, keep.months, zone)
  return endOfYear(localYear(at, zone) + (keep === 'next_period' && !step ? 1 : 0), zone)
}

/** The level held at `at` as far as the machine knows; the first one for times before it. */
export function tierAt(segments: readonly (readonly [string | null, number])[], at: number): string | null {
  for (let i = segments.length - 1; i >= 0; i--) {
    const [id, since] = segments[i] as readonly [string | null, number]
    if (since <= at) return id
  }
  return segments[0]?.[0] ?? null
}

/** What of the metric counts at `at`, in its smallest unit. */
export function tierSum(machine: TierMachine, program: Program, at: number): number {
  const own = rules(program)
  if (own === null) return 0
  const { window } = own.tiers
  const year = window.kind === 'calendar_year' ? localYear(at, own.zone) : 0
  const oldest = window.kind === 'rolling' ? addMonths(localDay(at, own.zone), -window.months) : 0
  const counts = (key: number): boolean =>
    window.kind === 'lifetime' || (window.kind === 'calendar_year' ? key === year : key > oldest)
  return machine.sums.reduce((total, [key, amount]) => (counts(key) ? total + amount : total), 0)
}

/** How far the next level is, in the metric's smallest unit, by the sum that counts at `at`; null at the top. */
export function nextLevel(
  machine: TierMachine,
  program: Program,
  at: number,
): { index: number; sum: number; threshold: number; by: number | null } | null {
  const own = rules(program)
  const held = heldSegments({ tiers: machine }).at(-1)
  if (own === null || !held) return null
  const heldIndex = own.tiers.levels.findIndex((level) => level.id === held.id)
  const index = own.thresholds.findIndex((threshold, i) => i > heldIndex && Number.isFinite(threshold))
  const threshold = own.thresholds[index]
  if (threshold === undefined) return null
  const { window } = own.tiers
  const year = window.kind === 'calendar_year' ? localYear(at, own.zone) : 0
  const oldest = window.kind === 'rolling' ? addMonths(localDay(at, own.zone), -window.months) : 0
  const counts = (key: number): boolean =>
    window.kind === 'lifetime' || (window.kind === 'calendar_year' ? key === year : key > oldest)
  const sum = machine.sums.reduce((total, [key, amount]) => (counts(key) ? total + amount : total), 0)
  return { index, sum, threshold, by: window.kind === 'calendar_year' ? endOfYear(year, own.zone) : null }
}
