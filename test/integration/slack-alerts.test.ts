// Alerts in Slack, from the outbox to what people see and press.
import { describe, expect, test } from 'vitest'
import { PEOPLE, startSlack } from '../support/slack.ts'
import { alertsIn, card, createShop, DAY, REWARDS, replies, type Shop, waiting } from '../support/slack-alerts.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const shop = (options: Parameters<typeof createShop>[1] = {}) => createShop(slack, options)

/** With one alert of Grace's, told. */
async function told(options: Parameters<typeof createShop>[1] = {}): Promise<Shop & { id: string }> {
  const made = await shop(options)
  const { id } = await made.open('grace')
  await made.desk.flush()
  return { ...made, id }
}

const choose = (desk: Shop['desk'], person: 'sam' | 'ira' | 'vic', menu: string, choice: string) =>
  desk.press(person, menu, card(desk), { selectedOption: choice })

describe('a card', () => {
  test('is posted once, and says who, why, what is at stake and what one can do', async () => {
    const { desk, open } = await shop({
      program: { rewards: REWARDS, tiers: { levels: [{ id: 'gold', name: 'Gold', threshold: 0 }] } } as never,
    })
    await desk.buys('grace', 700)
    await open('grace')
    await desk.flush()
    await desk.flush()
    expect(card(desk).reads.split('\n')).toEqual([
      '🔔 *Grace has not come back as usual* · $412 a year at stake · Gold',
      'Usually buys every 3 weeks; it has been 9.  [ Show member ]',
      'Suggested: Free tote (600 points)',
      expect.stringMatching(/^\[ I’ll take it \] {2}\[ Issue Free tote \] {2}\[ Snooze ▾ .*\] {2}\[ Done ▾ .*\]$/),
    ])
    expect(card(desk).text).toBe('🔔 Grace has not come back as usual · $412 a year at stake · Gold')
    expect(await waiting(desk)).toEqual([])
  })

  test('of a name full of markup pings nobody and leads nowhere', async () => {
    const name = '<!channel> *Grace* <@U0SAM> <https://evil.test|win>'
    const { desk, open } = await shop({ members: [{ email: 'grace@example.org', name }] })
    await open('grace')
    await desk.flush()
    expect(card(desk).live).toEqual([])
    expect(card(desk).reads).toContain('<!channel>')
  })

  test('is none where the alert ended before anybody was told', async () => {
    const { desk, open } = await shop()
    const { id } = await open('grace')
    await desk.app.moveAlert(id, { do: 'resolve', outcome: 'not_needed' }, staff, null)
    await desk.flush()
    expect(alertsIn(desk)).toEqual([])
    expect(await waiting(desk)).toEqual([])
  })

  test('comes when its rest is over, where it was put off before anybody was told', async () => {
    const { desk, open } = await shop()
    const { id } = await open('grace')
    await desk.app.moveAlert(id, { do: 'snooze', days: 7 }, staff, null)
    await desk.flush()
    expect(alertsIn(desk)).toEqual([])
    await desk.flush(7 * DAY)
    expect(card(desk).reads).toContain('🔔')
    expect(await waiting(desk)).toEqual([])
  })

  test('is none without a channel, and nothing waits for one', async () => {
    const { desk, open, id } = await told({ settings: { alertChannel: null } })
    await open('grace', { kind: 'unhappy', occasion: 'act_1' })
    await desk.flush()
    expect(desk.slack.callsTo('chat.postMessage')).toEqual([])
    expect(await waiting(desk)).toEqual([])
    await desk.command('sam', '/loyalty alerts')
    expect(desk.reads('sam')).toContain('Grace has not come back as usual')
    expect(id).toContain('lapse')
  })
})

