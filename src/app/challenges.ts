/**
 * Challenges: what a member did since they were last looked at is counted, and the awards given are brought in line. A deed
 * counts for a challenge as it stood in the program that the deed was decided under, so none counts from before there was
 * one; another goal under the same id begins anew for everybody, and what was met stays met.
 */
import {
  actionAmount,
  boughtAmount,
  type Deed,
  isNewest,
  meets,
  noProgress,
  oldestDeedFirst,
  progressAt,
  sameGoal,
} from '../core/challenges.ts'
import type { Programs } from '../core/decide-payment.ts'
import type { Grant } from '../core/reward-state.ts'
import type { ChallengeProgress, Member, Payment } from '../core/state.ts'
import type { Challenge } from '../program/engagement.ts'
import { alignSeries, stands } from './award-series.ts'
import type { Desk } from './desk.ts'
import type { MemberView } from './ports.ts'
import type { PaymentChange } from './unconcluded.ts'

export function concludeChallenges(desk: Desk, id: string): void {
  const { challenges } = desk.programs.current
  const known = desk.member(id).challenges
  // Also those that the program has no longer: what was given falls with what it was given for.
  const dropped = Object.keys(known).filter((one) => challenges.every((challenge) => challenge.id !== one))
  if (challenges.length === 0 && dropped.length === 0) return
  const merged = desk.changes.handOver?.to === id
  const payments = desk.paymentChanges(id)
  const actions = desk.grantChanges(id, 'action')
  if (!merged && payments.length === 0 && actions.length === 0) return
  const changes: Changed = { member: id, payments, actions, merged }
  for (const challenge of challenges) concludeChallenge(desk, challenge, changes)
  for (const one of dropped) {
    const before = challengeIn(desk.programs, known[one]?.program ?? null, one)
    if (before !== null) concludeChallenge(desk, before, changes)
  }
}

interface Changed {
  member: string
  payments: readonly PaymentChange[]
  actions: readonly Grant[]
  merged: boolean
}

function concludeChallenge(desk: Desk, challenge: Challenge, changed: Changed): void {
  const { programs } = desk
  const { id } = challenge
  const stored = desk.member(changed.member).challenges[id] ?? null
  const progress = underGoal(programs, challenge, stored)
  const fresh = changed.merged ? null : newDeeds(programs, challenge, changed)
  if (fresh?.length === 0) return
  const isInOrder = fresh?.every((deed) => isNewest(progress, deed)) ?? false
  if (fresh === null || !isInOrder) {
    countAnew(desk, challenge, changed.member)
    return
  }
  const next = meets(challenge, programs.current.timezone, fresh, progress)
  putProgress(desk, changed.member, id, next.progress)
  if (next.completions.length === 0) return
  const given = givenFor(desk, changed.member, challenge)
  const due = [...given.map(({ at }) => at), ...next.completions].sort((a, b) => a - b)
  give(desk, changed.member, challenge, { program: next.progress.program, given, due })
}

/** What is known of the member's progress, if it is towards this goal; else from nothing. */
function underGoal(programs: Programs, challenge: Challenge, stored: ChallengeProgress | null): ChallengeProgress {
  if (stored === null) return noProgress(programs.version)
  if (stored.program === programs.version) return stored
  const before = challengeIn(programs, stored.program, challenge.id)
  if (before !== null && sameGoal(before, challenge)) return stored
  return noProgress(programs.version, stored.earlier + stored.met)
}

const challengeIn = (programs: Programs, program: string | null, id: string): Challenge | null =>
  program === null ? null : (programs.byVersion(program).challenges.find((challenge) => challenge.id === id) ?? null)

const putProgress = (desk: Desk, member: string, challenge: string, progress: ChallengeProgress): void => {
  const changed = desk.change(member)
  changed.challenges = { ...changed.challenges, [challenge]: progress }
}

// ---------------------------------------------------------------------------------------------------------- deeds

/** What came to count, oldest first; null where something counts no more, or counts otherwise. */
function newDeeds(programs: Programs, challenge: Challenge, { payments, actions, member }: Changed): Deed[] | null {
  const deeds: Deed[] = []
  for (const { before, after } of payments) {
    const was = before?.member === member ? deedOf(programs, challenge, before) : null
    const is = after.member === member ? deedOf(programs, challenge, after) : null
    if (was === null && is === null) continue
    if (was !== null && is !== null && was.at === is.at && was.amount === is.amount) continue
    if (was !== null || is === null) return null
    deeds.push(is)
  }
  if (actions.some((grant) => actionDeed(programs, challenge, grant) && (grant.version > 0 || !stands(grant))))
    return null
  return [...deeds, ...actionDeeds(programs, challenge, actions)].sort(oldestDeedFirst)
}

