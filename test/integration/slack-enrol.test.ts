// Members enrolled in Slack, and what they did noted there.
import { describe, expect, test } from 'vitest'
import { startSlack } from '../support/slack.ts'
import { available, createRewardShop, inFront, lines } from '../support/slack-shop.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const shop = (options: Parameters<typeof createRewardShop>[1] = {}) => createRewardShop(slack, options)

describe('/loyalty enrol', () => {
  test('makes a member of what is entered, and has the welcome in their language', async () => {
    const desk = await shop({ program: { enrolment: { award: { points: 100 } } } })
    await desk.command('sam', '/loyalty enrol abebe@example.org አበበ ቢቂላ')
    expect(inFront(desk)).toContain('E-mail: [ abebe@example.org ]')
    expect(inFront(desk)).toContain('Name: [ አበበ ቢቂላ ]')
    await desk.submit('sam', { phone: '+251 911 000000', birthday: '12-10', language: 'am' })
    expect(lines(inFront(desk)).slice(1, 3)).toEqual(['*አበበ ቢቂላ* is a member now: 100 points.', 'To copy for አበበ ቢቂላ:'])
    expect(inFront(desk)).toContain('እንኳን ደህና መጡ')
    expect(await desk.member('abebe@example.org')).toMatchObject({
      name: 'አበበ ቢቂላ',
      phone: '+251 911 000000',
      birthday: '--12-10',
      language: 'am',
      status: 'active',
    })
  })

  test.each([
    ['10.12.1990', '1990-12-10'],
    ['1990/12/10', '1990-12-10'],
    ['--02-29', '--02-29'],
  ])('takes a birthday written %s', async (birthday, kept) => {
    const desk = await shop()
    await desk.command('sam', '/loyalty enrol bo@example.org')
    await desk.submit('sam', { birthday })
    expect((await desk.member('bo')).birthday).toBe(kept)
  })

  test('says beside each field what is wrong with it', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty enrol')
    const sent = await desk.submit('sam', { email: 'bo at example', birthday: '31.2.1990', name: 'x'.repeat(200) })
    expect(sent.errors).toEqual({
      email: 'Write an e-mail address, such as ada@example.org.',
      birthday: 'Write a date such as 1990-12-10, or 12-10 where the year is not known.',
    })
  })

  test('says beside the field what only the program knows', async () => {
    const desk = await shop({ program: { referral: { referrer: { points: 500 }, friend: { points: 200 } } } })
    await desk.command('sam', '/loyalty enrol bo@example.org')
    expect((await desk.submit('sam', { birthday: '2030-01-01' })).errors).toEqual({
      birthday: 'This day is still to come.',
    })
    expect((await desk.submit('sam', { birthday: '', referredBy: 'NOBODY' })).errors).toEqual({
      referredBy: 'No member has this code.',
    })
    const { referralCode } = await desk.member('ada')
    expect((await desk.submit('sam', { referredBy: referralCode.toLowerCase() })).errors).toBeNull()
    expect(inFront(desk)).toContain('*bo@example.org* is a member now')
  })

  test('of somebody who is a member shows them, before the window and after it', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty enrol Ada@Example.org')
    expect(lines(desk.reads('sam'))[0]).toBe('*Ada* is a member already.')
    expect(desk.reads('sam')).toContain('ada@example.org')
    expect(desk.reads('sam')).toContain('[ Issue reward ]')
    await desk.command('sam', '/loyalty enrol')
    await desk.submit('sam', { email: 'ADA@example.org' })
    expect(inFront(desk)).toContain('*Ada* is a member already.')
    await desk.press('sam', 'Issue reward')
    expect(inFront(desk)).toContain('*Ada* has 1,240 points.')
  })

  test('of somebody who bought before has what is known of them, and credits nothing twice', async () => {
    const desk = await shop({ program: { enrolment: { automatic: false, creditPastDays: 30 } } })
    await desk.buys('guest@example.org', 20)
    await desk.command('sam', '/loyalty enrol guest@example.org Guest')
    await desk.submit('sam', {})
    expect(inFront(desk)).toContain('*Guest* is a member now: 20 points.')
    await desk.command('sam', '/loyalty enrol guest@example.org')
    expect(desk.reads('sam')).toContain('*Guest* is a member already.')
  })

  test('takes no markup for what it is not', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty enrol bo@example.org <!channel> <https://evil.test|win> *x*')
    await desk.submit('sam', {})
    expect(desk.window('sam')?.live).toEqual([])
    expect(inFront(desk)).toContain('is a member now')
  })
})

