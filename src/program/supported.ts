// The program language is larger than what the engine does so far. What is not built yet is refused by name when the
// program is loaded: a rule that is silently ignored would be a promise to members that nobody keeps. Whoever builds
// a thing deletes its row.
import { givesSomething } from './awards.ts'
import type { ProgramProblem } from './problems.ts'
import type { Program } from './schema.ts'

type Found = Pick<ProgramProblem, 'path' | 'value'>
type Row = { what: string; find: (program: Program) => Found[] }

const NOT_BUILT: readonly Row[] = [
  {
    what: 'consent other than "implied" is',
    find: ({ enrolment }) =>
      enrolment.consent === 'implied' ? [] : [{ path: 'enrolment.consent', value: enrolment.consent }],
  },
  {
    what: 'awards on joining are',
    find: ({ enrolment }) =>
      givesSomething(enrolment.award) ? [{ path: 'enrolment.award', value: enrolment.award }] : [],
  },
  { what: 'actions that earn are', find: rulesOn('action') },
  { what: 'birthdays that earn are', find: rulesOn('birthday') },
  { what: 'anniversaries that earn are', find: rulesOn('anniversary') },
  {
    what: 'earning rules for segments only are',
    find: ({ earning }) =>
      earning.flatMap(({ when }, n) =>
        when.segments.length === 0 ? [] : [{ path: `earning[${n}].when.segments`, value: when.segments }],
      ),
  },
  { what: 'limits shared by earning rules are', find: ({ limits }) => listed('limits', limits) },
  { what: 'awards on reaching a tier are', find: levelsWith('entry') },
  { what: 'paid tiers are', find: levelsWith('paid') },
  { what: 'campaigns are', find: ({ campaigns }) => listed('campaigns', campaigns) },
  { what: 'rewards are', find: ({ rewards }) => listed('rewards', rewards) },
  {
    what: 'limits on open rewards are',
    find: ({ redeeming: { maximumOpen } }) => given('redeeming.maximumOpen', maximumOpen),
  },
  { what: 'days without redeeming are', find: ({ redeeming: { freeze } }) => given('redeeming.freeze', freeze) },
  { what: 'rewards that are issued by themselves are', find: ({ autoRedeem }) => listed('autoRedeem', autoRedeem) },
  { what: 'challenges are', find: ({ challenges }) => listed('challenges', challenges) },
  { what: 'badges are', find: ({ badges }) => listed('badges', badges) },
  { what: 'referrals are', find: ({ referral }) => given('referral', referral) },
  { what: 'partners are', find: ({ partners }) => listed('partners', partners) },
  { what: 'causes are', find: ({ causes }) => listed('causes', causes) },
  { what: 'goals are', find: ({ goals }) => listed('goals', goals) },
]

/** What a valid program asks for that the engine does not do yet, each by name; empty when it can be run. */
export function unsupported(program: Program): ProgramProblem[] {
  return NOT_BUILT.flatMap(({ what, find }) =>
    find(program).map((found) => ({ ...found, message: `must be left out for now: ${what} not built yet` })),
  )
}

function listed(path: string, list: readonly unknown[]): Found[] {
  return list.length === 0 ? [] : [{ path, value: list }]
}

function given(path: string, value: unknown): Found[] {
  return value === null ? [] : [{ path, value }]
}

function rulesOn(on: Program['earning'][number]['on']) {
  return ({ earning }: Program): Found[] =>
    earning.flatMap((rule, n) => (rule.on === on ? [{ path: `earning[${n}].on`, value: rule.on }] : []))
}

function levelsWith(field: 'entry' | 'paid') {
  return ({ tiers }: Program): Found[] =>
    tiers?.levels.flatMap((level, n) => given(`tiers.levels[${n}].${field}`, level[field])) ?? []
}
