// Looking customers up in Slack: from what is typed or pressed to what is read.
import { describe, expect, test } from 'vitest'
import { checkBlocks } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import { levels } from '../support/programs.ts'
import { createDesk, type DeskOptions, type LoyaltyDesk, PEOPLE, startSlack } from '../support/slack.ts'
import { alertsOn } from '../support/slack-alerts.ts'
import { stripePayment } from '../support/stripe-events.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const DAY = 86_400_000

const PROGRAM: DeskOptions['program'] = {
  points: { expiry: { kind: 'calendar', month: 12, day: 31, afterYears: 1 } },
  rewards: [
    { id: 'ten', name: '$10 off', cost: 1_000, fulfil: { kind: 'manual', instructions: 'Take it off' } },
    { id: 'tote', name: 'Free tote', cost: 100, fulfil: { kind: 'manual', instructions: 'Hand it over' } },
  ],
  tiers: {
    metric: 'spend',
    window: { kind: 'calendar_year' },
    levels: levels(['bronze', 0], ['silver', 50], ['gold', 1_000]),
  },
}
const ADA = { email: 'ada@example.org', name: 'Ada Lovelace', phone: '+44 20 7946 0958' }

const open = (options: DeskOptions = {}) =>
  createDesk(slack, { members: [ADA], ...options, program: { ...PROGRAM, ...options.program } as never })
const idOf = async (desk: LoyaltyDesk, ref = 'ada') => (await desk.member(ref)).id
/** Of a window, without those that every window has. */
const buttonsIn = (reads: string) =>
  [...reads.matchAll(/\[ ([^\]]*) \]/g)].map(([, label]) => label).filter((label) => label !== 'Close')
const looksUp = async (desk: LoyaltyDesk, typed: string, person: 'sam' | 'vic' | 'noa' | 'gus' | 'eve' = 'sam') => {
  await desk.command(person, `/loyalty ${typed}`)
  return desk.toldAlone(person).at(-1)?.reads ?? ''
}
/** A button of ours with another value in it. */
const forge = async (desk: LoyaltyDesk, action: string, value: string, person: 'sam' | 'noa' = 'sam') => {
  await looksUp(desk, 'ada@example.org', 'sam')
  const message = desk.last('sam')
  const stored = desk.slack.workspace.messages.find(({ ts }) => ts === message.ts)
  if (stored === undefined) throw new Error('no message')
  stored.blocks = [
    {
      type: 'actions',
      elements: [{ type: 'button', action_id: action, value, text: { type: 'plain_text', text: 'Forged' } }],
    },
  ] as never
  if (person !== 'sam') stored.onlyFor = PEOPLE[person]
  await desk.press(person, 'Forged', undefined)
}

