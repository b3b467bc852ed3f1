// Rewards issued in Slack, from what is typed or pressed to the code in the window.
import { describe, expect, test } from 'vitest'
import { startSlack } from '../support/slack.ts'
import { alertsOn } from '../support/slack-alerts.ts'
import { available, createRewardShop, inFront, lines, redemptionsOf } from '../support/slack-shop.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const shop = (options: Parameters<typeof createRewardShop>[1] = {}) => createRewardShop(slack, options)
const TEN = '$10 off · 1,000 points · leaves 240'
const TOTE = 'Free tote · 600 points · leaves 640'

describe('the window', () => {
  test('offers only what the member may have now, with what it costs and leaves', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada@example.org')
    expect(lines(inFront(desk))).toEqual([
      'Issue reward',
      '*Ada* has 1,240 points.',
      `Reward: [ Choose a reward ▾ ${TEN} / ${TOTE} / A tree · 200 points · leaves 1,040 ]`,
      '[ From Ada’s points From Ada’s points / A present from us ]',
      'Note to Ada: [  ]',
      'Added below the text that you copy for them.',
      'Why: [  ]',
      'Kept in the history.',
      '[ Cancel ]  [ Issue ]',
    ])
  })

  test('of a present offers what they could not afford, and says what needs a second person', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
    expect(inFront(desk)).toContain('Hamper · worth 1,500 points')
    expect(inFront(desk)).toContain(
      'You can give away 5,000 points today. Presents above 1,000 points wait until a second person agrees.',
    )
  })

  test('keeps what was chosen and typed when it becomes a present', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada tote')
    desk.slack.fill('U0SAM', null, { note: 'Enjoy it', why: 'She rang' })
    await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
    expect(inFront(desk)).toContain('Reward: [ Free tote · worth 600 points ▾')
    await desk.submit('sam', {})
    expect((await redemptionsOf(desk))[0]).toMatchObject({
      reward: 'tote',
      charge: 'house',
      note: 'She rang\nEnjoy it',
    })
  })

  test('has the reward chosen that was named, in any case and without accents', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada free TÓTE')
    expect(inFront(desk)).toContain(`Reward: [ ${TOTE} ▾`)
  })

  test('takes part of a reward’s name where nobody is called so', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada free')
    expect(inFront(desk)).toContain(`Reward: [ ${TOTE} ▾`)
  })

  test('says why a reward that was named cannot be had, in words for the member', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada@example.org hamper')
    expect(lines(inFront(desk))[1]).toBe(
      'Ada cannot have Hamper for points now. They do not have enough points. In words for them: “You need 260 more points.”',
    )
  })

  test('of a reward that there is not says so, and what there is', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada@example.org <!channel> car')
    expect(inFront(desk)).toContain('There is no reward called “<!channel> car”. Choose one.')
    expect(desk.window('sam')?.live).toEqual([])
  })

  test('with too few points says what is nearest, and offers nothing to send in', async () => {
    const desk = await shop({ members: ['bo'] })
    await desk.buys('bo', 150)
    await desk.command('sam', '/loyalty reward bo')
    expect(inFront(desk)).toContain(
      'There is nothing that Bo can have for points now. Nearest: A tree, 50 points to go.',
    )
    expect(desk.window('sam')?.submit).toBeNull()
  })

  test('while redeeming rests says until when, for points and for presents', async () => {
    const desk = await shop({ program: { redeeming: { freeze: { from: '2026-11-01', to: '2026-11-30' } } } })
    await desk.command('sam', '/loyalty reward ada')
    const sentence = 'Redeeming rests for everybody now. In words for them: “Redeeming rests until Nov 30, 2026.”'
    expect(lines(inFront(desk))[2]).toBe(sentence)
    await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
    expect(lines(inFront(desk))[2]).toBe(sentence)
  })

  test('of a program without rewards says who adds them', async () => {
    const desk = await shop({ program: { rewards: [] } })
    await desk.command('sam', '/loyalty reward ada')
    expect(inFront(desk)).toContain('There are no rewards yet.')
  })

  test('shows nothing of a name that would ping or lead anywhere', async () => {
    const name = '<!channel> *Eve* <@U0SAM> <https://evil.test|win>'
    const desk = await shop({ members: [{ email: 'eve@example.org', name }] })
    await desk.buys('eve', 2_000)
    await desk.command('sam', '/loyalty reward eve@example.org')
    expect(desk.window('sam')?.live).toEqual([])
    await desk.submit('sam', { Reward: 'ten', note: '<!here> <https://evil.test>' })
    expect(inFront(desk)).toContain('is ready')
    expect(desk.window('sam')?.live).toEqual([])
  })
})

