// The night's look at HubSpot's contacts: who changed by time alone, and what somebody edited by hand.
import { describe, expect, test } from 'vitest'
import type { Logger } from '../../src/app/ports.ts'
import { createHubspotNight, HUBSPOT_NIGHT } from '../../src/compose/hubspot-night.ts'
import {
  type Club,
  type ClubOptions,
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
import { stripePayment } from '../support/stripe-events.ts'

const hubspot = startHubspot()
const { linked, open } = useClubs(hubspot)
const DAY = 86_400_000
const HOUR = 3_600_000
/** Four in the morning, in the program's zone. */
const FIRST_NIGHT = Date.UTC(2026, 10, 23, 4)
const KIND = 'hubspot.contact'

interface Line {
  level: string
  message: string
  fields: Record<string, unknown>
}

function watch(club: Club, token: string | null = TOKEN, isBusy: () => boolean = () => false) {
  const lines: Line[] = []
  const note =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, message, fields })
  const logger: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const config = { hubspot: { accessToken: token, clientSecret: null, apiUrl: HUBSPOT_URL } }
  const rests: number[] = []
  const rest = async (ms: number) => {
    club.clock.at += ms
    rests.push(ms)
  }
  const app = { ...club.app }
  const open = () => createHubspotNight({ config, app, clock: club.clock, logger, rest, isBusy })
  const round = open()
  return {
    app,
    lines,
    rests,
    /** Another process takes over. */
    open,
    round: (isStopped: () => boolean = () => false) => round(isStopped),
    queued: async () =>
      (await club.store.dueEffects({ kinds: [KIND], now: Number.MAX_SAFE_INTEGER, limit: 10_000 })).map(
        ({ key }) => key,
      ),
    standing: async () => JSON.parse((await club.app.getSetting(HUBSPOT_NIGHT)) ?? 'null'),
    /** A week of nights, with what they queue written. */
    week: async () => {
      for (let night = 0; night < 7; night++) {
        club.clock.at = FIRST_NIGHT + night * DAY
        await round(() => false)
        await club.flushAll()
      }
    },
  }
}

const BY_TIME: Partial<ClubOptions> = {
  program: {
    campaigns: [{ id: 'quiet', name: 'Quiet', multiplier: 2, announced: false, from: '2026-12-01', to: '2026-12-05' }],
  },
}

const edit = async (club: Club, member: string, properties: Record<string, string>): Promise<string> => {
  const record = (await stateOf(club, member)).record ?? ''
  club.double.people.edit(record, properties)
  return record
}

describe('members who changed by time alone', () => {
  test('are queued the night after, exactly those, and nobody else costs a call', async () => {
    const { club, members } = await linked(12, BY_TIME)
    const night = watch(club)
    club.clock.at = FIRST_NIGHT
    await night.round()
    expect(await night.queued()).toEqual([])
    expect(club.double.callsTo('/batch/update')).toEqual([])
    // The campaign's window opens: it is in everybody's offers, though nothing happened to anybody.
    club.clock.at = Date.UTC(2026, 11, 1, 4)
    await night.round()
    expect((await night.queued()).sort()).toEqual([...members].sort())
    await club.flushAll()
    expect(club.double.callsTo('/batch/update')).toHaveLength(1)
    await expectInSync(club, members)
    expect(loyaltyOf(club, Object.values(club.double.portal.contacts)[0]).loyalty_offers).toBe('quiet')
    // And closes.
    club.clock.at = Date.UTC(2026, 11, 6, 4)
    await night.round()
    await club.flushAll()
    await expectInSync(club, members)
    expect(loyaltyOf(club, Object.values(club.double.portal.contacts)[0]).loyalty_offers).toBeUndefined()
  })

  test('spend of a year ago decays for whoever bought then, and is queued for them alone', async () => {
    const { club, members } = await linked(5)
    await club.deliver(
      stripePayment({ email: 'm2@example.com', amount: 5_000, at: Date.UTC(2026, 10, 22, 11) }).charge(),
    )
    await club.flushAll()
    const night = watch(club)
    club.clock.at = Date.UTC(2027, 10, 24, 4)
    await night.round()
    expect(await night.queued()).toEqual([members[2]])
    await club.flushAll()
    await expectInSync(club, members)
  })

  test('those whom HubSpot refuses are left alone until they change', async () => {
    const { club, members } = await linked(4, BY_TIME)
    const refused = first(members)
    const { record } = await stateOf(club, refused)
    await club.app.noteContacts([{ member: refused, did: 'refused', record, reason: 'No.' }])
    const night = watch(club)
    club.clock.at = Date.UTC(2026, 11, 1, 4)
    await night.round()
    expect((await night.queued()).sort()).toEqual(members.slice(1).sort())
  })
})

