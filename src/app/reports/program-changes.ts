/** What another program would change, in plain words: what goes that members hold, what comes, what holds from now on. */
import type { Program } from '../../program/schema.ts'
import { type Going, LEVELS_MEAN, MEANINGS, type Named, people, SECTIONS, type Section } from './program-words.ts'
import type { Held } from './shapes.ts'

export interface ProgramChange {
  kind: 'removed' | 'added' | 'changed'
  /** Where it stands: `rewards.gift`, `points.value`. */
  path: string
  /** In a sentence or several: what changes, and what it means for members. */
  what: string
  /** How many members, rewards or points it concerns; null where nobody holds such a thing, or it is not known. */
  holders: number | null
  /** Worth a second thought before it is accepted. */
  warns: boolean
}

const VALUE_SHOWN = 60

/** Everything that differs, what goes first. `held`: what members hold now; null where that is not known. */
export function programChanges(before: Program, after: Program, held: Held | null): ProgramChange[] {
  const going = { before, after, held }
  const sections = (Object.keys(SECTIONS) as Section[]).flatMap((section) => sectionChanges(section, going))
  const rest = settingChanges('', withoutSections(before), withoutSections(after))
  const order = { removed: 0, changed: 1, added: 2 }
  return [...levelChanges(going), ...sections, ...rest].sort(
    (a, b) => order[a.kind] - order[b.kind] || Number(b.warns) - Number(a.warns),
  )
}

const quoted = ({ id, name }: Named): string => `"${name ?? id}"`

function sectionChanges(section: Section, going: Going): ProgramChange[] {
  const { word, gone, changed, added } = SECTIONS[section]
  const list = (program: Program): Named[] =>
    section === 'autoRedeem'
      ? program.autoRedeem.map(({ reward }) => ({ id: reward }))
      : program[section].map((one) => ('name' in one ? { id: one.id, name: one.name } : { id: one.id }))
  const body = (program: Program, id: string): object | undefined =>
    section === 'autoRedeem'
      ? program.autoRedeem.find(({ reward }) => reward === id)
      : program[section].find((one) => one.id === id)
  const [old, fresh] = [list(going.before), list(going.after)]
  const path = (id: string): string => `${section}.${id}`
  const removed = old.filter(({ id }) => !fresh.some((one) => one.id === id))
  return [
    ...removed.map((one): ProgramChange => {
      const { holders, means } = gone(one.id, going)
      return {
        kind: 'removed',
        path: path(one.id),
        what: `${word} ${quoted(one)} goes. ${means}`,
        holders,
        warns: (holders ?? 0) > 0,
      }
    }),
    ...fresh
      .filter(({ id }) => !old.some((one) => one.id === id))
      .map((one) => plain('added', path(one.id), `${word} ${quoted(one)} is new. ${added}`)),
    ...fresh.flatMap((one): ProgramChange[] => {
      const [was, is] = [body(going.before, one.id), body(going.after, one.id)]
      const parts = was === undefined || is === undefined ? [] : differences('', was, is)
      return parts.length === 0
        ? []
        : [plain('changed', path(one.id), `${word} ${quoted(one)}: ${parts.map(describe).join(', ')}. ${changed}`)]
    }),
  ]
}

const plain = (kind: ProgramChange['kind'], path: string, what: string, warns = false): ProgramChange => ({
  kind,
  path,
  what,
  holders: null,
  warns,
})