describe('whose it is', () => {
  test('is looked up in the window where nobody was named', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward')
    const [found] = await desk.slack.type('U0SAM', null, 'member', 'ada')
    await desk.submit('sam', { member: found?.value ?? '' })
    expect(inFront(desk)).toContain('*Ada* has 1,240 points.')
  })

  test('is asked for where the reward alone was named, and the reward is kept', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward Free tote')
    const [found] = await desk.slack.type('U0SAM', null, 'member', 'ada')
    await desk.submit('sam', { member: found?.value ?? '' })
    expect(inFront(desk)).toContain(`Reward: [ ${TOTE} ▾`)
  })

  test('is chosen from a list where several match, and the reward that was named goes with it', async () => {
    const desk = await shop({ members: [{ email: 'ada2@example.org', name: 'Ada Byron' }] })
    await desk.buys('ada2@example.org', 700)
    await desk.command('sam', '/loyalty reward ada free tote')
    expect(lines(desk.reads('sam'))[0]).toBe('Several match *ada*. Which one?')
    expect(desk.reads('sam')).toContain('*Ada Byron*')
    expect(desk.last('sam').isEphemeral).toBe(true)
    await desk.press('sam', 'Choose', undefined, { nth: desk.reads('sam').indexOf('Ada Byron') < 60 ? 0 : 1 })
    expect(inFront(desk)).toMatch(/Reward: \[ Free tote · 600 points/)
  })

  test('that nobody is called leads on to enrolling', async () => {
    const desk = await shop()
    await desk.command('sam', `/loyalty reward ${'x'.repeat(2_500)} <!channel>`)
    expect(desk.reads('sam')).toMatch(/^No member matches \*x+…\*\./)
    expect(desk.reads('sam').length).toBeLessThan(200)
    expect(desk.reads('sam')).toContain('[ Enrol someone new ]')
    expect(desk.last('sam').live).toEqual([])
  })

  test('may have been somebody else, whom one can choose', async () => {
    const desk = await shop({ members: [{ email: 'l@example.org', name: 'Lovelace' }] })
    await desk.command('sam', '/loyalty reward lovlace')
    expect(desk.reads('sam')).toContain('Did you mean one of these?')
    await desk.press('sam', 'Choose')
    expect(inFront(desk)).toContain('*Lovelace* has 0 points.')
  })

  test('who is no member yet can be enrolled from there', async () => {
    const desk = await shop({ program: { enrolment: { automatic: false } } })
    await desk.buys('guest@example.org', 20)
    await desk.command('sam', '/loyalty reward guest@example.org')
    expect(inFront(desk)).toContain('*guest@example.org* is not a member yet.')
    await desk.press('sam', 'Enrol them')
    expect(inFront(desk)).toContain('E-mail: [ guest@example.org ]')
  })
})

