// A signed test payment to the running server, as Stripe would announce it.
import type { App } from '../app/ports.ts'
import { makeTestPayment, type TestEvent } from '../compose/test-events.ts'
import { isCurrency } from '../core/currency.ts'
import { money } from '../core/sentences.ts'
import { parseAmount } from './amounts.ts'
import { type Asked, type Context, defineCommand } from './command.ts'
import { MOMENT_RULE, momentOfPurchase, parseMoment } from './dates.ts'
import { Failure, UsageError } from './failures.ts'
import { points, standing } from './format.ts'
import { createPoster, describeRefusal, refuseLiveMode, requireServer, serverUrl, signingSecret } from './server.ts'
import { settingsOf, withApp } from './settings.ts'

type Option = 'currency' | 'name' | 'product' | 'at' | 'url'

/** Bought where none is named: rules that look at products then know that it is none of theirs. */
const ANY_PRODUCT = 'prod_test'
/** More entries than a payment brings, with all that follows from it. */
const ENTRIES_READ = 25

export const command = defineCommand<Option>({
  name: 'pay',
  summary: 'Makes a test payment, as Stripe would announce it',
  about: ['No money moves. Signed with STRIPE_WEBHOOK_SECRET, else with the sandbox’s own secret.'],
  arguments: [
    { name: 'EMAIL', about: 'who pays' },
    { name: 'AMOUNT', about: 'how much, in major units: 49.90' },
  ],
  options: {
    currency: { value: 'CODE', about: 'such as eur (default: the program’s)' },
    name: { value: 'NAME', about: 'the payer’s name' },
    product: { value: 'ID', about: `what was bought (default: ${ANY_PRODUCT})` },
    at: { value: 'DATE', about: 'when (default: now)' },
    url: { value: 'URL', about: 'the server (default: by HOST and PORT)' },
  },
  examples: [
    'pay ada@example.org 49.90',
    'pay ada@example.org 20 --currency eur --at 2026-03-01',
    'pay ada@example.org 25 --product prod_gift_card',
  ],
  async run(asked, context) {
    const settings = settingsOf(context)
    const url = serverUrl(asked.text('url'), settings)
    const email = readEmail(asked.arguments[0] ?? '')
    const product = asked.text('product') ?? ANY_PRODUCT
    refuseLiveMode(settings)
    await requireServer(context, url)
    const work = async (app: App) => {
      const payment = readPayment(asked, app, context.now())
      const post = createPoster(context, url, await signingSecret(settings, app.getSetting))
      const { events } = makeTestPayment({ email, newId: context.newId, product, ...payment })
      const outcomes: string[] = []
      for (const event of named(events, email, asked.text('name') ?? null)) {
        const answer = await post(event)
        if (answer.status !== 200) throw new Failure(describeRefusal(answer))
        outcomes.push(answer.outcome ?? 'unknown')
      }
      const { locale } = app.program().program
      const said = money(payment.amountMinor, payment.currency, locale)
      return tell(context, app, { email, outcomes, said, ids: events.map(({ id }) => `stripe:${id}`) })
    }
    // A server elsewhere is paid all the same, and leaves no database here.
    return withApp(context, settings, work, { leaveNoFile: true })
  },
})

function readEmail(given: string): string {
  if (!/^[^\s@]+@[^\s@]+$/.test(given)) throw new UsageError(`"${given}" is no e-mail address`)
  return given
}

function readPayment(asked: Asked<Option>, app: App, now: number) {
  const { program } = app.program()
  const currency = (asked.text('currency') ?? program.currency).toLowerCase()
  if (!isCurrency(currency)) throw new UsageError(`--currency must be a code of three letters, such as eur`)
  const amount = parseAmount(asked.arguments[1] ?? '', currency)
  if (!amount.ok) throw new UsageError(`AMOUNT ${amount.message}`)
  if (amount.minor <= 0) throw new UsageError('AMOUNT must be above 0')
  const written = asked.text('at')
  const moment = written === undefined ? { at: now, isDay: false } : parseMoment(written, program.timezone)
  if (moment === null) throw new UsageError(`--at ${MOMENT_RULE}`)
  const at = Math.min(momentOfPurchase(moment, program.timezone), now)
  return { amountMinor: amount.minor, currency, at }
}

/** The same events, with the payer's name where Stripe has it. */
function named(events: readonly TestEvent[], email: string, name: string | null): TestEvent[] {
  const person = { email, name, phone: null }
  return events.map((event) => {
    const { object } = event.data
    const field = 'billing_details' in object ? 'billing_details' : 'customer_details'
    return field in object ? { ...event, data: { object: { ...object, [field]: person } } } : event
  })
}

interface Paid {
  email: string
  outcomes: readonly string[]
  said: string
  ids: readonly string[]
}

async function tell({ stdout }: Context, app: App, { email, outcomes, said, ids }: Paid): Promise<number> {
  const outcome = outcomes.find((one) => one !== 'duplicate') ?? 'duplicate'
  await stdout.line(`${said} from ${email}: ${outcome}.`)
  if (outcome === 'ignored') {
    await stdout.line('The server’s database holds live payments, so it takes no test payment.')
    return 1
  }
  if (outcome === 'parked') await stdout.line('The server could not understand it. See /api/v1/inbox.')
  const member = await app.getMember(`email:${email}`)
  if (!member.ok) {
    await stdout.line(`Nobody with this address is in this database. If it is not the server’s, set DATABASE_PATH.`)
    return 1
  }
  const { program } = app.program()
  const history = await app.ledger(member.value.id, { limit: ENTRIES_READ })
  const own = history.ok ? history.value.items.filter(({ source }) => ids.includes(source)) : []
  for (const entry of own.toReversed()) await stdout.line(`  ${sign(entry.points, program.locale)}  ${entry.reason}`)
  if (member.value.status === 'candidate') {
    await stdout.line(`${member.value.name ?? email} is no member yet, so nothing was earned.`)
    return 0
  }
  await stdout.line(standing(member.value, program))
  if (own.length === 0) await stdout.line(`Nothing was earned by it: ${points(0, program)}.`)
  return 0
}

const sign = (value: number, locale: string): string =>
  `${value < 0 ? '−' : value > 0 ? '+' : ''}${Math.abs(value).toLocaleString(locale)}`
