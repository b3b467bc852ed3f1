// What changes on either side after the link was made: contacts deleted, archived, merged and edited there; members merged,
// erased, gone and renamed here.
import { describe, expect, it } from 'vitest'
import {
  type Club,
  contactsBearing,
  enrolMany,
  expectInSync,
  first,
  give,
  loyaltyOf,
  parked,
  startHubspot,
  stateOf,
  useClubs,
} from '../support/hubspot.ts'
import { openContacts } from '../support/hubspot-portal.ts'
import { staff } from '../support/world.ts'

const hubspot = startHubspot()
const { open, linked } = useClubs(hubspot)

const recordOf = async (club: Club, member: string): Promise<string> => (await stateOf(club, member)).record ?? ''

/** Two linked members with different points, and their records. */
async function two(options: Parameters<typeof linked>[1] = {}) {
  const { club, members } = await linked(2, options)
  const [a = '', b = ''] = members
  await give(club, [a], 100)
  await give(club, [b], 7)
  await club.flushAll()
  return { club, members, a, b, recordA: await recordOf(club, a), recordB: await recordOf(club, b) }
}

describe('a contact that is gone', () => {
  it('is made anew at the member’s next change, when nobody told us', async () => {
    const { club, members } = await linked(3)
    const gone = await recordOf(club, first(members))
    club.double.people.archive(gone)
    await give(club, members)
    await club.flushAll()
    await expectInSync(club, members)
    expect(await recordOf(club, first(members))).not.toBe(gone)
    expect(await parked(club)).toEqual([])
  })

  it('is made anew at the member’s next change, when HubSpot told us', async () => {
    const { club, members } = await linked(3)
    club.double.people.archive(await recordOf(club, first(members)))
    await club.hear()
    expect((await stateOf(club, first(members))).record).toBeNull()
    await give(club, members)
    await club.flushAll()
    await expectInSync(club, members)
  })

  it('erases the member when the person asked to be forgotten there, whatever is told first', async () => {
    for (const order of [<T>(events: T[]) => events, <T>(events: T[]) => [...events].reverse()]) {
      const { club, members } = await linked(2)
      await give(club, members)
      club.double.people.forget(await recordOf(club, first(members)))
      await club.hear(order)
      await club.flushAll()
      expect(await club.app.getMember(first(members))).toMatchObject({
        value: { status: 'erased', email: null },
      })
      await expectInSync(club, members.slice(1))
      expect(openContacts(club.double.portal).length).toBe(1)
    }
  })

  it('still leads to the member to be forgotten after the sync itself found it gone', async () => {
    const { club, members } = await linked(1, { program: { hubspot: { createContacts: false } } })
    const member = first(members)
    const { id } = club.double.people.create({ email: 'm0@example.com' })
    await give(club, [member])
    await club.flushAll()
    club.double.people.forget(id)
    await give(club, [member])
    await club.flushAll()
    await club.hear()
    expect(await club.app.getMember(member)).toMatchObject({ value: { status: 'erased' } })
  })
})

for (const mergeMakesNew of [true, false])
  for (const followsMerged of [true, false])
    describe(`contacts merged there (${mergeMakesNew ? 'into a third' : 'into the first'}, writes ${followsMerged ? 'follow' : 'fail'})`, () => {
      const double = { mergeMakesNew, followsMerged }

      it('go on as the member’s, when nobody told us', async () => {
        const { club, members } = await linked(1, { double })
        const other = club.double.people.create({ email: 'second@example.com' })
        club.double.people.merge(other.id, await recordOf(club, first(members)))
        await give(club, members)
        await club.flushAll()
        await expectInSync(club, members)
      })

      it('go on as the member’s, when HubSpot told us', async () => {
        const { club, members } = await linked(1, { double })
        const other = club.double.people.create({ email: 'second@example.com' })
        club.double.people.merge(other.id, await recordOf(club, first(members)))
        club.double.calls.length = 0
        await club.hear()
        await club.flushAll()
        await expectInSync(club, members)
        expect(club.double.calls.length).toBe(1)
      })

      it.each([true, false])('of two members become one member’s, with a proposal (told: %s)', async (isTold) => {
        const { club, a, b, recordA, recordB } = await two({ double })
        club.clock.at += 60_000
        await give(club, [b], 1)
        await club.flushAll()
        club.double.people.merge(recordA, recordB)
        if (isTold) await club.hear()
        // Whoever changes first.
        await give(club, [b], 5)
        await club.flushAll()
        await give(club, [a], 5)
        await club.flushAll()
        const contacts = openContacts(club.double.portal)
        expect(contacts.length).toBe(1)
        const keeper = first(contacts).properties.loyalty_member_id ?? ''
        expect([a, b]).toContain(keeper)
        await expectInSync(club, [keeper])
        expect((await parked(club)).map(({ key }) => key)).toEqual([keeper === a ? b : a])
        expect((await club.proposals()).map((pair) => pair.sort())).toContainEqual([a, b].sort())
      })

      it('become one member’s for good when staff merge the two', async () => {
        const { club, a, b, recordA, recordB } = await two({ double })
        club.double.people.merge(recordA, recordB)
        await club.hear()
        await give(club, [a, b], 5)
        await club.flushAll()
        expect((await club.app.mergeMembers(b, a, staff, null)).ok).toBe(true)
        await club.flushAll()
        await expectInSync(club, [a])
        expect(await parked(club)).toEqual([])
        expect((await club.app.refusedContacts({ limit: 10 })).items).toEqual([])
      })
    })

