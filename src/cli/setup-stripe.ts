// Makes the webhook endpoint at Stripe, and says which line the server's environment needs.
import { existsSync } from 'node:fs'
import { defineCommand } from './command.ts'
import { Failure, UsageError } from './failures.ts'
import { plural } from './format.ts'
import { readProgramFile } from './program-check.ts'
import { settingsOf } from './settings.ts'

const MISSING_KEY =
  'STRIPE_SECRET_KEY is not set. Copy the secret key from https://dashboard.stripe.com/apikeys, then: STRIPE_SECRET_KEY=sk_… npx regulars setup stripe'

export const command = defineCommand({
  name: 'setup stripe',
  summary: 'Makes or mends the webhook endpoint at Stripe',
  about: [
    'The endpoint gets exactly the events that Regulars understands. Run again, it changes nothing.',
    'The signing secret is shown once: Stripe does not tell it again.',
    'Where the program has partners, a second endpoint gets the events of connected accounts.',
  ],
  options: { url: { value: 'URL', about: 'how Stripe reaches this server (default: PUBLIC_URL)' } },
  examples: ['setup stripe --url https://loyalty.example.org'],
  async run(asked, context) {
    const settings = settingsOf(context)
    const stripe = await context.backend.stripe(settings)
    if (stripe === null) throw new Failure(MISSING_KEY)
    const url = publicUrl(asked.text('url') ?? settings.publicUrl)
    const { stdout } = context
    const made: string[] = []
    for (const connect of hasPartners(settings.programFile) ? [false, true] : [false]) {
      const { url: address, change, secret, events } = await stripe.setup(url, connect)
      const done = { created: 'Made', updated: 'Mended', none: 'Nothing to change at' }[change]
      const whose = connect ? ' of connected accounts, for partners' : ''
      await stdout.line(`${done} ${address}: it gets ${plural(events.length, 'kind')} of events${whose}.`)
      if (secret !== null) made.push(secret)
    }
    if (made.length > 0) {
      await stdout.line('Put this line into .env, or wherever the server’s variables are, and restart it:')
      await stdout.line(`STRIPE_WEBHOOK_SECRET=${[...settings.stripe.webhookSecrets, ...made].join(',')}`)
    } else if (settings.stripe.webhookSecrets.length === 0) {
      await stdout.line('STRIPE_WEBHOOK_SECRET is not set here. Stripe shows it at the endpoint: “Signing secret”,')
      await stdout.line('at https://dashboard.stripe.com/webhooks')
    }
    return 0
  },
})

/** A program that cannot be read has none: that it is wrong is told by others. */
function hasPartners(file: string): boolean {
  return existsSync(file) && (readProgramFile(file).program?.partners.length ?? 0) > 0
}

function publicUrl(given: string | null): string {
  if (given === null) throw new UsageError('--url is missing, and PUBLIC_URL is not set')
  if (!URL.canParse(given) || !/^https?:\/\//.test(given)) {
    throw new UsageError('--url must be an address, such as https://loyalty.example.org')
  }
  const { hostname } = new URL(given)
  if (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')) {
    throw new UsageError(`Stripe cannot reach ${hostname}: give the address by which the world reaches this server`)
  }
  return given
}
