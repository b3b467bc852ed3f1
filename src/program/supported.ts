// The program language is larger than what the engine does so far. What is not built yet is refused by name when the
// program is loaded: a rule that is silently ignored would be a promise to members that nobody keeps. Whoever builds
// a thing deletes its row.
import type { ProgramProblem } from './problems.ts'
import type { Program } from './schema.ts'

type Found = Pick<ProgramProblem, 'path' | 'value'>
type Row = { what: string; find: (program: Program) => Found[] }

const NOT_BUILT: readonly Row[] = [
  { what: 'limits on what purchases earn by their amount are', find: limitsOnPurchases },
  { what: 'conditions of campaigns for joining are', find: joiningConditions },
]

/** What a valid program asks for that the engine does not do yet, each by name; empty when it can be run. */
export function unsupported(program: Program): ProgramProblem[] {
  return NOT_BUILT.flatMap(({ what, find }) =>
    find(program).map((found) => ({ ...found, message: `must be left out for now: ${what} not built yet` })),
  )
}

/** Whoever joins has no tier and has bought nothing by it. */
function joiningConditions({ campaigns }: Program): Found[] {
  return campaigns.flatMap(({ on, when: { tiers, products, metadata, minimum } }, n) => {
    if (on !== 'enrolment') return []
    const asked = Object.entries({ tiers, products, metadata })
      .filter(([, value]) => Object.keys(value).length > 0)
      .map(([name, value]) => ({ path: `campaigns[${n}].when.${name}`, value }))
    return minimum > 0 ? [...asked, { path: `campaigns[${n}].when.minimum`, value: minimum }] : asked
  })
}

function limitsOnPurchases({ earning, limits }: Program): Found[] {
  const bought = new Set(earning.flatMap(({ id, on }) => (on === 'purchase' ? [id] : [])))
  return limits.flatMap(({ rules }, n) =>
    rules.flatMap((rule, i) => (bought.has(rule) ? [{ path: `limits[${n}].rules[${i}]`, value: rule }] : [])),
  )
}
