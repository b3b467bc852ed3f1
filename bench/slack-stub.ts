// What our server calls when it answers in Slack: who somebody is, and the address an answer goes to. It notes when each came.
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export const SLACK_SIGNING_SECRET = 'bench-signing-secret'
const TEAM = 'T0BENCH'
const ANSWER_WITHIN_MS = 30_000

/** An answer, and when it came (of `performance.now`). */
export interface Answered {
  text: string
  atMs: number
}

export interface SlackStub {
  variables: Record<string, string>
  /** An address for one answer, and the answer; it fails when none comes. */
  expect(): { url: string; answer: Promise<Answered> }
  stop(): void
}

const USER = { id: 'U0BENCH', team_id: TEAM, profile: { email: 'sam@example.org' } }
const CALLS: Record<string, object> = {
  '/api/users.info': { user: USER },
  '/api/auth.test': { team_id: TEAM, team: 'Bench', user_id: 'U0BOT' },
}

export async function startSlackStub(): Promise<SlackStub> {
  const waiting = new Map<string, (answer: Answered) => void>()
  const receive = async (request: IncomingMessage): Promise<object> => {
    const atMs = performance.now()
    const path = request.url ?? ''
    const body = await text(request)
    const resolve = waiting.get(path)
    waiting.delete(path)
    resolve?.({ text: body, atMs })
    return CALLS[path] ?? {}
  }
  const server = createServer((request, response) => {
    void receive(request).then((answer) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ ok: true, ...answer }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let last = 0
  return {
    variables: {
      SLACK_BOT_TOKEN: 'xoxb-bench',
      SLACK_SIGNING_SECRET,
      SLACK_API_URL: `${origin}/api/`,
    },
    expect: () => {
      last++
      const path = `/answers/${last}`
      const { promise, resolve, reject } = Promise.withResolvers<Answered>()
      const late = setTimeout(() => reject(new Error('no answer came')), ANSWER_WITHIN_MS)
      waiting.set(path, (answer) => {
        clearTimeout(late)
        resolve(answer)
      })
      return { url: `${origin}${path}`, answer: promise }
    },
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** `/loyalty …` as Slack sends it: what has the same trigger is the same command again. */
export function slackCommand(typed: string, responseUrl: string): RequestInit {
  const body = new URLSearchParams({
    command: '/loyalty',
    text: typed,
    user_id: USER.id,
    team_id: TEAM,
    channel_id: 'C0BENCH',
    trigger_id: responseUrl,
    response_url: responseUrl,
  }).toString()
  return signed(body)
}

/** A button pressed in a message that is seen by one person alone, as Slack sends it. */
export function slackPress(action: string, value: string, responseUrl: string): RequestInit {
  const payload = {
    type: 'block_actions',
    user: { id: USER.id, team_id: TEAM },
    trigger_id: responseUrl,
    response_url: responseUrl,
    channel: { id: 'C0BENCH' },
    container: { type: 'message', channel_id: 'C0BENCH', message_ts: '1.1', is_ephemeral: true },
    actions: [{ type: 'button', action_id: action, block_id: 'b', value }],
  }
  return signed(new URLSearchParams({ payload: JSON.stringify(payload) }).toString())
}

function signed(body: string): RequestInit {
  const seconds = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', SLACK_SIGNING_SECRET).update(`v0:${seconds}:${body}`).digest('hex')
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': `v0=${signature}`,
    },
  }
}