describe('what is pressed', () => {
  test('I’ll take it: the card says whose it is, and offers it to nobody else', async () => {
    const { desk, id, alert } = await told()
    await desk.press('sam', 'alert.take', card(desk))
    expect(card(desk).reads).toContain('Taken by @U0SAM Nov 22')
    expect(card(desk).reads).not.toContain('I’ll take it')
    await desk.flush()
    expect(card(desk).reads).toContain('Taken by @U0SAM')
    expect(await alert(id)).toMatchObject({ assignee: 'slack:U0SAM' })
  })

  test('of two who take it at once one has it, and the other is told who', async () => {
    const { desk, id, alert } = await told()
    const seen = card(desk)
    await Promise.all([desk.press('sam', 'alert.take', seen), desk.press('ira', 'alert.take', seen)])
    const { assignee, steps } = await alert(id)
    expect(steps.filter(({ did }) => did === 'assigned')).toHaveLength(1)
    const [winner, loser] = assignee === 'slack:U0SAM' ? (['sam', 'ira'] as const) : (['ira', 'sam'] as const)
    expect(desk.toldAlone(loser).map(({ reads }) => reads)).toEqual([`@${PEOPLE[winner]} has taken this already.`])
    expect(desk.toldAlone(winner)).toEqual([])
    expect(card(desk).reads).toContain(`Taken by @${PEOPLE[winner]}`)
  })

  test('pressed again by the same, or delivered again: taken once', async () => {
    const { desk, id, alert } = await told()
    const seen = card(desk)
    await desk.press('sam', 'alert.take', seen)
    await desk.slack.retry()
    await desk.settled()
    await desk.slack.press(PEOPLE.sam, { message: seen }, 'alert.snooze', { selectedOption: 'For a day' })
    await desk.settled()
    await desk.slack.retry()
    await desk.settled()
    expect((await alert(id)).steps.map(({ did }) => did)).toEqual(['opened', 'assigned', 'snoozed'])
  })

  test('snoozed: it says until when, and then whoever asked is told in the thread, once', async () => {
    const { desk, id, alert } = await told()
    await choose(desk, 'sam', 'alert.snooze', 'For 7 days')
    expect(card(desk).reads).toContain('💤')
    expect(card(desk).reads).toContain('Snoozed until Nov 29 by @U0SAM')
    await desk.flush(6 * DAY)
    expect(replies(desk)).toEqual([])
    await desk.flush(DAY)
    await desk.flush(DAY)
    expect((await alert(id)).state).toBe('open')
    expect(card(desk).reads).toContain('🔔')
    expect(replies(desk).map(({ reads, threadTs }) => [reads, threadTs])).toEqual([
      ['@U0SAM, as you asked: Grace has not come back as usual.', card(desk).ts],
    ])
  })

  test('put off once more, or ended meanwhile: the first day says nothing', async () => {
    const { desk, id } = await told()
    await choose(desk, 'sam', 'alert.snooze', 'For a day')
    await choose(desk, 'sam', 'alert.snooze', 'For 7 days')
    await desk.flush(2 * DAY)
    expect(replies(desk)).toEqual([])
    await desk.app.moveAlert(id, { do: 'resolve', outcome: 'gone' }, staff, null)
    await desk.flush(10 * DAY)
    expect(replies(desk)).toEqual([])
  })

  test.each([
    ['Helped: spoke or gave something', 'Done by @U0SAM Nov 22: helped'],
    ['Nobody answered', 'Done by @U0SAM Nov 22: nobody answered'],
    ['There was no need', 'Done by @U0SAM Nov 22: there was no need'],
    ['Gone for good', 'Done by @U0SAM Nov 22: gone for good'],
  ])('done, “%s”: the card says so, and can be opened again', async (choice, line) => {
    const { desk, id, alert } = await told()
    await choose(desk, 'sam', 'alert.resolve', choice)
    expect(card(desk).reads.split('\n').slice(2)).toEqual([line, '[ Reopen ]'])
    await desk.flush()
    expect(card(desk).reads.split('\n').slice(2)).toEqual([line, '[ Reopen ]'])
    await desk.press('ira', 'alert.reopen', card(desk))
    expect(card(desk).reads).toContain('[ I’ll take it ]')
    expect((await alert(id)).state).toBe('open')
  })

  test('done with a note: asked for in a window, and shown with the card', async () => {
    const { desk, id, alert } = await told()
    await choose(desk, 'sam', 'alert.resolve', 'With a note…')
    expect(desk.window('sam')?.reads).toContain('Grace has not come back as usual')
    await desk.submit('sam', { outcome: 'helped', note: 'Called <!here>: she moved' })
    expect(desk.window('sam')?.reads).toContain('helped')
    await desk.flush()
    expect(card(desk).reads).toContain('Note: Called <!here>: she moved')
    expect(card(desk).live.filter((live) => !live.startsWith('<!date') && live !== '<@U0SAM>')).toEqual([])
    expect(await alert(id)).toMatchObject({ outcome: 'helped', note: 'Called <!here>: she moved' })
  })

  test('on a card that is no longer true: what happened is said, and the card mends', async () => {
    const { desk, id } = await told()
    await desk.app.moveAlert(id, { do: 'resolve', outcome: 'helped' }, staff, null)
    const seen = card(desk)
    expect(seen.reads).toContain('I’ll take it')
    for (const [name, choice] of [
      ['alert.take', undefined],
      ['alert.snooze', 'For a day'],
      ['alert.resolve', 'Nobody answered'],
      ['alert.resolve', 'With a note…'],
    ] as const) {
      const { desk: other, id: its, alert } = await told()
      const stale = card(other)
      await other.app.moveAlert(its, { do: 'resolve', outcome: 'helped' }, staff, null)
      await other.slack.press(PEOPLE.sam, stale, name, choice === undefined ? {} : { selectedOption: choice })
      await other.settled()
      expect(other.toldAlone('sam').at(-1)?.reads).toBe('This is done already: Grace has not come back as usual.')
      await other.flush()
      expect(card(other).reads).toContain('[ Reopen ]')
      expect((await alert(its)).outcome).toBe('helped')
    }
  })

  test('reopening what is open, or of whoever left: said in a sentence', async () => {
    const { desk, id } = await told()
    await choose(desk, 'sam', 'alert.resolve', 'Nobody answered')
    const seen = card(desk)
    await desk.app.moveAlert(id, { do: 'reopen' }, staff, null)
    await desk.slack.press(PEOPLE.sam, seen, 'alert.reopen')
    await desk.settled()
    expect(desk.toldAlone('sam').at(-1)?.reads).toBe('This is open again already.')
    await desk.app.updateMember('email:grace@example.org', { status: 'left' }, staff)
    await desk.flush()
    expect(card(desk).reads).toContain('no longer a member')
    await desk.press('sam', 'alert.reopen', card(desk))
    expect(desk.toldAlone('sam').at(-1)?.reads).toBe('They are no longer an active member: there is nothing to reopen.')
  })

  test.each([['vic' as const, 'You may look members up, but not change anything.']])(
    'by %s, who may not: told why, and nothing happens',
    async (person, why) => {
      const { desk, id, alert } = await told()
      const before = card(desk).reads
      await desk.press(person, 'alert.take', card(desk))
      await desk.press(person, 'alert.snooze', card(desk), { selectedOption: 'For a day' })
      await desk.press(person, 'alert.resolve', card(desk), { selectedOption: 'Nobody answered' })
      await desk.press(person, 'alert.issue', card(desk))
      expect(desk.toldAlone(person)).toHaveLength(4)
      for (const { reads } of desk.toldAlone(person)) expect(reads).toContain(why)
      expect((await alert(id)).steps).toHaveLength(1)
      expect(card(desk).reads).toBe(before)
    },
  )

  test('Issue: the window has the reward of the alert, and what is given is noted with it', async () => {
    const { desk, open } = await shop()
    await desk.buys('grace', 700)
    await open('grace')
    await desk.flush()
    await desk.press('sam', 'alert.issue', card(desk))
    expect(desk.window('sam')?.reads).toContain('Free tote')
    await desk.submit('sam', {})
    await desk.flush()
    expect(card(desk).reads).toContain('Reward given by @U0SAM')
  })
})

