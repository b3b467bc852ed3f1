// Setting a portal up: the group, the properties and lists, and what a doctor finds there. Against the double.
import { describe, expect, test } from 'vitest'
import { checkHubspot, type HubspotCheck } from '../../integrations/hubspot/check.ts'
import { createHubspotClient } from '../../integrations/hubspot/client.ts'
import { PROPERTIES } from '../../integrations/hubspot/properties.ts'
import { type Provisioned, provision } from '../../integrations/hubspot/provision.ts'
import {
  ALL_SCOPES,
  createHubspotDouble,
  type HubspotDouble,
  type HubspotDoubleOptions,
} from '../../integrations/sandbox/doubles/hubspot/create-double.ts'
import type { Program, ProgramInput } from '../../src/program/schema.ts'
import { HUBSPOT_URL, startHubspot, TOKEN } from '../support/hubspot.ts'
import { levels, makeProgram } from '../support/programs.ts'

const hubspot = startHubspot()
const NOW = Date.UTC(2026, 10, 22, 12)

const tiered = (...names: [string, number][]): Partial<ProgramInput> => ({
  tiers: { levels: levels(...names) },
  badges: [{ id: 'first', name: 'First purchase' }],
})

function openPortal(options: Partial<HubspotDoubleOptions> = {}, apiToken = TOKEN) {
  const clock = { at: NOW, now: () => clock.at }
  const double = hubspot.use(createHubspotDouble({ now: clock.now, ...options }))
  const sleep = async (ms: number) => {
    clock.at += ms
  }
  const client = createHubspotClient({ accessToken: apiToken, apiUrl: HUBSPOT_URL, clock, quotaShare: 0.5, sleep })
  return {
    double,
    setup: (program: Program, over: { withLists?: boolean; isDryRun?: boolean; earlier?: Program[] } = {}) =>
      provision({
        client,
        programs: [program, ...(over.earlier ?? [])],
        withLists: over.withLists ?? false,
        isDryRun: over.isDryRun ?? false,
        sleep,
      }),
    check: (program: Program): Promise<HubspotCheck[]> => checkHubspot({ client, programs: [program], sleep }),
  }
}

const changing = ({ calls }: HubspotDouble) =>
  calls.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/search')).map(({ method }) => method)
const optionsOf = ({ portal }: HubspotDouble, name: string) =>
  portal.properties[name]?.options.map(({ label, value }) => [label, value])
const failures = ({ steps }: Provisioned) => steps.filter(({ did }) => did === 'failed')
const wrong = (checks: readonly HubspotCheck[]) => checks.filter(({ ok }) => !ok)

