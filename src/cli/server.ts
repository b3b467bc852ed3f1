// The running server as commands see it: is it there, and what does it say to a signed event.
import type { TestEvent } from '../compose/test-events.ts'
import { signPayload } from '../compose/test-events.ts'
import type { Settings } from './backend.ts'
import type { Context } from './command.ts'
import { readStripeMode } from './database-file.ts'
import { Failure, UsageError } from './failures.ts'

const TIMEOUT_MS = 30_000
const HEALTH_TIMEOUT_MS = 3_000
/** The setting under which the sandbox's server keeps the secret it made for itself. */
export const LOCAL_SECRET = 'local_webhook_secret'

/** Where this machine reaches the server that these settings start. */
export function localUrl({ host, port }: Pick<Settings, 'host' | 'port'>): string {
  const anywhere = host === '0.0.0.0' || host === '::'
  const name = anywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

/** `--url`, or the server that these settings start. @throws UsageError when it is no address */
export function serverUrl(given: string | undefined, settings: Settings): string {
  if (given === undefined) return localUrl(settings)
  const url = URL.canParse(given) ? new URL(given) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError('--url must be an address, such as http://127.0.0.1:8787')
  }
  return given.replace(/\/+$/, '').replace(/\/stripe\/webhook$/, '')
}

export type Health = 'alive' | 'silent' | 'stranger'

export async function healthOf({ fetch }: Context, url: string): Promise<Health> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })
    const body: unknown = await response.json().catch(() => null)
    return typeof body === 'object' && body !== null && 'status' in body && body.status === 'alive'
      ? 'alive'
      : 'stranger'
  } catch {
    return 'silent'
  }
}

/** @throws Failure unless a Regulars server answers there */
export async function requireServer(context: Context, url: string): Promise<void> {
  const health = await healthOf(context, url)
  if (health === 'silent') throw new Failure(`no server answers at ${url}. Start it with: npm start`)
  if (health === 'stranger') throw new Failure(`what answers at ${url} is not Regulars. Give its address with --url.`)
}

/** @throws Failure where test payments would be among real ones. */
export function refuseLiveMode({ databasePath }: Settings): void {
  if (readStripeMode(databasePath) !== 'live') return
  throw new Failure(
    `the database ${databasePath} holds payments of Stripe’s live mode: test payments have no place there. Use another with DATABASE_PATH.`,
  )
}

/** @throws Failure when there is nothing to sign with */
export async function signingSecret(
  settings: Settings,
  getSetting: (name: string) => Promise<string | null>,
): Promise<string> {
  const secret = settings.stripe.webhookSecrets[0] ?? (await getSetting(LOCAL_SECRET))
  if (secret !== null) return secret
  throw new Failure(
    `there is no secret to sign with: set STRIPE_WEBHOOK_SECRET to the server’s, or open the sandbox with: npm start`,
  )
}

export interface Answer {
  /** 0: no answer came. */
  status: number
  outcome: string | null
  /** In words, when it was not taken. */
  detail: string | null
}

export type Post = (event: TestEvent) => Promise<Answer>

/** Signs events as Stripe does, and posts them. */
export function createPoster({ fetch, now }: Context, url: string, secret: string): Post {
  return async (event) => {
    const body = JSON.stringify(event)
    const signature = signPayload(body, secret, Math.floor(now() / 1000))
    try {
      const response = await fetch(`${url}/stripe/webhook`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'stripe-signature': signature },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return readAnswer(response.status, await response.json().catch(() => null))
    } catch (error) {
      return { status: 0, outcome: null, detail: error instanceof Error ? describeFetch(error) : 'No answer.' }
    }
  }
}

function readAnswer(status: number, body: unknown): Answer {
  const text = (name: string): string | null => {
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : null
    return typeof value === 'string' ? value : null
  }
  return { status, outcome: text('outcome'), detail: text('detail') }
}

/** `fetch failed` hides its reason in the cause. */
const describeFetch = ({ cause, message }: Error): string => (cause instanceof Error ? cause.message : message)

/** Why an event was not taken, and what to do. */
export function describeRefusal({ status, detail }: Answer): string {
  const said = detail ?? 'It gave no reason.'
  if (status === 0) return `The server did not answer: ${said}`
  if (status === 400 && said.includes('signing secrets')) {
    return `${said} Run this with the server’s STRIPE_WEBHOOK_SECRET and DATABASE_PATH.`
  }
  return `The server answered ${status}: ${said}`
}