describe('a member who is forgotten', () => {
  test('is named nowhere any more: not on cards, not in threads, not in summaries', async () => {
    const { desk, open, id } = await told()
    await desk.press('sam', 'alert.take', card(desk))
    await desk.flush(DAY)
    await desk.buys('grace', 30)
    await desk.flush()
    expect(replies(desk)).toHaveLength(1)
    await open('grace', { kind: 'unhappy', occasion: 'act_1' })
    await desk.flush()
    await desk.app.eraseMember('email:grace@example.org', staff)
    await desk.flush()
    const all = alertsIn(desk)
    expect(all).toHaveLength(3)
    for (const { reads, text } of all) expect(`${reads}${text}`).not.toContain('Grace')
    await desk.command('vic', '/loyalty alerts')
    expect(desk.reads('vic')).toBe('Nobody needs you now.')
    expect(id).toBeDefined()
  })
})

describe('whoever comes back', () => {
  test('is told of in the thread, once, with who took it and how long after', async () => {
    const { desk } = await told()
    await desk.press('sam', 'alert.take', card(desk))
    await desk.flush(6 * DAY)
    await desk.buys('grace', 64.2)
    await desk.flush()
    await desk.flush()
    const said = 'Grace is back: $64.20 today. Taken by @U0SAM, 6 days after.'
    expect(replies(desk).map(({ reads, threadTs }) => [reads, threadTs])).toEqual([[said, card(desk).ts]])
    expect(card(desk).reads.split('\n').slice(2)).toEqual(['Taken by @U0SAM Nov 22', 'Came back Nov 28', '[ Reopen ]'])
    await desk.flush(3 * DAY)
    await desk.buys('grace', 10)
    await desk.flush()
    expect(replies(desk).map(({ reads }) => reads)).toEqual([said])
  })

  test('with nobody’s help: the card says so, and no thread begins', async () => {
    const { desk } = await told()
    await desk.flush(DAY)
    await desk.buys('grace', 64.2)
    await desk.flush()
    expect(card(desk).reads).toContain('Came back Nov 23')
    expect(replies(desk)).toEqual([])
  })

  test('and gives it all back: the same line says so, and the card asks for them again', async () => {
    const { desk } = await told()
    await desk.press('sam', 'alert.take', card(desk))
    await desk.flush(2 * DAY)
    const payment = stripePayment({ amount: 5_000, email: 'grace@example.org', at: desk.clock.now() })
    await desk.deliverAll([payment.intent(), payment.charge()])
    await desk.flush()
    expect(card(desk).reads).toContain('✅')
    await desk.deliverAll([payment.refunded(5_000)])
    await desk.flush(DAY)
    expect(card(desk).reads).toContain('🔔')
    expect(replies(desk).map(({ reads }) => reads)).toEqual(['Grace: the purchase told of here was given back.'])
    await desk.buys('grace', 20)
    await desk.flush()
    expect(replies(desk).map(({ reads }) => reads)).toEqual([
      'Grace is back: $20.00 today. Taken by @U0SAM, 3 days after.',
    ])
  })
})