describe('setting up the properties', () => {
  test('makes the group and every property, with types, descriptions and options', async () => {
    const { double, setup } = openPortal()
    const done = await setup(makeProgram(tiered(['silver', 0], ['gold', 500])))
    expect(done.isWhole).toBe(true)
    expect(double.portal.groups.loyalty).toMatchObject({ label: 'Loyalty' })
    for (const { name, label, description } of PROPERTIES)
      expect(double.portal.properties[`loyalty_${name}`]).toMatchObject({ label, description, groupName: 'loyalty' })
    expect(double.portal.properties).toMatchObject({
      loyalty_member_id: { type: 'string', hasUniqueValue: true },
      loyalty_points: { type: 'number', hasUniqueValue: false },
      loyalty_points_expire_on: { type: 'date' },
      loyalty_badges: { type: 'enumeration', fieldType: 'checkbox' },
    })
    expect(optionsOf(double, 'loyalty_tier')).toEqual([
      ['Silver', 'silver'],
      ['Gold', 'gold'],
    ])
    expect(done.steps).toHaveLength(PROPERTIES.length + 1)
  })

  test('run again, it changes nothing', async () => {
    const { double, setup } = openPortal()
    const program = makeProgram(tiered(['silver', 0]))
    await setup(program, { withLists: true })
    double.calls.length = 0
    const again = await setup(program, { withLists: true })
    expect(changing(double)).toEqual([])
    expect(again).toMatchObject({ right: PROPERTIES.length, isWhole: true })
    expect(again.steps.every(({ did }) => did === 'left')).toBe(true)
  })

  test('a dry run says what it would do, and changes nothing', async () => {
    const { double, setup } = openPortal()
    const { steps } = await setup(makeProgram(), { isDryRun: true })
    expect(steps.filter(({ did }) => did === 'made')).toHaveLength(PROPERTIES.length + 1)
    expect(changing(double)).toEqual([])
  })

  test('a new tier and a new badge are added as options, and nothing that is there goes', async () => {
    const { double, setup } = openPortal()
    await setup(makeProgram(tiered(['silver', 0], ['gold', 500])))
    double.calls.length = 0
    const grown = makeProgram({ tiers: { levels: levels(['gold', 500], ['vip', 900]) }, badges: [] })
    const { steps } = await setup(grown)
    expect(optionsOf(double, 'loyalty_tier')?.map(([, value]) => value)).toEqual(['silver', 'gold', 'vip'])
    expect(optionsOf(double, 'loyalty_badges')).toEqual([['First purchase', 'first']])
    expect(changing(double)).toEqual(['PATCH', 'PATCH'])
    expect(steps.map(({ text }) => text)).toEqual(['loyalty_tier: “Vip” added', 'loyalty_next_tier: “Vip” added'])
  })

  test('what was in a program before is an option, too: members may hold it still', async () => {
    const { double, setup } = openPortal()
    await setup(makeProgram(), { earlier: [makeProgram(tiered(['bronze', 0]))] })
    expect(optionsOf(double, 'loyalty_tier')).toEqual([['Bronze', 'bronze']])
    expect(optionsOf(double, 'loyalty_badges')).toEqual([['First purchase', 'first']])
  })

  test('what a person renamed, moved or hid stays as they left it', async () => {
    const { double, setup } = openPortal()
    await setup(makeProgram(tiered(['silver', 0])))
    const { loyalty_points: points, loyalty_tier: tier } = double.portal.properties
    Object.assign(points ?? {}, { label: 'Punkte', groupName: 'contactinformation', description: 'Ours' })
    Object.assign(tier?.options[0] ?? {}, { label: 'Silber', hidden: true })
    await setup(makeProgram(tiered(['silver', 0], ['gold', 500])))
    expect(double.portal.properties.loyalty_points).toMatchObject({ label: 'Punkte', description: 'Ours' })
    expect(double.portal.properties.loyalty_tier?.options).toMatchObject([
      { label: 'Silber', value: 'silver', hidden: true },
      { label: 'Gold', value: 'gold', hidden: false },
    ])
  })

  test('two badges of one name are told apart, in any script', async () => {
    const { double, setup } = openPortal()
    const name = 'ወርቅ Ոսկի Qızıl'
    const badges = ['one', 'two'].map((id) => ({ id, name }))
    expect(await setup(makeProgram({ badges }))).toMatchObject({ isWhole: true })
    expect(optionsOf(double, 'loyalty_badges')).toEqual([
      [name, 'one'],
      [`${name} (two)`, 'two'],
    ])
  })

  test.each([
    ['another type', 'loyalty_points', { type: 'string', fieldType: 'text' }, 'is of type string, not number'],
    ['one choice for many', 'loyalty_badges', { type: 'enumeration', fieldType: 'select' }, 'takes one choice'],
    ['a number that is not unique', 'loyalty_member_id', { type: 'string', fieldType: 'text' }, 'not made as unique'],
  ])(
    'a property of somebody else with %s is named, with a way out, and the others are made',
    async (_title, name, over, why) => {
      const { double, setup } = openPortal()
      const foreign = { name, label: 'Theirs', description: '', groupName: 'contactinformation', options: [] }
      double.portal.properties[name] = { ...foreign, hasUniqueValue: false, hubspotDefined: false, ...over }
      const done = await setup(makeProgram())
      expect(failures(done)).toMatchObject([
        { text: expect.stringContaining(why), fix: expect.stringContaining('"hubspot": {"prefix": "club_"}') },
      ])
      expect(failures(done)[0]?.text).toContain(name)
      expect(done.isWhole).toBe(false)
      expect(double.portal.properties[name]).toMatchObject({ label: 'Theirs', ...over })
      expect(Object.keys(double.portal.properties).filter((one) => one.startsWith('loyalty_'))).toHaveLength(
        PROPERTIES.length,
      )
      const beside = await setup(makeProgram({ hubspot: { prefix: 'club_' } }))
      expect(beside.isWhole).toBe(true)
      expect(double.portal.properties.club_points).toMatchObject({ type: 'number' })
    },
  )
})

