// Who looks after a member in HubSpot: for alerts that go to that person alone.
import { describe, expect, test } from 'vitest'
import { checkHubspot } from '../../integrations/hubspot/check.ts'
import { createHubspotClient } from '../../integrations/hubspot/client.ts'
import { createOwners } from '../../integrations/hubspot/owners.ts'
import { ALL_SCOPES, createHubspotDouble } from '../../integrations/sandbox/doubles/hubspot/create-double.ts'
import type { ContactState } from '../../src/app/ports/contacts.ts'
import { HUBSPOT_URL, startHubspot, TOKEN } from '../support/hubspot.ts'
import { makeProgram } from '../support/programs.ts'

const hubspot = startHubspot()
const MINUTE = 60_000

function portal(options: { scopes?: readonly string[] } = {}) {
  const clock = { at: Date.UTC(2026, 10, 22), now: () => clock.at }
  const double = hubspot.use(createHubspotDouble({ now: clock.now, token: TOKEN, ...options }))
  double.addOwner('71', 'Sam@Shop.test')
  double.addOwner('72', 'left@shop.test', true)
  const records = new Map<string, string | null>()
  const add = (member: string, owner: string | null): void => {
    const { id } = double.people.create({
      email: `${member}@example.org`,
      ...(owner !== null && { hubspot_owner_id: owner }),
    })
    records.set(member, id)
  }
  const contacts = {
    contactsOf: async (members: readonly string[]) =>
      members
        .filter((member) => records.has(member))
        .map((member) => ({ member, record: records.get(member) ?? null }) as ContactState),
  }
  const client = createHubspotClient({
    accessToken: TOKEN,
    apiUrl: HUBSPOT_URL,
    clock,
    quotaShare: 0.5,
    sleep: async () => {},
  })
  return { clock, double, client, add, records, owners: createOwners({ client, contacts, clock }) }
}

describe('the owner of a contact', () => {
  test('is known by their address', async () => {
    const { add, owners } = portal()
    add('ada', '71')
    expect(await owners.ownerOf('ada')).toBe('sam@shop.test')
  })

  test('of a hundred members asked about at once: two calls, and none more for some minutes but for the contacts', async () => {
    const { add, owners, double, clock } = portal()
    for (let n = 0; n < 100; n++) add(`m${n}`, '71')
    const all = () => Promise.all(Array.from({ length: 100 }, (_, n) => owners.ownerOf(`m${n}`)))
    expect(new Set(await all())).toEqual(new Set(['sam@shop.test']))
    expect(double.calls.map(({ path }) => path)).toEqual([
      '/crm/objects/2026-09/contacts/batch/read',
      '/crm/owners/2026-09/71',
    ])
    await all()
    expect(double.callsTo('/71')).toHaveLength(1)
    clock.at += 11 * MINUTE
    await all()
    expect(double.callsTo('/71')).toHaveLength(2)
  })

  test.each<[string, (made: ReturnType<typeof portal>) => void]>([
    ['no contact is known', () => {}],
    ['nobody owns it', ({ add }) => add('ada', null)],
    ['its owner has left', ({ add }) => add('ada', '72')],
    ['its owner is not there', ({ add }) => add('ada', '99')],
    ['its owner is no number', ({ add }) => add('ada', '../contacts')],
    [
      'the contact was deleted',
      ({ add, double, records }) => {
        add('ada', '71')
        double.people.archive(records.get('ada') ?? '')
      },
    ],
    [
      'HubSpot is down',
      ({ add, double }) => {
        add('ada', '71')
        double.script({ kind: 'broken' }, { kind: 'broken' })
      },
    ],
    [
      'HubSpot asks to wait',
      ({ add, double }) => {
        add('ada', '71')
        double.script({ kind: 'limit', policy: 'DAILY' })
      },
    ],
    [
      'the owner cannot be asked for now',
      ({ add, double }) => {
        add('ada', '71')
        double.script({ kind: 'answer' }, { kind: 'html', status: 503 })
      },
    ],
  ])('is nobody where %s', async (_title, prepare) => {
    const made = portal()
    prepare(made)
    expect(await made.owners.ownerOf('ada')).toBeNull()
  })

  test('is nobody without the scope; doctor names it where alerts go to owners', async () => {
    const { add, owners, client, double } = portal({
      scopes: ALL_SCOPES.filter((scope) => scope !== 'crm.objects.owners.read'),
    })
    add('ada', '71')
    expect(await owners.ownerOf('ada')).toBeNull()
    const named = async (route: 'owner' | 'channel') => {
      const programs = [makeProgram({ retention: { route } })] as const
      const checks = await checkHubspot({ client, programs: [programs[0]], sleep: async () => {} })
      return checks.filter(({ name }) => name.includes('owners')).map(({ ok, message }) => [ok, message])
    }
    expect(await named('owner')).toEqual([[false, 'the token lacks the scope crm.objects.owners.read']])
    expect(await named('channel')).toEqual([])
    double.settings.scopes = [...ALL_SCOPES]
    expect(await named('owner')).toEqual([[true, 'owners of contacts can be read']])
  })

  test('is asked for again when HubSpot is up', async () => {
    const { add, owners, double } = portal()
    add('ada', '71')
    double.script({ kind: 'answer' }, { kind: 'broken' })
    expect(await owners.ownerOf('ada')).toBeNull()
    expect(await owners.ownerOf('ada')).toBe('sam@shop.test')
  })

  test('is nobody where our own store cannot be asked: nothing is thrown', async () => {
    const { clock } = portal()
    const contacts = { contactsOf: () => Promise.reject(new Error('locked')) }
    const client = { call: () => Promise.reject(new Error('never')) }
    expect(await createOwners({ client, contacts, clock }).ownerOf('ada')).toBeNull()
  })
})