describe('/loyalty action', () => {
  const program = {
    earning: [
      { id: 'purchase', on: 'purchase' },
      { id: 'review', on: 'action', action: 'review', points: 50, limit: { times: 1, per: 'month' } },
      { id: 'birthday', on: 'birthday', award: { choose: [{ points: 250 }, { reward: 'tote' }] } },
    ],
  } as const
  const acting = (over: Parameters<typeof createRewardShop>[1] = {}) => shop({ program: program as never, ...over })

  test('notes what is named at once, and says what it brought', async () => {
    const desk = await acting()
    await desk.command('sam', '/loyalty action ada@example.org review')
    expect(lines(desk.reads('sam'))).toEqual(['*Review: 50 points.* Ada has 1,290 points now.', '[ Note another ]'])
  })

  test('asks whose it is where the action alone is named', async () => {
    const desk = await acting()
    await desk.command('sam', '/loyalty action review')
    expect(inFront(desk)).toContain('Who is it?')
    expect(inFront(desk)).toContain('What did they do?: [ Review · 50 points ▾')
  })

  test('offers what the program knows, with what it brings', async () => {
    const desk = await acting()
    await desk.command('sam', '/loyalty action ada')
    expect(inFront(desk)).toContain('What did they do?: [ Choose ▾ Review · 50 points / Feedback ]')
  })

  test('beyond the limit says so, in words for them', async () => {
    const desk = await acting()
    await desk.command('sam', '/loyalty action ada@example.org review')
    await desk.command('sam', '/loyalty action ada@example.org review')
    expect(lines(inFront(desk))[1]).toMatch(/^They have had this as often as they may for now\. .+\.$/)
    expect(await available(desk)).toBe(1_290)
  })

  test('of what nobody knows says what there is', async () => {
    const desk = await acting()
    await desk.command('sam', '/loyalty action ada@example.org juggling')
    expect(inFront(desk)).toContain('There is nothing called “juggling” to be noted. Choose one.')
  })

  test('takes feedback with a score and what was said', async () => {
    const desk = await acting()
    await desk.command('sam', '/loyalty action ada')
    await desk.press('sam', 'action.pick', undefined, { selectedOption: 'feedback' })
    expect(inFront(desk)).toContain('What did they give?: [ Choose ▾ 10 of 10')
    await desk.submit('sam', { score: 'score:3', said: 'The parcel <!channel> was late' })
    expect(inFront(desk)).toContain('Noted: *Feedback.* Ada has 1,240 points.')
    expect((await desk.member('ada')).feedback[0]).toMatchObject({
      scale: 'nps',
      score: 3,
      text: 'The parcel <!channel> was late',
    })
    expect(desk.window('sam')?.live).toEqual([])
  })

  test('whoever it is can be looked up there, and what was chosen stays', async () => {
    const desk = await acting()
    await desk.command('sam', '/loyalty action')
    const [found] = await desk.slack.type('U0SAM', null, 'member', 'ada')
    desk.slack.fill('U0SAM', null, { member: found?.value ?? '' })
    await desk.press('sam', 'action.pick', undefined, { selectedOption: 'feedback' })
    await desk.submit('sam', { score: 'stars:5' })
    expect(inFront(desk)).toContain('Noted: *Feedback.* Ada has 1,240 points.')
  })

  test('of somebody erased meanwhile says so', async () => {
    const desk = await acting()
    await desk.command('sam', '/loyalty action ada')
    await desk.app.eraseMember('email:ada@example.org', staff)
    await desk.submit('sam', { action: 'review' })
    expect(inFront(desk)).toContain('There is no such member any more')
  })

  describe('what they may choose', () => {
    const birthday = async () => {
      const desk = await acting({ members: [{ email: 'bo@example.org', name: 'Bo', birthday: '1990-11-23' }] })
      desk.clock.at = Date.UTC(2026, 10, 23, 15)
      await desk.app.settleDue(100)
      return desk
    }

    test('is offered, and given once chosen', async () => {
      const desk = await birthday()
      await desk.command('sam', '/loyalty action bo')
      expect(inFront(desk)).toContain(
        '*Bo* may still choose:\nBirthday, today\n[ Give 250 points ]  [ Give Free tote ]',
      )
      await desk.press('sam', 'Give 250 points')
      expect(inFront(desk)).toContain('*Bo* chose 250 points. 250 points now.')
      expect(await available(desk, 'bo')).toBe(250)
    })

    test('is given once by two who press at once', async () => {
      const desk = await birthday()
      await desk.command('sam', '/loyalty action bo')
      await desk.command('ira', '/loyalty action bo')
      await desk.press('sam', 'Give 250 points')
      await desk.press('ira', 'Give Free tote')
      expect(inFront(desk, 'ira')).toContain('Another option was chosen before.')
      expect(await available(desk, 'bo')).toBe(250)
    })

    test('of which none is left stays to be chosen', async () => {
      const desk = await birthday()
      await desk.app.redeem('email:ada@example.org', { reward: 'tote' }, staff, null)
      await desk.command('sam', '/loyalty action bo')
      await desk.press('sam', 'Give Free tote')
      expect(inFront(desk)).toContain('There is none left.')
      await desk.command('sam', '/loyalty action bo')
      expect(inFront(desk)).toContain('[ Give 250 points ]')
    })
  })
})