describe('setting up lists', () => {
  test('makes one for each tier and segment, and only those that are missing', async () => {
    const { double, setup } = openPortal()
    double.portal.lists.push({
      listId: '77',
      name: 'loyalty: gold',
      objectTypeId: '0-1',
      processingType: 'MANUAL',
      filterBranch: null,
      createdAt: '',
    })
    // A tier that is called as a segment is.
    const program = makeProgram(tiered(['gold', 0], ['loyal', 500]))
    expect(await setup(program, { withLists: true })).toMatchObject({ isWhole: true })
    const names = double.portal.lists.map(({ name }) => name)
    expect(names).toHaveLength(1 + 1 + 11)
    expect(names).toEqual(
      expect.arrayContaining(['loyalty: gold', 'Loyalty: Loyal', 'Loyalty: Loyal (loyal)', 'Loyalty: At risk']),
    )
    expect(double.portal.lists.find(({ name }) => name === 'Loyalty: At risk')).toMatchObject({
      processingType: 'DYNAMIC',
      filterBranch: {
        filterBranches: [{ filters: [{ property: 'loyalty_segment', operation: { values: ['at_risk'] } }] }],
      },
    })
  })

  test('a token without the scope for lists makes the properties, and says which scope is missing', async () => {
    const { double, setup } = openPortal({ scopes: ALL_SCOPES.filter((scope) => scope !== 'crm.lists.write') })
    const done = await setup(makeProgram(tiered(['gold', 0])), { withLists: true })
    expect(failures(done)).toMatchObject([
      { text: expect.stringContaining('crm.lists.write'), fix: expect.stringContaining('crm.lists.write') },
    ])
    expect(double.portal.properties.loyalty_tier).toBeDefined()
    expect(double.portal.lists).toEqual([])
  })
})

describe('a portal that does not let us', () => {
  const failing = async (
    options: Partial<HubspotDoubleOptions>,
    script: Parameters<HubspotDouble['script']> = [],
    token = TOKEN,
  ) => {
    const { double, setup } = openPortal(options, token)
    double.script(...script)
    return failures(await setup(makeProgram(), { withLists: true }))
  }
  const without = (missing: string) => ({ scopes: ALL_SCOPES.filter((scope) => scope !== missing) })

  test('without the scope to make properties, it stops at the first and names it', async () => {
    const { double, setup } = openPortal(without('crm.schemas.contacts.write'))
    const done = await setup(makeProgram())
    expect(failures(done)).toMatchObject([
      { text: expect.stringMatching(/28 properties .*crm\.schemas\.contacts\.write/) },
    ])
    expect(changing(double)).toEqual(['POST'])
  })

  test('without the scope to read them, it names that and tries nothing more', async () => {
    expect(await failing(without('crm.schemas.contacts.read'))).toMatchObject([
      { text: expect.stringContaining('crm.schemas.contacts.read') },
    ])
  })

  test('a token that is not accepted is said so', async () => {
    expect(await failing({}, [], 'pat-other')).toMatchObject([
      {
        text: expect.stringContaining('does not accept the access token'),
        fix: expect.stringContaining('HUBSPOT_ACCESS_TOKEN'),
      },
    ])
  })

  test('a day that is used up is said so, and not waited for', async () => {
    expect(await failing({ limits: { daily: 0 } })).toMatchObject([
      { text: expect.stringContaining('the calls of this day are used up'), fix: expect.stringContaining('tomorrow') },
    ])
  })

  test('a page instead of an answer is said so', async () => {
    expect(await failing({}, [{ kind: 'html' }])).toMatchObject([{ text: expect.stringContaining('not with JSON') }])
  })

  test('the limit of ten seconds is waited out', async () => {
    const { setup } = openPortal({ limits: { windowCalls: 10 } })
    expect(await setup(makeProgram(tiered(['gold', 0])), { withLists: true })).toMatchObject({ isWhole: true })
  })
})