describe('issuing', () => {
  test('shows the code once Stripe has made it, with what to tell the customer', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    const sent = await desk.submit('sam', { Reward: TEN, note: 'Enjoy it', why: 'She rang' })
    expect(sent.errors).toBeNull()
    const [redemption] = await redemptionsOf(desk)
    expect(redemption).toMatchObject({
      state: 'issued',
      cost: 1_000,
      requestedBy: 'slack:U0SAM',
      note: 'She rang\nEnjoy it',
    })
    expect(lines(inFront(desk))).toEqual([
      'Issue reward',
      `*${redemption?.code}* is ready: $10 off, once, until Feb 20, 2027. 240 points left.`,
      'To copy for Ada:',
      'Hello Ada,',
      expect.stringContaining('Your reward is ready: $10 off.'),
      `Your code: ${redemption?.code}`,
      expect.stringContaining('It works once'),
      expect.any(String),
      '',
      'Enjoy it',
      '[ Used in the shop ]  [ Cancel reward ]',
      '[ Close ]',
    ])
    expect(await available(desk)).toBe(240)
  })

  test('says at once that Stripe is at it', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    const answers: string[] = []
    const { slack: double } = desk
    const sent = await double.submit('U0SAM', null, { Reward: TEN })
    answers.push(sent.view?.reads ?? '')
    await desk.settled()
    expect(answers[0]).toContain('Stripe is making the code…')
    expect(inFront(desk)).toContain('is ready')
  })

  test('what Stripe will not make gives the points back, and says so in the window', async () => {
    const desk = await shop()
    desk.vendor.refusing = 'The currency of this account is not supported'
    await desk.command('sam', '/loyalty reward ada')
    await desk.submit('sam', { Reward: TEN })
    expect(lines(inFront(desk)).slice(1)).toEqual([
      'Stripe would not make *$10 off*: The currency of this account is not supported. The 1,000 points are back: Ada has 1,240 points.',
      '[ Issue another reward ]',
      '[ Close ]',
    ])
    await desk.press('sam', 'Issue another reward')
    expect(inFront(desk)).toContain(TEN)
    expect(desk.window('sam')?.depth).toBe(1)
  })

  test('what is handed over says what to do, and is ticked off there', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada tote')
    await desk.submit('sam', { Reward: TOTE })
    expect(lines(inFront(desk)).slice(1)).toEqual([
      '*Free tote* is for Ada: In the drawer. 640 points left.',
      '[ Handed over ]  [ Cancel reward ]',
      '[ Close ]',
    ])
    await desk.press('sam', 'Handed over')
    expect(inFront(desk)).toContain('*Free tote* is handed over. 640 points left.')
    expect((await redemptionsOf(desk))[0]?.state).toBe('issued')
    await desk.command('sam', '/loyalty ada')
    expect(desk.reads('sam')).toContain('*Ada*')
    expect(desk.reads('sam')).not.toContain('Not used yet')
  })

  test('why it was given stands in the history, of their points and as a present', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada tote')
    await desk.submit('sam', { Why: 'Late *order*', 'Note to Ada': 'With our\napologies' })
    await desk.command('sam', '/loyalty reward ada')
    await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
    await desk.submit('sam', { Reward: '$10 off · worth 1,000 points', Why: 'A long wait' })
    await desk.command('sam', '/loyalty ada')
    await desk.press('sam', 'History')
    const told = desk.reads('sam')
    expect(told).toContain('600 points set aside: Free tote')
    expect(told.replaceAll('\u2060', '')).toContain('note: Late *order* · With our · apologies')
    expect(told).toContain('note: A long wait')
    expect(told.match(/note: /g)).toHaveLength(2)
  })

  test('is in the customer’s language', async () => {
    const desk = await shop({ members: [{ email: 'abebe@example.org', name: 'አበበ', language: 'am' }] })
    await desk.buys('abebe@example.org', 1_000)
    await desk.command('sam', '/loyalty reward አበበ')
    await desk.submit('sam', { Reward: 'ten' })
    expect(inFront(desk)).toContain('is ready: $10 off, once')
    expect(inFront(desk)).toContain('አበበ፣')
    expect(inFront(desk)).not.toContain('Your code')
  })

  test('in a window that was shut meanwhile is told beside it', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.slack.submit('U0SAM', null, { Reward: TEN })
    desk.slack.closeView('U0SAM')
    await desk.settled()
    expect(desk.window('sam')).toBeNull()
    expect(desk.toldAlone('sam').at(-1)?.reads).toContain('is ready: $10 off, once')
  })

  test('goes on in the window that was opened meanwhile, where the store is slow', async () => {
    const desk = await shop({
      appWith: (app) =>
        new Proxy(app, {
          get: (target, method) =>
            method === 'memberRewards'
              ? async (ref: string) => {
                  await new Promise((done) => setTimeout(done, 1_800))
                  return target.memberRewards(ref)
                }
              : Reflect.get(target, method),
        }),
    })
    await desk.command('sam', '/loyalty reward ada')
    expect(inFront(desk)).toContain(TEN)
  })

  test('a credit is on their next invoice', async () => {
    const desk = await shop({
      program: { rewards: [{ id: 'five', name: '$5 credit', cost: 500, fulfil: { kind: 'credit', amount: 5 } }] },
    })
    const payment = stripePayment({ amount: 100, email: 'ada@example.org', customer: 'cus_ada', at: desk.clock.at })
    await desk.deliverAll([payment.intent(), payment.charge()])
    await desk.command('sam', '/loyalty reward ada')
    await desk.submit('sam', { Reward: 'five' })
    expect(lines(inFront(desk))[1]).toBe('*$5 credit* comes off their next invoice. 741 points left.')
  })

  test('a gift to a cause is thanked for', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada@example.org a tree')
    await desk.submit('sam', {})
    expect(inFront(desk)).toContain('*A tree* is given in Ada’s name. Thank them from us. 1,040 points left.')
  })

  test('a present leaves their points alone', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
    await desk.submit('sam', { Reward: 'ten' })
    expect(inFront(desk)).toMatch(/is ready: \$10 off, once, until .*\. A present from us: Ada keeps 1,240 points\./)
    expect(await available(desk)).toBe(1_240)
  })

  test('above the limit asks the approvers’ channel, and says so', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
    await desk.submit('sam', { Reward: 'hamper' })
    expect(lines(inFront(desk)).slice(1)).toEqual([
      '1,500 points need a second pair of eyes. #approvals was asked; you will hear here.',
      '[ Cancel reward ]',
      '[ Close ]',
    ])
    expect((await redemptionsOf(desk))[0]).toMatchObject({ state: 'awaiting_approval', charge: 'house' })
  })

  test('beyond one’s day is refused with what is left, and nothing that was typed is lost', async () => {
    const desk = await shop({ program: { staff: { dailyLimitPoints: 1_100 } } })
    await desk.command('sam', '/loyalty adjust ada@example.org +200 late parcel')
    await desk.command('sam', '/loyalty reward ada')
    await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
    await desk.submit('sam', { Reward: 'ten', note: 'Sorry', why: 'It broke' })
    expect(lines(inFront(desk))[1]).toBe(
      'This is more than you can give away. You can give away 900 points more today.',
    )
    expect(inFront(desk)).toContain('Note to Ada: [ Sorry ]')
    expect(inFront(desk)).toContain('Why: [ It broke ]')
    expect(await redemptionsOf(desk)).toEqual([])
  })

  test('sent in twice issues once', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.submit('sam', { Reward: 'tree' })
    await desk.slack.retry()
    await desk.settled()
    expect(await redemptionsOf(desk)).toHaveLength(1)
    expect(await available(desk)).toBe(1_040)
  })

  test('of the last one in stock two staff at once give one; the other is shown what is left', async () => {
    const desk = await shop({ members: ['bo'] })
    await desk.buys('bo', 1_000)
    await desk.command('sam', '/loyalty reward ada tote')
    await desk.command('ira', '/loyalty reward bo tote')
    await Promise.all([desk.slack.submit('U0SAM', null, {}), desk.slack.submit('U0IRA', null, {})])
    await desk.settled()
    const both = [inFront(desk), inFront(desk, 'ira')]
    const refused = both.find((reads) => reads.includes('There is none left.')) ?? ''
    expect(both.filter((reads) => reads.includes('is for'))).toHaveLength(1)
    expect(refused).not.toContain('Free tote ·')
    expect(refused).toContain('A tree · 200 points')
    const given = [...(await redemptionsOf(desk)), ...(await redemptionsOf(desk, 'bo'))]
    expect(given).toHaveLength(1)
  })

  test('with too few points left is refused in the same window', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.app.adjustPoints('email:ada@example.org', { points: -1_100, reason: 'x' }, staff, null)
    await desk.submit('sam', { Reward: TEN })
    expect(lines(inFront(desk))[1]).toBe(
      'They do not have enough points. In words for them: “You need 860 more points.”',
    )
    expect(inFront(desk)).toContain('There is nothing that Ada can have for points now.')
  })

  test('to whom was erased meanwhile says so, and does nothing', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.app.eraseMember('email:ada@example.org', staff)
    await desk.submit('sam', { Reward: TEN })
    expect(inFront(desk)).toContain('There is no such member any more: they were erased meanwhile.')
    expect(desk.vendor.orders).toEqual([])
  })

  test('to whom was merged meanwhile reaches whoever they became', async () => {
    const desk = await shop({ members: [{ email: 'countess@example.org', name: 'The Countess' }] })
    await desk.command('sam', '/loyalty reward ada@example.org')
    await desk.app.mergeMembers('email:ada@example.org', 'email:countess@example.org', staff, null)
    await desk.submit('sam', { Reward: 'tree' })
    expect(inFront(desk)).toContain('*A tree* is given in The Countess’s name.')
  })

  test.each(['reward ada', 'adjust ada +1 x', 'enrol bo@example.org', 'action ada feedback'])(
    'is not for who may only look: /loyalty %s',
    async (line) => {
      const desk = await shop()
      await desk.command('vic', `/loyalty ${line}`)
      expect(desk.reads('vic')).toContain('You may look members up, but not change anything.')
      expect(desk.window('vic')).toBeNull()
      expect(await available(desk)).toBe(1_240)
    },
  )

  test('is refused to who may only look and presses what stands in a list', async () => {
    const desk = await shop()
    await desk.command('vic', '/loyalty rewards')
    await desk.press('vic', 'Issue a reward')
    expect(inFront(desk, 'vic') + desk.reads('vic')).toContain('You may look members up, but not change anything.')
  })

  test('too late for a window says to press again', async () => {
    const desk = await shop()
    desk.slack.script({ method: 'views.open', kind: 'error', error: 'expired_trigger_id' })
    await desk.command('sam', '/loyalty reward ada')
    expect(desk.reads('sam')).toContain('That took too long for Slack to open a window.')
  })
})

