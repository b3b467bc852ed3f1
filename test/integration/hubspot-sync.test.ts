// Members to contacts, through the outbox, the real deliverer, the official client and a HubSpot that enforces its rules.
import { describe, expect, it } from 'vitest'
import { sized } from '../support/host.ts'
import {
  type Club,
  contactsBearing,
  createClub,
  enrolMany,
  expectInSync,
  first,
  give,
  parked,
  startHubspot,
  stateOf,
  useClubs,
} from '../support/hubspot.ts'
import { KINDS, type Kind, useStores } from '../support/stores.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { staff } from '../support/world.ts'

const hubspot = startHubspot()
const { open, linked } = useClubs(hubspot)

const reads = ({ double }: Club) => double.callsTo('/batch/read')
const creates = ({ double }: Club) => double.callsTo('/batch/create')
const updates = ({ double }: Club) => double.callsTo('/batch/update')

describe('how many calls it takes', () => {
  it('links N members with a read and a create for every hundred', { timeout: 60_000 }, async () => {
    const club = await open()
    const members = await enrolMany(club, 250)
    await club.flushAll()
    expect(reads(club).map(({ inputs }) => inputs)).toEqual([100, 100, 50])
    expect(creates(club).map(({ inputs }) => inputs)).toEqual([100, 100, 50])
    expect(updates(club)).toEqual([])
    await expectInSync(club, members)
  })

  it('writes to contacts that are there already with a read and an update for every hundred', async () => {
    const club = await open()
    for (let n = 0; n < 130; n++) club.double.people.create({ email: `m${n}@example.com`, firstname: 'There' })
    const members = await enrolMany(club, 130)
    await club.flushAll()
    expect([reads(club).length, updates(club).length, creates(club).length]).toEqual([2, 2, 0])
    await expectInSync(club, members)
    expect(contactsBearing(club, first(members))[0]?.properties.firstname).toBe('There')
  })

  it('writes N members who changed in exactly N / 100 calls', { timeout: 240_000 }, async () => {
    const count = sized(10_000, 500)
    const { club, members } = await linked(count)
    await give(club, members)
    await club.flushAll()
    expect(club.double.calls.length).toBe(count / 100)
    expect(updates(club).every(({ inputs, status }) => inputs === 100 && status === 200)).toBe(true)
    await expectInSync(club, members)
  })

  it('sends one input for a member who changed a thousand times', { timeout: 60_000 }, async () => {
    const { club, members } = await linked(3)
    for (let n = 0; n < 1_000; n++) await give(club, members.slice(0, 1), 1)
    await club.flushAll()
    expect(club.double.calls).toEqual([
      { method: 'POST', path: '/crm/objects/2026-09/contacts/batch/update', inputs: 1, status: 200 },
    ])
    await expectInSync(club, members)
  })

  it('calls nobody when nothing of what HubSpot shows changed', async () => {
    const { club, members } = await linked(120)
    await Promise.all(members.map((member) => club.app.updateMember(member, { birthday: '1990-01-01' }, staff)))
    await club.flushAll()
    expect(club.double.calls).toEqual([])
  })

  it('sends only the properties that changed', async () => {
    const { club, members } = await linked(1)
    await give(club, members)
    await club.flushAll()
    const { history } = first(contactsBearing(club, first(members)))
    const twice = Object.entries(history).filter(([, values]) => values.length > 1)
    expect(twice.map(([name]) => name).sort()).toEqual(['loyalty_points', 'loyalty_points_earned'])
  })

  it('waits two seconds between flushes, so that what changes together goes together', async () => {
    const { club, members } = await linked(2)
    await give(club, members.slice(0, 1))
    await club.flush()
    await give(club, members.slice(1))
    await club.app.drainOutbox()
    expect(club.double.calls.length).toBe(1)
    await club.flush()
    expect(club.double.calls.length).toBe(2)
  })
})

describe.each<Kind>([...KINDS])('on %s', (kind) => {
  const openStore = useStores(kind)

  it('links, writes, finds anew and clears', { timeout: 120_000 }, async () => {
    const { store, driver } = await openStore()
    // What is opened there is closed there.
    const club = await createClub(hubspot, { opened: { store, driver } })
    const members = await enrolMany(club, 12)
    const [a = '', b = '', c = ''] = members
    await club.flushAll()
    const record = (await stateOf(club, a)).record ?? ''
    expect(await club.app.getMember(`hubspot:${record}`)).toMatchObject({ value: { id: a } })
    club.double.people.archive(record)
    club.double.people.merge((await stateOf(club, b)).record ?? '', (await stateOf(club, c)).record ?? '')
    await club.hear()
    expect(await club.app.getMember(`hubspot:${record}`)).toMatchObject({ ok: false, code: 'not_found' })
    await give(club, members)
    await club.app.eraseMember(members[3] ?? '', staff)
    await club.flushAll()
    const refused = (await parked(club)).map(({ key }) => key)
    expect(refused).toHaveLength(1)
    expect([b, c]).toContain(refused[0])
    await expectInSync(
      club,
      members.filter((member, n) => n !== 3 && !refused.includes(member)),
    )
  })
})