describe('members who change here', () => {
  it('merged with another: their contact is cleared, the other’s has everything', async () => {
    const { club, a, b, recordB } = await two()
    expect((await club.app.mergeMembers(b, a, staff, null)).ok).toBe(true)
    await club.flushAll()
    await expectInSync(club, [a])
    expect(loyaltyOf(club, club.double.portal.contacts[recordB])).toEqual({})
    expect(club.double.portal.contacts[recordB]?.properties.email).toBe('m1@example.com')
  })

  it('merged with another who has no contact: the contact goes along', async () => {
    const { club, members } = await linked(1, { program: { hubspot: { createContacts: true } } })
    const [a = ''] = members
    const record = await recordOf(club, a)
    const [b = ''] = await enrolMany(club, 1, 50)
    expect((await club.app.mergeMembers(a, b, staff, null)).ok).toBe(true)
    await club.flushAll()
    await expectInSync(club, [b])
    expect(await recordOf(club, b)).toBe(record)
  })

  it('erased: the contact is cleared and the link ends', async () => {
    const { club, members } = await linked(2)
    const [member = ''] = members
    const record = await recordOf(club, member)
    await club.app.eraseMember(member, staff)
    await club.flushAll()
    expect(loyaltyOf(club, club.double.portal.contacts[record])).toEqual({})
    expect(await club.app.contactsOf([member])).toEqual([])
    await expectInSync(club, members.slice(1))
  })

  it('erased while a full write was due: nothing is left over there', async () => {
    const { club, members } = await linked(1)
    const record = await recordOf(club, first(members))
    await club.app.resyncContacts(members)
    await club.app.eraseMember(first(members), staff)
    await club.flushAll()
    expect(loyaltyOf(club, club.double.portal.contacts[record])).toEqual({})
  })

  it('erased after HubSpot refused them: nothing of it is kept', async () => {
    const club = await open()
    const [member = ''] = await enrolMany(club, 1)
    club.double.portal.rules.push({ property: 'hs_language', rule: 'required' })
    await club.flushAll()
    expect((await club.app.refusedContacts({ limit: 10 })).items.length).toBe(1)
    await club.app.eraseMember(member, staff)
    await club.flushAll()
    expect((await club.app.refusedContacts({ limit: 10 })).items).toEqual([])
    expect(await parked(club)).toEqual([])
  })

  it('gone from the program: the contact says so', async () => {
    const { club, members } = await linked(1)
    await club.app.updateMember(first(members), { status: 'left' }, staff)
    await club.flushAll()
    expect(contactsBearing(club, first(members))[0]?.properties.loyalty_status).toBe('left')
  })
})

describe('what people edit there', () => {
  it('an address changed in HubSpot is the member’s from then on', async () => {
    const { club, members } = await linked(1)
    club.double.people.edit(await recordOf(club, first(members)), { email: 'New@Example.com' })
    await club.hear()
    await give(club, members)
    await club.flushAll()
    await expectInSync(club, members)
    expect(await club.app.getMember('email:new@example.com')).toMatchObject({ value: { id: first(members) } })
  })

  it('an address changed here leaves the link as it is', async () => {
    const { club, members } = await linked(1)
    const record = await recordOf(club, first(members))
    club.double.people.edit(record, { email: 'elsewhere@example.com' })
    await give(club, members)
    await club.flushAll()
    expect(await recordOf(club, first(members))).toBe(record)
    await expectInSync(club, members)
  })

  it('a property edited by hand is right again when the member is written again, empty ones too', async () => {
    const { club, members } = await linked(2)
    club.double.people.edit(await recordOf(club, first(members)), {
      loyalty_points: '999999',
      loyalty_last_reward: 'A car',
    })
    await club.app.resyncContacts(members)
    await club.flushAll()
    await expectInSync(club, members)
    expect(club.double.calls.map(({ inputs }) => inputs)).toEqual([2])
  })

  it('a contact that bears a former member’s values is written whole', async () => {
    const club = await open()
    club.double.people.create({ email: 'm0@example.com', loyalty_last_reward: 'A car', loyalty_points: '5' })
    const members = await enrolMany(club, 1)
    await club.flushAll()
    await expectInSync(club, members)
  })
})