describe('the card', () => {
  test('says who it is, how they stand and what one can do', async () => {
    const desk = await open()
    await desk.buys('ada', 84, desk.clock.at - 60 * DAY)
    await desk.buys('ada', 40)
    expect((await looksUp(desk, 'ada@example.org')).split('\n')).toEqual(
      [
        '🥈 *Ada Lovelace* · member since Sep 23',
        'ada@example.org · +44 20 7946 0958 · Silver · last purchase today',
        '*124 points* (worth $1.24) · 124 expire on Dec 31, 2027',
        'Gold: $876 more by Dec 31  ▰▱▱▱▱▱▱▱▱▱ 12%',
        'Can have now: Free tote (100)',
        'Last: $40.00 on Nov 22 · $84.00 on Sep 23',
        '[ Issue reward ]  [ Adjust points ]  [ History ]  [ Stripe ]  [ Share here ]',
      ]
        .filter((line) => !line.includes('[ '))
        .concat(expect.stringMatching(/^\[ Issue reward \] {2}\[ Adjust points \] {2}\[ History \]/)),
    )
    expect(desk.last('sam').isEphemeral).toBe(true)
    expect(desk.last('sam').text).toBe('Ada Lovelace · Silver · 124 points')
    expect(desk.logs.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('tells refunds, the next reward within reach, and what waits to be handed over', async () => {
    const desk = await open()
    const payment = stripePayment({ amount: 9_000, email: 'ada@example.org', at: desk.clock.at - 3 * DAY })
    await desk.deliverAll([payment.intent(), payment.charge(), payment.refund(2_000, { later: 2 * DAY })])
    expect(await looksUp(desk, 'ada@example.org')).toContain('30 points to Free tote')
    expect(desk.reads('sam')).toContain('Last: refund −$20.00 on Nov 21 · $90.00 on Nov 19')
    await desk.buys('ada', 100)
    const given = await desk.app.redeem(await idOf(desk), { reward: 'tote' }, staff, null)
    expect(given.ok).toBe(true)
    await desk.settled()
    const reads = await looksUp(desk, 'ada@example.org')
    expect(reads).toMatch(/Not used yet:\n/)
    expect(reads).toContain('Free tote')
  })

  test('shows open alerts, badges and challenges', async () => {
    const desk = await open({
      program: {
        badges: [{ id: 'early', name: 'Early bird', icon: '🐦' }],
        challenges: [
          { id: 'three', name: 'Three in thirty', goal: { count: 3, of: 'purchase' }, award: { points: 50 } },
          { id: 'first', name: 'First', goal: { count: 1, of: 'purchase' }, award: { badge: 'early' } },
        ],
      },
    })
    await desk.buys('ada', 40)
    const alerts = await alertsOn(desk)
    await alerts.open('ada', { kind: 'unhappy' })
    const reads = await looksUp(desk, 'ada@example.org')
    expect(reads).toContain('🔔 Ada Lovelace is unhappy · spent $412 in the last year  [ Show alert ]')
    expect(reads).toContain('Three in thirty: 1 of 3')
    expect(reads).toContain('🐦 Early bird')
  })

  test('leads to HubSpot and Stripe where they are known there', async () => {
    const desk = await open()
    const payment = stripePayment({ amount: 4_000, email: 'ada@example.org', customer: 'cus_ada', at: desk.clock.at })
    await desk.deliverAll([payment.intent(), payment.charge()])
    const id = await idOf(desk)
    await desk.app.noteContacts([{ member: id, did: 'written', record: '501', written: {} }])
    await looksUp(desk, 'ada@example.org')
    const urls = JSON.stringify(desk.last('sam').blocks)
    expect(urls).toContain('https://app.hubspot.com/contacts/4242/record/0-1/501')
    expect(urls).toContain('https://dashboard.stripe.com/customers/cus_ada')
    await desk.press('sam', 'HubSpot')
    expect(desk.logs.filter(({ level }) => level !== 'debug' && level !== 'info')).toEqual([])
  })

  test('of whoever may only look has no button that gives anything', async () => {
    const desk = await open()
    expect(buttonsIn(await looksUp(desk, 'ada@example.org', 'vic'))).toEqual(['History', 'Share here'])
  })

  test('of whoever left or is suspended says so, and offers nothing to give', async () => {
    const desk = await open()
    for (const [status, says] of [
      ['suspended', 'Suspended'],
      ['left', 'Left the program'],
    ] as const) {
      await desk.app.updateMember(await idOf(desk), { status }, staff)
      const reads = await looksUp(desk, 'ada@example.org')
      expect(reads).toContain(says)
      expect(buttonsIn(reads)).toEqual(['History', 'Share here'])
    }
  })

  test('of a customer who is no member says what they would have earned, and enrols', async () => {
    const desk = await open({ program: { enrolment: { automatic: false } } })
    await desk.buys('grace', 320)
    const reads = await looksUp(desk, 'grace@example.org')
    expect(reads).toContain('Not a member yet. Would have earned 320 points.')
    expect(reads).toContain('Last: $320.00 on Nov 22')
    expect(buttonsIn(reads)).toEqual(['Enrol'])
    expect(await looksUp(desk, 'grace')).toContain('Not a member yet.')
    expect(buttonsIn(await looksUp(desk, 'grace@example.org', 'vic'))).toEqual([])
  })
})

describe('whom one means', () => {
  test.each([
    ['part of a name', 'lovel'],
    ['a name in capitals', 'LOVELACE ADA'],
    ['an address in capitals', 'ADA@EXAMPLE.ORG'],
    ['an address as Slack links it', '<mailto:ada@example.org|ada@example.org>'],
    ['an address with a name', '"Ada L." &lt;ada@example.org&gt;'],
    ['the last digits of a telephone number', '0958'],
    ['a telephone number as Slack links it', '<tel:+442079460958|+44 20 7946 0958>'],
    ['a customer of Stripe’s', 'cus_ada'],
    ['a link to a customer of Stripe’s', '<https://dashboard.stripe.com/test/customers/cus_ada>'],
    ['a record of HubSpot’s', '88501'],
    ['a record of HubSpot’s, said to be one', 'hubspot:88501'],
    ['a link to a record of HubSpot’s', 'https://app-eu1.hubspot.com/contacts/123/record/0-1/88501'],
  ])('%s', async (_, typed) => {
    const desk = await open({ members: [ADA, { email: 'bob@example.org', name: 'Bob Ross' }] })
    const payment = stripePayment({ amount: 4_000, email: 'ada@example.org', customer: 'cus_ada', at: desk.clock.at })
    await desk.deliverAll([payment.intent(), payment.charge()])
    await desk.app.noteContacts([{ member: await idOf(desk), did: 'written', record: '88501', written: {} }])
    expect(await looksUp(desk, typed)).toMatch(/^🥉 \*Ada Lovelace\* ·/)
  })

  test('a member code, in any case and without its dash', async () => {
    const desk = await open()
    const { referralCode } = await desk.member('ada')
    for (const typed of [
      referralCode,
      referralCode.toLowerCase(),
      referralCode.replace('-', ''),
      referralCode.replace('-', ' '),
    ])
      expect(await looksUp(desk, typed)).toMatch(/^🥉 \*Ada Lovelace\* ·/)
  })

  test.each([
    ['İlham Əliyev', 'ilham'],
    ['አበበ ቢቂላ', 'አበ'],
    ['Հայկ Պետրոսյան', 'հայկ'],
    ['محمّد الفارسي', 'محمد'],
    ['Wanjikũ wa Ngũgĩ', 'ngugi'],
  ])('%s by %s', async (name, typed) => {
    const desk = await open({ members: [ADA, { email: 'x@example.org', name }] })
    expect(await looksUp(desk, typed)).toContain(`*${name}*`)
  })

  test('somebody who became part of another is found as that one', async () => {
    const desk = await open({ members: [ADA, { email: 'old@example.org', name: 'Ada Byron' }] })
    const old = await desk.member('old@example.org')
    await desk.app.mergeMembers(old.id, await idOf(desk), staff, null)
    expect(await looksUp(desk, 'old@example.org')).toContain('*Ada Lovelace*')
    expect(await looksUp(desk, old.referralCode)).toContain('*Ada Lovelace*')
    await forge(desk, 'member.show', old.id)
    expect(desk.reads('sam')).toContain('*Ada Lovelace*')
  })

  test('nothing typed is asked for in words', async () => {
    const desk = await open()
    for (const typed of ['lookup', 'lookup \u200b\u200b', 'lookup "  "'])
      expect(await looksUp(desk, typed)).toMatch(/^Whom do you want to look up/)
  })
})

describe('several', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ email: `ada${n}@example.org`, name: `Ada Number${n}` }))

  test('are listed with tier, address and last purchase, and picked by a button', async () => {
    const desk = await open({ members: [ADA, { email: 'adam@example.org', name: 'Adam Smith' }] })
    await desk.buys('ada', 40)
    expect((await looksUp(desk, 'ada')).split('\n')).toEqual([
      '2 matches for *ada*',
      '🥉 *Ada Lovelace* · Bronze',
      'ada@example.org · last purchase today  [ Show ]',
      '🥉 *Adam Smith* · Bronze',
      'adam@example.org · no purchase yet  [ Show ]',
    ])
    await desk.press('sam', 'member.show:1')
    expect(desk.reads('sam')).toContain('*Adam Smith* · member since')
  })

  test('more than ten are turned over, ten at a time, in their place', async () => {
    const desk = await open({ members: many(22) })
    expect(await looksUp(desk, 'ada')).toContain('12 more: add a letter or two.')
    expect(buttonsIn(desk.reads('sam'))).toEqual([...Array(10).fill('Show'), 'Show more'])
    const { ts } = desk.last('sam')
    await desk.press('sam', 'Show more')
    expect(desk.last('sam').ts).toBe(ts)
    expect(desk.reads('sam')).toContain('2 more: add a letter or two.')
    await desk.press('sam', 'Show more')
    expect(buttonsIn(desk.reads('sam'))).toEqual(['Show', 'Show', 'Back'])
    await desk.press('sam', 'Back')
    await desk.press('sam', 'Back')
    expect(desk.reads('sam')).toContain('12 more: add a letter or two.')
    const names = [...desk.reads('sam').matchAll(/Number\d+/g)]
    expect(new Set(names.map(([name]) => name)).size).toBe(10)
  })

  test('far too many are not counted to the end', async () => {
    const desk = await open({ members: many(115) })
    const reads = await looksUp(desk, 'ada')
    expect(reads).toContain('More than 110 matches for *ada*')
    expect(reads).toContain('More than 100 more: add a letter or two.')
  })
})

