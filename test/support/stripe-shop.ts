// A shop at the Stripe double, and the whole server that hears of it: signed webhooks in, the official client out.
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll } from 'vitest'
import {
  createStripeDouble,
  type StripeDouble,
  type StripeDoubleOptions,
} from '../../integrations/sandbox/doubles/stripe/create-double.ts'
import type { App } from '../../src/app/ports.ts'
import { compose } from '../../src/compose.ts'
import { parseConfig } from '../../src/config.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { makeProgram } from './programs.ts'
import { memoryStore } from './world.ts'

const STRIPE_URL = 'http://api.stripe.test:4001'
const SECRET = 'whsec_shop'
const KEY = 'sk_test_shop'

/** The double that answers the official client from now on, for all tests of this file. */
export function startStripe() {
  let double: StripeDouble | null = null
  const server = setupServer(
    http.all(`${STRIPE_URL}/*`, async ({ request }) => {
      try {
        return (await double?.fetch(request)) ?? HttpResponse.error()
      } catch {
        return HttpResponse.error()
      }
    }),
  )
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterAll(() => server.close())
  return {
    use(given: StripeDouble): StripeDouble {
      double = given
      return given
    },
  }
}

export interface Town {
  app: App
  stripe: StripeDouble
  clock: { at: number; now(): number }
  /** Webhooks come and what they left open is asked, until nothing is left to do. */
  settle(): Promise<void>
  /** Straight to the server. */
  send(request: Request): Promise<Response>
  /** What webhooks come to from now on. */
  intercept(send: (request: Request) => Promise<Response>): void
  close(): Promise<void>
}

export async function createTown(
  stripe: { use(double: StripeDouble): StripeDouble },
  { program = {}, ...over }: { program?: Partial<ProgramInput> } & Partial<StripeDoubleOptions> = {},
): Promise<Town> {
  const clock = { at: Date.UTC(2026, 10, 22, 12), now: () => clock.at }
  const parsed = parseConfig({
    STRIPE_SECRET_KEY: KEY,
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_URL: STRIPE_URL,
    DATABASE_PATH: ':memory:',
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const store = await memoryStore()
  let seed = 0
  const { app, http: door } = await compose(parsed.config, {
    store,
    clock,
    program: makeProgram(program),
    random: (count) => Uint8Array.from({ length: count }, () => (seed = (seed * 167 + 13) % 251)),
    logger: silent,
    metrics: createMetrics(),
    remoteAddress: () => '127.0.0.1',
  })
  const send = async (request: Request): Promise<Response> => door.fetch(request)
  let sending = send
  const double = stripe.use(
    createStripeDouble({
      now: clock.now,
      apiKey: KEY,
      webhook: {
        secret: SECRET,
        url: 'http://127.0.0.1:8787/stripe/webhook',
        send: (request) => sending(request),
      },
      ...over,
    }),
  )
  return {
    app,
    stripe: double,
    clock,
    settle: async () => {
      for (let round = 0; round < 50; round++) {
        const done = (await double.deliveries.flush()) + (await app.drainOutbox('stripe'))
        if (done === 0) return
      }
      throw new Error('it never came to rest')
    },
    send,
    intercept: (given) => {
      sending = given
    },
    close: () => store.close(),
  }
}
