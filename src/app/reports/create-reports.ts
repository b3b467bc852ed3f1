/** The reports by name, for the API and the command line. */
import { isCurrency } from '../../core/currency.ts'
import type { Program } from '../../program/schema.ts'
import { type Context, done, refuse } from '../context.ts'
import type { App, Refusal } from '../ports.ts'
import { reportCampaigns } from './campaigns.ts'
import { reportCauses } from './causes.ts'
import { reportCohorts } from './cohorts.ts'
import { reportLiability } from './liability.ts'
import { reportPartners } from './partners.ts'
import { readSpan, type Span } from './period.ts'
import { reportProducts } from './products.ts'
import type { ReportContext } from './report-context.ts'
import { reportRetention } from './retention.ts'
import type { ReportName, Reports } from './shapes.ts'
import type { OnProgress } from './slices.ts'
import { reportSummary } from './summary.ts'

type Makers = {
  [Name in ReportName]: (
    context: ReportContext,
    span: Span,
    onProgress?: OnProgress,
  ) => Promise<Reports[Name] | Refusal>
}

const MAKERS: Makers = {
  summary: async (context, { from, to }, onProgress) =>
    from === null && to === null
      ? reportSummary(context, onProgress)
      : refuse('invalid_request', 'The summary is as of now: it takes neither "from" nor "to"'),
  liability: reportLiability,
  retention: reportRetention,
  cohorts: reportCohorts,
  campaigns: reportCampaigns,
  partners: reportPartners,
  causes: reportCauses,
  products: reportProducts,
}

export const createReports = (context: Context): Pick<App, 'report'> => ({
  report: async (name, period, onProgress) => {
    const { store, clock, programs } = context
    const program: Program = programs.current
    const read = readSpan(period, program.timezone)
    if (!read.ok) return read
    const currency = period.currency?.toLowerCase() ?? program.currency
    if (period.currency !== undefined && name !== 'cohorts')
      return refuse('invalid_request', '"currency" is for the cohorts alone: other reports show each')
    if (!isCurrency(currency))
      return refuse('invalid_request', '"currency" must be a currency of three letters, such as usd')
    const history = await store.programs()
    const bodies = new Map(history.map(({ version, body }) => [version, body]))
    const made = await MAKERS[name](
      {
        store,
        program,
        zone: program.timezone,
        now: clock.now(),
        currency,
        knowledge: () => context.retention.read(),
        history,
        programOf: (version) => programs.byVersion(version, (wanted) => bodies.get(wanted) ?? null),
      },
      read.span,
      onProgress,
    )
    return isRefusal(made) ? made : done(made)
  },
})

const isRefusal = <Made extends object>(made: Made | Refusal): made is Refusal => 'ok' in made
