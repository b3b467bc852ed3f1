// Whatever happens in whatever order, here, there and on the way: in the end every contact holds what its member's books say,
// nobody is there twice, nobody who is gone has left anything behind, and no limit was broken.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Scripted } from '../../integrations/sandbox/doubles/hubspot/create-double.ts'
import {
  type Club,
  contactsBearing,
  createClub,
  enrolMany,
  expectInSync,
  loyaltyOf,
  parked,
  provision,
  startHubspot,
  stateOf,
} from '../support/hubspot.ts'
import { openContacts } from '../support/hubspot-portal.ts'
import { levels } from '../support/programs.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { staff } from '../support/world.ts'

const hubspot = startHubspot()
const PEOPLE = 6
const RUNS = Number(process.env.HUBSPOT_RUNS ?? 60)

type Step =
  | { do: 'enrol' | 'buy' | 'give' | 'leave' | 'erase' | 'archive' | 'forget' | 'resync'; who: number }
  | { do: 'merge' | 'unite'; who: number; with: number }
  | { do: 'edit'; who: number; points: number }
  | { do: 'readdress'; who: number; to: number }
  | { do: 'trouble'; trouble: Scripted }
  | { do: 'flush' | 'hear' | 'hear backwards' | 'forget an option' }
  | { do: 'wait'; hours: number }

const who = fc.nat({ max: PEOPLE - 1 })
const trouble = fc.constantFrom<Scripted>(
  { kind: 'limit', policy: 'TEN_SECONDLY_ROLLING' },
  { kind: 'limit', policy: 'TEN_SECONDLY_ROLLING', retryAfterS: 1 },
  { kind: 'limit', policy: 'DAILY' },
  { kind: 'locked' },
  { kind: 'status', status: 500 },
  { kind: 'html' },
  { kind: 'broken' },
  { kind: 'broken', after: true },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('enrol', 'buy', 'give'), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('leave', 'erase', 'forget', 'resync'), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('archive' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('merge' as const, 'unite' as const), who, with: who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('edit' as const), who, points: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('readdress' as const), who, to: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('trouble' as const), trouble }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('flush' as const, 'hear' as const, 'hear backwards' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget an option' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.nat(30) }) },
) as fc.Arbitrary<Step>

const addressOf = (n: number): string => `m${n}@example.com`
const memberNamed = async ({ app }: Club, n: number): Promise<string | null> => {
  const found = await app.getMember(`email:${addressOf(n)}`)
  return found.ok ? found.value.id : null
}
const recordOf = async (club: Club, n: number): Promise<string> => {
  const member = await memberNamed(club, n)
  const [state] = member === null ? [] : await club.app.contactsOf([member])
  return state?.record ?? ''
}

async function play(club: Club, step: Step): Promise<void> {
  const { app, double } = club
  club.clock.at += 1_000
  switch (step.do) {
    case 'enrol':
      await app.enrolMember({ email: addressOf(step.who) }, staff, null)
      return
    case 'buy':
      await club.deliver(stripePayment({ email: addressOf(step.who), at: club.clock.now() - 5_000 }).charge())
      return
    case 'give':
      await app.adjustPoints(`email:${addressOf(step.who)}`, { points: 5, reason: 'test' }, staff, null)
      return
    case 'leave':
      await app.updateMember(`email:${addressOf(step.who)}`, { status: 'left' }, staff)
      return
    case 'erase':
      await app.eraseMember(`email:${addressOf(step.who)}`, staff)
      return
    case 'resync': {
      const member = await memberNamed(club, step.who)
      if (member !== null) await app.resyncContacts([member])
      return
    }
    case 'merge':
      await app.mergeMembers(`email:${addressOf(step.who)}`, `email:${addressOf(step.with)}`, staff, null)
      return
    case 'archive':
      double.people.archive(await recordOf(club, step.who))
      return
    case 'forget':
      double.people.forget(await recordOf(club, step.who))
      return
    case 'unite':
      double.people.merge(await recordOf(club, step.who), await recordOf(club, step.with))
      return
    case 'edit': {
      const record = await recordOf(club, step.who)
      double.people.edit(record, { loyalty_points: String(step.points), loyalty_last_reward: 'A car' })
      const member = await memberNamed(club, step.who)
      // As the webhook of the edit, or the nightly comparison, has it done.
      if (member !== null) await app.resyncContacts([member])
      return
    }
    case 'readdress':
      double.people.edit(await recordOf(club, step.who), { email: `new${step.to}.${step.who}@example.com` })
      return
    case 'trouble':
      double.script(step.trouble)
      return
    case 'flush':
      await club.flush()
      return
    case 'hear':
      await club.hear()
      return
    case 'hear backwards':
      await club.hear((events) => [...events].reverse())
      return
    case 'forget an option': {
      // As after the program got a tier, and before `setup hubspot` was run.
      const { loyalty_tier: tier } = double.portal.properties
      if (tier !== undefined) tier.options = tier.options.filter(({ value }) => value !== 'silver')
      return
    }
    case 'wait':
      club.clock.at += step.hours * 3_600_000
      return
    default: {
      step satisfies never
    }
  }
}

const everybody = async ({ app }: Club) => (await app.contactsAfter(0, 1_000)).contacts

/** All that was told is heard, everybody changes once more, and whatever waits goes out. */
async function comeToRest(club: Club): Promise<void> {
  provision(club.double.portal, club.program)
  for (let round = 0; round < 3; round++) {
    await club.hear()
    await club.flushAll()
    for (const { member } of await everybody(club))
      await club.app.updateMember(member, { birthday: `199${round}-01-01` }, staff)
    await club.flushAll()
  }
}

describe.each([
  { mergeMakesNew: true, followsMerged: true },
  { mergeMakesNew: false, followsMerged: false },
])('members and contacts (%j)', (double) => {
  it('end the same, whatever happens in whatever order', { timeout: 400_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const club = await createClub(hubspot, {
          program: { tiers: { metric: 'points', levels: levels(['bronze', 0], ['silver', 150], ['gold', 400]) } },
          double,
        })
        try {
          await enrolMany(club, 2)
          for (const one of steps) await play(club, one)
          await comeToRest(club)
          await check(club)
        } finally {
          await club.close()
        }
      }),
      { numRuns: RUNS },
    )
  })
})

async function check(club: Club): Promise<void> {
  const refused = new Map((await parked(club)).map(({ key, reason }) => [key, reason]))
  const states = await everybody(club)
  const present = states.filter(({ standing }) => standing !== null)
  await expectInSync(
    club,
    present.filter(({ member }) => !refused.has(member)).map(({ member }) => member),
  )
  // Only those wait who share a contact with another, and staff are asked about them; or whom HubSpot was told to forget.
  for (const [member, reason] of refused) {
    expect(['The contact is another member’s already', 'This contact was permanently deleted']).toContain(reason)
    expect(contactsBearing(club, member)).toEqual([])
    expect((await stateOf(club, member)).record).toBeNull()
    if (reason?.startsWith('The contact')) expect((await club.proposals()).flat()).toContain(member)
  }
  const wanted = new Set(present.filter(({ member }) => !refused.has(member)).map(({ member }) => member))
  for (const contact of openContacts(club.double.portal)) {
    const bears = contact.properties.loyalty_member_id
    if (bears === undefined) expect(loyaltyOf(club, contact)).toEqual({})
    else expect(wanted).toContain(bears)
  }
  expect(club.double.calls.every(({ inputs }) => inputs <= 100)).toBe(true)
}