describe('what was issued', () => {
  test('is cancelled from the window: Stripe ends the code first, and the points come back', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.submit('sam', { Reward: TEN })
    await desk.press('sam', 'Cancel reward')
    expect(lines(inFront(desk)).slice(1)).toEqual([
      '*$10 off* is cancelled. The 1,000 points are back: Ada has 1,240 points.',
      '[ Issue another reward ]',
      '[ Close ]',
    ])
    expect(desk.vendor.ended.size).toBe(1)
  })

  test('and was used meanwhile cannot be cancelled any more', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.submit('sam', { Reward: TEN })
    const [redemption] = await redemptionsOf(desk)
    desk.vendor.used.add(`promo_${redemption?.id}`)
    await desk.press('sam', 'Cancel reward')
    expect(inFront(desk)).toContain('*$10 off* is used.')
  })

  test('is listed where the next one is issued, and can be cancelled there', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada tote')
    await desk.submit('sam', {})
    await desk.command('ira', '/loyalty reward ada')
    expect(inFront(desk, 'ira')).toContain('*Not used yet*\nFree tote · to be handed over')
    await desk.press('ira', 'Cancel reward')
    expect(inFront(desk, 'ira')).toContain('*Free tote* is cancelled. The 600 points are back')
    expect(await available(desk)).toBe(1_240)
  })

  test('handed over by one cannot be cancelled by another who still sees the old window', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada tote')
    await desk.submit('sam', {})
    await desk.command('ira', '/loyalty reward ada')
    await desk.press('sam', 'Handed over')
    await desk.press('ira', 'Cancel reward')
    expect(lines(inFront(desk, 'ira')).slice(1, 3)).toEqual([
      'The member has this already.',
      '*Free tote* is handed over. 640 points left.',
    ])
  })

  test('used in the shop ends the code', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.submit('sam', { Reward: TEN })
    await desk.press('sam', 'Used in the shop')
    expect(inFront(desk)).toContain('*$10 off* is used.')
    expect(desk.vendor.ended.size).toBe(1)
  })

  test('after it was approved is ticked off where whoever asked heard of it', async () => {
    const desk = await shop()
    await desk.command('sam', '/loyalty reward ada')
    await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
    await desk.submit('sam', { Reward: 'hamper' })
    desk.slack.closeView('U0SAM')
    await desk.flush()
    await desk.press('ana', 'Approve')
    await desk.flush()
    const heard = desk.last('sam')
    expect(heard.reads).toContain('*Hamper* is for Ada: Ask at the back.')
    await desk.press('sam', 'Handed over', heard)
    expect(desk.last('sam')).toMatchObject({ ts: heard.ts })
    expect(desk.reads('sam')).toContain('*Hamper* is handed over.')
    expect(desk.reads('sam')).not.toContain('[ Handed over ]')
  })
})

