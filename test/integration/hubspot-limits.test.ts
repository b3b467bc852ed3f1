// HubSpot slow, full, down, or not as it should be: nothing is lost, nothing is tried for ever, few calls are wasted.
import { describe, expect, it } from 'vitest'
import type { Call, Scripted } from '../../integrations/sandbox/doubles/hubspot/create-double.ts'
import { sized } from '../support/host.ts'
import {
  type Club,
  enrolMany,
  expectInSync,
  first,
  give,
  parked,
  provision,
  startHubspot,
  stateOf,
  useClubs,
} from '../support/hubspot.ts'
import { openContacts } from '../support/hubspot-portal.ts'
import { staff } from '../support/world.ts'

const hubspot = startHubspot()
const { open, linked } = useClubs(hubspot)

const TIMEOUT_MS = 60
/** One culprit among a hundred: the whole, then two calls for each of seven halvings, instead of one call. */
const SPLIT_CALLS = 14

const TROUBLE: Scripted[] = [
  { kind: 'limit', policy: 'TEN_SECONDLY_ROLLING', retryAfterS: 3 },
  { kind: 'answer' },
  { kind: 'limit', policy: 'TEN_SECONDLY_ROLLING' },
  { kind: 'locked' },
  { kind: 'answer' },
  { kind: 'status', status: 500 },
  { kind: 'html' },
  { kind: 'html', status: 502 },
  { kind: 'answer' },
  { kind: 'limit', policy: 'DAILY' },
  { kind: 'broken' },
  { kind: 'slow', ms: 2 * TIMEOUT_MS },
  { kind: 'answer' },
  { kind: 'broken', after: true },
  { kind: 'slow', ms: 2 * TIMEOUT_MS, after: true },
  { kind: 'status', status: 503 },
]
const forced = TROUBLE.filter(({ kind }) => kind !== 'answer').length

async function poison(club: Club, members: readonly string[]): Promise<void> {
  club.double.portal.rules.push({ property: 'firstname', rule: 'required' })
  for (const member of members) club.double.people.edit((await stateOf(club, member)).record ?? '', { firstname: '' })
}

describe('a bad day', () => {
  it('of limits, locks, faults and three poisoned contacts ends with all others right', {
    timeout: 120_000,
  }, async () => {
    const { club, members } = await linked(1_000, { timeoutMs: TIMEOUT_MS })
    const poisoned = [5, 333, 777].map((n) => members[n] ?? '')
    await poison(club, poisoned)
    await give(club, members)
    club.double.calls.length = 0
    club.double.script(...TROUBLE)
    await club.flushAll()
    expect(club.double.isScriptOver()).toBe(true)
    const minimum = 10
    expect(club.double.calls.length).toBeLessThanOrEqual(1.1 * minimum + forced + 3 * SPLIT_CALLS)
    await expectInSync(
      club,
      members.filter((member) => !poisoned.includes(member)),
    )
    expect((await parked(club)).map(({ key }) => key).sort()).toEqual([...poisoned].sort())
    expect(new Set((await parked(club)).map(({ reason }) => reason))).toEqual(new Set(['firstname is required']))
    expect((await club.app.refusedContacts({ limit: 10 })).items.map(({ member }) => member).sort()).toEqual(
      [...poisoned].sort(),
    )
  })

  it('of a first sync ends with every member linked, and nobody twice', { timeout: 120_000 }, async () => {
    const club = await open({ timeoutMs: TIMEOUT_MS })
    const members = await enrolMany(club, 600)
    club.double.script(...TROUBLE)
    await club.flushAll()
    expect(club.double.isScriptOver()).toBe(true)
    await expectInSync(club, members)
    expect(openContacts(club.double.portal).length).toBe(600)
    // Each trouble may cost the call that found who is there as well.
    expect(club.double.calls.length).toBeLessThanOrEqual(1.1 * 12 + 2 * forced)
  })

  it('a poisoned contact is written once a change mends it, and holds up nobody until then', async () => {
    const { club, members } = await linked(100)
    const sick = members[42] ?? ''
    await poison(club, [sick])
    await give(club, members)
    await club.flushAll()
    club.double.calls.length = 0
    await give(club, members)
    await club.flushAll()
    // Known to be refused: it goes apart from the others.
    expect(club.double.calls.map(({ inputs }) => inputs)).toEqual([99, 1])
    club.double.people.edit((await stateOf(club, sick)).record ?? '', { firstname: 'Back' })
    await give(club, [sick])
    await club.flushAll()
    await expectInSync(club, members)
    expect(await parked(club)).toEqual([])
    expect((await club.app.refusedContacts({ limit: 10 })).items).toEqual([])
  })

  it('addresses that HubSpot rejects are parked without being told, and the others made in the same call', async () => {
    const club = await open()
    const members = await enrolMany(club, 20)
    for (const email of ['someone@nowhere', 'quoted"name@example.com', 'two@@example.com'])
      await club.app.enrolMember({ email }, staff, null)
    await club.flushAll()
    expect(club.double.calls.length).toBe(2)
    await expectInSync(club, members)
    const reasons = (await parked(club)).map(({ reason }) => reason ?? '')
    expect(reasons).toHaveLength(3)
    for (const reason of reasons) {
      expect(reason).toMatch(/^Email address .*\[address\].* is invalid$/)
      expect(reason).not.toMatch(/@|nowhere|quoted/)
    }
  })

  it('every contact refused for the same reason is not tried one by one', async () => {
    const { club, members } = await linked(100)
    await poison(club, members)
    await give(club, members)
    club.double.calls.length = 0
    await club.flush()
    expect(club.double.calls.length).toBeLessThan(40)
    expect((await parked(club)).length).toBeLessThan(20)
  })
})