describe('what somebody edited by hand', () => {
  test('is put right within seven nights, each contact read once, and told by counts', async () => {
    const { club, members } = await linked(150)
    const night = watch(club)
    const edited = members.filter((_, n) => n % 10 === 0)
    for (const member of edited) await edit(club, member, { loyalty_points: '1000000', loyalty_status: 'left' })
    // Something where nothing should be.
    await edit(club, first(edited), { loyalty_segment: 'champions', loyalty_points_expire_on: '2030-01-01' })
    await night.week()
    await expectInSync(club, members)
    const told = night.lines.filter(({ level }) => level === 'info').map(({ fields }) => fields)
    const sum = (name: string) => told.reduce((all, fields) => all + Number(fields[name]), 0)
    expect([sum('compared'), sum('edited'), sum('gone'), sum('queued')]).toEqual([150, 15, 0, 0])
    const reads = club.double.callsTo('/batch/read')
    expect(reads.reduce((all, { inputs }) => all + inputs, 0)).toBe(150)
    expect(reads).toHaveLength(7)
    expect(JSON.stringify(night.lines)).not.toMatch(/@|m\d+/)
  })

  test('is left alone where HubSpot only writes the same in another way', async () => {
    const { club, members } = await linked(20)
    const night = watch(club)
    for (const member of members) await edit(club, member, { loyalty_points: '0.0' })
    await night.week()
    expect(club.double.callsTo('/batch/update')).toEqual([])
  })

  test('a contact that is gone, of which nobody told us, is made anew', async () => {
    const { club, members } = await linked(3)
    for (const member of members) club.double.people.archive((await stateOf(club, member)).record ?? '')
    const night = watch(club)
    await night.week()
    await expectInSync(club, members)
  })
})