/** The purchase as this challenge counts it; null where it does not. */
function deedOf(programs: Programs, challenge: Challenge, payment: Payment): Deed | null {
  const { id, frozen, eligible, counted, parts } = payment
  if (challenge.goal.of === 'action' || counted.at === null || !eligible || frozen === null) return null
  const amount = boughtAmount(challenge, { kept: counted.purchases === 1, items: parts.items?.list ?? null })
  return amount > 0 && counts(programs, challenge, frozen.program) ? { id, at: counted.at, amount } : null
}

/** Whether what was decided under this program counts: it had the challenge, with this goal. */
function counts(programs: Programs, challenge: Challenge, program: string): boolean {
  const then = challengeIn(programs, program, challenge.id)
  return then !== null && sameGoal(then, challenge)
}

function actionDeed(programs: Programs, challenge: Challenge, { subject, at, id, program }: Grant): Deed | null {
  const amount = actionAmount(challenge, subject)
  if (amount === 0 || !counts(programs, challenge, program)) return null
  return { id: /^.*?\/act_[^/]+/.exec(id)?.[0] ?? id, at, amount }
}

/** An action that several rules gave something for is one. */
function actionDeeds(programs: Programs, challenge: Challenge, actions: readonly Grant[]): Deed[] {
  const deeds = actions.filter(stands).flatMap((grant) => actionDeed(programs, challenge, grant) ?? [])
  return [...new Map(deeds.map((deed) => [deed.id, deed])).values()]
}

// ---------------------------------------------------------------------------------------------------------- counting anew

/** One goal that the challenge had: what was done towards it and given for it. */
interface Era {
  challenge: Challenge
  program: string
}

/** From all that the member did: something came late, fell, or moved here. */
function countAnew(desk: Desk, challenge: Challenge, member: string): void {
  const payments = desk.paymentsOf(member)
  const actions = desk.given.grantsOf(member, { occasion: 'action' })
  const zone = desk.programs.current.timezone
  const all = givenFor(desk, member, null).filter(({ rule }) => rule === challenge.id)
  let earlier = 0
  for (const era of erasOf(desk, challenge, [
    ...payments.flatMap(({ frozen }) => frozen?.program ?? []),
    ...[...actions, ...all].map(({ program }) => program),
  ])) {
    const bought = payments.flatMap((payment) => deedOf(desk.programs, era.challenge, payment) ?? [])
    const deeds = [...bought, ...actionDeeds(desk.programs, era.challenge, actions)].sort(oldestDeedFirst)
    const { progress, completions } = meets(era.challenge, zone, deeds, noProgress(era.program, earlier))
    earlier += progress.met
    const given = all.filter(({ program }) => counts(desk.programs, era.challenge, program))
    give(desk, member, era.challenge, { program: era.program, given, due: completions })
    // The goal of today comes last.
    putProgress(desk, member, challenge.id, progress)
  }
}

/** The goals that the challenge had in these programs, each once, the one at hand last. */
function erasOf({ programs }: Desk, challenge: Challenge, versions: readonly string[]): Era[] {
  const eras: Era[] = []
  for (const program of new Set(versions)) {
    const then = challengeIn(programs, program, challenge.id)
    if (then === null || sameGoal(then, challenge)) continue
    if (!eras.some((era) => sameGoal(era.challenge, then))) eras.push({ challenge: then, program })
  }
  const isCurrent = programs.current.challenges.includes(challenge)
  const own = versions.find((program) => counts(programs, challenge, program))
  return [...eras, { challenge, program: isCurrent ? programs.version : (own ?? programs.version) }]
}

// ---------------------------------------------------------------------------------------------------------- awards

/** Awards for challenges that stand: for this one with its goal, or all. */
const givenFor = (desk: Desk, member: string, challenge: Challenge | null): Grant[] =>
  desk.given
    .grantsOf(member, { occasion: 'challenge', ...(challenge === null ? {} : { rule: challenge.id }) })
    .filter((grant) => stands(grant) && (challenge === null || counts(desk.programs, challenge, grant.program)))

interface Due {
  program: string
  given: readonly Grant[]
  due: readonly number[]
}

function give(desk: Desk, member: string, challenge: Challenge, { program, given, due }: Due): void {
  if (given.length === 0 && due.length === 0) return
  const { id, name, award } = challenge
  alignSeries(desk, member, given, due, {
    id: (n) => `${member}/challenge/${id}/${n}`,
    occasion: 'challenge',
    rule: id,
    subject: '',
    award,
    program,
    code: 'challenge_met',
    reason: name,
    because: `${name} is not met any more`,
  })
}

// ---------------------------------------------------------------------------------------------------------- what is shown

/** How far the member is in each of the program's challenges. */
export const viewChallenges = (programs: Programs, member: Member, now: number): MemberView['challenges'] =>
  programs.current.challenges.map((challenge) => {
    const { id, name, goal } = challenge
    const stored = member.challenges[id] ?? null
    const progress = stored === null ? null : underGoal(programs, challenge, stored)
    return { id, name, ...progressAt(challenge, programs.current.timezone, progress, now), goal: goal.count }
  })
