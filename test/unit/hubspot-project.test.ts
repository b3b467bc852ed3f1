// The project in HubSpot says what it calls and sends: it is held to what the server answers and reads.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ACTIONS, isActionName } from '../../integrations/hubspot/action-inputs.ts'
import { handledEvents } from '../../integrations/hubspot/handled-events.ts'
import { PROPERTIES } from '../../integrations/hubspot/properties.ts'
import { HUBSPOT_ROUTES } from '../../src/http/hubspot-routes.ts'
import { makeProgram } from '../support/programs.ts'

const PROJECT = join(import.meta.dirname, '../../integrations/hubspot/app')
const SOURCE = join(PROJECT, 'src')
const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(PROJECT, ...path), 'utf8'))
const PUBLIC_URL = '$' + '{PUBLIC_URL}'
/** The route of an address in a definition; undefined for one of somebody else's. */
const routeOf = (method: 'GET' | 'POST', url: string) =>
  url.startsWith(PUBLIC_URL) ? `${method} ${url.slice(PUBLIC_URL.length)}` : undefined

const component = z.object({
  uid: z.string().regex(/^[\w.-]{1,64}$/),
  type: z.string(),
  config: z.record(z.string(), z.unknown()),
})
const definitions = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('-hsmeta.json'))
  .map((path) => ({ path, ...component.parse(read('src', path)) }))

const field = z.object({
  typeDefinition: z.object({
    name: z.string(),
    type: z.enum(['string', 'number', 'bool', 'enumeration']),
    fieldType: z.enum(['text', 'number', 'booleancheckbox', 'select']),
    optionsUrl: z.string().optional(),
    options: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
  }),
  supportedValueTypes: z.array(z.enum(['STATIC_VALUE', 'OBJECT_PROPERTY'])).min(1),
  isRequired: z.boolean(),
})
const action = z.object({
  actionUrl: z.string(),
  isPublished: z.literal(true),
  supportedClients: z.tuple([z.object({ client: z.literal('WORKFLOWS') })]),
  objectTypes: z.tuple([z.literal('CONTACT')]),
  objectRequestOptions: z.object({ properties: z.array(z.string()) }),
  inputFields: z.array(field),
  outputFields: z.array(z.object({ typeDefinition: z.object({ name: z.string(), type: z.string() }) })),
  labels: z.object({
    en: z.object({
      actionName: z.string().min(1),
      actionDescription: z.string().min(1),
      actionCardContent: z.string().min(1),
      inputFieldLabels: z.record(z.string(), z.string().min(1)),
      inputFieldDescriptions: z.record(z.string(), z.string().min(1)),
      outputFieldLabels: z.record(z.string(), z.string().min(1)),
    }),
  }),
})
const actions = definitions
  .filter(({ type }) => type === 'workflow-action')
  .map(({ path, config }) => ({ path, config: action.parse(config) }))

test('every definition has a name of its own', () => {
  const uids = definitions.map(({ uid }) => uid)
  expect(new Set(uids).size).toBe(uids.length)
  expect(definitions.map(({ type }) => type).sort()).toEqual([
    'app',
    'card',
    'webhooks',
    ...Array.from({ length: 4 }, () => 'workflow-action'),
  ])
})

test('the project holds its source where it says', () => {
  expect(read('hsproject.json')).toMatchObject({
    name: 'regulars',
    srcDir: 'src',
    platformVersion: expect.stringMatching(/^20\d\d\.\d+$/),
  })
})