/** `most`: calls in two minutes, five tries and then a probe every half minute. Where only some may be concerned, each try takes some. */
const SETUP_FAULTS: [
  name: string,
  break_: (club: Club) => void,
  mend: (club: Club) => void,
  words: RegExp,
  most: number,
][] = [
  [
    'a property that is missing',
    ({ double }) => delete double.portal.properties.loyalty_points,
    ({ double, program }) => provision(double.portal, program),
    /^The contact property loyalty_points is missing in HubSpot\. Run: npx regulars setup hubspot$/,
    20,
  ],
  [
    'an option that is missing',
    ({ double }) => double.portal.properties.loyalty_status?.options.splice(0),
    ({ double, program }) => provision(double.portal, program),
    /^The contact property loyalty_status lacks an option in HubSpot\. Run: npx regulars setup hubspot$/,
    100,
  ],
  [
    'a property of another type',
    ({ double }) => Object.assign(double.portal.properties.loyalty_referral_code ?? {}, { type: 'date' }),
    ({ double, program }) => provision(double.portal, program),
    /^The contact property loyalty_referral_code is not as Regulars made it in HubSpot.*Run: npx regulars doctor$/,
    100,
  ],
  [
    'a scope that is missing',
    ({ double }) => (double.settings.scopes = ['crm.objects.contacts.read']),
    ({ double }) => (double.settings.scopes = ['crm.objects.contacts.read', 'crm.objects.contacts.write']),
    /^The access token lacks the scope crm\.objects\.contacts\.write$/,
    20,
  ],
  [
    'a token that was revoked',
    ({ double }) => (double.settings.token = 'another'),
    ({ double }) => (double.settings.token = 'pat-test'),
    /^HubSpot does not accept the access token: look at HUBSPOT_ACCESS_TOKEN$/,
    20,
  ],
]

