// The door that Slack calls, with what Slack itself would never send: any bytes, signed or not.
import { createHmac } from 'node:crypto'
import { Hono } from 'hono'
import { createSlackDoor } from '../../integrations/slack/doors.ts'
import type { App, Clock, Logger } from '../../src/app/ports.ts'
import { SLACK_API_URL, SLACK_SECRET, SLACK_TOKEN } from './slack.ts'

export const FORM = 'application/x-www-form-urlencoded'
export const JSON_TYPE = 'application/json'

export interface Sent {
  type?: string
  /** ms */
  at?: number
  secret?: string
  headers?: Record<string, string>
}

export interface DoorOptions {
  app: App
  clock: Clock
  secrets?: readonly string[]
}

export interface Line {
  level: string
  message: string
  fields: object
}

export function signSlack(body: string | Uint8Array, secret: string, at: number): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000))
  const hex = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${hex}` }
}

export async function openDoor({ app, clock, secrets = [SLACK_SECRET] }: DoorOptions) {
  const work = new Set<Promise<unknown>>()
  const outcomes: string[] = []
  const lines: Line[] = []
  const to =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void lines.push({ level, message, fields })
  const logger: Logger = { debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error') }
  const door = await createSlackDoor({
    app,
    clock,
    logger,
    secrets,
    token: SLACK_TOKEN,
    apiUrl: SLACK_API_URL,
    settings: { alertChannel: null, hubspotUrl: async () => null, stripeUrl: async () => null },
    waitUntil: () => (going) => {
      const noted = going.finally(() => work.delete(noted))
      work.add(noted)
    },
    onOutcome: (outcome) => void outcomes.push(outcome),
  })
  const http = new Hono()
  http.post('/slack/events', (c) => door(c))
  return {
    outcomes,
    lines,
    work,
    /** Waits for what goes on after acknowledgements. */
    settled: async (): Promise<void> => {
      while (work.size > 0) await Promise.allSettled(work)
    },
    send: async (body: string | Uint8Array, over: Sent = {}) => {
      const { type = FORM, at = clock.now(), secret = SLACK_SECRET, headers = {} } = over
      const signed = signSlack(body, secret, at)
      const response = await http.request('/slack/events', {
        method: 'POST',
        body: body as string,
        headers: { 'content-type': type, ...signed, ...headers },
      })
      return { status: response.status, text: await response.text(), headers: response.headers }
    },
  }
}
