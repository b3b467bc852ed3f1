// Whatever one part of the program calls by its id must exist, and ids must tell things apart.
import type { Award } from './awards.ts'
import { entries, type Parts } from './parts.ts'
import { type Path, type Report, valueAt } from './problems.ts'
import { didYouMean } from './suggest.ts'

const KINDS = {
  tier: ['tiers', 'levels'],
  rule: ['earning'],
  limit: ['limits'],
  campaign: ['campaigns'],
  reward: ['rewards'],
  challenge: ['challenges'],
  badge: ['badges'],
  partner: ['partners'],
  cause: ['causes'],
} as const satisfies Record<string, Path>
type Kind = keyof typeof KINDS

/** Ids are looked up in what was written: a reward with another mistake in it is still the one that is meant. */
export function checkReferences(input: unknown, parts: Parts, report: Report): void {
  for (const kind of Object.keys(KINDS) as Kind[]) checkUnique(input, kind, report)
  checkPerks(parts, report)

  const refer = (kind: Kind, id: string | null, path: Path): void => {
    const ids = idsOf(input, kind)
    if (id === null || ids.includes(id)) return
    const hint = ids.length === 0 ? `; there are none under ${KINDS[kind].join('.')}` : didYouMean(id, ids)
    report(path, `is not the id of a ${kind}${hint || `; there are ${ids.slice(0, 10).join(', ')}`}`)
  }
  const referEach = (kind: Kind, ids: readonly string[], path: Path): void =>
    ids.forEach((id, index) => {
      refer(kind, id, [...path, index])
    })

  for (const [award, path] of awards(parts)) {
    for (const [option, at] of [
      [award, path] as const,
      ...award.choose.map((one, n) => [one, [...path, 'choose', n]] as const),
    ]) {
      refer('reward', option.reward, [...at, 'reward'])
      refer('badge', option.badge, [...at, 'badge'])
      refer('cause', option.cause, [...at, 'cause'])
    }
  }
  for (const [n, rule] of entries(parts.earning)) referEach('tier', rule.when.tiers, ['earning', n, 'when', 'tiers'])
  for (const [n, limit] of entries(parts.limits)) referEach('rule', limit.rules, ['limits', n, 'rules'])
  for (const [n, one] of entries(parts.campaigns)) referEach('tier', one.when.tiers, ['campaigns', n, 'when', 'tiers'])
  for (const [n, reward] of entries(parts.rewards)) {
    referEach('tier', reward.tiers, ['rewards', n, 'tiers'])
    if (reward.fulfil.kind === 'donation') refer('cause', reward.fulfil.cause, ['rewards', n, 'fulfil', 'cause'])
  }
  for (const [n, one] of entries(parts.autoRedeem)) refer('reward', one.reward, ['autoRedeem', n, 'reward'])
}

function idsOf(input: unknown, kind: Kind): string[] {
  return writtenIds(input, KINDS[kind]).filter((id) => id !== undefined)
}

function writtenIds(input: unknown, path: Path): (string | undefined)[] {
  const list = valueAt(input, path)
  if (!Array.isArray(list)) return []
  return list.map((entry) => {
    const id = valueAt(entry, ['id'])
    return typeof id === 'string' ? id : undefined
  })
}

function checkUnique(input: unknown, kind: Kind, report: Report): void {
  reportRepeated(writtenIds(input, KINDS[kind]), (index, first) => {
    report([...KINDS[kind], index, 'id'], `must be an id of its own: ${KINDS[kind].join('.')}[${first}] has it already`)
  })
}

function checkPerks(parts: Parts, report: Report): void {
  parts.tiers?.levels.forEach((level, n) => {
    reportRepeated(
      level.perks.map((perk) => perk.id),
      (index, first) => {
        const path = ['tiers', 'levels', n, 'perks']
        report([...path, index, 'id'], `must be an id of its own: the tier’s perks[${first}] has it already`)
      },
    )
  })
}

/** Calls back for each value that stood earlier in the list, with both positions. */
export function reportRepeated(
  values: readonly (string | undefined)[],
  repeated: (index: number, first: number) => void,
): void {
  const seen = new Map<string, number>()
  values.forEach((value, index) => {
    if (value === undefined) return
    const first = seen.get(value)
    if (first === undefined) seen.set(value, index)
    else repeated(index, first)
  })
}

/** Every award in the program and where it stands. */
function awards(parts: Parts): [Award, Path][] {
  const found: [Award | null | undefined, Path][] = [
    [parts.enrolment?.award, ['enrolment', 'award']],
    [parts.referral?.referrer, ['referral', 'referrer']],
    [parts.referral?.friend, ['referral', 'friend']],
  ]
  for (const [n, rule] of entries(parts.earning)) if ('award' in rule) found.push([rule.award, ['earning', n, 'award']])
  for (const [n, level] of entries(parts.tiers?.levels)) found.push([level.entry, ['tiers', 'levels', n, 'entry']])
  for (const [n, one] of entries(parts.challenges)) found.push([one.award, ['challenges', n, 'award']])
  return found.filter((pair): pair is [Award, Path] => pair[0] !== null && pair[0] !== undefined)
}
