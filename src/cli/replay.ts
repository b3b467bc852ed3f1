// Turns a history of purchases into signed webhooks against a running server: for load, for tests, for trying it out.
import type { App } from '../app/ports.ts'
import { makeTestPayment, makeTestRefund, type TestEvent, type TestPaymentOptions } from '../compose/test-events.ts'
import { isCurrency } from '../core/currency.ts'
import type { Settings } from './backend.ts'
import { type Asked, type Context, defineCommand } from './command.ts'
import { describeProblem } from './csv-table.ts'
import { UsageError } from './failures.ts'
import { count, duration, plural, someOf } from './format.ts'
import { createProgress } from './progress.ts'
import {
  customerSlug,
  type History,
  hashFile,
  type Purchase,
  purchaseId,
  readHistory,
  share,
  shuffle,
} from './replay-rows.ts'
import { percentile, type Sent, sendAll } from './replay-send.ts'
import { createPoster, refuseLiveMode, requireServer, serverUrl, signingSecret } from './server.ts'
import { readCount, settingsOf, withApp } from './settings.ts'

type Option = 'url' | 'rate' | 'concurrency' | 'shuffle' | 'seed' | 'refund' | 'limit' | 'currency'

const REFUND_AFTER_MS = 3_600_000
const PROBLEMS_SHOWN = 20

export const command = defineCommand<Option>({
  name: 'replay',
  summary: 'Sends a file of purchases to a running server, as signed webhooks',
  about: [
    'Columns go by the names in the first line: customer, date, amount (or dollars); others are ignored.',
    'Sent again, the same file is the same payments, and nothing changes.',
  ],
  arguments: [{ name: 'FILE.csv', about: 'purchases, a line each' }],
  options: {
    url: { value: 'URL', about: 'the server (default: by HOST and PORT)' },
    rate: { value: 'N', about: 'events a second at most (default: as fast as it goes)' },
    concurrency: { value: 'N', about: 'how many at the same time', default: '32' },
    shuffle: { about: 'in an order of chance instead of by date' },
    seed: { value: 'N', about: 'which order of chance', default: '1' },
    refund: { about: 'send the full refund of each purchase instead' },
    limit: { value: 'N', about: 'only the first N lines' },
    currency: { value: 'CODE', about: 'such as eur (default: the program’s)' },
  },
  examples: ['replay purchases.csv', 'replay purchases.csv --shuffle --seed 7 --rate 500'],
  endsInOrder: true,
  async run(asked, context) {
    const settings = settingsOf(context)
    const plan = readPlan(asked)
    const url = serverUrl(asked.text('url'), settings)
    const [file = ''] = asked.arguments
    const fileHash = await hashFile(file)
    refuseLiveMode(settings)
    await requireServer(context, url)
    const { secret, zone, currency } = await learnTerms(context, settings, plan)
    const history = await readHistory(file, { currency, zone, limit: plan.limit })
    const startedAt = context.monotonic()
    const sent = await send(context, history, plan, { url, secret, currency, fileHash })
    await tell(context, history, sent, context.monotonic() - startedAt)
    return sent.failed > 0 || history.problems.length > 0 || sent.ignored > 0 ? 1 : 0
  },
})

interface Plan {
  rate: number | null
  concurrency: number
  limit: number | null
  seed: number
  isShuffled: boolean
  isRefund: boolean
  currency: string | null
}

function readPlan(asked: Asked<Option>): Plan {
  const number = (name: Option, least: number): number | null => {
    const given = asked.text(name)
    const value = readCount(given, least)
    if (given !== undefined && value === null) {
      throw new UsageError(`--${name} must be a whole number, ${least} or more, not "${given}"`)
    }
    return value
  }
  const currency = asked.text('currency')?.toLowerCase() ?? null
  if (currency !== null && !isCurrency(currency)) {
    throw new UsageError('--currency must be a code of three letters, such as eur')
  }
  return {
    rate: number('rate', 1),
    concurrency: number('concurrency', 1) ?? 1,
    limit: number('limit', 1),
    seed: number('seed', 0) ?? 1,
    isShuffled: asked.flag('shuffle'),
    isRefund: asked.flag('refund'),
    currency,
  }
}

