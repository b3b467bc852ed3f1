/** Contacts a hundred at a time: read, made, changed, archived. One invalid input refuses the whole batch, a missing one does not. */
import type { Context, Hono } from 'hono'
import { archive, type Desk, makeContact, refusal, write } from './contacts.ts'
import { type Failure, failure, missingIn } from './failures.ts'
import { contactByValue, contactOf, type PortalContact } from './portal.ts'
import { BATCH_LIMIT, bodyOf, DATED, fail, invalidInput, isRecord, type Json, type Scene } from './scope.ts'

export const PATH = `/crm/objects/${DATED}/contacts`

export function addBatchRoutes(app: Hono, scene: Scene): void {
  app.post(`${PATH}/batch/read`, (c) => batch(c, (body, inputs) => read(scene.desk(), body, inputs)))
  app.post(`${PATH}/batch/create`, (c) => batch(c, (_, inputs) => create(scene.desk(), inputs)))
  app.post(`${PATH}/batch/update`, (c) => batch(c, (_, inputs) => update(scene, inputs)))
  app.post(`${PATH}/batch/archive`, (c) => batch(c, (_, inputs) => archiveAll(scene.desk(), inputs)))
}

interface Answered {
  status: number
  results: Json[]
  errors: object[]
}

async function batch(c: Context, work: (body: Json, inputs: Json[]) => Answered | Failure): Promise<Response> {
  const body = await bodyOf(c)
  const inputs = Array.isArray(body.inputs) ? body.inputs.filter(isRecord) : null
  if (inputs === null || inputs.length === 0) return fail(c, invalidInput('"inputs" is required'))
  if (inputs.length > BATCH_LIMIT)
    return fail(c, failure(400, 'VALIDATION_ERROR', `The maximum number of inputs in a batch is ${BATCH_LIMIT}`))
  const answer = work(body, inputs)
  if ('body' in answer) return fail(c, answer)
  if (answer.status === 204) return c.body(null, 204)
  const { status, results, errors } = answer
  return c.json(
    { status: 'COMPLETE', results, ...(errors.length > 0 && { numErrors: errors.length, errors }) },
    status as 200,
  )
}

const idIn = ({ id }: Json): string => (typeof id === 'string' || typeof id === 'number' ? String(id) : '')

function twiceIn(ids: readonly string[]): Failure | null {
  const twice = [...new Set(ids.filter((id, n) => ids.indexOf(id) !== n))]
  return twice.length === 0
    ? null
    : failure(400, 'VALIDATION_ERROR', `Duplicate IDs found in batch input: [${twice.join(', ')}]. IDs must be unique`)
}

const inPart = (results: Json[], missing: readonly string[], idProperty: string | null, whole: number): Answered =>
  missing.length === 0
    ? { status: whole, results, errors: [] }
    : { status: 207, results, errors: [missingIn(missing, idProperty)] }

// ---------------------------------------------------------------------------------------------------------------- read

/** A contact with the properties that were asked for. */
export function show(contact: PortalContact, names: readonly string[], histories: readonly string[] = []): Json {
  const always = ['createdate', 'hs_object_id', 'lastmodifieddate']
  const value = (name: string) => [name, contact.properties[name] ?? null]
  return {
    id: contact.id,
    properties: Object.fromEntries([...always, ...names].map(value)),
    ...(histories.length > 0 && {
      propertiesWithHistory: Object.fromEntries(histories.map((name) => [name, contact.history[name] ?? []])),
    }),
    createdAt: contact.createdAt,
    updatedAt: contact.updatedAt,
    archived: contact.archived,
  }
}

const namesIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []

function read({ portal }: Desk, body: Json, inputs: Json[]): Answered | Failure {
  const idProperty = typeof body.idProperty === 'string' ? body.idProperty : null
  if (idProperty !== null && portal.properties[idProperty]?.hasUniqueValue !== true)
    return failure(400, 'VALIDATION_ERROR', `Unable to perform read by non-unique 0-1 property ${idProperty}`)
  const ids = inputs.map(idIn).map((id) => (idProperty === 'email' ? id.toLowerCase() : id))
  const twice = twiceIn(ids)
  if (twice !== null) return twice
  const histories = namesIn(body.propertiesWithHistory)
  const names = body.properties === undefined ? ['email', 'firstname', 'lastname'] : namesIn(body.properties)
  const find = (id: string) => (idProperty === null ? contactOf(portal, id) : contactByValue(portal, idProperty, id))
  const found = new Set(ids.map(find).filter((contact) => contact !== undefined))
  const results = [...found].map((contact) => show(contact, names, histories))
  return inPart(
    results,
    ids.filter((id) => find(id) === undefined),
    idProperty,
    200,
  )
}

// -------------------------------------------------------------------------------------------------------------- create

const propertiesIn = ({ properties }: Json): Json => (isRecord(properties) ? properties : {})
const traceIn = ({ objectWriteTraceId: id }: Json): string | null => (typeof id === 'string' ? id : null)

/** Where every input has a trace id, those that are refused are told one by one, and the others are made. */
function create(desk: Desk, inputs: Json[]): Answered | Failure {
  const emails = inputs.map((input) => String(propertiesIn(input).email ?? '').toLowerCase())
  const twice = twiceIn(emails.filter((email) => email !== ''))
  if (twice !== null) return twice
  const isTraced = inputs.every((input) => traceIn(input) !== null)
  const refused = inputs.map((input) => refusal(desk, propertiesIn(input), null))
  const first = refused.find((one) => one !== null)
  if (!isTraced && first) return first
  const taken = inputs.filter((_, n) => refused[n] === null)
  const results = taken.map((input) => {
    const made = makeContact(desk, propertiesIn(input))
    return { ...show(made, Object.keys(propertiesIn(input))), ...tracedBy(input) }
  })
  const errors = inputs.flatMap((input, n) => {
    const why = refused[n]
    return why ? [{ ...why.body, context: { objectWriteTraceId: [traceIn(input)] } }] : []
  })
  return { status: errors.length > 0 ? 207 : 201, results, errors }
}

function tracedBy(input: Json): Json {
  const trace = traceIn(input)
  return trace === null ? {} : { objectWriteTraceId: trace }
}

// -------------------------------------------------------------------------------------------------------------- update

function update({ desk: open, followsMerged }: Scene, inputs: Json[]): Answered | Failure {
  const desk = open()
  const ids = inputs.map(idIn)
  const find = (id: string) =>
    desk.portal.merged[id] !== undefined && !followsMerged ? undefined : contactOf(desk.portal, id)
  const found = inputs.flatMap((input) => {
    const contact = find(idIn(input))
    return contact === undefined ? [] : [{ contact, properties: propertiesIn(input) }]
  })
  const twice = twiceIn(ids) ?? twiceIn(found.map(({ contact }) => contact.id))
  if (twice !== null) return twice
  for (const { contact, properties } of found) {
    const why = refusal(desk, properties, contact)
    if (why !== null) return why
  }
  const results = found.map(({ contact, properties }) => {
    write(desk, contact, properties)
    return show(contact, Object.keys(properties))
  })
  return inPart(
    results,
    ids.filter((id) => find(id) === undefined),
    null,
    200,
  )
}

function archiveAll(desk: Desk, inputs: Json[]): Answered {
  for (const id of inputs.map(idIn)) archive(desk, id)
  return { status: 204, results: [], errors: [] }
}
