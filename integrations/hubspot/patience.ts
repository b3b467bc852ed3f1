/** Calls that a person waits for: they wait out the limit of ten seconds, and say in words why it did not work. */
import { type Answer, isRecord, list, textOf } from './answers.ts'
import type { HubspotClient } from './client.ts'

/** Longer than the window of HubSpot's limit; the limit of a day is not waited for. */
const LONGEST_WAIT_MS = 30_000
const TRIES = 6

export async function askPatiently(
  client: Pick<HubspotClient, 'call'>,
  sleep: (ms: number) => Promise<void>,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: unknown,
): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await client.call(method, path, body)
    const isForNow = answer.kind === 'wait' && answer.forMs <= LONGEST_WAIT_MS
    if (!isForNow || tries >= TRIES) return answer
    await sleep(answer.forMs)
  }
}

/** Why a call did not work, and the one thing that mends it. */
export interface Refused {
  why: string
  fix: string
}

const KEYS = 'in HubSpot, Development → Keys → Service keys'

/** @param scope what such a call needs, where HubSpot does not say it itself */
export function refusalOf(answer: Answer, scope: string): Refused {
  switch (answer.kind) {
    case 'ok':
      return { why: 'it works', fix: '' }
    case 'down':
      return { why: answer.reason, fix: 'Look at status.hubspot.com and HUBSPOT_API_URL, then try again' }
    case 'wait':
      // Our own limiter said so, without asking.
      if (answer.quota === undefined && answer.forMs > LONGEST_WAIT_MS)
        return { why: 'few of this day’s calls are left, and ours are spread over it', fix: 'Try again later' }
      return answer.policy === 'DAILY' || answer.forMs > LONGEST_WAIT_MS
        ? {
            why: 'the calls of this day are used up',
            fix: 'Try again tomorrow: HubSpot counts the day by its own clock',
          }
        : { why: 'HubSpot asks to wait', fix: 'Try again in a minute' }
    case 'refused':
      if (answer.status === 401)
        return {
          why: 'HubSpot does not accept the access token',
          fix: `Copy the service key (${KEYS}) to HUBSPOT_ACCESS_TOKEN`,
        }
      if (answer.status === 403) {
        const missing = scopesIn(answer.body)
        const named = (missing.length === 0 ? [scope] : missing).join(' or ')
        return { why: `the token lacks the scope ${named}`, fix: `Add the scope ${named} to the key: ${KEYS}` }
      }
      return { why: answer.message, fix: 'HubSpot says why: mend that there, then run this again' }
    default: {
      const unknown: never = answer
      return unknown
    }
  }
}

/** HubSpot names the scopes of which one is enough. */
export function scopesIn(body: Record<string, unknown>): string[] {
  return list(body.errors).flatMap((error) => {
    const context = isRecord(error) && isRecord(error.context) ? error.context : {}
    return list(context.requiredGranularScopes).flatMap((scope) => textOf(scope) ?? [])
  })
}
