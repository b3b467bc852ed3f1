/** How what people do reaches the app: signed, and acknowledged in time or it has failed. */
import type { Json } from './json.ts'
import { formOf, type Outgoing, signedRequest } from './signature.ts'

export interface SenderSettings {
  now: () => number
  send?: (request: Request) => Promise<Response>
  appUrl: string
  signingSecret: string
  /** Default: Slack's three seconds. */
  acknowledgeWithinMs?: number
}

export interface Acknowledged {
  status: number
  /** Its body. */
  text: string
  /** By the real clock. */
  tookMs: number
}

/** https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response */
const WITHIN_MS = 3_000

export type RetryReason = 'http_timeout' | 'http_error' | 'connection_failed' | 'unknown_error'

export function createSender(settings: SenderSettings) {
  const sent: Outgoing[] = []

  const signed = (
    body: string,
    type: Outgoing['type'],
    over: { headers?: Record<string, string>; at?: number; secret?: string } = {},
  ) =>
    signedRequest(
      { url: settings.appUrl, body, type, headers: over.headers ?? {} },
      { secret: over.secret ?? settings.signingSecret, at: over.at ?? settings.now() },
    )

  async function send(outgoing: Outgoing, what: string): Promise<Acknowledged> {
    if (settings.send === undefined) throw new Error('nobody listens: give the double a `send`')
    const began = performance.now()
    const request = signed(outgoing.body, outgoing.type, { headers: outgoing.headers ?? {} })
    const response = await settings.send(request)
    const text = await response.text()
    const tookMs = performance.now() - began
    if (response.status !== 200) throw new Error(`${what} was answered with ${response.status}: ${text}`)
    if (tookMs > (settings.acknowledgeWithinMs ?? WITHIN_MS))
      throw new Error(`${what} was acknowledged after ${Math.round(tookMs)} ms only`)
    return { status: response.status, text, tookMs }
  }

  function first(body: string, type: Outgoing['type'], what: string): Promise<Acknowledged> {
    const outgoing = { url: settings.appUrl, body, type }
    sent.push(outgoing)
    return send(outgoing, what)
  }

  return {
    sent,
    signed,
    /** By view and block: what a query brought last. */
    offered: new Map<string, Json[]>(),
    form: (fields: Record<string, string>, what: string) => first(formOf(fields), 'form', what),
    payload: (payload: Json, what: string) => first(formOf({ payload: JSON.stringify(payload) }), 'form', what),
    json: (body: Json, what: string) => first(JSON.stringify(body), 'json', what),
    /** Signed anew, with which time it is. */
    retry: (number = 1, reason: RetryReason = 'http_timeout'): Promise<Acknowledged> => {
      const last = sent.at(-1)
      if (last === undefined) throw new Error('nothing was sent yet')
      const headers = { 'x-slack-retry-num': String(number), 'x-slack-retry-reason': reason }
      return send({ ...last, headers }, 'the retry')
    },
  }
}

export type Sender = ReturnType<typeof createSender>
