// `setup hubspot`, `sync hubspot` and the doctor's part, from the words on the command line to the double.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createHubspotDouble } from '../../integrations/sandbox/doubles/hubspot/create-double.ts'
import type { App } from '../../src/app/ports.ts'
import { SYNC_ALL } from '../../src/cli/sync-hubspot.ts'
import { createHubspotTools } from '../../src/compose/hubspot-tools.ts'
import { openDatabase } from '../../src/compose/open-database.ts'
import { type CliSetup, runInMemory, settings } from '../support/cli-context.ts'
import {
  type Club,
  enrolMany,
  expectInSync,
  first,
  give,
  HUBSPOT_URL,
  loyaltyOf,
  startHubspot,
  stateOf,
  TOKEN,
  useClubs,
} from '../support/hubspot.ts'
import { plain } from '../support/programs.ts'
import { createWorld } from '../support/world.ts'

const hubspot = startHubspot()
const { open, linked } = useClubs(hubspot)
const connected = { accessToken: TOKEN, clientSecret: 'secret', apiUrl: HUBSPOT_URL }

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
function folder(): { programFile: string; databasePath: string } {
  const made = mkdtempSync(join(tmpdir(), 'regulars-hubspot-'))
  folders.push(made)
  const programFile = join(made, 'program.json')
  writeFileSync(programFile, JSON.stringify(plain))
  return { programFile, databasePath: join(made, 'regulars.db') }
}

const toolsOf = (clock: { now(): number }) => createHubspotTools({ config: { hubspot: connected }, clock })

/** A command over the club's books and the double, whose clock the command's waiting moves. */
function run(club: Club, words: string[], over: Partial<CliSetup> & { app?: Partial<App> } = {}) {
  return runInMemory(words, {
    ...over,
    app: { ...club.app, ...over.app },
    settings: { hubspot: connected, local: false },
    hubspot: toolsOf(club.clock),
    clock: club.clock,
  })
}

/** As if HubSpot had been connected only now. */
const forgetQueue = (club: Club): void => void club.driver.all('DELETE FROM outbox', [])

describe('regulars setup hubspot', () => {
  test('without a token, it says where one comes from', async () => {
    const { code, err } = await runInMemory(['setup', 'hubspot'])
    expect(code).toBe(1)
    expect(err).toContain('HUBSPOT_ACCESS_TOKEN is not set. Make a service key in HubSpot')
  })

  test('says each thing that it made, and run again that there is nothing to change', async () => {
    const double = hubspot.use(createHubspotDouble({ now: Date.now }))
    const hubspotTools = toolsOf({ now: Date.now })
    const setup = { settings: { ...folder(), hubspot: connected, local: false }, hubspot: hubspotTools }
    const dry = await runInMemory(['setup', 'hubspot', '--dry-run'], setup)
    expect(dry.out).toContain('Would make loyalty_tier\n')
    expect(double.portal.properties.loyalty_tier).toBeUndefined()
    const made = await runInMemory(['setup', 'hubspot'], setup)
    expect(made.code).toBe(0)
    expect(made.out).toMatch(/^Made the group “Loyalty” of contact properties\nMade loyalty_member_id\n/)
    expect(made.out).toContain('Next: npx regulars sync hubspot --all')
    const again = await runInMemory(['setup', 'hubspot'], setup)
    expect(again).toMatchObject({ code: 0, out: '28 properties already as they should be.\nNothing to change.\n' })
  })

  test('fails where a property is somebody else’s, and says what to write into program.json', async () => {
    const double = hubspot.use(createHubspotDouble({ now: Date.now }))
    double.portal.properties.loyalty_points = {
      ...{ name: 'loyalty_points', label: 'Old points', description: '', groupName: 'contactinformation' },
      ...{ type: 'string', fieldType: 'text', options: [], hasUniqueValue: false, hubspotDefined: false },
    }
    const setup = { settings: { ...folder(), hubspot: connected, local: false }, hubspot: toolsOf({ now: Date.now }) }
    const { code, out } = await runInMemory(['setup', 'hubspot'], setup)
    expect(code).toBe(1)
    expect(out).toContain(
      '✗ loyalty_points is there already, made by somebody else: it is of type string, not number\n',
    )
    expect(out).toContain('"hubspot": {"prefix": "club_"} in program.json')
  })
})

