/** Batches of contacts as HubSpot takes them, and what became of each input: one bad input never holds up the others. */
import { type Answer, type InputError, isRecord, list, textOf, type WrongValue } from './answers.ts'
import type { HubspotClient } from './client.ts'
import { scopesIn } from './patience.ts'

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
  /** There is one already, with this address or this member's number. */
  | { kind: 'exists'; record: string }
  | { kind: 'refused'; message: string }
  /** Its value is one that the portal is not set up for, such as a tier that is new: others go through. */
  | { kind: 'held'; reason: string }
  | { kind: 'later'; answer: Extract<Answer, { kind: 'wait' | 'down' }> }

interface Input {
  /** By which results are told apart: a record id, an address, or a member. */
  key: string
  body: unknown
}

interface Batch {
  client: Pick<HubspotClient, 'call'>
  path: string
  extra?: Record<string, unknown>
  /** Which inputs a result is of. */
  keysOf: (contact: FoundContact) => readonly string[]
  /** What our properties' names begin with: HubSpot refusing one of their values is nobody's own fault. */
  prefix?: string
}

interface Sending {
  fates: Map<string, Fate>
  refusedInARow: number
  heldInARow: number
}

/** After so many refusals in a row others are not tried: what is wrong is wrong with all of them. */
const REFUSED_IN_A_ROW = 12
const HELD_IN_A_ROW = 3

/** Sends all inputs in as few calls as it can; answers what became of each, by key. */
export async function sendAll(batch: Batch, inputs: readonly Input[]): Promise<Map<string, Fate>> {
  const sending: Sending = { fates: new Map(), refusedInARow: 0, heldInARow: 0 }
  for (let at = 0; at < inputs.length; at += BATCH_LIMIT)
    await sendPart(batch, inputs.slice(at, at + BATCH_LIMIT), sending)
  return sending.fates
}

async function sendPart(batch: Batch, inputs: readonly Input[], sending: Sending): Promise<void> {
  const answer = await batch.client.call('POST', batch.path, { ...batch.extra, inputs: inputs.map(({ body }) => body) })
  const later = answer.kind === 'ok' ? null : forAll(answer)
  if (later !== null) setAll(inputs, { kind: 'later', answer: later }, sending)
  else if (answer.kind === 'ok') sortOut(batch, answer, inputs, sending)
  else if (answer.kind === 'refused') await sendHalves(batch, answer, inputs, sending)
}

function setAll(inputs: readonly Input[], fate: Fate, { fates }: Sending): void {
  for (const { key } of inputs) fates.set(key, fate)
}

/** One of them is wrong: in halves, until it stands alone. */
async function sendHalves(
  batch: Batch,
  answer: Extract<Answer, { kind: 'refused' }>,
  inputs: readonly Input[],
  sending: Sending,
): Promise<void> {
  const [only] = inputs
  if (only !== undefined && inputs.length === 1) {
    const fate = fateOf(answer, batch.prefix)
    sending.fates.set(only.key, fate)
    sending.refusedInARow = fate.kind === 'refused' ? sending.refusedInARow + 1 : 0
    sending.heldInARow = fate.kind === 'held' ? sending.heldInARow + 1 : 0
    return
  }
  const middle = Math.ceil(inputs.length / 2)
  for (const half of [inputs.slice(0, middle), inputs.slice(middle)]) {
    const isHopeless = sending.refusedInARow >= REFUSED_IN_A_ROW || sending.heldInARow >= HELD_IN_A_ROW
    if (isHopeless) setAll(half, { kind: 'later', answer: refusesAll(answer, batch.prefix) }, sending)
    else await sendPart(batch, half, sending)
  }
}

const refusesAll = (
  { message, wrong }: { message: string; wrong: readonly WrongValue[] },
  prefix: string | undefined,
): Extract<Answer, { kind: 'down' }> => ({
  kind: 'down',
  reason: notSetUpFor(wrong, prefix) ?? `HubSpot refuses one contact after another: ${message}`,
})