function levelChanges({ before, after, held }: Going): ProgramChange[] {
  const [old, fresh] = [before.tiers?.levels ?? [], after.tiers?.levels ?? []]
  const base = fresh.findLast(({ threshold }) => threshold === 0)
  const holdersOf = (id: string): number | null => held && (held.tiers.find((one) => one.id === id)?.members ?? 0)
  const removed = old
    .filter(({ id }) => !fresh.some((one) => one.id === id))
    .map((level): ProgramChange => {
      const holders = holdersOf(level.id)
      const who =
        holders === null
          ? 'Who holds it'
          : holders === 0
            ? 'Nobody holds it'
            : `${people(holders)} hold${holders === 1 ? 's' : ''} it`
      const then =
        after.tiers === null
          ? 'there are no tiers any more. Points that were earned stay, and keep their end where another would be sooner.'
          : `what each bought is judged once by the new levels, and who reaches none has ${base === undefined ? 'no tier' : quoted(base)}. Their points keep their end where another would be sooner.`
      return {
        kind: 'removed',
        path: `tiers.levels.${level.id}`,
        what: `Tier ${quoted(level)} goes. ${who}${holders === 0 ? '.' : `: ${then}`}`,
        holders,
        warns: (holders ?? 0) > 0,
      }
    })
  const added = fresh
    .filter(({ id }) => !old.some((one) => one.id === id))
    .map((level) =>
      plain(
        'added',
        `tiers.levels.${level.id}`,
        `Tier ${quoted(level)} is new. What was bought before is judged once.`,
      ),
    )
  const changed = fresh.flatMap((level) => {
    const was = old.find(({ id }) => id === level.id)
    const parts = was === undefined ? [] : differences('', was, level)
    const holders = holdersOf(level.id)
    const who = holders === null || holders === 0 ? '' : ` ${people(holders)} hold${holders === 1 ? 's' : ''} it.`
    return parts.length === 0
      ? []
      : [
          {
            ...plain(
              'changed',
              `tiers.levels.${level.id}`,
              `Tier ${quoted(level)}: ${parts.map(describe).join(', ')}.${who} ${LEVELS_MEAN}`,
            ),
            holders,
          },
        ]
  })
  const kept = (list: typeof old, other: typeof old): string =>
    list
      .filter(({ id }) => other.some((one) => one.id === id))
      .map(({ name }) => name)
      .join(', ')
  const isReordered =
    old
      .map(({ id }) => id)
      .filter((id) => fresh.some((one) => one.id === id))
      .join() !==
    fresh
      .map(({ id }) => id)
      .filter((id) => old.some((one) => one.id === id))
      .join()
  const order = isReordered
    ? [
        plain(
          'changed',
          'tiers.levels',
          `The order of the tiers: ${kept(fresh, old)} instead of ${kept(old, fresh)}. ${LEVELS_MEAN}`,
        ),
      ]
    : []
  return [...removed, ...changed, ...order, ...added]
}

/** The settings that are no lists of named things. */
function withoutSections(program: Program): Record<string, unknown> {
  const { tiers, ...rest } = program
  const others = Object.fromEntries(Object.entries(rest).filter(([key]) => !Object.hasOwn(SECTIONS, key)))
  if (tiers === null) return others
  const { levels: _, ...rules } = tiers
  return { ...others, tiers: rules }
}

function settingChanges(path: string, before: object, after: object): ProgramChange[] {
  return differences(path, before, after).map((difference) => {
    const [, means, warns = false] = MEANINGS.findLast(
      ([prefix]) => prefix !== '' && (difference.path === prefix || difference.path.startsWith(`${prefix}.`)),
    ) ??
      MEANINGS[0] ?? ['', '']
    return plain('changed', difference.path, `${describe(difference)}. ${means}`, warns)
  })
}

interface Difference {
  path: string
  was: unknown
  is: unknown
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The innermost fields that differ. Lists are taken as a whole. */
function differences(path: string, before: object, after: object): Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key): Difference[] => {
    const [was, is]: unknown[] = [Reflect.get(before, key), Reflect.get(after, key)]
    const inner = path === '' ? key : `${path}.${key}`
    if (JSON.stringify(was) === JSON.stringify(is)) return []
    return isPlain(was) && isPlain(is) ? differences(inner, was, is) : [{ path: inner, was, is }]
  })
}

const describe = ({ path, was, is }: Difference): string => `${path} is ${show(is)} instead of ${show(was)}`

function show(value: unknown): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return 'nothing'
  const text = typeof value === 'string' ? `"${value}"` : JSON.stringify(value)
  return text.length > VALUE_SHOWN ? `${text.slice(0, VALUE_SHOWN)}…` : text
}
