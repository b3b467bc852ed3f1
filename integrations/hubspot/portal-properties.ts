/** The portal's contact properties beside those that a program needs: what is missing, what is somebody else's. Pure. */
import type { Program } from '../../src/program/schema.ts'
import { isRecord, list, textOf } from './answers.ts'
import { GROUP, KINDS, PROPERTIES, type PropertyOption, type PropertyRow } from './properties.ts'

/** An option as HubSpot has it; it is sent back whole, so that nothing of it is lost. */
export type PortalOption = Record<string, unknown> & { label: string; value: string }

export interface PortalProperty {
  name: string
  type: string
  fieldType: string
  hasUniqueValue: boolean
  /** Calculated, or otherwise not to be written. */
  isReadOnly: boolean
  options: PortalOption[]
}

/** What HubSpot takes to make a property. */
export interface NewProperty {
  name: string
  label: string
  description: string
  groupName: string
  type: string
  fieldType: string
  displayOrder: number
  /** Not to be filled in by whoever fills in a form. */
  formField: false
  hasUniqueValue: boolean
  options: PortalOption[]
}

export interface PropertyPlan {
  missing: NewProperty[]
  /** Properties that lack options: all that they are to have, those there first. */
  lacking: { name: string; options: PortalOption[]; added: string[] }[]
  /** Of the same name, and of no use to us: made by somebody else. */
  foreign: { name: string; why: string }[]
  /** As they should be. */
  right: string[]
}

export function readProperties(body: Record<string, unknown>): PortalProperty[] {
  return list(body.results).flatMap((given) => {
    const name = isRecord(given) ? textOf(given.name) : undefined
    if (!isRecord(given) || name === undefined) return []
    const limits = isRecord(given.modificationMetadata) ? given.modificationMetadata : {}
    return [
      {
        name,
        type: textOf(given.type) ?? '',
        fieldType: textOf(given.fieldType) ?? '',
        hasUniqueValue: given.hasUniqueValue === true,
        isReadOnly: given.calculated === true || limits.readOnlyValue === true,
        options: list(given.options).flatMap(optionIn),
      },
    ]
  })
}

function optionIn(given: unknown): PortalOption[] {
  if (!isRecord(given)) return []
  const [label, value] = [textOf(given.label), textOf(given.value)]
  return label === undefined || value === undefined ? [] : [{ ...given, label, value }]
}

/**
 * What is to be done so that every property is there, with every option of the programs: the first is the one to be filled
 * from, the others were in force before, so that members may still hold what was theirs.
 */
export function planProperties(
  programs: readonly [Program, ...Program[]],
  present: readonly PortalProperty[],
): PropertyPlan {
  const [program] = programs
  const byName = new Map(present.map((property) => [property.name, property]))
  const plan: PropertyPlan = { missing: [], lacking: [], foreign: [], right: [] }
  for (const [order, row] of PROPERTIES.entries()) {
    const name = `${program.hubspot.prefix}${row.name}`
    const wanted = optionsOf(row, programs)
    const found = byName.get(name)
    if (found === undefined) {
      plan.missing.push(newProperty(row, name, order, wanted))
      continue
    }
    const why = whyForeign(row, found)
    const added = why === null ? addTo(found.options, wanted) : []
    if (why !== null) plan.foreign.push({ name, why })
    else if (added.length === 0) plan.right.push(name)
    else plan.lacking.push({ name, options: [...found.options, ...added], added: added.map(({ label }) => label) })
  }
  return plan
}

function optionsOf(row: PropertyRow, programs: readonly Program[]): PropertyOption[] {
  const byValue = new Map<string, PropertyOption>()
  for (const program of programs)
    for (const option of row.options?.(program) ?? []) if (!byValue.has(option.value)) byValue.set(option.value, option)
  return [...byValue.values()]
}

function newProperty(row: PropertyRow, name: string, order: number, options: readonly PropertyOption[]): NewProperty {
  return {
    name,
    label: row.label,
    description: row.description,
    groupName: GROUP.name,
    ...KINDS[row.kind],
    displayOrder: order,
    formField: false,
    hasUniqueValue: row.isUnique === true,
    options: addTo([], options),
  }
}

/** Those that are not there yet. HubSpot wants each label once: whichever comes second says its value too. */
function addTo(there: readonly PortalOption[], wanted: readonly PropertyOption[]): PortalOption[] {
  const values = new Set(there.map(({ value }) => value))
  const labels = new Set(there.map(({ label }) => label.toLowerCase()))
  const last = Math.max(-1, ...there.map(({ displayOrder }) => (typeof displayOrder === 'number' ? displayOrder : -1)))
  const added: PortalOption[] = []
  for (const { label, value } of wanted) {
    if (values.has(value)) continue
    const own = labels.has(label.toLowerCase()) ? `${label} (${value})` : label
    labels.add(own.toLowerCase())
    added.push({ label: own, value, displayOrder: last + 1 + added.length, hidden: false })
  }
  return added
}

/** What a person changed that does no harm (label, group, order, a text's field) is theirs to change. */
function whyForeign({ kind, isUnique }: PropertyRow, found: PortalProperty): string | null {
  const { type, fieldType } = KINDS[kind]
  if (found.type !== type) return `is of type ${found.type || 'unknown'}, not ${type}`
  if (kind === 'choices' && found.fieldType !== fieldType) return `takes one choice (${found.fieldType}), not several`
  if (found.isReadOnly) return 'cannot be written: HubSpot calculates it'
  if (isUnique === true && !found.hasUniqueValue) return 'may be the same on two contacts: it was not made as unique'
  return null
}