function sortOut(
  { keysOf, prefix }: Batch,
  { body, errors }: Extract<Answer, { kind: 'ok' }>,
  inputs: readonly Input[],
  sending: Sending,
): void {
  const found = new Map<string, FoundContact>()
  for (const result of list(body.results)) {
    const contact = contactIn(result)
    if (contact !== null) for (const key of keysOf(contact)) found.set(key, contact)
  }
  const wrong = new Map(errors.flatMap((error) => error.ids.map((id) => [id.toLowerCase(), error] as const)))
  for (const { key } of inputs) {
    const contact = found.get(key)
    const error = wrong.get(key.toLowerCase())
    if (contact !== undefined) sending.fates.set(key, { kind: 'ok', contact })
    else sending.fates.set(key, error === undefined ? { kind: 'missing' } : fateOfInput(error, prefix))
  }
  if (found.size > 0) sending.refusedInARow = sending.heldInARow = 0
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

/** An address that is taken, or a value that only one can have: HubSpot says whose it is. */
const TAKEN = [/Existing ID:\s*(\d+)/i, /(\d+) already has that value/i]

function fateOf(
  { category, message, wrong }: Pick<InputError, 'category' | 'message' | 'wrong'>,
  prefix: string | undefined,
): Fate {
  const unfit = notSetUpFor(wrong, prefix)
  if (unfit !== null) return { kind: 'held', reason: unfit }
  const record = TAKEN.map((taken) => taken.exec(message)?.[1]).find((found) => found !== undefined)
  if (record !== undefined) return { kind: 'exists', record }
  if (/NOT_FOUND/.test(category)) return { kind: 'missing' }
  return { kind: 'refused', message }
}

function fateOfInput(error: InputError, prefix: string | undefined): Fate {
  const answer = lacking(error.wrong)
  return answer === null ? fateOf(error, prefix) : { kind: 'later', answer }
}

type Later = Extract<Answer, { kind: 'wait' | 'down' }>

/** What any input would meet: no use in trying others, and nobody's own fault. */
function forAll(answer: Exclude<Answer, { kind: 'ok' }>): Later | null {
  if (answer.kind !== 'refused') return answer
  const { status, category, message, wrong, body } = answer
  if (status === 401) return down('HubSpot does not accept the access token: look at HUBSPOT_ACCESS_TOKEN')
  if (status === 403 || category === 'MISSING_SCOPES') {
    const scopes = scopesIn(body)
    return down(
      scopes.length === 0
        ? `The access token may not do this: ${message}`
        : `The access token lacks the scope ${scopes.join(' or ')}`,
    )
  }
  if (status === 404 && !/NOT_FOUND/.test(category)) return down('HubSpot does not know this call')
  return lacking(wrong)
}

const down = (reason: string): Later => ({ kind: 'down', reason })

const SETUP = 'Run: npx regulars setup hubspot'

function lacking(wrong: readonly WrongValue[]): Later | null {
  const missing = wrong.find(({ code }) => code === 'PROPERTY_DOESNT_EXIST')
  return missing ? down(`The contact property ${missing.property} is missing in HubSpot. ${SETUP}`) : null
}

/** A value of ours that HubSpot will not have: somebody there has to make room for it. */
function notSetUpFor(wrong: readonly WrongValue[], prefix: string | undefined): string | null {
  const ours = wrong.find(({ property, code }) => isOurs(property, prefix) && !/REQUIRED/.test(code))
  if (ours === undefined) return null
  return ours.code === 'INVALID_OPTION'
    ? `The contact property ${ours.property} lacks an option in HubSpot. ${SETUP}`
    : `The contact property ${ours.property} is not as Regulars made it in HubSpot: another type, or a rule. Run: npx regulars doctor`
}

const isOurs = (property: string, prefix: string | undefined): boolean =>
  prefix !== undefined && property.startsWith(prefix)
