// Each report as tables: those that people read, and the one that a file has.
import type {
  CampaignsReport,
  CausesReport,
  LiabilityReport,
  PartnersReport,
  PointFlows,
  ProductsReport,
  ReportName,
  Reports,
  SummaryReport,
} from '../app/reports/shapes.ts'
import { showCohorts } from './cohort-tables.ts'
import { showRetention } from './retention-tables.ts'
import type { Table, Value } from './table.ts'

export interface Shown {
  /** What is said where there is nothing to report. */
  nothing: string
  tables: Table[]
  /** Sentences below the tables. */
  says: string[]
  /** The table that a file has. */
  file: Omit<Table, 'title' | 'nothing'>
}

const money = (minor: number | null): Value => ({ minor })
const share = (part: number | null): Value => ({ share: part })

const FLOWS = ['issued', 'forgiven', 'reversed', 'redeemed', 'donated', 'expired', 'forfeited'] as const

function showSummary({ members, points, lastYear, openRewards, goals, held }: SummaryReport): Shown {
  const now: [string, Value][] = [
    ['members', members.active],
    ['new this month', members.newThisMonth],
    ['new last month', members.newLastMonth],
    ['bought in 90 days', members.buying],
    ['candidates', members.candidates],
    ['left', members.left],
    ['suspended', members.suspended],
    ['points outstanding', points.outstanding],
    ['worth', money(points.value)],
    ['open rewards', openRewards],
    ['purchases in 12 months', lastYear.purchases],
    ['spend in 12 months', money(lastYear.spend)],
  ]
  const goalValue = (unit: string, value: number | null): Value =>
    unit === 'money' ? money(value) : unit === 'share' ? share(value) : value
  const flow = (part: keyof PointFlows): Value[] => [part, points.thisMonth[part], points.lastMonth[part]]
  return {
    nothing: 'There are no members yet.',
    tables: [
      { title: 'Now', columns: ['', 'now'], rows: now, nothing: '' },
      {
        title: 'Points',
        columns: ['', 'this month', 'last month'],
        rows: FLOWS.map(flow),
        nothing: '',
      },
      {
        title: 'Tiers',
        columns: ['tier', 'members'],
        rows: held.tiers.map(({ name, members: holders }) => [name, holders]),
        nothing: 'The program has no tiers.',
      },
      {
        title: 'Goals',
        columns: ['goal', 'target', 'actual', 'by', 'state', 'what it is'],
        rows: goals.map(({ metric, unit, target, actual, by, state, measure }) => [
          metric,
          goalValue(unit, target),
          goalValue(unit, actual),
          by,
          state.replace('_', ' '),
          measure,
        ]),
        nothing: 'The program has no goals.',
      },
    ],
    says: [],
    file: {
      columns: ['section', 'name', 'value', 'target', 'state'],
      rows: [
        ...now.map(([name, value]) => ['now', name, value, null, null]),
        ...FLOWS.map((part) => ['points this month', part, points.thisMonth[part], null, null]),
        ...FLOWS.map((part) => ['points last month', part, points.lastMonth[part], null, null]),
        ...held.tiers.map(({ name, members: holders }) => ['members by tier', name, holders, null, null]),
        ...goals.map(({ metric, unit, target, actual, state }) => [
          'goals',
          metric,
          goalValue(unit, actual),
          goalValue(unit, target),
          state,
        ]),
      ],
    },
  }
}

