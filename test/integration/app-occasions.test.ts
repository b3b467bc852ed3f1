// Birthdays and anniversaries, over years, with a clock that is turned.
import { afterEach, describe, expect, test } from 'vitest'
import type { ProgramInput } from '../../src/program/schema.ts'
import { ADA, type Club, DAY, openClub } from '../support/clubs.ts'
import { levels } from '../support/programs.ts'
import { memoryStore, staff } from '../support/world.ts'

const birthday = { id: 'birthday', on: 'birthday', points: 250 } as const
const anniversary = { id: 'anniversary', on: 'anniversary', points: 100 } as const
const NEW_YORK = 'America/New_York'
const START = Date.UTC(2026, 0, 10, 12)

let club: Club
afterEach(() => club.world.close())

const open = async (over: Partial<ProgramInput> = {}, now = START) => {
  club = await openClub({ earning: [birthday], ...over }, now)
}
const patch = (written: string | null) => club.world.app.updateMember(ADA, { birthday: written }, staff)
const days = async (ref?: string) =>
  (await club.awards(ref)).map(({ at, rule }) => `${at.slice(0, 10)} ${rule}`).reverse()

describe('a birthday', () => {
  test('is given at its first midnight in the program’s zone, once a year, and the entry names it', async () => {
    await open({ timezone: NEW_YORK })
    await club.enrol({ birthday: '1990-03-14' })
    // Clocks went forward on the 8th: midnight is at four, UTC.
    await club.goTo(Date.UTC(2026, 2, 14, 3, 59, 59))
    expect(await club.points()).toMatchObject({ available: 0 })
    await club.goTo(Date.UTC(2026, 2, 14, 4))
    expect(await club.points()).toMatchObject({ available: 250 })
    expect(await club.sentences()).toEqual(['Birthday: 250 points'])
    expect(await club.awards()).toMatchObject([
      { occasion: 'birthday', rule: 'birthday', subject: '2026', points: 250 },
    ])
    for (let day = 15; day < 400; day += 5) await club.goTo(Date.UTC(2026, 2, day))
    expect(await days()).toEqual(['2026-03-14 birthday', '2027-03-14 birthday'])
    await club.isSound()
  })

  test.each([
    ['--02-29', 'Africa/Addis_Ababa', ['2026-02-27', '2027-02-27', '2028-02-28', '2029-02-27']],
    ['--01-01', 'Pacific/Apia', ['2026-12-31', '2027-12-31', '2028-12-31']],
    ['--02-29', 'Pacific/Pago_Pago', ['2026-02-28', '2027-02-28', '2028-02-29', '2029-02-28']],
    ['1996-02-29', 'Pacific/Kiritimati', ['2026-02-27', '2027-02-27', '2028-02-28', '2029-02-27']],
    ['--02-29', 'America/St_Johns', ['2026-02-28', '2027-02-28', '2028-02-29', '2029-02-28']],
    ['--12-31', 'Asia/Baku', ['2026-12-30', '2027-12-30', '2028-12-30']],
    ['--07-07', 'Africa/Nairobi', ['2026-07-06', '2027-07-06', '2028-07-06', '2029-07-06']],
  ])('%s in %s comes every year', async (written, timezone, expected) => {
    await open({ timezone })
    await club.enrol({ birthday: written })
    for (let month = 2; month < 48; month++) await club.goTo(Date.UTC(2026, month, 1))
    expect((await club.awards()).map(({ at }) => at.slice(0, 10)).reverse()).toEqual(expected)
    await club.isSound()
  })

  test('in a year to come is refused: invalid_request', async () => {
    await open({ timezone: NEW_YORK })
    await club.enrol({})
    // Midnight UTC is still the evening before in New York.
    await club.goTo(Date.UTC(2026, 2, 14))
    const refusal = { ok: false, code: 'invalid_request', message: 'birthday must not lie in the future' }
    expect(await patch('2026-03-14')).toEqual(refusal)
    expect(await patch('2026-03-13')).toMatchObject({ ok: true })
    expect(await patch('--12-31')).toMatchObject({ ok: true })
    const born = { email: 'selam@example.org', name: 'ሰላም', birthday: '2090-01-01' }
    expect(await club.world.app.enrolMember(born, staff, null)).toEqual(refusal)
  })

  test('is late where nobody was there to give it, by thirty days and not more', async () => {
    await open()
    await club.enrol({ birthday: '--03-14' })
    await club.enrol({ email: 'bo@example.org', birthday: '--03-13' })
    await club.goTo(Date.UTC(2026, 3, 13, 23))
    expect(await days()).toEqual(['2026-03-14 birthday'])
    expect(await days('email:bo@example.org')).toEqual([])
    // Its points are a month old.
    expect((await club.awards())[0]).toMatchObject({
      at: '2026-03-14T00:00:00.000Z',
      recordedAt: '2026-04-13T23:00:00.000Z',
    })
  })

  test('entered on the day is given at once, and so is one of the last days', async () => {
    await open()
    await club.enrol()
    expect(await patch('--01-10')).toMatchObject({
      ok: true,
      value: { points: { available: 250 }, birthday: '--01-10' },
    })
    await club.isSound()
  })

  test('before the day of joining is not made up for', async () => {
    await open()
    await club.enrol({ birthday: '--01-09' })
    expect(await days()).toEqual([])
    await club.enrol({ email: 'bo@example.org', birthday: '--01-10' })
    expect(await days('email:bo@example.org')).toEqual(['2026-01-10 birthday'])
  })

  test('that is changed gives nothing twice within twelve months', async () => {
    await open()
    await club.enrol({ birthday: '--03-14' })
    await club.goTo(Date.UTC(2026, 2, 14))
    for (let day = 15; day < 340; day += 6) {
      await club.goTo(Date.UTC(2026, 2, day))
      await patch(new Date(Date.UTC(2026, 2, day)).toISOString().slice(0, 10))
    }
    expect(await days()).toEqual(['2026-03-14 birthday'])
    await patch(null)
    await patch('--03-10')
    // On the 10th the year is not over yet; it comes when it is.
    await club.goTo(Date.UTC(2027, 2, 13, 23))
    expect(await days()).toEqual(['2026-03-14 birthday'])
    await club.goTo(Date.UTC(2027, 2, 14))
    expect(await days()).toEqual(['2026-03-14 birthday', '2027-03-14 birthday'])
    await club.isSound()
  })

  test('is not given to who left, and to who comes back only from then on', async () => {
    await open()
    await club.enrol({ birthday: '--03-14' })
    await club.world.app.updateMember(ADA, { status: 'left' }, staff)
    await club.goTo(Date.UTC(2026, 5, 1))
    await club.world.app.updateMember(ADA, { status: 'active' }, staff)
    expect(await days()).toEqual([])
    await club.goTo(Date.UTC(2027, 2, 14))
    expect(await days()).toEqual(['2027-03-14 birthday'])
  })

  test('has a rule for each tier, by the tier held on the day; what is reached later changes nothing', async () => {
    await open({
      earning: [
        { id: 'purchase', on: 'purchase' },
        { ...birthday, id: 'club', points: 5, when: { tiers: ['club'] } },
        { ...birthday, id: 'gold', points: 500, when: { tiers: ['gold'] } },
      ],
      tiers: { levels: levels(['club', 0], ['gold', 100]) },
    })
    await club.enrol({ birthday: '--03-14' })
    await club.goTo(Date.UTC(2026, 2, 14))
    await club.buy({ at: Date.UTC(2026, 2, 14, 1), amount: 20_000 })
    await club.goTo(Date.UTC(2026, 2, 20))
    expect(await days()).toEqual(['2026-03-14 club'])
    await club.goTo(Date.UTC(2027, 2, 14))
    expect(await days()).toEqual(['2026-03-14 club', '2027-03-14 gold'])
    await club.isSound()
  })

  test('shares a limit of points with other rules', async () => {
    await open({
      earning: [birthday, { id: 'review', on: 'action', action: 'review', points: 200 }],
      limits: [{ id: 'extras', rules: ['birthday', 'review'], points: 300, per: 'year' }],
    })
    await club.enrol({ birthday: '--03-14' })
    await club.world.app.recordAction(ADA, { action: 'review' }, staff, null)
    await club.goTo(Date.UTC(2026, 2, 14))
    expect(await club.sentences()).toEqual([
      'Review: 200 points',
      'Birthday: 100 points. Extras bring at most 300 points a year, again from Jan 1, 2027',
    ])
  })

  test('is not kept for the time before the program had it', async () => {
    const store = await memoryStore()
    const before = await openClub({}, START, store)
    await before.enrol({ birthday: '--03-14' })
    await before.enrol({ email: 'bo@example.org', birthday: '--03-20' })
    await before.goTo(Date.UTC(2026, 2, 18))
    club = await openClub({ earning: [birthday] }, Date.UTC(2026, 2, 18), store)
    await club.goTo(Date.UTC(2026, 2, 25))
    expect(await days()).toEqual([])
    expect(await days('email:bo@example.org')).toEqual(['2026-03-20 birthday'])
    // Another program that keeps it too: a gift that nobody was there to give is made up for.
    await club.goTo(Date.UTC(2027, 2, 13))
    club = await openClub({ earning: [{ ...birthday, points: 300 }] }, Date.UTC(2027, 2, 30), store)
    await club.goTo(Date.UTC(2027, 2, 30))
    expect(await days()).toEqual(['2027-03-14 birthday'])
    expect(await days('email:bo@example.org')).toEqual(['2026-03-20 birthday', '2027-03-20 birthday'])
    await club.isSound()
  })
})

