// The doctor's looks at a server elsewhere, from outside: does it answer, does its database, does it refuse what nobody
// signed, does it ask for a key, and which program does it run.
import type { Program } from '../program/schema.ts'
import { programVersion } from '../program/version.ts'
import type { Context } from './command.ts'
import { bad, type Finding, good } from './doctor-findings.ts'

export interface RemoteLook {
  /** Without a path. */
  url: string
  /** A key of that server's API; null: only that it asks for one is looked at. */
  key: string | null
  /** The program that it should run; null where that is not known. */
  program: Program | null
  /** It was told to take nothing for now, and must say so. */
  isPaused?: boolean
  /** It cannot have its signing secret yet: Stripe makes it for an address that is known. */
  awaitsSecret?: boolean
}

interface Reply {
  /** 0: nothing answered. */
  status: number
  body: Readonly<Record<string, unknown>>
}

const TIMEOUT_MS = 15_000
const LOGS = 'Its log says why: npx wrangler tail (on Node: what npm start wrote)'

async function ask({ fetch }: Pick<Context, 'fetch'>, url: string, init: RequestInit = {}): Promise<Reply> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const body: unknown = await response.json().catch(() => null)
    return { status: response.status, body: typeof body === 'object' && body !== null ? { ...body } : {} }
  } catch {
    return { status: 0, body: {} }
  }
}

const reasonOf = ({ status, body }: Reply): string =>
  typeof body.detail === 'string' ? `${status}: ${body.detail}` : `${status}`

/** Each as soon as it is known. Where nothing of ours answers, nothing more is asked. */
export async function* lookAtServer(context: Context, look: RemoteLook): AsyncGenerator<Finding> {
  const server = await checkServer(context, look)
  yield server
  if (!server.ok) return
  const { finding, isPaused } = await checkReadiness(context, look)
  yield finding
  yield await checkWebhook(context, { ...look, isPaused })
  // Paused, it puts no new program in force.
  yield* await checkApi(context, isPaused ? { ...look, program: null } : look)
}

export async function checkServer(context: Pick<Context, 'fetch'>, { url }: Pick<RemoteLook, 'url'>): Promise<Finding> {
  const name = 'Server'
  const reply = await ask(context, `${url}/healthz`)
  if (reply.body.status === 'alive') return good(name, `answers at ${url}`)
  if (reply.status === 0)
    return bad(
      name,
      `nothing answers at ${url}`,
      'A new address may take some minutes to be known; then run this again',
    )
  // A Worker that cannot start says so in our own words.
  if (reply.body.code === 'unavailable') return bad(name, `${url} answers ${reasonOf(reply)}`, LOGS)
  return bad(name, `what answers at ${url} is not Regulars (${reply.status})`, 'Give the address of the server itself')
}

async function checkReadiness(context: Context, look: RemoteLook): Promise<{ finding: Finding; isPaused: boolean }> {
  const name = 'Database'
  const reply = await ask(context, `${look.url}/readyz`)
  const isPaused = reply.body.status === 'paused'
  if (reply.status !== 200) {
    const fix = 'Bring it up to date: npm run deploy (on Node: npm start)'
    return { finding: bad(name, `${look.url}/readyz answers ${reasonOf(reply)}`, fix), isPaused }
  }
  if (look.isPaused === true && !isPaused)
    return {
      finding: bad(name, 'answers, but the server is not paused', 'In a minute: npm run deploy -- --paused'),
      isPaused,
    }
  return { finding: good(name, isPaused ? 'answers; the server is paused and takes nothing' : 'answers'), isPaused }
}

async function checkWebhook(context: Context, { url, isPaused, awaitsSecret }: RemoteLook): Promise<Finding> {
  const name = 'Stripe: webhook'
  const reply = await ask(context, `${url}/stripe/webhook`, { method: 'POST', body: '{}' })
  if (reply.status === 400) return good(name, 'refuses what Stripe did not sign')
  if (reply.status === 503 && isPaused) return good(name, 'paused: Stripe is told to deliver again later')
  if (reply.status === 503 && awaitsSecret) return good(name, 'waits for its signing secret')
  const setup = `npx regulars setup stripe --url ${url}, and its secret into STRIPE_WEBHOOK_SECRET there`
  if (reply.status === 503) return bad(name, `answers ${reasonOf(reply)}`, setup)
  return bad(
    name,
    `answers ${reply.status} to what nobody signed`,
    'Nothing may stand before it that answers in its place',
  )
}

async function checkApi(context: Context, look: RemoteLook): Promise<Finding[]> {
  const name = 'API'
  const { url, key } = look
  const path = `${url}/api/v1/program`
  const stranger = await ask(context, path)
  if (stranger.status !== 401) return [bad(name, `answers ${reasonOf(stranger)} to a call without a key`, LOGS)]
  if (key === null) return [good(name, 'asks for a key; there is none here to go on with')]
  const reply = await ask(context, path, { headers: { authorization: `Bearer ${key}` } })
  if (reply.status === 401 || reply.status === 403)
    return [bad(name, 'does not take the key of API_KEYS here', 'Set the same API_KEYS there: npm run deploy')]
  if (reply.status !== 200) return [bad(name, `answers ${reasonOf(reply)}`, LOGS)]
  return [good(name, 'takes the key, and refuses who has none'), await checkProgramThere(look, reply)]
}

async function checkProgramThere({ program }: RemoteLook, { body }: Reply): Promise<Finding> {
  const name = 'Program there'
  const version = typeof body.version === 'string' ? body.version : 'unknown'
  if (program === null) return good(name, `version ${version}`)
  const expected = await programVersion(program)
  if (version === expected) return good(name, `version ${version}, as here`)
  return bad(
    name,
    `version ${version}, here it is ${expected}`,
    'Put the one from here in force: npm run deploy (on Node: restart it)',
  )
}