describe('actions', () => {
  test('are those that the server performs', () => {
    const routes = actions.map(({ config }) => routeOf('POST', config.actionUrl))
    expect(routes.sort()).toEqual(
      Object.keys(ACTIONS)
        .map((name) => `POST /hubspot/actions/${name}`)
        .sort(),
    )
    for (const route of routes) expect(HUBSPOT_ROUTES).toContain(route)
  })

  test.each(actions)('$path asks for the fields that are read, and offers the outputs that are given', ({ config }) => {
    const name = config.actionUrl.split('/').at(-1) ?? ''
    if (!isActionName(name)) throw new Error(`${name} is no action`)
    const inputs = config.inputFields.map(({ typeDefinition }) => typeDefinition.name)
    const outputs = config.outputFields.map(({ typeDefinition }) => typeDefinition.name)
    expect(inputs).toEqual(ACTIONS[name].inputs)
    expect(outputs).toEqual(ACTIONS[name].outputs)
    const { labels } = config
    expect(Object.keys(labels.en.inputFieldLabels)).toEqual(inputs)
    expect(Object.keys(labels.en.inputFieldDescriptions)).toEqual(inputs)
    expect(Object.keys(labels.en.outputFieldLabels)).toEqual(outputs)
    // The address finds who is not linked yet, the name is for whoever is enrolled.
    expect(config.objectRequestOptions.properties).toEqual(['email', 'firstname', 'lastname'])
    for (const [, named = ''] of labels.en.actionCardContent.matchAll(/\{\{(\w+)\}\}/g)) expect(inputs).toContain(named)
  })

  test('let marketers choose from what the program has', () => {
    const urls = actions.flatMap(({ config }) =>
      config.inputFields.flatMap(({ typeDefinition: { optionsUrl } }) => optionsUrl ?? []),
    )
    expect(urls.map((url) => routeOf('POST', url)).sort()).toEqual([
      'POST /hubspot/actions/options/actions',
      'POST /hubspot/actions/options/rewards',
    ])
    for (const url of urls) expect(HUBSPOT_ROUTES).toContain(routeOf('POST', url))
  })

  test('offer the ways to pay that the server knows', () => {
    const charge = actions
      .flatMap(({ config }) => config.inputFields)
      .find(({ typeDefinition }) => typeDefinition.name === 'charge')
    expect(charge?.typeDefinition.options?.map(({ value }) => value)).toEqual(['member', 'house'])
  })
})

describe('webhooks', () => {
  const subscription = z.object({
    subscriptionType: z.string(),
    objectType: z.literal('contact').optional(),
    propertyName: z.string().optional(),
    active: z.literal(true),
  })
  const { settings, subscriptions } = z
    .object({
      settings: z.object({ targetUrl: z.string(), maxConcurrentRequests: z.int().min(1).max(10) }),
      subscriptions: z.object({ crmObjects: z.array(subscription), hubEvents: z.array(subscription) }),
    })
    .parse(definitions.find(({ type }) => type === 'webhooks')?.config)
  const all = [...subscriptions.crmObjects, ...subscriptions.hubEvents]

  test('go where they are taken', () => {
    expect(HUBSPOT_ROUTES).toContain(routeOf('POST', settings.targetUrl))
  })

  test('are of events that are handled, and of every kind of them', () => {
    const known = (type: string) => handledEvents[type]?.happening
    expect(all.map(({ subscriptionType }) => known(subscriptionType))).not.toContain(undefined)
    expect(new Set(all.map(({ subscriptionType }) => known(subscriptionType)))).toEqual(
      new Set(Object.values(handledEvents).map(({ happening }) => happening)),
    )
  })

  test('tell of the address and of each property of ours', () => {
    const { prefix } = makeProgram().hubspot
    const properties = all.flatMap(({ propertyName }) => propertyName ?? [])
    expect(properties).toEqual(['email', ...PROPERTIES.map(({ name }) => `${prefix}${name}`)])
  })
})

test('the card is a file, on contacts', () => {
  const card = z
    .object({
      location: z.literal('crm.record.tab'),
      entrypoint: z.string(),
      objectTypes: z.tuple([z.literal('contacts')]),
    })
    .parse(definitions.find(({ type }) => type === 'card')?.config)
  expect(existsSync(join(SOURCE, card.entrypoint))).toBe(true)
})

test('the card is drawn with the versions that it is tested with', () => {
  const root = z
    .object({ devDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')))
  const cards = z
    .object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) })
    .parse(read('src/app/cards/package.json'))
  for (const [name, version] of Object.entries({ ...cards.dependencies, ...cards.devDependencies }))
    expect([name, root.devDependencies[name]]).toEqual([name, version])
})

test('the app may ask the server, and nobody else', () => {
  const app = z
    .object({
      permittedUrls: z.object({ fetch: z.array(z.string()) }),
      auth: z.object({ requiredScopes: z.array(z.string()) }),
    })
    .parse(definitions.find(({ type }) => type === 'app')?.config)
  expect(app.permittedUrls.fetch).toEqual([`${PUBLIC_URL}/hubspot/`])
  expect(app.auth.requiredScopes).toContain('crm.objects.contacts.read')
})
