// Points added and taken in Slack, from what is typed to what is said of it.
import { describe, expect, test } from 'vitest'
import { startSlack } from '../support/slack.ts'
import { available, createRewardShop, inFront, lines } from '../support/slack-shop.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const shop = (options: Parameters<typeof createRewardShop>[1] = {}) => createRewardShop(slack, options)

async function lastEntry(desk: Awaited<ReturnType<typeof shop>>) {
  const page = await desk.app.ledger('email:ada@example.org', { limit: 1 })
  return page.ok ? page.value.items[0] : undefined
}

describe('by a command that says all', () => {
  test('is done at once, and can be taken back', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada@example.org +1,000 late parcel')
    expect(lines(desk.reads('sam'))).toEqual([
      '*+1,000 points* for Ada: 2,240 points now.',
      'To copy for Ada:',
      'Hello Ada,',
      'We have added 1,000 points to your account. Thank you for being our customer.',
      'You now have 2,240 points.',
      '[ Take it back ]  [ Show Ada ]',
    ])
    expect(desk.last('sam').isEphemeral).toBe(true)
    expect(await lastEntry(desk)).toMatchObject({ points: 1_000, note: 'late parcel', actor: 'slack:U0SAM' })
    await desk.press('sam', 'Take it back')
    expect(inFront(desk)).toContain('Points: [ −1000 ]')
    await desk.submit('sam', {})
    expect(lines(inFront(desk))[1]).toBe('*−1,000 points* for Ada: 1,240 points now.')
    expect(await available(desk)).toBe(1_240)
  })

  test.each([
    ['−50 a real minus', 1_190],
    ['-50 a hyphen', 1_190],
    ['1.000 as in Berlin', 2_240],
    ['+١٠٠ in Arabic digits', 1_340],
    ['+፻፳ in Ethiopic digits', 1_360],
    ['+100 <!channel> <https://evil.test>', 1_340],
  ])('takes “%s”', async (typed, balance) => {
    const desk = await shop()
    await desk.command('sam', `/loyalty adjust ada@example.org ${typed}`)
    expect(await available(desk)).toBe(balance)
    expect(desk.last('sam').live).toEqual([])
  })

  test('takes who it is behind the points too', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust +100 ada@example.org late parcel')
    expect(await available(desk)).toBe(1_340)
    expect((await lastEntry(desk))?.note).toBe('late parcel')
  })

  test('leads on to the member’s card', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada@example.org +100 late parcel')
    await desk.press('sam', 'Show Ada')
    expect(desk.reads('sam') + inFront(desk)).toContain('ada@example.org')
  })

  test('delivered twice is done once', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada@example.org +100 parcel')
    await desk.slack.retry()
    await desk.settled()
    expect(await available(desk)).toBe(1_340)
  })

  test('by part of a name alone is shown first', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada +100 late parcel')
    expect(inFront(desk)).toContain('Points: [ +100 ]')
    expect(inFront(desk)).toContain('Why: [ late parcel ]')
    expect(await available(desk)).toBe(1_240)
  })

  test('of several goes on with whoever is chosen', async () => {
    const desk = await shop({ members: [{ email: 'ada2@example.org', name: 'Ada Byron' }] })
    await desk.command('sam', `/loyalty adjust ada +100 ${'"x'.repeat(1_000)}`)
    expect(desk.reads('sam')).toContain('Several match *ada*. Which one?')
    await desk.press('sam', 'Choose', undefined, { nth: 1 })
    expect(inFront(desk)).toContain('Points: [ +100 ]')
  })

  test('beyond what they have is refused in a window with what was typed', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada@example.org −5000 parcel')
    expect(lines(inFront(desk)).slice(1, 4)).toEqual([
      'They do not have enough points. Only 1,240 are available.',
      '*Ada* has 1,240 points.',
      'Points: [ −5,000 ]',
    ])
  })
})

describe('without a number that is one', () => {
  test.each(['many', 'late parcel'])('“%s” is kept, and a number is asked for', async (typed) => {
    const desk = await shop()
    await desk.command('sam', `/loyalty adjust ada@example.org ${typed}`)
    expect(lines(inFront(desk)).slice(1)).toEqual([
      'Write a number of points, such as +100 or −50.',
      '*Ada* has 1,240 points.',
      'Points: [  ]',
      'Such as +100 or −50.',
      `Why: [ ${typed} ]`,
      'Kept in the history.',
      '[ Cancel ]  [ Adjust ]',
    ])
    expect(await available(desk)).toBe(1_240)
  })
})

describe('in the window', () => {
  test.each([
    ['twelve', 'Write a number of points, such as +100 or −50.'],
    ['1.5', 'Points are whole: write 100, not 99.5.'],
    ['0', 'Nothing would change: write +100 or −50.'],
    ['9'.repeat(30), 'That is more than anybody has: a billion at the most.'],
  ])('“%s” is refused beside the field', async (points, sentence) => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada')
    const sent = await desk.submit('sam', { points, reason: 'x' })
    expect(sent.errors).toEqual({ points: sentence })
    expect(await available(desk)).toBe(1_240)
  })

  test('a reason of blanks alone is none', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada')
    const sent = await desk.submit('sam', { points: '+10', reason: '  \n ' })
    expect(sent.errors).toEqual({ reason: 'Say why: it is kept in the history.' })
  })

  test('whoever it is can be looked up there', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust')
    const [found] = await desk.slack.type('U0SAM', null, 'member', 'ada')
    await desk.submit('sam', { member: found?.value ?? '', points: '+10', reason: 'x' })
    expect(inFront(desk)).toContain('*+10 points* for Ada: 1,250 points now.')
  })

  test('sent in twice is done once', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada')
    await desk.submit('sam', { points: '+10', reason: 'x' })
    await desk.slack.retry()
    await desk.settled()
    expect(await available(desk)).toBe(1_250)
  })

  test('beyond one’s day says what is left today', async () => {
    const desk = await shop({ program: { staff: { dailyLimitPoints: 300 } } })
    await desk.command('sam', '/loyalty adjust ada@example.org +200 parcel')
    await desk.command('sam', '/loyalty adjust ada@example.org +200 parcel')
    expect(lines(inFront(desk))[1]).toBe(
      'This is more than you can give away. You can give away 100 points more today.',
    )
  })

  test('above the limit is asked of somebody else', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada')
    await desk.submit('sam', { points: '+1500', reason: 'The shop burnt down' })
    expect(inFront(desk)).toContain(
      '1,500 points need a second pair of eyes. #approvals was asked; you will hear here.',
    )
    expect(await available(desk)).toBe(1_240)
  })

  test('of somebody who was erased meanwhile says so', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada')
    await desk.app.eraseMember('email:ada@example.org', staff)
    await desk.submit('sam', { points: '+10', reason: 'x' })
    expect(inFront(desk)).toContain('There is no such member any more')
  })

  test('of somebody who has left says so', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty adjust ada')
    await desk.app.updateMember('email:ada@example.org', { status: 'left' }, staff)
    await desk.submit('sam', { points: '+10', reason: 'x' })
    expect(inFront(desk)).toContain('*Ada* is not an active member now.')
  })
})
