// The pure parts of the simulation of several databases: where things go, what moves, what is counted, what is noted.
import { describe, expect, test } from 'vitest'
import { dollarsPerMillion, eventsPerSecond, membersWithin, yearsUntilFull } from '../../bench/partitions/carries.ts'
import { PLANS, type Step, strongest, tally } from '../../bench/partitions/placements.ts'
import { tieOf } from '../../bench/partitions/relations.ts'
import { byJump, byRemainder, byRendezvous, hottest, loadsOf, movedShare } from '../../bench/partitions/routing.ts'
import { emptyReach, noteRead, noteWrite } from '../support/reach.ts'

const keys = Array.from({ length: 5_000 }, (_, n) => `mem_${n.toString(36).padStart(10, '0')}`)

describe.each([
  ['remainder', byRemainder],
  ['jump', byJump],
  ['rendezvous', byRendezvous],
] as const)('routing by %s', (_name, route) => {
  test('says the same place for the same key, among those there are', () => {
    for (const key of keys.slice(0, 200)) {
      const place = route(key, 7)
      expect(place).toBe(route(key, 7))
      expect(Number.isInteger(place) && place >= 0 && place < 7).toBe(true)
    }
    expect(route('anything', 1)).toBe(0)
  })

  test('spreads keys evenly', () => {
    const loads = loadsOf(
      route,
      8,
      keys.map((key) => [key, 1] as const),
    )
    expect(loads.reduce((sum, load) => sum + load, 0)).toBe(keys.length)
    expect(hottest(loads)).toBeLessThan(1.15)
  })
})

describe('a database more', () => {
  test('takes its own share and no more by jump and rendezvous, and nobody moves between the old ones', () => {
    for (const route of [byJump, byRendezvous]) {
      expect(movedShare(route, keys, 9, 10)).toBeCloseTo(0.1, 1)
      for (const key of keys) if (route(key, 9) !== route(key, 10)) expect(route(key, 10)).toBe(9)
    }
  })

  test('moves nearly everybody by the remainder', () => {
    expect(movedShare(byRemainder, keys, 9, 10)).toBeGreaterThan(0.85)
    expect(movedShare(byRemainder, [], 9, 10)).toBe(0)
  })
})

test('the hottest of equal ones is as the mean, of a single busy one all of them', () => {
  expect(hottest([5, 5, 5])).toBe(1)
  expect(hottest([0, 8, 0, 0])).toBe(4)
  expect(hottest([0, 0])).toBe(1)
})

describe('units put on databases', () => {
  const [a = '', b = ''] = apart(4)
  const step = (over: Partial<Step>): Step => ({ names: [], members: [], joined: [], isEvent: true, ...over })

  test('are counted by how many they touch', () => {
    const steps = [
      step({}),
      step({ members: [a] }),
      step({ members: [a, b] }),
      step({ members: [a, b], isEvent: false }),
    ]
    const { events, touched } = tally(steps, PLANS.directory, 4)
    expect({ events, touched }).toEqual({ events: 3, touched: [1, 1, 1, 0] })
    expect(tally(steps, PLANS.directory, 1).touched).toEqual([1, 2, 0, 0])
  })

  test('touch one database once two have become one', () => {
    const steps = [
      step({ members: [a, b] }),
      step({ members: [a, b], joined: [a, b], isEvent: false }),
      step({ members: [a, b] }),
    ]
    for (const plan of [PLANS.directory, PLANS.object]) {
      const { touched, moved } = tally(steps, plan, 4)
      expect({ touched, moved }).toEqual({ touched: [0, 1, 1, 0], moved: 1 })
    }
  })

  test('come to the wrong one where a later name belongs elsewhere, unless there is a directory', () => {
    const [early = '', late = ''] = apart(4)
    const steps = [step({ names: [early], members: [a] }), step({ names: [late], members: [a] })]
    expect(tally(steps, PLANS.firstName, 4).forwarded).toBe(1)
    expect(tally(steps, PLANS.directory, 4).forwarded).toBe(0)
  })

  test('ask each shard once, however many names belong there', () => {
    const { names, asked } = tally([step({ names: [a, a, b] })], PLANS.directory, 4)
    expect({ names, asked }).toEqual({ names: 3, asked: 2 })
  })

  test('are led by the customer first, then by an address', () => {
    expect(strongest(['ch_1', 'email:a@example.org', 'cus_1'])).toBe('cus_1')
    expect(strongest(['ch_1', 'email:a@example.org'])).toBe('email:a@example.org')
    expect(strongest(['ch_1'])).toBe('ch_1')
    expect(strongest([])).toBeNull()
  })
})

