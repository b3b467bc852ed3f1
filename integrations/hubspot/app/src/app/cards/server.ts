/** Asks the Regulars server, through HubSpot, which signs what is asked and says which user asks. */
import { hubspot } from '@hubspot/ui-extensions'

export interface MemberCard {
  kind: 'member'
  program: string
  headline: string
  status: string | null
  progress: { percent: number; label: string } | null
  expiring: string | null
  risk: { level: 'low' | 'medium' | 'high'; text: string } | null
  badges: { id: string; name: string }[]
  history: { id: number; on: string; points: string; text: string }[]
  rewards: { id: string; label: string; byPoints: boolean }[]
  mayIssue: boolean
  ticket: string
}

export interface NoMemberCard {
  kind: 'none'
  message: string
  mayEnrol: boolean
  ticket: string
}

export type Card = MemberCard | NoMemberCard

export interface Done {
  message: string
  code: string | null
}

export interface Contact {
  id: string
  email: string | null
  name: string | null
}

/** `isAnswered`: the server has decided. Else nobody knows, and asking again must be the same question. */
export type Answer<Value> = { ok: true; value: Value } | { ok: false; message: string; isAnswered: boolean }

const TIMEOUT_MS = 10_000
const OUT_OF_REACH = 'Regulars cannot be reached now. Try again in a moment.'

const isObject = (given: unknown): given is Record<string, unknown> => typeof given === 'object' && given !== null
const isCard = (given: unknown): given is Card =>
  isObject(given) && (given.kind === 'member' || given.kind === 'none') && typeof given.ticket === 'string'
const isDone = (given: unknown): given is Record<string, unknown> & { message: string } =>
  isObject(given) && typeof given.message === 'string'

async function ask(url: string, body?: Record<string, unknown>): Promise<Answer<unknown>> {
  try {
    const response = await hubspot.fetch(url, {
      timeout: TIMEOUT_MS,
      ...(body === undefined ? { method: 'GET' } : { method: 'POST', body }),
    })
    const content: unknown = await response.json()
    if (response.ok) return { ok: true, value: content }
    const message = isObject(content) && typeof content.detail === 'string' ? content.detail : OUT_OF_REACH
    return { ok: false, message, isAnswered: response.status < 500 }
  } catch {
    return { ok: false, message: OUT_OF_REACH, isAnswered: false }
  }
}

const odd: Answer<never> = { ok: false, message: OUT_OF_REACH, isAnswered: false }

export async function loadCard(base: string, { id, email }: Contact): Promise<Answer<Card>> {
  const query = new URLSearchParams({ objectId: id, ...(email !== null && { email }) })
  const answer = await ask(`${base}/hubspot/card?${query}`)
  if (!answer.ok) return answer
  return isCard(answer.value) ? { ok: true, value: answer.value } : odd
}

export interface RewardAsked {
  reward: string
  charge: 'member' | 'house'
  note: string
  ticket: string
}

export const issueReward = (base: string, { id, email }: Contact, asked: RewardAsked): Promise<Answer<Done>> =>
  act(`${base}/hubspot/card/rewards`, { contactId: id, email, ...asked })

export const enrolContact = (base: string, { id, email, name }: Contact, ticket: string): Promise<Answer<Done>> =>
  act(`${base}/hubspot/card/enrol`, { contactId: id, email, name, ticket })

async function act(url: string, body: Record<string, unknown>): Promise<Answer<Done>> {
  const answer = await ask(url, body)
  if (!answer.ok) return answer
  if (!isDone(answer.value)) return odd
  const { message, code } = answer.value
  return { ok: true, value: { message, code: typeof code === 'string' ? code : null } }
}
