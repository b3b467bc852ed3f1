// The Slack double alone: called as the official client calls it, and its people heard by whatever a test says.
import {
  createSlackDouble,
  type SlackDouble,
  type SlackDoubleOptions,
} from '../../integrations/sandbox/doubles/slack/create-double.ts'
import type { Json } from '../../integrations/sandbox/doubles/slack/json.ts'
import { createShopWorkspace, PEOPLE, SLACK_API_URL } from './slack-workspace.ts'

export const NOON = Date.UTC(2026, 10, 22, 12)

export interface Heard {
  headers: Headers
  body: string
  /** What came, as an object. */
  payload: Json
}

/** A double whose people are heard by `answer`. */
export function openDouble(
  over: Partial<SlackDoubleOptions> = {},
  answer: (payload: Json) => unknown = () => undefined,
) {
  const clock = { at: NOON }
  const heard: Heard[] = []
  const double = createSlackDouble({
    now: () => clock.at,
    workspace: createShopWorkspace(),
    send: async (request) => {
      const body = await request.text()
      const form = new URLSearchParams(body)
      const isJson = request.headers.get('content-type') === 'application/json'
      const payload = JSON.parse(isJson ? body : (form.get('payload') ?? JSON.stringify(Object.fromEntries(form))))
      heard.push({ headers: request.headers, body, payload })
      const given = await answer(payload)
      if (given instanceof Response) return given
      return given === undefined ? new Response('') : Response.json(given)
    },
    ...over,
  })
  const lastHeard = <T = Json>(): T => (heard.at(-1)?.payload ?? {}) as T
  return { clock, double, heard, lastHeard }
}

/** As the official client asks: a form, objects as JSON in it. */
export async function call(double: SlackDouble, method: string, args: Json = {}, token: string | null = 'xoxb-test') {
  const fields = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const headers = { ...(token !== null && { authorization: `Bearer ${token}` }) }
  const body = new URLSearchParams(Object.fromEntries(fields))
  const response = await double.fetch(new Request(`${SLACK_API_URL}${method}`, { method: 'POST', body, headers }))
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Json }
}

export const answerOf = async (double: SlackDouble, method: string, args: Json = {}) =>
  (await call(double, method, args)).body

export const section = (text: string): Json => ({ type: 'section', text: { type: 'mrkdwn', text } })
export const button = (label: string, action_id: string, value = 'v'): Json => ({
  type: 'button',
  text: { type: 'plain_text', text: label },
  action_id,
  value,
})
export const row = (...elements: Json[]): Json => ({ type: 'actions', elements })
export const field = (label: string, element: Json, over: Json = {}): Json => ({
  type: 'input',
  block_id: label.toLowerCase(),
  label: { type: 'plain_text', text: label },
  element: { action_id: 'given', ...element },
  ...over,
})
export const WORDS = { type: 'plain_text_input', max_length: 20 }
export const POINTS = { type: 'number_input', is_decimal_allowed: false, min_value: '-100', max_value: '100' }
export const option = (value: string): Json => ({ text: { type: 'plain_text', text: `Reward ${value}` }, value })
export const modal = (over: Json = {}): Json => ({
  type: 'modal',
  callback_id: 'adjust',
  title: { type: 'plain_text', text: 'Adjust' },
  blocks: [section('Ada')],
  ...over,
})
export const form = (...blocks: Json[]): Json =>
  modal({ blocks, submit: { type: 'plain_text', text: 'Send' }, private_metadata: 'about' })

/** Somebody types a command; its trigger opens this view. */
export async function opened(double: SlackDouble, view: Json, user: string = PEOPLE.sam): Promise<Json> {
  await double.command(user, 'loyalty', '/loyalty ada')
  return answerOf(double, 'views.open', { trigger_id: lastTrigger(double), view })
}
export const lastTrigger = (double: SlackDouble): string => Object.keys(double.workspace.triggers).at(-1) ?? ''
export const viewOf = (answer: Json) => answer.view as { id: string; hash: string; state: { values: Json } }