describe('nobody', () => {
  test('is said, with who may have been meant', async () => {
    const desk = await open()
    expect((await looksUp(desk, 'lovlace')).split('\n')).toEqual([
      'No member matches *lovlace*. Did you mean *Ada Lovelace*?',
      '[ Show ]  [ Enrol someone new ]',
    ])
    await desk.press('sam', 'Show')
    expect(desk.reads('sam')).toContain('*Ada Lovelace* · member since')
  })

  test('is said with several who may have been meant', async () => {
    const desk = await open({ members: [ADA, { email: 'b@example.org', name: 'Bob Lovelice' }] })
    const reads = await looksUp(desk, 'lovelase')
    expect(reads).toContain('Did you mean one of these?')
    expect(buttonsIn(reads)).toEqual(['Show', 'Show', 'Enrol someone new'])
  })

  test('offers to enrol only who may', async () => {
    const desk = await open()
    expect(buttonsIn(await looksUp(desk, 'zzzzqqqq'))).toEqual(['Enrol someone new'])
    expect(buttonsIn(await looksUp(desk, 'zzzzqqqq', 'vic'))).toEqual([])
  })

  test.each([
    ['10,000 characters', 'x'.repeat(10_000)],
    ['ten thousand words', 'ab '.repeat(10_000)],
    ['control characters', 'zz\u0000\u0007zz\u001b[31m'],
    ['a mention of everybody', '<!channel> <!here> @everyone'],
    ['a mention of somebody', '<@U0SAM|sam>'],
    ['a link', '<https://evil.test|click>'],
    ['mrkdwn', '*bold* _it_ ~no~ `code` ```pre```'],
    ['the other direction', '\u202eevil\u202c\u2067x'],
    ['emoji', '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(50)],
    ['half a character', '\ud800'],
    ['SQL', `' OR 1=1; DROP TABLE member --`],
    ['FTS', '"a* OR NEAR(b'],
    ['a wildcard', '%'],
  ])('%s: a plain sentence, and nobody is pinged', async (_, typed) => {
    const desk = await open()
    const reads = await looksUp(desk, `lookup ${typed}`)
    expect(reads).toMatch(/^(No member matches|Whom do you want)/)
    expect(desk.last('sam').live).toEqual([])
    expect(checkBlocks(desk.last('sam').blocks, 'message')).toEqual([])
    expect(desk.logs.filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('names full of markup', () => {
  test.each([
    '<!channel> *Ada* <@U0SAM> <https://evil.test|win>',
    '\u202eecalevoL adA',
    '`Ada` _x_ ~y~ &amp; :tada:',
    'ﷺ'.repeat(500),
    'a\u0301'.repeat(3_000),
    '👩‍👩‍👧‍👦'.repeat(300),
  ])('%s pings nobody and leads nowhere: card, list, history, share', async (name) => {
    const member = { email: 'odd@example.org', name: name.slice(0, 200) }
    const desk = await open({ members: [ADA, member] })
    await desk.buys('odd@example.org', 60)
    const check = () => {
      expect(desk.last('sam').live).toEqual([])
      expect(checkBlocks(desk.last('sam').blocks, 'message')).toEqual([])
    }
    await looksUp(desk, 'odd@example.org')
    check()
    await desk.press('sam', 'History')
    check()
    await looksUp(desk, 'example.org')
    check()
    await looksUp(desk, 'odd@example.org')
    await desk.press('sam', 'Share here')
    const shared = desk.channel('loyalty').at(-1)
    expect(shared?.live.filter((one) => one !== `<@${PEOPLE.sam}>`)).toEqual([])
  })

  test('a name that nobody can see is shown by the address', async () => {
    for (const name of ['\u200b\u200d', '\u3164\u3164', '\u2060']) {
      const desk = await open({ members: [{ email: 'blank@example.org', name }] })
      expect(await looksUp(desk, 'blank@example.org')).toContain('*blank@example.org* · member since')
    }
  })
})

describe('who may', () => {
  test('nobody who is on no list, no guest and nobody of another workspace looks anybody up', async () => {
    const desk = await open()
    for (const person of ['noa', 'gus', 'eve'] as const) {
      expect(await looksUp(desk, 'ada@example.org', person)).not.toContain('Lovelace')
      expect(desk.last(person).isEphemeral).toBe(true)
    }
    expect(desk.reads('noa')).toContain('You may not look members up')
  })

  test.each(['member.show', 'member.history', 'member.share'])('%s asks again who presses', async (action) => {
    const desk = await open()
    await forge(desk, action, await idOf(desk), 'noa')
    expect(desk.reads('noa')).toContain('You may not look members up')
    expect(desk.channel('loyalty')).toEqual([])
  })

  test.each([
    ['member.show', 'mem_nobody'],
    ['member.show', ''],
    ['member.show', 'email:ada@example.org'],
    ['member.show', '<!channel>'],
    ['member.history', 'mem_nobody'],
    ['member.history', '{"m":1}'],
    ['history.page', 'no JSON'],
    ['history.page', '{"m":"mem_nobody","t":[1]}'],
    ['history.page', '{"m":"../x","t":["a"]}'],
    ['member.more', '{"t":"","f":-1}'],
    ['member.more', 'x'.repeat(2_000)],
    ['member.share', 'mem_nobody'],
  ])('%s with %s in it is answered in words', async (action, value) => {
    const desk = await open()
    await forge(desk, action, value)
    expect(desk.reads('sam')).toContain('This member is no longer here')
    expect(desk.channel('loyalty')).toEqual([])
    expect(desk.logs.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('somebody who was erased between list and button is no longer here', async () => {
    const desk = await open({ members: [ADA, { email: 'adam@example.org', name: 'Adam Smith' }] })
    await looksUp(desk, 'ada')
    await desk.app.eraseMember(await idOf(desk), staff)
    await desk.press('sam', 'member.show:0')
    expect(desk.reads('sam')).toContain('This member is no longer here')
    expect(await looksUp(desk, 'ada@example.org')).toMatch(
      /^No member matches \*ada@example\.org\*\. Did you mean \*Adam Smith\*\?/,
    )
  })
})

describe('the history', () => {
  test('has a sentence for every entry, with the balance after it', async () => {
    const desk = await open()
    await desk.buys('ada', 40)
    await desk.app.adjustPoints(await idOf(desk), { points: -10, reason: 'Typed twice' }, staff, null)
    await looksUp(desk, 'ada@example.org')
    await desk.press('sam', 'History')
    const lines = desk
      .reads('sam')
      .replace(/[\u2068\u2069]/g, '')
      .replaceAll('\u00a0', ' ')
      .split('\n')
    expect(lines[0]).toBe('History of *Ada Lovelace* · 30 points now')
    expect(lines[1]).toMatch(/^`Nov 22 {2}−10` {2}.* → \*30\*$/)
    expect(lines.join('\n')).toContain('note: Typed twice')
    expect(lines.join('\n')).toMatch(/`Nov 22 {2}\+40` {2}1 point per \$1 on \$40\.00 → \*0\*/)
    expect(lines.at(-1)).toBe('[ Show card ]')
  })

  test('is turned over ten at a time, in its place', async () => {
    const desk = await open()
    const id = await idOf(desk)
    for (let n = 1; n <= 25; n++) await desk.app.adjustPoints(id, { points: 1, reason: `Gift ${n}` }, staff, null)
    await looksUp(desk, 'ada@example.org')
    await desk.press('sam', 'History')
    const { ts } = desk.last('sam')
    const gifts = () => [...desk.reads('sam').matchAll(/Gift (\d+)/g)].map(([, n]) => Number(n))
    const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => from - n)
    expect(gifts()).toEqual(down(25, 16))
    expect(buttonsIn(desk.reads('sam'))).toEqual(['Older', 'Show card'])
    await desk.press('sam', 'Older')
    expect(gifts()).toEqual(down(15, 6))
    await desk.press('sam', 'Older')
    expect(gifts()).toEqual(down(5, 1))
    expect(buttonsIn(desk.reads('sam'))).toEqual(['Newer', 'Show card'])
    await desk.press('sam', 'Newer')
    expect(gifts()).toEqual(down(15, 6))
    await desk.press('sam', 'Newer')
    expect(gifts()).toEqual(down(25, 16))
    expect(desk.last('sam').ts).toBe(ts)
  })

  test('of whom nothing has happened to says so', async () => {
    const desk = await open({ program: { tiers: null as never } })
    await looksUp(desk, 'ada@example.org')
    await desk.press('sam', 'History')
    expect(desk.reads('sam')).toContain('Nothing has happened yet.')
  })
})

describe('sharing', () => {
  test('posts the card to the channel, without what is not for everybody, and says who shared it', async () => {
    const desk = await open()
    await desk.buys('ada', 140)
    const given = await desk.app.redeem(await idOf(desk), { reward: 'tote' }, staff, null)
    const code = given.ok ? given.value.code : null
    await (await alertsOn(desk)).open('ada', { kind: 'unhappy' })
    await looksUp(desk, 'ada@example.org')
    await desk.press('sam', 'Share here')
    const [shared, ...others] = desk.channel('loyalty')
    expect(others).toEqual([])
    expect(shared?.reads).toContain('*Ada Lovelace* · member since')
    expect(shared?.reads).toContain('Silver · *40 points*')
    expect(shared?.live).toEqual([`<@${PEOPLE.sam}>`])
    for (const secret of [
      'example.org',
      '7946',
      'unhappy',
      'purchase',
      '$140.00',
      '🔔',
      'Not used yet',
      code ?? '\u0000',
    ])
      expect(shared?.reads).not.toContain(secret)
    expect(shared?.text).not.toContain('example.org')
    if (shared === undefined) throw new Error('nothing was shared')
    await desk.press('vic', 'Show card', shared)
    expect(desk.last('vic').isEphemeral).toBe(true)
    expect(desk.reads('vic')).toContain('ada@example.org')
    expect(desk.channel('loyalty')).toHaveLength(1)
  })

  test('a member without a name is not shared by their address', async () => {
    const desk = await open({ members: [{ email: 'shy@example.org', name: null }] })
    await looksUp(desk, 'shy@example.org')
    await desk.press('sam', 'Share here')
    expect(JSON.stringify(desk.channel('loyalty'))).not.toContain('shy@')
    expect(desk.channel('loyalty')[0]?.reads).toContain('*No name*')
  })
})

describe('the shortcut for members', () => {
  const opened = async (desk: LoyaltyDesk) => {
    await desk.slack.shortcut(PEOPLE.sam, 'lookup_member')
    await desk.settled()
  }

  test('finds while one types, and shows the card of whom one chose', async () => {
    const desk = await open({ members: [ADA, { email: 'adam@example.org', name: 'Adam Smith' }] })
    await opened(desk)
    expect(desk.window('sam')?.title).toBe('Look up a member')
    const options = await desk.slack.type(PEOPLE.sam, null, 'member.find', 'lov')
    expect(options.map(({ text }) => text)).toEqual(['Ada Lovelace · Bronze'])
    expect((await desk.slack.type(PEOPLE.sam, null, 'member.find', 'lovlace')).map(({ text }) => text)).toEqual([
      'Ada Lovelace · Bronze',
    ])
    expect(await desk.slack.type(PEOPLE.sam, null, 'member.find', 'ada@example.org')).toHaveLength(1)
    expect(await desk.slack.type(PEOPLE.sam, null, 'member.find', 'zzzzz')).toEqual([])
    await desk.slack.type(PEOPLE.sam, null, 'member.find', 'lov')
    await desk.submit('sam', { member: 'Ada Lovelace · Bronze' })
    expect(desk.window('sam')?.reads).toContain('*Ada Lovelace* · member since')
    expect(buttonsIn(desk.window('sam')?.reads ?? '')).toEqual(['Issue reward', 'Adjust points', 'History'])
  })

  test('takes what is typed, turns lists and histories over within the window', async () => {
    const members = Array.from({ length: 12 }, (_, n) => ({ email: `ada${n}@example.org`, name: `Ada Number${n}` }))
    const desk = await open({ members })
    const id = await idOf(desk, 'ada0@example.org')
    for (let n = 1; n <= 12; n++) await desk.app.adjustPoints(id, { points: 1, reason: `Gift ${n}` }, staff, null)
    await opened(desk)
    await desk.submit('sam', { typed: 'ada' })
    expect(desk.window('sam')?.reads).toContain('2 more: add a letter or two.')
    await desk.press('sam', 'Show more', desk.window('sam') ?? undefined)
    expect(buttonsIn(desk.window('sam')?.reads ?? '')).toEqual(['Show', 'Show', 'Back'])
    await desk.press('sam', 'member.show:0', desk.window('sam') ?? undefined)
    expect(desk.window('sam')?.depth).toBe(2)
    await opened(desk)
    await desk.submit('sam', { typed: 'ada0@example.org' })
    await desk.press('sam', 'History', desk.window('sam') ?? undefined)
    expect(desk.window('sam')?.reads).toContain('Gift 12')
    await desk.press('sam', 'Older', desk.window('sam') ?? undefined)
    expect(desk.window('sam')?.reads).toContain('Gift 2')
    expect(desk.window('sam')?.reads).not.toContain('Gift 12')
    // The card lies under it.
    expect(buttonsIn(desk.window('sam')?.reads ?? '')).toEqual(['Newer'])
  })

  test('left empty says what to do', async () => {
    const desk = await open()
    await opened(desk)
    const { errors } = await desk.submit('sam', {})
    expect(errors).toEqual({ member: 'Choose somebody, or type something you know of them.' })
  })

  test('offers nobody to whoever may not look', async () => {
    const desk = await open()
    await opened(desk)
    const view = desk.window('sam')
    const id = desk.slack.workspace.views[view?.viewId ?? '']
    if (id === undefined) throw new Error('no window')
    id.user = PEOPLE.noa
    expect(await desk.slack.type(PEOPLE.noa, null, 'member.find', 'lov').catch(() => [])).toEqual([])
    await desk.slack.shortcut(PEOPLE.noa, 'lookup_member')
    await desk.settled()
    expect(desk.window('noa')?.reads).toContain('You may not look members up')
  })
})

describe('the shortcut on a message', () => {
  const lookedUp = async (desk: LoyaltyDesk, text: string, blocks: unknown[] = []) => {
    const written = desk.slack.write(PEOPLE.ira, 'loyalty', text)
    const stored = desk.slack.workspace.messages.find(({ ts }) => ts === written.ts)
    if (stored !== undefined) stored.blocks = blocks as never
    await desk.slack.shortcut(PEOPLE.sam, 'lookup_customer', written)
    await desk.settled()
    return desk.reads('sam')
  }
  const members = [ADA, { email: 'abebe@example.org', name: 'አበበ ቢቂላ' }]

  test.each([
    ['an address', 'Please call ada@example.org, she is upset.'],
    ['an address as Slack links it', 'From: <mailto:ada@example.org|ada@example.org>'],
    ['a name', 'Ada Lovelace called about her order. Can somebody help?'],
    ['a name without capitals', 'ada lovelace called'],
    ['an address beside another’s name', 'አበበ ቢቂላ says that ada@example.org wrote'],
  ])('reads %s', async (_, text) => {
    const desk = await open({ members })
    expect(await lookedUp(desk, text)).toContain('*Ada Lovelace* · member since')
    expect(desk.last('sam').isEphemeral).toBe(true)
  })

  test('reads what stands in blocks', async () => {
    const desk = await open({ members })
    const blocks = [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'link', url: 'mailto:ada@example.org' }] }],
      },
    ]
    expect(await lookedUp(desk, '', blocks)).toContain('*Ada Lovelace* · member since')
  })

  test('lists several', async () => {
    const desk = await open({ members })
    const reads = await lookedUp(desk, 'ada@example.org and abebe@example.org came together')
    expect(reads).toContain('2 members in this message')
    expect(buttonsIn(reads)).toEqual(['Show', 'Show'])
  })

  test('says that nobody is named, and offers to enrol whose address it is', async () => {
    const desk = await open({ members })
    expect(await lookedUp(desk, 'lunch anybody?')).toContain('No member is named in this message.')
    expect(await lookedUp(desk, '')).toContain('No member is named in this message.')
    const reads = await lookedUp(desk, 'new@example.org wants to join <!channel>')
    expect(reads).toContain('No member matches *new@example.org*.')
    expect(buttonsIn(reads)).toEqual(['Enrol someone new'])
    expect(desk.last('sam').live).toEqual([])
  })

  test('of ten thousand words comes to an end', async () => {
    const desk = await open({ members })
    expect(await lookedUp(desk, 'Word Other '.repeat(3_000))).toContain('No member is named in this message.')
  })
})
