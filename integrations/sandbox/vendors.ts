/**
 * The three vendors of the sandbox: their doubles over one world, found by the official clients at addresses that lead nowhere
 * else (msw answers them in this process), and talking to the server as the vendors would.
 */
import { HttpResponse, http, passthrough } from 'msw'
import { setupServer } from 'msw/node'
import {
  createHubspotDouble,
  ALL_SCOPES as HUBSPOT_SCOPES,
  type HubspotDouble,
} from './doubles/hubspot/create-double.ts'
import { createSlackDouble, type SlackDouble } from './doubles/slack/create-double.ts'
import { createStripeDouble, type StripeDouble } from './doubles/stripe/create-double.ts'
import type { Trace, Vendor } from './trace.ts'
import type { World } from './world.ts'

/** `.test` is reserved: nobody can own these. */
export const ADDRESSES = {
  self: 'http://regulars.sandbox.test',
  stripe: 'http://stripe.sandbox.test',
  hubspot: 'http://hubspot.sandbox.test',
  slack: 'http://slack.sandbox.test',
} as const

/** They open nothing but the doubles. */
export const CREDENTIALS = {
  stripeKey: 'sk_test_sandbox',
  hubspotToken: 'pat-sandbox',
  hubspotSecret: 'sandbox-hubspot-secret',
  slackToken: 'xoxb-sandbox',
  slackSecret: 'sandbox-slack-secret',
} as const

export interface Vendors {
  stripe: StripeDouble
  hubspot: HubspotDouble
  slack: SlackDouble
  /** What is wrong with HubSpot now. */
  hubspotTrouble: { is: HubspotTrouble }
  /** Ends the answering. */
  close(): void
}

export type HubspotTrouble = 'none' | 'limited' | 'down'

export interface VendorOptions {
  world: World
  now: () => number
  trace: Trace
  /** What Stripe signs its webhooks with. */
  webhookSecret: () => string
  /** The server, as the vendors reach it. */
  send: (request: Request) => Promise<Response>
  onChange: () => void
}

const LIMITED_FOR_S = 2
const OUT = 503
const LOOPBACK = /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?\//

export function startVendors(options: VendorOptions): Vendors {
  const { world, now, trace, send, onChange } = options
  const sendEvent = (request: Request, { id }: { id: string }) => trace.within({ event: id }, () => send(request))
  const stripe = createStripeDouble({
    now,
    apiKey: CREDENTIALS.stripeKey,
    account: world.stripe,
    webhook: { secret: options.webhookSecret, url: `${ADDRESSES.self}/stripe/webhook`, send: sendEvent },
    onChange,
    onEvent: (event) => {
      onChange()
      trace.add({ event: event.id, stage: 'happened', vendor: 'stripe', title: event.type, detail: event })
    },
    onDelivered: (event, delivery) => {
      const { status, answer, tookMs } = delivery
      const isTaken = status === 200
      const title = isTaken ? outcomeIn(answer) : status === 0 ? 'nobody answered' : `refused with ${status}`
      const step = { event: event.id, stage: 'delivered', vendor: 'stripe', title, tookMs } as const
      trace.add({ ...step, isTrouble: !isTaken, detail: delivery })
    },
  })
  const hubspot = createHubspotDouble({
    now,
    token: CREDENTIALS.hubspotToken,
    scopes: HUBSPOT_SCOPES,
    portal: world.hubspot,
    // Who tries one program after the other does not wait for its limit: that can be had by a switch.
    limits: { windowCalls: 1_000 },
    webhook: {
      url: `${ADDRESSES.self}/hubspot/webhook`,
      clientSecret: CREDENTIALS.hubspotSecret,
      fetch: async (input, init) => send(new Request(input, init)),
    },
  })
  const slack = createSlackDouble({
    now,
    send: async (request) => {
      const startedAt = performance.now()
      const response = await send(request)
      const isTaken = response.status === 200
      if (trace.isWithin())
        trace.add({
          stage: 'delivered',
          vendor: 'slack',
          title: isTaken ? 'acknowledged' : `refused with ${response.status}`,
          tookMs: performance.now() - startedAt,
          isTrouble: !isTaken,
          detail: { url: request.url, status: response.status },
        })
      return response
    },
    appUrl: `${ADDRESSES.self}/slack/events`,
    url: ADDRESSES.slack,
    token: CREDENTIALS.slackToken,
    signingSecret: CREDENTIALS.slackSecret,
    workspace: world.slack,
  })
  const hubspotTrouble: Vendors['hubspotTrouble'] = { is: 'none' }
  /** A double that throws is a vendor that is out. */
  async function called(vendor: Vendor, request: Request, work: () => Promise<Response>): Promise<Response> {
    const startedAt = performance.now()
    const note = (status: number): void => {
      if (!trace.isWithin()) return
      const { method, url } = request
      const title = `${method} ${new URL(url).pathname}: ${status}`
      // What is not there yet is asked for first.
      const isTrouble = status >= 400 && status !== 404
      const tookMs = performance.now() - startedAt
      trace.add({ stage: 'called', vendor, title, tookMs, isTrouble, detail: { method, url, status } })
    }
    try {
      const response = await work()
      onChange()
      note(response.status)
      return response
    } catch {
      note(OUT)
      // A broken connection would break the interceptor too, where a client speaks by node:http.
      const message = 'Service unavailable'
      // Stripe's client takes whatever has no `error` in it for an answer.
      return HttpResponse.json({ message, error: { type: 'api_error', message } }, { status: OUT })
    }
  }

  const server = setupServer(
    http.all(`${ADDRESSES.stripe}/*`, ({ request }) => called('stripe', request, () => stripe.fetch(request))),
    http.all(`${ADDRESSES.hubspot}/*`, ({ request }) => {
      if (hubspotTrouble.is === 'limited')
        hubspot.script({ kind: 'limit', policy: 'TEN_SECONDLY_ROLLING', retryAfterS: LIMITED_FOR_S })
      return called('hubspot', request, async () => {
        if (hubspotTrouble.is === 'down') throw new TypeError('HubSpot does not answer')
        return hubspot.fetch(request)
      })
    }),
    http.all(`${ADDRESSES.slack}/*`, ({ request }) => called('slack', request, () => slack.fetch(request))),
    http.all(LOOPBACK, () => passthrough()),
  )
  // Nothing leaves this machine from here.
  server.listen({ onUnhandledFrame: 'error' })
  return { stripe, hubspot, slack, hubspotTrouble, close: () => server.close() }
}

function outcomeIn(answer: string): string {
  try {
    const { outcome } = JSON.parse(answer) as { outcome?: unknown }
    return typeof outcome === 'string' ? outcome : 'taken'
  } catch {
    return 'taken'
  }
}