describe('regulars sync hubspot', () => {
  test('without a token, it says where one comes from', async () => {
    expect(await runInMemory(['sync', 'hubspot'])).toMatchObject({ code: 1 })
  })

  test.each([[['--all', '--check']], [['--fix']], [['--restart']]])(
    'refuses what makes no sense: %s',
    async (flags) => {
      const { code } = await runInMemory(['sync', 'hubspot', ...flags], { settings: { hubspot: connected } })
      expect(code).toBe(2)
    },
  )

  test('writes what waits, and nothing where nothing does', async () => {
    const { club, members } = await linked(30)
    await give(club, members, 5)
    expect(await run(club, ['sync', 'hubspot'])).toMatchObject({ code: 0, out: '30 members brought up to date.\n' })
    await expectInSync(club, members)
    club.double.calls.length = 0
    expect(await run(club, ['sync', 'hubspot'])).toMatchObject({ code: 0, out: 'Nothing waits.\n' })
    expect(club.double.calls).toEqual([])
  })

  test('--all writes everybody once; again, it costs no call', async () => {
    const club = await open()
    const members = await enrolMany(club, 230)
    forgetQueue(club)
    const { code, out } = await run(club, ['sync', 'hubspot', '--all'])
    expect({ code, out }).toEqual({ code: 0, out: 'Every member was gone over; 230 had something to be written.\n' })
    await expectInSync(club, members)
    expect(club.double.callsTo('/batch/create').map(({ inputs }) => inputs)).toEqual([100, 100, 30])
    club.double.calls.length = 0
    expect((await run(club, ['sync', 'hubspot', '--all'])).out).toContain('0 had something')
    expect(club.double.calls).toEqual([])
  })

  test('--all that is interrupted loses nothing, and goes on where it was', async () => {
    const club = await open()
    const members = await enrolMany(club, 1_150)
    forgetQueue(club)
    const stop = new AbortController()
    const drainOutbox: App['drainOutbox'] = (vendor) => {
      stop.abort()
      return club.app.drainOutbox(vendor)
    }
    const broken = await run(club, ['sync', 'hubspot', '--all'], { app: { drainOutbox }, interrupted: stop.signal })
    expect(broken.code).toBe(130)
    expect(broken.err).toContain('Interrupted. Go on with: npx regulars sync hubspot --all')
    const kept = JSON.parse((await club.app.getSetting(SYNC_ALL)) ?? '{}')
    expect(kept).toMatchObject({ queued: 1_000 })
    const resumed = await run(club, ['sync', 'hubspot', '--all'])
    expect(resumed.code).toBe(0)
    expect(resumed.err).toContain('Going on after 1,000 members.')
    await expectInSync(club, members)
    const inputs = club.double.callsTo('/batch/create').reduce((sum, call) => sum + call.inputs, 0)
    expect(inputs).toBe(1_150)
    expect(await club.app.getSetting(SYNC_ALL)).toBe('')
  })

  test('beside a server that delivers too, nobody is written twice', async () => {
    const club = await open()
    const members = await enrolMany(club, 300)
    const server = await open({ beside: club })
    await Promise.all([
      run(club, ['sync', 'hubspot', '--all']),
      (async () => {
        for (let round = 0; round < 20; round++) await server.flush()
      })(),
    ])
    await club.flushAll()
    await expectInSync(club, members)
    expect(club.double.callsTo('/batch/create').reduce((sum, { inputs }) => sum + inputs, 0)).toBe(300)
  })

  test('one that HubSpot refuses does not hold up the others, and is told', async () => {
    const { club, members } = await linked(3)
    // An admin's rule, which two of them meet.
    for (const member of members.slice(1))
      club.double.people.edit((await stateOf(club, member)).record ?? '', { phone: '123' })
    club.double.portal.rules.push({ property: 'phone', rule: 'required' })
    await give(club, members, 5)
    const { code, out } = await run(club, ['sync', 'hubspot'])
    expect(code).toBe(0)
    expect(out).toContain('1 refused by HubSpot: npx regulars doctor says why')
    await expectInSync(club, members.slice(1))
  })

  test('a day that is used up ends it, with what is left and why', async () => {
    const { club, members } = await linked(2)
    await give(club, members)
    club.double.script({ kind: 'limit', policy: 'DAILY' })
    const { code, out } = await run(club, ['sync', 'hubspot'])
    expect(code).toBe(1)
    expect(out).toMatch(
      /^2 members still to be written: Asked to wait\. HubSpot may be asked again in 1 h 0 min\.\nNothing is lost/,
    )
  })

  test('a HubSpot that only answers with pages ends it after a while, and nothing is lost', async () => {
    const { club, members } = await linked(2)
    await give(club, members)
    club.double.script(...Array.from({ length: 300 }, () => ({ kind: 'html' as const })))
    const { code, out } = await run(club, ['sync', 'hubspot'])
    expect(code).toBe(1)
    expect(out).toMatch(/^2 members still to be written: HubSpot answered 200, and not with JSON\./)
    expect(await club.app.contactsWaiting()).toMatchObject({ waiting: 2, parked: 0 })
  })
})

