/** A tier is going to end, and what keeps it has not been bought yet. */
import type { AlertDraft } from '../../core/alert-state.ts'
import { localDay } from '../../core/calendar.ts'
import { count, day, money, pointsWord } from '../../core/sentences.ts'
import { type KeepingTier, keepingTier } from '../../core/tier-keeping.ts'
import type { Program } from '../../program/schema.ts'
import { historyUntil } from '../summaries.ts'
import { dateOf, windowDays } from './lapse.ts'
import { isRunning, type JudgeInput, type KnownAlert, lookedAtOn } from './situation.ts'
import { wholeMoney, yearValue } from './stake.ts'

const MONTH_DAYS = 30
const YEAR_DAYS = 365
/** A tier kept for a month only is no news as soon as it is reached: the last third of the time is warned of at most. */
const WARNED_SHARE = 1 / 3

export function judgeTierAtRisk(input: JudgeInput): AlertDraft | null {
  const { member, program, now, today, alerts } = input
  const held = member.tiers?.segments.at(-1)
  // Cheap, for nearly everybody nearly every night.
  if (!held || held.until === null || held.until <= now) return null
  const lastDay = localDay(held.until - 1, program.timezone)
  if (lastDay - warningDays(program) > today) return null
  const keeping = keepingTier(member, program, now)
  if (keeping === null || keeping.until !== held.until) return null
  const draft = draftOf(keeping, input, lastDay)
  const same = alerts.filter(({ kind, occasion }) => kind === draft.kind && occasion === draft.occasion)
  const known = same.find(isRunning) ?? same[0]
  if (known !== undefined) return isRunning(known) && known.reason !== draft.reason ? draft : null
  // Of the same day nothing is news, whatever was learnt since.
  return lookedAtOn(input) === today ? null : draft
}

function draftOf(keeping: KeepingTier, input: JudgeInput, lastDay: number): AlertDraft {
  const { program, today, history, isSubscriber, spentLastYearMinor } = input
  const outlook = input.outlookAt(today)
  return {
    kind: 'tier_at_risk',
    occasion: tierOccasion(keeping, program),
    valueMinor: isSubscriber ? wholeMoney(spentLastYearMinor) : yearValue(historyUntil(history, today), outlook),
    reason: keepingSentence(keeping, program),
    facts: {
      tier: keeping.levelId,
      until: dateOf(lastDay),
      missing: keeping.missing,
      missingByEnd: keeping.missingByEnd,
      unit: keeping.unit,
      fallsTo: keeping.fallsTo,
    },
    suggestion: null,
    windowDays: windowDays(outlook),
  }
}

/** Whether what such an alert tells of has passed: the tier is kept, or has ended. */
export function isTierPassed({ occasion }: KnownAlert, { member, program, now }: JudgeInput): boolean {
  const keeping = keepingTier(member, program, now)
  return keeping === null || tierOccasion(keeping, program) !== occasion
}

/** How many days before its end one is warned of a tier. */
function warningDays({ retention: { expiringDays }, tiers }: Program): number {
  const keep = tiers?.keep
  const keptDays = typeof keep === 'object' ? keep.months * MONTH_DAYS : YEAR_DAYS
  return Math.min(expiringDays, Math.round(keptDays * WARNED_SHARE))
}

/** The level and the last day it is held. */
export const tierOccasion = ({ levelId, until }: KeepingTier, { timezone }: Program): string =>
  `${levelId}.${dateOf(localDay(until - 1, timezone))}`

/** "Needs 120 more points by Dec 31, 2026 to keep Gold; otherwise it is Silver." */
function keepingSentence(keeping: KeepingTier, program: Program): string {
  const by = day(keeping.until, program, true)
  const falls =
    keeping.fallsTo === null ? 'otherwise no tier is left' : `otherwise it is ${nameOf(program, keeping.fallsTo)}`
  return `${needSentence(keeping, program)} by ${by} to keep ${nameOf(program, keeping.levelId)}; ${falls}.`
}

/** By the end of it: whoever buys today what was missing yesterday must not be told less than it takes. */
function needSentence({ missingByEnd: missing, unit }: KeepingTier, program: Program): string {
  const { locale, currency } = program
  if (missing === 1) return 'Needs one more purchase'
  if (unit === 'purchases') return `Needs ${count(missing, locale)} more purchases`
  if (unit === 'spend') return `Needs to spend another ${money(missing, currency, locale)}`
  return `Needs ${count(missing, locale)} more ${pointsWord(missing, program)}`
}

const nameOf = ({ tiers }: Program, id: string): string => tiers?.levels.find((level) => level.id === id)?.name ?? id
