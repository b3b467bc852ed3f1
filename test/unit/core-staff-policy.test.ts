// Who of the merchant's people may do what, and how much they may give away.
import { describe, expect, it } from 'vitest'
import {
  judgeGiving,
  mayApprove,
  mayDo,
  type Staff,
  type StaffTask,
  staffDay,
  standingOf,
} from '../../src/core/staff-policy.ts'
import { makeProgram } from '../support/programs.ts'

const section = makeProgram({
  staff: {
    admin: ['slack:U0ADMIN'],
    approver: ['hubspot:Eva@Example.org', 'slack:S0LEADS'],
    issuer: ['slack:U0ISSUER', 'api:pos', 'slack:S0DESK'],
    viewer: ['*'],
    approvalAbovePoints: 1_000,
    dailyLimitPoints: 5_000,
  },
}).staff
const empty = makeProgram({ staff: { viewer: [] } }).staff
const TASKS: StaffTask[] = ['view', 'issue', 'approve', 'administer']
const tasksOf = (staff: Staff, of = section) => TASKS.filter((task) => mayDo(of, staff, task))

describe('roles', () => {
  it.each<[string, Staff, StaffTask[]]>([
    ['an admin may do everything', { actor: 'slack:U0ADMIN' }, TASKS],
    ['an issuer may look and issue', { actor: 'slack:U0ISSUER' }, ['view', 'issue']],
    [
      'an approver approves, whatever the case of the address',
      { actor: 'hubspot:EVA@example.org' },
      ['view', 'approve'],
    ],
    ['everyone on the team may look', { actor: 'slack:U0ANYONE' }, ['view']],
    [
      'a group counts for who is in it',
      { actor: 'slack:U0ANYONE', groups: ['slack:S0LEADS', 'slack:S0DESK'] },
      ['view', 'issue', 'approve'],
    ],
    ['a guest never', { actor: 'slack:U0ADMIN', isOutsider: true }, []],
    ['a listed key is held to its roles', { actor: 'api:pos' }, ['view', 'issue']],
    ['an unlisted key acts by its scope', { actor: 'api:other' }, TASKS],
    ['the command line is the operator’s', { actor: 'cli' }, TASKS],
    ['somebody called like a role is nobody', { actor: 'slack:admin' }, ['view']],
  ])('%s', (_, staff, tasks) => {
    expect(tasksOf(staff)).toEqual(tasks)
  })
  it('that are empty mean nobody', () => {
    expect(tasksOf({ actor: 'slack:U0ADMIN' }, empty)).toEqual([])
    expect(tasksOf({ actor: 'hubspot:eva@example.org' }, empty)).toEqual([])
  })
  it('for everyone are for people, not for keys', () => {
    const open = makeProgram({ staff: { issuer: ['*'], viewer: ['api:reports'] } }).staff
    expect(tasksOf({ actor: 'slack:U0ANYONE' }, open)).toEqual(['view', 'issue'])
    expect(tasksOf({ actor: 'api:reports' }, open)).toEqual(['view'])
  })
  it('tell people from keys and from the system', () => {
    expect(
      ['slack:U1', 'hubspot:a@b.c', 'api:pos', 'api:other', 'cli', 'clock', 'stripe'].map((actor) =>
        standingOf(section, { actor }),
      ),
    ).toEqual(['person', 'person', 'key', 'free', 'free', 'free', 'free'])
  })
})

describe('giving away', () => {
  const judge = (actor: string, points: number, givenToday = 0, canWait = true) =>
    judgeGiving(section, { actor }, { points, givenToday, canWait })
  it('is counted up to what one may give alone, and needs somebody else above', () => {
    expect(judge('slack:U0ISSUER', 1_000)).toEqual({ verdict: 'counted' })
    expect(judge('slack:U0ISSUER', 1_001)).toEqual({ verdict: 'approval' })
    expect(judge('slack:U0ADMIN', 1_001)).toEqual({ verdict: 'approval' })
  })
  it('that cannot wait is refused above', () => {
    expect(judge('slack:U0ISSUER', 1_001, 0, false)).toEqual({ verdict: 'refused', because: 'amount', most: 1_000 })
    expect(judge('api:pos', 1_001)).toEqual({ verdict: 'refused', because: 'amount', most: 1_000 })
  })
  it('ends with the day’s limit', () => {
    expect(judge('slack:U0ISSUER', 900, 4_100)).toEqual({ verdict: 'counted' })
    expect(judge('slack:U0ISSUER', 901, 4_100)).toEqual({ verdict: 'refused', because: 'day', left: 900 })
    expect(judge('api:pos', 1, 6_000)).toEqual({ verdict: 'refused', because: 'day', left: 0 })
  })
  it('by an unlisted key or the system is free', () => {
    for (const actor of ['api:other', 'cli:import']) expect(judge(actor, 1e9, 1e9)).toEqual({ verdict: 'free' })
  })
  it('counts in the local day', () => {
    const late = Date.UTC(2026, 10, 22, 23, 30)
    expect(staffDay('slack:U1', late, 'UTC')).toBe('staff:slack:U1:2026-11-22')
    expect(staffDay('slack:U1', late, 'Asia/Yerevan')).toBe('staff:slack:U1:2026-11-23')
  })
  it('counts in one day however an address is written', () => {
    expect(staffDay('hubspot:Eva@Example.org', 0, 'UTC')).toBe(staffDay('hubspot:eva@example.org', 0, 'UTC'))
  })
})

describe('approving', () => {
  it('is for approvers, and never for who asked', () => {
    const eva = { actor: 'hubspot:eva@example.org' }
    expect(mayApprove(section, eva, 'slack:U0ISSUER')).toBe(true)
    expect(mayApprove(section, eva, 'hubspot:Eva@example.org')).toBe(false)
    expect(mayApprove(section, { actor: 'slack:U0ADMIN' }, 'slack:U0ADMIN')).toBe(false)
    expect(mayApprove(section, { actor: 'slack:U0ISSUER' }, 'slack:U0ADMIN')).toBe(false)
  })
})