function showLiability({ months, outstanding, ages, expiring, withoutEnd, breakage }: LiabilityReport): Shown {
  const columns = ['month', 'opening', ...FLOWS, 'closing', 'value']
  const rows = months.map((line): Value[] => [
    line.complete ? line.month : `${line.month} so far`,
    line.opening,
    ...FLOWS.map((part) => line[part]),
    line.closing,
    money(line.value),
  ])
  const aged = ages.map(({ from, to, points, value }): Value[] => [
    to === null ? `${from} months and older` : `${from} to ${to} months`,
    points,
    money(value),
  ])
  const ends = expiring.map(({ month, points, value }): Value[] => [month, points, money(value)])
  const { points, available, pending, reserved, owed, value } = outstanding
  return {
    nothing: 'No points were ever recorded.',
    tables: [
      { title: 'By month of record', columns, rows, nothing: '' },
      {
        title: 'Owed to members now',
        columns: ['available', 'pending', 'reserved', 'owed by members', 'points', 'value'],
        rows: [[available, pending, reserved, owed, points, money(value)]],
        nothing: '',
      },
      { title: 'Open points by age', columns: ['earned', 'points', 'value'], rows: aged, nothing: '' },
      {
        title: 'Open points by when they end',
        columns: ['month', 'points', 'value'],
        rows: withoutEnd.points > 0 ? [...ends, ['never', withoutEnd.points, money(withoutEnd.value)]] : ends,
        nothing: 'There are no open points.',
      },
      {
        title: 'Expected breakage',
        columns: ['points', 'value', 'share'],
        rows: [[breakage.points, money(breakage.value), share(breakage.rate)]],
        nothing: '',
      },
    ],
    says: [`${breakage.estimate}`],
    file: {
      columns: ['month', 'opening', ...FLOWS, 'closing', 'value', 'complete'],
      rows: months.map((line) => [
        line.month,
        line.opening,
        ...FLOWS.map((part) => line[part]),
        line.closing,
        money(line.value),
        line.complete ? 'yes' : 'no',
      ]),
    },
  }
}

function showCampaigns({ campaigns }: CampaignsReport): Shown {
  return {
    nothing: 'No campaign ran.',
    tables: [
      {
        title: 'Campaigns',
        columns: ['campaign', 'from', 'to', 'state', 'members', 'purchases', 'spend', 'points', 'cost'],
        rows: campaigns.map((one) => [
          one.name,
          one.from,
          one.to,
          one.state,
          one.members,
          one.purchases,
          money(one.spend),
          one.points,
          money(one.cost),
        ]),
        nothing: 'No campaign ran.',
      },
    ],
    says: campaigns.map(({ name, says }) => `${name}: ${says}`),
    file: {
      columns: (
        'id name on from to state announced holdout members purchases spend points cost treated treated_spend_per_member ' +
        'held_out held_out_spend_per_member uplift uplift_low uplift_high says'
      ).split(' '),
      rows: campaigns.map((one) => [
        one.id,
        one.name,
        one.on,
        one.from,
        one.to,
        one.state,
        one.announced ? 'yes' : 'no',
        one.holdout,
        one.members,
        one.purchases,
        money(one.spend),
        one.points,
        money(one.cost),
        one.comparison?.treated.members ?? null,
        money(one.comparison?.treated.spendPerMember ?? null),
        one.comparison?.heldOut.members ?? null,
        money(one.comparison?.heldOut.spendPerMember ?? null),
        money(one.comparison?.uplift?.difference ?? null),
        money(one.comparison?.uplift?.low ?? null),
        money(one.comparison?.uplift?.high ?? null),
        one.says,
      ]),
    },
  }
}

function showPartners({ partners }: PartnersReport): Shown {
  const columns = ['purchases', 'spend', 'issued', 'redeemed', 'pays', 'is paid', 'net']
  const cells = (one: PartnersReport['partners'][number]['total']): Value[] => [
    one.purchases,
    money(one.spend),
    one.issued,
    one.redeemed,
    money(one.owedByPartner),
    money(one.owedToPartner),
    money(one.net),
  ]
  const isBusy = (one: PartnersReport['partners'][number]['total']): boolean =>
    one.purchases !== 0 || one.issued !== 0 || one.redeemed !== 0 || one.spend !== 0
  return {
    nothing: 'There are no partners.',
    tables: partners.map(({ name, listed, pending, months, total }) => ({
      title: `${name}${listed ? '' : ' (no longer in the program)'}, ${pending} pending`,
      columns: ['month', ...columns],
      rows: months.some(isBusy)
        ? [...months.filter(isBusy).map((one) => [one.month, ...cells(one)]), ['total', ...cells(total)]]
        : [],
      nothing: 'Nothing was issued or redeemed there.',
    })),
    says: [],
    file: {
      columns: ['partner', 'name', 'month', ...columns.map((name) => name.replace(' ', '_'))],
      rows: partners.flatMap(({ id, name, months }) => months.map((one) => [id, name, one.month, ...cells(one)])),
    },
  }
}