describe('for an alert', () => {
  const suggestion = { reward: 'tote', charge: 'house' } as const

  test('the reward that is suggested is chosen, as it is suggested', async () => {
    const desk = await shop()
    const { open } = await alertsOn(desk)
    await open('ada', { suggestion })
    await desk.flush()
    await desk.press('sam', 'Issue Free tote')
    expect(inFront(desk)).toContain('Reward: [ Free tote · worth 600 points ▾')
    expect(inFront(desk)).toContain('[ A present from us From Ada’s points / A present from us ]')
  })

  test('two at once give it once, and the second is told who did', async () => {
    const desk = await shop({
      program: { rewards: [{ id: 'tote', name: 'Free tote', cost: 600, fulfil: { kind: 'manual' } }] },
    })
    const { open } = await alertsOn(desk)
    const { id } = await open('ada', { suggestion })
    await desk.flush()
    await desk.press('sam', 'Issue Free tote')
    await desk.press('ira', 'Issue Free tote')
    await Promise.all([desk.slack.submit('U0SAM', null, {}), desk.slack.submit('U0IRA', null, {})])
    await desk.settled()
    const second = inFront(desk, 'ira').includes('issued this') ? 'ira' : 'sam'
    expect(lines(inFront(desk, second)).slice(1, 3)).toEqual([
      `@${second === 'ira' ? 'U0SAM' : 'U0IRA'} issued this for the same alert today.`,
      '*Free tote* is for Ada: Hand it over. A present from us: Ada keeps 1,240 points.',
    ])
    expect(inFront(desk, second)).toContain('[ Issue another reward ]')
    expect(await redemptionsOf(desk)).toHaveLength(1)
    const alert = await desk.app.getAlert(id)
    expect(alert.ok && alert.value.steps.filter(({ did }) => did === 'rewarded')).toHaveLength(1)
  })

  test('that was asked for and waits is not asked for again', async () => {
    const desk = await shop()
    const { open } = await alertsOn(desk)
    await open('ada', { suggestion: { reward: 'hamper', charge: 'house' } })
    await desk.flush()
    await desk.press('sam', 'Issue Hamper')
    await desk.press('ira', 'Issue Hamper')
    await desk.submit('sam', {})
    await desk.submit('ira', {})
    expect(inFront(desk, 'ira')).toContain('@U0SAM asked for this for the same alert today.')
    expect(await redemptionsOf(desk)).toHaveLength(1)
    await desk.press('ira', 'Issue Hamper', desk.channel('alerts')[0])
    expect(inFront(desk, 'ira')).toContain('need a second pair of eyes')
  })

  test('that has ended by now gives it once all the same', async () => {
    const desk = await shop({
      program: { rewards: [{ id: 'tote', name: 'Free tote', cost: 600, fulfil: { kind: 'manual' } }] },
    })
    const { open } = await alertsOn(desk)
    const { id } = await open('ada', { suggestion })
    await desk.flush()
    await desk.press('sam', 'Issue Free tote')
    await desk.press('ira', 'Issue Free tote')
    await desk.app.moveAlert(id, { do: 'resolve', outcome: 'helped' }, staff, null)
    await desk.submit('sam', {})
    await desk.submit('ira', {})
    expect(inFront(desk, 'ira')).toContain('@U0SAM issued this for the same alert today.')
    expect(await redemptionsOf(desk)).toHaveLength(1)
  })

  test('that was cancelled can be given again', async () => {
    const desk = await shop()
    const { open } = await alertsOn(desk)
    await open('ada', { suggestion })
    await desk.flush()
    await desk.press('sam', 'Issue Free tote')
    await desk.submit('sam', {})
    await desk.press('sam', 'Cancel reward')
    await desk.flush()
    await desk.press('ira', 'Issue Free tote', desk.channel('alerts')[0])
    await desk.submit('ira', {})
    expect(inFront(desk, 'ira')).toContain('*Free tote* is for Ada')
  })

  test('of which none is left meanwhile the others are offered', async () => {
    const desk = await shop({ members: ['bo'] })
    const { open } = await alertsOn(desk)
    await open('ada', { suggestion })
    await desk.flush()
    await desk.app.redeem('email:bo@example.org', { reward: 'tote', charge: 'house' }, staff, null)
    await desk.press('sam', 'Issue Free tote')
    expect(inFront(desk)).toContain('A tree · 200 points')
    expect(inFront(desk)).not.toContain('Free tote')
  })
})