describe('who is linked to whom', () => {
  it('finds a contact by a further address of its own, whatever its case', async () => {
    const club = await open()
    const [one, other] = [
      club.double.people.create({ email: 'work@example.com' }),
      club.double.people.create({ email: 'm0@example.com' }),
    ]
    club.double.people.merge(one.id, other.id)
    const members = await enrolMany(club, 1)
    await club.flushAll()
    await expectInSync(club, members)
    expect(creates(club)).toEqual([])
  })

  it.each([
    ['almaz@ምሳሌ.et', 'አልማዝ በቀለ', 'አልማዝ', 'በቀለ'],
    ['ani@example.am', 'Անի Մարգարյան Սարգսի', 'Անի', 'Մարգարյան Սարգսի'],
    ['ŞƏHLA@example.az', '  Şəhla   Əliyeva ', 'Şəhla', 'Əliyeva'],
    ['juma@example.co.tz', 'Juma', 'Juma', undefined],
    ['nobody@example.com', '   ', undefined, undefined],
    ['tag@example.com', '<script>alert(1)</script> "; DROP', '<script>alert(1)</script>', '"; DROP'],
  ])('makes a contact with its name, in any script: %s', async (email, name, firstname, lastname) => {
    const club = await open()
    const made = await club.app.enrolMember({ email, name }, staff, null)
    if (!made.ok) throw new Error(made.message)
    await club.flushAll()
    await expectInSync(club, [made.value.id])
    const { properties } = first(contactsBearing(club, made.value.id))
    expect([properties.email, properties.firstname, properties.lastname]).toEqual([
      email.toLowerCase(),
      firstname,
      lastname,
    ])
  })

  it('adds nobody where the program says so, and finds them when they are there', async () => {
    const club = await open({ program: { hubspot: { createContacts: false } } })
    const members = await enrolMany(club, 1)
    await club.flushAll()
    expect(creates(club)).toEqual([])
    expect(await parked(club)).toEqual([])
    expect((await stateOf(club, first(members))).record).toBeNull()
    club.double.people.create({ email: 'm0@example.com' })
    await give(club, members)
    await club.flushAll()
    await expectInSync(club, members)
  })

  it('parks a member without an address, says why, and writes them once they have one', async () => {
    const club = await open()
    const payment = (email: string | null) =>
      stripePayment({ customer: 'cus_1', email, at: club.clock.now() - 60_000 }).charge()
    await club.deliver(payment(null))
    await club.flushAll()
    expect((await parked(club)).map(({ reason }) => reason)).toEqual(['It has no e-mail address to be found by'])
    expect((await club.app.refusedContacts({ limit: 10 })).items.map(({ reason }) => reason)).toEqual([
      'It has no e-mail address to be found by',
    ])
    expect(club.double.calls).toEqual([])
    await club.deliver(payment('m0@example.com'))
    await club.flushAll()
    expect(await parked(club)).toEqual([])
    expect(Object.values(club.double.portal.contacts).map(({ properties }) => properties.email)).toEqual([
      'm0@example.com',
    ])
  })

  it('lets one contact be one member’s when two have an address of it, and proposes to merge them', async () => {
    const club = await open()
    const [one, other] = [
      club.double.people.create({ email: 'm0@example.com' }),
      club.double.people.create({ email: 'm1@example.com' }),
    ]
    club.double.people.merge(one.id, other.id)
    const members = await enrolMany(club, 2)
    await club.flushAll()
    const held = await Promise.all(members.map((member) => stateOf(club, member)))
    expect(held.filter(({ record }) => record !== null).length).toBe(1)
    await expectInSync(
      club,
      held.filter(({ record }) => record !== null).map(({ member }) => member),
    )
    expect((await parked(club)).map(({ reason }) => reason)).toEqual(['The contact is another member’s already'])
    expect((await club.app.refusedContacts({ limit: 10 })).items.map(({ reason }) => reason)).toEqual([
      'This contact is another member’s already. Are the two one person? Then merge them',
    ])
    expect((await club.proposals()).map((pair) => pair.sort())).toEqual([[...members].sort()])
  })
})
