/** Active lists for those who want them: one for each tier and each segment. Only their definitions. */
import type { Program } from '../../src/program/schema.ts'
import { PROPERTIES } from './properties.ts'

export interface ListPlan {
  name: string
  filterBranch: unknown
}

/** What our lists' names begin with. */
export const LIST_PREFIX = 'Loyalty: '

/** Names stay one of a kind where a tier is called as a segment is. */
export function planLists(program: Program): ListPlan[] {
  const taken = new Set<string>()
  return ['tier', 'segment'].flatMap((name) => {
    const row = PROPERTIES.find((one) => one.name === name)
    return (row?.options?.(program) ?? []).map(({ label, value }) => ({
      name: nameOf(label, value, taken),
      filterBranch: isOneOf(`${program.hubspot.prefix}${name}`, value),
    }))
  })
}

function nameOf(label: string, value: string, taken: Set<string>): string {
  const [plain, own] = [`${LIST_PREFIX}${label}`, `${LIST_PREFIX}${label} (${value})`]
  const name = taken.has(plain.toLowerCase()) ? own : plain
  taken.add(name.toLowerCase())
  return name
}

/** HubSpot wants conditions in an AND within an OR. */
const isOneOf = (property: string, value: string) => ({
  filterBranchType: 'OR',
  filterBranchOperator: 'OR',
  filters: [],
  filterBranches: [
    {
      filterBranchType: 'AND',
      filterBranchOperator: 'AND',
      filterBranches: [],
      filters: [
        {
          filterType: 'PROPERTY',
          property,
          operation: {
            operationType: 'ENUMERATION',
            operator: 'IS_ANY_OF',
            values: [value],
            includeObjectsWithNoValueSet: false,
          },
        },
      ],
    },
  ],
})
