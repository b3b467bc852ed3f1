/** Requests as Slack sends them: signed over time and body (https://docs.slack.dev/authentication/verifying-requests-from-slack). */
import { createHmac } from 'node:crypto'

export interface Signing {
  secret: string
  /** Milliseconds. */
  at: number
}

export function signV0(body: string, { secret, at }: Signing): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${signature}` }
}

export interface Outgoing {
  url: string
  body: string
  type: 'form' | 'json'
  /** Those of a retried event. */
  headers?: Record<string, string>
}

const CONTENT_TYPES = { form: 'application/x-www-form-urlencoded', json: 'application/json' }

export const signedRequest = ({ url, body, type, headers = {} }: Outgoing, signing: Signing): Request =>
  new Request(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': CONTENT_TYPES[type],
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      ...signV0(body, signing),
      ...headers,
    },
  })

/** Commands come as a form; presses, submissions and shortcuts as a form with JSON in `payload`; events as JSON. */
export const formOf = (fields: Record<string, string>): string => new URLSearchParams(fields).toString()