describe('an anniversary', () => {
  test('comes a year after joining and then every year, not on the day of joining', async () => {
    await open({ earning: [anniversary], timezone: NEW_YORK }, Date.UTC(2028, 1, 29, 12))
    await club.enrol()
    expect(await days()).toEqual([])
    for (let month = 3; month < 40; month++) await club.goTo(Date.UTC(2028, month, 1, 12))
    expect(await days()).toEqual(['2029-02-28 anniversary', '2030-02-28 anniversary', '2031-02-28 anniversary'])
    expect(await club.sentences()).toContain('Anniversary of joining: 100 points')
    await club.isSound()
  })

  test('moves with the day of joining, and still comes once a year', async () => {
    await open({ earning: [anniversary, { id: 'purchase', on: 'purchase' }] })
    await club.buy({ at: START })
    await club.goTo(Date.UTC(2027, 0, 10))
    expect(await days()).toEqual(['2027-01-10 anniversary'])
    await club.buy({ at: START - 20 * DAY })
    for (let month = 1; month < 26; month++) await club.goTo(Date.UTC(2027, month, 1))
    // 21 December 2027 is not a year after the last, and neither is that of 2028.
    expect(await days()).toEqual(['2027-01-10 anniversary', '2028-01-10 anniversary', '2029-01-10 anniversary'])
    await club.isSound()
  })

  test('of former years is not made up for when history is read', async () => {
    await open({ earning: [anniversary, { id: 'purchase', on: 'purchase' }] })
    await club.buy({ at: START - 800 * DAY })
    expect(await days()).toEqual([])
  })
})