describe('regulars sync hubspot --check', () => {
  test('finds all right, and reads a hundred a call', async () => {
    const { club } = await linked(120)
    expect(await run(club, ['sync', 'hubspot', '--check'])).toMatchObject({
      code: 0,
      out: '120 contacts compared: all are as they should be.\n',
    })
    expect(club.double.calls.map(({ inputs }) => inputs)).toEqual([100, 20])
  })

  test('names what was edited and what is gone, without a word of whose; --fix puts it right', async () => {
    const { club, members } = await linked(10)
    const [one = '', two = '', three = ''] = members
    const [recordOne = '', recordTwo = ''] = [(await stateOf(club, one)).record, (await stateOf(club, two)).record].map(
      String,
    )
    club.double.people.edit(recordOne, { loyalty_points: '777', loyalty_status: '' })
    club.double.people.edit(recordTwo, { loyalty_points: '5', loyalty_rfm: '555' })
    club.double.people.archive((await stateOf(club, three)).record ?? '')
    club.double.calls.length = 0
    const found = await run(club, ['sync', 'hubspot', '--check'])
    expect(found.code).toBe(1)
    expect(found.out).toBe(
      [
        '10 contacts compared: 2 edited by somebody, 1 deleted.',
        '  loyalty_points: 2 contacts',
        '  loyalty_status: 1 contact',
        '  loyalty_rfm: 1 contact',
        `  ${one} (contact ${recordOne}): loyalty_status, loyalty_points`,
        `  ${two} (contact ${recordTwo}): loyalty_points, loyalty_rfm`,
        'To put it right: npx regulars sync hubspot --check --fix',
        '',
      ].join('\n'),
    )
    expect(club.double.callsTo('/batch/update')).toEqual([])
    const fixed = await run(club, ['sync', 'hubspot', '--check', '--fix'])
    expect(fixed).toMatchObject({ code: 0, out: expect.stringContaining('3 contacts put right.') })
    await expectInSync(club, members)
    expect(loyaltyOf(club, club.double.portal.contacts[recordTwo]).loyalty_rfm).toBeUndefined()
    expect((await run(club, ['sync', 'hubspot', '--check'])).code).toBe(0)
  })

  test('what waits to be written is no drift', async () => {
    const { club, members } = await linked(3)
    await give(club, [first(members)], 50)
    expect(await run(club, ['sync', 'hubspot', '--check'])).toMatchObject({ code: 0 })
  })

  test('a token that may not read is said so', async () => {
    const { club } = await linked(1)
    club.double.settings.scopes = ['crm.objects.contacts.write']
    const { code, err } = await run(club, ['sync', 'hubspot', '--check'])
    expect(code).toBe(1)
    expect(err).toContain('lacks the scope crm.objects.contacts.read')
  })
})

describe('the doctor', () => {
  const local = { port: 0, local: false }

  test('says in one line that HubSpot is not connected', async () => {
    const { out } = await runInMemory(['doctor'], { settings: { ...folder(), ...local } })
    expect(out.split('\n').filter((line) => line.includes('HubSpot'))).toEqual([
      '✓ HubSpot: not connected: no contact is written. To connect: HUBSPOT_ACCESS_TOKEN, then npx regulars setup hubspot',
    ])
  })

  test('says what is missing, who waits, and whom HubSpot refuses, each with the way out', async () => {
    hubspot.use(createHubspotDouble({ now: Date.now }))
    const here = folder()
    const { store } = await openDatabase(here.databasePath)
    const world = await createWorld({ store })
    const [refused, waiting, unwritten] = await enrolMany(world, 3)
    const rows = await store.dueEffects({ kinds: ['hubspot.contact'], now: Number.MAX_SAFE_INTEGER, limit: 9 })
    await store.acknowledge(rows.filter(({ key }) => key === unwritten))
    await world.app.noteContacts([
      { member: refused ?? '', did: 'refused', record: '1001', reason: 'Email address [address] is invalid' },
    ])
    await world.close()
    const setup = {
      settings: { ...settings, ...here, ...local, hubspot: { ...connected, clientSecret: null } },
      hubspot: toolsOf({ now: Date.now }),
    }
    const { code, out } = await runInMemory(['doctor'], setup)
    expect(code).toBe(1)
    expect(waiting).toBeDefined()
    for (const line of [
      '✓ HubSpot: token: HubSpot accepts it\n',
      '✗ HubSpot: properties: loyalty_member_id,',
      '    → npx regulars setup hubspot\n',
      '✗ HubSpot: client secret: HUBSPOT_CLIENT_SECRET is not set: merged and deleted contacts are not heard of',
      '✓ HubSpot: to be written: 2 members, by the server or: npx regulars sync hubspot\n',
      '✗ HubSpot: first sync: 1 member of before HubSpot was connected never written\n    → npx regulars sync hubspot --all\n',
      `✗ HubSpot: contacts: 1 refused by HubSpot\n    ${refused} (contact 1001): Email address [address] is invalid\n    → Mend what HubSpot says`,
    ])
      expect(out).toContain(line)
    expect(out).not.toContain(TOKEN)
  })
})