function showCauses({ causes, totals }: CausesReport): Shown {
  const columns = ['purchases', 'items', 'of spend', 'points', 'worth', 'gifts', 'donations', 'donated']
  const cells = (one: CausesReport['totals']): Value[] => [
    one.purchases,
    one.items,
    money(one.amount),
    one.points,
    money(one.value),
    one.gifts,
    one.donations.rewards,
    money(one.donations.amount),
  ]
  const rows = causes.map((one): Value[] => [one.name, ...cells(one)])
  return {
    nothing: 'There are no causes.',
    tables: [
      {
        title: 'Causes',
        columns: ['cause', ...columns],
        rows: causes.length > 1 ? [...rows, ['all', ...cells(totals)]] : rows,
        nothing: 'There are no causes.',
      },
    ],
    says: [],
    file: {
      columns: ['id', 'name', ...columns.map((name) => name.replace(' ', '_'))],
      rows: causes.map((one) => [one.id, one.name, ...cells(one)]),
    },
  }
}

const PRODUCTS_SHOWN = 50

function showProducts({ products, others, coverage }: ProductsReport): Shown {
  const beyond = products.length - PRODUCTS_SHOWN
  const said = { minor: coverage.known }
  return {
    nothing: 'There are no purchases.',
    tables: [
      {
        title: 'Products',
        columns: ['product', 'bought by', 'purchases', 'pieces', 'amount'],
        rows: products
          .slice(0, PRODUCTS_SHOWN)
          .flatMap(({ product, byTier, bySegment, ...all }): Value[][] => [
            [product ?? 'without a product', 'all', all.purchases, all.pieces, money(all.amount)],
            ...byTier
              .filter(({ tier }) => tier !== null)
              .map((one) => ['', one.name, one.purchases, one.pieces, money(one.amount)]),
            ...bySegment
              .filter(({ segment }) => segment !== null)
              .map((one) => ['', one.segment, one.purchases, one.pieces, money(one.amount)]),
          ]),
        nothing: 'Of no purchase the items are known.',
      },
      {
        title: 'Known items',
        columns: ['purchases', 'with items', 'spend', 'with items', 'share'],
        rows: [[coverage.purchases, coverage.knownPurchases, money(coverage.spend), said, share(coverage.share)]],
        nothing: '',
      },
    ],
    says: [
      ...(beyond > 0 ? [`${beyond} more products are in --csv and --json.`] : []),
      ...(others === null ? [] : [`Beyond the list, ${others.products} products with ${others.pieces} pieces.`]),
    ],
    file: {
      columns: ['product', 'by', 'group', 'purchases', 'pieces', 'amount'],
      rows: products.flatMap(({ product, byTier, bySegment, ...all }) => [
        [product, 'all', null, all.purchases, all.pieces, money(all.amount)],
        ...byTier.map((one) => [product, 'tier', one.tier, one.purchases, one.pieces, money(one.amount)]),
        ...bySegment.map((one) => [product, 'segment', one.segment, one.purchases, one.pieces, money(one.amount)]),
      ]),
    },
  }
}

const SHOW: { [Name in ReportName]: (report: Reports[Name]) => Shown } = {
  summary: showSummary,
  liability: showLiability,
  retention: showRetention,
  cohorts: showCohorts,
  campaigns: showCampaigns,
  partners: showPartners,
  causes: showCauses,
  products: showProducts,
}

export const showReport = <Name extends ReportName>(name: Name, report: Reports[Name]): Shown => SHOW[name](report)