test('of two records of one person it is given once: the one that was chosen from', async () => {
  const choice: NonNullable<ProgramInput['earning']> = [
    { id: 'birthday', on: 'birthday', award: { choose: [{ points: 250 }, { points: 100 }] } },
    { id: 'anniversary', on: 'anniversary', points: 10 },
  ]
  await open({ earning: choice }, Date.UTC(2026, 0, 5, 12))
  const bo = 'email:bo@example.org'
  await club.enrol({ birthday: '--02-29' })
  await club.enrol({ email: 'bo@example.org', birthday: '1996-02-29' })
  await club.goTo(Date.UTC(2027, 0, 6, 12))
  await club.goTo(Date.UTC(2027, 1, 28, 12))
  const offered = (await club.awards(bo)).find(({ occasion }) => occasion === 'birthday')
  await club.world.app.chooseAward(bo, offered?.id ?? '', 1, staff, null)
  expect((await club.points(bo)).available).toBe(110)
  await club.world.app.mergeMembers(bo, ADA, staff, null)
  expect((await club.points()).available).toBe(110)
  const standing = (await club.awards()).filter(({ state }) => state !== 'withdrawn')
  expect(standing.map(({ occasion, state }) => [occasion, state])).toEqual([
    ['birthday', 'given'],
    ['anniversary', 'given'],
  ])
  expect(await club.sentences()).toContain('10 points taken back: the same person was given it before')
  await club.goTo(Date.UTC(2028, 1, 29, 12))
  expect(
    (await club.awards()).filter(({ occasion, state }) => occasion === 'birthday' && state === 'open'),
  ).toHaveLength(1)
  await club.isSound()
})
