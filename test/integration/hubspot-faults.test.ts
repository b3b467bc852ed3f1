// What HubSpot holds when an answer is lost, and whom one member's trouble holds up.
import { describe, expect, it } from 'vitest'
import { expectInSync, first, give, loyaltyOf, parked, startHubspot, stateOf, useClubs } from '../support/hubspot.ts'
import { levels } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { staff } from '../support/world.ts'

const hubspot = startHubspot()
const { linked } = useClubs(hubspot)

describe('an update whose answer was lost', () => {
  it('is made good though the member is by then what they were before', async () => {
    const { club, members } = await linked(2)
    const one = first(members)
    await give(club, [one], 50)
    club.double.script({ kind: 'broken', after: true })
    await club.flush()
    await give(club, [one], -50)
    await club.flushAll()
    await expectInSync(club, members)
    expect(loyaltyOf(club, club.double.portal.contacts[(await stateOf(club, one)).record ?? '']).loyalty_points).toBe(
      '0',
    )
  })
})

describe('a tier that HubSpot does not know yet', () => {
  it('holds up nobody but those in it, who are written once it is there', async () => {
    const tiers = { metric: 'points', levels: levels(['bronze', 0], ['gold', 1_000]) } as const
    const { club, members } = await linked(40, { program: { tiers } })
    const property = club.double.portal.properties.loyalty_tier
    if (property === undefined) throw new Error('no tier')
    const { options } = property
    property.options = options.filter(({ value }) => value !== 'gold')
    const others = members.filter((_, n) => n !== 7)
    const buying = stripePayment({ email: 'm7@example.com', at: club.clock.now(), amount: 200_000 })
    await club.deliver(buying.charge())
    await give(club, others, 5)
    for (let round = 0; round < 60; round++) await club.flush()
    await expectInSync(club, others)
    expect(await parked(club)).toEqual([])
    const [waiting] = (await club.app.listOutbox({ limit: 10 })).items
    expect(waiting).toMatchObject({ key: members[7], state: 'waiting' })
    expect(waiting?.reason).toMatch(/loyalty_tier lacks an option in HubSpot\. Run: npx regulars setup hubspot/)
    // What cannot succeed before somebody acts is not asked for all the time.
    club.double.calls.length = 0
    for (let round = 0; round < 30; round++) await club.flush()
    expect(club.double.calls.length).toBeLessThanOrEqual(4)

    property.options = options
    await club.flushAll()
    await expectInSync(club, members)
  })
})

it('a record that turns out not to be the member’s keeps nothing of whoever it was before', async () => {
  const { club, members } = await linked(2)
  const [gone = '', stays = ''] = members
  await give(club, members, 30)
  await club.flushAll()
  const old = (await stateOf(club, gone)).record ?? ''
  club.double.people.archive((await stateOf(club, stays)).record ?? '')
  await club.hear()
  const right = club.double.people.create({ email: 'other@example.com', loyalty_member_id: stays })
  const merged = await club.app.mergeMembers(gone, stays, staff, null)
  expect(merged.ok).toBe(true)
  // The first try to clear it fails.
  club.double.script({ kind: 'answer' }, { kind: 'answer' }, { kind: 'locked' })
  await club.flushAll()
  expect((await stateOf(club, stays)).record).toBe(right.id)
  await expectInSync(club, [stays])
  expect(loyaltyOf(club, club.double.portal.contacts[old])).toEqual({})
})

it.each([
  ['unsure', (member: string, record: string) => ({ member, did: 'unsure' as const, record, names: ['points'] })],
  ['refused', (member: string, record: string) => ({ member, did: 'refused' as const, record, reason: 'No' })],
])('one record is one member’s, though another is noted of it in the same flush (%s)', async (_, note) => {
  const { club, members } = await linked(2)
  const [one = '', other = ''] = members
  const record = (await stateOf(club, one)).record ?? ''
  for (const isFirst of [true, false]) {
    const [holder, next] = isFirst ? [one, other] : [other, one]
    const notes = [note(holder, record), { member: next, did: 'written' as const, record, written: {} }]
    await club.app.noteContacts(isFirst ? notes : notes.reverse())
    expect((await stateOf(club, next)).record).toBe(record)
    expect((await stateOf(club, holder)).record).toBeNull()
  }
})