/** What to sign with, and how dates and amounts of the file are meant. Leaves no database where there is none. */
function learnTerms(context: Context, settings: Settings, { currency }: Plan) {
  const read = async (app: App) => {
    const { program } = app.program()
    const secret = await signingSecret(settings, app.getSetting)
    return { secret, zone: program.timezone, currency: currency ?? program.currency }
  }
  return withApp(context, settings, read, { leaveNoFile: true })
}

interface Target {
  url: string
  secret: string
  currency: string
  fileHash: string
}

function send(context: Context, { purchases }: History, plan: Plan, target: Target): Promise<Sent> {
  const { isShuffled, isRefund, seed, concurrency, rate } = plan
  const ordered = isShuffled ? shuffle(purchases, seed) : purchases.toSorted((a, b) => a.at - b.at)
  const queues = share(ordered, concurrency, isShuffled ? null : ({ customer }) => customer)
  const events = queues.map((queue) => queue.map((purchase) => eventsOf(purchase, target, isRefund)))
  const total = events.flat(2).length
  const progress = createProgress(context, isRefund ? 'Refunding' : 'Sending', 'events')
  const post = createPoster(context, target.url, target.secret)
  const onSent = ({ sent, failed }: Sent) =>
    progress.update(sent, total, failed === 0 ? undefined : plural(failed, 'failure'))
  return sendAll(events, { context, post, rate, onSent }).finally(() => progress.end())
}

/** The charge says all there is to say of a purchase; a refund is announced twice, as Stripe does. */
function eventsOf(purchase: Purchase, { currency, fileHash }: Target, isRefund: boolean): TestEvent[] {
  const slug = customerSlug(purchase.customer)
  const options: TestPaymentOptions = {
    email: `customer-${slug}@replay.example`,
    customer: `cus_replay${slug.replaceAll('-', '_')}`,
    amountMinor: purchase.amountMinor,
    currency,
    at: purchase.at,
    newId: () => purchaseId(fileHash, purchase.line),
  }
  if (isRefund) return makeTestRefund({ ...options, refundAt: purchase.at + REFUND_AFTER_MS })
  return [makeTestPayment(options).events[1]]
}

async function tell({ stdout, interrupted }: Context, history: History, sent: Sent, tookMs: number): Promise<void> {
  const { rows, skipped, problems } = history
  const perSecond = tookMs > 0 ? (sent.sent / tookMs) * 1_000 : 0
  const [p50, p99] = [percentile(sent.latenciesMs, 50), percentile(sent.latenciesMs, 99)]
  const bad = problems.length === 0 ? '' : `, ${plural(problems.length, 'bad line')}`
  await stdout.line(`${plural(rows, 'row')}: ${count(skipped)} of 0 or less skipped, they are no purchases${bad}.`)
  for (const line of someOf(
    problems.map((one) => `  ${describeProblem(one)}`),
    PROBLEMS_SHOWN,
  ))
    await stdout.line(line)
  const outcomes = (['recorded', 'duplicate', 'ignored', 'parked', 'failed'] as const)
    .filter((name) => sent[name] > 0 || name === 'recorded' || name === 'duplicate' || name === 'failed')
    .map((name) => `${count(sent[name])} ${name}`)
  await stdout.line(`${plural(sent.sent, 'event')} sent: ${outcomes.join(', ')}.`)
  for (const line of someOf(sent.failures, PROBLEMS_SHOWN)) await stdout.line(`  ${line}`)
  if (sent.ignored > 0)
    await stdout.line('  Ignored: the server’s database holds live payments, so it takes no test payment.')
  await stdout.line(
    `${duration(tookMs)}, ${count(perSecond)} events/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms.`,
  )
  if (interrupted.aborted) await stdout.line('Interrupted. Sent again, what arrived is a duplicate.')
}