describe('/loyalty rewards', () => {
  test('lists what there is with its cost, what is left, and why it cannot be had', async () => {
    const fulfil = { kind: 'manual' as const }
    const desk = await shop({
      program: {
        tiers: { levels: [{ id: 'gold', name: 'Gold', threshold: 500 }] },
        rewards: [
          { id: 'a', name: 'Free tote', cost: 600, stock: 12, fulfil },
          { id: 'b', name: 'Winter box', cost: 900, from: '2026-12-01', fulfil, tiers: ['gold'] },
          { id: 'c', name: 'Summer box', cost: 900, to: '2026-08-31', fulfil },
          { id: 'd', name: '<!channel> *Gift*', cost: 0, to: '2026-12-31', fulfil },
        ],
      },
    })
    await desk.command('vic', '/loyalty rewards')
    expect(lines(desk.reads('vic'))).toEqual([
      'Rewards',
      '*Free tote* · 600 points · 12 left',
      '*Winter box* · 900 points · from Dec 1 · for Gold',
      '*Summer box* · 900 points · ended on Aug 31',
      expect.stringMatching(/^\*<!channel> .*Gift.*\* · a present · until Dec 31$/),
      '[ Issue a reward ]',
    ])
    expect(desk.last('vic').live).toEqual([])
    expect(desk.last('vic').isEphemeral).toBe(true)
  })

  test('of none says how there come to be some', async () => {
    const desk = await shop({ program: { rewards: [] } })
    await desk.command('vic', '/loyalty rewards')
    expect(desk.reads('vic')).toBe(
      'There are no rewards yet. Whoever runs the program adds them to its file, under “rewards”.',
    )
  })
})
