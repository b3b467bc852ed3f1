// Reports: what the program is worth, owes and brings. Each has its own schema, so that the document shows it.
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { App } from '../../app/ports.ts'
import type { Report } from '../../app/reports/shapes.ts'
import { answer } from '../problems.ts'
import type { ApiEnv } from './auth.ts'
import {
  campaignsReport,
  causesReport,
  liabilityReport,
  partnersReport,
  productsReport,
  summaryReport,
} from './report-schemas.ts'
import { cohortsReport, retentionReport } from './retention-schemas.ts'
import { present, responses, scoped } from './route.ts'

const PERIOD_RULE = 'must be a month or a day, such as 2026-11 or 2026-11-22'
const date = (description: string) =>
  z
    .string()
    .regex(/^\d{4}-\d{2}(-\d{2})?$/, { error: PERIOD_RULE })
    .optional()
    .openapi({ description, example: '2026-11' })
const periodQuery = z.strictObject({
  from: date('The first month or day, in the program’s time zone.'),
  to: date('The last month or day, included.'),
})
const currencyQuery = periodQuery.extend({
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/, { error: 'must be a currency of three letters, such as usd' })
    .optional()
    .openapi({ description: 'Only purchases paid in this currency; default: the program’s.', example: 'usd' }),
})

/** A method of its own for each, because each answers another shape. */
const reportRoute = <
  Schema extends z.ZodType,
  Path extends string,
  Query extends typeof periodQuery | typeof currencyQuery = typeof periodQuery,
>(
  path: Path,
  summary: string,
  schema: Schema,
  description: string,
  query: Query = periodQuery as Query,
) =>
  createRoute({
    method: 'get',
    path,
    tags: ['Reports'],
    summary,
    ...scoped('read'),
    request: { query },
    responses: responses(200, schema, description, 'invalid_request'),
  })

const summary = reportRoute(
  '/reports/summary',
  'How the program does today',
  summaryReport,
  'Members, points, rewards and goals.',
)
const liability = reportRoute(
  '/reports/liability',
  'What is owed to members, by month of record',
  liabilityReport,
  'The months, the last twelve unless a span is given; and what of the open points will be used.',
)
const retention = reportRoute(
  '/reports/retention',
  'Whether customers stay, and what the program and acting on alerts changed',
  retentionReport,
  'The figures of the field for the span and by month, the last twelve unless a span is given, at most 36.',
)
const cohorts = reportRoute(
  '/reports/cohorts',
  'Customers by the month of their first purchase, and who of them still buys',
  cohortsReport,
  'The cohorts of the span, the last twelve unless one is given, at most 36; money in the report’s currency.',
  currencyQuery,
)
const campaigns = reportRoute(
  '/reports/campaigns',
  'What campaigns gave, and what can be said of what they brought',
  campaignsReport,
  'The campaigns that ran in the span, the newest first.',
)
const partners = reportRoute(
  '/reports/partners',
  'What is to be settled with partners, by month of record',
  partnersReport,
  'Each partner with its months, the last twelve unless a span is given.',
)
const causes = reportRoute(
  '/reports/causes',
  'What was given to causes',
  causesReport,
  'Each cause, and totals to show.',
)
const products = reportRoute(
  '/reports/products',
  'What members buy, by tier and segment',
  productsReport,
  'The products most bought, as far as items are known.',
)

/** A report is made to be shown: all of it. */
const whole = (report: Report): Report => report

export function addReportRoutes(api: OpenAPIHono<ApiEnv>, app: App): void {
  api.openapi(summary, async (c) => answer(c, await app.report('summary', present(c.req.valid('query'))), 200, whole))
  api.openapi(liability, async (c) =>
    answer(c, await app.report('liability', present(c.req.valid('query'))), 200, whole),
  )
  api.openapi(retention, async (c) =>
    answer(c, await app.report('retention', present(c.req.valid('query'))), 200, whole),
  )
  api.openapi(cohorts, async (c) => answer(c, await app.report('cohorts', present(c.req.valid('query'))), 200, whole))
  api.openapi(campaigns, async (c) =>
    answer(c, await app.report('campaigns', present(c.req.valid('query'))), 200, whole),
  )
  api.openapi(partners, async (c) => answer(c, await app.report('partners', present(c.req.valid('query'))), 200, whole))
  api.openapi(causes, async (c) => answer(c, await app.report('causes', present(c.req.valid('query'))), 200, whole))
  api.openapi(products, async (c) => answer(c, await app.report('products', present(c.req.valid('query'))), 200, whole))
}
