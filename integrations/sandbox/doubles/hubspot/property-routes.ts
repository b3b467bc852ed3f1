/** Contact properties and their groups: listed, made, changed. What HubSpot defined itself stays as it is. */
import type { Hono } from 'hono'
import { type Failure, failure } from './failures.ts'
import type { Portal, PortalOption, PortalProperty } from './portal.ts'
import { bodyOf, DATED, fail, invalidInput, isRecord, type Json, type Scene } from './scope.ts'

const PATH = `/crm/properties/${DATED}/contacts`
const TYPES: Readonly<Record<string, readonly string[]>> = {
  string: ['text', 'textarea', 'phonenumber', 'html', 'file'],
  number: ['number'],
  date: ['date'],
  datetime: ['date'],
  enumeration: ['select', 'radio', 'checkbox', 'booleancheckbox'],
  bool: ['booleancheckbox'],
}

export function addPropertyRoutes(app: Hono, { desk }: Scene): void {
  addGroupRoutes(app, desk)
  app.get(PATH, (c) => c.json({ results: Object.values(desk().portal.properties) }))
  app.post(`${PATH}/batch/create`, async (c) => {
    const body = await bodyOf(c)
    const inputs = Array.isArray(body.inputs) ? body.inputs.filter(isRecord) : []
    if (inputs.length === 0 || inputs.length > 100) return fail(c, invalidInput('1 to 100 "inputs" are expected'))
    const results: PortalProperty[] = []
    for (const input of inputs) {
      const made = make(desk().portal, input)
      if ('body' in made) return fail(c, made)
      results.push(made)
    }
    return c.json({ status: 'COMPLETE', results }, 201)
  })
  app.post(PATH, async (c) => {
    const made = make(desk().portal, await bodyOf(c))
    return 'body' in made ? fail(c, made) : c.json(made, 201)
  })
  app.get(`${PATH}/:name`, (c) => {
    const property = desk().portal.properties[c.req.param('name')]
    return property === undefined ? fail(c, unknown(c.req.param('name'))) : c.json(property)
  })
  app.patch(`${PATH}/:name`, async (c) => {
    const property = desk().portal.properties[c.req.param('name')]
    if (property === undefined) return fail(c, unknown(c.req.param('name')))
    const why = change(property, await bodyOf(c))
    return why === null ? c.json(property) : fail(c, why)
  })
  app.delete(`${PATH}/:name`, (c) => {
    const { portal } = desk()
    const property = portal.properties[c.req.param('name')]
    if (property === undefined) return fail(c, unknown(c.req.param('name')))
    if (property.hubspotDefined) return fail(c, invalidInput('HubSpot defined properties cannot be deleted'))
    delete portal.properties[property.name]
    return c.body(null, 204)
  })
}

const unknown = (name: string): Failure =>
  failure(404, 'OBJECT_NOT_FOUND', `Property ${JSON.stringify(name)} does not exist`)

function addGroupRoutes(app: Hono, desk: Scene['desk']): void {
  app.get(`${PATH}/groups`, (c) => c.json({ results: Object.values(desk().portal.groups) }))
  app.get(`${PATH}/groups/:name`, (c) => {
    const group = desk().portal.groups[c.req.param('name')]
    return group === undefined
      ? fail(c, failure(404, 'OBJECT_NOT_FOUND', 'Property group does not exist'))
      : c.json(group)
  })
  app.post(`${PATH}/groups`, async (c) => {
    const { name, label } = await bodyOf(c)
    const { groups } = desk().portal
    if (typeof name !== 'string' || typeof label !== 'string')
      return fail(c, invalidInput('name and label are required'))
    if (groups[name] !== undefined)
      return fail(c, failure(409, 'OBJECT_ALREADY_EXISTS', `Property group "${name}" already exists`))
    const group = { name, label, displayOrder: -1 }
    groups[name] = group
    return c.json(group, 201)
  })
}

const optionsIn = (value: unknown): PortalOption[] =>
  (Array.isArray(value) ? value.filter(isRecord) : []).map((option, n) => ({
    label: String(option.label),
    value: String(option.value),
    displayOrder: typeof option.displayOrder === 'number' ? option.displayOrder : n,
    hidden: option.hidden === true,
  }))

function make(portal: Portal, input: Json): PortalProperty | Failure {
  const { name, label, type, fieldType, groupName } = input
  if ([name, label, type, fieldType, groupName].some((part) => typeof part !== 'string' || part === ''))
    return invalidInput('name, label, type, fieldType and groupName are required')
  const property: PortalProperty = {
    name: String(name),
    label: String(label),
    description: String(input.description ?? ''),
    groupName: String(groupName),
    type: String(type),
    fieldType: String(fieldType),
    options: optionsIn(input.options),
    hasUniqueValue: input.hasUniqueValue === true,
    hubspotDefined: false,
  }
  const why = wrongWith(portal, property)
  if (why === null) portal.properties[property.name] = property
  return why ?? property
}

function wrongWith(portal: Portal, property: PortalProperty): Failure | null {
  const { name, type, fieldType, groupName, options } = property
  if (portal.properties[name] !== undefined)
    return failure(409, 'OBJECT_ALREADY_EXISTS', `A property named '${name}' already exists.`)
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(name)) return invalidInput(`"${name}" is no valid name of a property`)
  if (portal.groups[groupName] === undefined)
    return failure(400, 'VALIDATION_ERROR', `Property group '${groupName}' does not exist`)
  if (TYPES[type]?.includes(fieldType) !== true)
    return failure(400, 'VALIDATION_ERROR', `Field type ${fieldType} is not allowed for type ${type}`)
  return twice(options)
}

/** Options must differ, and none may begin or end with a space. */
function twice(options: readonly PortalOption[]): Failure | null {
  const values = options.map(({ value }) => value)
  const labels = options.map(({ label }) => label)
  if (new Set(values).size < values.length || new Set(labels).size < labels.length)
    return failure(400, 'VALIDATION_ERROR', 'Property option values and labels must be unique')
  if (options.some(({ value, label }) => value === '' || label === '' || value !== value.trim()))
    return failure(400, 'VALIDATION_ERROR', 'Property options need a label and a value without spaces around it')
  return null
}

function change(property: PortalProperty, input: Json): Failure | null {
  if (property.hubspotDefined) return invalidInput('HubSpot defined properties cannot be changed')
  if (typeof input.type === 'string' && TYPES[input.type] === undefined) return invalidInput('no such type')
  const options = input.options === undefined ? property.options : optionsIn(input.options)
  const why = twice(options)
  if (why !== null) return why
  property.options = options
  for (const part of ['label', 'description', 'groupName', 'type', 'fieldType'] as const)
    if (typeof input[part] === 'string') property[part] = input[part]
  return null
}
