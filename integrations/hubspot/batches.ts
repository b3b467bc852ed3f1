/** Batches of contacts as HubSpot takes them, and what became of each input: one bad input never holds up the others. */
import { type Answer, isRecord, list, textOf } from './answers.ts'
import type { HubspotClient } from './client.ts'

/** HubSpot's dated API: the paths without a date end in September 2027. */
export const API_DATE = '2026-09'
export const CONTACTS = `/crm/objects/${API_DATE}/contacts`
export const BATCH_LIMIT = 100

export interface FoundContact {
  record: string
  properties: Record<string, string>
}

/** What became of one input. `later`: the same again, after the pause or when HubSpot is there again. */
export type Fate =
  | { kind: 'ok'; contact: FoundContact }
  | { kind: 'missing' }
  /** Somebody made it meanwhile: this is it. */
  | { kind: 'exists'; record: string }
  | { kind: 'refused'; message: string }
  | { kind: 'later'; answer: Extract<Answer, { kind: 'wait' | 'down' }> }

interface Input {
  /** By which results are told apart: a record id, or an address. */
  key: string
  body: unknown
}

interface Batch {
  client: HubspotClient
  path: string
  extra?: Record<string, unknown>
  /** Which input a result is of. */
  keysOf: (contact: FoundContact) => readonly string[]
}

/** Sends all inputs in as few calls as it can; answers what became of each, by key. */
export async function sendAll(batch: Batch, inputs: readonly Input[]): Promise<Map<string, Fate>> {
  const fates = new Map<string, Fate>()
  for (let at = 0; at < inputs.length; at += BATCH_LIMIT)
    await sendPart(batch, inputs.slice(at, at + BATCH_LIMIT), fates)
  return fates
}

async function sendPart(batch: Batch, inputs: readonly Input[], fates: Map<string, Fate>): Promise<void> {
  const answer = await batch.client.call('POST', batch.path, { ...batch.extra, inputs: inputs.map(({ body }) => body) })
  if (answer.kind === 'ok') {
    sortOut(batch, answer, inputs, fates)
    return
  }
  if (answer.kind !== 'refused') {
    for (const { key } of inputs) fates.set(key, { kind: 'later', answer })
    return
  }
  const whole = ofThePortal(answer)
  if (whole !== null) {
    for (const { key } of inputs) fates.set(key, { kind: 'later', answer: whole })
    return
  }
  const [only, ...others] = inputs
  if (only !== undefined && others.length === 0) {
    fates.set(only.key, fateOf(answer))
    return
  }
  // One of them is wrong: in halves, until it stands alone.
  const middle = Math.ceil(inputs.length / 2)
  await sendPart(batch, inputs.slice(0, middle), fates)
  await sendPart(batch, inputs.slice(middle), fates)
}

function sortOut(
  { keysOf }: Batch,
  { body, errors }: Extract<Answer, { kind: 'ok' }>,
  inputs: readonly Input[],
  fates: Map<string, Fate>,
): void {
  const found = new Map<string, FoundContact>()
  for (const result of list(body.results)) {
    const contact = contactIn(result)
    if (contact !== null) for (const key of keysOf(contact)) found.set(key, contact)
  }
  for (const { key } of inputs) {
    const contact = found.get(key)
    const error = errors.find(({ ids }) => ids.some((id) => id.toLowerCase() === key.toLowerCase()))
    if (contact !== undefined) fates.set(key, { kind: 'ok', contact })
    else if (error === undefined || /NOT_FOUND/.test(error.category)) fates.set(key, { kind: 'missing' })
    else fates.set(key, { kind: 'refused', message: error.message })
  }
}

function contactIn(result: unknown): FoundContact | null {
  if (!isRecord(result)) return null
  const record = textOf(result.id)
  const given = isRecord(result.properties) ? result.properties : {}
  const properties = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
  return record === undefined ? null : { record, properties }
}

const EXISTING = /Existing ID:\s*(\d+)/i

function fateOf({ status, category, message }: Extract<Answer, { kind: 'refused' }>): Fate {
  const existing = EXISTING.exec(message)?.[1]
  if (status === 409 && existing !== undefined) return { kind: 'exists', record: existing }
  if (status === 404 || /NOT_FOUND/.test(category)) return { kind: 'missing' }
  return { kind: 'refused', message }
}

/** Refusals that any input would meet: no use in trying others, and nobody's own fault. */
function ofThePortal({
  status,
  category,
  message,
  body,
}: Extract<Answer, { kind: 'refused' }>): Extract<Answer, { kind: 'down' }> | null {
  if (status === 401) return { kind: 'down', reason: 'HubSpot does not accept the access token' }
  if (status === 403 || category === 'MISSING_SCOPES')
    return { kind: 'down', reason: `The access token may not do this: ${message}` }
  const codes = [message, ...list(body.errors).flatMap((error) => (isRecord(error) ? [textOf(error.code) ?? ''] : []))]
  if (codes.some((code) => /PROPERTY_DOESNT_EXIST/.test(code)))
    return { kind: 'down', reason: `A contact property is missing in HubSpot. Run: npx regulars setup hubspot` }
  if (codes.some((code) => /INVALID_OPTION/.test(code)))
    return { kind: 'down', reason: `A contact property lacks an option in HubSpot. Run: npx regulars setup hubspot` }
  return null
}