describe('a portal that is not set up', () => {
  it.each(SETUP_FAULTS)(
    '%s parks nobody, says how to mend it, and is got over',
    async (_, break_, mend, words, most) => {
      for (const isFirst of [true, false]) {
        const club = await open()
        const members = await enrolMany(club, 150)
        if (!isFirst) await club.flushAll()
        break_(club)
        if (!isFirst) await club.app.resyncContacts(members)
        club.double.calls.length = 0
        for (let flush = 0; flush < 60; flush++) await club.flush()
        expect(await parked(club)).toEqual([])
        expect(club.double.calls.length).toBeLessThanOrEqual(most)
        const { items } = await club.app.listOutbox({ limit: 1_000 })
        expect(items).toHaveLength(150)
        expect(new Set(items.flatMap(({ reason }) => reason ?? []).filter((reason) => !words.test(reason)))).toEqual(
          new Set(),
        )
        expect(items.some(({ reason }) => words.test(reason ?? ''))).toBe(true)
        mend(club)
        await club.flushAll()
        await expectInSync(club, members)
      }
    },
  )
})

/** The most calls that any ten seconds had, by the times noted. */
function busiest(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length))
}

describe('limits', () => {
  const timed = (club: Club): number[] => {
    const times: number[] = []
    const push = club.double.calls.push.bind(club.double.calls)
    club.double.calls.push = (...calls: Call[]) => {
      times.push(...calls.map(() => club.clock.now()))
      return push(...calls)
    }
    return times
  }

  it('never takes more than its share of ten seconds, and is never told off', { timeout: 60_000 }, async () => {
    const [count, share] = [sized(3_000, 600), sized(10, 3)]
    const { club, members } = await linked(count, { double: { limits: { windowCalls: 2 * share } } })
    club.clock.at += 60_000
    await give(club, members)
    const times = timed(club)
    await club.flushAll()
    expect(club.double.calls.length).toBe(count / 100)
    expect(busiest(times, 10_000)).toBeLessThanOrEqual(share)
    await expectInSync(club, members)
  })

  it('never takes more than its share of a day, and goes on the next', { timeout: 60_000 }, async () => {
    const { club, members } = await linked(200, { double: { limits: { daily: 24 } } })
    const times = timed(club)
    const start = club.clock.now()
    for (let round = 0; round < 6; round++) {
      await give(club, members)
      await club.flushAll()
    }
    const nextDay = (Math.floor(start / 86_400_000) + 1) * 86_400_000
    // Four calls linked them.
    expect(times.filter((at) => at < nextDay).length).toBeLessThanOrEqual(12 - 4)
    expect(club.double.calls.every(({ status }) => status === 200)).toBe(true)
    await expectInSync(club, members)
  })

  it('slows down when others used most of the day', async () => {
    const { club, members } = await linked(1, { double: { limits: { daily: 1_000 } } })
    club.double.useElsewhere(960)
    const start = club.clock.now()
    for (let round = 0; round < 5; round++) {
      await give(club, members)
      await club.flushAll()
    }
    // Some 40 left in half a day, half of them ours.
    expect(club.clock.now() - start).toBeGreaterThan(2 * 3_600_000)
    await expectInSync(club, members)
  })

  it('waits an hour at the most when the day is used up, and asks again', async () => {
    const { club, members } = await linked(1, { double: { limits: { daily: 100 } } })
    club.double.useElsewhere(1_000)
    await give(club, members)
    const start = club.clock.now()
    await club.flush()
    const [row] = (await club.app.listOutbox({ limit: 1 })).items
    expect(row?.state).toBe('waiting')
    expect((row?.dueAt ?? 0) - start).toBeLessThanOrEqual(3_600_000 + 2_000)
    await club.flushAll()
    await expectInSync(club, members)
  })
})

