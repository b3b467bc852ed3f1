/** Stripe's way of saying no, and of reading what a client sends. */

export class StripeRefusal extends Error {
  override name = 'StripeRefusal'
  readonly status: number
  readonly error: Record<string, unknown>

  constructor(status: number, error: Record<string, unknown>) {
    super(String(error.message ?? error.code ?? status))
    this.status = status
    this.error = error
  }
}

export const refusal = (over: Record<string, unknown>, status = 400): StripeRefusal =>
  new StripeRefusal(status, { type: 'invalid_request_error', ...over })

export const noSuch = (what: string, id: string, param = 'id', status = 404): StripeRefusal =>
  refusal({ code: 'resource_missing', param, message: `No such ${what}: '${id}'` }, status)

export const missing = (param: string): StripeRefusal =>
  refusal({ code: 'parameter_missing', param, message: `Missing required param: ${param}.` })

/** As JSON. */
export interface Answer {
  status: number
  body: string
}

export const toAnswer = ({ status, error }: StripeRefusal): Answer => ({ status, body: JSON.stringify({ error }) })

/** What a call came with. */
export interface ApiCall {
  method: string
  /** Below `/v1/`. */
  path: string[]
  params: Record<string, string>
  idempotencyKey: string | null
}

export async function readCall(request: Request): Promise<ApiCall> {
  const url = new URL(request.url)
  const body = request.method === 'POST' ? await request.text() : ''
  const path = url.pathname.split('/').filter((part) => part !== '')
  return {
    method: request.method,
    path: path.slice(1).map(decodeURIComponent),
    params: { ...Object.fromEntries(url.searchParams), ...Object.fromEntries(new URLSearchParams(body)) },
    idempotencyKey: request.headers.get('idempotency-key'),
  }
}

/** `metadata[redemption]` and such as an object. */
export function nested(params: Record<string, string>, name: string): Record<string, string> {
  const fields = Object.entries(params).flatMap(([key, value]) => {
    const field = key.startsWith(`${name}[`) && key.endsWith(']') ? key.slice(name.length + 1, -1) : null
    return field === null ? [] : [[field, value]]
  })
  return Object.fromEntries(fields)
}

/** `enabled_events[0]`, `enabled_events[]`: in their order. */
export const listed = (params: Record<string, string>, name: string): string[] =>
  Object.entries(params).flatMap(([key, value]) => (key.startsWith(`${name}[`) ? [value] : []))