describe('the doctor at HubSpot', () => {
  const program = makeProgram(tiered(['silver', 0], ['gold', 500]))

  test('finds all well after setting up, changes nothing, and says what is left of the day', async () => {
    const { double, setup, check } = openPortal()
    await setup(program)
    const before = JSON.stringify(double.exportState())
    const checks = await check(program)
    expect(wrong(checks)).toEqual([])
    expect(JSON.stringify(double.exportState())).toBe(before)
    expect(checks.map(({ name }) => name)).toEqual([
      'HubSpot: token',
      'HubSpot: crm.objects.contacts.read',
      'HubSpot: crm.objects.contacts.write',
      'HubSpot: crm.schemas.contacts.write',
      'HubSpot: properties',
      'HubSpot: calls of this day',
    ])
    expect(checks.at(-1)?.message).toMatch(/^649,9\d\d of 650,000 left/)
  })

  test('names what is missing, an option that is, and the one command that mends both', async () => {
    const { setup, check } = openPortal()
    expect(wrong(await check(program))).toMatchObject([
      {
        name: 'HubSpot: properties',
        message:
          'loyalty_member_id, loyalty_status, loyalty_member_since, loyalty_points, loyalty_points_pending and 23 more are not made yet',
        fix: 'npx regulars setup hubspot',
      },
    ])
    await setup(program)
    expect(wrong(await check(makeProgram(tiered(['silver', 0], ['gold', 500], ['vip', 900]))))).toMatchObject([
      { name: 'HubSpot: loyalty_tier', message: 'lacks “Vip”', fix: 'npx regulars setup hubspot' },
      { name: 'HubSpot: loyalty_next_tier' },
    ])
  })

  test.each([
    'crm.objects.contacts.read',
    'crm.objects.contacts.write',
    'crm.schemas.contacts.read',
    'crm.schemas.contacts.write',
  ])('names the scope that is missing: %s', async (missing) => {
    const { double, setup, check } = openPortal()
    await setup(program)
    double.settings.scopes = ALL_SCOPES.filter((scope) => scope !== missing)
    expect(wrong(await check(program))).toMatchObject([
      { name: `HubSpot: ${missing}`, message: `the token lacks the scope ${missing}` },
    ])
  })

  test.each<[string, Partial<HubspotDoubleOptions>, string, Parameters<HubspotDouble['script']>]>([
    ['a token that is not accepted', { token: 'pat-else' }, 'does not accept the access token', []],
    ['a day that is used up', { limits: { daily: 0 } }, 'the calls of this day are used up', []],
    ['pages instead of answers', {}, 'not with JSON', [{ kind: 'html' }]],
    ['nobody there', {}, 'cannot be reached', [{ kind: 'broken' }]],
  ])('says of %s what it is, and asks no more', async (_title, options, message, script) => {
    const { double, check } = openPortal(options)
    double.script(...script)
    const checks = await check(program)
    expect(checks).toMatchObject([{ ok: false, message: expect.stringContaining(message) }])
    expect(checks[0]?.fix).not.toBeNull()
    expect(double.calls).toHaveLength(1)
  })

  test('says when other apps leave little of the day', async () => {
    const { double, setup, check } = openPortal({ limits: { daily: 1_000 } })
    await setup(program)
    double.useElsewhere(900)
    expect(wrong(await check(program))).toMatchObject([
      { name: 'HubSpot: calls of this day', message: expect.stringContaining('of 1,000 left') },
    ])
  })
})