describe('a batch that has to wait', () => {
  it.each<Scripted>([{ kind: 'locked' }, { kind: 'status', status: 500 }])(
    'is put off in one write, its rows together (%j)',
    async (trouble) => {
      const { club, members } = await linked(100)
      await give(club, members)
      let writes = 0
      const { postpone } = club.store
      club.store.postpone = (rows) => {
        writes++
        return postpone(rows)
      }
      club.double.script(trouble)
      await club.flush()
      expect(writes).toBe(1)
      const { items } = await club.app.listOutbox({ limit: 100 })
      expect(new Set(items.map(({ dueAt }) => dueAt)).size).toBe(1)
      await club.flushAll()
      await expectInSync(club, members)
    },
  )

  it('comes back at another moment than others who failed with it', async () => {
    const waits = new Set<number>()
    for (const ms of [1, 17, 423]) {
      const { club, members } = await linked(1)
      await give(club, members)
      club.clock.at += ms
      club.double.script({ kind: 'status', status: 503 })
      await club.flush()
      const [row] = (await club.app.listOutbox({ limit: 1 })).items
      const waitMs = (row?.dueAt ?? 0) - club.clock.now()
      expect(waitMs).toBeGreaterThanOrEqual(1_000)
      expect(waitMs).toBeLessThanOrEqual(1_250)
      waits.add(waitMs)
    }
    expect(waits.size).toBeGreaterThan(1)
  })
})

describe('what happens while an answer is on its way', () => {
  const inFlight = async (club: Club, meanwhile: () => Promise<unknown>): Promise<void> => {
    club.double.script({ kind: 'slow', ms: 40, after: true })
    const flushing = club.flush()
    await new Promise((done) => setTimeout(done, 20))
    await meanwhile()
    await flushing
  }

  it('the member changes again', async () => {
    const { club, members } = await linked(3)
    await give(club, members)
    await inFlight(club, () => give(club, members.slice(0, 1), 3))
    await club.flushAll()
    await expectInSync(club, members)
  })

  it('all is to be written again, since somebody edited it', async () => {
    const { club, members } = await linked(2)
    await give(club, members)
    await inFlight(club, async () => {
      club.double.people.edit((await stateOf(club, first(members))).record ?? '', { loyalty_points: '1' })
      await club.app.resyncContacts(members)
    })
    await club.flushAll()
    await expectInSync(club, members)
  })

  it('the member is erased: nothing of them is left there', async () => {
    const { club, members } = await linked(2)
    await give(club, members)
    await inFlight(club, () => club.app.eraseMember(first(members), staff))
    await club.flushAll()
    await expectInSync(club, members.slice(1))
    const bearing = openContacts(club.double.portal).filter(({ properties }) => properties.loyalty_points !== undefined)
    expect(bearing.length).toBe(1)
  })

  it('another process flushes too', { timeout: 60_000 }, async () => {
    const club = await open()
    const other = await open({ beside: club })
    const members = await enrolMany(club, 250)
    for (let round = 0; round < 12; round++) {
      if (round === 6) await give(club, members)
      club.double.script({ kind: 'slow', ms: 10, after: true })
      await Promise.all([club.flush(), other.flush()])
    }
    await club.flushAll()
    await expectInSync(club, members)
    expect(openContacts(club.double.portal).length).toBe(250)
  })

  it('a contact was made and the answer lost: it is found, not made twice', async () => {
    const club = await open()
    const members = await enrolMany(club, 3)
    club.double.script({ kind: 'answer' }, { kind: 'broken', after: true })
    await club.flushAll()
    await expectInSync(club, members)
    expect(openContacts(club.double.portal).length).toBe(3)
  })

  it('somebody else makes the contact between looking and making', async () => {
    const club = await open()
    const members = await enrolMany(club, 3)
    club.double.script({ kind: 'slow', ms: 40, after: true })
    const flushing = club.flush()
    await new Promise((done) => setTimeout(done, 20))
    club.double.people.create({ email: 'm1@example.com' })
    await flushing
    await club.flushAll()
    await expectInSync(club, members)
  })
})

it('writes everything again under another prefix', async () => {
  const { club, members } = await linked(5)
  const renamed = await open({ beside: club, program: { hubspot: { prefix: 'club_' } } })
  provision(club.double.portal, renamed.program)
  await give(renamed, members)
  await renamed.flushAll()
  await expectInSync(renamed, members)
})