/** Two keys that belong to different ones of so many places. */
function apart(places: number): string[] {
  const [first = ''] = keys
  const other = keys.find((key) => byRemainder(key, places) !== byRemainder(first, places))
  return [first, other ?? '']
}

describe('what one database carries', () => {
  const weights = { empty: 1_000, member: 2_000, purchase: 3_000 }

  test('is members with all their purchases, and years of them', () => {
    expect(membersWithin(weights, 1)).toBe(Math.floor((10e9 - 1_000) / 5_000))
    expect(yearsUntilFull(weights, 100_000, 4)).toBeCloseTo((10e9 - 1_000 - 2e8) / 1.2e9)
    expect(yearsUntilFull(weights, 10_000_000, 4)).toBe(0)
  })

  test('is fewer events a second the longer the way, and each row written has its price', () => {
    const one = { what: '', batches: 0.02, rowsRead: 0, rowsWritten: 10, isQueued: true }
    expect(eventsPerSecond(one, 100, 100)).toBeCloseTo(100 / 0.3)
    expect(eventsPerSecond(one, 0, 100)).toBe(1000)
    expect(dollarsPerMillion(one)).toBeCloseTo(10 + 1.2 + 0.3)
    expect(dollarsPerMillion({ ...one, isQueued: false })).toBeCloseTo(10.3)
  })
})

describe('what a statement reaches', () => {
  const reading = (sql: string, params: (string | number)[], rows: object[] = []) => {
    const reach = emptyReach('unit', 'a unit')
    noteRead(reach, { sql, params }, rows)
    return reach
  }

  test('is whoever is asked for, and whose rows are answered', () => {
    expect([...reading('SELECT * FROM lot WHERE member = ?', ['mem_1']).members]).toEqual(['mem_1'])
    expect([...reading('SELECT * FROM redemption WHERE id = ?', ['red_1'], [{ member: 'mem_2' }]).members]).toEqual([
      'mem_2',
    ])
    const listed = reading('SELECT * FROM member WHERE id IN (SELECT value FROM json_each(?))', ['["mem_1","mem_2"]'])
    expect([...listed.members]).toEqual(['mem_1', 'mem_2'])
  })

  test('is a question to everybody where nobody is named', () => {
    expect([...reading('SELECT * FROM alert WHERE state = ?', ['open']).sought]).toEqual(['alert by state'])
    expect([...reading('SELECT * FROM alert WHERE member = ?', ['mem_1']).sought]).toEqual([])
  })

  test('is names, and rows of the whole shop by their kind', () => {
    expect([...reading('SELECT name, target FROM name WHERE name IN (?, ?)', ['cus_1', 'pi_1']).names]).toEqual([
      'cus_1',
      'pi_1',
    ])
    expect([...reading('SELECT value FROM counter WHERE name = ?', ['stock:mug']).shared]).toEqual(['counter stock'])
  })

  test('is the owner of a row that is written, not who else stands in it', () => {
    const reach = emptyReach('unit', 'a unit')
    noteWrite(reach, {
      sql: 'INSERT INTO grant_given (member, subject, id) VALUES (?, ?, ?)',
      params: ['mem_1', 'mem_2', 'x'],
    })
    expect([...reach.written]).toEqual(['mem_1'])
    noteWrite(reach, {
      sql: 'UPDATE lot SET member = ? WHERE member = ? AND remaining > 0',
      params: ['mem_3', 'mem_4'],
    })
    expect([...reach.written]).toEqual(['mem_1', 'mem_3', 'mem_4'])
  })

  test('of two members is unknown unless something in the list ties them', () => {
    const reach = reading('SELECT * FROM member WHERE id IN (?, ?)', ['mem_1', 'mem_2'])
    expect(tieOf(reach)).toBe('names')
    noteRead(reach, { sql: 'SELECT * FROM lot WHERE member = ?', params: ['mem_1'] }, [])
    expect(tieOf(reach)).toBe('names')
    noteRead(reach, { sql: 'SELECT * FROM lot WHERE member = ?', params: ['mem_2'] }, [])
    expect(tieOf(reach)).toBe('unknown')
    expect(tieOf(reading('SELECT * FROM lot WHERE member = ?', ['mem_1']))).toBeNull()
  })
})