describe('a night', () => {
  test('runs once a day, from three o’clock on, and not without a token', async () => {
    const { club } = await linked(3)
    const [night, without] = [watch(club), watch(club, null)]
    club.clock.at = FIRST_NIGHT - 2 * HOUR
    await night.round()
    await without.round()
    expect(await night.standing()).toBeNull()
    club.clock.at = FIRST_NIGHT
    await night.round()
    await night.round()
    await night.open()(() => false)
    expect(night.lines.filter(({ level }) => level === 'info')).toHaveLength(1)
    club.clock.at = FIRST_NIGHT + DAY
    await night.round()
    expect(night.lines.filter(({ level }) => level === 'info')).toHaveLength(2)
  })

  test('that is broken off goes on where it was, in another process, and reads nobody twice', async () => {
    const { club } = await linked(120)
    const night = watch(club)
    club.clock.at = FIRST_NIGHT
    let slices = 0
    await night.round(() => slices++ > 0)
    const standing = await night.standing()
    expect(standing).toMatchObject({ isDone: false })
    expect(standing.after).toBeGreaterThan(0)
    club.clock.at += 10 * HOUR
    await night.open()(() => false)
    expect(await night.standing()).toMatchObject({
      isDone: true,
      compared: club.double.callsTo('/batch/read').reduce((all, { inputs }) => all + inputs, 0),
    })
  })

  test('is one process’s work at a time, and of one of two rounds in that', async () => {
    const { club } = await linked(120)
    const beside = await open({ beside: club })
    const [one, other] = [watch(club), watch(beside)]
    club.clock.at = beside.clock.at = FIRST_NIGHT
    await Promise.all([one.round(), one.round(), other.round(), other.round()])
    const done = [...one.lines, ...other.lines].filter(({ level }) => level === 'info')
    expect(done).toHaveLength(1)
    const { compared } = await one.standing()
    expect(compared).toBeGreaterThan(0)
    expect(club.double.callsTo('/batch/read').reduce((all, { inputs }) => all + inputs, 0)).toBe(compared)
    // Whoever was not let in finds nothing left.
    await other.round()
    expect([...one.lines, ...other.lines].filter(({ level }) => level === 'info')).toHaveLength(1)
  })

  test('that HubSpot will not be read in still queues whoever changed, and says that it could not read', async () => {
    const { club, members } = await linked(60, BY_TIME)
    const night = watch(club)
    club.clock.at = Date.UTC(2026, 11, 1, 4)
    club.double.script({ kind: 'limit', policy: 'DAILY' })
    await night.round()
    expect(await night.queued()).toHaveLength(members.length)
    expect(night.lines).toMatchObject([{ level: 'warn', fields: { compared: 0, queued: 60 } }])
    expect(await night.standing()).toMatchObject({ isDone: true, isBlind: true })
  })

  test('waits out a limit of ten seconds and a failure, and reads all of its contacts', async () => {
    const { club, members } = await linked(60)
    const night = watch(club)
    club.double.script(
      { kind: 'limit', policy: 'TEN_SECONDLY_ROLLING', retryAfterS: 3 },
      { kind: 'status', status: 502 },
    )
    await night.week()
    expect(night.lines.map(({ level }) => level)).toEqual(Array.from({ length: 7 }, () => 'info'))
    expect(night.lines.reduce((all, { fields }) => all + Number(fields.compared), 0)).toBe(members.length)
  })

  test('takes nothing for edited that was written while it was read', async () => {
    const { club, members } = await linked(70)
    const night = watch(club)
    const asked = club.app.contactsOf
    let times = 0
    night.app.contactsOf = async (ids) => {
      const states = await asked(ids)
      // Between what we know and what is read, all of them are written anew.
      if (times++ === 0) {
        await give(club, members, 3)
        await club.flushAll()
      }
      return states
    }
    club.clock.at = FIRST_NIGHT
    await night.round()
    expect(times).toBeGreaterThan(1)
    expect(night.lines).toMatchObject([{ fields: { edited: 0 } }])
    expect(await night.queued()).toEqual([])
  })

  test('gives way to a rush between any two slices', async () => {
    const { club } = await linked(60)
    let isBusy = true
    const night = watch(club, TOKEN, () => isBusy)
    club.clock.at = FIRST_NIGHT
    await night.round()
    expect(night.rests).toEqual([2_000, 2_000])
    isBusy = false
    club.clock.at = FIRST_NIGHT + DAY
    await night.round()
    expect(night.rests).toHaveLength(4)
    expect(Math.max(...night.rests.slice(2))).toBeLessThan(2_000)
  })

  test('that fails again and again at one place is given up until tomorrow', async () => {
    const { club } = await linked(2)
    const night = watch(club)
    night.app.contactsAfter = async () => {
      throw new Error('a bug')
    }
    club.clock.at = FIRST_NIGHT
    for (let round = 0; round < 3; round++) await expect(night.round()).rejects.toThrow('a bug')
    await night.round()
    await night.round()
    expect(night.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
    club.clock.at = FIRST_NIGHT + DAY
    await expect(night.round()).rejects.toThrow('a bug')
  })
})
